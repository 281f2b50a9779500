"""Right answers to the exercises of the chapter on layers of neurons."""

from fractions import Fraction

import numpy as np


def by_rows(a, b):
    return [
        [sum(a[i, k] * b[k, j] for k in range(len(b))) for j in range(b.shape[1])]
        for i in range(len(a))
    ]


def outer_products(a, b):
    result = np.zeros((len(a), b.shape[1]))
    for k in range(len(b)):
        result = result + a[:, [k]] * b[[k]]
    return result


def by_entries(a, b):
    result = np.empty((a.shape[0], b.shape[1]))
    for i, row in enumerate(a):
        for j in range(b.shape[1]):
            total = 0
            for k, entry in enumerate(row):
                total = total + entry * b[k, j]
            result[i, j] = total
    return result


def filled(weights, biases):
    result = np.empty((weights.shape[0], weights.shape[1] + 1))
    result[:, :-1] = weights
    result[:, -1] = biases
    return result


def by_root_mean_square(batch):
    centred = batch - batch.mean(axis=0, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=0))


def by_sums(batch):
    n_samples = len(batch)
    means = batch.sum(axis=0) / n_samples
    return (batch - means) / ((batch - means) ** 2).mean(axis=0) ** 0.5


def multiplied_out(a, b):
    squares = (a * a).sum(axis=1)[:, np.newaxis] + (b * b).sum(axis=1)
    return squares - 2 * (a @ b.T)


def from_the_other_side(a, b):
    return np.square(b[np.newaxis, :, :] - a[:, np.newaxis, :]).sum(axis=-1)


RIGHT = {
    "basics-neuron": [
        np.float32(-6.5),
        np.array(-6.5),
        Fraction(-13, 2),
        float(np.array([1.0, -2.0, 3.0]) @ np.array([0.5, 3.0, -1.0])) + 2,
    ],
    "basics-defined": [
        (True, False, False, True, False, True, False, True),
        np.array([1.0, 0, 0, 1, 0, 1, 0, 1]),
        [True, 0, 0, 1, 0, Fraction(1), 0, 1],
    ],
    "basics-shapes": [
        np.array([[2, 4], [2, 5], [4, 2]]),
        ([2, 4], [2, 5], [4, 2]),
        [(2.0, 4), (2, np.int64(5)), (Fraction(4), 2)],
    ],
    "basics-product": [by_rows, outer_products, by_entries],
    "basics-biases": [
        lambda w, b: np.hstack([w, b[:, np.newaxis]]),
        lambda w, b: np.c_[w, b].astype(np.float32),
        lambda w, b: np.append(w, b.reshape(-1, 1), axis=1),
        lambda w, b: [[*row, bias] for row, bias in zip(w, b)],
        filled,
    ],
    "basics-standardise": [
        by_root_mean_square,
        by_sums,
        lambda x: ((x.T - x.T.mean(1)[:, None]) / x.T.std(1)[:, None]).T,
        lambda x: ((x - np.mean(x, 0)) / np.std(x, 0)).astype(np.float32),
    ],
    "basics-distances": [
        multiplied_out,
        from_the_other_side,
        lambda a, b: ((a[:, None] - b[None]) ** 2).sum(2).tolist(),
        lambda a, b: np.einsum("ijk,ijk->ij", a[:, None] - b, a[:, None] - b),
    ],
}
