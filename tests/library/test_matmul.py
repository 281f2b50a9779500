"""A matrix product has the same bits whatever the machine makes of it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import exact
import numpy as np
import pytest
from exact import FLOATS, TYPES, operands_that_cancel, wide
from threadpoolctl import threadpool_limits

import nnfs_lib
from nnfs_lib import partial_sums
from nnfs_lib.grid import leading_powers, multiply, round_scaled, round_to_grid
from nnfs_lib.numerics import PartialSum, matmul


@pytest.mark.parametrize("k", [1, 2, 3, 17, 100, 512])
@pytest.mark.parametrize("types", TYPES)
def test_the_order_of_the_inner_index_does_not_change_a_bit(types, k):
    a, b = operands_that_cancel(20, k, 7, types)
    result = matmul(a, b)
    rng = np.random.default_rng(0)
    for _ in range(10):
        order = rng.permutation(k)
        assert matmul(a[:, order], b[order]).tobytes() == result.tobytes()


@pytest.mark.parametrize("types", TYPES)
def test_sums_that_fill_all_of_float64_have_no_order_either(types):
    """512 positive terms near the largest, the longest sum that the docstring speaks of."""
    rng = np.random.default_rng(0)
    a = (2 - rng.random((20, 512)) / 10).astype(types[0])
    b = (2 - rng.random((512, 7)) / 10).astype(types[1])
    result = matmul(a, b)
    for _ in range(10):
        order = rng.permutation(512)
        assert matmul(a[:, order], b[order]).tobytes() == result.tobytes()


LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "every second column": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "every third row": lambda x: np.repeat(x, 3, axis=0)[::3],
    "columns backwards": lambda x: x[:, ::-1].copy()[:, ::-1],
    "rows backwards": lambda x: x[::-1].copy()[::-1],
    "all backwards, by columns": lambda x: np.asfortranarray(x[::-1, ::-1])[::-1, ::-1],
    "inside a larger matrix": lambda x: np.pad(x, 3)[3:-3, 3:-3],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(20, 1, 7), (20, 2, 7), (3, 30, 1), (530, 700, 7)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_layout_in_memory_does_not_change_a_bit(dtype, shape, layout):
    a, b = operands_that_cancel(*shape, (dtype, dtype))
    lay_out, result = LAYOUTS[layout], matmul(a, b).tobytes()
    assert matmul(lay_out(a), b).tobytes() == result
    assert matmul(a, lay_out(b)).tobytes() == result
    assert matmul(lay_out(a), lay_out(b)).tobytes() == result


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_rows", [4, 600])
def test_a_product_is_stored_by_rows_or_by_columns_as_its_left_operand_is(
    n_rows, order
):
    result = matmul(np.ones((n_rows, 3), order=order), np.ones((3, 5)))
    assert result.flags[f"{order}_CONTIGUOUS"]


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_number_of_threads_does_not_change_a_bit(dtype):
    a, b = operands_that_cancel(520, 700, 130, (dtype, dtype))
    results = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads, "blas"):
            results.append(matmul(a, b).tobytes())
    assert results[0] == results[1] == results[2]


class FromTheFirstProduct(np.ndarray):
    """A matrix whose ``@`` begins each sum with its first product, as a BLAS may, and not with 0."""

    def __matmul__(self, other):
        a, b = np.asarray(self), np.asarray(other)
        return sum(
            (np.outer(x, y) for x, y in zip(a.T[1:], b[1:])), np.outer(a[:, 0], b[0])
        )


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_zero_has_the_same_sign_however_a_sum_begins(order):
    a, b = np.zeros((2, 3), order=order), np.full((3, 2), -1.0)
    views = [matrix.view(FromTheFirstProduct) for matrix in (a, b)]
    assert np.signbit(views[0] @ views[1]).all()
    assert not np.signbit(multiply(*views)).any()
    assert not np.signbit(matmul(a, b)).any()


def test_a_sum_over_samples_has_the_same_zeros_however_it_begins(monkeypatch):
    a, b = np.zeros((4, 2), np.float32), np.full((4, 3), -1, np.float32)

    def rounded(values, powers):
        return [values.astype(np.float64).view(FromTheFirstProduct)]

    monkeypatch.setattr(partial_sums, "round_to_grid", rounded)
    whole, halves = (PartialSum.of_product(a[k:], b[k:]) for k in (0, 2))
    assert not np.signbit(whole.rounded()).any()
    assert (halves + halves).rounded().tobytes() == whole.rounded().tobytes()


KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX"]
PRODUCTS = """
import hashlib
import numpy as np
from exact import FLOATS, operands_that_cancel
from nnfs_lib.numerics import PartialSum, matmul

shapes = [(1, 1, 1), (4, 1, 3), (4, 2, 3), (1, 64, 5), (5, 64, 1), (1, 64, 1)]
found = hashlib.sha256()
for dtype in FLOATS:
    for shape in [*shapes, (33, 513, 17), (515, 20, 9)]:
        a, b = operands_that_cancel(*shape, (dtype, dtype))
        a[0, :] *= 0  # times a negative number this is -0.0
        found.update(matmul(a, b).tobytes() + matmul(b.T, a.T).tobytes())
        found.update(PartialSum.of_product(a, a[:, ::-1]).rounded().tobytes())
