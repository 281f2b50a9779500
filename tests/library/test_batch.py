"""What a network computes for a sample does not depend on the other samples in its batch, to the last bit."""

import numpy as np
import pytest
from exact import FLOATS, wide
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_lib import (
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
)

# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=30, deadline=None, derandomize=True, database=None)
SIZES = [1, 2, 3, 5, 300, 511, 512, 513, 1100]
N = max(SIZES)
NEIGHBOURS = ["ordinary", "outliers", "extremes"]


def batch(rng, n_samples, n_columns, neighbours, dtype):
    """Samples, of which all but the first five and the last are ordinary numbers around 1."""
    x = wide(rng, (n_samples, n_columns), -2, 1, dtype)
    if neighbours == "outliers":
        x[0] *= dtype(1e6)
        x[1] *= dtype(1e30)
        x[2, 0] = dtype(-1e30)
        x[3] = 0
        x[-1] *= dtype(1e-30)
    elif neighbours == "extremes":
        x[0] = np.finfo(dtype).max
        x[1, -1] = -np.finfo(dtype).max
        x[2] = -np.finfo(dtype).smallest_subnormal
        x[3] *= np.finfo(dtype).tiny  # some of these are subnormal
        x[4] = 0
        x[-1] = 1.5 * 2.0 ** (np.finfo(dtype).maxexp - 3)
    return x


def batches_within(rng, n_samples, sizes=SIZES):
    """Rows of a batch that make a smaller one: of each size some, as they stand and in another order."""
    for size in sizes:
        if size <= n_samples:
            yield np.arange(size)
            yield rng.permutation(n_samples)[:size]
    for row in [*range(8), n_samples - 1]:
        yield np.array([row])


def assert_samples_are_independent(compute, n_samples, sizes=SIZES):
    """``compute(rows)`` gives a tuple of arrays, one row for each sample asked for."""
    together = compute(np.arange(n_samples))
    for rows in batches_within(np.random.default_rng(0), n_samples, sizes):
        for found, expected in zip(compute(rows), together, strict=True):
            assert found.tobytes() == expected[rows].tobytes()


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 64, 512, 513, 1500])
@pytest.mark.parametrize("dtype", FLOATS)
def test_outputs_of_a_dense_layer(dtype, n_inputs, neighbours):
    rng = np.random.default_rng(n_inputs)
    layer = Dense(n_inputs, 3, init=1, rng=rng, dtype=dtype)
    layer.biases[:] = 0.5
    x = batch(rng, N, n_inputs, neighbours, dtype)
    assert_samples_are_independent(lambda rows: (layer.forward(x[rows]),), N)


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize("n_neurons", [1, 2, 3, 64, 512, 513, 1500])
@pytest.mark.parametrize("dtype", FLOATS)
def test_dinputs_of_a_dense_layer(dtype, n_neurons, neighbours):
    rng = np.random.default_rng(n_neurons)
    layer = Dense(3, n_neurons, init=1, rng=rng, dtype=dtype)
    dvalues = batch(rng, N, n_neurons, neighbours, dtype)
    x = wide(rng, (N, 3), -2, 1, dtype)

    def compute(rows):
        layer.forward(x[rows])
        return (layer.input_gradient(dvalues[rows]),)

    assert_samples_are_independent(compute, N)


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 40, 513])
@pytest.mark.parametrize("dtype", FLOATS)
def test_backward_gives_the_input_gradient_of_each_sample(dtype, n_inputs, neighbours):
    rng = np.random.default_rng(n_inputs)
    layer = Dense(n_inputs, 10, init=1, rng=rng, dtype=dtype)
    x = batch(rng, 300, n_inputs, neighbours, dtype)
    dvalues = batch(rng, 300, 10, neighbours, dtype)[::-1]

    def compute(rows):
        return layer.forward(x[rows]), layer.backward(dvalues[rows])

    assert_samples_are_independent(compute, 300)


@pytest.mark.parametrize("end", [2.0**124, 2.0**126, 1.9 * 2.0**127])
@pytest.mark.parametrize("k", [1, 2, 3, 64, 700])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_row_so_large_that_all_are_scaled_changes_no_bit_of_the_others(dtype, k, end):
    """Rows down to the subnormal numbers, and weights whose columns differ as much."""
    rng = np.random.default_rng(k)
    layer = Dense(k, 6, rng=rng, dtype=dtype)
    layer.weights[:] = wide(rng, (k, 6), -2, 0, np.float64) * np.logspace(0, -30, 6)
    x = wide(rng, (40, k), -3, 0, np.float64)
    x = (x * np.logspace(0, -44, 40)[:, np.newaxis]).astype(dtype)
    alone = layer.forward(x).copy()
    largest = end if dtype == np.float32 else np.ldexp(end, 1023 - 127)
    beside = layer.forward(np.vstack([x, np.full((1, k), largest, dtype)]))
    assert beside[:-1].tobytes() == alone.tobytes()


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize("n_columns", [1, 2, 3, 64])
@pytest.mark.parametrize("dtype", FLOATS)
def test_relu(dtype, n_columns, neighbours):
    rng = np.random.default_rng(n_columns)
    x, dvalues = (batch(rng, N, n_columns, neighbours, dtype) for _ in range(2))

    def compute(rows):
        relu = ReLU()
        return relu.forward(x[rows]), relu.backward(dvalues[rows])

    assert_samples_are_independent(compute, N)


