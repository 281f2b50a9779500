"""Sums whose order does not depend on NumPy's version."""

import numpy as np
import pytest

from nnfs_lib import CategoricalCrossEntropy, Dense, Softmax, SoftmaxCrossEntropy
from nnfs_lib.numerics import PIECE, add_up

LONG = 3 * PIECE + 7


def pieces(values, sum_of=np.sum):
    """The sums of runs of 8192 entries, added one by one."""
    total = sum_of(values[:PIECE])
    for start in range(PIECE, len(values), PIECE):
        total = total + sum_of(values[start : start + PIECE])
    return total


def one_by_one(values):
    return np.add.accumulate(values)[-1]


def draws(*shape):
    return np.random.RandomState(0).random_sample(shape).astype(np.float32)


@pytest.mark.parametrize("length", [1, PIECE, PIECE + 1, LONG])
@pytest.mark.parametrize("axis", [0, 1])
def test_each_run_of_8192_is_added_by_itself(length, axis):
    values = draws(length, 2) if axis == 0 else draws(2, length)
    result = add_up(values, axis)
    # NumPy adds rows one by one, and the entries of a contiguous row in pairs
    expected = (
        [pieces(column, one_by_one) for column in values.T]
        if axis == 0
        else [pieces(row) for row in values]
    )
    np.testing.assert_array_equal(result, expected)
    assert result.shape == (2,)
    assert add_up(values, axis, keepdims=True).shape == (
        (1, 2) if axis == 0 else (2, 1)
    )


def test_up_to_8192_entries_it_is_numpys_sum():
    values = draws(PIECE)
    assert add_up(values) == values.sum()


def test_the_library_adds_long_runs_in_pieces():
    """The four places where a run of samples or classes is contiguous."""
    dvalues = draws(LONG, 1)
    layer = Dense(2, 1)
    layer.forward(draws(LONG, 2))
    layer.backward(dvalues)
    assert layer.dbiases[0, 0] == pieces(dvalues[:, 0])

    scores, labels = draws(LONG, 3), np.arange(LONG) % 3
    softmax = Softmax()
    probabilities = softmax.forward(scores).astype(np.float64)
    cross_entropy = CategoricalCrossEntropy()
    losses = cross_entropy.forward(probabilities, labels)
    assert cross_entropy.calculate(probabilities, labels) == pieces(losses) / LONG

    wide = draws(1, LONG)
    s, dvalues = softmax.forward(wide), draws(1, LONG)
    expected = s * (dvalues - pieces((dvalues * s)[0]))
    np.testing.assert_array_equal(softmax.backward(dvalues), expected)


def test_the_combined_loss_of_many_samples_is_the_exact_one_rounded():
    scores, labels = draws(LONG, 3), np.arange(LONG) % 3
    exact = SoftmaxCrossEntropy().forward(scores.astype(np.float64), labels)
    # half a unit in the last place of float32 for the total, and as much for the quotient
    np.testing.assert_allclose(
        SoftmaxCrossEntropy().forward(scores, labels), exact, rtol=2**-23
    )
