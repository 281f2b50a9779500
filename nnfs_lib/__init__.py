"""Neural networks from scratch in NumPy, with the same bits on every machine.

The library behind the book: `layers`, `activations`, `losses` and `optimizers` hold one class for each idea, with its
formula in the body; `numerics` holds the arithmetic that makes results equal everywhere; `gradcheck` compares a
``backward``, also a reader's own, with numerical derivatives.
"""

from .activations import ReLU, Softmax
from .batches import batches
from .layers import Dense
from .losses import CategoricalCrossEntropy, SoftmaxCrossEntropy
from .metrics import accuracy
from .model import Model
from .optimizers import SGD, AdaGrad, Adam, RMSProp
from .regularization import Dropout

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "CategoricalCrossEntropy",
    "Dense",
    "Dropout",
    "Model",
    "RMSProp",
    "ReLU",
    "Softmax",
    "SoftmaxCrossEntropy",
    "accuracy",
    "batches",
]
