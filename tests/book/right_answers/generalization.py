"""Right answers to the exercises of the chapter on generalisation."""

import math
from fractions import Fraction

import numpy as np


def from_a_table(right_a, right_b):
    n = len(right_a)
    only_a = np.count_nonzero(right_a & ~right_b)
    only_b = np.count_nonzero(right_b & ~right_a)
    difference = (only_a - only_b) / n
    return difference, math.sqrt((only_a + only_b) / n - difference**2) / math.sqrt(n)


def with_bessels_correction(right_a, right_b):
    d = right_a.astype(float) - right_b.astype(float)
    return [d.mean(), d.std(ddof=1) / len(d) ** 0.5]


def with_covariance(right_a, right_b):
    a, b = right_a.mean(), right_b.mean()
    both = np.mean(right_a & right_b) - a * b
    variance = a * (1 - a) + b * (1 - b) - 2 * both
    return a - b, np.sqrt(variance / len(right_a))


def in_a_loop(X_train, X_new):
    results = [np.zeros(np.shape(X)) for X in (X_train, X_new)]
    for j in range(X_train.shape[1]):
        column = X_train[:, j]
        for X, result in zip((X_train, X_new), results):
            result[:, j] = (X[:, j] - column.mean()) / column.std()
    return results


def as_weights_and_bias(X_train, X_new):
    weights = 1 / np.std(X_train, axis=0)
    bias = -np.mean(X_train, axis=0) * weights
    return X_train * weights + bias, X_new * weights + bias


def together(X_train, X_new):
    X = np.concatenate([X_train, X_new]) - X_train.mean(axis=0)
    X = X / np.sqrt(np.mean(X[: len(X_train)] * X[: len(X_train)], axis=0))
    return X[: len(X_train)], X[len(X_train) :]


def by_the_distribution_of_the_best(a, n, k):
    total, below = 0.0, 0.0
    at_most = 0.0
    for r in range(n + 1):
        at_most += math.comb(n, r) * a**r * (1 - a) ** (n - r)
        total += r * (at_most**k - below)
        below = at_most**k
    return total / n


def by_exact_fractions(a, n, k):
    p = Fraction(str(a))
    at_most, total = Fraction(0), Fraction(0)
    for r in range(n):
        at_most += math.comb(n, r) * p**r * (1 - p) ** (n - r)
        total += 1 - at_most**k
    return total / n


def as_an_array(a, n, k):
    counts = np.arange(n + 1)
    choices = np.array([math.comb(n, int(r)) for r in counts], dtype=float)
    at_most = np.cumsum(choices * a**counts * (1 - a) ** (n - counts))
    return np.array(1 - np.sum(at_most[:-1] ** k) / n)


RIGHT = {
    "generalization-samples": [3457.44, 3458, 1.96**2 * 0.9 * 0.1 * 100**2],
    "generalization-none-wrong": [
        1 - 0.05 ** (1 / 200),
        Fraction(3, 200),
        -math.log(0.05) / 200,
    ],
    "generalization-paired": [from_a_table, with_bessels_correction, with_covariance],
    "generalization-scaling": [in_a_loop, as_weights_and_bias, together],
    "generalization-best-of": [
        by_the_distribution_of_the_best,
        by_exact_fractions,
        as_an_array,
    ],
}
