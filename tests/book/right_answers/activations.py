"""Right answers to the exercises of the chapter on activation functions."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from nnfs_lib import Softmax


def by_rows(scores):
    rows = []
    for row in scores:
        powers = np.exp(row - max(row))
        rows.append(powers / sum(powers))
    return rows


def through_log_sum_exp(scores):
    largest = scores.max(axis=1)[:, np.newaxis]
    sums = np.exp(scores - largest).sum(axis=1)[:, np.newaxis]
    return np.exp(scores - largest - np.log(sums))


def leaky_by_index(z, slope):
    result = z.copy()
    result[z < 0] = result[z < 0] * slope
    return result


RIGHT = {
    "activations-collapse": [
        (-2, 14),
        np.array([-2.0, 14.0], dtype=np.float32),
        [4 * 1 + 3 * -2, 4 * 3 + 3 * 1 - 1],
    ],
    "activations-lead": [2.3, np.float32(2.303), math.log(10), Decimal("2.3026")],
    "activations-plateau": [
        (1, -1, -1, 1),
        np.array([1.0, -1.0, -1.0, 1.0]),
        [Fraction(1), Fraction(-1), -1, 1],
    ],
    "activations-softmax": [
        Softmax().forward,
        by_rows,
        through_log_sum_exp,
        lambda z: (
            (
                np.exp(z.T - z.T.max(axis=0))
                / np.exp(z.T - z.T.max(axis=0)).sum(axis=0)
            ).T
        ),
        lambda z: 1 / np.exp(np.minimum(z[:, None] - z[:, :, None], 709)).sum(axis=2),
    ],
    "activations-leaky": [
        leaky_by_index,
        lambda z, slope: np.maximum(0, z) - slope * np.maximum(0, -z),
        lambda z, slope: np.maximum(z, 0) + slope * np.minimum(z, 0),
        lambda z, slope: z * ((z > 0) + slope * (z <= 0)),
    ],
    "activations-parity": [
        ([[2] * 4] * 3, [[0, -2, -4, 9]], [[0.5], [-1], [1], [0]], [[0]]),
        (-np.ones((3, 3)), [[3, 2, 1]], [[-1], [2], [-2]], [[1]]),
        [[[1, 2, 4]] * 3, [[0, -2, -8]], [[1], [-1], [0.5]], [[0]]],
    ],
}
