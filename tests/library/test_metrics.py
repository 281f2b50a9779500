"""Accuracy counts what is right."""

import loops
import numpy as np
import pytest

from nnfs_lib import accuracy


def case(n_samples=50, n_classes=4):
    rng = np.random.default_rng(n_samples)
    scores = rng.standard_normal((n_samples, n_classes))
    return scores, rng.integers(0, n_classes, n_samples)


def largest(row):
    return row.index(max(row))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_samples", [1, 2, 3, 50])
def test_the_class_with_the_largest_score_is_the_prediction(n_samples, dtype):
    scores, y = case(n_samples)
    scores = scores.astype(dtype)
    predicted = [largest(row) for row in scores.tolist()]
    assert accuracy(scores, y) == loops.accuracy(predicted, y.tolist())


def test_class_indices_are_compared_with_the_labels():
    assert accuracy([0, 1, 2, 2], [0, 1, 1, 2]) == 0.75


def test_labels_may_be_one_hot():
    scores, y = case()
    assert accuracy(scores, np.eye(4)[y]) == accuracy(scores, y)


def test_class_indices_may_be_compared_with_one_hot_labels():
    assert accuracy([0, 1, 2, 2], np.eye(3)[[0, 1, 1, 2]]) == 0.75


def test_of_equal_scores_the_first_is_the_prediction():
    scores = np.zeros((2, 3))
    assert [accuracy(scores, [label, label]) for label in range(3)] == [1, 0, 0]


def test_all_right_is_one_and_all_wrong_is_zero():
    assert [accuracy(np.eye(3), [0, 1, 2]), accuracy(np.eye(3), [1, 2, 0])] == [1, 0]


def test_a_predicted_class_that_no_label_has_is_just_wrong():
    assert accuracy([5, 0], [0, 0]) == 0.5


def test_a_label_that_was_never_predicted_is_just_missed():
    assert accuracy([0, 0], [5, 0]) == 0.5


def test_two_thirds_is_the_nearest_float():
    result = accuracy([0, 0, 1], [0, 0, 0])
    assert type(result) is float
    assert result == 2 / 3
