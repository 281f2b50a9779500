"""Sums over samples that have no order: a batch can be cut in any way, and its parts added as they come.

What is added are integers. Each column of a batch is rounded to a grid of its own; a product of two such numbers is an
integer of at most 44 bits times a power of two, and the power belongs to the entry of the sum, not to the sample.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import validation
from .grid import (
    BLOCK,
    GRID_BITS,
    grid_exponents,
    leading_powers,
    round_scaled,
    round_to_grid,
)
from .validation import FloatArray

MAX_SAMPLES = 2**19 - 1
"""How many samples a partial sum holds: each adds at most ``2**44`` units, and int64 ends at ``2**63``."""

LOSS_BITS = 33
"""Losses are rounded this many bits below their largest: as many as `MAX_SAMPLES` add up exactly in float64."""


class PartialSum:
    r"""What some of the samples contribute to ``a.T @ b``, exactly.

    Parts of one batch can be added with ``+``, in any order; nothing is rounded until `rounded` is called. For that,
    they have to be on the same grid: give each of them the leading powers of the columns of the *whole* batch.

    Parameters
    ----------
    units : ndarray of int64, shape (n_slices, n_rows, n_columns)
        float32 has one slice, and the sum is ``units[0] * 2**exponents``. float64 has three, each ``2**22`` times finer
        than the one before.
    exponents : ndarray of int32, shape (n_rows, n_columns)
    n_samples : int
        At most `MAX_SAMPLES`.
    dtype : float32 or float64

    References
    ----------
    J. Demmel and H. D. Nguyen, "Parallel reproducible summation", IEEE Transactions on Computers 64, 2015, for sums on
    a grid; the split into slices is that of Ozaki, Ogita, Oishi and Rump, 2012.
    """

    __slots__ = ("_exact", "_exponents", "_powers", "_units", "dtype", "n_samples")

    def __init__(
        self,
        units: NDArray[np.int64],
        exponents: NDArray[np.int32],
        n_samples: int,
        dtype: np.dtype[Any],
    ) -> None:
        self._units: NDArray[np.int64] | None = units
        self._exponents: NDArray[np.int32] | None = exponents
        self.n_samples, self.dtype = n_samples, dtype
        self._exact: FloatArray
        self._powers: tuple[FloatArray, FloatArray]

    @classmethod
    @np.errstate(all="ignore")
    def of_product(
        cls,
        a: FloatArray,
        b: FloatArray,
        powers: tuple[FloatArray, FloatArray] | None = None,
        names: tuple[str, str] = ("a", "b"),
    ) -> PartialSum:
        """``a.T @ b`` over the samples given.

        Parameters
        ----------
        a, b : ndarray, shapes (n_samples, n_rows) and (n_samples, n_columns), of one type
        powers : pair of ndarray, shapes (1, n_rows) and (1, n_columns), optional
            The `leading_powers` of the columns of ``a`` and ``b``, the largest over all parts; by default of this part.
        names : pair of str
            What error messages call ``a`` and ``b``.

        Raises
        ------
        ValueError
            If NaN or infinity is found, ``powers`` are no powers of two, not one for each column or too small for this
            part, or there are more than `MAX_SAMPLES` samples.
        """
        n_samples = _n_samples(a, b, names)
        own = leading_powers(a, 0), leading_powers(b, 0)
        if powers is None:
            powers = own
        elif not all(map(_may_stand_for, powers, own)):
            _require_finite(names, (a, b))
            raise ValueError(
                f"powers must be powers of two, of the shapes {own[0].shape} and {own[1].shape}: "
                "the maximum of what leading_powers gives for each part"
            )
        elif any((mine > shared).any() for mine, shared in zip(own, powers)):
            _require_finite(names, (a, b))
            raise ValueError(
                "powers are smaller than those of this part: take the maximum over all parts"
            )
        part = cls.__new__(cls)
        part.n_samples, part.dtype, part._powers = n_samples, a.dtype, powers
        part._units = part._exponents = None
        if n_samples <= BLOCK and a.itemsize == 4:
            # The usual case, a batch that float64 adds exactly: integers are made of it when they are asked for.
            (left,), (right,) = round_to_grid(a, powers[0]), round_to_grid(b, powers[1])
            part._exact = left.T @ right
            part._exact += 0.0  # no zero is negative, as in `grid.multiply`
            if validation.all_finite(part._exact):
                return part
        _require_finite(names, (a, b))
        part._units = _integer_sums(a, b, powers, part.exponents)
        return part

    @property
    def exponents(self) -> NDArray[np.int32]:
        """The units' exponents, shape (n_rows, n_columns)."""
        if self._exponents is None:
            rows, columns = map(grid_exponents, self._powers)
            self._exponents = rows.T + columns - np.int32(2 * GRID_BITS)
        return self._exponents

    @property
    def units(self) -> NDArray[np.int64]:
        """The integers, shape (n_slices, n_rows, n_columns)."""
        if self._units is None:
            self._units = np.ldexp(self._exact, -self.exponents).astype(np.int64)[
                np.newaxis
            ]
        return self._units

    def __add__(self, other: PartialSum) -> PartialSum:
        if not isinstance(other, PartialSum):
            return NotImplemented
        if self.dtype != other.dtype or not np.array_equal(
            self.exponents, other.exponents
        ):
            raise ValueError(
                "partial sums on different grids cannot be added: "
                "give all of them the leading powers of the whole batch, and one type"
            )
        n_samples = self.n_samples + other.n_samples
        if n_samples > MAX_SAMPLES:
            raise ValueError(
                f"{n_samples} samples are too many for one exact sum: at most {MAX_SAMPLES} fit"
            )
        return PartialSum(
            self.units + other.units, self.exponents, n_samples, self.dtype
        )

    @np.errstate(all="ignore")
    def rounded(self) -> FloatArray:
        """The sum, rounded once to ``dtype`` (subnormal float64 numbers: twice), shape (n_rows, n_columns)."""
        if self._units is None:
            return self._exact.astype(self.dtype)
        if self.dtype.itemsize == 4:
            return np.ldexp(_rounded_to_odd(self._units[0]), self.exponents).astype(
                self.dtype
            )
        return np.ldexp(_rounded_once(*self._units), self.exponents - 2 * GRID_BITS)

    def __repr__(self) -> str:
        return f"PartialSum(shape={self.exponents.shape}, n_samples={self.n_samples}, dtype={self.dtype})"


