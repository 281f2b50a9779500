"""Right answers to the exercises of the chapter on dense layers."""

import math
from fractions import Fraction

import numpy as np

from nnfs_lib import Dense


def count(sizes):
    layers = [Dense(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
    return sum(layer.weights.size + layer.biases.size for layer in layers)


def by_index(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
        total += sizes[i]
    return total


def split_by_order(w, b, v, j):
    order = [*range(w.shape[1]), j]
    share = np.where(np.array(order) == j, 0.5, 1.0)
    return w[:, order], b[:, order], v[order] * share[:, np.newaxis]


def split_by_append(w, b, v, j):
    half = v.copy()
    half[j] = v[j] / 2
    w_new = np.append(w, w[:, j].reshape(-1, 1), axis=1)
    b_new = np.append(b, [[b[0, j]]], axis=1)
    return w_new, b_new, np.append(half, [half[j]], axis=0)


def he_by_rows(n_inputs, n_neurons, rng):
    deviation = math.sqrt(2 / n_inputs)
    return np.array([rng.normal(0, deviation, n_neurons) for _ in range(n_inputs)])


def he_by_columns(n_inputs, n_neurons, rng):
    columns = [rng.standard_normal(n_inputs) for _ in range(n_neurons)]
    return np.column_stack(columns) * (2 / n_inputs) ** 0.5


def grid_with_loop(values, bits):
    for exponent in range(-60, 60):
        if 2.0**exponent > abs(values).max():
            break
    step = 2.0 ** (exponent - bits)
    return np.round(values / step) * step


def grid_with_logarithm(values, bits):
    exponent = math.floor(math.log2(np.max(np.abs(values)))) + 1
    step = 2.0 ** (exponent - bits)
    return step * np.floor(values / step + 0.5)


def grid_by_integers(values, bits):
    exponent = max(math.frexp(value)[1] for value in np.abs(values).flat)
    steps = np.ldexp(values, bits - exponent).round().astype(int)
    return np.ldexp(steps.astype(np.float64), exponent - bits)


class ByNeurons:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def forward(self, inputs):
        self.inputs = inputs
        columns = [inputs @ row + bias for row, bias in zip(self.weights, self.biases)]
        self.output = np.column_stack(columns)
        return self.output


class ByColumns:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def forward(self, inputs):
        self.output = (self.weights @ inputs.T).T
        self.output += self.biases
        self.inputs = inputs
        return self.output


class WithMoreMethods:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def scores(self, inputs):
        return np.dot(inputs, np.transpose(self.weights)) + self.biases

    def forward(self, inputs):
        self.inputs = inputs
        self.output = self.scores(inputs)
        return self.output


RIGHT = {
    "dense-shapes": [
        np.array([(2, 64), (1, 64), (300, 64), (64, 3), (1, 3), (300, 3)]),
        ([2, 64], [1, 64], [300, 64], [64, 3], [1, 3], [300, 3]),
        [
            *[(2, 64), np.zeros((1, 64)).shape, (300.0, 64)],
            *[(64, 3), np.int64([1, 3]), (300, 3)],
        ],
    ],
    "dense-line": [
        (-0.5, -0.25, 1),
        np.float32([-0.5, -0.25, 1.001]),
        [Fraction(-1, 2), Fraction(-1, 4), True],
    ],
    "dense-parameters": [
        count,
        by_index,
        lambda s: np.dot(s[:-1], s[1:]) + sum(s[1:]),
        lambda s: float(sum((m + 1) * p for m, p in np.array([s[:-1], s[1:]]).T)),
    ],
    "dense-class": [ByNeurons, ByColumns, WithMoreMethods],
    "dense-split": [
        split_by_order,
        split_by_append,
        lambda w, b, v, j: list(split_by_order(w, b, v, j)),
    ],
    "dense-he": [
        lambda m, p, rng: rng.normal(0, np.sqrt(2 / m), (m, p)).astype(np.float32),
        lambda m, p, rng: (
            rng.standard_normal((m, p), dtype=np.float32) * np.float32(np.sqrt(2 / m))
        ),
        lambda m, p, rng: rng.standard_normal(size=(m, p)) / np.sqrt(m / 2),
        he_by_rows,
        he_by_columns,
    ],
    "dense-grid": [grid_with_loop, grid_with_logarithm, grid_by_integers],
}
