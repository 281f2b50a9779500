"""What is wrong with numbers, in words: the sentences of `gradcheck` and of the exercises, and the table of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .validation import FloatArray

SMALLEST_SIZE = 1e-5
"""Gradients below this are compared absolutely: numerical derivatives have an error of about 1e-10 themselves."""


@dataclass(frozen=True)
class GradientRow:
    """The verdict on one gradient: its largest relative error, and what is wrong, if anything.

    It is unclear, and not right, where the numerical derivative itself is not to be trusted, or none was computed.
    """

    name: str
    shape: tuple[int, ...]
    error: float
    left_out: int
    problem: str
    unclear: bool = False


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found. Prints as a small table; true if every gradient is right."""

    subject: str
    rows: tuple[GradientRow, ...]

    @property
    def passed(self) -> bool:
        """Whether every gradient agrees with its numerical derivative."""
        return not any(row.problem for row in self.rows)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        wide = max(10, *(2 + len(row.name) for row in self.rows))
        long = max(10, *(2 + len(str(row.shape)) for row in self.rows))
        head = f"  {'gradient':{wide}}{'shape':{long}}{'largest error':15}"
        lines = [self.subject, head]
        for row in self.rows:
            verdict = "WRONG" if row.problem else "right"
            verdict = "unclear" if row.unclear else verdict
            kinks = f" ({row.left_out} at a kink left out)" if row.left_out else ""
            place = f"  {row.name:{wide}}{row.shape!s:{long}}"
            lines.append(f"{place}{row.error:<15.0e}{verdict}{kinks}")
        lines += [f"  {row.name}: {row.problem}" for row in self.rows if row.problem]
        return "\n".join(lines)


def relative_errors(got: FloatArray, expected: FloatArray) -> FloatArray:
    """Errors relative to the entry, or to a thousandth of the largest where that is more."""
    floor = max(1e-3 * float(abs(expected).max()), SMALLEST_SIZE)
    size = np.maximum(np.maximum(abs(got), abs(expected)), floor)
    return abs(got - expected) / size


def not_comparable(got: Any, shape: tuple[int, ...], n_samples: int) -> str:
    """Why ``got`` cannot be compared with numbers of this shape ("" if it can)."""
    if got is None:
        return "backward does not store it"
    try:
        got = np.asarray(got)
    except ValueError:
        return "its rows differ in length"
    if got.dtype.kind not in "fiub":
        return f"it does not hold real numbers, its type is {got.dtype}"
    if () in (got.shape, shape) and got.shape != shape:
        came, needed = (_kind(one) for one in (got.shape, shape))
        return f"it is {came}, expected {needed}"
    if got.shape != shape:
        return f"its shape is {got.shape}, expected {shape}{_hint(got.shape, shape, n_samples)}"
    if not np.isfinite(got).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(got))[0])
        return f"it is {got[place]}" + (f" at {place}" if place else "")
    return ""


