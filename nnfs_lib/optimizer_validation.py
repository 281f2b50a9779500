"""Validation for an optimizer's step: layers, gradients, and whether the results are finite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import validation
from .optimizer_state import State
from .parameters import Parameter, flattened, parameters_of
from .validation import FloatArray

Listed = list[tuple[Any, list[Parameter]]]
"""Layers, each with its parameters."""


def layers_and_parameters(layers: Iterable[Any]) -> Listed:
    """Each layer, and those that it is made of, with their parameters."""
    if not isinstance(layers, Iterable):
        raise TypeError(f"layers must be a list of layers, but it is {layers!r}")
    listed: Listed = []
    positions: dict[int, int] = {}
    for position, layer in enumerate(flattened(layers)):
        first = positions.setdefault(id(layer), position)
        if first < position:
            raise ValueError(
                f"layers holds {layer!r} twice, at positions {first} and {position}"
            )
        listed.append((layer, parameters(layer)))
    return listed


def parameters(layer: Any) -> list[Parameter]:
    """The parameters of what is a layer, all of which can be updated in place."""
    parameters = parameters_of(layer)
    if not parameters and not _is_layer(layer):
        raise TypeError(
            f"a layer must have forward and backward, or list its parameters, but it is {layer!r}"
        )
    for name, value, _ in parameters:
        validation.parameter(name, value)
    return parameters


def _is_layer(thing: Any) -> bool:
    if callable(getattr(thing, "parameters", None)):
        return True
    return validation.has_forward_and_backward(thing)


def gradient(layer: Any, name: str, value: FloatArray, given: Any) -> FloatArray:
    """The gradient in the shape and type of its parameter; it may still hold NaN."""
    if (
        type(given) is np.ndarray
        and given.shape == value.shape
        and given.dtype == value.dtype
    ):
        return given
    if given is None:
        kind = type(layer).__name__
        raise RuntimeError(
            f"{kind}.d{name} has not been computed: call {kind}.backward(...) first"
        )
    gradient = validation.floats("d" + name, given)
    if gradient.shape != value.shape:
        raise ValueError(
            f"d{name} has shape {gradient.shape}, but {name} has shape {value.shape}"
        )
    converted = gradient.astype(value.dtype)
    if not validation.all_finite(converted) and validation.all_finite(gradient):
        place = _place_of_the_first(converted)
        raise ValueError(
            f"d{name} holds {gradient[place]} at {place}: too large for {name}, which is of type {value.dtype}"
        )
    return converted


def all_finite(new_value: FloatArray, update: FloatArray, state: State) -> bool:
    """Whether a step may be taken: a cache may overflow although the update does not."""
    results = [new_value]
    for kept in state.values():
        if kept is not update and isinstance(kept, (np.ndarray, np.generic)):
            results.append(np.asarray(kept))
    return all(map(validation.all_finite, results))


def not_finite(
    name: str, value: FloatArray, gradient: FloatArray, results: State
) -> ValueError:
    """Why a step cannot be taken: something is not finite, of which the first in order of computation is the cause."""
    for array_name, array in (("d" + name, gradient), (name, value)):
        if not validation.all_finite(array):
            place = _place_of_the_first(array)
            hint = (
                "is there NaN in the data, or a division by zero in backward?"
                if np.isnan(array[place])
                else "is the learning rate too large, or is there a division by zero in backward?"
            )
            return ValueError(
                f"{array_name} holds {array[place]} at {place}; only finite numbers are allowed ({hint})"
            )
    for which, result in results.items():
        array = np.asarray(result)
        if not np.isfinite(array).all():
            place = _place_of_the_first(array)
            what = name if which == name else f"{which} of {name}"
            return ValueError(
                f"{what} would become {array[place]} at {place}, where d{name} is {gradient[place]}: "
                f"too large for {array.dtype} (is the learning rate too large, or the loss not a mean?)"
            )
    raise AssertionError("everything is finite")


def _place_of_the_first(array: FloatArray) -> tuple[int, ...]:
    return tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])


def shapes(name: str, shape: tuple[int, ...], state: State) -> None:
    """Raise a `ValueError` if an array in the state has another shape than the parameter has now."""
    for kept in state.values():
        if isinstance(kept, np.ndarray) and kept.shape != shape:
            raise ValueError(
                f"{name} has shape {shape}, but had {kept.shape} when this optimizer last updated it: "
                "make a new optimizer"
            )
