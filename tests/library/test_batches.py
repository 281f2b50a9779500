"""Mini-batches: every sample once, in an order of its own for each epoch."""

import random
import re

import numpy as np
import pytest

from nnfs_lib import batches

X = np.arange(20).reshape(10, 2)
y = np.arange(10)


@pytest.mark.parametrize("size", [1, 3, 5, 10, 99])
def test_every_sample_comes_once_with_its_target(size):
    parts = list(batches(X, y, size, rng=np.random.RandomState(0)))
    assert [len(part) for part, _ in parts] == [
        min(size, 10 - k) for k in range(0, 10, size)
    ]
    seen = np.concatenate([targets for _, targets in parts])
    assert sorted(seen) == list(range(10))
    for inputs, targets in parts:
        assert np.array_equal(inputs, X[targets])


def test_the_order_is_that_of_permutation_and_another_in_each_epoch():
    rng, same = np.random.RandomState(1), np.random.RandomState(1)
    for _ in range(3):
        order = np.concatenate([targets for _, targets in batches(X, y, 4, rng=rng)])
        assert np.array_equal(order, same.permutation(10))


def test_numpys_global_stream_is_the_default():
    np.random.seed(2)
    order = np.concatenate([targets for _, targets in batches(X, y, 4)])
    np.random.seed(2)
    assert np.array_equal(order, np.random.permutation(10))


def test_batches_are_copies():
    for inputs, _ in batches(X, y, 4):
        inputs[...] = -1
    assert X.min() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, y[:-1], 2), r"X has shape \(10, 2\), but y has shape \(9,\)"),
        ((X, y, 0), "batch_size"),
        ((X, y, 2.5), "batch_size"),
        ((X, y, True), "batch_size"),
        ((X[:0], y[:0], 2), "X is empty"),
        ((3, 4, 2), "X has shape"),
        ((X, 4, 2), "X has shape"),
        ((np.ma.masked_array(X), y, 2), "X is a masked array"),
        ((X, np.ma.masked_array(y), 2), "y is a masked array"),
    ],
    ids=[
        *("lengths", "none", "a fraction", "a truth value", "empty", "numbers"),
        *("a number", "masked inputs", "masked targets"),
    ],
)
def test_what_makes_no_sense_is_refused_at_the_call(arguments, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        batches(*arguments)


@pytest.mark.parametrize("rng", [0, "seed", random.Random(0)])
def test_what_draws_no_permutation_is_no_rng(rng):
    message = "^rng must be a numpy.random.RandomState or Generator, but it is "
    with pytest.raises(TypeError, match=message + re.escape(repr(rng))):
        batches(X, y, 3, rng=rng)


def test_samples_may_be_numbers():
    inputs, targets = next(batches(y, y, 10))
    assert np.array_equal(inputs, targets)


def test_labels_may_be_lists():
    ((inputs, targets),) = batches(
        [[1.0], [2.0]], ["a", "b"], 2, rng=np.random.RandomState(0)
    )
    assert sorted(zip(inputs.ravel().tolist(), targets.tolist())) == [
        (1.0, "a"),
        (2.0, "b"),
    ]


def test_samples_and_targets_of_different_number_are_named():
    with pytest.raises(ValueError, match=r"needed$") as caught:
        batches(np.zeros((3, 2)), [0, 1], 2)
    assert str(caught.value) == (
        "X has shape (3, 2), but y has shape (2,): one target for each sample is needed"
    )
