"""Rounding rows and columns to grids so coarse that products of them are exact. `numerics` says why."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .validation import FloatArray

GRID_BITS = 22
"""A rounded entry is a multiple of its grid's spacing, at most ``2**22`` times it."""

BLOCK = 512
"""How many products add up exactly in float64: 512 products of two 22-bit integers stay within its 53 bits."""


class _Format(NamedTuple):
    """What rounding to a grid needs to know of a floating-point format."""

    integer: type[np.signedinteger[Any]]  # of the same width
    exponent_bits: np.signedinteger[Any]
    least_bits: int  # those of the smallest leading power
    shift: np.floating[Any]  # in leading powers


_SINGLE = _Format(
    integer=np.int32,
    exponent_bits=np.int32(0x7F800000),
    least_bits=(127 - 126) << 23,  # 2**-126, the smallest normal number
    shift=np.float32(1.5 * 2**2),
)
_DOUBLE = _Format(
    integer=np.int64,
    exponent_bits=np.int64(0x7FF0000000000000),
    # 2**-450: products of two fine slices stay normal numbers.
    least_bits=(1023 - 450) << 52,
    shift=np.float64(1.5 * 2**31),
)

_FORMATS = {np.dtype(np.float32): _SINGLE, np.dtype(np.float64): _DOUBLE}


def leading_powers(values: FloatArray, axis: int) -> FloatArray:
    """Largest power of two that does not exceed the largest magnitude, for each row (axis 1) or column (axis 0).

    The axis stays, with length 1. Powers below ``2**-126`` (float32) or ``2**-450`` (float64) count as these; infinity
    stands for infinity and NaN. The bits of the exponents, read as integers, are in the order of the powers.

    Raises
    ------
    TypeError
        If the numbers are neither float32 nor float64.
    """
    form = _FORMATS.get(values.dtype)
    if form is None:
        raise TypeError(
            f"the numbers must be float32 or float64, but they are {values.dtype}"
        )
    bits = values.view(form.integer)
    if axis == 1 or len(values) <= BLOCK:
        exponents = bits & form.exponent_bits
        found = np.maximum.reduce(
            exponents, axis, keepdims=True, initial=form.least_bits
        )
    else:
        found = np.full((1, values.shape[1]), form.least_bits, dtype=form.integer)
        for start in range(0, len(values), BLOCK):
            exponents = bits[start : start + BLOCK] & form.exponent_bits
            np.maximum(found, np.maximum.reduce(exponents, axis), out=found)
    return found.view(values.dtype)


def round_to_grid(values: FloatArray, powers: FloatArray) -> list[FloatArray]:
    """Round to the grids of rows or columns with these leading powers ``2**(e - 1)``.

    float32 entries become the nearest multiples of ``2**(e - 22)``, float64 entries a sum of two such roundings, the
    second ``2**22`` times finer. Where a number is too large for that, or not finite, the result is not finite either.

    Adding ``s = 1.5 * 2**k`` leaves a sum between ``2**k`` and ``2**(k + 1)``, where neighbouring numbers lie ``2**(k -
    23)`` apart in float32 and ``2**(k - 52)`` in float64. So the addition rounds to this grid, and the subtraction,
    which is exact, takes s away. With ``k = e + 1`` and ``k = e + 30`` the spacing is ``2**(e - 22)``.

    Returns
    -------
    list of ndarray of float64
        One slice, or two, the coarse one first.
    """
    shift = np.empty_like(values)  # NumPy adds arrays of one shape twice as fast
    single = values.itemsize == 4
    shift[...] = powers * (_SINGLE if single else _DOUBLE).shift
    coarse = values + shift
    coarse -= shift
    if single:
        return [np.asarray(coarse, np.float64)]
    shift *= 2.0**-GRID_BITS
    fine = values - coarse
    fine += shift
    fine -= shift
    return [coarse, fine]


def round_scaled(values: FloatArray, powers: FloatArray) -> list[FloatArray]:
    """`round_to_grid` of values divided by twice their leading powers: magnitudes below 1, whatever their size."""
    scaled = np.ldexp(np.asarray(values, np.float64), -grid_exponents(powers))
    slices = round_to_grid(scaled, np.full(powers.shape, 0.5))
    return slices[: 1 if values.itemsize == 4 else 2]


def grid_exponents(powers: FloatArray) -> NDArray[np.int32]:
    """The exponents e of grids with the leading powers ``2**(e - 1)``."""
    return np.frexp(powers)[1]


def multiply(a: FloatArray, b: FloatArray) -> FloatArray:
    """``a @ b``, stored by rows or by columns as ``a`` is; no zero in it is negative.

    If all products of a sum are -0.0, it depends on BLAS whether the sum is: on whether it begins with 0.
    """
    product: FloatArray = (b.T @ a.T).T if by_columns(a) else a @ b
    product += 0.0
    return product


def by_columns(a: FloatArray) -> bool:
    """Whether a matrix is stored column after column."""
    return a.strides[0] < a.strides[1]


def empty(
    shape: tuple[int, int], dtype: np.dtype[Any], *, columns_first: bool
) -> FloatArray:
    """A matrix to be filled, stored column after column or row after row."""
    if columns_first:
        return np.empty(shape[::-1], dtype=dtype).T
    return np.empty(shape, dtype=dtype)
