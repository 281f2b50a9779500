"""Arithmetic that gives the same bits on every machine.

IEEE 754 rounds ``+ - * /`` and ``sqrt`` correctly, so NumPy's elementwise arithmetic agrees everywhere.
Two things do not: a matrix product, because BLAS picks the order of its sums to suit the processor, and
``exp`` and ``log``, because their last bit depends on the C library or on the vector unit. Here are both,
made of operations that agree.

The product follows the error-free transformation of Rump, Ogita and Oishi ("Accurate floating-point
summation", SIAM J. Sci. Comput. 31, 2008) as used in the Ozaki scheme (Ozaki, Ogita, Oishi and Rump,
"Error-free transformations of matrix multiplication", Numer. Algorithms 59, 2012).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .checks import FloatArray

GRID_BITS = 22
"""A rounded entry is a multiple, at most ``2**22``, of its matrix's grid spacing."""

BLOCK = 512
"""Longest sum formed in one piece: 512 products of two 22-bit integers stay within the 53 bits of float64."""

assert 2 * GRID_BITS + math.ceil(math.log2(BLOCK)) <= 53


class GridMatrix:
    """A matrix rounded to a grid so coarse that products with it are exact.

    Let ``2**e`` be the smallest power of two above the largest magnitude. float32 entries are rounded to the
    nearest multiple of ``2**(e - 22)``. float64 entries are written as a sum of two such roundings, the second
    ``2**22`` times finer, and 44 bits of them are kept. In a product of two of these matrices every product of
    entries and every partial sum is an integer of at most 53 bits times a power of two. Nothing is rounded, so
    the order of the sum, which BLAS chooses, cannot matter.

    ``GridMatrix(a) @ GridMatrix(b)`` is the array ``matmul(a, b)``; keep the object to round an operand once
    and to use it in several products.

    Parameters
    ----------
    values : array_like, shape (n_rows, n_columns)
        float32 is kept as float32; everything else becomes float64.
    name : str
        What to call the matrix in an error message.

    Raises
    ------
    ValueError
        If ``values`` is not a matrix, is empty, or holds NaN or infinity.
    """

    __slots__ = ("shape", "dtype", "_slices", "_exponent")

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    _slices: tuple[FloatArray, ...]  # float64, coarsest first
    _exponent: int  # the matrix is (sum of the slices) * 2**_exponent

    def __init__(self, values: ArrayLike, name: str = "values") -> None:
        array = checks.matrix(name, values, finite=False)  # seen below, at no cost
        largest = checks.largest_magnitude(array)
        if not largest < math.inf:
            raise checks.not_finite(name, array)
        self.shape, self.dtype = array.shape, array.dtype
        exponent = math.frexp(largest)[1]  # every magnitude is below 2**exponent
        if array.dtype == np.float32 and abs(exponent) < 100:
            self._slices, self._exponent = (_round_to_grid(array, exponent).astype(np.float64),), 0
        else:  # scaled to magnitudes below 1, where no product can overflow or underflow
            scaled = np.ldexp(array.astype(np.float64), -exponent)
            coarse = _round_to_grid(scaled, 0)
            scaled -= coarse
            self._slices, self._exponent = (coarse, _round_to_grid(scaled, -GRID_BITS)), exponent

    @property
    def T(self) -> GridMatrix:
        """The transposed matrix, shape (n_columns, n_rows); no entry is copied."""
        transposed = object.__new__(GridMatrix)
        transposed.shape, transposed.dtype = self.shape[::-1], self.dtype
        transposed._slices = tuple([part.T for part in self._slices])
        transposed._exponent = self._exponent
        return transposed

    def __matmul__(self, other: GridMatrix) -> FloatArray:
        if self.shape[1] != other.shape[0]:
            raise ValueError(
                f"cannot multiply {self.shape} by {other.shape}: the first matrix has {self.shape[1]} columns, "
                f"the second {other.shape[0]} rows, and the two must be equal (is one of them to be transposed?)"
            )
        # Coarse products last, so that the small terms are added before the large ones.
        pairs = [(a, b) for a in reversed(self._slices) for b in reversed(other._slices)]
        total = _exact_product(*pairs[0])
        for a, b in pairs[1:]:
            total += _exact_product(a, b)
        exponent = self._exponent + other._exponent
        if exponent:
            total = np.ldexp(total, exponent)
        return total.astype(np.result_type(self.dtype, other.dtype), copy=False)

    def __repr__(self) -> str:
        return f"GridMatrix(shape={self.shape}, dtype={self.dtype})"


