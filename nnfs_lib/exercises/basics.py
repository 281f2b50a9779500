"""What the answers of the chapter on layers of neurons are compared with."""

from __future__ import annotations

import numpy as np

from ..numerics import matmul
from ..validation import FloatArray
from .answers import Answer, Function, Value


def with_biases(weights: FloatArray, biases: FloatArray) -> FloatArray:
    """Weights with the biases as a further column."""
    return np.column_stack([weights, biases])


def standardised(batch: FloatArray) -> FloatArray:
    """Each feature with the mean 0 and the standard deviation 1 over the samples."""
    return (batch - batch.mean(axis=0)) / batch.std(axis=0)


def distances(a: FloatArray, b: FloatArray) -> FloatArray:
    """The squared distance of each row of ``a`` from each row of ``b``."""
    differences = a[:, np.newaxis] - b
    return (differences * differences).sum(axis=2)


def _whole_standardised(batch: FloatArray) -> FloatArray:
    return (batch - batch.mean()) / batch.std()


def _rows_standardised(batch: FloatArray) -> FloatArray:
    return standardised(batch.T).T


_normal = np.random.default_rng(17).standard_normal
_BATCHES = tuple((3 * _normal(shape) + 5,) for shape in ((5, 3), (4, 6)))

EXERCISES: dict[str, Answer] = {
    "basics-neuron": Value(
        -2.5,
        {
            "the bias is missing": -4.5,
            "two negative factors make a positive product; these have one each": 7.5,
            "the bias is added once, not to each product": 1.5,
        },
    ),
    "basics-shapes": Value(
        [(2, 4), (2, 5), (4, 2)],
        {
            "the outer lengths are left, the inner ones vanish": [
                *[(3, 3), (4, 4), (3, 3)]
            ],
            "the last product has the factors turned and exchanged: write down their shapes first": [
                *[(2, 4), (2, 5), (2, 4)]
            ],
        },
    ),
    "basics-product": Function(
        matmul,
        tuple(
            (_normal((n, m)), _normal((m, p)))
            for n, m, p in ((3, 3, 3), (2, 4, 3), (5, 1, 2))
        ),
        {
            "this multiplies entry by entry": lambda a, b: a * b,
            "the second factor is read along its rows, where its columns are needed": lambda a, b: (
                matmul(a, b.T)
            ),
            "only the last product of each sum is left: add to the entry": lambda a, b: (
                np.outer(a[:, -1], b[-1])
            ),
        },
    ),
    "basics-biases": Function(
        with_biases,
        ((_normal((3, 4)), _normal(3)), (_normal((2, 5)), _normal(2))),
        {
            "the column of ones comes last in the inputs, so the biases must come last, too": lambda weights, biases: (
                np.column_stack([biases, weights])
            ),
            "every neuron has one bias; add a column for it, and leave the weights alone": lambda weights, biases: (
                weights + biases[:, np.newaxis]
            ),
        },
    ),
    "basics-standardise": Function(
        standardised,
        _BATCHES,
        {
            "this is one mean for the whole batch; each feature has its own": _whole_standardised,
            "the means are those of the samples; a feature is a column": _rows_standardised,
            "the mean is right; divide by the standard deviation, too": lambda batch: (
                batch - batch.mean(axis=0)
            ),
            "divide by the standard deviation, which is the root of the variance": lambda batch: (
                (batch - batch.mean(axis=0)) / batch.var(axis=0)
            ),
            "subtract the mean before you divide": lambda batch: (
                batch / batch.std(axis=0)
            ),
        },
    ),
    "basics-distances": Function(
        distances,
        ((_normal((4, 2)), _normal((3, 2))), (_normal((2, 5)), _normal((6, 5)))),
        {
            "these are the distances; their squares were asked for": lambda a, b: (
                np.sqrt(distances(a, b))
            ),
            "sum the squares, not the differences": lambda a, b: (
                a[:, np.newaxis] - b
            ).sum(axis=2),
            "square before you sum": lambda a, b: (
                (a[:, np.newaxis] - b).sum(axis=2) ** 2
            ),
        },
    ),
}
