"""Compare what a reader gives with what is right, whatever came, and name the difference in words."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import diagnosis


def difference(
    got: Any, expected: Any, n_samples: int, tolerance: float, secret: bool = False
) -> str:
    """What is wrong with ``got`` ("" if nothing). A ``secret`` number is not shown.

    If a text is ``expected``, ``got`` is one as well, and says itself what is wrong.
    """
    if isinstance(expected, str):
        return "" if got == expected else str(got)
    if isinstance(expected, tuple):
        if not _is_several(got):
            return f"{len(expected)} results were expected, separated by commas"
        if len(got) != len(expected):
            return f"{len(expected)} results were expected, but {len(got)} came"
        for number, parts in enumerate(zip(got, expected), start=1):
            problem = difference(*parts, n_samples, tolerance)
            if problem:
                return f"result {number} of {len(expected)}: {problem}"
        return ""
    if isinstance(expected, bool):
        return _of_truth(got, expected)
    if callable(got):
        return "numbers were expected, but a function came: call it"
    expected = np.asarray(expected, dtype=np.float64)
    try:
        got = as_numbers(got)
    except (TypeError, ValueError) as error:
        return str(error)
    problem = diagnosis.not_comparable(got, expected.shape, n_samples)
    if problem:
        return problem
    got = got.astype(np.float64)
    wrong = ~(diagnosis.relative_errors(got, expected) <= tolerance)
    if not wrong.any():
        return ""
    if not secret:
        smooth = np.ones_like(wrong)
        return diagnosis.of_mistake(got, expected, smooth, wrong, n_samples)
    pattern = diagnosis.of_pattern(got, expected, n_samples, tolerance=tolerance)
    if pattern or got.shape:
        return pattern or diagnosis.of_places(wrong)
    return "it is too large" if got > expected else "it is too small"


def _is_several(got: Any) -> bool:
    return isinstance(got, (tuple, list)) or (
        isinstance(got, np.ndarray) and got.ndim > 0
    )


def _of_truth(got: Any, expected: bool) -> str:
    if isinstance(got, np.ndarray) and got.shape == ():
        got = got.item()
    if not isinstance(got, (bool, np.bool_)):
        return "it does not return True or False" + (
            ", but one of them for each entry" if _is_several(got) else ""
        )
    return "" if bool(got) == expected else f"it returns {got}, expected {expected}"


def as_numbers(given: Any) -> NDArray[Any]:
    """What came, as an array; fractions and decimals as float64.

    Raises
    ------
    TypeError
        If it holds something other than real numbers.
    ValueError
        If its rows differ in length.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError("its rows differ in length") from None
    if array.dtype.kind in "US":
        raise TypeError("numbers were expected, but text came: leave out the quotes")
    if array.dtype.kind == "c":
        raise TypeError("real numbers were expected, but complex ones came")
    if array.dtype.kind == "O":
        if not all(
            isinstance(one, (numbers.Real, np.bool_, Decimal)) for one in array.flat
        ):
            raise TypeError("it does not hold numbers alone")
        try:
            return array.astype(np.float64)
        except OverflowError:
            raise TypeError("it holds a number too large for float64") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"numbers were expected, but {array.dtype} came")
    return array


def same(got: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Whether two results agree: errors of one kind, several results part by part, or numbers."""
    if isinstance(got, type) or isinstance(other, type):
        return got is other
    if isinstance(got, str) or isinstance(other, str):
        return isinstance(got, str) and isinstance(other, str) and got == other
    several = isinstance(other, tuple) or (
        isinstance(other, list)
        and any(isinstance(part, (tuple, np.ndarray)) for part in other)
    )
    if several and _is_several(got):
        pairs = zip(got, other)
        return len(got) == len(other) and all(same(*pair, tolerance) for pair in pairs)
    try:
        got, other = (as_numbers(one).astype(np.float64) for one in (got, other))
    except (TypeError, ValueError):
        return False
    return got.shape == other.shape and np.allclose(
        got, other, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True
    )


def has_dots(answer: Any) -> bool:
    """Whether an answer, or a part of it, is still the dots of the stub, or nothing."""
    if isinstance(answer, (list, tuple)):
        return any(has_dots(part) for part in answer)
    return answer is ... or answer is None


def described(case: tuple[Any, ...]) -> str:
    """The arguments, short: a large array by its shape."""
    return ", ".join(map(_described_argument, case))


def _described_argument(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        entries, kind = str(argument.tolist()), ""
        if argument.size > 6 or len(entries) > 60:
            return f"an array of shape {argument.shape}"
        if argument.dtype != np.float64:
            kind = f" of {argument.dtype}"
        return f"the array {entries}{kind}"
    if isinstance(argument, np.random.Generator):
        return "a random generator"
    if isinstance(argument, list) and isinstance(argument[0], (tuple, np.ndarray)):
        return f"a list of length {len(argument)}"
    return repr(argument)
