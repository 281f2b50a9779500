"""The experiment on sums: its data and its network are what the chapter says."""

import numpy as np
import pytest

from nnfs_lib.book import grokking
from nnfs_lib.gradcheck import check_gradients


def test_a_row_has_two_ones_and_their_sum():
    X, y = grokking.sums()
    assert (X.shape, X.dtype) == ((961, 62), np.float32)
    assert (X.sum(axis=1) == 2).all()
    a, b = X[:, :31].argmax(axis=1), X[:, 31:].argmax(axis=1)
    assert len(set(zip(a, b))) == 961
    assert y.tolist() == [(i + j) % 31 for i, j in zip(a.tolist(), b.tolist())]


@pytest.mark.parametrize("seed", [0, 1])
def test_known_and_new_sums_are_all_sums(seed):
    known, new = grokking.split(seed)
    assert (len(known), len(new)) == (360, 601)
    assert sorted([*known, *new]) == list(range(961))


def test_seeds_differ_in_sums_and_weights_and_strengths_in_neither():
    assert not np.array_equal(grokking.split(0)[0], grokking.split(1)[0])
    first, other, decayed = (
        grokking.network(decay, seed).layers[0].weights
        for decay, seed in ((0.0, 0), (0.0, 1), (1.0, 0))
    )
    assert np.array_equal(first, decayed)
    assert not np.array_equal(first, other)


def test_the_gradient_of_the_square():
    inputs = np.random.RandomState(0).random_sample((5, 4)) - 0.5
    assert check_gradients(grokking.Square(), inputs)


def test_the_step_of_the_first_success():
    assert grokking.first(np.array([False, False, True, False])) == 150
    assert grokking.first(np.array([False])) is None


def test_the_record_has_each_strength_and_seed():
    record = grokking.recorded()
    assert [float(decay) for decay in record] == list(grokking.WEIGHT_DECAYS)
    assert {len(runs) for runs in record.values()} == {30}
