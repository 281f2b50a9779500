"""Right answers to the exercises of the chapter on regularisation."""

import itertools
import math
from fractions import Fraction

import numpy as np


def by_cases(weights, gradient, rate, l1):
    stepped = weights - rate * gradient
    above = np.where(stepped > rate * l1, stepped - rate * l1, 0)
    return np.where(stepped < -rate * l1, stepped + rate * l1, above)


def by_clipping(weights, gradient, rate, l1):
    stepped = weights - rate * gradient
    return stepped - np.clip(stepped, -rate * l1, rate * l1)


def by_two_parts(weights, gradient, rate, l1):
    stepped = weights - rate * gradient
    return np.maximum(stepped - rate * l1, 0) - np.maximum(-stepped - rate * l1, 0)


def by_product(x, weights, bias, rate):
    total = 0
    for mask in itertools.product([0, 1], repeat=len(x)):
        n_kept = sum(mask)
        probability = (1 - rate) ** n_kept * rate ** (len(x) - n_kept)
        score = bias
        for kept, value, weight in zip(mask, x, weights):
            score = score + kept * value * weight / (1 - rate)
        total = total + probability * max(0, score)
    return total


def by_recursion(x, weights, bias, rate):
    if len(x) == 0:
        return max(0, bias)
    with_it = by_recursion(
        x[1:], weights[1:], bias + x[0] * weights[0] / (1 - rate), rate
    )
    without = by_recursion(x[1:], weights[1:], bias, rate)
    return (1 - rate) * with_it + rate * without


def by_doubling(x, weights, bias, rate):
    scores, probabilities = np.array([bias]), np.array([1.0])
    for value, weight in zip(x, weights):
        scores = np.append(scores, scores + value * weight / (1 - rate))
        probabilities = np.append(probabilities * rate, probabilities * (1 - rate))
    return np.sum(probabilities * np.maximum(scores, 0))


def by_fractions(n, wins):
    return Fraction(sum(math.comb(n, k) for k in range(wins, n + 1)), 2**n)


def by_throwing(n, wins):
    chances = np.array([1.0])
    for _ in range(n):
        chances = (np.append(chances, 0) + np.append(0, chances)) / 2
    return chances[wins:].sum()


def by_factorials(n, wins):
    total = 0
    for k in range(n - wins + 1):
        total += math.factorial(n) / math.factorial(k) / math.factorial(n - k)
    return total / 2.0**n


def in_loops(X, y, w, rate):
    total = 0
    for row, target in zip(X, y):
        mean = sum(value * weight for value, weight in zip(row, w))
        variance = sum((value * weight) ** 2 for value, weight in zip(row, w))
        total += (mean - target) ** 2 + variance * rate / (1 - rate)
    return total / len(X)


def over_all_masks(X, y, w, rate):
    total = 0
    for mask in itertools.product([False, True], repeat=len(w)):
        kept = np.array(mask)
        probability = np.prod(np.where(kept, 1 - rate, rate))
        error = (X * kept * w).sum(axis=1) / (1 - rate) - y
        total = total + probability * np.mean(error**2)
    return total


def as_a_weighted_penalty(X, y, w, rate):
    error = (X * w).sum(axis=1) - y
    prices = (X * X).mean(axis=0) * rate / (1 - rate)
    return (error * error).sum() / len(y) + (prices * w * w).sum()


def by_turning_the_clock(k, phases):
    hours = -np.arange(31) % 31
    return np.cos(2 * np.pi * k * hours / 31 + phases[:, np.newaxis])


def by_two_waves(k, phases):
    angles = 2 * np.pi * k / 31 * np.arange(31)
    cosines = np.cos(phases)[:, np.newaxis] * np.cos(angles)
    return cosines + np.sin(phases)[:, np.newaxis] * np.sin(angles)


def hour_by_hour(k, phases):
    return [
        [math.cos(phase - 2 * math.pi * k * b / 31) for b in range(31)]
        for phase in phases
    ]


RIGHT = {
    "regularization-shrink": [-0.7, Fraction(-7, 10), -(2.5 * 1.2 - 0.9) / 3],
    "regularization-noise": [2.25, 3 * math.sqrt(0.36 / 0.64), np.array(3 * 0.6 / 0.8)],
    "regularization-zeros": [by_cases, by_clipping, by_two_parts],
    "regularization-average": [by_product, by_recursion, by_doubling],
    "regularization-signs": [by_fractions, by_throwing, by_factorials],
    "regularization-subtract": [by_turning_the_clock, by_two_waves, hour_by_hour],
    "regularization-price": [in_loops, over_all_masks, as_a_weighted_penalty],
}
