"""The losses and their gradients against loops, and against each other."""

import math

import loops
import numpy as np
import pytest

from nnfs_lib import (
    CategoricalCrossEntropy,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    numerics,
)
from nnfs_lib.loss_base import Loss

FLOATS = [np.float32, np.float64]
LOSSES = [CategoricalCrossEntropy, SoftmaxCrossEntropy]
SHAPES = [(1, 2), (1, 3), (6, 2), (5, 3), (40, 10), (3, 3)]


def tolerance(dtype, size=1.0):
    """A handful of roundings of numbers of this size."""
    return 5 * size * float(np.finfo(dtype).eps)


def case(shape, dtype=np.float64):
    """Scores, their probabilities, labels."""
    rng = np.random.default_rng(shape)
    scores = (2 * rng.standard_normal(shape)).astype(dtype)
    return scores, Softmax().forward(scores), rng.integers(0, shape[1], shape[0])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_cross_entropy_is_minus_the_logarithm_of_the_right_probability(shape, dtype):
    _, p, y = case(shape, dtype)
    losses = CategoricalCrossEntropy().forward(p, y)
    expected = loops.cross_entropies(p.tolist(), y.tolist())
    # losses are below 16
    np.testing.assert_allclose(losses, expected, rtol=0, atol=tolerance(dtype, 16))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_calculate_is_the_mean_over_the_samples(shape, dtype):
    _, p, y = case(shape, dtype)
    losses = loops.cross_entropies(p.tolist(), y.tolist())
    mean = CategoricalCrossEntropy().calculate(p, y)
    assert abs(mean - math.fsum(losses) / len(losses)) <= tolerance(dtype, 16)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_of_cross_entropy_is_minus_y_over_p_over_n(shape, dtype):
    _, p, y = case(shape, dtype)
    gradient = CategoricalCrossEntropy().backward(p, y)
    expected = loops.cross_entropy_backward(p.tolist(), y.tolist())
    np.testing.assert_allclose(gradient, expected, rtol=tolerance(dtype), atol=0)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_combined_loss_is_the_mean_cross_entropy_of_softmax(shape, dtype):
    scores, _, y = case(shape, dtype)
    losses = loops.cross_entropies(loops.softmax(scores.tolist()), y.tolist())
    loss = SoftmaxCrossEntropy().forward(scores, y)
    assert abs(loss - math.fsum(losses) / len(losses)) <= tolerance(dtype, 16)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_combined_gradient_is_p_minus_y_over_n(shape, dtype):
    scores, p, y = case(shape, dtype)
    loss = SoftmaxCrossEntropy()
    loss.forward(scores, y)
    gradient = loss.backward(loss.output, y)
    expected = loops.softmax_cross_entropy_backward(p.tolist(), y.tolist())
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_combined_class_has_the_probabilities_of_softmax(shape, dtype):
    scores, p, y = case(shape, dtype)
    loss = SoftmaxCrossEntropy()
    loss.forward(scores, y)
    assert loss.output.tobytes() == p.tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_combined_gradient_is_that_of_the_two_classes(shape, dtype):
    scores, p, y = case(shape, dtype)
    softmax = Softmax()
    softmax.forward(scores)
    separate = softmax.backward(CategoricalCrossEntropy().backward(p, y))
    combined = SoftmaxCrossEntropy().backward(p, y)
    np.testing.assert_allclose(separate, combined, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_combined_loss_is_that_of_the_two_classes(shape, dtype):
    scores, p, y = case(shape, dtype)
    separate = CategoricalCrossEntropy().calculate(p, y)
    combined = SoftmaxCrossEntropy().forward(scores, y)
    assert abs(separate - combined) <= tolerance(dtype, 16)


@pytest.mark.parametrize("one_hot_type", [int, np.float32, np.uint8, bool])
@pytest.mark.parametrize("kind", LOSSES)
def test_one_hot_labels_give_the_same_bits_as_class_indices(kind, one_hot_type):
    scores, p, y = case((40, 10))
    given = scores if kind is SoftmaxCrossEntropy else p
    one_hot = np.eye(10)[y].astype(one_hot_type)
    results = []
    for labels in (y, one_hot):
        loss = kind()
        value = loss.forward(given, labels)
        results.append((value.tobytes(), loss.backward(p, labels).tobytes()))
    assert results[0] == results[1]


@pytest.mark.parametrize("kind", LOSSES)
def test_two_classes_may_be_one_hot_too(kind):
    _, p, y = case((6, 2))
    assert kind().backward(p, np.eye(2)[y]).tobytes() == kind().backward(p, y).tobytes()


@pytest.mark.parametrize("label_type", [np.int64, np.int32, np.uint8, list])
@pytest.mark.parametrize("kind", LOSSES)
def test_labels_of_any_integer_type_are_class_indices(kind, label_type):
    _, p, y = case((40, 10))
    labels = y.tolist() if label_type is list else y.astype(label_type)
    assert kind().backward(p, labels).tobytes() == kind().backward(p, y).tobytes()


def test_a_batch_as_large_as_its_classes_takes_labels_for_class_indices():
    _, p, y = case((3, 3))
    assert CategoricalCrossEntropy().forward(p, y).shape == (3,)


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_probability_of_zero_costs_as_much_as_the_clip(dtype):
    loss = CategoricalCrossEntropy()
    p = np.array([[0.0, 1.0]], dtype)
    expected = -math.log(1e-7)
    assert abs(loss.forward(p, [0]).item() - expected) <= tolerance(dtype, 16)
    # -1 / 1e-7, and not infinity
    np.testing.assert_allclose(
        loss.backward(p, [0]), [[-1e7, 0]], rtol=tolerance(dtype)
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_logarithm_is_the_librarys_the_same_on_every_machine(dtype):
    p = np.random.default_rng(0).uniform(0.01, 0.99, (5000, 1)).astype(dtype)
    p = np.hstack([p, 1 - p])
    losses = CategoricalCrossEntropy().forward(p, np.zeros(5000, int))
    assert losses.tobytes() == (-numerics.log(p[:, 0])).tobytes()


@pytest.mark.parametrize("kind", LOSSES)
def test_a_probability_may_exceed_one_by_rounding_and_no_more(kind):
    above = np.array([[0.0, 1 + 5e-7]])  # a few units of 1.2e-7, float32's last place
    kind().backward(above, [1])
    kind().backward([[0.0, 1 + 1e-6]], [1])
    with pytest.raises(ValueError, match=r"probabilities lie between 0 and 1"):
        kind().backward(above + 1e-6, [1])


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_probability_of_one_still_costs_a_little(dtype):
    loss = CategoricalCrossEntropy().forward(np.array([[0.0, 1.0]], dtype), [1]).item()
    # 1 - 1e-7 is rounded to half of a last place, of numbers below 1
    assert abs(loss - 1e-7) <= np.finfo(dtype).epsneg / 2 + 1e-14


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("error")
def test_hopeless_scores_cost_their_distance(dtype):
    loss = SoftmaxCrossEntropy().forward(np.array([[0, 1e4], [5e3, 0]], dtype), [0, 0])
    assert loss == 5e3  # the mean of 1e4 and 0: no clip


@pytest.mark.filterwarnings("error")
def test_scores_as_far_apart_as_float64_reaches_are_no_reason_to_warn():
    far = [[np.finfo(np.float64).max, np.finfo(np.float64).min]]
    assert SoftmaxCrossEntropy().forward(far, [0]) == 0


@pytest.mark.filterwarnings("error")
def test_a_sure_and_right_score_costs_next_to_nothing_and_not_less():
    loss = SoftmaxCrossEntropy().forward([[30.0, 0.0]], [0])
    # log(1 + exp(-30)), computed as the logarithm of a number rounded near 1
    assert loss >= 0
    assert abs(loss - math.exp(-30)) <= 2**-53


def test_the_combined_loss_of_many_samples_does_not_overflow():
    scores = np.zeros((2000, 64))
    loss = SoftmaxCrossEntropy().forward(scores, np.zeros(2000, int))
    assert abs(loss - math.log(64)) <= 2000 * 2**-53  # a rounding a sample


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 3e37), (np.float64, 1e307)])
def test_a_mean_loss_that_fits_is_finite_although_the_total_is_not(dtype, large):
    scores = np.tile(np.array([large, 0], dtype=dtype), (300, 1))
    loss = SoftmaxCrossEntropy().forward(scores, np.ones(300, dtype=int))
    np.testing.assert_allclose(loss, large, rtol=1e-6)  # the type's precision


