"""Validation of what only pictures are given: labels to draw, functions to ask, named series, axes.

As in `nnfs_lib.validation`, each function returns the checked value or raises an error that names the argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, SupportsIndex

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from .. import validation
from ..validation import FloatArray, IntArray


def class_labels(y: ArrayLike, n_samples: int) -> IntArray:
    """``y`` as class numbers of shape (n_samples,): it may also be one-hot, a column, or hold 0.0, 1.0, ..."""
    labels = validation.array("y", y)
    if labels.shape == (n_samples, 1):
        labels = labels[:, 0]
    if labels.ndim not in (1, 2) or len(labels) != n_samples or labels.size == 0:
        hint = ""
        if labels.ndim == 2 and labels.shape[1] == n_samples:
            hint = " (rows and columns exchanged?)"
        raise ValueError(
            f"y has shape {labels.shape}, but X holds {n_samples} samples: labels are class numbers of shape "
            f"{(n_samples,)} or one-hot rows of shape ({n_samples}, n_classes){hint}"
        )
    if labels.dtype.kind not in "fiub":
        raise TypeError(
            f"y must hold class numbers, but its entries are of type {labels.dtype}{_numbering(labels)}"
        )
    if labels.ndim == 2:
        _check_one_hot(labels)
        return labels.argmax(axis=1)
    whole = np.isfinite(labels) & (labels == np.floor(labels))
    if not whole.all():
        raise ValueError(f"y holds {labels[~whole][0]}, but class numbers are whole")
    if labels.min() < 0:
        raise ValueError(
            f"y holds the label {labels.min():.0f}, but class numbers start at 0{_numbering(labels)}"
        )
    if labels.max() >= np.iinfo(np.intp).max:
        raise ValueError(
            f"y holds the label {labels.max():g}, which is too large for a class number"
        )
    return labels.astype(np.intp)


def _numbering(labels: NDArray[Any]) -> str:
    """How to number the labels, if that is possible."""
    try:
        np.unique(labels)
    except TypeError:  # they have no order
        return ""
    return ": pass np.unique(y, return_inverse=True)[1]" if labels.ndim == 1 else ""


def _check_one_hot(labels: NDArray[Any]) -> None:
    right = ((labels == 0) | (labels == 1)).all(axis=1) & (labels.sum(axis=1) == 1)
    if not right.all():
        row = int(right.argmin())
        raise ValueError(
            f"y is not one-hot: row {row} is {labels[row].tolist()}, but each row needs a single 1 among zeros"
        )


def check_columns(labels: IntArray, n_classes: int) -> None:
    """Raise an error if a label has no column in the scores."""
    if labels.max() >= n_classes:
        from_one = labels.min() == 1 and labels.max() == n_classes
        hint = " (if yours start at 1, pass np.subtract(y, 1))" if from_one else ""
        raise ValueError(
            f"y holds the label {labels.max()}, but predict returns {n_classes} columns: labels run from 0 to "
            f"{n_classes - 1}{hint}"
        )


def scores(
    predict: Callable[[FloatArray], ArrayLike], inputs: FloatArray
) -> FloatArray:
    """What ``predict`` returns for these inputs: a row for each, with a column for each class."""
    function("predict", predict, "from inputs to scores")
    n_samples, got = len(inputs), predict(inputs)
    expected = f"scores of shape ({n_samples}, n_classes) are expected"
    if got is None:
        raise TypeError(
            f"predict returns None, but {expected} (was return forgotten, or is the output only stored?)"
        )
    values = validation.floats("the result of predict", got)
    if values.ndim != 2 or len(values) != n_samples or values.shape[1] < 2:
        hint = ""
        if values.shape in [(n_samples,), (n_samples, 1)]:
            hint = _as_columns(np.asarray(got))
        elif values.ndim == 2 and values.shape[1] == n_samples:
            hint = " (rows and columns exchanged?)"
        raise ValueError(f"predict returns shape {values.shape}, but {expected}{hint}")
    return validation.matrix("the result of predict", values, dtype=np.float64)


def _as_columns(one_for_each: NDArray[Any]) -> str:
    """How one number for each sample, of which the meaning is guessed, becomes a column for each class."""
    if one_for_each.dtype.kind in "iu":
        k = "k" if one_for_each.ndim == 1 else "k.ravel()"
        return f": for class numbers k, return np.eye(n_classes)[{k}]"
    if one_for_each.min() >= 0 and one_for_each.max() <= 1:
        return ": for the probability p of class 1, return np.column_stack([1 - p, p])"
    return ": for a score z that is above 0 for class 1, return np.column_stack([0 * z, z])"


def function(name: str, value: object, purpose: str) -> None:
    """Raise an error if ``value`` cannot be called."""
    if not callable(value):
        layer = callable(getattr(value, "forward", None))
        hint = ": pass its method forward" if layer else ""
        raise TypeError(
            f"{name} must be a function {purpose}, but it is of type {type(value).__name__}{hint}"
        )


def resolution(value: SupportsIndex) -> int:
    """Points along each side of a grid: at least 2."""
    return validation.integer("resolution", value, at_least=2)


def named(name: str, value: Any, purpose: str, entry: str = "", hint: str = "") -> Any:
    """``value`` if it maps names to something, and, if ``entry`` says what that is, to one at least."""
    if not callable(getattr(value, "keys", None)):  # a table of pandas has them, too
        raise TypeError(
            f"{name} must map {purpose}, but it is of type {type(value).__name__}{hint}"
        )
    if entry and not len(value):
        raise ValueError(f"{name} is empty: at least one {entry} is needed")
    return value


def numbers(name: str, value: ArrayLike) -> FloatArray:
    """``value`` as an array of floats with at least one entry."""
    values = validation.floats(name, value)
    if values.size == 0:
        raise ValueError(f"{name} is empty: at least one number is needed")
    return values


def row(name: str, value: ArrayLike) -> FloatArray:
    """``value`` as one row of finite numbers, in float64."""
    values = validation.floats(name, value)
    if values.ndim != 1 or not values.size:
        hint = f": pass np.ravel({name})" if values.size > 1 else ""
        raise ValueError(
            f"{name} must be one row of parameters, but it has shape {values.shape}{hint}"
        )
    if not np.isfinite(values).all():
        raise validation.not_finite(name, values)
    return values.astype(np.float64)


def one_number(name: str, value: Any) -> float:
    """What the function ``name`` returns, if that is a number."""
    number = np.asarray(value)
    if number.ndim == 0 and number.dtype.kind in "fiu":
        return float(number)
    came, hint = repr(value), ""
    if number.ndim:
        came, hint = f"an array of shape {number.shape}", " (was the mean forgotten?)"
    elif value is None:
        hint = " (was return forgotten?)"
    raise TypeError(f"{name} must return one number, but it returns {came}{hint}")


def history(
    name: str, value: Mapping[str, ArrayLike], *, alone: bool
) -> dict[str, FloatArray]:
    """The epochs, losses and accuracies of a run; ``alone`` if they may stand where all runs should.

    Without epochs, they are 1, 2, ...
    """
    quantities = ("epoch", "loss", "accuracy")
    hint = " (for a single run, pass {'its name': history})" if alone else ""
    named(name, value, "'epoch', 'loss' and 'accuracy' to numbers", hint=hint)
    if "epoch" not in value and "loss" in value:
        value = {"epoch": range(1, np.size(value["loss"]) + 1), **value}
    found = {}
    for quantity in quantities:
        if quantity not in value:
            there = ", ".join(map(repr, value))
            raise ValueError(f"{name} has no {quantity!r}, only {there or 'nothing'}")
        series = f"{name}[{quantity!r}]"
        values = numbers(series, value[quantity])
        if values.ndim != 1:
            raise ValueError(
                f"{series} must be a sequence of numbers, but it has shape {values.shape}"
            )
        found[quantity] = values
        if len(values) != len(found["epoch"]):
            raise ValueError(
                f"{series} has {len(values)} entries, but {name}['epoch'] has {len(found['epoch'])}"
            )
        # A run may diverge: its line ends there.
        if not np.isfinite(values).any():
            raise ValueError(
                f"{series} holds no finite number, so there is nothing to draw"
            )
    _check_range(name, found)
    return found


def _check_range(name: str, found: dict[str, FloatArray]) -> None:
    epochs, accuracies = found["epoch"], found["accuracy"]
    if not np.isfinite(epochs).all():
        raise ValueError(
            f"{name}['epoch'] holds {epochs[~np.isfinite(epochs)][0]}, but only finite numbers can be drawn"
        )
    outside = accuracies[(accuracies < 0) | (accuracies > 1)]
    if outside.size:
        worst = outside.max() if outside.max() > 1 else outside.min()
        hint = " (for percentages, divide by 100)" if worst > 1 else ""
        raise ValueError(
            f"{name}['accuracy'] holds {worst}, but an accuracy lies between 0 and 1{hint}"
        )


def axes_or_none(ax: Axes | None) -> Axes | None:
    """``ax`` if it can be drawn in, or None."""
    if ax is not None and not isinstance(ax, Axes):
        several = isinstance(ax, (np.ndarray, list, tuple))
        hint = ": pass one of its entries" if several else ""
        raise TypeError(
            f"ax must be a matplotlib Axes, but it is of type {type(ax).__name__}{hint}"
        )
    return ax


def sequence_of_axes(axes: Any, n_axes: int) -> Any:
    """``axes`` if there are that many."""
    if not isinstance(axes, (np.ndarray, list, tuple)):
        hint = ": pass [ax]" if isinstance(axes, Axes) and n_axes == 1 else ""
        raise TypeError(
            f"axes must be a sequence of matplotlib Axes, but it is of type {type(axes).__name__}{hint}"
        )
    for entry in axes:
        if not isinstance(entry, Axes):
            hint = ": pass axes.ravel()" if isinstance(entry, np.ndarray) else ""
            raise TypeError(
                f"axes must be a sequence of matplotlib Axes, but it holds an entry of type "
                f"{type(entry).__name__}{hint}"
            )
    if len(axes) != n_axes:
        raise ValueError(f"axes holds {len(axes)}, but {n_axes} are needed")
    return axes