def _n_samples(a: FloatArray, b: FloatArray, names: tuple[str, str]) -> int:
    """How many samples two matrices have, if they are matrices of one type that fit each other."""
    for name, values in zip(names, (a, b)):
        if not isinstance(values, np.ndarray) or values.ndim != 2:
            raise TypeError(f"{name} must be a matrix, but it is {values!r:.80}")
    if a.dtype != b.dtype or len(a) != len(b):
        raise ValueError(
            f"{names[0]} and {names[1]} must have the same number of rows and the same type, but their shapes are "
            f"{a.shape} and {b.shape}, their types {a.dtype} and {b.dtype}"
        )
    if len(a) > MAX_SAMPLES:
        raise ValueError(
            f"{len(a)} samples are too many for one exact sum: at most {MAX_SAMPLES} fit"
        )
    return len(a)


def _may_stand_for(shared: FloatArray, own: FloatArray) -> bool:
    """Whether these are leading powers of as many columns, in the same type."""
    if getattr(shared, "shape", None) != own.shape or shared.dtype != own.dtype:
        return False
    return bool((np.frexp(shared)[0] == 0.5).all())


def _require_finite(
    names: tuple[str, str], operands: tuple[FloatArray, FloatArray]
) -> None:
    for name, values in zip(names, operands):
        if values.size and not validation.all_finite(values):
            raise validation.not_finite(name, values)


