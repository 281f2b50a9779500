"""Right answers to the exercises of the chapter on activation functions."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from nnfs_lib import Softmax


def by_rows(scores, temperature):
    rows = []
    for row in scores:
        powers = np.exp((row - max(row)) / temperature)
        rows.append(powers / sum(powers))
    return rows


def through_log_sum_exp(scores, temperature):
    scores = scores / temperature
    largest = scores.max(axis=1)[:, np.newaxis]
    sums = np.exp(scores - largest).sum(axis=1)[:, np.newaxis]
    return np.exp(scores - largest - np.log(sums))


def transposed(scores, temperature):
    exponents = scores.T / temperature
    powers = np.exp(exponents - exponents.max(axis=0))
    return (powers / powers.sum(axis=0)).T


def soft_maximum(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def by_number(inputs, layers):
    values = inputs
    for number, (weights, biases) in enumerate(layers):
        values = values @ weights + biases
        if number < len(layers) - 1:
            values = np.maximum(values, 0)
    return soft_maximum(values)


def by_recursion(inputs, layers):
    weights, biases = layers[0]
    z = np.dot(inputs, weights) + biases
    if len(layers) == 1:
        return soft_maximum(z)
    return by_recursion(z.clip(0), layers[1:])


def sample_by_sample(inputs, layers):
    rows = []
    for row in inputs:
        for weights, biases in layers[:-1]:
            row = (row @ weights + biases.ravel()).clip(0)
        weights, biases = layers[-1]
        scores = row @ weights + biases.ravel()
        powers = np.exp(scores - max(scores))
        rows.append(powers / sum(powers))
    return rows


def leaky_by_index(z, slope):
    result = z.copy()
    result[z < 0] = result[z < 0] * slope
    return result


class ReLU:
    def forward(self, inputs):
        return inputs.clip(0)


def with_a_class_of_its_own(inputs, layers):
    for weights, biases in layers[:-1]:
        inputs = ReLU().forward(inputs @ weights + biases)
    weights, biases = layers[-1]
    return soft_maximum(inputs @ weights + biases)


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
    "activations-temperature": [
        lambda z, temperature: Softmax().forward(z / temperature),
        by_rows,
        through_log_sum_exp,
        transposed,
    ],
    "activations-network": [
        by_number,
        by_recursion,
        sample_by_sample,
        with_a_class_of_its_own,
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
