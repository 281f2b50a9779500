"""Compare what a reader gives with what is right, whatever came, and name the difference in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import diagnosis


def difference(
    got: Any, expected: Any, n_samples: int, tolerance: float, secret: bool = False
) -> str:
    """What is wrong with ``got`` ("" if nothing). A ``secret`` number is not shown."""
    if isinstance(expected, tuple):
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            return f"{len(expected)} results were expected, separated by commas"
        for number, parts in enumerate(zip(got, expected), start=1):
            problem = difference(*parts, n_samples, tolerance)
            if problem:
                return f"result {number} of {len(expected)}: {problem}"
        return ""
    if callable(got):
        return "numbers were expected, but a function came: call it"
    expected = np.asarray(expected, dtype=np.float64)
    problem = diagnosis.not_comparable(got, expected.shape, n_samples)
    if problem:
        return problem
    got = np.asarray(got, dtype=np.float64)
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


def same(got: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Whether two results agree: errors of one kind, several results part by part, or numbers."""
    if isinstance(got, type) or isinstance(other, type):
        return got is other
    if isinstance(got, (list, tuple)) and isinstance(other, tuple):
        pairs = zip(got, other)
        return len(got) == len(other) and all(same(*pair, tolerance) for pair in pairs)
    try:
        got, other = np.asarray(got, np.float64), np.asarray(other, np.float64)
    except (TypeError, ValueError, OverflowError):
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
        if argument.size > 6:
            return f"an array of shape {argument.shape}"
        kind = "" if argument.dtype == np.float64 else f" of {argument.dtype}"
        return f"the array {argument.tolist()}{kind}"
    if isinstance(argument, np.random.Generator):
        return "a random generator"
    return repr(argument)
