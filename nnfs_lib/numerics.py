"""Arithmetic that gives the same bits on every machine.

IEEE 754 rounds ``+ - * /`` and ``sqrt`` correctly, so NumPy's elementwise arithmetic agrees everywhere.
Three things do not: a matrix product, because BLAS picks the order of its sums to suit the processor; a sum of more
than 8192 entries, whose order depends on NumPy's version; and ``exp`` and ``log``, because their last bit depends on
the C library or on the vector unit. Here are the product and the sum, made of operations that agree; `elementary` has
the two functions.

The product follows the error-free transformation of Rump, Ogita and Oishi ("Accurate floating-point
summation", SIAM J. Sci. Comput. 31, 2008) as used in the Ozaki scheme (Ozaki, Ogita, Oishi and Rump,
"Error-free transformations of matrix multiplication", Numer. Algorithms 59, 2012).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import validation
from .elementary import exp, log
from .validation import FloatArray

__all__ = ["BLOCK", "GRID_BITS", "GridMatrix", "add_up", "exp", "log", "matmul"]

GRID_BITS = 22
"""A rounded entry is a multiple, at most ``2**22``, of its matrix's grid spacing."""

BLOCK = 512
"""Longest product sum formed in one piece: 512 products of two 22-bit integers stay within the 53 bits of float64."""

PIECE = 8192
"""Longest run of entries that all versions of NumPy add in the same order; version 2.3 changed it for more."""

assert 2 * GRID_BITS + math.ceil(math.log2(BLOCK)) <= 53


