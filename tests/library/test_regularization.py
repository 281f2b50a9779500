"""Dropout, penalties and weight decay."""

import itertools
import random
import re
from fractions import Fraction

import numpy as np
import pytest

from nnfs_lib import SGD, Adam, Dense, Dropout, Model, ReLU, SoftmaxCrossEntropy
from nnfs_lib.gradcheck import check_gradients

FLOATS = [np.float32, np.float64]


def dropout(rate=0.25, seed=0):
    return Dropout(rate, rng=np.random.RandomState(seed))


@pytest.mark.parametrize("dtype", FLOATS)
def test_entries_are_dropped_or_divided_by_the_rate_that_is_kept(dtype):
    inputs = np.random.RandomState(1).standard_normal((50, 40)).astype(dtype)
    layer = dropout()
    output = layer.forward(inputs)
    kept = np.random.RandomState(0).random_sample((50, 40)) >= 0.25
    assert output.dtype == dtype
    assert np.array_equal(output, np.where(kept, inputs * dtype(1 / 0.75), 0))
    dvalues = np.random.RandomState(2).standard_normal((50, 40)).astype(dtype)
    assert np.array_equal(
        layer.backward(dvalues), np.where(kept, dvalues * dtype(1 / 0.75), 0)
    )


def test_the_mean_output_is_the_input():
    ones = np.ones((400, 500))
    mean = dropout(0.3).forward(ones).mean()
    deviation = np.sqrt(0.3 / 0.7 / ones.size)  # of the mean of scaled coin tosses
    assert abs(mean - 1) < 4 * deviation


def test_each_batch_has_another_mask():
    layer, ones = dropout(), np.ones((10, 10))
    assert not np.array_equal(layer.forward(ones), layer.forward(ones))


@pytest.mark.parametrize("rate", [0.25, 0.0])
def test_outside_training_everything_passes_and_nothing_is_drawn(rate):
    layer = dropout(rate)
    layer.training = rate == 0
    before = layer.rng.get_state()[2]
    inputs = np.random.RandomState(1).standard_normal((5, 4))
    output = layer.forward(inputs)
    assert np.array_equal(output, inputs)
    assert output is not inputs
    assert np.array_equal(layer.backward(inputs), inputs)
    assert layer.rng.get_state()[2] == before


@pytest.mark.parametrize("cuts", [(0, 10), (0, 1, 10), (0, 3, 4, 10)])
def test_a_part_of_a_batch_has_the_rows_of_its_mask(cuts):
    inputs = np.random.RandomState(1).standard_normal((10, 6))
    whole = dropout().forward(inputs)
    for start, stop in itertools.pairwise(cuts):
        layer = dropout()
        layer.part = slice(start, stop), 10
        assert np.array_equal(layer.forward(inputs[start:stop]), whole[start:stop])


def test_numpys_global_stream_is_the_default():
    np.random.seed(3)
    output = Dropout(0.5).forward(np.ones((9, 9)))
    np.random.seed(3)
    assert np.array_equal(output > 0, np.random.random_sample((9, 9)) >= 0.5)


def test_a_generator_will_do():
    rng = np.random.default_rng(0)
    output = Dropout(0.5, rng=rng).forward(np.ones((9, 9)))
    kept = np.random.default_rng(0).random((9, 9)) >= 0.5
    assert np.array_equal(output > 0, kept)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, np.nan, "half", True, None])
def test_a_rate_that_makes_no_sense_is_refused(rate):
    with pytest.raises((TypeError, ValueError), match=r"^rate "):
        Dropout(rate)


@pytest.mark.parametrize("rng", [3, "seed", random.Random(0)])
def test_what_cannot_draw_is_refused(rng):
    message = "^rng must be a numpy.random.RandomState or Generator, but it is "
    with pytest.raises(TypeError, match=message + re.escape(repr(rng))):
        Dropout(0.5, rng=rng)


def test_the_checker_leaves_the_stream_of_the_layer_alone():
    layer = dropout()
    before = layer.rng.get_state()[1:3]
    assert check_gradients(layer, np.random.RandomState(1).standard_normal((4, 5)))
    after = layer.rng.get_state()[1:3]
    assert np.array_equal(before[0], after[0])
    assert before[1] == after[1]


def test_the_checker_sees_a_backward_that_forgets_the_mask():
    class Forgetful(Dropout):
        def backward(self, dvalues):
            self.dinputs = dvalues / (1 - self.rate)
            return self.dinputs

    inputs = np.random.RandomState(1).standard_normal((4, 5))
    for rng in (None, np.random.RandomState(0), np.random.default_rng(0)):
        assert not check_gradients(Forgetful(0.5, rng=rng), inputs)


def penalized(dtype=np.float64, **settings):
    return Dense(4, 3, init=1.0, rng=np.random.RandomState(0), dtype=dtype, **settings)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("penalize_biases", [False, True])
def test_the_penalty_is_that_of_exact_fractions(penalize_biases, dtype):
    layer = penalized(dtype, l1=0.25, l2=0.5, penalize_biases=penalize_biases)
    layer.biases[...] = [0.5, -2, 0]
    values = layer.weights.ravel().tolist()
    values += layer.biases.ravel().tolist() if penalize_biases else []
    exact = sum(Fraction(abs(v)) / 4 + Fraction(v) ** 2 / 2 for v in values)
    assert layer.penalty() == pytest.approx(float(exact), rel=1e-15)
    assert penalized(dtype).penalty() == 0


def test_a_penalty_of_strength_0_is_0_however_large_its_sum_is():
    layer = penalized(l1=0.5)
    layer.weights[...] = 1e160
    assert layer.penalty() == pytest.approx(0.5 * 12 * 1e160, rel=1e-15)
    layer.l1, layer.l2 = 0.0, 0.5
    layer.weights[...] = 1e308
    assert layer.penalty() == np.inf