print(found.hexdigest())
"""


def test_the_kernel_of_the_processor_does_not_change_a_bit():
    """OpenBLAS has other kernels for other processors, and takes the one that it is told (other libraries do not)."""

    folders = [
        str(Path(file).parent) for file in (nnfs_lib.__path__[0], exact.__file__)
    ]

    def run(kernel):
        environment = {
            **os.environ,
            "OPENBLAS_CORETYPE": kernel,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(folders),
        }
        command = [sys.executable, "-c", PRODUCTS]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, KERNELS))
    # a processor that lacks a kernel's instructions ends the process
    results = {process.stdout for process in done if process.returncode >= 0}
    assert len(results) == 1
    assert results != {""}


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_repeated_batch_has_repeated_results(dtype):
    a, b = operands_that_cancel(450, 9, 5, (dtype, dtype))
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


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_short_sum_rounds_each_product_and_their_sum(dtype, k):
    """NumPy's own numbers do so, one by one."""
    a, b = operands_that_cancel(30, k, 30, (dtype, dtype))
    expected = np.empty((30, 30), dtype)
    for i, j in np.ndindex(expected.shape):
        first, *second = (x * y for x, y in zip(a[i], b[:, j]))
        expected[i, j] = first + second[0] if second else first
    assert matmul(a, b).tobytes() == expected.tobytes()


@pytest.mark.parametrize("k", [1, 2, 3, 30])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("exponent", [-40, -1, 1, 40])
def test_a_power_of_two_comes_out_as_it_went_in(dtype, exponent, k):
    a, b = operands_that_cancel(5, k, 4, (dtype, dtype))
    scaled = matmul(np.ldexp(a, exponent), b)
    assert scaled.tobytes() == np.ldexp(matmul(a, b), exponent).tobytes()


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("dtype", FLOATS)
def test_zeros_times_anything_are_zeros(dtype, k):
    result = matmul(np.zeros((2, k), dtype), np.ones((k, 4), dtype))
    np.testing.assert_array_equal(result, np.zeros((2, 4)))


def test_the_result_has_the_wider_type():
    a, b = np.ones((2, 3), np.float32), np.ones((3, 2), np.float32)
    assert matmul(a, b).dtype == np.float32
    assert matmul(a, b.astype(np.float64)).dtype == np.float64
    assert matmul(a.astype(np.float64), b).dtype == np.float64
    assert matmul(a.astype(int), b.astype(int)).dtype == np.float64


@pytest.mark.parametrize("k", [2, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_operands_are_left_as_they_are(dtype, k):
    a, b = np.full((2, k), dtype(1 / 3)), np.full((k, 2), dtype(1 / 7))
    before = a.tobytes(), b.tobytes()
    a.flags.writeable = b.flags.writeable = False
    matmul(a, b)[:] = 0
    assert (a.tobytes(), b.tobytes()) == before


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("k", [1, 2, 3, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_an_operand_that_is_not_finite_is_refused(dtype, k, bad):
    a, b = np.ones((600, k), dtype), np.ones((k, 2), dtype)
    a[599, k - 1] = bad
    with pytest.raises(ValueError, match=rf"a holds {bad} at \(599, {k - 1}\)"):
        matmul(a, b)
    with pytest.raises(ValueError, match=rf"b holds {bad} at \({k - 1}, 599\)"):
        matmul(b.T, a.T)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("place", [0, 511, 512, 700, 1099])
@pytest.mark.parametrize(
    ("dtype", "least"), [(np.float32, 2.0**-126), (np.float64, 2.0**-450)]
)
def test_leading_powers_are_the_largest_powers_of_two_within_a_line(
    dtype, least, place, axis
):
    largest = [0.0, 1.0, 1.999, 2.0, -3.5, 1e-30, 0.75 * least, 5e-324, 1e30]
    expected = [least, 1, 1, 2, 2, 2.0**-100, least, least, 2.0**99]
    rng = np.random.default_rng(0)
    lines = rng.uniform(-1, 1, (len(largest), 1100)) * np.array([largest]).T
    lines[:, place] = largest
    values = lines.astype(dtype)
    powers = leading_powers(values if axis == 1 else values.T, axis)
    assert powers.dtype == dtype
    assert powers.shape == ((9, 1) if axis == 1 else (1, 9))
    assert powers.ravel().tolist() == expected


@pytest.mark.parametrize("rounding", [round_to_grid, round_scaled])
@pytest.mark.parametrize(("dtype", "n_slices"), [(np.float32, 1), (np.float64, 2)])
def test_each_slice_has_22_bits(dtype, n_slices, rounding):
    values = np.random.default_rng(5).random((40, 30)).astype(dtype)
    values[0] = np.nextafter(dtype(4), dtype(0))  # just below 2**2
    slices = rounding(values, leading_powers(values, 0))
    assert len(slices) == n_slices
    for k, piece in enumerate(slices):
        top = 2.0**2 if rounding is round_to_grid else 1.0
        integers = piece / (top * 2.0 ** (-22 * (k + 1)))
        np.testing.assert_array_equal(integers, np.rint(integers))
        assert abs(integers).max() <= 2**22
        assert (integers % 2).any()  # and the last of the bits is in use


@pytest.mark.parametrize("dtype", FLOATS)
def test_scaled_rounding_is_rounding_divided_by_twice_the_leading_powers(dtype):
    """Ties among them: these are where two roundings could differ."""
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [wide(rng, (40, 5), -9, 9, dtype), rng.integers(-9, 9, (40, 5)) + dtype(0.5)],
        axis=1,
    )
    values[0, 5:] = 2.0**22  # its grid has a spacing of 2: ties at odd numbers
    values[1:, 5:] = np.rint(values[1:, 5:]) * 2 + 1
    values = values.astype(dtype)
    powers = leading_powers(values, 0)
    for plain, scaled in zip(
        round_to_grid(values, powers), round_scaled(values, powers)
    ):
        np.testing.assert_array_equal(plain, scaled * (2.0 * powers))
