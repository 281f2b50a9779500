"""What the answers of the chapter on loss and accuracy are compared with."""

from __future__ import annotations

import numpy as np

from ...numerics import exp, log
from ...validation import FloatArray, IntArray
from .answers import Answer, Function, Value
from .code import without_loop


def one_hot(labels: IntArray, n_classes: int) -> FloatArray:
    """A row for each label, with a 1 in the column of its class."""
    return np.asarray(labels[:, np.newaxis] == np.arange(n_classes), dtype=np.float64)


def losses(scores: FloatArray, labels: IntArray) -> FloatArray:
    """The loss of each sample, from its scores by log-sum-exp."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return log(exp(shifted).sum(axis=1)) - shifted[range(len(labels)), labels]


def smoothed(labels: FloatArray, amount: float) -> FloatArray:
    """One-hot labels of which a part is spread evenly over all classes."""
    return (1 - amount) * labels + amount / labels.shape[1]


def binary_losses(scores: FloatArray, labels: IntArray) -> FloatArray:
    """The loss of each sample with two classes, whose scores are 0 and the one given."""
    return np.maximum(scores, 0) - labels * scores + log(1 + exp(-abs(scores)))


def _overflowing(scores: FloatArray, labels: IntArray) -> FloatArray:
    return np.log(np.exp(scores).sum(axis=1)) - scores[range(len(labels)), labels]


def _clipped(scores: FloatArray, labels: IntArray) -> FloatArray:
    confidences = np.exp(-losses(scores, labels))
    return -np.log(np.clip(confidences, 1e-7, 1 - 1e-7))


def _overflowing_binary(scores: FloatArray, labels: IntArray) -> FloatArray:
    p, y = 1 / (1 + np.exp(-scores)), labels.astype(np.float64)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _minus_log_softmax(scores: FloatArray, labels: IntArray) -> FloatArray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    confidences = powers / powers.sum(axis=1, keepdims=True)
    return -np.log(confidences[range(len(labels)), labels])


def _with_one_maximum(scores: FloatArray, labels: IntArray) -> FloatArray:
    shifted = scores - scores.max()
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[range(len(labels)), labels]


def _shifted_by_mean(scores: FloatArray, labels: IntArray) -> FloatArray:
    shifted = scores - scores.mean(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[range(len(labels)), labels]


def _half_shifted(scores: FloatArray, labels: IntArray) -> FloatArray:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return log(exp(shifted).sum(axis=1)) - scores[range(len(labels)), labels]


def _softplus(scores: FloatArray) -> FloatArray:
    return np.maximum(scores, 0) + log(1 + exp(-abs(scores)))


_rng = np.random.default_rng(11)
_normal = _rng.standard_normal
_FAR = np.array([[1000.0, 0, 1], [-2000, -1000, -1001]])
_ONE_LARGE = np.array([[1200.0, 0, 0], [0, 800, -800], [3, 1, 2]])

EXERCISES: dict[str, Answer] = {
    "loss-by-hand": Value(
        2 * np.log(2),
        {
            "that is with logarithms to the base 2; in this book log is the natural one": 2,
            "that is with logarithms to the base 10; in this book log is the natural one": np.log10(
                4
            ),
            "that is the loss of the mean confidence; the mean of the losses was asked for": -np.log(
                1.0625 / 3
            ),
            "that is the loss of the second sample; the mean of all three was asked for": np.log(
                2
            ),
            "that is the loss of the third sample; the mean of all three was asked for": np.log(
                16
            ),
            "that is the typical confidence: its logarithm is missing": 0.25,
            "that is the mean confidence; the loss is the mean of the negative logarithms": 1.0625
            / 3,
            "that is the mean of 1 - confidence; the loss is the mean of the negative logarithms": 1
            - 1.0625 / 3,
        },
        n_samples=3,
    ),
    "loss-classes": Value(
        1000,
        {
            "the loss is the logarithm of the number of classes, not the other way round": np.log(
                6.908
            ),
            "in this book log is the natural logarithm, to the base e: this is to the base 10": 10
            ** 6.908,
            "in this book log is the natural logarithm, to the base e: this is to the base 2": 2
            ** 6.908,
            "that is the loss itself; solve for the number of classes": 6.908,
            "the number of classes is the inverse of each probability": np.exp(-6.908),
        },
        tolerance=5e-4,
    ),
    "loss-one-hot": Function(
        one_hot,
        (
            (np.array([2, 0, 1, 1]), 4),
            (np.array([0, 2]), 3),
            (np.array([1, 0]), 5),
            (np.array([3, 3, 3, 0, 1]), 5),
            (np.array([0]), 1),
        ),
        {
            "not every class occurs in a batch: n_classes says how many columns there are": lambda labels, n: (
                one_hot(labels, labels.max() + 1)
            ),
            "only classes that occur have a column here; n_classes says how many there are": lambda labels, n: (
                (labels[:, np.newaxis] == np.unique(labels)) * 1
            ),
            "classes are counted from 0": lambda labels, n: one_hot(labels - 1, n),
            "classes are counted from 0, so the last is n_classes - 1": lambda labels, n: (
                one_hot(labels, n + 1)
            ),
            "a row is needed for each sample, and a column for each class": lambda labels, n: (
                one_hot(labels, n).T
            ),
            "the rows hold the labels themselves; a 1 was asked for": lambda labels, n: (
                one_hot(labels, n) * labels[:, np.newaxis]
            ),
            "0 and 1 are swapped": lambda labels, n: 1 - one_hot(labels, n),
            "these are the rows of all classes; choose one for each label": lambda labels, n: (
                np.eye(n)
            ),
            "this puts a 1 into the columns of all labels in every row: name the row, too": lambda labels, n: (
                np.ones((len(labels), 1)) * one_hot(labels, n).max(axis=0)
            ),
        },
        samples=True,
        written=without_loop,
    ),
    "loss-scores": Function(
        losses,
        (
            (_normal((3, 3)), np.array([2, 0, 1])),
            (_normal((4, 3)), np.array([2, 0, 1, 1])),
            (_normal((2, 5)), np.array([4, 0])),
            (_FAR, np.array([1, 2])),
            (_ONE_LARGE, np.array([0, 0, 1])),
            (_ONE_LARGE, np.array([1, 2, 2])),
        ),
        {
            "this is the mean; the loss of each sample was asked for": lambda scores, labels: (
                losses(scores, labels).mean()
            ),
            "scores around 1000 overflow: subtract each row's maximum": _overflowing,
            "one maximum for all rows is not enough: a row far below it is rounded to 0": _with_one_maximum,
            "subtract the maximum: the mean may lie far below it, and then exp overflows": _shifted_by_mean,
            "the losses are clipped; from the scores there is nothing to clip": _clipped,
            "the probability is rounded to 0 before its logarithm is taken: stay with the scores": _minus_log_softmax,
            "the maximum has to be subtracted from the score of the right class, too": _half_shifted,
            "this is the score of the right class alone: log-sum-exp is missing": lambda scores, labels: (
                -scores[range(len(labels)), labels]
            ),
            "this is log-sum-exp alone: the score of the right class is missing": lambda scores, labels: (
                losses(scores, labels) + scores[range(len(labels)), labels]
            ),
            "this is how far the score of the right class lies below the largest: the logarithm is missing": (
                lambda scores, labels: (
                    scores.max(axis=1) - scores[range(len(labels)), labels]
                )
            ),
            "[:, labels] takes these columns from every row: name the rows, too": lambda scores, labels: (
                losses(scores, 0 * labels)[:, np.newaxis]
                + (scores[:, :1] - scores[:, labels])
            ),
        },
        samples=True,
    ),
    "loss-smoothing": Function(
        smoothed,
        (
            (one_hot(np.array([2, 0, 1, 1]), 3), 0.1),
            (one_hot(np.array([0, 4]), 5), 0.3),
            (one_hot(np.array([1, 0, 0]), 2), 1.0),
            (one_hot(np.array([3, 0]), 4), 0.0),
        ),
        {
            "the rows do not sum to 1: what all classes get is taken from the right one": lambda labels, amount: (
                labels + amount / labels.shape[1]
            ),
            "the rows do not sum to 1: what is taken from the right class goes to all classes": lambda labels, amount: (
                (1 - amount) * labels
            ),
            "alpha is shared by all classes: divide it by their number": lambda labels, amount: (
                (1 - amount) * labels + amount
            ),
            "alpha goes to all classes alike, the right one included": lambda labels, amount: (
                np.where(labels == 1, 1 - amount, amount / (labels.shape[1] - 1))
            ),
            "only the wrong classes get a part here; the right one gets one, too": lambda labels, amount: (
                np.where(labels == 1, 1 - amount, amount / labels.shape[1])
            ),
            "divide by the number of classes (columns), not of samples": lambda labels, amount: (
                (1 - amount) * labels + amount / len(labels)
            ),
            "divide by the number of classes, not by that of all entries": lambda labels, amount: (
                (1 - amount) * labels + amount / labels.size
            ),
            "the right class keeps 1 - alpha, not alpha": lambda labels, amount: (
                smoothed(labels, 1 - amount)
            ),
        },
    ),
    "loss-binary": Function(
        binary_losses,
        (
            (_normal(6), np.array([0, 1, 1, 0, 1, 0])),
            (np.array([0.0, 50, -50]), np.array([1, 0, 1])),
            (np.array([1000.0, -1000, 1000, -1000]), np.array([0, 0, 1, 1])),
        ),
        {
            "large scores give infinity or nan: find a form in which no exponential exceeds 1": _overflowing_binary,
            "exp(z) overflows for a large z: find a form in which no exponential exceeds 1": lambda scores, labels: (
                np.log(1 + np.exp(scores)) - labels * scores
            ),
            "exp(-z) overflows for a large negative z: the exponent needs the absolute value of z": (
                lambda scores, labels: (
                    np.maximum(scores, 0)
                    - labels * scores
                    + np.log(1 + np.exp(-scores))
                )
            ),
            "the exponent needs a minus sign: with -|z| no exponential exceeds 1": (
                lambda scores, labels: (
                    np.maximum(scores, 0)
                    - labels * scores
                    + np.log(1 + np.exp(abs(scores)))
                )
            ),
            "the two classes are swapped": lambda scores, labels: binary_losses(
                scores, 1 - labels
            ),
            "the score of the right class is added, not subtracted": lambda scores, labels: (
                _softplus(scores) + labels * scores
            ),
            "this is log-sum-exp alone: the score of the right class is missing": lambda scores, labels: (
                _softplus(scores)
            ),
            "the logarithm is missing: close to the boundary both classes count": lambda scores, labels: (
                np.maximum(scores, 0) - labels * scores
            ),
            "the maximum of z and 0 is missing: it has to be added again": lambda scores, labels: (
                log(1 + exp(-abs(scores))) - labels * scores
            ),
            "this is the mean; the loss of each sample was asked for": lambda scores, labels: (
                binary_losses(scores, labels).mean()
            ),
            "this is the probability of class 1; the loss was asked for": lambda scores, labels: (
                exp(scores - _softplus(scores))
            ),
        },
    ),
}
