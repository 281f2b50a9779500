"""ReLU and softmax, forward and backward, against loops."""

import loops
import numpy as np
import pytest

from nnfs_lib import ReLU, Softmax
from nnfs_lib.activations import shifted_exponentials

FLOATS = [np.float32, np.float64]
# Probabilities lie below 1 and upstream gradients below 4; a handful of roundings each.
TOLERANCE = {np.float32: 10 * 4 * 2**-24, np.float64: 10 * 4 * 2**-53}
SHAPES = [(1, 1), (1, 2), (4, 2), (5, 3), (3, 10), (3, 3)]


def normal(shape, dtype=np.float64, seed=0):
    rng = np.random.default_rng([*shape, seed])
    return rng.standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_relu_keeps_what_is_positive(shape, dtype):
    x = normal(shape, dtype)
    expected = [[max(0.0, entry) for entry in row] for row in x.tolist()]
    np.testing.assert_array_equal(ReLU().forward(x), np.array(expected, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_relu_lets_the_gradient_through_where_the_input_was_positive(shape, dtype):
    x, upstream = normal(shape, dtype), normal(shape, dtype, seed=1)
    relu = ReLU()
    relu.forward(x)
    expected = [
        [d if entry > 0 else 0.0 for entry, d in zip(row, d_row)]
        for row, d_row in zip(x.tolist(), upstream.tolist())
    ]
    np.testing.assert_array_equal(relu.backward(upstream), np.array(expected, dtype))


@pytest.mark.parametrize("n_columns", [1, 7, 64])  # vector units treat short rows apart
@pytest.mark.parametrize("dtype", FLOATS)
def test_relu_gives_no_negative_zero(n_columns, dtype):
    output = ReLU().forward(np.full((2, n_columns), -0.0, dtype))
    assert not np.signbit(output).any()


def test_relu_makes_0_of_minus_0_whichever_of_them_is_the_processors_maximum(
    monkeypatch,
):
    monkeypatch.setattr(np, "maximum", lambda a, b: np.where(a >= b, a, b))
    assert np.signbit(np.maximum(-0.0, 0.0))
    assert not np.signbit(ReLU().forward([[-0.0]])).any()


def test_relu_stops_the_gradient_at_the_kink():
    relu = ReLU()
    relu.forward([[0.0, -0.0, 5e-324]])
    np.testing.assert_array_equal(relu.backward([[1.0, 1.0, 1.0]]), [[0, 0, 1]])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_softmax_is_its_formula(shape, dtype):
    x = 3 * normal(shape, dtype)
    expected = loops.softmax(x.tolist())
    result = Softmax().forward(x)
    np.testing.assert_allclose(result, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_softmax_backward_is_each_samples_jacobian_times_its_gradient(shape, dtype):
    x, upstream = 3 * normal(shape, dtype), normal(shape, dtype, seed=1)
    softmax = Softmax()
    softmax.forward(x)
    expected = loops.softmax_backward(loops.softmax(x.tolist()), upstream.tolist())
    result = softmax.backward(upstream)
    np.testing.assert_allclose(result, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_rows_sum_to_one(dtype):
    sums = Softmax().forward(10 * normal((50, 10), dtype)).sum(axis=1)
    # ten roundings to the nearest, each of a number below 1, and those of the sum
    np.testing.assert_allclose(sums, 1, rtol=0, atol=20 * np.finfo(dtype).eps / 2)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shift", [1.0, -64.0, 4096.0])
def test_softmax_does_not_change_when_a_row_is_shifted(shift, dtype):
    x = np.round(normal((6, 5), dtype) * 128) / 128  # so that the shift rounds nothing
    shifted = Softmax().forward(x + dtype(shift))
    assert shifted.tobytes() == Softmax().forward(x).tobytes()


@pytest.mark.parametrize(
    ("dtype", "huge"), [(np.float32, 3e38), (np.float64, 1e308), (np.float64, 1e5)]
)
@pytest.mark.filterwarnings("error")
def test_huge_scores_do_not_overflow(dtype, huge):
    scores = np.array([[huge, -huge, huge], [-huge, -huge, 0], [0, huge, 0]], dtype)
    expected = [[0.5, 0, 0.5], [0, 0, 1], [0, 1, 0]]
    # exp(-700) is what is left of a probability that is too small for float64
    np.testing.assert_allclose(Softmax().forward(scores), expected, rtol=0, atol=1e-304)


@pytest.mark.filterwarnings("error")
def test_a_score_further_than_700_below_the_largest_counts_as_700_below():
    result = Softmax().forward([[0.0, -699.0, -700.0, -740.0, -1e308]])
    assert result[0, 0] == 1
    assert result[0, 1] > result[0, 2] > 0
    assert result[0, 2] == result[0, 3] == result[0, 4]


def test_equal_scores_share_equally():
    np.testing.assert_array_equal(Softmax().forward(np.full((2, 4), 7.0)), 0.25)


def test_a_single_class_has_all_of_the_probability():
    np.testing.assert_array_equal(Softmax().forward([[-3.0], [5.0]]), [[1.0], [1.0]])


def test_a_row_does_not_depend_on_the_other_rows():
    x = normal((7, 4))
    together = Softmax().forward(x)
    apart = [Softmax().forward(row.reshape(1, -1))[0] for row in x]
    np.testing.assert_array_equal(together, apart)


def test_upstream_ones_give_zero_because_rows_sum_to_one():
    softmax = Softmax()
    softmax.forward(normal((5, 3)))
    gradient = softmax.backward(np.ones((5, 3)))
    np.testing.assert_allclose(gradient, 0, atol=2**-52)  # 1 less a sum rounded thrice


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", [ReLU, Softmax])
def test_the_type_is_kept(kind, dtype):
    activation = kind()
    x = normal((4, 3), dtype)
    assert activation.forward(x).dtype == activation.backward(x).dtype == dtype


@pytest.mark.parametrize("kind", [ReLU, Softmax])
def test_results_are_returned_and_stored(kind):
    activation = kind()
    x = normal((4, 3))
    assert activation.forward(x) is activation.output
    assert activation.backward(x) is activation.dinputs
    np.testing.assert_array_equal(activation.inputs, x)


@pytest.mark.parametrize("kind", [ReLU, Softmax])
def test_the_layout_in_memory_does_not_change_a_bit(kind):
    x, upstream = normal((40, 99)), normal((40, 99), seed=1)  # long sums have an order
    results = []
    for order in "CF":
        activation = kind()
        output = activation.forward(np.array(x, order=order))
        dinputs = activation.backward(np.array(upstream, order=order))
        results.append((output.tolist(), dinputs.tolist()))
    assert results[0] == results[1]


@pytest.mark.parametrize("kind", [ReLU, Softmax])
def test_the_arguments_are_left_as_they_are(kind):
    x = normal((4, 3))
    x.flags.writeable = False
    activation = kind()
    activation.forward(x)
    activation.backward(x)


@pytest.mark.parametrize("kind", [ReLU, Softmax])
def test_integers_are_taken_for_numbers(kind):
    x = np.array([[1, -2, 3], [0, 5, -6]])
    assert kind().forward(x).tolist() == kind().forward(x.astype(float)).tolist()


def test_activations_tell_their_names():
    assert [repr(ReLU()), repr(Softmax())] == ["ReLU()", "Softmax()"]


def test_the_exponentials_of_many_classes_are_added_in_the_order_of_the_classes():
    x = np.random.default_rng(0).standard_normal((30, 100))
    _, exponentials, sums = shifted_exponentials(x)
    one_by_one = np.add.accumulate(exponentials, axis=0)[-1]
    assert sums.tobytes() == one_by_one.tobytes()
