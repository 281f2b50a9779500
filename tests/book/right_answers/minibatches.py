"""Right answers to the exercises of the chapter on mini-batches."""

import math
from fractions import Fraction

import numpy as np


def steps_by_counting(n_samples, batch_size):
    sizes = []
    while n_samples > 0:
        sizes.append(n_samples)
        n_samples -= batch_size
    return len(sizes), sizes[-1]


def accumulated_in_a_loop(gradients, sizes):
    total = 0
    count = 0
    for gradient, size in zip(gradients, sizes):
        total = total + size * gradient
        count += size
    return total / count


def error_by_hand(gradients, batch_size):
    n_samples = len(gradients)
    variance = np.square(gradients - gradients.mean(axis=0)).sum(axis=0) / n_samples
    return np.sqrt(variance * (n_samples - batch_size) / (n_samples - 1) / batch_size)


def scaled_forward_again(weights, inputs):
    weights = weights.copy()
    for number in range(len(weights)):
        passed = np.maximum(inputs @ weights[number], 0)
        weights[number] /= np.sqrt(np.average(passed**2))
        inputs = np.maximum(inputs @ weights[number], 0)
    return weights


def scaled_in_a_list(weights, inputs):
    done = []
    for matrix in weights:
        passed = np.maximum(inputs @ matrix, 0)
        done.append(matrix * (1 / np.mean(passed**2)) ** 0.5)
        inputs = np.maximum(inputs @ done[-1], 0)
    return done


def scaled_all_at_the_end(weights, inputs):
    sizes = [1.0]
    for matrix in weights:
        inputs = np.maximum(0, inputs @ matrix)
        sizes.append(np.sqrt((inputs * inputs).mean()))
    factors = np.array(sizes[:-1]) / np.array(sizes[1:])
    return weights * factors[:, None, None]


RIGHT = {
    "minibatches-steps": [
        steps_by_counting,
        lambda n, size: ((n + size - 1) // size, (n - 1) % size + 1),
        lambda n, size: [math.ceil(n / size), n % size or size],
        lambda n, size: np.array([math.ceil(n / size), n % size or size]),
    ],
    "minibatches-price": [
        180.0,
        Fraction(180),
        20 * 9,
    ],
    "minibatches-accumulate": [
        accumulated_in_a_loop,
        lambda g, n: np.average(g, axis=0, weights=n),
        lambda g, n: np.tensordot(n / n.sum(), g, axes=1),
        lambda g, n: (g.T @ n / n.sum()).T.astype(np.float32),
    ],
    "minibatches-noise": [
        error_by_hand,
        lambda g, n: g.std(axis=0, ddof=1) * np.sqrt(1 / n - 1 / len(g)),
        lambda g, n: np.sqrt(np.var(g, 0) * (len(g) - n) / (len(g) - 1) / n).tolist(),
    ],
    "minibatches-leaky": [
        lambda m, a: math.sqrt(2 / m) / math.sqrt(1 + a**2),
        lambda m, a: (0.5 * m * (1 + a**2)) ** -0.5,
        lambda m, a: np.float32(np.sqrt(2 / (m + m * a * a))),
    ],
    "minibatches-scale": [
        scaled_forward_again,
        scaled_in_a_list,
        scaled_all_at_the_end,
    ],
}
