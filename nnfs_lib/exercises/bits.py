"""What the answers of the chapter on equal numbers are compared with."""

from __future__ import annotations

import math

import numpy as np

from ..numerics import log
from ..validation import FloatArray
from .answers import Answer, Function, Value


def grid_bits(n_terms: int) -> int:
    """How many digits a grid may have for a product sum of this length to be exact in float64."""
    return (53 - (n_terms - 1).bit_length()) // 2


def same_bits(a: FloatArray, b: FloatArray) -> bool:
    """Whether two arrays agree in type, shape and every bit."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def careful_sum(numbers: FloatArray) -> float:
    """The sum of float32 numbers, to float32's accuracy."""
    return math.fsum(numbers.tolist())


def _plain_sum(numbers: FloatArray) -> float:
    return float(np.add.accumulate(numbers)[-1])


_rng = np.random.default_rng(19)
_numbers = _rng.standard_normal(4)
_minus_zero = np.array([-0.0, 1])
_tiny = np.full(20_000, 3e-8, dtype=np.float32)
_after_one = np.concatenate([np.array([1], dtype=np.float32), _tiny])

EXERCISES: dict[str, Answer] = {
    "bits-three-digits": Value(
        [100, 101],
        {
            "this is exact: the machine keeps three digits of each intermediate result": [
                *[101.2, 101.2]
            ],
            "the two orders are exchanged: from the left, each 0.4 meets the 100 alone": [
                *[101, 100]
            ],
            "from the right the small numbers come together before they meet the 100": [
                *[100, 100]
            ],
            "the sum from the right is 101.2 before the last rounding": [100, 101.2],
        },
        tolerance=1e-6,
    ),
    "bits-growth": Value(
        math.log(1e7) / math.log(1.1),
        {
            "growth by a tenth multiplies; it does not add a tenth of the start each time": (
                (1e7 - 1) / 0.1
            ),
            "that is the logarithm of the whole growth: divide by that of one epoch's": (
                math.log(1e7)
            ),
            "mind the base: both logarithms need the same": math.log10(1e7)
            / math.log(1.1),
        },
    ),
    "bits-grid": Function(
        grid_bits,
        ((512,), (513,), (2,), (1,), (5000,)),
        {
            "a product has twice the digits of its factors": lambda n: (
                53 - (n - 1).bit_length()
            ),
            "the sum of many products needs more digits than one": lambda n: 26,
            "round the logarithm up: 513 terms need ten digits more, not nine": lambda n: (
                (53 - int(math.log2(n))) // 2
            ),
            "a number of digits is whole: round down": lambda n: (
                (53 - math.log2(n)) / 2
            ),
        },
        tolerance=1e-9,
    ),
    "bits-same": Function(
        same_bits,
        (
            (_numbers, _numbers.copy()),
            (_numbers, np.nextafter(_numbers, 9)),
            (_numbers, _numbers.reshape(2, 2)),
            (np.array([1, 2], dtype=np.float32), np.array([1.0, 2])),
            (np.array([0.0, 1]), _minus_zero),
            (np.array([np.nan, 1]), np.array([np.nan, 1])),
        ),
        {
            "close is not the same": lambda a, b: (
                a.shape == b.shape and np.allclose(a, b)
            ),
            "two types can hold equal numbers in different bits": np.array_equal,
            "0.0 and -0.0 are equal, and nan is not equal to itself: compare bits": lambda a, b: (
                a.dtype == b.dtype and np.array_equal(a, b)
            ),
            "the shape belongs to it: the same bytes in another shape are another array": lambda a, b: (
                a.dtype == b.dtype and a.tobytes() == b.tobytes()
            ),
        },
    ),
    "bits-careful": Function(
        careful_sum,
        (
            (np.array([0.5, 0.25, -2], dtype=np.float32),),
            (_after_one,),
            (np.append(_tiny, _after_one),),
        ),
        {
            "the small numbers are lost, as in a plain loop: carry on what is dropped, with its sign": _plain_sum,
        },
    ),
    "bits-log": Function(
        log,
        ((np.array([1.0, 2, 0.5, 3, 10]),), (np.exp(_rng.standard_normal(6) * 20),)),
        {
            "that is the logarithm to the base 2": lambda x: log(x) / log(2.0),
            "log m alone: add the exponent times log 2": lambda x: log(np.frexp(x)[0]),
            "the series gives half of log m: its factor 2 is missing": lambda x: (
                log(x) - log(np.frexp(x)[0]) / 2
            ),
        },
        tolerance=1e-12,
    ),
}