def _round_to_grid(values: FloatArray, exponent: int) -> FloatArray:
    """Round magnitudes below ``2**exponent`` to multiples of ``2**(exponent - 22)``.

    Adding ``s = 1.5 * 2**k`` leaves a sum between ``2**k`` and ``2**(k+1)``, where neighbouring numbers are the
    grid's spacing apart; so the addition rounds to the grid and the subtraction, which is exact, takes s away.
    """
    shift = math.ldexp(1.5, exponent - GRID_BITS + (23 if values.dtype == np.float32 else 52))
    rounded = values + shift
    rounded -= shift
    return rounded


def _exact_product(a: FloatArray, b: FloatArray) -> FloatArray:
    """Multiply two slices: exactly within a block of the inner index, then block after block in order."""
    inner = a.shape[1]
    total: FloatArray = a[:, :BLOCK] @ b[:BLOCK] if inner > BLOCK else a @ b
    for start in range(BLOCK, inner, BLOCK):
        total += a[:, start : start + BLOCK] @ b[start : start + BLOCK]
    return total


def matmul(a: ArrayLike, b: ArrayLike) -> FloatArray:
    r"""Matrix product whose bits do not depend on the machine.

    Parameters
    ----------
    a : array_like, shape (n, k)
    b : array_like, shape (k, m)

    Returns
    -------
    ndarray, shape (n, m)
        float32 if both operands are float32, otherwise float64.

    Raises
    ------
    ValueError
        If an operand is not a matrix, is empty, holds NaN or infinity, or the inner lengths differ.

    Notes
    -----
    Let ``A`` and ``B`` be the largest magnitudes in ``a`` and ``b`` and ``q`` the number of blocks of 512 in
    ``k``. Each entry of the result is off by at most

    * float32: ``k A B 2**-20.9``, plus half a unit in the last place of the result,
    * float64: ``k A B (2**-42.9 + (q + 4) 2**-52)``.

    Derivation. An entry is rounded by at most half a spacing, ``2**(e - 23)``, and ``A >= 2**(e - 1)``, so by at
    most ``A d`` with ``d = 2**-22``. A product of two entries is therefore off by at most
    ``A B (2 d + d**2) < A B 2**-20.9`` and a sum of k of them by k times that. Two slices give ``d = 2**-44``.
    The product of the slices is exact within a block; what is left are additions of float64 numbers below
    ``2 k A B``: q - 1 between blocks for each pair of slices and 3 between pairs, with the smaller pairs
    contributing ``2**-21`` of the first, and the last rounding to the result's own precision.
    """
    return GridMatrix(a, "a") @ GridMatrix(b, "b")


# --- exp and log -------------------------------------------------------------------------------------------

_LOG2_E = 1 / math.log(2)
# log 2 in two parts: the first ends in 21 zero bits, so its product with an exponent is exact.
_LOG_2_HIGH = float.fromhex("0x1.62e42feep-1")
_LOG_2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_TO_INTEGER = np.float64(1.5 * 2.0**52)  # added to a float64, it leaves the nearest integer in the low bits
_TO_INTEGER_BITS = _TO_INTEGER.view(np.int64)
_SQRT_HALF_BITS = np.float64(math.sqrt(0.5)).view(np.int64)
_SMALLEST_NORMAL = 2.0**-1022

# Enough terms for the series to be off by less than a hundredth of a unit in the last place.
_EXP_SERIES = {
    np.dtype(np.float32): [1 / math.factorial(n) for n in range(9)],
    np.dtype(np.float64): [1 / math.factorial(n) for n in range(14)],
}
_LOG_SERIES = {
    np.dtype(np.float32): [2 / (2 * n + 1) for n in range(1, 6)],
    np.dtype(np.float64): [2 / (2 * n + 1) for n in range(1, 11)],
}