class GridMatrix:
    """A matrix rounded to a grid so coarse that products with it are exact.

    Let ``2**e`` be the smallest power of two above the largest magnitude. float32 entries are rounded to the
    nearest multiple of ``2**(e - 22)``. float64 entries are written as a sum of two such roundings, the second
    ``2**22`` times finer, and 44 bits of them are kept. In a product of two of these matrices every product of
    entries and every partial sum is an integer of at most 53 bits times a power of two. Nothing is rounded, so
    the order of the sum, which BLAS chooses, cannot matter.

    Sums of one or two products need no grid, and are formed from the entries as they came.

    ``GridMatrix(a) @ GridMatrix(b)`` is the array ``matmul(a, b)``; keep the object to round an operand once
    and to use it in several products.

    Parameters
    ----------
    values : array_like, shape (n_rows, n_columns)
        float32 is kept as float32; everything else becomes float64.
    name : str
        What to call the matrix in an error message.
    columns, shape, dtype : optional
        What to insist on; see `validation.matrix`.

    Attributes
    ----------
    values : ndarray, shape (n_rows, n_columns)
        The checked matrix, not rounded; the array itself, if it needs neither conversion nor a copy.

    Raises
    ------
    ValueError
        If ``values`` is not a matrix, is empty, or holds NaN or infinity.
    """

    __slots__ = ("_exponent", "_slices", "values")

    values: FloatArray
    _slices: list[
        FloatArray
    ]  # float64, finest first: small terms are to be added before large ones
    _exponent: int  # the matrix is (sum of the slices) * 2**_exponent

    def __init__(
        self,
        values: ArrayLike,
        name: str = "values",
        *,
        columns: int | None = None,
        shape: tuple[int, ...] | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        array = validation.matrix(
            name, values, columns=columns, shape=shape, dtype=dtype, finite=False
        )
        largest = validation.largest_magnitude(array)  # tells of NaN and infinity, too
        if not largest < math.inf:
            raise validation.not_finite(name, array)
        # Entries that may go into a sum of one or two are kept as they are now, like the slices.
        self.values = array.copy() if min(array.shape) <= 2 else array
        exponent = math.frexp(largest)[1]  # every magnitude is below 2**exponent
        if array.itemsize == 4 and -100 < exponent < 100:
            self._slices, self._exponent = (
                [_round_to_grid(array, exponent + 23 - GRID_BITS)],
                0,
            )
        else:  # scaled to magnitudes below 1, where no product can overflow or underflow
            scaled = np.ldexp(array.astype(np.float64), -exponent)
            coarse = _round_to_grid(scaled, 52 - GRID_BITS)
            scaled -= coarse
            self._slices, self._exponent = (
                [_round_to_grid(scaled, 52 - 2 * GRID_BITS), coarse],
                exponent,
            )

    @property
    def T(self) -> GridMatrix:
        """The transposed matrix, shape (n_columns, n_rows); no entry is copied."""
        return self._view(self.values.T, [part.T for part in self._slices])

    def _rows(self, rows: slice) -> GridMatrix:
        return self._view(self.values[rows], [part[rows] for part in self._slices])

    def _view(self, values: FloatArray, slices: list[FloatArray]) -> GridMatrix:
        view = GridMatrix.__new__(GridMatrix)
        view.values, view._slices, view._exponent = values, slices, self._exponent
        return view

    def __matmul__(self, other: GridMatrix) -> FloatArray:
        if not isinstance(other, GridMatrix):
            return NotImplemented
        a, b = self.values, other.values
        if a.shape[1] != b.shape[0]:
            raise ValueError(
                f"cannot multiply {a.shape} by {b.shape}: the first matrix has {a.shape[1]} columns, "
                f"the second {b.shape[0]} rows, and the two must be equal (is one of them to be transposed?)"
            )
        if a.shape[1] <= 2:
            return _ordered_product(a, b)
        dtype = a.dtype if a.itemsize > b.itemsize else b.dtype
        if len(a) > BLOCK:
            result = np.empty((len(a), b.shape[1]), dtype=dtype)
            for rows in _blocks(len(a)):
                result[rows] = self._rows(rows) @ other
            return result
        products = [
            _exact_product(left, right)
            for left in self._slices
            for right in other._slices
        ]
        total = products[0]
        for product in products[1:]:
            total += product
        exponent = self._exponent + other._exponent
        if exponent:
            total = np.ldexp(total, exponent)
        return total.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"GridMatrix(shape={self.values.shape}, dtype={self.values.dtype})"


def _round_to_grid(values: FloatArray, k: int) -> FloatArray:
    """Round magnitudes below ``2**(k-1)`` to multiples of ``2**(k-23)`` (float32) or ``2**(k-52)`` (float64).

    Adding ``s = 1.5 * 2**k`` leaves a sum between ``2**k`` and ``2**(k+1)``, where neighbouring numbers are
    the grid's spacing apart; so the addition rounds to the grid and the subtraction, which is exact, takes s
    away.
    """
    shift = math.ldexp(1.5, k)
    if len(values) <= BLOCK:
        rounded = values + shift
        rounded -= shift
        return rounded.astype(np.float64, copy=False)
    result = np.empty(values.shape, dtype=np.float64)
    for rows in _blocks(len(values)):
        result[rows] = (values[rows] + shift) - shift
    return result


def _ordered_product(a: FloatArray, b: FloatArray) -> FloatArray:
    """Add one or two products elementwise: two numbers can be added in one order only, so no grid is needed."""
    total: FloatArray = a[:, :1] * b[:1]
    if a.shape[1] == 2:
        total += a[:, 1:] * b[1:]
    return total


def _exact_product(a: FloatArray, b: FloatArray) -> FloatArray:
    """Multiply two slices: exactly within a block of the inner index, then block after block in order."""
    inner = a.shape[1]
    if inner < 16:
        b = np.ascontiguousarray(
            b
        )  # OpenBLAS takes a few long rows faster than a few long columns
    if inner <= BLOCK:
        product: FloatArray = a @ b
        return product
    first, *others = _blocks(inner)
    total: FloatArray = a[:, first] @ b[first]
    for block in others:
        total += a[:, block] @ b[block]
    return total


def _blocks(length: int) -> list[slice]:
    """Slices of up to BLOCK: rows taken piece by piece stay in the processor's cache."""
    return [slice(start, start + BLOCK) for start in range(0, length, BLOCK)]


def add_up(values: FloatArray, axis: int = 0, *, keepdims: bool = False) -> Any:
    """``values.sum(axis, keepdims=keepdims)`` in pieces of up to 8192 entries, which are added in order.

    The order of NumPy's own sum of more entries depends on its version.
    """
    before = (slice(None),) * axis
    total = values[(*before, slice(PIECE))].sum(axis, keepdims=keepdims)
    for start in range(PIECE, values.shape[axis], PIECE):
        piece = values[(*before, slice(start, start + PIECE))]
        total = total + piece.sum(axis, keepdims=keepdims)
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
    * float64: ``k A B (2**-42.9 + (q + 4) 2**-52)``,
    * float32 with float64: as two float32 operands, but without the last half unit,
    * and where k is 1 or 2: half a unit in the last place of each product, and of their sum.

    Derivation. An entry is rounded by at most half a spacing, ``2**(e - 23)``, and ``A >= 2**(e - 1)``, so by at
    most ``A d`` with ``d = 2**-22``. A product of two entries is therefore off by at most
    ``A B (2 d + d**2) < A B 2**-20.9`` and a sum of k of them by k times that. Two slices give ``d = 2**-44``.
    The product of the slices is exact within a block; what is left are additions of float64 numbers below
    ``2 k A B``: q - 1 between blocks for each pair of slices and 3 between pairs, with the smaller pairs
    contributing ``2**-21`` of the first, and the last rounding to the result's own precision.
    """
    return GridMatrix(a, "a") @ GridMatrix(b, "b")
