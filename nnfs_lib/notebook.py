"""The class names of the learner's notebook that the book grew out of, for those who come from it.

``from nnfs_lib.notebook import *`` in place of its class definitions makes its cells run.
"""

from .activations import ReLU as ActivationReLU
from .activations import Softmax as ActivationSoftmax
from .layers import Dense
from .losses import CategoricalCrossEntropy as CatCrossEntropy
from .losses import SoftmaxCrossEntropy as SoftmaxCCE
from .optimizers import SGD as StocGradDescent
from .optimizers import AdaGrad

__all__ = [
    "ActivationReLU",
    "ActivationSoftmax",
    "AdaGrad",
    "CatCrossEntropy",
    "Dense",
    "SoftmaxCCE",
    "StocGradDescent",
]
