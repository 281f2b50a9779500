"""A dense layer computes its formulas, and its gradients are those of the formulas."""

import loops
import numpy as np
import pytest
from snapshots import snapshot

from nnfs_lib import Dense, Dropout

# matmul is off by at most k A B 2**-20.9 (float32) or k A B 2**-42.9 (float64); sums here
# have k <= 7 terms, and the entries are below A = B = 4.
TOLERANCE = {np.float32: 7 * 4 * 4 * 2**-20.9, np.float64: 7 * 4 * 4 * 2**-42.9}
FLOATS = list(TOLERANCE)
SHAPES = [(1, 1, 1), (1, 4, 3), (5, 1, 1), (5, 2, 1), (7, 4, 2), (3, 3, 3)]


def case(shape, dtype=np.float64):
    """A layer with biases, an input, an upstream gradient."""
    n_samples, n_inputs, n_neurons = shape
    rng = np.random.default_rng(sum(shape))
    layer = Dense(n_inputs, n_neurons, dtype=dtype, rng=rng)
    layer.weights[:] = rng.standard_normal(layer.weights.shape)
    layer.biases[:] = rng.standard_normal(layer.biases.shape)
    x = rng.standard_normal((n_samples, n_inputs)).astype(dtype)
    return layer, x, rng.standard_normal((n_samples, n_neurons)).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_is_inputs_times_weights_plus_biases(shape, dtype):
    layer, x, _ = case(shape, dtype)
    expected = loops.dense(x.tolist(), layer.weights.tolist(), layer.biases.tolist())
    np.testing.assert_allclose(
        layer.forward(x), expected, rtol=0, atol=TOLERANCE[dtype]
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_at_the_weights_is_inputs_transposed_times_upstream(shape, dtype):
    layer, x, upstream = case(shape, dtype)
    layer.forward(x)
    layer.backward(upstream)
    expected = loops.matmul(loops.transposed(x.tolist()), upstream.tolist())
    np.testing.assert_allclose(layer.dweights, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_at_the_biases_is_the_sum_over_the_samples(shape, dtype):
    layer, x, upstream = case(shape, dtype)
    layer.forward(x)
    layer.backward(upstream)
    expected = loops.column_sums(upstream.tolist())
    np.testing.assert_allclose(layer.dbiases, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_at_the_inputs_is_upstream_times_weights_transposed(shape, dtype):
    layer, x, upstream = case(shape, dtype)
    layer.forward(x)
    expected = loops.matmul(upstream.tolist(), loops.transposed(layer.weights.tolist()))
    np.testing.assert_allclose(
        layer.backward(upstream), expected, rtol=0, atol=TOLERANCE[dtype]
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_everything_has_the_layers_type(dtype):
    layer, x, upstream = case((5, 4, 3), dtype)
    layer.forward(x.astype(np.float64))
    layer.backward(upstream.astype(np.float64))
    names = ["weights", "biases", "inputs", "output", "dweights", "dbiases", "dinputs"]
    assert {getattr(layer, name).dtype for name in names} == {np.dtype(dtype)}


def test_forward_returns_what_it_stores():
    layer, x, _ = case((5, 4, 3))
    assert layer.forward(x) is layer.output
    np.testing.assert_array_equal(layer.inputs, x)


def test_backward_returns_what_it_stores():
    layer, x, upstream = case((5, 4, 3))
    layer.forward(x)
    assert layer.backward(upstream) is layer.dinputs


def test_a_second_backward_does_not_add_to_the_first():
    layer, x, upstream = case((5, 4, 3))
    layer.forward(x)
    layer.backward(upstream)
    once = layer.dweights.copy(), layer.dbiases.copy()
    layer.backward(upstream)
    np.testing.assert_array_equal(layer.dweights, once[0])
    np.testing.assert_array_equal(layer.dbiases, once[1])


def test_forward_sees_weights_that_were_changed_in_place():
    layer, x, _ = case((5, 4, 3))
    before = layer.forward(x).copy()
    layer.weights *= 2
    layer.biases *= 2
    np.testing.assert_array_equal(layer.forward(x), 2 * before)  # by a power of two


def test_forward_leaves_earlier_outputs_alone():
    layer, x, _ = case((5, 4, 3))
    first = layer.forward(x)
    kept = first.copy()
    layer.forward(-x)
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize(
    "shape",
    [(5, 4, 3), (1, 4, 3), (2, 4, 3), (5, 2, 3), (5, 4, 1), (5, 4, 2), (5, 1, 2)],
)
def test_backward_belongs_to_its_forward(shape):
    """What has become of weights and inputs since then, in place, does not count."""
    n, k, m = shape
    rng = np.random.default_rng(0)
    layer, other = Dense(k, m, rng=rng), Dense(k, m, rng=rng)
    other.weights[:] = layer.weights
    inputs, dvalues = rng.random((2, n, max(k, m))).astype(np.float32)
    inputs, dvalues = inputs[:, :k].copy(), dvalues[:, :m]
    for one in (layer, other):
        one.forward(inputs.copy() if one is other else inputs)
    expected = other.backward(dvalues), other.dweights, other.dbiases
    layer.weights += 1
    inputs += 1
    results = layer.backward(dvalues), layer.dweights, layer.dbiases
    for result, wanted in zip(results, expected):
        np.testing.assert_array_equal(result, wanted)


def test_the_arguments_are_left_as_they_are():
    layer, x, upstream = case((5, 4, 3))
    x.flags.writeable = upstream.flags.writeable = False
    layer.forward(x)
    layer.backward(upstream)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_layout_in_memory_does_not_change_a_bit(dtype):
    layer, x, upstream = case((300, 20, 64), dtype)
    results = []
    for order in "CF":
        layer.forward(np.array(x, order=order))
        layer.backward(np.array(upstream, order=order))
        arrays = layer.output, layer.dweights, layer.dbiases, layer.dinputs
        results.append([array.tolist() for array in arrays])
    assert results[0] == results[1]


def test_lists_are_taken_for_arrays():
    layer, x, upstream = case((5, 4, 3))
    output, dinputs = layer.forward(x).copy(), layer.backward(upstream).copy()
    np.testing.assert_array_equal(layer.forward(x.tolist()), output)
    np.testing.assert_array_equal(layer.backward(upstream.tolist()), dinputs)


@pytest.mark.parametrize("dtype", FLOATS)
def test_weights_start_as_a_hundredth_of_normal_draws(dtype):
    draws = np.random.default_rng(3).standard_normal((4, 3)).astype(np.float32)
    layer = Dense(4, 3, rng=np.random.default_rng(3), dtype=dtype)
    assert layer.weights.dtype == dtype
    np.testing.assert_array_equal(layer.weights, np.float32(0.01) * draws)


def test_biases_start_at_zero():
    np.testing.assert_array_equal(Dense(4, 3).biases, np.zeros((1, 3)))


def test_parameters_are_float32_unless_asked_otherwise():
    assert Dense(4, 3).weights.dtype == Dense(4, 3).biases.dtype == np.float32


def test_gradients_are_none_before_backward():
    layer = Dense(4, 3)
    assert layer.dweights is layer.dbiases is None


def test_by_default_the_weights_come_from_the_global_stream():
    np.random.seed(5)
    layer = Dense(4, 3)
    same = Dense(4, 3, rng=np.random.RandomState(5))
    np.testing.assert_array_equal(layer.weights, same.weights)


def test_a_layer_with_its_own_rng_leaves_the_global_stream_alone():
    before = snapshot(np.random.get_state())
    Dense(4, 3, rng=np.random.default_rng(0))
    assert snapshot(np.random.get_state()) == before


def test_a_layer_tells_its_size():
    assert repr(Dense(4, 3)) == "Dense(4, 3)"
    assert repr(Dropout(0.25)) == "Dropout(0.25)"
    assert repr(Dense(4, 3, l1=0.5, l2=0.25)) == "Dense(4, 3, l1=0.5, l2=0.25)"
    assert repr(type("Mine", (Dense,), {})(4, 3)) == "Mine(4, 3)"


def test_the_input_gradient_alone_refuses_what_is_not_finite():
    layer, dvalues = Dense(4, 3), np.ones((9, 3), np.float32)
    layer.forward(np.ones((9, 4)))
    dvalues[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"^dvalues holds nan"):
        layer.input_gradient(dvalues)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_biases_that_are_not_finite_are_refused(bad):
    layer = Dense(2, 3, rng=np.random.default_rng(0))
    layer.biases[0, 1] = bad
    with pytest.raises(ValueError, match=r"biases holds (nan|inf) at \(0, 1\)"):
        layer.forward([[1.0, 2.0]])


def test_biases_of_another_shape_are_refused():
    layer = Dense(2, 3, rng=np.random.default_rng(0))
    layer.biases = np.ones((1, 1), np.float32)
    with pytest.raises(ValueError, match=r"biases has shape \(1, 1\), but \(1, 3\) is"):
        layer.forward([[1.0, 2.0]])


@pytest.mark.parametrize("bad", [None, ",", "(2,3", {"names": ["a"]}])
def test_what_is_no_type_of_floats_is_named(bad):
    with pytest.raises(TypeError, match=r"but it must be float32 or float64$"):
        Dense(2, 3, dtype=bad)


def test_biases_too_large_for_the_layers_type_are_refused():
    layer = Dense(2, 2)
    layer.biases = np.full((1, 2), 1e300)
    with pytest.raises(ValueError, match=r"^biases .*float32"):
        layer.forward(np.ones((1, 2)))


def test_biases_may_be_penalized_from_after_forward_on():
    layer = Dense(2, 2, l2=0.5)
    layer.biases += 3
    layer.forward(np.ones((1, 2)))
    layer.backward(np.zeros((1, 2)))
    assert not layer.dbiases.any()
    layer.penalize_biases = True
    layer.backward(np.zeros((1, 2)))
    assert (layer.dbiases == 3).all()


def test_a_truth_value_is_no_number_of_inputs():
    with pytest.raises(
        TypeError, match=r"^n_inputs must be an integer, but it is True$"
    ):
        Dense(True, 3)
