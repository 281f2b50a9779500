"""Optimizers: how a gradient becomes a step.

Each class is its update rule. What they share is in `optimizer_base`: the decay of the learning rate, the walk over
layers and parameters, and the state that is kept for each parameter. The state belongs to the optimizer; the layer
does not know of it.
"""

from __future__ import annotations

import numpy as np

from . import validation
from .optimizer_base import Optimizer
from .optimizer_state import State
from .validation import FloatArray

__all__ = ["SGD", "AdaGrad", "Adam", "Optimizer", "RMSProp", "State"]


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for.

    ``v = momentum * v + learning_rate * g``; ``parameter -= v``

    The learning rate stands inside v, as in the book's formula. PyTorch puts it outside (``v = momentum * v + g``;
    ``parameter -= learning_rate * v``); the two diverge once the learning rate decays.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    momentum : float, in [0, 1)
        Fraction of the last step that is kept; 0 is plain gradient descent.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    def __init__(
        self, learning_rate: float = 1.0, decay: float = 0.0, momentum: float = 0.0
    ) -> None:
        super().__init__(learning_rate, decay)
        self.momentum = validation.number("momentum", momentum, at_least=0, below=1)

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        velocity = self.momentum * state.get("velocity", 0.0)
        velocity += self.current_learning_rate * gradient
        state["velocity"] = velocity
        return velocity


class AdaGrad(Optimizer):
    """A learning rate for each parameter, which falls with the gradients that the parameter has seen.

    ``cache += g**2``; ``parameter -= learning_rate * g / (sqrt(cache) + epsilon)``

    Epsilon stands outside the root, as in the paper's code (Keras puts it inside, and starts the cache at 0.1).

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, at least 1e-37
        Far less would be 0 in float32.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    JMLR 12, 2011.
    """

    def __init__(
        self, learning_rate: float = 1.0, decay: float = 0.0, epsilon: float = 1e-7
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, at_least=1e-37)

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        cache = state.get("cache", 0.0) + gradient * gradient
        state["cache"] = cache
        return self.current_learning_rate * gradient / (np.sqrt(cache) + self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad that forgets: the cache is a running mean of squared gradients.

    ``cache = rho * cache + (1 - rho) * g**2``; ``parameter -= learning_rate * g / (sqrt(cache) + epsilon)``

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, at least 1e-37
    rho : float, in [0, 1)
        Fraction of the cache that is kept.

    References
    ----------
    T. Tieleman and G. Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, Coursera, 2012.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        decay: float = 0.0,
        epsilon: float = 1e-7,
        rho: float = 0.9,
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, at_least=1e-37)
        self.rho = validation.number("rho", rho, at_least=0, below=1)

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        cache = self.rho * state.get("cache", 0.0)
        cache += (1 - self.rho) * (gradient * gradient)
        state["cache"] = cache
        return self.current_learning_rate * gradient / (np.sqrt(cache) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for having started at zero.

    ``m = beta_1 * m + (1 - beta_1) * g``; ``c = beta_2 * c + (1 - beta_2) * g**2``;
    ``parameter -= learning_rate * m_hat / (sqrt(c_hat) + epsilon)`` with ``m_hat = m / (1 - beta_1**t)`` and
    ``c_hat = c / (1 - beta_2**t)`` at the parameter's t-th update, counted from 1.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, at least 1e-37
    beta_1, beta_2 : float, in [0, 1)
        Fractions of the two running means that are kept.
    weight_decay : float, at least 0
        Parameters named ``weights`` shrink before each step, ``weights -= learning_rate * weight_decay * weights``.
        This does not enter the gradient ("AdamW"). A penalty on the squares, as ``Dense(l2=)`` has, differs from it:
        its gradient is divided by ``sqrt(c_hat)`` too.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015. I. Loshchilov and F. Hutter,
    "Decoupled weight decay regularization", ICLR 2019.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        decay: float = 0.0,
        epsilon: float = 1e-7,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, at_least=1e-37)
        self.weight_decay = validation.number("weight_decay", weight_decay, at_least=0)
        self.beta_1 = validation.number("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = validation.number("beta_2", beta_2, at_least=0, below=1)

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        m = self.beta_1 * state.get("mean", 0.0)
        m += (1 - self.beta_1) * gradient
        c = self.beta_2 * state.get("mean_square", 0.0)
        c += (1 - self.beta_2) * (gradient * gradient)
        # beta**t as running products: C libraries differ in their power function
        beta_1_to_t = self.beta_1 * state.get("beta_1_to_t", 1.0)
        beta_2_to_t = self.beta_2 * state.get("beta_2_to_t", 1.0)
        state.update(
            mean=m, mean_square=c, beta_1_to_t=beta_1_to_t, beta_2_to_t=beta_2_to_t
        )
        m_hat = m / (1 - beta_1_to_t)
        c_hat = c / (1 - beta_2_to_t)
        return self.current_learning_rate * m_hat / (np.sqrt(c_hat) + self.epsilon)

    def before_step(self, name: str, value: FloatArray) -> FloatArray:
        if not self.weight_decay or name != "weights":
            return value
        return value - self.current_learning_rate * self.weight_decay * value
