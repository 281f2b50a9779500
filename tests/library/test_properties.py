"""What holds for every batch, tried on many that Hypothesis picks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_lib import (
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
    accuracy,
)
from nnfs_lib.gradcheck import check_gradients

FLOATS = [np.float32, np.float64]
LOSSES = [CategoricalCrossEntropy, SoftmaxCrossEntropy]
# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=30, deadline=None, derandomize=True, database=None)
sizes, seeds = st.integers(1, 5), st.integers(0, 2**32)


@st.composite
def batches(draw, least_samples=1):
    """Inputs away from ReLU's kink, labels, a generator for more."""
    n_samples, n_columns = draw(st.integers(least_samples, 6)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(seeds))
    x = rng.uniform(0.01, 2, (n_samples, n_columns))
    x *= rng.choice([-1, 1], x.shape)
    return x, rng.integers(0, n_columns, n_samples), rng


class Network:
    """Two layers and what is between them, in the protocol of one."""

    def __init__(self, n_inputs, rng):
        layers = [
            Dense(n, m, rng=rng, dtype=np.float64) for n, m in [(n_inputs, 4), (4, 3)]
        ]
        for layer in layers:
            layer.weights *= 100
        self.parts = [layers[0], Softmax(), layers[1]]

    def forward(self, inputs):
        for part in self.parts:
            inputs = part.forward(inputs)
        return inputs

    def backward(self, dvalues):
        for part in reversed(self.parts):
            dvalues = part.backward(dvalues)
        self.dinputs = dvalues


@tried
@given(batches(), sizes, seeds)
def test_every_gradient_is_that_of_differences(batch, n_neurons, seed):
    x, y, rng = batch
    dense = Dense(x.shape[1], n_neurons, rng=rng)
    for layer in (dense, ReLU(), Softmax(), Network(x.shape[1], rng)):
        check = check_gradients(layer, x, seed=seed)
        assert check, check
        assert not any(row.left_out for row in check.rows)
    p = Softmax().forward(x)
    probabilities = 0.9 * p + 0.1 / p.shape[1]  # away from where the loss ends
    assert check_gradients(CategoricalCrossEntropy(), probabilities, y)
    assert check_gradients(SoftmaxCrossEntropy(), x, y)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", LOSSES)
@tried
@given(batches())
def test_the_gradient_of_a_batch_is_made_of_those_of_its_samples(kind, dtype, batch):
    x, y, _ = batch
    p = Softmax().forward(x.astype(dtype))
    together = kind().backward(p, y)
    for i in range(len(p)):
        alone = kind().backward(p[i : i + 1], y[i : i + 1])[0]
        assert (together[i] == alone / len(p)).all()


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches(), seeds)
def test_a_permuted_batch_has_permuted_outputs(dtype, batch, seed):
    x, _, rng = batch
    x = x.astype(dtype)
    order = np.random.default_rng(seed).permutation(len(x))
    for subject in (Dense(x.shape[1], 3, rng=rng, dtype=dtype), ReLU(), Softmax()):
        output = subject.forward(x)
        assert (subject.forward(x[order]) == output[order]).all()


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches(), seeds)
def test_a_permuted_batch_has_permuted_gradients(dtype, batch, seed):
    x, y, rng = batch
    x, upstream = x.astype(dtype), rng.standard_normal(x.shape).astype(dtype)
    order = np.random.default_rng(seed).permutation(len(x))
    n = x.shape[1]
    for layer in (Dense(n, n, rng=rng, dtype=dtype), ReLU(), Softmax()):
        layer.forward(x)
        dinputs = layer.backward(upstream)
        layer.forward(x[order])
        assert (layer.backward(upstream[order]) == dinputs[order]).all()
    p = Softmax().forward(x)
    for loss in (kind() for kind in LOSSES):
        dinputs = loss.backward(p, y)
        assert (loss.backward(p[order], y[order]) == dinputs[order]).all()


