"""Validation of arguments.

Each function returns the checked value, ready to use, or raises a `ValueError` or `TypeError` that names the
argument, says what came and what was expected, and guesses at the mistake. None changes its argument.
"""

from __future__ import annotations

import math
import numbers
import operator
from typing import Any, SupportsIndex, cast

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

_OF_THE_DATA = {"X", "y", "y_true"}
"""What comes from the reader, and not from a network."""

_FLOAT_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


def floats(name: str, value: ArrayLike) -> FloatArray:
    """``value`` as an array of float32 (kept) or float64 (everything else)."""
    values = value if type(value) is np.ndarray else array(name, value)
    if values.dtype in _FLOAT_TYPES:
        return values
    if values.dtype.kind not in "fiub":
        hint = ""
        if values.dtype == object and hasattr(value, "to_numpy"):
            hint = f" (for a table of numbers, pass {name}.to_numpy(dtype=float))"
        raise TypeError(
            f"{name} must hold real numbers, but its entries are of type {values.dtype}{hint}"
        )
    with np.errstate(all="ignore"):  # of numbers that are too large for it
        return np.asarray(values, np.float64)


def array(name: str, value: ArrayLike) -> NDArray[Any]:
    """``value`` as an array of whatever type."""
    if type(value) is np.ndarray:
        return value
    if value is None:
        hint = "" if name in _OF_THE_DATA else " (has forward been called?)"
        raise TypeError(f"{name} must be an array, but it is None{hint}")
    _refuse_masked(name, value)
    for row in value if isinstance(value, (list, tuple)) else ():
        _refuse_masked(name, row)
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} must be an array, but its rows differ in length: {error}"
        ) from None


def _refuse_masked(name: str, value: object) -> None:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose hidden values would be computed with: "
            "leave their rows out, or replace them, as the method filled does"
        )


def matrix(
    name: str,
    value: ArrayLike,
    *,
    columns: int | None = None,
    shape: tuple[int, ...] | None = None,
    dtype: DTypeLike | None = None,
    finite: bool = True,
) -> FloatArray:
    """``value`` as a matrix of floats, one row per sample, with the columns or the shape asked for."""
    values = floats(name, value)
    if values.ndim != 2:
        hint = ""
        if values.ndim == 1:
            one_sample = f"np.reshape({name}, (1, -1))"
            one_feature = f"np.reshape({name}, (-1, 1))"
            width = shape[1] if shape else columns
            if width == 1 and len(values) > 1:
                hint = f"; for samples of one feature, pass {one_feature}"
            elif width is not None:
                hint = f"; for one sample, pass {one_sample}"
            else:
                hint = f"; pass {one_sample} for one sample, {one_feature} for samples of one feature"
        raise ValueError(
            f"{name} must be a matrix (one row per sample), but it has shape {values.shape}{hint}"
        )
    if values.size == 0:
        raise ValueError(
            f"{name} is empty: its shape is {values.shape}, and at least one sample is needed"
        )
    if columns is not None and values.shape[1] != columns:
        hint = " (rows and columns exchanged?)" if values.shape[0] == columns else ""
        raise ValueError(
            f"{name} has shape {values.shape}, but {columns} columns are expected{hint}"
        )
    if shape is not None and values.shape != shape:
        hint = " (rows and columns exchanged?)" if values.shape == shape[::-1] else ""
        raise ValueError(
            f"{name} has shape {values.shape}, but {shape} is expected{hint}"
        )
    if finite and not all_finite(values):
        raise not_finite(name, values)
    if dtype is None or values.dtype == dtype:
        return values
    return converted(name, values, dtype)


def converted(name: str, values: NDArray[Any], dtype: DTypeLike) -> FloatArray:
    """``values`` in another type, unless one of them is too large for it."""
    with np.errstate(all="ignore"):
        result: FloatArray = values.astype(dtype)
    too_large = np.isinf(result) & np.isfinite(values)
    if too_large.any():
        place = tuple(int(index) for index in np.argwhere(too_large)[0])
        raise ValueError(
            f"{name} holds {values[place]:.6g} at {place}, which is too large for {result.dtype}: "
            "scale the data, or make the layer with dtype=np.float64"
        )
    return result


def all_finite(array: NDArray[Any]) -> bool:
    """Whether no entry is NaN or infinite. (NumPy finds places of extremes faster than the extremes.)"""
    if not array.size:
        return True
    if not array.flags.c_contiguous:
        array = array.T  # as it lies in memory
    return (
        array.item(array.argmax()) < math.inf and array.item(array.argmin()) > -math.inf
    )