# The number of classes, and how many samples there are: fewer where they are long.
CLASSES = [(1, 30), (2, N), (3, N), (10, N), (257, N), (1025, 100), (9000, 12)]


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize(("n_classes", "n_samples"), CLASSES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax(dtype, n_classes, n_samples, neighbours):
    rng = np.random.default_rng(n_classes)
    x = batch(rng, n_samples, n_classes, neighbours, dtype)
    dvalues = batch(rng, n_samples, n_classes, "outliers", dtype)[::-1]

    def compute(rows):
        softmax = Softmax()
        return softmax.forward(x[rows]), softmax.backward(dvalues[rows])

    assert_samples_are_independent(compute, n_samples)


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize(("n_classes", "n_samples"), CLASSES[1:])
@pytest.mark.parametrize("dtype", FLOATS)
def test_categorical_cross_entropy(dtype, n_classes, n_samples, neighbours):
    rng = np.random.default_rng(n_classes)
    p = Softmax().forward(batch(rng, n_samples, n_classes, neighbours, dtype))
    y = rng.integers(0, n_classes, n_samples)

    def compute(rows):
        loss = CategoricalCrossEntropy()
        losses = loss.sample_losses(p[rows], y[rows])
        return losses, loss.backward(p[rows], y[rows], n_samples=n_samples)

    assert_samples_are_independent(compute, n_samples)


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
@pytest.mark.parametrize(("n_classes", "n_samples"), CLASSES[1:])
@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_cross_entropy(dtype, n_classes, n_samples, neighbours):
    rng = np.random.default_rng(n_classes)
    x = batch(rng, n_samples, n_classes, neighbours, dtype)
    y = rng.integers(0, n_classes, n_samples)

    def compute(rows):
        loss = SoftmaxCrossEntropy()
        losses = loss.sample_losses(x[rows], y[rows])
        loss.calculate(x[rows], y[rows], n_samples=n_samples)
        gradient = loss.gradient()
        again = loss.backward(loss.output, y[rows], n_samples=n_samples)
        return losses, gradient, loss.output, again

    assert_samples_are_independent(compute, n_samples)


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(
    st.integers(1, 600), st.integers(1, 700), st.integers(1, 20), st.integers(0, 2**32)
)
def test_a_network(dtype, n_samples, n_inputs, n_classes, seed):
    """Whatever the size of the batch, and whichever of its samples are asked for."""
    rng = np.random.default_rng(seed)
    x = wide(rng, (n_samples, n_inputs), -3, 1, dtype)
    x *= wide(rng, (n_samples, 1), -6, 6, dtype)
    y = rng.integers(0, n_classes, n_samples)
    hidden, relu = Dense(n_inputs, 20, init="he", rng=rng, dtype=dtype), ReLU()
    last = Dense(20, n_classes, init="he", rng=rng, dtype=dtype)

    def compute(rows):
        loss = SoftmaxCrossEntropy()
        scores = last.forward(relu.forward(hidden.forward(x[rows])))
        loss.calculate(scores, y[rows], n_samples)
        dinputs = hidden.backward(relu.backward(last.backward(loss.gradient())))
        return scores, loss.output, dinputs

    rows = rng.permutation(n_samples)[: rng.integers(1, n_samples + 1)]
    for found, expected in zip(compute(rows), compute(np.arange(n_samples))):
        assert found.tobytes() == expected[rows].tobytes()


@pytest.mark.parametrize("kind", [CategoricalCrossEntropy, SoftmaxCrossEntropy])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_gradients_of_the_parts_of_a_batch_make_that_of_the_whole(dtype, kind):
    """Divided by the number of samples of the whole, they need only be put together."""
    rng = np.random.default_rng(0)
    given, y = rng.standard_normal((300, 10)).astype(dtype), rng.integers(0, 10, 300)
    if kind is CategoricalCrossEntropy:
        given = Softmax().forward(given)
    loss = kind()
    loss.calculate(given, y)
    whole = loss.gradient()
    parts = []
    for part in (slice(0, 1), slice(1, 3), slice(3, 300)):
        loss.calculate(given[part], y[part], n_samples=300)
        parts.append(loss.gradient())
    assert np.concatenate(parts).tobytes() == whole.tobytes()
