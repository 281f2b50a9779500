"""Bad labels are refused by name, also those that indexing would let through."""

import numpy as np
import pytest
from snapshots import refused
from test_bad_input import (
    LABELS,
    MATRIX,
    N_CLASSES,
    N_SAMPLES,
    ONE_HOT,
    PROBABILITIES,
    changed,
    cross_entropy,
    softmax_cross_entropy,
)

from nnfs_lib import SoftmaxCrossEntropy, accuracy
from nnfs_lib.gradcheck import check_gradients

# What takes labels: the subject, and how to call it with them.
TAKES_LABELS = {
    "CategoricalCrossEntropy.forward": (
        cross_entropy,
        lambda s, y: s.forward(PROBABILITIES, y),
    ),
    "CategoricalCrossEntropy.calculate": (
        cross_entropy,
        lambda s, y: s.calculate(PROBABILITIES, y),
    ),
    "CategoricalCrossEntropy.backward": (
        cross_entropy,
        lambda s, y: s.backward(PROBABILITIES, y),
    ),
    "SoftmaxCrossEntropy.forward": (
        softmax_cross_entropy,
        lambda s, y: s.forward(MATRIX, y),
    ),
    "SoftmaxCrossEntropy.backward": (
        softmax_cross_entropy,
        lambda s, y: s.backward(PROBABILITIES, y),
    ),
    "accuracy of scores": (lambda: None, lambda s, y: accuracy(PROBABILITIES, y)),
}
BAD_LABELS = {
    "-1": np.array([0, 1, 2, -1]),
    "one past the last class": np.array([0, 1, 2, N_CLASSES]),
    "too few": LABELS[:-1],
    "too many": np.append(LABELS, 0),
    "none": LABELS[:0],
    "an empty list": [],
    "a column": LABELS.reshape(-1, 1),
    "a row": LABELS.reshape(1, -1),
    "a number": 1,
    "whole floats": LABELS.astype(float),
    "truth values": LABELS > 0,
    "NaN": np.full(N_SAMPLES, np.nan),
    "strings": ["0", "1", "2", "1"],
    "a string": "0121",
    "None": None,
    "None inside": [0, None, 1, 2],
    "ragged rows": [[0, 1], [1], [2], [1]],
    "one-hot, two ones": changed(ONE_HOT, 1),
    "one-hot, no one": ONE_HOT * [[1], [1], [0], [1]],
    "one-hot, a row of zeros first": ONE_HOT * [[0], [1], [1], [1]],
    "probabilities": PROBABILITIES,
    "one-hot, rows that sum to one with a -1": ONE_HOT[:, [1, 0, 2]] * 2 - ONE_HOT,
    "one-hot, NaN": changed(ONE_HOT, np.nan),
    "one-hot, infinity": changed(ONE_HOT, np.inf),
    "one-hot, another number of classes": np.eye(N_CLASSES + 1)[LABELS],
    "one-hot, too few rows": ONE_HOT[:-1],
    "one-hot, transposed": ONE_HOT.T,
    "one-hot, three axes": ONE_HOT[None],
    "one-hot, complex": ONE_HOT + 0j,
    "one-hot, strings": ONE_HOT.astype(str),
}


@pytest.mark.parametrize("bad", BAD_LABELS)
@pytest.mark.parametrize("entry", TAKES_LABELS)
def test_bad_labels_are_refused(entry, bad):
    make, call = TAKES_LABELS[entry]
    subject, labels = make(), BAD_LABELS[bad]
    with refused("^y_true", subject, labels, MATRIX, PROBABILITIES):
        call(subject, labels)


# None stands for no labels.
@pytest.mark.parametrize("bad", [b for b in BAD_LABELS if b != "None"])
def test_the_gradient_checker_refuses_bad_labels(bad):
    loss = softmax_cross_entropy()
    with refused("^y_true", loss, BAD_LABELS[bad]):
        check_gradients(loss, MATRIX, BAD_LABELS[bad])


@pytest.mark.parametrize("entry", TAKES_LABELS)
def test_a_column_of_labels_is_refused_with_advice(entry):
    make, call = TAKES_LABELS[entry]
    subject = make()
    with refused(r"pass np.ravel\(y_true\)", subject):
        call(subject, LABELS.reshape(-1, 1))


@pytest.mark.parametrize("label", [0, 1])
def test_a_column_of_labels_is_no_one_hot_row_of_a_single_class(label):
    with refused("one column, and so one class: .* take binary_accuracy"):
        accuracy(np.ones((N_SAMPLES, 1)), np.full((N_SAMPLES, 1), label))


@pytest.mark.parametrize("entry", TAKES_LABELS)
def test_the_range_of_the_labels_is_told(entry):
    make, call = TAKES_LABELS[entry]
    subject = make()
    with refused("label -1, .* run from 0 to 2", subject):
        call(subject, BAD_LABELS["-1"])


@pytest.mark.parametrize(
    "bad",
    [
        "-1",
        "too few",
        "too many",
        "a column",
        "whole floats",
        "strings",
        "None",
        "none",
        "ragged rows",
    ],
)
def test_accuracy_of_class_indices_refuses_bad_labels(bad):
    with refused("^y_true", LABELS, BAD_LABELS[bad]):
        accuracy(LABELS, BAD_LABELS[bad])


@pytest.mark.parametrize("bad", ["-1", "whole floats", "strings", "NaN", "none"])
def test_accuracy_refuses_bad_predicted_class_indices(bad):
    with refused("^y_pred", LABELS, BAD_LABELS[bad]):
        accuracy(BAD_LABELS[bad], LABELS)


@pytest.mark.parametrize("n_classes", [2, N_CLASSES])
def test_accuracy_refuses_a_predicted_class_that_one_hot_labels_do_not_have(n_classes):
    with refused("^y_pred"):
        accuracy([0, n_classes], np.eye(n_classes)[[0, 1]])


def test_accuracy_refuses_what_are_no_class_indices_on_either_side():
    with refused("^y_pred"):
        accuracy(["a", "b"], ["a", "b"])


def test_a_column_of_labels_is_no_one_hot_row_of_one_class():
    with pytest.raises(ValueError, match=r"pass np.ravel\(y_true\)$"):
        SoftmaxCrossEntropy().calculate(np.ones((2, 1)), [[1], [1]])
