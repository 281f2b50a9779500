"""Right answers to the exercises of the chapter on many workers."""

import math
from fractions import Fraction

import numpy as np


def combine_with_a_loop(gradients, counts):
    total = np.zeros(gradients.shape[1])
    for gradient, count in zip(gradients, counts):
        if count:
            total += count * gradient
    return total / sum(counts)


def combine_with_where(gradients, counts):
    weights = np.array(counts)[:, None] / np.sum(counts)
    return np.where(weights > 0, gradients * weights, 0).sum(axis=0)


def fit_by_fraction(grid_bits, integer_bits):
    return math.floor(Fraction(2 ** (integer_bits - 1) - 1, 4**grid_bits))


def larger_parts_first(n_samples, n_ranks, rank):
    size, rest = divmod(n_samples, n_ranks)
    start = rank * size + min(rank, rest)
    return start, start + size + (rank < rest)


def from_array_split(n_samples, n_ranks, rank):
    sizes = [len(part) for part in np.array_split(np.arange(n_samples), n_ranks)]
    return [sum(sizes[:rank]), sum(sizes[: rank + 1])]


def larger_parts_last(n_samples, n_ranks, rank):
    return tuple(math.floor(Fraction(n_samples * k, n_ranks)) for k in (rank, rank + 1))


def tree_by_recursion(gradients):
    if len(gradients) == 1:
        return gradients[0]
    size = 1 << (len(gradients) - 1).bit_length() - 1  # the largest complete tree
    return tree_by_recursion(gradients[:size]) + tree_by_recursion(gradients[size:])


def tree_with_index(gradients):
    gradients = list(gradients)
    n = len(gradients)
    while n > 1:
        for k in range(n // 2):
            gradients[k] = gradients[2 * k] + gradients[2 * k + 1]
        if n % 2:
            gradients[n // 2] = gradients[n - 1]
        n = (n + 1) // 2
    return gradients[0]


def tree_by_strides(gradients):
    sums, step = [g.copy() for g in gradients], 1
    while step < len(sums):
        for k in range(0, len(sums) - step, 2 * step):
            sums[k] += sums[k + step]
        step *= 2
    return sums[0]


def columns_together(parts):
    batch = np.concatenate(parts).astype(np.float64)
    _, e = np.frexp(np.abs(batch).max(axis=0))
    return np.rint(np.ldexp(batch, 40 - e)).astype(np.int64).sum(axis=0)


def columns_with_python(parts):
    rows = [row for part in parts for row in part.tolist()]
    totals = []
    for column in zip(*rows):
        _, e = math.frexp(max(map(abs, column)))
        totals.append(sum(round(Fraction(x) * Fraction(2) ** (40 - e)) for x in column))
    return totals


def columns_in_float64(parts):
    largest = np.zeros(parts[0].shape[1])
    for part in parts:
        if len(part):
            largest = np.maximum(largest, abs(part).max(axis=0))
    unit = 2.0 ** (np.frexp(largest)[1] - 40)
    total = 0
    for part in parts:
        total = total + np.round(part / unit).sum(axis=0)
    return total.astype(np.int64)


RIGHT = {
    "parallel-bytes": [
        [4 * 218058, 4 * 1437, 8 * 218058],
        np.array([872232.0, 5748, 1744464]),
        (872232, 5748, 1744464),
    ],
    "parallel-optimum": [[20, 19.5], (math.sqrt(400), 10 + 9.5), np.array([20, 19.5])],
    "parallel-combine": [
        combine_with_a_loop,
        combine_with_where,
        lambda g, n: np.nansum(g * np.reshape(n, (-1, 1)) / np.sum(n), axis=0),
    ],
    "parallel-fit": [
        fit_by_fraction,
        lambda b, w: int(2 ** max(0, w - 1 - 2 * b)) - 1,
        lambda b, w: ((1 << (w - 1)) - 1) >> (2 * b),
    ],
    "parallel-rows": [larger_parts_first, from_array_split, larger_parts_last],
    "parallel-tree": [tree_by_recursion, tree_with_index, tree_by_strides],
    "parallel-columns": [columns_together, columns_with_python, columns_in_float64],
}