def test_the_combined_output_is_none_before_forward_and_backward_says_so():
    loss = SoftmaxCrossEntropy()
    with pytest.raises(
        TypeError, match=r"output .* is None \(has forward been called\?\)"
    ):
        loss.backward(loss.output, [0])


def test_shifting_a_row_of_scores_changes_neither_loss_nor_gradient():
    scores, _, y = case((40, 10))
    scores = np.round(scores * 128) / 128  # so that the shift rounds nothing
    results = []
    for shift in (0, 64):
        loss = SoftmaxCrossEntropy()
        value = loss.forward(scores + shift, y)
        results.append((value, loss.backward(loss.output, y).tolist()))
    assert results[0] == results[1]


def test_each_row_of_the_combined_gradient_sums_to_zero():
    _, p, y = case((40, 10))
    sums = SoftmaxCrossEntropy().backward(p, y).sum(axis=1)
    np.testing.assert_allclose(sums, 0, atol=tolerance(np.float64))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", LOSSES)
def test_the_type_is_kept(kind, dtype):
    scores, p, y = case((5, 3), dtype)
    loss = kind()
    value = loss.forward(scores if kind is SoftmaxCrossEntropy else p, y)
    assert value.dtype == loss.backward(p, y).dtype == dtype


def test_the_mean_keeps_the_type():
    _, p, y = case((5, 3), np.float32)
    assert CategoricalCrossEntropy().calculate(p, y).dtype == np.float32