def not_finite(name: str, array: FloatArray) -> ValueError:
    """The error for NaN or infinity in ``array``, with the first place where it stands."""
    place = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
    diverged = " A learning rate so large that training diverged?"
    return ValueError(
        f"{name} holds {array[place]} at {place}, but only finite numbers are allowed "
        f"(a missing value in the data?{'' if name in _OF_THE_DATA else diverged})"
    )


def parameter(name: str, value: object) -> FloatArray:
    """``value`` if it is an array of floats that may be changed in place."""
    _refuse_masked(name, value)
    if not isinstance(value, np.ndarray) or value.dtype not in _FLOAT_TYPES:
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(
            f"{name} must be an array of float32 or float64, but it is of type {kind}"
        )
    if not value.flags.writeable:
        raise ValueError(f"{name} is read-only, and so cannot be updated")
    return value


def probabilities(name: str, value: ArrayLike) -> FloatArray:
    """``value`` as a matrix of numbers from 0 to 1, whose rows sum to 1."""
    array = matrix(name, value, finite=False)
    lowest, highest = array.item(array.argmin()), array.item(array.argmax())
    if not (lowest >= 0 and highest <= 1 + 1e-6):
        if not np.isfinite(array).all():
            raise not_finite(name, array)
        raise ValueError(
            f"{name} holds {lowest if lowest < 0 else highest}, but probabilities lie between 0 and 1 "
            "(are these logits? They go to SoftmaxCrossEntropy.forward)"
        )
    sums = array.sum(axis=1, dtype=np.float64)
    wrong = abs(sums - 1) > 1e-3
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"row {row} of {name} sums to {sums[row]:.6g}, but probabilities of a sample's classes sum to 1 "
            "(are these logits? They go to SoftmaxCrossEntropy.forward)"
        )
    return array


def between_0_and_1(name: str, value: ArrayLike) -> FloatArray:
    """``value`` as a matrix of numbers from 0 to 1, each of which is a probability."""
    array = matrix(name, value)
    lowest, highest = array.item(array.argmin()), array.item(array.argmax())
    if not (lowest >= 0 and highest <= 1):
        raise ValueError(
            f"{name} holds {lowest if lowest < 0 else highest}, but probabilities lie between 0 and 1 "
            "(are these logits? They go to SigmoidCrossEntropy.forward)"
        )
    return array


def labels_0_and_1(y_true: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Labels as a matrix of zeros and ones of this shape; for one label, (n_samples,) will do."""
    labels = targets(y_true, shape)
    if ((labels != 0) & (labels != 1)).any():
        wrong = labels[(labels != 0) & (labels != 1)][0]
        hint = "for classes that exclude each other, take SoftmaxCrossEntropy"
        if (abs(labels) == 1).all():
            hint = "for labels -1 and 1, pass (y_true + 1) / 2"
        raise ValueError(f"y_true holds {wrong:g}, but each label is 0 or 1 ({hint})")
    return labels


def targets(y_true: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Targets in float64, of the shape of the predictions; for one output, (n_samples,) will do."""
    values = floats("y_true", y_true)
    if values.shape == shape[:1] and shape[1] == 1:
        values = values.reshape(shape)
    if values.shape != shape:
        raise ValueError(
            f"y_true has shape {values.shape}, but the predictions have shape {shape}: "
            "one target is needed for each of them"
        )
    if not all_finite(values):
        raise not_finite("y_true", values)
    return np.array(values, np.float64)  # a copy: the loss keeps it


def class_indices(y_true: ArrayLike, n_samples: int, n_classes: int) -> IntArray:
    """Labels, sparse or one-hot, as class indices of shape (n_samples,)."""
    labels = array("y_true", y_true)
    if labels.ndim == 2 and labels.shape == (n_samples, n_classes) and n_classes > 1:
        return _from_one_hot(labels)
    if labels.shape != (n_samples,):
        hint = "; pass np.ravel(y_true)" if labels.shape == (n_samples, 1) else ""
        raise ValueError(
            f"y_true has shape {labels.shape}, but the predictions have shape {(n_samples, n_classes)}: labels are "
            f"class indices of shape {(n_samples,)} or one-hot rows of shape {(n_samples, n_classes)}{hint}"
        )
    return class_range("y_true", labels, n_classes)


def class_range(name: str, labels: NDArray[Any], n_classes: int) -> IntArray:
    """``labels`` as integers from 0 to ``n_classes - 1``."""
    if labels.dtype.kind not in "iu":
        whole = labels.dtype.kind == "f" and (labels == np.floor(labels)).all()
        hint = f"; pass np.asarray({name}, int)" if whole else ""
        raise TypeError(
            f"{name} must hold integers, the indices of classes, but its type is {labels.dtype}{hint}"
        )
    lowest, highest = labels.item(labels.argmin()), labels.item(labels.argmax())
    if lowest < 0 or highest >= n_classes:
        raise ValueError(
            f"{name} holds the label {lowest if lowest < 0 else highest}, but the number of classes is {n_classes}: "
            f"labels run from 0 to {n_classes - 1}"
        )
    return np.asarray(labels, np.intp)


@np.errstate(all="ignore")
def _from_one_hot(labels: NDArray[Any]) -> IntArray:
    if labels.dtype.kind not in "fiub":
        raise TypeError(
            f"y_true must hold the numbers 0 and 1, but its type is {labels.dtype}"
        )
    wrong = np.flatnonzero(
        ((labels != 0) & (labels != 1)).any(axis=1) | (labels.sum(axis=1) != 1)
    )
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"y_true is not one-hot: row {row} is {labels[row].tolist()}, but each row needs exactly one 1 "
            "among zeros, and so the sum 1"
        )
    return cast(IntArray, labels.argmax(axis=1))


