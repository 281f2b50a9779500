"""What the answers of the chapter on equal numbers are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...numerics import log
from ...validation import FloatArray
from .answers import Answer, Function, Value
from .code import without_names


def grid_bits(n_terms: int) -> int:
    """How many digits a grid may have for a product sum of this length to be exact in float64."""
    return (53 - (n_terms - 1).bit_length()) // 2


def compare(a: FloatArray, b: FloatArray) -> FloatArray:
    """The difference of two means, less and plus two standard errors, and which mean is lower, if that can be said."""
    return _compared(a, b, 2 * _standard_error(a, b))


def _compared(a: FloatArray, b: FloatArray, margin: float) -> FloatArray:
    low, high = a.mean() - b.mean() - margin, a.mean() - b.mean() + margin
    return np.array([low, high, int(low > 0) - int(high < 0)])


def _standard_error(a: FloatArray, b: FloatArray, ddof: int = 1) -> float:
    return math.sqrt(a.var(ddof=ddof) / len(a) + b.var(ddof=ddof) / len(b))


def _sum_of_standard_errors(a: FloatArray, b: FloatArray) -> float:
    return sum(math.sqrt(losses.var(ddof=1) / len(losses)) for losses in (a, b))


def same_bits(a: FloatArray, b: FloatArray) -> bool:
    """Whether two arrays agree in type, shape and every bit."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def careful_sum(numbers: FloatArray) -> Any:
    """Kahan's compensated sum of float32 numbers."""
    return _sum_with(lambda number, error: number - error)(numbers)


def _sum_with(
    correct: Callable[[Any, Any], Any], error_of: Callable[..., Any] | None = None
) -> Callable[[FloatArray], Any]:
    """A sum like Kahan's, with another idea of how a number is corrected, or of what the error is."""
    error_of = error_of or (lambda total, new, number: (new - total) - number)

    def summed(numbers: FloatArray) -> Any:
        total = error = np.float32(0)
        for number in numbers:
            corrected = correct(number, error)
            new_total = total + corrected
            error = error_of(total, new_total, corrected)
            total = new_total
        return total

    return summed


def _plain_sum(numbers: FloatArray) -> float:
    return float(np.add.accumulate(numbers)[-1])


def _exact_sum(numbers: FloatArray) -> float:
    return math.fsum(numbers.tolist())


def _logarithm(
    n_terms: int = 10, double: bool = True, factor: int = 2, exponent: int = 1
) -> Callable[[FloatArray], FloatArray]:
    """The logarithm of the exercise, with a part of it changed."""

    def logarithm(x: FloatArray) -> FloatArray:
        m, k = np.frexp(x)
        low = (m < math.sqrt(0.5)) & double
        m, k = np.where(low, 2 * m, m), k - low * exponent
        s = (m - 1) / (m + 1)
        series = np.zeros_like(s)
        for n in range(2 * n_terms - 1, 0, -2):
            series = series * s * s + 1 / n
        return k * math.log(2) + factor * s * series

    return logarithm


_rng = np.random.default_rng(19)
_numbers = _rng.standard_normal(4)
_minus_zero = np.array([-0.0, 1])
_other_nan = np.array([0x7FF8000000000001, 0x3FF0000000000000]).view(np.float64)
_oblong = np.arange(6.0).reshape(2, 3)
_tiny = np.full(4_000, 3e-8, dtype=np.float32)
_after_one = np.concatenate([np.array([1], dtype=np.float32), _tiny])
_scales = np.ldexp(_rng.standard_normal(2000), _rng.integers(-12, 12, 2000))

