"""Arithmetic that gives the same bits on every machine, in every batch and for any split of it.

IEEE 754 rounds ``+ - * /`` and ``sqrt`` correctly, so NumPy's elementwise arithmetic agrees everywhere. Three things do
not: a matrix product, because BLAS picks the order of its sums to suit the processor; a long sum, whose order depends
on NumPy's version and on the layout of the array; and ``exp`` and ``log``, because their last bit depends on the C
library or on the vector unit. Here are the product and the sums; `elementary` has the two functions.

A sum in which nothing is rounded has no order. So the operands of a product are first rounded to grids that are coarse
enough for all products and all sums to be exact: each row of the left operand to a grid of its own, and each column of
the right one. Entry (i, j) of the result then depends on row i and column j alone, so what a network says about a
sample does not depend on the other samples in its batch.

This is the error-free transformation of Rump, Ogita and Oishi ("Accurate floating-point summation", SIAM J. Sci.
Comput. 31, 2008) as used in the Ozaki scheme (Ozaki, Ogita, Oishi and Rump, "Error-free transformations of matrix
multiplication", Numer. Algorithms 59, 2012).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import validation
from .elementary import exp, log
from .grid import (
    BLOCK,
    GRID_BITS,
    by_columns,
    empty,
    grid_exponents,
    leading_powers,
    multiply,
    round_scaled,
    round_to_grid,
)
from .partial_sums import MAX_SAMPLES, PartialSum
from .validation import FloatArray

__all__ = ["BLOCK", "GRID_BITS", "MAX_SAMPLES", "PartialSum", "exp", "log", "matmul"]


@np.errstate(all="ignore")
def matmul(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Matrix product whose entry (i, j) is decided by row i and column j alone, and not by the machine.

    Parameters
    ----------
    a : array_like, shape (n, k)
    b : array_like, shape (k, m)

    Returns
    -------
    ndarray, shape (n, m)
        float32 if both operands are float32, otherwise float64. Entries too large for the type are infinite.

    Raises
    ------
    ValueError
        If an operand is not a matrix, is empty, holds NaN or infinity, or the inner lengths differ.

    Notes
    -----
    Let ``A_i`` be the largest magnitude in row i of ``a``, ``B_j`` that in column j of ``b``, and ``q`` the number of
    blocks of 512 in ``k``. Entry (i, j) is off by at most

    * float32: ``k A_i B_j 2**-20.9``, plus half a unit in the last place of the result;
    * float64: ``k A_i B_j (2**-42.9 + (q + 4) 2**-52)``, plus half a unit in the last place of a subnormal result;
    * where k is 1 or 2, no grid is needed: half a unit in the last place of each product, and of their sum.

    Magnitudes below the smallest normal float32, ``2**-126``, count as that in ``A_i`` and ``B_j``; in float64, those
    below ``2**-450``.

    Derivation. Let ``2**e`` be the smallest power of two above ``A_i``. An entry of the row moves by at most half the
    spacing of its grid, ``2**(e - 23)``, and ``A_i >= 2**(e - 1)``, so by at most ``A_i d`` with ``d = 2**-22``. A
    product of two entries is off by at most ``A_i B_j (2 d + d**2) < A_i B_j 2**-20.99``, a sum of k of them by k times
    that. Two slices, as float64 has them, give ``d = 2**-44``. All products of two slices are integers of at most 44
    bits times one power of two, so within a block their sum is exact in any order. What is rounded are the sums of
    numbers below ``2 k A_i B_j`` that remain, in float64: q - 1 between blocks for each pair of slices and 3 between
    pairs, of which the smaller contribute ``2**-21`` of the first; and the result. (In float32, those between blocks
    are less than what lies between ``2**-20.99`` and ``2**-20.9``, for every k that fits into a memory.)

    What the bound allows: an entry that is ``2**-23`` of the largest *in its own row* may vanish. Standardise features
    of very different scale.
    """
    a, b = validation.matrix("a", a), validation.matrix("b", b)
    if a.shape[1] != b.shape[0]:
        raise ValueError(
            f"cannot multiply {a.shape} by {b.shape}: the first matrix has {a.shape[1]} columns, "
            f"the second {b.shape[0]} rows, and the two must be equal (does one of them need transposing?)"
        )
    dtype = np.result_type(a, b)
    return product(np.asarray(a, dtype), np.asarray(b, dtype))


