"""The class names of the learner's notebook that the book grew out of, for those who come from it.

``from nnfs_lib.book.notebook import *`` in place of its class definitions makes its cells run.
"""

from .. import optimizers
from ..activations import ReLU as ActivationReLU
from ..activations import Softmax as ActivationSoftmax
from ..layers import Dense
from ..losses import CategoricalCrossEntropy as CatCrossEntropy
from ..losses import SoftmaxCrossEntropy as SoftmaxCCE


class _CurrentRate(optimizers.Optimizer):
    @property
    def current_lr(self) -> float:
        """The notebook's name for ``current_learning_rate``."""
        return self.current_learning_rate


class StocGradDescent(_CurrentRate, optimizers.SGD):
    """`nnfs_lib.SGD` under the notebook's name."""


class AdaGrad(_CurrentRate, optimizers.AdaGrad):
    """`nnfs_lib.AdaGrad` with the notebook's ``current_lr``."""


__all__ = [
    "ActivationReLU",
    "ActivationSoftmax",
    "AdaGrad",
    "CatCrossEntropy",
    "Dense",
    "SoftmaxCCE",
    "StocGradDescent",
]