def test_the_penalty_has_no_order():
    rng = np.random.RandomState(0)
    layer = Dense(100, 30, init=1.0, l1=1e-3, l2=1e-3, rng=rng)
    value = layer.penalty()
    for _ in range(5):
        layer.weights[...] = rng.permutation(layer.weights.ravel()).reshape(100, 30)
        assert layer.penalty() == value


@pytest.mark.parametrize("dtype", FLOATS)
def test_backward_adds_the_gradient_of_the_penalty(dtype):
    rng = np.random.RandomState(1)
    inputs, dvalues = rng.standard_normal((6, 4)), rng.standard_normal((6, 3))
    plain, layer = penalized(dtype), penalized(dtype, l1=0.25, l2=0.5)
    both = penalized(dtype, l1=0.25, l2=0.5, penalize_biases=True)
    for each in (plain, layer, both):
        each.weights[0, 0] = 0
        each.biases[...] = [0.5, -2, 0]
        each.forward(inputs)
        each.backward(dvalues)
    w, b = plain.weights, plain.biases
    expected = plain.dweights + (dtype(0.25) * np.sign(w) + w)
    assert np.array_equal(layer.dweights, expected)
    assert np.array_equal(layer.dbiases, plain.dbiases)
    assert np.array_equal(both.dbiases, plain.dbiases + (dtype(0.25) * np.sign(b) + b))


@pytest.mark.parametrize("name", ["l1", "l2"])
@pytest.mark.parametrize("value", [-1e-9, np.inf, np.nan, "much", True])
def test_a_penalty_that_makes_no_sense_is_refused(name, value):
    with pytest.raises((TypeError, ValueError), match=f"^{name} "):
        Dense(2, 3, **{name: value})


def test_the_checker_sees_a_penalty_whose_gradient_is_forgotten():
    class Forgetful(Dense):
        def penalty(self):
            return float((self.weights**2).sum())

    inputs = np.random.RandomState(1).standard_normal((5, 4))
    check = check_gradients(Forgetful(4, 3, init=1.0), inputs)
    assert [bool(row.problem) for row in check.rows] == [False, True, False]


def test_weight_decay_shrinks_weights_and_not_biases():
    layer = penalized()
    layer.biases += 1
    layer.dweights, layer.dbiases = np.zeros((4, 3)), np.zeros((1, 3))
    weights = layer.weights.copy()
    Adam(0.125, weight_decay=0.5).step([layer])
    assert np.array_equal(layer.weights, weights - 0.125 * 0.5 * weights)
    assert (layer.biases == 1).all()


def test_weight_decay_follows_the_decay_of_the_learning_rate():
    layer, optimizer = penalized(), Adam(0.125, decay=1.0, weight_decay=0.5)
    layer.dweights, layer.dbiases = np.zeros((4, 3)), np.zeros((1, 3))
    optimizer.step([layer])
    weights = layer.weights.copy()
    optimizer.step([layer])
    assert np.array_equal(layer.weights, weights - 0.0625 * 0.5 * weights)


def test_without_decay_adam_is_adam():
    rng = np.random.RandomState(5)
    one, two = penalized(np.float32), penalized(np.float32)
    plain, zero = Adam(0.01), Adam(0.01, weight_decay=0.0)
    for _ in range(5):
        for layer in (one, two):
            layer.dbiases = np.zeros((1, 3), np.float32)
        one.dweights = two.dweights = rng.standard_normal((4, 3)).astype(np.float32)
        plain.step([one])
        zero.step([two])
    assert one.weights.tobytes() == two.weights.tobytes()


def test_for_plain_descent_the_penalty_is_weight_decay_and_for_adam_it_is_not():
    def after(optimizer, **settings):
        layer = penalized(**settings)
        layer.forward(np.ones((2, 4)))
        layer.backward(np.full((2, 3), 1e-3))
        optimizer.step([layer])
        return layer.weights

    start, gradient = penalized().weights, 2e-3
    descent = after(SGD(0.1), l2=0.05)
    expected = start * (1 - 0.1 * 2 * 0.05) - 0.1 * gradient
    np.testing.assert_allclose(descent, expected, rtol=1e-12)
    decoupled = after(Adam(0.1, weight_decay=2 * 0.05))
    assert not np.allclose(after(Adam(0.1), l2=0.05), decoupled, rtol=1e-2, atol=0)


def test_a_model_measures_the_penalty_beside_the_loss():
    rng = np.random.RandomState(0)
    X, y = rng.random_sample((20, 4)), rng.randint(0, 3, 20)
    model = Model(
        [penalized(np.float32, l2=0.1), ReLU(), Dense(3, 3, l1=0.1)],
        loss=SoftmaxCrossEntropy(),
        optimizer=SGD(0.1),
    )
    expected = model.layers[0].penalty() + model.layers[2].penalty()
    loss = model.evaluate(X, y)["loss"]
    history = model.fit(X, y, batch_size=None)
    assert history["penalty"] == [pytest.approx(expected, rel=1e-15)]
    assert history["loss"] == [loss]


@pytest.mark.parametrize("part", [(slice(3, 4), 10), (slice(3, 7), 5)])
def test_rows_that_are_not_those_of_the_part_are_refused(part):
    rng = np.random.RandomState(0)
    dropout, before = Dropout(0.5, rng=rng), rng.get_state()[1:3]
    dropout.part = part
    with pytest.raises(
        ValueError, match=r"inputs has 4 rows, but part is .*, and so [12] are"
    ):
        dropout.forward(np.ones((4, 2)))
    assert str(rng.get_state()[1:3]) == str(before)
