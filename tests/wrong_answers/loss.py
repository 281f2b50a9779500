"""Wrong answers to the exercises of the chapter on loss and accuracy."""

import numpy as np


def losses(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.log(np.exp(shifted).sum(axis=1))
    return sums - shifted[range(len(labels)), labels]


def unshifted(scores, labels):
    return np.log(np.exp(scores).sum(axis=1)) - scores[range(len(labels)), labels]


def clipped(scores, labels):
    return np.minimum(losses(scores, labels), -np.log(1e-7))


def from_probabilities(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def binary(z, y):
    return np.maximum(z, 0) - y * z + np.log(1 + np.exp(-abs(z)))


WRONG = {
    "loss-by-hand": [
        (6 * np.log(2), "factor of 3, the number of samples: was the mean forgotten?"),
        (-2 * np.log(2), "the opposite sign"),
        (2, "to the base 2"),
        (-np.log(0.875 / 3), "the mean of the losses"),
        (1 / 64, "too small"),
    ],
    "loss-classes": [
        (np.log(6.908), "not the other way round"),
        (10**6.908, "the natural logarithm"),
        (7, "too small"),
        ("1000", "leave out the quotes"),
    ],
    "loss-one-hot": [
        (
            lambda labels, n: np.eye(labels.max() + 1)[labels],
            "n_classes says how many columns",
        ),
        (lambda labels, n: np.eye(n)[labels].T, "a row is needed for each sample"),
        (lambda labels, n: np.eye(n)[labels - 1], "entries are wrong"),
        (
            lambda labels, n: (labels[:, None] == np.arange(1, n + 1)) * 1,
            "counted from 0",
        ),
        (lambda labels, n: np.zeros((len(labels), n)), "it is 0 everywhere"),
        (
            lambda labels, n: labels == np.arange(n),
            "its shape is (4,), expected (4, 4)",
        ),
    ],
    "loss-scores": [
        (unshifted, "scores around 1000 overflow"),
        (lambda z, y: losses(z, y).mean(), "this is the mean"),
        (lambda z, y: -losses(z, y), "the opposite sign"),
        (clipped, "the losses are clipped"),
        (lambda z, y: -z[range(len(y)), y], "log-sum-exp is missing"),
        (lambda z, y: losses(z, y)[:, None], "its shape is (4, 1), expected (4,)"),
    ],
    "loss-smoothing": [
        (lambda y, a: y + a / y.shape[1], "do not sum to 1"),
        (
            lambda y, a: np.where(y == 1, 1 - a, a / (y.shape[1] - 1)),
            "to all classes alike",
        ),
        (lambda y, a: (1 - a) * y + a / len(y), "divide by the number of classes"),
        (lambda y, a: (1 - a) * y, "entries are wrong"),
        (lambda y, a: (1 - a) * y + a, "entries are wrong"),
    ],
    "loss-binary": [
        (from_probabilities, "far scores give infinity or nan"),
        (lambda z, y: binary(z, 1 - y), "the two classes are exchanged"),
        (lambda z, y: binary(z, y).mean(), "this is the mean"),
        (lambda z, y: -binary(z, y), "the opposite sign"),
        (lambda z, y: np.log(1 + np.exp(z)) - y * z, "it is inf at"),
    ],
}