def product(
    a: FloatArray, b: FloatArray, names: tuple[str, str] = ("a", "b")
) -> FloatArray:
    """`matmul` of matrices of one type that fit each other; ``names`` are what its errors call them."""
    result = quick_product(a, b)
    if validation.all_finite(result):
        return result
    return _product_of_extremes(a, b, names)


def quick_product(a: FloatArray, b: FloatArray) -> FloatArray:
    """`product`, but not finite where an operand is not, and where numbers are too near to the ends of their type."""
    if a.shape[1] <= 2:
        return _short_product(a, b)
    columns = round_to_grid(b, leading_powers(b, 0))
    if len(a) <= BLOCK:
        return _grid_product(a, columns)
    result = empty((len(a), b.shape[1]), a.dtype, columns_first=by_columns(a))
    # Piece by piece, so that what is in work stays in the processor's cache.
    for start in range(0, len(a), BLOCK):
        rows = slice(start, start + BLOCK)
        result[rows] = _grid_product(a[rows], columns)
    return result


def _short_product(a: FloatArray, b: FloatArray) -> FloatArray:
    """A sum of one or two products has one order only, and needs no grid; the result is stored by columns."""
    rows, columns = a.T, b.T
    total: FloatArray = columns[:, :1] * rows[:1]
    if len(rows) == 2:
        total += columns[:, 1:] * rows[1:]
    return total.T


def _grid_product(a: FloatArray, columns: list[FloatArray]) -> FloatArray:
    """The product with a matrix whose columns are rounded."""
    rows = round_to_grid(a, leading_powers(a, 1))
    if len(columns) == 1 and len(columns[0]) <= BLOCK:
        return multiply(rows[0], columns[0]).astype(a.dtype)
    return np.asarray(_sum_of_slices(rows, columns), a.dtype)


def _product_of_extremes(
    a: FloatArray, b: FloatArray, names: tuple[str, str]
) -> FloatArray:
    """The product again, because an operand or the result is not finite, or too near to the ends of its type."""
    for name, values in zip(names, (a, b)):
        if not validation.all_finite(values):
            raise validation.not_finite(name, values)
    row_powers, column_powers = leading_powers(a, 1), leading_powers(b, 0)
    rows, columns = grid_exponents(row_powers), grid_exponents(column_powers)
    if a.shape[1] <= 2:
        # A sum may fit although its terms do not: then it is the sum of scaled terms.
        result = _short_product(a, b)
        scaled = _short_product(np.ldexp(a, -rows), np.ldexp(b, -columns))
        return np.where(np.isfinite(result), result, np.ldexp(scaled, rows + columns))
    total = _sum_of_slices(round_scaled(a, row_powers), round_scaled(b, column_powers))
    return np.asarray(np.ldexp(total, rows + columns), a.dtype)


def _sum_of_slices(rows: list[FloatArray], columns: list[FloatArray]) -> FloatArray:
    """All products of slices, the small ones added first."""
    if len(rows) == 1:
        return _blocked_sum(rows[0], columns[0])
    coarse, coarse_fine, fine_coarse, fine = [
        _blocked_sum(row, column) for row in rows for column in columns
    ]
    return coarse + ((coarse_fine + fine_coarse) + fine)


def _blocked_sum(a: FloatArray, b: FloatArray) -> FloatArray:
    """The product of two slices: exact within a block of the inner index, then block after block in order."""
    if len(b) <= BLOCK:
        return multiply(a, b)
    total = multiply(a[:, :BLOCK], b[:BLOCK])
    for start in range(BLOCK, len(b), BLOCK):
        total += multiply(a[:, start : start + BLOCK], b[start : start + BLOCK])
    return total
