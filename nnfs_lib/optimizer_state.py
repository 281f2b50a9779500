"""What an optimizer remembers of each parameter from one step to the next."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import validation

State = dict[str, Any]
"""What an optimizer keeps for one parameter: arrays of the parameter's shape, and numbers."""

States = dict[str, State]
"""The states of a layer's parameters, by the names of the parameters."""


class LayerStates:
    """The states of layers, in the order in which they were first stored.

    A layer is recognised by its identity, so layers that compare equal have states of their own. It is not kept alive,
    and a `copy` does without the states of those that are gone: another layer may have their ``id`` by then.

    Parameters
    ----------
    items : iterable of (layer, States), optional
    """

    def __init__(self, items: Iterable[tuple[Any, States]] = ()) -> None:
        self._by_id: dict[int, tuple[weakref.ref[Any], States]] = {}
        for layer, states in items:
            self.store(layer, states)

    def of(self, layer: Any) -> States:
        """Return the states of a layer; none if it is new."""
        _, states = self._by_id.get(id(layer), (None, {}))
        return states

    def store(self, layer: Any, states: States) -> None:
        """Replace the states of a layer.

        Raises
        ------
        TypeError
            If no weak reference to the layer can be made.
        """
        try:
            self._by_id[id(layer)] = weakref.ref(layer), states
        except TypeError:
            kind = type(layer).__name__
            raise TypeError(
                f"an optimizer needs weak references to its layers, which {kind} does not allow: "
                "write the layer as a class, without __slots__ or with '__weakref__' among them"
            ) from None

    def items(self) -> list[tuple[Any, States]]:
        """Return the layers that still exist, each with its states."""
        pairs = [(reference(), states) for reference, states in self._by_id.values()]
        return [(layer, states) for layer, states in pairs if layer is not None]

    def copy(self) -> LayerStates:
        """Return the states of the layers that still exist; storing there changes nothing here."""
        duplicate = LayerStates()
        duplicate._by_id = {
            key: entry for key, entry in self._by_id.items() if entry[0]() is not None
        }
        return duplicate

    def __getstate__(self) -> list[tuple[Any, States]]:
        return self.items()

    def __setstate__(self, items: list[tuple[Any, States]]) -> None:
        LayerStates.__init__(self, items)


def copy_of(states: Mapping[str, Mapping[str, Any]]) -> States:
    """Copy the states of a layer, including their arrays."""
    return {
        name: {
            kept: value.copy() if isinstance(value, np.ndarray) else value
            for kept, value in state.items()
        }
        for name, state in states.items()
    }


def check_loaded(where: str, state: Any, expected: State) -> None:
    """Raise a `ValueError` unless the state holds what ``expected`` holds: names, shapes, types, and finite numbers."""
    if not isinstance(state, Mapping) or state.keys() != expected.keys():
        came = sorted(state) if isinstance(state, Mapping) else repr(state)
        raise ValueError(
            f"the state of {where} must hold {sorted(expected)}, but it is {came}"
        )
    for name, like in expected.items():
        if isinstance(state[name], np.ma.MaskedArray):
            raise ValueError(
                f"{name} of {where} is a masked array, but a plain one is needed"
            )
        if isinstance(like, np.ndarray) and not isinstance(state[name], np.ndarray):
            raise ValueError(
                f"{name} of {where} is of type {type(state[name]).__name__}, but an array is needed"
            )
        kept, needed = np.asarray(state[name]), np.asarray(like)
        if (kept.shape, kept.dtype) != (needed.shape, needed.dtype):
            raise ValueError(
                f"{name} of {where} has shape {kept.shape} and type {kept.dtype}, "
                f"but {needed.shape} and {needed.dtype} are needed"
            )
        if kept.dtype.kind == "f" and not validation.all_finite(kept):
            raise ValueError(f"{name} of {where} holds NaN or infinity")