def _integer_sums(
    a: FloatArray,
    b: FloatArray,
    powers: tuple[FloatArray, FloatArray],
    exponents: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Block by block: exact products in float64, added as integers."""
    rounding, to_units = round_to_grid, np.ldexp(1.0, -exponents)
    # From here on, what rounds float32 numbers may be rounded to infinity itself.
    if max(each.max() for each in powers) >= 2.0**125:
        rounding, to_units = round_scaled, np.ldexp(1.0, 2 * GRID_BITS)
    n_slices = 1 if a.itemsize == 4 else 3
    units = np.zeros((n_slices, a.shape[1], b.shape[1]), dtype=np.int64)
    for start in range(0, len(a), BLOCK):
        left = rounding(a[start : start + BLOCK], powers[0])
        right = rounding(b[start : start + BLOCK], powers[1])
        products = [x.T @ y for x in left for y in right]
        if n_slices == 3:
            coarse, coarse_fine, fine_coarse, fine = products
            products = [coarse, coarse_fine + fine_coarse, fine]
        for k, exact in enumerate(products):
            exact *= to_units
            exact *= 2.0 ** (k * GRID_BITS)
            units[k] += exact.astype(np.int64)
    return units


def _rounded_to_odd(units: NDArray[np.int64]) -> FloatArray:
    """float64 with the last bit set where digits are dropped: rounded again, to float32, it is rounded as if once."""
    dropped = units & 0x7FF
    odd = (units - dropped) | ((dropped != 0).astype(np.int64) << 11)
    return np.where(abs(units) < 2**53, units, odd).astype(np.float64)


def _rounded_once(
    coarse: NDArray[np.int64], middle: NDArray[np.int64], fine: NDArray[np.int64]
) -> FloatArray:
    """``coarse * 2**44 + middle * 2**22 + fine``, rounded once to float64."""
    low = (1 << GRID_BITS) - 1
    middle = middle + (fine >> GRID_BITS)
    coarse = coarse + (middle >> GRID_BITS)
    # Now coarse * 2**44 + rest, with 0 <= rest < 2**44.
    rest = ((middle & low) << GRID_BITS) | (fine & low)
    # Where that does not overflow, it is the number itself.
    short = (coarse << 2 * GRID_BITS) + rest
    # Elsewhere the two lowest of 54 bits are far below the result's last: all that matters is whether they are 0.
    tail = ((coarse & 0x3FF) << 2 * GRID_BITS) | rest
    tail = (tail & ~3) | ((tail & 3) != 0).astype(np.int64) << 2
    long = np.ldexp((coarse >> 10).astype(np.float64), 54) + tail.astype(np.float64)
    return np.where(abs(coarse) < 2**18, short.astype(np.float64), long)


def exact_sum(values: FloatArray, largest: float | None = None) -> FloatArray:
    """Sum of numbers, which has no order: in two parts, each of terms that add up exactly.

    A number is split into a multiple of a grid `LOSS_BITS` bits below the largest magnitude, and one of a grid that
    many bits finer. If all parts of a batch take the largest magnitude of the whole, their sums add up to that of the
    whole. That holds for up to `MAX_SAMPLES` numbers. For more, runs of that many have exact sums, whose sum is rounded
    once: it has no order either, but parts no longer add up to the whole.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
    largest : float, optional
        The largest magnitude of the whole batch; by default that of ``values``.

    Returns
    -------
    ndarray of float64, shape (2,)
        The sum is that of these two numbers.
    """
    if largest is None:
        largest = max(values.item(values.argmax()), -values.item(values.argmin()))
    if not largest < math.inf:
        return np.array([largest, 0.0])
    if largest > 2.0**900:  # where the sum, or what rounds its terms, may not fit
        scaled = exact_sum(values * 2.0**-200, largest * 2.0**-200)
        return np.array([part * 2.0**200 for part in scaled.tolist()])
    shift = math.ldexp(1.5, math.frexp(largest)[1] + 52 - LOSS_BITS)
    finer = shift * 2.0**-LOSS_BITS
    sums = [(0.0, 0.0)]
    for start in range(0, len(values), MAX_SAMPLES):
        fine = values[start : start + MAX_SAMPLES]
        coarse = fine + shift
        coarse -= shift
        fine = fine - coarse
        fine += finer
        fine -= finer
        sums.append((coarse.sum().item(), fine.sum().item()))
    return np.array([math.fsum(column) for column in zip(*sums)])


def exact_mean(values: FloatArray, n_samples: int) -> float:
    """The sum of both parts of `exact_sum` divided by the number of samples; finite wherever the values are."""
    coarse, fine = exact_sum(values).tolist()
    if math.isinf(coarse) and validation.all_finite(values):
        coarse, fine = exact_sum(values / n_samples).tolist()
        return min(coarse + fine, sys.float_info.max)
    return (coarse + fine) / n_samples