@tried
@given(batches())
def test_the_gradient_of_the_parameters_is_the_mean_of_those_of_the_samples(batch):
    x, y, rng = batch
    layer = Dense(x.shape[1], x.shape[1], rng=rng, dtype=np.float64)

    def gradients(rows):
        loss = SoftmaxCrossEntropy()
        loss.forward(layer.forward(x[rows]), y[rows])
        layer.backward(loss.backward(loss.output, y[rows]))
        return np.concatenate([layer.dweights, layer.dbiases])

    n = len(x)
    mean = np.mean([gradients(slice(i, i + 1)) for i in range(n)], axis=0)
    # two products as exact as matmul says: n A B 2**-42.9, with A <= 2 and n B <= 1
    np.testing.assert_allclose(gradients(slice(n)), mean, rtol=0, atol=2 * 2 * 2**-42.9)


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches(), st.integers(-1000, 1000))
def test_softmax_is_unchanged_by_a_shift(dtype, batch, shift):
    x = np.rint(1024 * batch[0]).astype(dtype) / 1024  # so that the sum is exact
    shifts = shift * np.arange(len(x)).reshape(-1, 1)  # for each sample another
    shifted = x + shifts.astype(dtype)
    assert (Softmax().forward(shifted) == Softmax().forward(x)).all()


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches(), st.sampled_from([1e-3, 1, 30, 1000]))
def test_softmax_gives_probabilities_in_the_order_of_the_scores(dtype, batch, size):
    x = (size * batch[0]).astype(dtype)
    p = Softmax().forward(x).astype(np.float64)
    # a rounding for the division, and for each addition, here and there
    assert (abs(p.sum(axis=1) - 1) <= x.shape[1] * np.finfo(dtype).eps).all()
    assert (p >= 0).all()
    in_order = np.take_along_axis(p, x.argsort(axis=1), axis=1)
    assert (np.diff(in_order, axis=1) >= 0).all()


@pytest.mark.parametrize("labels_dtype", [int, bool, *FLOATS])
@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches())
def test_one_hot_labels_give_the_bits_of_sparse_ones(dtype, labels_dtype, batch):
    x, y, _ = batch
    x, one_hot = x.astype(dtype), np.eye(x.shape[1], dtype=labels_dtype)[y]
    p = Softmax().forward(x)
    results = []
    for labels in (y, one_hot):
        separate, combined = CategoricalCrossEntropy(), SoftmaxCrossEntropy()
        results.append(
            [
                separate.forward(p, labels).tobytes(),
                separate.calculate(p, labels).tobytes(),
                separate.backward(p, labels).tobytes(),
                combined.forward(x, labels).tobytes(),
                combined.backward(p, labels).tobytes(),
                accuracy(x, labels),
            ]
        )
    assert results[0] == results[1]


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(batches(least_samples=3), seeds)
def test_the_order_of_the_samples_does_not_change_a_bit_of_the_weights_gradient(
    dtype, batch, seed
):
    x, _, rng = batch
    x, upstream = x.astype(dtype), rng.standard_normal((len(x), 3)).astype(dtype)
    layer = Dense(x.shape[1], 3, rng=rng, dtype=dtype)
    results = []
    for order in (np.arange(len(x)), np.random.default_rng(seed).permutation(len(x))):
        layer.forward(x[order])
        layer.backward(upstream[order])
        results.append(layer.dweights.tobytes())
    assert results[0] == results[1]


@tried
@given(batches(), seeds)
def test_numbering_classes_otherwise_changes_neither_loss_nor_accuracy(batch, seed):
    x, y, _ = batch
    order = np.random.default_rng(seed).permutation(x.shape[1])
    y_renumbered = np.argsort(order)[y]
    assert accuracy(x[:, order], y_renumbered) == accuracy(x, y)
    p = Softmax().forward(x)
    losses = CategoricalCrossEntropy().forward(p, y)
    renumbered = CategoricalCrossEntropy().forward(p[:, order], y_renumbered)
    assert (losses == renumbered).all()


@tried
@given(batches())
def test_a_step_against_the_gradient_lowers_the_loss(batch):
    x, y, _ = batch
    loss = SoftmaxCrossEntropy()
    before = loss.forward(x, y)
    step = 0.1 * loss.backward(loss.output, y)
    assert loss.forward(x - step, y) < before
