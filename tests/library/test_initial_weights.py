"""How far a dense layer's initial weights spread, and what becomes of values that pass through many layers."""

import math

import numpy as np
import pytest

from nnfs_lib import Dense, ReLU


def weights(n_inputs, n_neurons, **options):
    rng = np.random.default_rng(3)
    return Dense(n_inputs, n_neurons, rng=rng, **options).weights


def draws(n_inputs, n_neurons):
    normal = np.random.default_rng(3).standard_normal((n_inputs, n_neurons))
    return normal.astype(np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("init", [0, 1, 0.5, 3.7, np.float32(0.1), 1e-30])
def test_a_number_is_the_standard_deviation(init, dtype):
    found = weights(4, 3, init=init, dtype=dtype)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, np.float32(init) * draws(4, 3))


def test_by_default_it_is_a_hundredth():
    np.testing.assert_array_equal(weights(4, 3), weights(4, 3, init=0.01))
    np.testing.assert_array_equal(weights(4, 3), np.float32(0.01) * draws(4, 3))


def test_he_divides_two_by_the_number_of_inputs():
    expected = np.float32(math.sqrt(2 / 50)) * draws(50, 30)
    np.testing.assert_array_equal(weights(50, 30, init="he"), expected)


def test_glorot_divides_two_by_the_number_of_inputs_and_neurons():
    expected = np.float32(math.sqrt(2 / 80)) * draws(50, 30)
    np.testing.assert_array_equal(weights(50, 30, init="glorot"), expected)


@pytest.mark.parametrize("init", ["he", "glorot"])
def test_float64_weights_start_from_the_numbers_of_float32(init):
    wide = weights(50, 30, init=init, dtype=np.float64)
    np.testing.assert_array_equal(wide, weights(50, 30, init=init))


@pytest.mark.parametrize("init", ["He", "HE", "xavier", "", "0.01"])
def test_another_name_is_refused(init):
    with pytest.raises(ValueError, match=f"init is {init!r}, but it must be"):
        Dense(4, 3, init=init)


@pytest.mark.parametrize("init", [-1, -0.01, math.nan, math.inf, -math.inf])
def test_a_number_that_is_no_deviation_is_refused(init):
    with pytest.raises(ValueError, match=f"init is {init!r}, but it must be"):
        Dense(4, 3, init=init)


@pytest.mark.parametrize("init", [None, True, False, 1j, [0.01], np.array([0.01])])
def test_what_is_neither_a_number_nor_a_name_is_refused(init):
    with pytest.raises(TypeError, match="init must be a number"):
        Dense(4, 3, init=init)


def test_refused_arguments_draw_nothing_from_the_stream():
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError, match="init is"):
        Dense(4, 3, init="He", rng=rng)
    np.testing.assert_array_equal(Dense(4, 3, init=1, rng=rng).weights, draws(4, 3))


@pytest.mark.parametrize("init", [1e-40, 1e-45, 1e-60])
def test_the_error_state_does_not_matter(init):
    with np.errstate(all="ignore"):
        expected = weights(4, 3, init=init)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(weights(4, 3, init=init), expected)


def test_biases_start_at_zero_whatever_init_is():
    for init in (1, "he", "glorot"):
        assert not Dense(4, 3, init=init).biases.any()


def spreads(init):
    """Root mean squares behind each of ten layers, of values and of their gradients."""
    rng = np.random.default_rng(0)
    layers = [Dense(64, 64, init=init, rng=rng) for _ in range(10)]
    values, forward, backward = rng.standard_normal((300, 64)), [], []
    relus = [ReLU() for _ in layers]
    for layer, relu in zip(layers, relus):
        values = relu.forward(layer.forward(values))
        forward.append(float(np.sqrt(np.mean(np.square(values)))))
    dvalues = rng.standard_normal((300, 64))
    for layer, relu in zip(layers[::-1], relus[::-1]):
        dvalues = layer.backward(relu.backward(dvalues))
        backward.append(float(np.sqrt(np.mean(np.square(dvalues)))))
    return forward, backward


def test_he_keeps_the_spread_through_ten_layers_with_relu():
    """The expected mean square is the same after each layer; widths of 64 let it drift by less than 3."""
    for each in spreads("he"):
        assert 1 / 3 < min(each) <= max(each) < 3


def test_a_hundredth_and_glorot_lose_it():
    for each in spreads(0.01):
        assert each[-1] < 1e-10  # each layer leaves 0.01 sqrt(64 / 2), about 1/18
    for each in spreads("glorot"):
        assert each[-1] < 0.1  # each layer leaves sqrt(1 / 2), ten of them 1/32
