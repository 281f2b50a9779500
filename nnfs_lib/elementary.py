"""``exp`` and ``log``, elementwise, with the same bits on every machine.

They consist of ``+ - * /``, which IEEE 754 rounds correctly, of integer arithmetic and of table look-ups. The
last bit of NumPy's own depends on the C library or on the processor's vector unit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation
from .validation import FloatArray

# log 2 in one number; and in two, of which the first is so short that its product with an integer is exact.
_LOG_2 = float.fromhex("0x1.62e42fefa39efp-1")
_LOG_2_HIGH = float.fromhex("0x1.62e42feep-1")
_LOG_2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
# Added to a float64, it leaves the nearest integer in the low bits.
_TO_INTEGER = 1.5 * 2.0**52
_SQRT_HALF = math.sqrt(0.5)  # correctly rounded everywhere
_SQRT_HALF_BITS = np.float64(_SQRT_HALF).view(np.int64)
_SMALLEST_NORMAL = 2.0**-1022


def _powers_of_two() -> tuple[NDArray[np.int64], FloatArray]:
    """``2**(j/256)`` for j from 0 to 255, by integers: the bits of the nearest float64, and its error.

    The first are stored less ``j << 44``, so that adding ``k << 44`` to entry ``k % 256`` makes
    ``2**(k/256)`` of it. The second are relative: (exact - float64) / exact.
    """
    one = 1 << 200
    root = 2 * one
    for _ in range(8):
        root = math.isqrt(root * one)
    exact = [one]
    for _ in range(255):
        exact.append(exact[-1] * root >> 200)
    nearest = [power / one for power in exact]
    errors = [
        (power - (int(number * 2**52) << 148)) / power
        for power, number in zip(exact, nearest)
    ]
    return np.array(nearest).view(np.int64) - (
        np.arange(256, dtype=np.int64) << 44
    ), np.array(errors)


_FLOAT64 = np.dtype(np.float64)
_POWERS, _POWERS_OFF = _powers_of_two()

# For each type log 2, and the series of (exp(r) - 1 - r) / r**2 for |r| <= log(2) / 512; below, the series of log.
# They have enough terms to be off by less than a hundredth of a unit in the last place.
_EXP_SERIES = {
    np.dtype(np.float32): ([_LOG_2], [1 / 2]),
    np.dtype(np.float64): (
        [_LOG_2_HIGH, _LOG_2_LOW],
        [1 / 2, 1 / 6, 1 / 24, 1 / 120],
    ),
}
_LOG_SERIES = {
    np.dtype(np.float32): [2 / (2 * n + 1) for n in range(1, 6)],
    np.dtype(np.float64): [2 / (2 * n + 1) for n in range(1, 11)],
}


@np.errstate(all="ignore")
def exp(x: ArrayLike) -> FloatArray:
    """Exponential function, elementwise, with the same bits on every machine.

    ``exp(x) = 2**(k/256) exp(r)`` with ``k`` the integer nearest to ``256 x / log 2``. So
    ``|r| <= log(2) / 512``, where a very short Taylor polynomial is enough, and ``2**(k/256)`` comes from a
    table of 256 numbers and a power of two.

    Parameters
    ----------
    x : array_like, any shape
        float32 is kept as float32; everything else becomes float64.

    Returns
    -------
    ndarray, the shape of x
        Within 1 unit in the last place (0.51 for float32). ``exp(0)`` is 1, NaN stays NaN, and what is too large
        or too small for the type becomes infinity or 0, without a warning.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    References
    ----------
    P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point
    arithmetic", ACM Transactions on Mathematical Software 15, 1989.
    """
    x = validation.floats("x", x)
    wide = np.maximum(np.minimum(np.atleast_1d(x), 710.0, dtype=np.float64), -746.0)
    to_normal = 64 * (wide < -700) - 64 * (wide > 700)
    lift = to_normal.astype(np.int64)
    return _like(x, exp_float64(wide, x.dtype, lift) * _power_of_two(-lift))


def exp_float64(
    x: FloatArray, accuracy: np.dtype[Any], lift: NDArray[np.int64] | int = 0
) -> FloatArray:
    """``exp(x) * 2**lift``, a normal number, as accurate as the type ``accuracy`` needs, in float64."""
    parts_of_log_2, series = _EXP_SERIES[accuracy]
    to_integer = _TO_INTEGER + 256.0 * lift
    k = x * (256 / _LOG_2)
    k += to_integer
    bits = k.view(np.int64)
    j = np.asarray(bits & 255, np.intp)  # how arrays are indexed
    bits = (bits << 44) + _POWERS.take(j)
    power_of_two = bits.view(np.float64)  # 2**(k / 256 + lift)
    k -= to_integer
    r = x
    for part in parts_of_log_2:
        r = r - k * (part / 256)
    result = r * r
    result *= _polynomial(r, series)
    result += r  # exp(r) - 1, led by the exact r: so it rises with r
    if accuracy == _FLOAT64:
        result += _POWERS_OFF.take(j)
    result *= power_of_two
    result += power_of_two
    return result


@np.errstate(all="ignore")
def log(x: ArrayLike) -> FloatArray:
    """Natural logarithm, elementwise, with the same bits on every machine.

    ``log(x) = k log 2 + log(m)`` with ``x = 2**k m`` and ``m`` from ``sqrt(1/2)`` to ``sqrt(2)``. With
    ``s = (m - 1) / (m + 1)``, ``log(m) = 2 atanh(s) = 2 (s + s**3/3 + s**5/5 + ...)``, whose terms fall by
    a factor of at least 33.

    Parameters
    ----------
    x : array_like, any shape
        float32 is kept as float32; everything else becomes float64.

    Returns
    -------
    ndarray, the shape of x
        Within 1 unit in the last place (0.51 for float32). ``log(1)`` is 0, ``log(0)`` is -inf, and the logarithm
        of a negative number is NaN, without a warning.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.
    """
    x = validation.floats("x", x)
    wide = np.array(x, np.float64, ndmin=1)
    subnormal = (wide > 0) & (wide < _SMALLEST_NORMAL)
    positive = (wide > 0) & (wide < np.inf)
    scaled = np.where(positive, wide, 1.0)
    scaled[subnormal] *= 2.0**54
    result = log_float64(scaled, x.dtype, -54.0 * subnormal)
    result[wide == 0] = -np.inf
    result[wide == np.inf] = np.inf
    result[~(wide >= 0)] = np.nan
    return _like(x, result)


def log_float64(
    x: FloatArray, accuracy: np.dtype[Any], exponent: FloatArray | float = 0.0
) -> FloatArray:
    """``log(x * 2**exponent)`` for positive, normal float64, as accurate as the type ``accuracy`` needs."""
    bits = x.view(np.int64)
    k = (bits - _SQRT_HALF_BITS) >> 52
    return _log((bits - (k << 52)).view(np.float64), k + exponent, accuracy)


def _log(m: Any, k: Any, accuracy: np.dtype[Any]) -> Any:
    """``log(2**k m)`` for ``m`` from ``sqrt(1/2)`` to ``sqrt(2)``, numbers or arrays."""
    f = m - 1.0  # exact
    s = f / (f + 2.0)
    z = s * s
    tail = z * _polynomial(z, _LOG_SERIES[accuracy])
    # log m = 2 s + s tail = f - s (f - tail), since 2 s = f - s f: the exact f leads the sum
    return k * _LOG_2_HIGH + (f - (s * (f - tail) - k * _LOG_2_LOW))


def _polynomial(x: FloatArray, coefficients: list[float]) -> FloatArray | float:
    """``c[0] + c[1] x + c[2] x**2 + ...``, innermost bracket first (Horner)."""
    if len(coefficients) == 1:
        return coefficients[0]
    result = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        result += coefficient
        result *= x
    result += coefficients[0]
    return result


def _power_of_two(k: NDArray[np.int64]) -> FloatArray:
    """``2.0**k`` for -1022 <= k <= 1023, by writing the exponent's bits."""
    return ((k + 1023) << 52).view(np.float64)


def _like(x: FloatArray, result: FloatArray) -> FloatArray:
    """``result`` in the type and shape of ``x``; a number for a number, as NumPy's own functions do."""
    return np.asarray(result, x.dtype).reshape(x.shape)[()]