def _kind(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "one number"


def _hint(got: tuple[int, ...], expected: tuple[int, ...], n_samples: int) -> str:
    if got == expected[::-1]:
        return ": rows and columns are exchanged"
    if got != expected and got == tuple(length for length in expected if length != 1):
        return ": an axis is lost, keepdims=True keeps it"
    if expected[:1] == (1,) and got in [(n_samples,), (n_samples, 1)]:
        return f": {n_samples} is the number of samples, was the sum taken along the other axis?"
    return ""


def of_repetition(once: FloatArray, twice: FloatArray, expected: FloatArray) -> str:
    """What a second call of ``backward`` does to the gradient ("" if nothing)."""
    if twice.shape == once.shape and (twice == once).all():
        return ""
    if twice.shape == once.shape and any(
        _close(twice - once, part) for part in (once, expected)
    ):
        return "a second call of backward changes it: assign the gradient, do not add to it"
    return "a second call of backward gives another result"


def of_detached(name: str) -> str:
    """Why the gradient of this name cannot be checked: its parameter is not the array that is moved."""
    return f"it cannot be checked: forward or backward puts a new array in place of {name[1:]}"


def of_result(returned: Any, dinputs: Any, *, required: bool) -> str:
    """What is wrong with what ``backward`` returns ("" if it is ``dinputs``, or nothing where that is allowed)."""
    if returned is None and not required:
        return ""
    try:
        shape = np.shape(dinputs)
    except ValueError:  # what is stored is wrong itself
        return ""
    if not_comparable(dinputs, shape, 0):
        return ""
    what = not_comparable(returned, shape, 0)
    if returned is None:
        what = "it is None (was return forgotten?)"
    elif not isinstance(returned, (np.ndarray, np.number, list, int, float)):
        what = f"it is of type {type(returned).__name__}"
    elif not what:
        got, stored = (np.asarray(one, np.float64) for one in (returned, dinputs))
        # it may have been rounded to float32
        what = "" if _close(got, stored, 1e-6) else "its numbers differ"
    return what and f"the result of backward is not self.dinputs: {what}"


def of_unclear(expected: FloatArray, other: FloatArray, index: int) -> str:
    """Why the numerical derivative in the entry of this flat index is not to be trusted."""
    place = tuple(int(i) for i in np.unravel_index(index, expected.shape))
    if np.isnan(expected[place]):
        return f"forward gives NaN, or refuses its inputs, a step away from {place}: check at other inputs"
    if expected[place] == other[place]:
        return (
            f"at {place} its numerical derivative is {expected[place] + 0.0:.6g} with each step, but numbers are so "
            "large here that rounding swallows a step: inputs around 1 are best"
        )
    return (
        f"at {place} its numerical derivative is {expected[place]:.6g} with one step and {other[place]:.6g} with "
        "another: does forward jump, or round to float32? Inputs around 1 are best"
    )


def of_mistake(
    got: FloatArray,
    expected: FloatArray,
    smooth: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
    n_samples: int,
) -> str:
    """Name the mistake that turns the expected numbers into those that came, or show the worst entry.

    Only entries that are ``smooth``, away from kinks, tell of it; ``wrong`` says which entries are to be explained.
    """
    text = of_pattern(got, expected, n_samples, smooth=smooth)
    if text:
        return text
    worst = np.where(wrong, abs(got - expected), 0).argmax()
    place = tuple(int(i) for i in np.unravel_index(worst, got.shape))
    example = _told_apart(float(got[place]), float(expected[place]))
    return f"{of_places(wrong)}: at {place} {example}" if place else example


def _told_apart(got: float, expected: float) -> str:
    """Both numbers, with as many digits as it takes to see that they differ."""
    for digits in (6, 9, 13, 17):
        # + 0.0: a negative zero is shown as 0
        texts = f"{got + 0.0:.{digits}g}", f"{expected + 0.0:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return f"it is {texts[0]}, expected {texts[1]}"


def of_pattern(
    got: FloatArray,
    expected: FloatArray,
    n_samples: int,
    *,
    smooth: NDArray[np.bool_] | None = None,
    tolerance: float = 1e-4,
) -> str:
    """Name the one mistake that explains every entry ("" if none does); both arrays have the same shape."""
    if not got.any():
        return "it is 0 everywhere" if got.shape else "it is 0"
    if not expected.any():
        return "it should be 0 everywhere" if got.shape else "it should be 0"
    if smooth is None or not smooth.any():
        smooth = np.ones(got.shape, dtype=np.bool_)
    turned = got.ndim == 2 and got.shape == got.shape[::-1]
    if turned and _close(got.T[smooth], expected[smooth], tolerance):
        return "rows and columns are exchanged"
    return _factor(got[smooth], expected[smooth], n_samples, tolerance)


def of_places(wrong: NDArray[np.bool_]) -> str:
    """Which entries are wrong: one, those of one row or column, or how many."""
    places = np.argwhere(wrong)
    if len(places) == 1:
        return "one entry is wrong"
    for axis, kind in enumerate(("row", "column")[: wrong.ndim]):
        lines = np.unique(places[:, axis])
        if wrong.ndim == 2 and len(lines) == 1 and wrong.shape[axis] > 1:
            return f"{kind} {lines[0]} is wrong"
    return f"{len(places)} of {wrong.size} entries are wrong"


def _factor(
    got: FloatArray, expected: FloatArray, n_samples: int, tolerance: float
) -> str:
    """The sentence for numbers that are everywhere the same multiple of what they should be ("" if they are not)."""
    largest = abs(expected).argmax()
    factor = float(got[largest] / expected[largest])
    size = abs(factor)
    names = {
        1.0: "",
        float(n_samples): ", the number of samples: was the mean forgotten?",
        1 / n_samples: ", one over the number of samples: was the mean taken twice?",
    }
    name = next((known for known in names if abs(size / known - 1) < tolerance), 0.0)
    # one number is a multiple of every other: there, only a factor with a meaning is one
    alone = np.count_nonzero(abs(expected) > 1e-3 * abs(expected).max()) == 1
    if (
        not size
        or (alone and not name)
        or not _close(got, factor * expected, tolerance)
    ):
        return ""
    opposite = "it has the opposite sign" if factor < 0 else ""
    if name == 1:
        return opposite
    text = f"is off by a factor of {size:.4g}{names.get(name, '')}"
    return f"{opposite} and {text}" if opposite else f"it {text}"


def _close(got: FloatArray, expected: FloatArray, tolerance: float = 1e-4) -> bool:
    return bool((relative_errors(got, expected) <= tolerance).all())
