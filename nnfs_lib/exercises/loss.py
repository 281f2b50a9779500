"""What the answers of the chapter on loss and accuracy are compared with."""

from __future__ import annotations

import numpy as np

from ..numerics import exp, log
from ..validation import FloatArray, IntArray
from .answers import Answer, Function, Value


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


_rng = np.random.default_rng(11)
_normal = _rng.standard_normal
_FAR = np.array([[1000.0, 0, 1], [-2000, -1000, -1001]])

EXERCISES: dict[str, Answer] = {
    "loss-by-hand": Value(
        2 * np.log(2),
        {
            "that is with logarithms to the base 2; in this book log is the natural one": 2,
            "that is the loss of the mean confidence; the mean of the losses was asked for": -np.log(
                0.875 / 3
            ),
        },
        n_samples=3,
    ),
    "loss-classes": Value(
        1000,
        {
            "the loss is the logarithm of the number of classes, not the other way round": np.log(
                6.908
            ),
            "in this book log is the natural logarithm, to the base e": 10**6.908,
        },
    ),
    "loss-one-hot": Function(
        one_hot,
        ((np.array([2, 0, 1, 1]), 4), (np.array([0, 2]), 3), (np.array([1, 0]), 5)),
        {
            "not every class occurs in a batch: n_classes says how many columns there are": lambda labels, n: (
                one_hot(labels, labels.max() + 1)
            ),
            "classes are counted from 0": lambda labels, n: one_hot(labels - 1, n),
            "a row is needed for each sample, and a column for each class": lambda labels, n: (
                one_hot(labels, n).T
            ),
        },
    ),
    "loss-scores": Function(
        losses,
        (
            (_normal((4, 3)), np.array([2, 0, 1, 1])),
            (_normal((2, 5)), np.array([4, 0])),
            (_FAR, np.array([1, 2])),
        ),
        {
            "this is the mean; the loss of each sample was asked for": lambda scores, labels: (
                losses(scores, labels).mean()
            ),
            "scores around 1000 overflow: subtract each row's maximum": _overflowing,
            "the losses are clipped; from the scores there is nothing to clip": _clipped,
            "this is the score of the right class alone: log-sum-exp is missing": lambda scores, labels: (
                -scores[range(len(labels)), labels]
            ),
        },
    ),
    "loss-smoothing": Function(
        smoothed,
        (
            (one_hot(np.array([2, 0, 1, 1]), 3), 0.1),
            (one_hot(np.array([0, 4]), 5), 0.3),
        ),
        {
            "the rows do not sum to 1: take from the right class what is given to all": lambda labels, amount: (
                labels + amount / labels.shape[1]
            ),
            "the amount goes to all classes alike, the right one included": lambda labels, amount: (
                np.where(labels == 1, 1 - amount, amount / (labels.shape[1] - 1))
            ),
            "divide by the number of classes, the columns, not by that of samples": lambda labels, amount: (
                (1 - amount) * labels + amount / len(labels)
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
            "far scores give infinity or nan: find a form in which no exponential exceeds 1": _overflowing_binary,
            "the two classes are exchanged": lambda scores, labels: binary_losses(
                scores, 1 - labels
            ),
            "this is the mean; the loss of each sample was asked for": lambda scores, labels: (
                binary_losses(scores, labels).mean()
            ),
        },
    ),
}