@pytest.mark.parametrize("kind", LOSSES)
def test_backward_returns_what_it_stores(kind):
    _, p, y = case((5, 3))
    loss = kind()
    assert loss.backward(p, y) is loss.dinputs


@pytest.mark.parametrize("kind", LOSSES)
def test_the_arguments_are_left_as_they_are(kind):
    _, p, y = case((5, 3))
    p.flags.writeable = y.flags.writeable = False
    loss = kind()
    loss.forward(p, y)
    loss.backward(p, y)


@pytest.mark.parametrize("kind", LOSSES)
def test_the_layout_in_memory_does_not_change_a_bit(kind):
    _, p, y = case((40, 10))
    results = []
    for order in "CF":
        array = np.array(p, order=order)
        value = kind().forward(array, y)
        results.append((value.tolist(), kind().backward(array, y).tolist()))
    assert results[0] == results[1]


def test_losses_tell_their_names():
    names = [repr(kind()) for kind in LOSSES]
    assert names == ["CategoricalCrossEntropy()", "SoftmaxCrossEntropy()"]


@pytest.mark.parametrize(
    ("loss", "labels"),
    [(SoftmaxCrossEntropy(), [0]), (SigmoidCrossEntropy(), [[1, 0]])],
)
def test_an_output_that_is_put_in_place_is_the_one_that_counts(loss, labels):
    given = np.array([[0.9, 0.1]])
    expected = type(loss)().backward(given, labels)
    loss.calculate([[0.0, 0.0]], labels)
    loss.output = given
    np.testing.assert_array_equal(loss.backward(loss.output, labels), expected)
    fresh = type(loss)()
    fresh.output = given
    np.testing.assert_array_equal(fresh.backward(fresh.output, labels), expected)


def test_a_divisor_that_is_too_large_changes_nothing():
    loss = SoftmaxCrossEntropy()
    loss.calculate([[0.0, 1.0]], [0])
    expected = loss.gradient().copy()
    with pytest.raises(ValueError, match="n_samples is too large"):
        loss.calculate([[5.0, 1.0]], [1], n_samples=10**400)
    np.testing.assert_array_equal(loss.gradient(), expected)


def test_rows_of_many_classes_sum_to_1_however_they_are_stored():
    p = Softmax().forward(np.zeros((2, 400_000), np.float32))
    loss = CategoricalCrossEntropy()
    by_columns = loss.calculate(np.asfortranarray(p), [0, 1])
    assert by_columns == loss.calculate(p, [0, 1])


def test_what_a_loss_of_ones_own_lacks_is_named():
    class Empty(Loss):
        pass

    with pytest.raises(NotImplementedError, match=r"^Empty does not define _evaluate$"):
        Empty().calculate([[1.0]], [0])


def test_a_loss_of_ones_own_without_a_derivative_is_named():
    class Half(Loss):
        def _evaluate(self, y_pred, y_true):
            return np.zeros(1), np.dtype(np.float64), ()

    half = Half()
    half.calculate([[1.0]], [0])
    with pytest.raises(
        NotImplementedError, match=r"^Half does not define _derivative$"
    ):
        half.gradient()
