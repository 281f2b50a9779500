"""What matmul promises holds for every product, tried on many that Hypothesis picks."""

import numpy as np
import pytest
from exact import TYPES, share_of_bound, sizes, wide
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_lib.numerics import BLOCK, matmul

# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=30, deadline=None, derandomize=True, database=None)
in_one_block = st.one_of(st.integers(1, 20), st.integers(1, BLOCK))
in_several = st.integers(BLOCK + 1, 3 * BLOCK)
seeds = st.integers(0, 2**32)


def operands(types, k, seed):
    """Numbers of both signs; rows, columns and entries are of sizes as different as the generator likes."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 4, 2)
    a = wide(rng, (n, k), *np.sort(rng.uniform(-6, 6, 2)), types[0])
    b = wide(rng, (k, m), *np.sort(rng.uniform(-6, 6, 2)), types[1])
    a *= wide(rng, (n, 1), -8, 8, types[0])
    b *= wide(rng, (1, m), -8, 8, types[1])
    return a, b, rng


@pytest.mark.parametrize("types", TYPES)
@tried
@given(st.integers(3, 20) | st.integers(3, BLOCK) | in_several, seeds)
def test_each_entry_is_within_the_bound_of_its_row_and_column(types, k, seed):
    a, b, _ = operands(types, k, seed)
    assert share_of_bound(a, b, matmul(a, b)) <= 1


@pytest.mark.parametrize("types", TYPES)
@tried
@given(in_one_block | in_several, seeds)
def test_an_entry_is_decided_by_its_row_and_column_alone(types, k, seed):
    a, b, _ = operands(types, k, seed)
    result = matmul(a, b)
    for i, j in np.ndindex(result.shape):
        alone = matmul(a[i : i + 1], b[:, j : j + 1])
        assert alone.tobytes() == result[i, j].tobytes()


@pytest.mark.parametrize("types", TYPES)
@tried
@given(in_one_block | in_several, seeds)
def test_the_transposed_product_has_the_same_bits(types, k, seed):
    a, b, _ = operands(types, k, seed)
    assert matmul(b.T, a.T).T.tobytes() == matmul(a, b).tobytes()


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
    rows, columns = np.array(sizes(a, 1), float), np.array(sizes(b, 0), float)
    q = -(-k // BLOCK)
    additions = 2 * (q + 4) * 2**-52 * k * np.outer(rows, columns)
    last_rounding = np.spacing(abs(result)) if result.dtype == np.float32 else 0
    assert (abs(result.astype(np.float64) - other) <= additions + last_rounding).all()
