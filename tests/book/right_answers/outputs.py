"""Right answers to the exercises of the chapter on outputs."""

import math
from fractions import Fraction

import numpy as np


def by_the_odds(p, alarm, missed):
    return p / (1 - p) > alarm / missed


def by_a_threshold(p, alarm, missed):
    return (p > alarm / (alarm + missed)).tolist()


def by_two_costs(p, alarm, missed):
    checking, not_checking = (1 - p) * alarm, p * missed
    return np.array([a < b for a, b in zip(checking, not_checking)])


def by_counting(p, y):
    n, n_labels = y.shape
    right = whole = found = ones = 0
    for probabilities, labels in zip(p, y):
        hits = 0
        for probability, label in zip(probabilities, labels):
            predicted = int(probability > 0.5)
            hits += predicted == label
            found += predicted * label
            ones += label
        right += hits
        whole += hits == n_labels
    return right / (n * n_labels), whole / n, found / ones


def by_rounding(p, y):
    wrong = np.abs(np.round(p) - y)
    whole = 1 - wrong.max(axis=1)
    return [1 - wrong.mean(), whole.mean(), 1 - np.sum(wrong * y) / np.sum(y)]


def by_counts_of_mistakes(p, y):
    mistakes = np.count_nonzero((p > 0.5) != (y > 0), axis=1)
    recall = np.count_nonzero(p[y == 1] > 0.5) / np.count_nonzero(y)
    return 1 - mistakes.sum() / y.size, np.mean(mistakes == 0), recall


class InCases:
    def __init__(self, delta):
        self.delta = delta

    def forward(self, y_pred, y_true):
        losses = []
        for row in y_pred - y_true:
            total = 0.0
            for e in row:
                if -self.delta <= e <= self.delta:
                    total += 0.5 * e * e
                else:
                    total += self.delta * abs(e) - 0.5 * self.delta * self.delta
            losses.append(total / len(row))
        return losses

    def backward(self, y_pred, y_true):
        e = y_pred - y_true
        far = np.where(e > 0, self.delta, -self.delta)
        n, m = e.shape
        self.dinputs = np.where(abs(e) > self.delta, far, e) / (n * m)
        return self.dinputs


class ByTheClippedError:
    def __init__(self, delta):
        self.limit = delta

    def forward(self, y_pred, y_true):
        e = y_pred - y_true
        self.clipped = np.clip(e, -self.limit, self.limit)
        return np.mean(self.clipped * (e - self.clipped / 2), axis=1)

    def backward(self, y_pred, y_true):
        self.forward(y_pred, y_true)
        self.dinputs = self.clipped / self.clipped.size
        return self.dinputs


class InTwoParts:
    def __init__(self, delta):
        self.delta = delta

    def forward(self, y_pred, y_true):
        e = np.abs(y_true - y_pred)
        near = np.minimum(e, self.delta)
        return np.sum(near * near / 2 + self.delta * (e - near), axis=1) / e.shape[1]

    def backward(self, y_pred, y_true):
        e = y_pred - y_true
        slope = np.sign(e) * np.minimum(np.abs(e), self.delta)
        self.dinputs = slope / np.prod(np.shape(y_pred))
        return self.dinputs


def with_the_logarithm(z, y):
    y_hat = np.exp(z)
    losses = y_hat - y * np.log(y_hat)
    return losses.mean(), (y_hat - y) / losses.size


def as_a_loop(z, y):
    n = len(z)
    loss = sum(math.exp(a) - b * a for a, b in zip(z[:, 0], y[:, 0])) / n
    return loss, [[(math.exp(a) - b) / n] for a, b in zip(z[:, 0], y[:, 0])]


def as_a_difference_quotient(z, y):
    def loss(scores):
        return np.exp(scores) - y * scores

    return loss(z).mean(), (loss(z + 1e-4) - loss(z - 1e-4)) / 2e-4 / z.size


RIGHT = {
    "outputs-odds": [19 / 218, 0.0872, Fraction(19, 218)],
    "outputs-centre": [(15, 7), [15.0, 7.0], (Fraction(105, 7), 7)],
    "outputs-threshold": [by_the_odds, by_a_threshold, by_two_costs],
    "outputs-labels": [by_counting, by_rounding, by_counts_of_mistakes],
    "outputs-huber": [InCases, ByTheClippedError, InTwoParts],
    "outputs-counts": [with_the_logarithm, as_a_loop, as_a_difference_quotient],
}
