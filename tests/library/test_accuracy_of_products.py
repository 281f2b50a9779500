"""Each entry of a product is as accurate as its own row and column allow, whatever stands beside them."""

import numpy as np
import pytest
from exact import FLOATS, TYPES, share_of_bound, wide

from nnfs_lib import Dense
from nnfs_lib.grid import leading_powers, round_to_grid
from nnfs_lib.numerics import matmul


def rows_and_columns(rng, a_rows, k, b_columns, types, low=-2, high=0):
    """Operands whose rows (of the left one) and columns (of the right one) have these sizes."""
    a = wide(rng, (len(a_rows), k), low, high, np.float64)
    b = wide(rng, (k, len(b_columns)), low, high, np.float64)
    a *= np.array(a_rows)[:, np.newaxis]
    return a.astype(types[0]), (b * np.array(b_columns)).astype(types[1])


ORDINARY = [1.0, 1.0, 1.0]
# sizes of the rows, the sizes of the columns
SIZES = {
    "all alike": (ORDINARY, ORDINARY),
    "an outlier a million times larger": ([1.0, 1e6, 1.0], ORDINARY),
    "an outlier 1e30 times larger": ([1.0, 1e30, 1.0], ORDINARY),
    "columns that differ by 1e10": (ORDINARY, [1.0, 1e10, 1e-10]),
    "both": ([1e-15, 1.0, 1e15], [1e15, 1e-15, 1.0]),
    "gradients that fade away": ([1.0, 1e-4, 1e-8, 1e-12], ORDINARY),
}
SIZES_OF_FLOAT64 = {
    "an outlier 1e130 times larger": ([1.0, 1e130, 1.0], ORDINARY),
    "columns that differ by 1e200": (ORDINARY, [1e100, 1e-100]),
}
CASES = [
    *((case, types) for case in SIZES for types in TYPES),
    *((case, (np.float64, np.float64)) for case in SIZES_OF_FLOAT64),
]


def operands(case, types, k):
    rng = np.random.default_rng(k)
    a_rows, b_columns = {**SIZES, **SIZES_OF_FLOAT64}[case]
    return rows_and_columns(rng, a_rows, k, b_columns, types)


def product_on_one_grid(a, b):
    """What matmul would be with one grid for all of ``a`` and one for all of ``b``."""
    dtype = np.result_type(a, b)
    slices = []
    for values in (a.astype(dtype), b.astype(dtype)):
        power = leading_powers(values.reshape(1, -1), 1)
        slices.append(sum(round_to_grid(values, power)))
    return (slices[0] @ slices[1]).astype(dtype)


@pytest.mark.parametrize("k", [3, 64, 700])
@pytest.mark.parametrize(("case", "types"), CASES)
def test_the_error_is_within_the_bound_of_row_and_column(case, types, k):
    a, b = operands(case, types, k)
    assert share_of_bound(a, b, matmul(a, b)) <= 1


@pytest.mark.parametrize(
    ("case", "types"), [each for each in CASES if each[0] != "all alike"]
)
def test_one_grid_for_the_whole_matrix_would_be_outside_the_bound(case, types):
    a, b = operands(case, types, 64)
    assert share_of_bound(a, b, product_on_one_grid(a, b)) > 50