def exp(x: ArrayLike) -> FloatArray:
    """Exponential function, elementwise, with the same bits on every machine.

    ``exp(x) = 2**k exp(r)`` with ``k`` the integer nearest to ``x / log 2``, so ``|r| <= log(2) / 2``, where a short
    Taylor polynomial is enough.

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
    """
    x = checks.floats("x", x)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return _like(x, exp_float64(np.atleast_1d(x), x.dtype))


def exp_float64(x: FloatArray, accuracy: np.dtype[Any]) -> FloatArray:
    """`exp` without its checks: as accurate as the type ``accuracy`` needs, but left in float64."""
    x = np.minimum(x, 710.0, dtype=np.float64)
    np.maximum(x, -746.0, out=x)
    rounded = x * _LOG2_E
    rounded += _TO_INTEGER
    k = rounded.view(np.int64) - _TO_INTEGER_BITS
    rounded -= _TO_INTEGER  # k again, now as a float
    x -= rounded * _LOG_2_HIGH
    x -= rounded * _LOG_2_LOW
    result = _polynomial(x, _EXP_SERIES[accuracy])
    half = k >> 1  # 2**k itself may lie outside the range of float64: multiply in two steps
    result *= _power_of_two(half)
    result *= _power_of_two(k - half)
    return result


def log(x: ArrayLike) -> FloatArray:
    """Natural logarithm, elementwise, with the same bits on every machine.

    ``log(x) = k log 2 + log(m)`` with ``x = 2**k m`` and ``m`` from ``sqrt(1/2)`` to ``sqrt(2)``. With
    ``s = (m - 1) / (m + 1)``, ``log(m) = 2 atanh(s) = 2 (s + s**3/3 + s**5/5 + ...)``, whose terms fall by a
    factor of at least 34.

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
    x = checks.floats("x", x)
    wide = np.atleast_1d(x).astype(np.float64)
    subnormal = (wide > 0) & (wide < _SMALLEST_NORMAL)
    positive = (wide > 0) & (wide < np.inf)
    scaled = np.where(positive, wide, 1.0)
    scaled[subnormal] *= 2.0**54
    result = log_float64(scaled, x.dtype, -54.0 * subnormal)
    result[wide == 0] = -np.inf
    result[wide == np.inf] = np.inf
    result[~(wide >= 0)] = np.nan
    return _like(x, result)


def log_float64(x: FloatArray, accuracy: np.dtype[Any], exponent: FloatArray | float = 0.0) -> FloatArray:
    """``log(x * 2**exponent)`` for positive, normal float64, as accurate as the type ``accuracy`` needs."""
    bits = x.view(np.int64)
    k = (bits - _SQRT_HALF_BITS) >> 52
    f = (bits - (k << 52)).view(np.float64)  # m, and now m - 1, which is exact
    f -= 1.0
    exponent = k + exponent
    s = f / (f + 2.0)
    z = s * s
    tail = _polynomial(z, _LOG_SERIES[accuracy])
    tail *= z
    # log m = 2 s + s tail = f - s (f - tail), since 2 s = f - s f: the exact f leads the sum
    f -= s * (f - tail) - exponent * _LOG_2_LOW
    f += exponent * _LOG_2_HIGH
    return f


def _polynomial(x: FloatArray, coefficients: list[float]) -> FloatArray:
    """``c[0] + c[1] x + c[2] x**2 + ...``, innermost bracket first (Horner)."""
    result = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        result += coefficient
        result *= x
    result += coefficients[0]
    return result


def _power_of_two(k: np.ndarray[Any, np.dtype[np.int64]]) -> FloatArray:
    """``2.0**k`` for -1022 <= k <= 1023, by writing the exponent's bits."""
    return ((k + 1023) << 52).view(np.float64)


def _like(x: FloatArray, result: FloatArray) -> FloatArray:
    """``result`` in the type and shape of ``x``; a number for a number, as NumPy's own functions do."""
    narrowed: FloatArray = result.astype(x.dtype, copy=False).reshape(x.shape)[()]
    return narrowed
