"""What the optimizers share: the walk over layers and parameters, which changes all of them or none."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import optimizer_validation, validation
from .optimizer_state import LayerStates, State, States, check_loaded, copy_of
from .optimizer_validation import Listed
from .parameters import Parameter
from .validation import FloatArray


class Optimizer:
    """What the optimizers share; a subclass adds its rule, `update`.

    The learning rate of iteration t, counted from 0, is ``learning_rate * 1 / (1 + decay * t)``.

    A subclass with settings of its own stores each argument of its ``__init__`` under the argument's name.

    What is remembered belongs to layers: a copy or a pickle of an optimizer alone does not include it. Copy it together
    with its layers, as in ``copy.deepcopy((layers, optimizer))``, or take `state_dict`.

    Parameters
    ----------
    learning_rate : float, above 0
    decay : float, at least 0

    Attributes
    ----------
    current_learning_rate : float
        The learning rate of this iteration.
    iterations : int
        Steps taken so far.
    """

    def __init__(self, learning_rate: float, decay: float) -> None:
        self.learning_rate = validation.number("learning_rate", learning_rate, above=0)
        self.decay = validation.number("decay", decay, at_least=0)
        self.current_learning_rate = self.learning_rate
        self.iterations = 0
        self._states = LayerStates()

    def __setattr__(self, name: str, value: Any) -> None:
        """Settings are numbers of Python: a number of NumPy would make float64 of what is kept in float32."""
        plain = value.item() if isinstance(value, np.generic) else value
        super().__setattr__(name, plain)

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        """Take a parameter's gradient and return what to subtract from the parameter.

        Parameters
        ----------
        gradient : ndarray, shape of the parameter
            In the parameter's type.
        state : dict
            What was stored at the parameter's last update; empty at its first. What is to be kept for the next one is
            stored here, under a name of its own: Python numbers, and new arrays of the parameter's shape. Neither
            ``gradient`` nor an array in ``state`` may be changed in place.

        Returns
        -------
        ndarray, shape of the parameter
            Or one number, for all its entries.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    def before_step(self, name: str, value: FloatArray) -> FloatArray:
        """Return what a parameter is before ``update`` is subtracted from it: itself, unless a rule says otherwise."""
        return value

    def pre_update_params(self) -> None:
        """Set the learning rate for this iteration; call once before the layers are updated."""
        self.current_learning_rate = self.learning_rate * (
            1.0 / (1.0 + self.decay * self.iterations)
        )

    @np.errstate(all="ignore")
    def update_params(self, layer: Any) -> None:
        """Change a layer's parameters, in place, by their gradients; a layer without parameters is left alone.

        A layer made of others lists them in an attribute ``layers``, and they are changed with it.

        Raises
        ------
        RuntimeError
            If the layer's ``backward`` has not been called.
        TypeError, ValueError
            If ``layer`` is not a layer or does not list its parameters, a gradient's shape is not its parameter's, NaN
            or infinity is found, or the step overflows. Nothing is changed then.
        """
        listed = optimizer_validation.layers_and_parameters([layer])
        with _AllOrNothing(self, listed):
            for each, parameters in listed:
                self._update_layer(each, parameters)

    def update_iter(self) -> None:
        """Count the iteration; call once after the layers are updated."""
        self.iterations += 1

    @np.errstate(all="ignore")
    def step(self, layers: Iterable[Any]) -> None:
        """Run one iteration: `pre_update_params`, `update_params` for each layer, `update_iter`.

        Layers without parameters are skipped. Whatever is raised, by a mistake or by the keyboard: either all
        parameters are changed or none.

        Raises
        ------
        RuntimeError, TypeError, ValueError
            As `update_params`, or if ``layers`` is not a list or holds a layer twice.
        """
        listed = optimizer_validation.layers_and_parameters(layers)
        with _AllOrNothing(self, listed):
            self.pre_update_params()
            for layer, parameters in listed:
                self._update_layer(layer, parameters)
            self.update_iter()

    def state_dict(self) -> dict[str, Any]:
        """Everything that a later step depends on, except for the layers themselves.

        Returns
        -------
        dict
            "optimizer", the name of the class; "settings"; "iterations"; "current_learning_rate"; and "layers", a list
            with a dictionary for each layer that still exists, in the order in which they were first updated: from the
            parameter's name to its state. Arrays are copies.
        """
        return {
            "optimizer": type(self).__name__,
            "settings": {name: getattr(self, name) for name in self._setting_names()},
            "iterations": self.iterations,
            "current_learning_rate": self.current_learning_rate,
            "layers": [copy_of(states) for _, states in self._states.items()],
        }

    def states_of(self, layers: Iterable[Any]) -> list[States]:
        """Copies of what is kept for each of these layers, as in `state_dict`; an empty one for a new layer."""
        return [copy_of(self._states.of(layer)) for layer in layers]

    def load_state_dict(self, state: Mapping[str, Any], layers: Iterable[Any]) -> None:
        """Continue where another optimizer stood when its `state_dict` was taken.

        Parameters
        ----------
        state : dict
        layers : list of layers
            Those whose states these are, in the same order. Layers without parameters do not count; if the other
            optimizer had not updated any layer yet, it does not matter which they are.

        Raises
        ------
        ValueError
            If the state is that of another class, does not fit the layers, or is damaged. Nothing is changed then.
        TypeError
            If ``layers`` is not a list of layers.
        """
        listed = [
            pair
            for pair in optimizer_validation.layers_and_parameters(layers)
            if pair[1]
        ]
        loaded = self._from_settings(state)
        if state["layers"] and len(state["layers"]) != len(listed):
            raise ValueError(
                f"the state is that of {len(state['layers'])} layers, but {len(listed)} with parameters are given: "
                "pass those that were updated, in the order in which they first were"
            )
        for (layer, parameters), states in zip(listed, state["layers"]):
            loaded._check_states(layer, parameters, states)
            loaded._states.store(layer, copy_of(states))
        vars(self).update(vars(loaded))

    def _from_settings(self, state: Any) -> Optimizer:
        """A new optimizer with the settings of a state, and with no layers yet."""
        kind, needed = type(self).__name__, set(Optimizer.state_dict(self))
        if not isinstance(state, Mapping) or set(state) != needed:
            came = list(state) if isinstance(state, Mapping) else repr(state)
            raise ValueError(
                f"the state must be what state_dict returns, a dictionary with {sorted(needed)}, but it is {came}"
            )
        if not isinstance(state["optimizer"], str) or state["optimizer"] != kind:
            raise ValueError(
                f"the state is that of {state['optimizer']!r}, but this optimizer is {kind}"
            )
        try:
            if set(state["settings"]) != set(self._setting_names()):
                raise ValueError(
                    f"the settings are {sorted(state['settings'])}, but {sorted(self._setting_names())} are needed"
                )
            loaded = type(self)(**state["settings"])
            loaded.iterations = validation.integer(
                "iterations", state["iterations"], at_least=0, at_most=2**53
            )
            rate = state["current_learning_rate"]
            loaded.current_learning_rate = validation.number(
                "current_learning_rate", rate, at_least=0
            )
            if not isinstance(state["layers"], list):
                raise TypeError(f"layers must be a list, but it is {state['layers']!r}")
        except (TypeError, ValueError) as error:
            raise ValueError(f"the state is damaged: {error}") from error
        return loaded

    def _check_states(
        self, layer: Any, parameters: list[Parameter], states: Any
    ) -> None:
        """Raise a `ValueError` unless a layer's states are such as `update` stores for its parameters."""
        if not isinstance(states, Mapping):
            raise ValueError(
                f"the states of {layer!r} must be a dictionary, but it is {states!r}"
            )
        values = {parameter.name: parameter.value for parameter in parameters}
        for name, state in states.items():
            if name not in values:
                raise ValueError(
                    f"the state holds {name!r}, but the parameters of {layer!r} are {list(values)}"
                )
            zeros = np.zeros_like(values[name])
            expected: State = {}
            with np.errstate(all="ignore"):
                first = self.update(zeros, expected)
                check_loaded(f"{name} of {layer!r}", state, expected)
                later = dict(state)
                step = self.update(zeros, later)
            # A rule may divide by the gradient; then the first step from zeros says so.
            finite = optimizer_validation.all_finite
            if finite(first, first, expected) and not finite(step, step, later):
                raise ValueError(
                    f"the state of {name} of {layer!r} is damaged: a step from it gives NaN or infinity"
                )
        if states and len(states) < len(values):
            raise ValueError(
                f"the state of {layer!r} holds {list(states)}, but its parameters are {list(values)}"
            )

    def _update_layer(self, layer: Any, parameters: list[Parameter]) -> None:
        """Change the parameters and their states."""
        states = self._states.of(layer).copy()
        for name, value, given in parameters:
            gradient = optimizer_validation.gradient(layer, name, value, given)
            states[name] = state = states.get(name, {}).copy()
            optimizer_validation.shapes(name, value.shape, state)
            update = self.update(gradient, state)
            if update is None:
                kind = type(self).__name__
                raise TypeError(f"{kind}.update returned None (was return forgotten?)")
            if np.shape(update) not in ((), value.shape):
                raise ValueError(
                    f"{type(self).__name__}.update returned an update of shape {np.shape(update)}, but {name} has "
                    f"shape {value.shape}"
                )
            new_value = self.before_step(name, value)
            new_value = np.subtract(new_value, update, dtype=value.dtype)
            if not optimizer_validation.all_finite(new_value, update, state):
                raise optimizer_validation.not_finite(
                    name, value, gradient, {**state, name: new_value}
                )
            value[...] = new_value
        if states:
            self._states.store(layer, states)

    def _setting_names(self) -> list[str]:
        return list(inspect.signature(type(self)).parameters)

    def __repr__(self) -> str:
        found = {name: getattr(self, name, None) for name in self._setting_names()}
        settings = [
            f"{name}={value:g}" if type(value) in (int, float) else f"{name}={value!r}"
            for name, value in found.items()
        ]
        return f"{type(self).__name__}({', '.join(settings)})"


class _AllOrNothing:
    """Undoes what is changed inside it if that is not completed."""

    def __init__(self, optimizer: Optimizer, listed: Listed) -> None:
        self.optimizer, self.attributes = optimizer, vars(optimizer).copy()
        self.values = [
            (value, value.copy())
            for _, parameters in listed
            for _, value, _ in parameters
        ]

    def __enter__(self) -> None:
        self.optimizer._states = self.optimizer._states.copy()

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            for value, old in self.values:
                value[...] = old
            self.optimizer.__dict__ = self.attributes