_draws = np.random.RandomState(29)
_losses = 0.6 + 0.3 * _draws.random_sample(30)
_similar = 0.6 + 0.25 * _draws.random_sample(24)
_lower = 0.3 + 0.15 * _draws.random_sample(30)

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
            "this rounds only at the end; round after each addition": [101, 101],
            "this rounds up, and not to the nearest": [103, 102],
            "from the left, each 0.4 is rounded away: 100.4 is kept as 100": [
                *[101.2, 101]
            ],
            "three digits are not three places behind the point: 100.4 has four": [
                *[100.4, 101.2]
            ],
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
            "that is the logarithm of the whole growth to the base 10: divide by that of one epoch's": 7,
            "mind the base: both logarithms need the same": math.log10(1e7)
            / math.log(1.1),
            "mind the base; both logarithms need the same one": math.log(1e7)
            / math.log10(1.1),
            "the fraction is upside down": math.log(1.1) / math.log(1e7),
            "log 1.1 is a little less than 0.1": math.log(1e7) / 0.1,
            "divide by log 1.1, not by 1.1": math.log(1e7) / 1.1,
            "from 10**-7 to 1 the growth is 10**7": math.log(1e8) / math.log(1.1),
        },
        tolerance=5.3e-3,  # 170 whole epochs are right, too
    ),
    "bits-difference": Function(
        compare,
        (
            (_losses, _lower),
            (_lower, _similar),
            (_losses, _similar),
            (_similar, _losses),
            # the mean counts, and not the first runs
            (np.append(0.9, _lower), np.append([0.9, 0.1], _similar)),
            # the interval is 0 alone
            (np.full(2, 0.5), np.full(3, 0.5)),
        ),
        {
            "that is the uncertainty of a single run: the mean of n runs is known better, by a factor of sqrt(n)": (
                lambda a, b: _compared(
                    a, b, 2 * math.sqrt(a.var(ddof=1) + b.var(ddof=1))
                )
            ),
            "two standard errors to either side were asked for, not one": (
                lambda a, b: _compared(a, b, _standard_error(a, b))
            ),
            "the standard errors of the two means do not add up; their squares do": (
                lambda a, b: _compared(a, b, 2 * _sum_of_standard_errors(a, b))
            ),
            "var divides by n unless you say ddof=1, and the spread comes out too small": (
                lambda a, b: _compared(a, b, 2 * _standard_error(a, b, ddof=0))
            ),
            "the difference is a's mean minus b's, not the other way round": (
                lambda a, b: compare(b, a)
            ),
            "the verdict is the wrong way round: -1 says that a's losses are the lower": (
                lambda a, b: compare(a, b) * [1, 1, -1]
            ),
            "the verdict is 0 if the interval contains 0, however far from 0 its middle is": (
                lambda a, b: [*compare(a, b)[:2], np.sign(a.mean() - b.mean())]
            ),
        },
    ),
    "bits-grid": Function(
        grid_bits,
        tuple((n,) for n in (512, 513, 2, 1, 5000, 3, 4, 1024, 1025, 300, 2**20)),
        {
            "a product has twice the digits of its factors": lambda n: (
                53 - (n - 1).bit_length()
            ),
            "the sum of many products needs more digits than one": lambda n: 26,
            "round the logarithm up: 513 terms need ten digits more, not nine": lambda n: (
                (53 - int(math.log2(n))) // 2
            ),
            "512 terms need nine digits more, not ten: take (K - 1).bit_length()": lambda n: (
                (53 - n.bit_length()) // 2
            ),
            "a number of digits is whole: round down": lambda n: (
                (53 - math.log2(n)) / 2
            ),
            "there is no half digit: round down": lambda n: (
                (53 - (n - 1).bit_length()) / 2
            ),
            "this rounds up; the sum is exact only if the digits suffice": lambda n: (
                (54 - (n - 1).bit_length()) // 2
            ),
            "float64 has 53 digits, the first one included": lambda n: (
                (52 - (n - 1).bit_length()) // 2
            ),
            "float32 has 24 digits; float64 was asked for": lambda n: (
                (24 - (n - 1).bit_length()) // 2
            ),
            "the sum needs its digits once, not for each factor": lambda n: (
                53 // 2 - (n - 1).bit_length()
            ),
        },
        tolerance=1e-9,
    ),
    "bits-same": Function(
        same_bits,
        (
            (_numbers, _numbers),
            (_numbers, _numbers.copy()),
            (_numbers, np.nextafter(_numbers, 9)),
            (_numbers, _numbers.reshape(2, 2)),
            (np.array([1, 2], dtype=np.float32), np.array([1.0, 2])),
            (np.zeros(2, dtype=np.float32), np.zeros(2, dtype=np.int32)),
            (np.zeros(2, dtype=np.int32), np.zeros(2, dtype=np.float32)),
            (np.zeros(2), np.zeros(2, dtype=np.int64)),
            (np.zeros(2, dtype=np.int64), np.zeros(2)),
            (np.array([2.0, 3]), np.array([1.0, 2])),
            (np.array([0.0, 1]), _minus_zero),
            (np.array([np.nan, 1]), np.array([np.nan, 1])),
            (np.array([np.nan, 1]), np.array([-np.nan, 1])),
            (_oblong, np.asfortranarray(_oblong)),
            (_oblong, _oblong.reshape(3, 2)),
            (np.array([np.nan, 1]), _other_nan),
            (np.arange(3), np.arange(4)),
            (np.arange(3, dtype=np.float32), np.arange(3, dtype=np.float32)),
            (_oblong, _oblong[:, :, np.newaxis]),
        ),
        {
            "close is not the same": lambda a, b: (
                a.shape == b.shape and np.allclose(a, b)
            ),
            "two types can hold equal numbers in different bits": np.array_equal,
            "0.0 and -0.0 are equal, and nan is not equal to itself: compare bits": lambda a, b: (
                a.dtype == b.dtype and np.array_equal(a, b)
            ),
            "0.0 and -0.0 are equal, and there is more than one nan: compare bits": lambda a, b: (
                a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
            ),
            "nan can have other bits than those of its sign, too: compare bytes": lambda a, b: (
                a.dtype == b.dtype
                and np.array_equal(a, b, equal_nan=True)
                and np.array_equal(np.signbit(a), np.signbit(b))
            ),
            "the shape belongs to it: the same bytes in another shape are another array": lambda a, b: (
                a.dtype == b.dtype and a.tobytes() == b.tobytes()
            ),
            "the type belongs to it: the same bytes as another type are other numbers": lambda a, b: (
                a.shape == b.shape and a.tobytes() == b.tobytes()
            ),
            "shape and type belong to it: the same bytes can be another array": lambda a, b: (
                a.tobytes() == b.tobytes()
            ),
            "type and shape alone do not say what is in an array": lambda a, b: (
                a.dtype == b.dtype and a.shape == b.shape
            ),
            "that is whether it is one and the same array; a copy has the same bits": lambda a, b: (
                a is b
            ),
        },
    ),
    "bits-careful": Function(
        careful_sum,
        (
            (np.array([0.5, 0.25, -2], dtype=np.float32),),
            (_after_one,),
            (np.append(_tiny, _after_one),),
            (_scales.astype(np.float32),),
            (np.array([3e-9], dtype=np.float32),),
            (np.array([1, 1e8, 1, -1e8], dtype=np.float32),),
        ),
        {
            "the small numbers are lost, as in a plain loop: carry on what is dropped, with its sign": _plain_sum,
            "the error has the wrong sign: it is (new - old) - x; subtract it from the next number": _sum_with(
                lambda number, error: number + error
            ),
            "the error is (new - old) - x: the old sum is taken away first, since it is the larger": _sum_with(
                lambda number, error: number - error,
                lambda total, new, number: (new - number) - total,
            ),
            "this is more exact than float32 alone can be: have other numbers crept in, of float64?": _exact_sum,
            "this keeps what Kahan's sum loses: use float32 alone, and correct the next number": lambda numbers: (
                np.float32(_exact_sum(numbers))
            ),
            "this is a sum in another order, which keeps no error: add one number after the other": np.sum,
        },
        tolerance=1e-9,
    ),
    "bits-log": Function(
        log,
        (
            (np.array([1.0, 2, 0.5, 3, 10]),),
            (np.exp(_rng.standard_normal(6) * 20),),
            (np.array([0.7, 0.71, 1.41, 1.42, 0.999, 1.001]),),
            (np.array([1e-300, 1e300, 0.51, 0.99]),),
        ),
        {
            "that is the logarithm to the base 2": lambda x: log(x) / log(2.0),
            "that is the logarithm to the base 10": lambda x: log(x) / log(10.0),
            "log m alone: add the exponent times log 2": lambda x: log(np.frexp(x)[0]),
            "the exponent's part alone: add log m": lambda x: (
                log(x) - log(np.frexp(x)[0])
            ),
            "the exponent is multiplied by log 2": lambda x: (
                np.frexp(x)[1] + log(np.frexp(x)[0])
            ),
            "the series gives half of log m: its factor 2 is missing": lambda x: (
                log(x) - log(np.frexp(x)[0]) / 2
            ),
            "the series gives half of log m; its factor 2 is missing": _logarithm(
                factor=1
            ),
            "where m is doubled, the exponent has to fall by 1": _logarithm(exponent=0),
            "where m is doubled, the exponent falls by 1": _logarithm(exponent=-1),
            **{
                f"with {n} terms and without doubling the small m, twelve digits are not reached": _logarithm(
                    n, double=False
                )
                for n in range(1, 13)
            },
            **{
                f"{n} terms are not enough for twelve digits": _logarithm(n)
                for n in range(1, 8)
            },
        },
        tolerance=1e-12,
        written=without_names(
            *("log", "log2", "log10", "log1p", "logaddexp", "arctanh", "atanh"),
            *("exp", "exp2", "expm1", "arcsinh", "asinh", "arccosh", "acosh"),
            instead="build the logarithm from additions, multiplications and divisions",
        ),
    ),
}
