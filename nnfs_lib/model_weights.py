"""Weights that PyTorch or Keras trained, for a model of the same shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation
from .layers import Dense
from .parameters import with_parameters


def load(model: Any, arrays: Mapping[str, ArrayLike]) -> None:
    """Take over PyTorch's or Keras's weights and biases.

    Raises
    ------
    TypeError, ValueError
        If names, number or shapes do not fit. Nothing is changed then.
    """
    if not isinstance(arrays, Mapping):
        raise TypeError(
            f"arrays must be a dict of arrays by their names, but it is of type {type(arrays).__name__}"
        )
    own = with_parameters(model.layers)
    given: list[dict[str, Any]] = []
    for name, values in arrays.items():
        kind = re.split(r"[./]", str(name))[-1].removesuffix(":0")
        if kind in ("weight", "kernel"):
            given.append({})
        if kind not in ("weight", "kernel", "bias") or not given:
            raise ValueError(
                f"the array {name!r} is not one of a dense layer: names end in weight (PyTorch) or kernel (Keras), "
                "each followed by its bias"
            )
        if kind in given[-1]:
            raise ValueError(
                f"the array {name!r} is a second bias for one layer: each weight or kernel is followed by its bias"
            )
        given[-1][kind] = name, validation.array(f"arrays[{name!r}]", values)
    if len(given) != len(own):
        raise ValueError(
            f"the arrays are those of {len(given)} layers, but the model has {len(own)}"
        )
    changes = []
    for layer, theirs in zip(own, given):
        if not isinstance(layer, Dense):
            raise TypeError(
                f"{layer!r} has no counterpart there: only Dense layers have one"
            )
        kind = "kernel" if "kernel" in theirs else "weight"
        needed = layer.weights.shape
        weights = _of_shape(
            theirs[kind], layer, needed if kind == "kernel" else needed[::-1]
        )
        biases = np.zeros(layer.biases.shape)
        if "bias" in theirs:
            biases = _of_shape(theirs["bias"], layer, layer.biases.shape[1:])
        for name, value, new in (
            ("weights", layer.weights, weights if kind == "kernel" else weights.T),
            ("biases", layer.biases, biases.reshape(1, -1)),
        ):
            validation.parameter(f"{name} of {layer!r}", value)
            checked = validation.matrix(f"{name} of {layer!r}", new, dtype=value.dtype)
            changes.append((value, checked.copy()))  # it may be another layer's own
    for value, checked in changes:
        value[...] = checked


def _of_shape(
    given: tuple[str, NDArray[Any]], layer: Dense, needed: tuple[int, ...]
) -> NDArray[Any]:
    """The array, if it has the shape that the layer needs; biases may also be a single row."""
    name, array = given
    if array.shape not in (needed, (1, *needed)):
        hint = " (rows and columns exchanged?)" if array.shape == needed[::-1] else ""
        raise ValueError(
            f"arrays[{name!r}] has shape {array.shape}, but {layer!r} needs {needed}{hint}"
        )
    return array
