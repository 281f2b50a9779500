"""Neural networks from scratch in NumPy, with the same bits on every machine.

The library behind the book: `layers`, `activations`, `losses` and `optimizers` hold one class for each idea, with its
formula in the body; `numerics` holds the arithmetic that makes results equal everywhere; `gradcheck` compares a
``backward``, also a reader's own, with numerical derivatives.
"""

from .activations import ReLU, Sigmoid, Softmax
from .batches import batches
from .binary_losses import BinaryCrossEntropy, SigmoidCrossEntropy
from .layers import Dense
from .losses import CategoricalCrossEntropy, SoftmaxCrossEntropy
from .metrics import accuracy, binary_accuracy, confusion_matrix
from .model import Model
from .optimizers import SGD, AdaGrad, Adam, RMSProp
from .regression_losses import MeanAbsoluteError, MeanSquaredError
from .regularization import Dropout

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "Dense",
    "Dropout",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Model",
    "RMSProp",
    "ReLU",
    "Sigmoid",
    "SigmoidCrossEntropy",
    "Softmax",
    "SoftmaxCrossEntropy",
    "accuracy",
    "batches",
    "binary_accuracy",
    "confusion_matrix",
]
