"""Optimizers: how a step is made of a gradient.

Each optimizer is its update rule; the base class holds what they share: the decay of the learning rate, the walk over
layers and parameters, and the memory kept for each parameter. That memory belongs to the optimizer, keyed by the layer
itself; the layer knows nothing of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Protocol

import numpy as np

from . import validation
from .validation import FloatArray


class TrainableLayer(Protocol):
    """What an optimizer needs of a layer: two parameters and, after ``backward``, their gradients."""

    weights: FloatArray
    biases: FloatArray
    dweights: FloatArray | None
    dbiases: FloatArray | None


class Optimizer:
    """What the optimizers share.

    The learning rate of iteration t, counted from 0, is ``learning_rate * 1 / (1 + decay * t)``.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0

    Attributes
    ----------
    current_learning_rate : float
    iterations : int
    """

    memory: tuple[str, ...] = ()
    """Names of the vectors kept for each layer, an entry for each parameter; they start as zeros."""

    def __init__(self, learning_rate: float, decay: float) -> None:
        self.learning_rate = validation.number("learning_rate", learning_rate, above=0)
        self.decay = validation.number("decay", decay, at_least=0)
        self.current_learning_rate = self.learning_rate
        self.iterations = 0
        self._state: dict[TrainableLayer, tuple[object, list[FloatArray]]] = {}

    def pre_update_params(self) -> None:
        """Set the learning rate for this iteration; call once before the layers are updated."""
        self.current_learning_rate = self.learning_rate * (
            1.0 / (1.0 + self.decay * self.iterations)
        )

    def update_params(self, layer: TrainableLayer) -> None:
        """Change a layer's ``weights`` and ``biases``, in place, by its ``dweights`` and ``dbiases``.

        Raises
        ------
        RuntimeError
            If the layer's ``backward`` has not been called.
        TypeError, ValueError
            If ``layer`` has no weights and biases, or a gradient's shape is not its parameter's, or it holds NaN or
            infinity.
        """
        self._update(layer, self._checked_gradient(layer))

    def update_iter(self) -> None:
        """Count the iteration; call once after the layers are updated."""
        self.iterations += 1

    def step(self, layers: Iterable[TrainableLayer]) -> None:
        """Run one iteration: `pre_update_params`, `update_params` for each layer, `update_iter`.

        Raises
        ------
        RuntimeError, TypeError, ValueError
            As `update_params`, or if ``layers`` is no list; no layer is changed then.
        """
        if not isinstance(layers, Iterable):
            raise TypeError(f"layers must be a list of layers, but it is {layers!r}")
        checked = [(layer, self._checked_gradient(layer)) for layer in layers]
        self.pre_update_params()
        for layer, gradient in checked:
            self._update(layer, gradient)
        self.update_iter()

    def rule(self, gradient: FloatArray, *memory: FloatArray) -> FloatArray:
        """What to subtract from a parameter with this gradient; renews the memory, in place."""
        raise NotImplementedError

    def _checked_gradient(self, layer: TrainableLayer) -> FloatArray:
        gradient, shapes = _gradient(layer), _shapes(layer)
        known, _ = self._state.get(layer, (shapes, []))
        if known != shapes:
            raise ValueError(
                f"weights and biases have the shapes {shapes}, but had {known} when this optimizer last updated them: "
                "make a new optimizer for them"
            )
        return gradient

    def _update(self, layer: TrainableLayer, gradient: FloatArray) -> None:
        if layer not in self._state:
            memory = [np.zeros_like(gradient) for _ in self.memory]
            self._state[layer] = _shapes(layer), memory
        step = self.rule(gradient, *self._state[layer][1])
        n_weights = layer.weights.size
        layer.weights -= step[:n_weights].reshape(layer.weights.shape)
        layer.biases -= step[n_weights:].reshape(layer.biases.shape)

    def __repr__(self) -> str:
        settings = [
            f"{name}={getattr(self, name):g}"
            for name in inspect.signature(type(self)).parameters
        ]
        return f"{type(self).__name__}({', '.join(settings)})"


def _shapes(layer: TrainableLayer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return layer.weights.shape, layer.biases.shape


def _gradient(layer: TrainableLayer) -> FloatArray:
    """The checked gradients of weights and biases in one vector: half as many NumPy calls as for two."""
    if not all(hasattr(layer, name) for name in ("weights", "biases")):
        raise TypeError(f"a layer must have weights and biases, but it is {layer!r}")
    hash(layer)  # the memory is keyed by it: fail before anything has changed
    gradients = {}
    for name in ("weights", "biases"):
        parameter = validation.parameter(name, getattr(layer, name))
        gradient = validation.computed(layer, "d" + name, needed="backward")
        gradients["d" + name] = validation.matrix(
            "d" + name,
            gradient,
            shape=parameter.shape,
            dtype=parameter.dtype,
            finite=False,
        )
    flat = np.concatenate([gradient.ravel() for gradient in gradients.values()])
    if not validation.all_finite(flat):
        for name, gradient in gradients.items():
            validation.matrix(name, gradient)
    return flat


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for.

    ``v = momentum * v + learning_rate * g``; ``parameter -= v``

    The learning rate stands inside v, as in the book's formula. PyTorch puts it outside (``v = momentum * v + g``;
    ``parameter -= learning_rate * v``); the two part once the learning rate decays.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    momentum : float, from 0 to below 1
        Fraction of the last step that is kept; 0 is plain gradient descent.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    memory = ("velocity",)

    def __init__(
        self, learning_rate: float = 1.0, decay: float = 0.0, momentum: float = 0.0
    ) -> None:
        super().__init__(learning_rate, decay)
        self.momentum = validation.number("momentum", momentum, at_least=0, below=1)

    def rule(self, gradient: FloatArray, *memory: FloatArray) -> FloatArray:
        (velocity,) = memory
        velocity *= self.momentum
        velocity += self.current_learning_rate * gradient
        return velocity


class AdaGrad(Optimizer):
    """A learning rate for each parameter, which falls with the gradients that the parameter has seen.

    ``cache += g**2``; ``parameter -= learning_rate * g / (sqrt(cache) + epsilon)``

    Epsilon stands outside the root, as in the paper's code (Keras puts it inside, and starts the cache at 0.1).

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, above 0

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    JMLR 12, 2011.
    """

    memory = ("cache",)

    def __init__(
        self, learning_rate: float = 1.0, decay: float = 0.0, epsilon: float = 1e-7
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, above=0)

    def rule(self, gradient: FloatArray, *memory: FloatArray) -> FloatArray:
        (cache,) = memory
        cache += gradient * gradient
        return self.current_learning_rate * gradient / (np.sqrt(cache) + self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad with a memory that fades: the cache is a running mean of squared gradients.

    ``cache = rho * cache + (1 - rho) * g**2``; ``parameter -= learning_rate * g / (sqrt(cache) + epsilon)``

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, above 0
    rho : float, from 0 to below 1
        Fraction of the cache that is kept.

    References
    ----------
    T. Tieleman and G. Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, Coursera, 2012.
    """

    memory = ("cache",)

    def __init__(
        self,
        learning_rate: float = 0.001,
        decay: float = 0.0,
        epsilon: float = 1e-7,
        rho: float = 0.9,
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, above=0)
        self.rho = validation.number("rho", rho, at_least=0, below=1)

    def rule(self, gradient: FloatArray, *memory: FloatArray) -> FloatArray:
        (cache,) = memory
        cache *= self.rho
        cache += (1 - self.rho) * (gradient * gradient)
        return self.current_learning_rate * gradient / (np.sqrt(cache) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for having started at zero.

    ``m = beta_1 * m + (1 - beta_1) * g``; ``c = beta_2 * c + (1 - beta_2) * g**2``;
    ``parameter -= learning_rate * m_hat / (sqrt(c_hat) + epsilon)`` with ``m_hat = m / (1 - beta_1**t)`` and
    ``c_hat = c / (1 - beta_2**t)`` at the t-th iteration, counted from 1.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0
    epsilon : float, above 0
    beta_1, beta_2 : float, from 0 to below 1
        Fractions of the two running means that are kept.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

    memory = ("mean", "mean_square")

    def __init__(
        self,
        learning_rate: float = 0.001,
        decay: float = 0.0,
        epsilon: float = 1e-7,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, above=0)
        self.beta_1 = validation.number("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = validation.number("beta_2", beta_2, at_least=0, below=1)
        # beta**t as running products: the power function of the C library differs between machines
        self._beta_1_to_t, self._beta_2_to_t = self.beta_1, self.beta_2

    def rule(self, gradient: FloatArray, *memory: FloatArray) -> FloatArray:
        m, c = memory
        m *= self.beta_1
        m += (1 - self.beta_1) * gradient
        c *= self.beta_2
        c += (1 - self.beta_2) * (gradient * gradient)
        m_hat = m / (1 - self._beta_1_to_t)
        c_hat = c / (1 - self._beta_2_to_t)
        return self.current_learning_rate * m_hat / (np.sqrt(c_hat) + self.epsilon)

    def update_iter(self) -> None:
        """Count the iteration; call once after the layers are updated."""
        super().update_iter()
        self._beta_1_to_t *= self.beta_1
        self._beta_2_to_t *= self.beta_2
