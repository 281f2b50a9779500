"""The matrix product is as accurate as it says, whatever the order of its sums."""

import fractions

import numpy as np
import pytest

from nnfs_lib.numerics import GridMatrix, matmul

FLOATS = [np.float32, np.float64]


def exact_product(a, b):
    """The product as fractions: every float is an integer times 2**-1074."""
    rows, columns = (
        [[int(fractions.Fraction(float(x)) * 2**1074) for x in line] for line in lines]
        for lines in (a, b.T)
    )
    return [
        [
            fractions.Fraction(sum(x * y for x, y in zip(row, column)), 2**2148)
            for column in columns
        ]
        for row in rows
    ]


def bound(a, b, result):
    """How far off the docstring of matmul allows an entry to be."""
    k = a.shape[1]
    if result.dtype == np.float32:
        relative, last_rounding = 2**-20.9, np.spacing(abs(result)).max() / 2
    else:
        q = -(-k // 512)
        # the docstring leaves out results so small that float64 itself ends there
        relative, last_rounding = 2**-42.9 + (q + 4) * 2**-52, 0
    sizes = [fractions.Fraction(float(abs(operand).max())) for operand in (a, b)]
    half_the_smallest_number = fractions.Fraction(1, 2**1075)
    return k * sizes[0] * sizes[1] * fractions.Fraction(relative) + max(
        fractions.Fraction(float(last_rounding)), half_the_smallest_number
    )


def wide(rng, shape, low, high, dtype):
    """Numbers of both signs whose logarithms are spread evenly."""
    sizes = 10.0 ** rng.uniform(low, high, shape)
    return (sizes * rng.choice([-1, 1], shape)).astype(dtype)


CASES = {
    "float32, a layer": (np.float32, 64, (-2, 0), (-2, 0)),
    "float32, a long sum": (np.float32, 5000, (-2, 0), (-2, 0)),
    "float32, large times small": (np.float32, 100, (-30, 30), (-30, 7)),
    "float32, small times large": (np.float32, 100, (-30, 7), (-30, 30)),
    "float32, both small": (np.float32, 100, (-30, -10), (-30, -10)),
    "float32, subnormal": (np.float32, 40, (-44, -39), (-2, 0)),
    "float32, subnormal times large": (np.float32, 40, (-44, -39), (30, 38)),
    "float64, a layer": (np.float64, 64, (-2, 0), (-2, 0)),
    "float64, a long sum": (np.float64, 5000, (-2, 0), (-2, 0)),
    "float64, wide ranges": (np.float64, 100, (-200, 200), (-200, 100)),
    "float64, large times small": (np.float64, 100, (190, 200), (-200, -190)),
    "float64, both small": (np.float64, 100, (-200, -190), (-200, -190)),
    "float64, subnormal": (np.float64, 40, (-322, -309), (-2, 0)),
    "float64, subnormal times large": (np.float64, 40, (-322, -309), (290, 300)),
    "float64, one term": (np.float64, 1, (-2, 0), (-2, 0)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_within_the_promised_bound(case):
    dtype, k, a_range, b_range = CASES[case]
    rng = np.random.default_rng(k)
    a, b = wide(rng, (3, k), *a_range, dtype), wide(rng, (k, 2), *b_range, dtype)
    result = matmul(a, b)
    allowed = bound(a, b, result)
    for row, exact_row in zip(result.tolist(), exact_product(a, b)):
        for entry, exact in zip(row, exact_row):
            assert abs(fractions.Fraction(entry) - exact) <= allowed


@pytest.mark.parametrize("steps", range(1, 9))
@pytest.mark.parametrize(("dtype", "bits"), [(np.float32, 23), (np.float64, 45)])
def test_errors_that_all_point_one_way_stay_within_the_bound(dtype, bits, steps):
    """All entries are equal, and among the steps is the one that is rounded most."""
    a = np.full((1, 500), 1 + steps * 2.0**-bits, dtype)
    result = matmul(a, a.T)
    error = abs(fractions.Fraction(result.item()) - exact_product(a, a.T)[0][0])
    assert error <= bound(a, a.T, result)


@pytest.mark.parametrize("k", [1, 3, 17, 100, 512])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_order_of_the_inner_index_does_not_change_a_bit(dtype, k):
    rng = np.random.default_rng(k)
    a, b = wide(rng, (20, k), -4, 2, dtype), wide(rng, (k, 7), -4, 2, dtype)
    result = matmul(a, b)
    for _ in range(10):
        order = rng.permutation(k)
        assert matmul(a[:, order], b[order]).tobytes() == result.tobytes()


@pytest.mark.parametrize("types", [(a, b) for a in FLOATS for b in FLOATS])
def test_sums_that_fill_all_of_float64_have_no_order_either(types):
    """512 positive terms near the largest, the longest sum that the docstring speaks of."""
    rng = np.random.default_rng(0)
    a = (2 - rng.random((20, 512)) / 10).astype(types[0])
    b = (2 - rng.random((512, 7)) / 10).astype(types[1])
    result = matmul(a, b)
    for _ in range(10):
        order = rng.permutation(512)
        assert matmul(a[:, order], b[order]).tobytes() == result.tobytes()


@pytest.mark.parametrize("k", [2, 30, 700])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_layout_in_memory_does_not_change_a_bit(dtype, k):
    rng = np.random.default_rng(k)
    a, b = wide(rng, (20, k), -4, 2, dtype), wide(rng, (k, 7), -4, 2, dtype)
    result = matmul(a, b).tobytes()
    assert matmul(np.asfortranarray(a), b).tobytes() == result
    assert matmul(a, np.ascontiguousarray(b.T).T).tobytes() == result
    assert matmul(np.repeat(a, 2, axis=1)[:, ::2], b).tobytes() == result
    assert matmul(a, b[:, ::-1].copy()[:, ::-1]).tobytes() == result


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_repeated_batch_has_repeated_results(dtype):
    rng = np.random.default_rng(0)
    a, b = wide(rng, (450, 9), -4, 2, dtype), wide(rng, (9, 5), -4, 2, dtype)
    result = matmul(a, b)
    assert matmul(np.tile(a, (3, 1)), b).tobytes() == np.tile(result, (3, 1)).tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("k", [1, 64, 512, 600])
def test_small_integers_are_multiplied_exactly(dtype, k):
    rng = np.random.default_rng(k)
    a, b = rng.integers(-100, 101, (8, k)), rng.integers(-100, 101, (k, 6))
    result = matmul(a.astype(dtype), b.astype(dtype))
    np.testing.assert_array_equal(result, a @ b)  # integers below 2**24


@pytest.mark.parametrize("k", [513, 1100, 5000])
def test_a_long_sum_is_made_of_exact_blocks_in_order(k):
    """Its exact value needs more than 53 bits: added otherwise, it is rounded otherwise."""
    rng = np.random.default_rng(k)
    # odd, and so large that 512 products just fit into 53 bits; the grid keeps them all
    a, b = (2 * rng.integers(2**20, 2**21, shape) - 1 for shape in [(8, k), (k, 8)])
    expected = np.zeros((8, 8))
    for start in range(0, k, 512):
        block = slice(start, start + 512)
        expected = expected + (a[:, block] @ b[block])  # int64: exact
    result = matmul(a.astype(np.float64), b.astype(np.float64))
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("exponent", [-40, -1, 1, 40])
def test_a_power_of_two_comes_out_as_it_went_in(dtype, exponent):
    rng = np.random.default_rng(0)
    a, b = wide(rng, (5, 30), -2, 2, dtype), wide(rng, (30, 4), -2, 2, dtype)
    scaled = matmul(np.ldexp(a, exponent), b)
    assert scaled.tobytes() == np.ldexp(matmul(a, b), exponent).tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
def test_zeros_times_anything_are_zeros(dtype):
    result = matmul(np.zeros((2, 3), dtype), np.ones((3, 4), dtype))
    np.testing.assert_array_equal(result, np.zeros((2, 4)))


def test_the_result_has_the_wider_type():
    a, b = np.ones((2, 3), np.float32), np.ones((3, 2), np.float32)
    assert matmul(a, b).dtype == np.float32
    assert matmul(a, b.astype(np.float64)).dtype == np.float64
    assert matmul(a.astype(np.float64), b).dtype == np.float64
    assert matmul(a.astype(int), b.astype(int)).dtype == np.float64


def test_a_product_of_two_float64_is_more_accurate_than_float32():
    third = np.full((1, 1), 1 / 3)
    # 44 bits are kept of each: within 2**-42.9 of the product, 2**-24 would be float32
    assert abs(matmul(third, third).item() - 1 / 9) < 2**-42


def test_the_operands_are_left_as_they_are():
    a, b = np.full((2, 600), 1 / 3), np.full((600, 2), 1 / 7)
    before = a.tobytes(), b.tobytes()
    a.flags.writeable = b.flags.writeable = False
    matmul(a, b)[:] = 0
    assert (a.tobytes(), b.tobytes()) == before


@pytest.mark.parametrize(
    ("dtype", "spacings"),
    # the largest magnitude is just below 2**2; float64 is scaled to magnitudes below 1
    [(np.float32, [2.0 ** (2 - 22)]), (np.float64, [2.0**-44, 2.0**-22])],
)
def test_each_slice_of_a_grid_matrix_has_22_bits(dtype, spacings):
    values = np.random.default_rng(5).random((40, 30)).astype(dtype)
    values[0, 0] = np.nextafter(dtype(4), dtype(0))
    slices = GridMatrix(values)._slices
    for piece, spacing in zip(slices, spacings, strict=True):
        integers = piece / spacing
        np.testing.assert_array_equal(integers, np.rint(integers))
        assert abs(integers).max() <= 2**22
        assert (integers % 2).any()  # and the last of the bits is in use


@pytest.mark.parametrize("shape", [(3, 3), (3, 40), (40, 3)])
def test_a_matrix_that_needs_no_conversion_is_kept_itself(shape):
    values = np.ones(shape, np.float32)
    assert GridMatrix(values).values is values


@pytest.mark.parametrize(
    ("exponent", "n_slices"), [(-100, 2), (-99, 1), (99, 1), (100, 2)]
)
def test_float32_near_the_ends_of_its_range_is_scaled_and_has_two_slices(
    exponent, n_slices
):
    largest_below = np.ldexp(np.full((3, 3), 1 - 2**-24, np.float32), exponent)
    assert len(GridMatrix(largest_below)._slices) == n_slices
