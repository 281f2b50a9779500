"""Optimizers: how a gradient becomes a step.

Each optimizer is its update rule. The base class has what they share: the decay of the learning rate, the walk over
layers and parameters, and the state that is kept for each parameter. It belongs to the optimizer; the layer knows
nothing of it.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import validation
from .parameters import Parameter, parameters_of
from .validation import FloatArray

State = dict[str, Any]
"""What an optimizer keeps for one parameter: arrays of its shape, and numbers."""


Known = tuple["weakref.ref[Any]", dict[str, State]]
"""A layer that was updated before, and the states of its parameters by name."""


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

    def __init__(self, learning_rate: float, decay: float) -> None:
        self.learning_rate = validation.number("learning_rate", learning_rate, above=0)
        self.decay = validation.number("decay", decay, at_least=0)
        self.current_learning_rate = self.learning_rate
        self.iterations = 0
        self._known: dict[int, Known] = {}  # by the identity of the layer

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        """Take a parameter's gradient and return what to subtract from the parameter.

        ``state`` is empty at the parameter's first update. What is to be kept for the next one is put there, under a
        name of its own and as a new array: neither ``gradient`` nor an array in ``state`` may be changed in place.
        """
        raise NotImplementedError

    def pre_update_params(self) -> None:
        """Set the learning rate for this iteration; call once before the layers are updated."""
        self.current_learning_rate = self.learning_rate * (
            1.0 / (1.0 + self.decay * self.iterations)
        )

    def update_params(self, layer: Any) -> None:
        """Change a layer's parameters, in place, by their gradients.

        Raises
        ------
        RuntimeError
            If the layer's ``backward`` has not been called.
        TypeError, ValueError
            If ``layer`` does not list its parameters, a gradient's shape is not its parameter's, NaN or infinity is
            found, or the step overflows. Nothing is changed then.
        """
        self._change([layer], counts=False)

    def update_iter(self) -> None:
        """Count the iteration; call once after the layers are updated."""
        self.iterations += 1

    def step(self, layers: Iterable[Any]) -> None:
        """Run one iteration: `pre_update_params`, `update_params` for each layer, `update_iter`.

        Layers without parameters are skipped. Whatever is raised, by a mistake or by the keyboard: either all
        parameters are changed or none.

        Raises
        ------
        RuntimeError, TypeError, ValueError
            As `update_params`, or if ``layers`` is no list or holds a layer twice.
        """
        if not isinstance(layers, Iterable):
            raise TypeError(f"layers must be a list of layers, but it is {layers!r}")
        layers = list(layers)
        seen: set[int] = set()
        for position, layer in enumerate(layers):
            if id(layer) in seen:
                raise ValueError(
                    f"layers holds the layer at position {position}, {layer!r}, twice"
                )
            seen.add(id(layer))
        self._change(layers, counts=True)

    def state_dict(self) -> dict[str, Any]:
        """Everything that a later step depends on, but for the layers themselves.

        Returns
        -------
        dict
            "optimizer", the name of the class; "settings"; "iterations"; and "layers", a list with a dictionary for
            each layer, in the order in which they were first updated: from the parameter's name to its state. Arrays
            are copies.
        """
        return {
            "optimizer": type(self).__name__,
            "settings": {name: getattr(self, name) for name in self._setting_names()},
            "iterations": self.iterations,
            "layers": [
                {name: _copied(state) for name, state in states.items()}
                for reference, states in self._known.values()
                if reference() is not None
            ],
        }

    def load_state_dict(self, state: Mapping[str, Any], layers: Iterable[Any]) -> None:
        """Continue where another optimizer stood when its `state_dict` was taken.

        Parameters
        ----------
        state : dict
        layers : list of layers
            Those whose states these are, in the same order; layers without parameters do not count.

        Raises
        ------
        ValueError
            If the state is that of another class, or does not fit the layers. Nothing is changed then.
        """
        if state.get("optimizer") != type(self).__name__:
            raise ValueError(
                f"the state is that of {state.get('optimizer')!r}, but this optimizer is {type(self).__name__}"
            )
        missing = {"settings", "iterations", "layers"} - set(state)
        if missing or set(state["settings"]) != set(self._setting_names()):
            raise ValueError(
                f"the state is not one that state_dict gives: it has {sorted(state)}"
            )
        with_parameters = [
            (layer, listed) for layer in layers if (listed := parameters_of(layer))
        ]
        if len(state["layers"]) > len(with_parameters):
            raise ValueError(
                f"the state has {len(state['layers'])} layers, but {len(with_parameters)} with parameters were given"
            )
        known: dict[int, Known] = {}
        for position, ((layer, listed), states) in enumerate(
            zip(with_parameters, state["layers"])
        ):
            shapes = {parameter.name: parameter.value.shape for parameter in listed}
            for name, kept in states.items():
                if name not in shapes:
                    raise ValueError(
                        f"the state of layer {position} has {name}, which {layer!r} has not"
                    )
                _check_shapes(name, shapes[name], kept)
            copies = {name: _copied(kept) for name, kept in states.items()}
            known[id(layer)] = _weak(layer), copies
        fresh = type(self)(**state["settings"])
        fresh.iterations = validation.integer(
            "iterations", state["iterations"], at_least=0
        )
        fresh.pre_update_params()
        fresh._known = known
        vars(self).update(vars(fresh))

    @np.errstate(all="ignore")
    def _change(self, layers: list[Any], *, counts: bool) -> None:
        """Compute all that is new, then put it in place; put the old back if that is interrupted."""
        before = vars(self).copy()
        replaced: list[tuple[FloatArray, FloatArray]] = []
        try:
            if counts:
                self.pre_update_params()
            known = {
                key: one for key, one in self._known.items() if one[0]() is not None
            }
            changes: list[tuple[FloatArray, FloatArray]] = []
            for layer in layers:
                reference, old_states = known.get(id(layer)) or (_weak(layer), {})
                states = {}
                for parameter in parameters_of(layer):
                    state = old_states.get(parameter.name, {}).copy()
                    changes.append(
                        (parameter.value, self._new_value(layer, parameter, state))
                    )
                    states[parameter.name] = state
                if states:
                    known[id(layer)] = reference, states
            replaced = [(value, value.copy()) for value, _ in changes]
            for value, new_value in changes:
                value[...] = new_value
            self._known = known
            if counts:
                self.update_iter()
        except BaseException:
            for value, old in replaced:
                value[...] = old
            vars(self).update(before)
            raise

    def _new_value(self, layer: Any, parameter: Parameter, state: State) -> FloatArray:
        """What becomes of a parameter; renews its state."""
        name, value, gradient = parameter
        gradient = _checked_gradient(layer, name, value, gradient)
        _check_shapes(name, value.shape, state)
        update = self.update(gradient, state)
        new_value = value - update
        finite = validation.all_finite(new_value)
        for kept in state.values():  # a cache may overflow although the update does not
            if kept is not update and isinstance(kept, np.ndarray):
                finite = finite and validation.all_finite(kept)
        if not finite:
            raise _overflow(name, gradient, {**state, name: new_value})
        return new_value

    def _setting_names(self) -> list[str]:
        return list(inspect.signature(type(self)).parameters)

    def __getstate__(self) -> dict[str, Any]:
        known = [(reference(), states) for reference, states in self._known.values()]
        return {
            **vars(self),
            "_known": [(layer, states) for layer, states in known if layer is not None],
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        known = {id(layer): (_weak(layer), states) for layer, states in state["_known"]}
        vars(self).update({**state, "_known": known})

    def __repr__(self) -> str:
        settings = [f"{name}={getattr(self, name):g}" for name in self._setting_names()]
        return f"{type(self).__name__}({', '.join(settings)})"


def _checked_gradient(
    layer: Any, name: str, value: FloatArray, gradient: Any
) -> FloatArray:
    """The gradient, in the shape and type of its parameter; whether it is finite is seen in what it makes of that."""
    validation.parameter(name, value)
    if (
        type(gradient) is np.ndarray
        and gradient.shape == value.shape
        and gradient.dtype == value.dtype
    ):
        return gradient
    if gradient is None:
        kind = type(layer).__name__
        raise RuntimeError(
            f"{kind}.d{name} has not been computed: call {kind}.backward(...) first"
        )
    gradient = validation.floats("d" + name, gradient)
    if gradient.shape != value.shape:
        raise ValueError(
            f"d{name} has shape {gradient.shape}, but {name} has shape {value.shape}"
        )
    return gradient.astype(value.dtype)


def _weak(layer: Any) -> weakref.ref[Any]:
    """A reference that does not keep the layer alive."""
    try:
        return weakref.ref(layer)
    except TypeError:
        raise TypeError(
            f"a layer must allow weak references, but {type(layer).__name__} does not: "
            "leave out its __slots__, or add '__weakref__' to them"
        ) from None


def _copied(state: State) -> State:
    return {
        name: kept.copy() if isinstance(kept, np.ndarray) else kept
        for name, kept in state.items()
    }


def _check_shapes(name: str, shape: tuple[int, ...], state: State) -> None:
    for kept in state.values():
        if isinstance(kept, np.ndarray) and kept.shape != shape:
            raise ValueError(
                f"{name} has shape {shape}, but had {kept.shape} when this optimizer last updated it: "
                "make a new optimizer"
            )


def _overflow(name: str, gradient: FloatArray, arrays: State) -> ValueError:
    """Why a step was refused: the gradient was not finite, or something made of it is not."""
    if not validation.all_finite(gradient):
        return validation.not_finite("d" + name, gradient)
    for which, array in arrays.items():
        if isinstance(array, np.ndarray) and not validation.all_finite(array):
            place = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
            return ValueError(
                f"{which} of {name} would become {array[place]} at {place}, where the gradient is {gradient[place]}: "
                f"too large for {array.dtype} (is the learning rate too large, or the loss not a mean?)"
            )
    raise AssertionError("no array overflows")


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for.

    ``v = momentum * v + learning_rate * g``; ``parameter -= v``

    The learning rate stands inside v, as in the book's formula. PyTorch puts it outside (``v = momentum * v + g``;
    ``parameter -= learning_rate * v``); the two diverge once the learning rate decays.

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
    epsilon : float, above 0

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    JMLR 12, 2011.
    """

    def __init__(
        self, learning_rate: float = 1.0, decay: float = 0.0, epsilon: float = 1e-7
    ) -> None:
        super().__init__(learning_rate, decay)
        self.epsilon = validation.number("epsilon", epsilon, above=0)

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
    epsilon : float, above 0
    rho : float, from 0 to below 1
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
        self.epsilon = validation.number("epsilon", epsilon, above=0)
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
    epsilon : float, above 0
    beta_1, beta_2 : float, from 0 to below 1
        Fractions of the two running means that are kept.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

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

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        m = self.beta_1 * state.get("mean", 0.0)
        m += (1 - self.beta_1) * gradient
        c = self.beta_2 * state.get("mean_square", 0.0)
        c += (1 - self.beta_2) * (gradient * gradient)
        # beta**t as running products: the power function of the C library differs between machines
        beta_1_to_t = self.beta_1 * state.get("beta_1_to_t", 1.0)
        beta_2_to_t = self.beta_2 * state.get("beta_2_to_t", 1.0)
        state.update(
            mean=m, mean_square=c, beta_1_to_t=beta_1_to_t, beta_2_to_t=beta_2_to_t
        )
        m_hat = m / (1 - beta_1_to_t)
        c_hat = c / (1 - beta_2_to_t)
        return self.current_learning_rate * m_hat / (np.sqrt(c_hat) + self.epsilon)