ENDS = {
    "float32, large times small": (np.float32, (-30, 30), (-30, 7)),
    "float32, small times large": (np.float32, (-30, 7), (-30, 30)),
    "float32, both small": (np.float32, (-30, -10), (-30, -10)),
    "float32, subnormal": (np.float32, (-44, -39), (-2, 0)),
    "float32, subnormal times large": (np.float32, (-44, -39), (30, 38)),
    "float32, near the largest": (np.float32, (37.5, 38.5), (-3, -1)),
    "float32, overflow": (np.float32, (36, 38.5), (-3, 2)),
    "float64, wide ranges": (np.float64, (-200, 200), (-200, 100)),
    "float64, large times small": (np.float64, (190, 200), (-200, -190)),
    "float64, both small": (np.float64, (-200, -190), (-200, -190)),
    "float64, subnormal": (np.float64, (-322, -309), (-2, 0)),
    "float64, subnormal times large": (np.float64, (-322, -309), (290, 300)),
    "float64, near the largest": (np.float64, (307.5, 308.25), (-3, -1)),
    "float64, overflow": (np.float64, (306, 308.25), (-3, 2)),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("k", [3, 40, 600])
def test_the_bound_holds_to_the_ends_of_the_types(end, k):
    dtype, a_range, b_range = ENDS[end]
    rng = np.random.default_rng(k)
    a, b = wide(rng, (3, k), *a_range, dtype), wide(rng, (k, 2), *b_range, dtype)
    assert share_of_bound(a, b, matmul(a, b)) <= 1


@pytest.mark.parametrize("k", [1, 2, 3, 5, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_an_entry_is_infinite_if_and_only_if_it_is_too_large_for_the_type(dtype, k):
    """Whatever becomes of the terms: here they are integers times a power of two, which no grid rounds."""
    rng = np.random.default_rng(k)
    a, b = rng.integers(-99, 100, (30, k)), rng.integers(-9, 10, (k, 40))
    exponent = np.finfo(dtype).maxexp - 9
    with np.errstate(over="ignore"):
        exact = np.ldexp((a @ b).astype(dtype), exponent)  # integers below 2**24
    assert np.isinf(exact).any()
    assert np.isfinite(exact[exact != 0]).any()
    result = matmul(np.ldexp(a.astype(dtype), exponent), b.astype(dtype))
    np.testing.assert_array_equal(result, exact)


@pytest.mark.parametrize(
    ("dtype", "half_a_step"), [(np.float32, -22), (np.float64, -44)]
)
@pytest.mark.parametrize("k", [3, 500])
def test_errors_that_all_point_one_way_come_near_the_bound(dtype, half_a_step, k):
    """Entries lie half a step of the grid above 1, and are all rounded down to it."""
    a = np.full((1, k), 1 + 2.0**half_a_step, dtype)
    assert 0.85 < share_of_bound(a, a.T, matmul(a, a.T)) <= 1


@pytest.mark.parametrize("steps", range(1, 9))
@pytest.mark.parametrize(("dtype", "bits"), [(np.float32, 23), (np.float64, 45)])
def test_errors_that_all_point_one_way_stay_within_the_bound(dtype, bits, steps):
    a = np.full((1, 500), 1 + steps * 2.0**-bits, dtype)
    assert share_of_bound(a, a.T, matmul(a, a.T)) <= 1


def test_a_product_of_two_float64_is_more_accurate_than_float32():
    third = np.full((3, 3), 1 / 3)
    # 44 bits are kept of each: within 2**-42.8 of the product, where float32 has 2**-24
    np.testing.assert_allclose(matmul(third, third), 1 / 3, rtol=2**-42.8, atol=0)


def upstream(rng, sizes_of_samples, sizes_of_neurons, dtype):
    """Gradients whose rows and columns have these sizes."""
    n, m = len(sizes_of_samples), len(sizes_of_neurons)
    scales = np.outer(sizes_of_samples, sizes_of_neurons)
    return (wide(rng, (n, m), -2, 0, np.float64) * scales).astype(dtype)


SAMPLES = {
    "all alike": [1.0] * 20,
    "an outlier": [1.0] * 19 + [1e6],
    "samples that fade away": list(np.logspace(0, -12, 20)),
}


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("dtype", FLOATS)
class TestGradients:
    """Those of a dense layer, against products of the same numbers."""

    NEURONS = (1.0, 1e-4, 1e-8, 1e-12)

    def backward(self, samples, dtype):
        rng = np.random.default_rng(0)
        layer = Dense(5, 4, rng=rng, dtype=dtype)
        layer.weights[:] = wide(rng, (5, 4), -2, 0, dtype)
        scales = np.array([1, 1e3, 1e-3, 1e6, 1e-6])
        layer.forward(wide(rng, (20, 5), -2, 0, np.float64) * scales)
        dvalues = upstream(rng, SAMPLES[samples], self.NEURONS, dtype)
        layer.backward(dvalues)
        return layer, dvalues

    def test_dweights_are_accurate_by_the_columns_of_inputs_and_gradients(
        self, dtype, samples
    ):
        layer, dvalues = self.backward(samples, dtype)
        inputs = layer.inputs.T
        assert share_of_bound(inputs, dvalues, layer.dweights) <= 1
        one_grid = product_on_one_grid(inputs, dvalues)
        assert share_of_bound(inputs, dvalues, one_grid) > 50

    def test_dbiases_are_accurate_by_the_columns_of_the_gradients(self, dtype, samples):
        layer, dvalues = self.backward(samples, dtype)
        ones = np.ones((1, 20), dtype)
        assert share_of_bound(ones, dvalues, layer.dbiases) <= 1
        one_grid = product_on_one_grid(ones, dvalues)
        assert share_of_bound(ones, dvalues, one_grid) > 50

    def test_dinputs_are_accurate_by_the_rows_of_the_gradients(self, dtype, samples):
        layer, dvalues = self.backward(samples, dtype)
        weights = layer.weights.T
        assert share_of_bound(dvalues, weights, layer.dinputs) <= 1


def test_a_gradient_of_1e_minus_12_of_the_largest_is_not_lost():
    """It belongs to a neuron of its own, and that neuron has a grid of its own."""
    layer = Dense(3, 2, rng=np.random.default_rng(0))
    layer.forward(np.eye(3))
    layer.backward([[1.0, 1e-12], [1.0, 2e-12], [1.0, 3e-12]])
    # each gradient is rounded to 22 bits, and a sum of three of them once to float32
    expected = np.array([[1, 1e-12], [1, 2e-12], [1, 3e-12]])
    np.testing.assert_allclose(layer.dweights, expected, rtol=2**-20, atol=0)
    np.testing.assert_allclose(layer.dbiases, [[3, 6e-12]], rtol=2**-20, atol=0)