def number(
    name: str,
    value: float,
    *,
    at_least: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """``value`` as a finite float within its bounds."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, but it is {value!r}")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    bounds = [
        (f"at least {at_least}", at_least is None or result >= at_least),
        (f"above {above}", above is None or result > above),
        (f"below {below}", below is None or result < below),
    ]
    broken = [text for text, kept in bounds if not kept]
    if broken or not math.isfinite(result):
        raise ValueError(
            f"{name} is {value!r}, but it must be {' and '.join(broken) or 'finite'}"
        )
    return result


def integer(
    name: str, value: SupportsIndex, *, at_least: int, at_most: float = math.inf
) -> int:
    """``value`` as an int within its bounds."""
    try:
        result = operator.index(value)
    except TypeError:
        result = None
    if result is None or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, but it is {value!r}")
    if result < at_least:
        raise ValueError(f"{name} is {value!r}, but at least {at_least} is needed")
    if result > at_most:
        raise ValueError(f"{name} is too large: it may be at most {at_most}")
    return result


def positive_integer(name: str, value: SupportsIndex) -> int:
    """``value`` as an int of at least 1."""
    return integer(name, value, at_least=1)


def drawing(rng: Any, method: str) -> Any:
    """The method of a random stream, or of NumPy's global one if ``rng`` is None.

    A class has methods, too; without an object, they read memory that is not theirs.
    """
    rng = np.random if rng is None else rng
    draw = getattr(rng, method, None)
    if draw is None or isinstance(rng, type):
        raise TypeError(
            f"rng must be a numpy.random.RandomState or Generator, but it is {rng!r}"
        )
    return draw


def has_forward_and_backward(thing: object) -> bool:
    """Whether it has the two methods that layers and losses have."""
    return all(callable(getattr(thing, name, None)) for name in ("forward", "backward"))


def boolean(name: str, value: bool) -> bool:
    """``value`` if it is True or False, and not something that merely counts as one of them, as "no" does."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, but it is {value!r}")
    return bool(value)


def dtype(value: DTypeLike) -> np.dtype[Any]:
    """``value`` as float32 or float64."""
    try:
        result = None if value is None else np.dtype(value)  # to NumPy, None is float64
    except (TypeError, ValueError, SyntaxError):
        result = None
    if result is None or result not in _FLOAT_TYPES:
        raise TypeError(f"dtype is {value!r}, but it must be float32 or float64")
    return result


def computed(
    owner: object, attribute: str, first: str = "forward", then: str = "backward"
) -> Any:
    """The attribute of ``owner`` that the method ``first`` stores, or a `RuntimeError` if it has not been called."""
    value = getattr(owner, attribute, None)
    if value is None:
        name = type(owner).__name__
        raise RuntimeError(
            f"{name}.{then} needs what {name}.{first} computes: call {name}.{first}(...) first"
        )
    return value
