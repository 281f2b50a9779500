"""What matmul promises holds for every product, tried on many that Hypothesis picks."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matmul import FLOATS, exact_product, wide

from nnfs_lib.numerics import BLOCK, matmul

# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=40, deadline=None, derandomize=True, database=None)
TYPES = [(a, b) for a in FLOATS for b in FLOATS]
in_one_block = st.one_of(st.integers(1, 20), st.integers(1, BLOCK))
in_several = st.integers(BLOCK + 1, 3 * BLOCK)
seeds = st.integers(0, 2**32)


def operands(types, k, seed):
    """Numbers of both signs and of sizes as different as the generator likes."""
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.uniform(-8, 8, 2))
    a = wide(rng, (rng.integers(1, 4), k), low, high, types[0])
    b = wide(rng, (k, rng.integers(1, 4)), *np.sort(rng.uniform(-8, 8, 2)), types[1])
    return a, b, rng


def half_an_ulp(numbers):
    return Fraction(float(np.spacing(abs(numbers)))) / 2


def bounds(a, b, result):
    """For each entry, how far off the docstring of matmul allows it to be: its four cases."""
    k, types = a.shape[1], {a.dtype.type, b.dtype.type}
    size = Fraction(float(abs(a).max())) * Fraction(float(abs(b).max())) * k
    for i, j in np.ndindex(result.shape):
        if k <= 2:
            products = a[i] * b[:, j]
            yield sum(map(half_an_ulp, [*products, result[i, j]][: 2 * k - 1]))
        elif types == {np.float32}:
            yield size * Fraction(2**-20.9) + half_an_ulp(result[i, j])
        elif types == {np.float64}:
            q = -(-k // BLOCK)
            yield size * Fraction(2**-42.9 + (q + 4) * 2**-52)
        else:
            yield size * Fraction(2**-20.9)


@pytest.mark.parametrize("types", TYPES)
@tried
@given(st.one_of(in_one_block, in_several), seeds)
def test_each_entry_is_within_its_bound(types, k, seed):
    a, b, _ = operands(types, k, seed)
    result = matmul(a, b)
    exact = [entry for row in exact_product(a, b) for entry in row]
    for got, true, allowed in zip(result.flat, exact, bounds(a, b, result)):
        assert abs(Fraction(float(got)) - true) <= allowed


@pytest.mark.parametrize("types", TYPES)
@tried
@given(in_one_block | in_several, seeds)
def test_the_order_of_the_inner_index_changes_no_bit_as_long_as_each_term_stays_in_its_block(
    types, k, seed
):
    """A product of up to 512 terms is one block: there the order is free altogether."""
    a, b, rng = operands(types, k, seed)
    starts = range(0, k, BLOCK)
    order = np.concatenate(
        [start + rng.permutation(min(BLOCK, k - start)) for start in starts]
    )
    assert matmul(a[:, order], b[order]).tobytes() == matmul(a, b).tobytes()


@pytest.mark.parametrize("types", TYPES)
@tried
@given(in_several, seeds)
def test_terms_that_change_their_block_change_no_more_than_the_additions_of_blocks(
    types, k, seed
):
    """Entries are rounded to the grid as before; only sums of blocks are rounded otherwise."""
    a, b, rng = operands(types, k, seed)
    order = rng.permutation(k)
    result, other = matmul(a, b), matmul(a[:, order], b[order])
    sizes = k * float(abs(a).max()) * float(abs(b).max())
    q = -(-k // BLOCK)
    additions = 2 * (q + 4) * 2**-52 * sizes
    last_rounding = np.spacing(abs(result)) if result.dtype == np.float32 else 0
    assert (abs(result.astype(np.float64) - other) <= additions + last_rounding).all()
