"""Wrong answers to the exercises of the chapter on loss and accuracy."""

import numpy as np


def losses(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.log(np.exp(shifted).sum(axis=1))
    return sums - shifted[range(len(labels)), labels]


def shifted_by(shift):
    def losses(scores, labels):
        shifted = scores - shift(scores)
        sums = np.log(np.exp(shifted).sum(axis=1))
        return sums - shifted[range(len(labels)), labels]

    return losses


def right_score_unshifted(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.log(np.exp(shifted).sum(axis=1))
    return sums - scores[range(len(labels)), labels]


def all_columns(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return sums - shifted[:, labels]


def through_probabilities(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return -np.log(probabilities[range(len(labels)), labels])


def unshifted(scores, labels):
    return np.log(np.exp(scores).sum(axis=1)) - scores[range(len(labels)), labels]


def clipped(scores, labels):
    return np.minimum(losses(scores, labels), -np.log(1e-7))


def right_scores(scores, labels):
    return scores[range(len(labels)), labels]


def from_probabilities(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def binary(z, y):
    return np.maximum(z, 0) - y * z + np.log(1 + np.exp(-abs(z)))


def in_a_loop(labels, n):
    rows = np.zeros((len(labels), n))
    for row, label in enumerate(labels):
        rows[row, label] = 1
    return rows


def all_rows(labels, n):
    rows = np.zeros((len(labels), n))
    rows[:, labels] = 1
    return rows


WRONG = {
    "loss-by-hand": [
        (6 * np.log(2), "factor of 3, the number of samples: was the mean forgotten?"),
        (-2 * np.log(2), "the opposite sign"),
        (2, "to the base 2"),
        (0.602, "to the base 10"),
        (-np.log(1.0625 / 3), "the loss of the mean confidence"),
        (0.693, "the loss of the second sample"),
        (np.log(16), "the loss of the third sample"),
        (0.25, "its logarithm is missing"),
        (0.354, "that is the mean confidence"),
        (0.646, "1 - confidence"),
        (2 / 3 * np.log(2), "taken twice"),
        (1 / 64, "too small"),
    ],
    "loss-classes": [
        (np.log(6.908), "not the other way round"),
        (10**6.908, "to the base 10"),
        (2**6.908, "to the base 2"),
        (6.908, "that is the loss itself"),
        (0.001, "the inverse of each probability"),
        (7, "too small"),
        (1001, "too large"),
        (-1000, "the opposite sign"),
        ("1000", "leave out the quotes"),
    ],
    "loss-one-hot": [
        (
            lambda labels, n: np.eye(labels.max() + 1)[labels],
            "n_classes says how many columns",
        ),
        (
            lambda labels, n: labels[:, None] == np.unique(labels),
            "only classes that occur",
        ),
        (lambda labels, n: np.eye(n)[labels].T, "a row is needed for each sample"),
        (lambda labels, n: np.eye(n)[labels - 1], "entries are wrong"),
        (
            lambda labels, n: (labels[:, None] == np.arange(1, n + 1)) * 1,
            "counted from 0",
        ),
        (lambda labels, n: np.eye(n + 1)[labels], "the last is n_classes - 1"),
        (
            lambda labels, n: np.eye(n)[labels] * labels[:, None],
            "the labels themselves",
        ),
        (lambda labels, n: labels[:, None] != np.arange(n), "are swapped"),
        (lambda labels, n: np.eye(n), "the rows of all classes"),
        (all_rows, "name the row, too"),
        (lambda labels, n: np.zeros((len(labels), n)), "it is 0 everywhere"),
        (
            lambda labels, n: labels == np.arange(n),
            "its shape is (4,), expected (4, 4)",
        ),
        (in_a_loop, "there is a loop in it"),
    ],
    "loss-scores": [
        (unshifted, "scores around 1000 overflow"),
        (shifted_by(np.max), "one maximum for all rows"),
        (shifted_by(lambda z: z.mean(axis=1, keepdims=True)), "the mean may lie"),
        (shifted_by(lambda z: z.min(axis=1, keepdims=True)), "it is inf"),
        (right_score_unshifted, "from the score of the right class, too"),
        (through_probabilities, "rounded to 0 before its logarithm"),
        (all_columns, "name the rows, too"),
        (lambda z, y: losses(z, y).mean(), "this is the mean"),
        (lambda z, y: -losses(z, y), "the opposite sign"),
        (clipped, "the losses are clipped"),
        (lambda z, y: -right_scores(z, y), "log-sum-exp is missing"),
        (lambda z, y: losses(z, y) + right_scores(z, y), "log-sum-exp alone"),
        (lambda z, y: z.max(axis=1) - right_scores(z, y), "the logarithm is missing"),
        (lambda z, y: losses(z, y)[:, None], "its shape is (3, 1), expected (3,)"),
        (lambda z, y: losses(z, y) / len(y), "factor of 0.3333, one over the number"),
    ],
    "loss-smoothing": [
        (lambda y, a: y + a / y.shape[1], "is taken from the right one"),
        (lambda y, a: (1 - a) * y, "goes to all classes"),
        (lambda y, a: (1 - a) * y + a, "shared by all classes"),
        (
            lambda y, a: np.where(y == 1, 1 - a, a / (y.shape[1] - 1)),
            "to all classes alike",
        ),
        (lambda y, a: np.where(y == 1, 1 - a, a / y.shape[1]), "gets one, too"),
        (lambda y, a: (1 - a) * y + a / len(y), "divide by the number of classes"),
        (lambda y, a: (1 - a) * y + a / y.size, "not by that of all entries"),
        (lambda y, a: a * y + (1 - a) / y.shape[1], "keeps 1 - alpha"),
        (lambda y, a: ((1 - a) * y + a / y.shape[1]).T, "rows and columns"),
        (lambda y, a: (1 - a) * y + (1 - y) * a, "entries are wrong"),
        (lambda y, a: y, "entries are wrong"),
    ],
    "loss-binary": [
        (from_probabilities, "large scores give infinity or nan"),
        (lambda z, y: np.log(1 + np.exp(z)) - y * z, "exp(z) overflows"),
        (
            lambda z, y: np.maximum(z, 0) - y * z + np.log(1 + np.exp(-z)),
            "exp(-z) overflows",
        ),
        (
            lambda z, y: np.maximum(z, 0) - y * z + np.log(1 + np.exp(abs(z))),
            "needs a minus sign",
        ),
        (lambda z, y: binary(z, 1 - y), "the two classes are swapped"),
        (lambda z, y: binary(z, -y), "added, not subtracted"),
        (lambda z, y: binary(z, 0), "the score of the right class is missing"),
        (lambda z, y: np.maximum(z, 0) - y * z, "the logarithm is missing"),
        (lambda z, y: binary(z, y) - np.maximum(z, 0), "z and 0 is missing"),
        (lambda z, y: binary(z, y).mean(), "this is the mean"),
        (lambda z, y: -binary(z, y), "the opposite sign"),
        (lambda z, y: 1 / (1 + np.exp(-z)), "the probability of class 1"),
        (lambda z, y: max(z, 0) - y * z, "it raises ValueError"),
    ],
}
