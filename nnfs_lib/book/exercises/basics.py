"""What the answers of the chapter on layers of neurons are compared with."""

from __future__ import annotations

import numpy as np

from ...numerics import matmul
from ...validation import FloatArray
from .answers import Answer, Function, Value
from .code import without_loop, without_names


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


def _in_integers(a: FloatArray, b: FloatArray) -> FloatArray:
    result = np.zeros((len(a), b.shape[1]), dtype=int)
    for k in range(len(b)):  # each sum loses its fraction when it is stored
        result[:] = result + np.outer(a[:, k], b[k])
    return result


def _min_max_scaled(batch: FloatArray) -> FloatArray:
    shifted = batch - batch.min(axis=0)
    return shifted / shifted.max(axis=0)


_normal = np.random.default_rng(17).standard_normal
_BATCHES = (
    (3 * _normal((5, 3)) + 5,),
    (_normal((4, 6)) * [1, 10, 100, 0.1, 3, 5] - [0, 50, 500, 1, 0, -5],),
    (_normal((3, 3)),),
)
_ROWS = tuple(
    (_normal((n, m)), _normal((p, m))) for n, m, p in ((4, 2, 3), (2, 5, 6), (3, 3, 3))
)

_DEFINED = [True, False, False, True, False, True, False, True]

EXERCISES: dict[str, Answer] = {
    "basics-neuron": Value(
        -6.5,
        {
            "the bias is missing": -8.5,
            "the bias is added once, after the sum, not to each product": -2.5,
            "the bias is added, not subtracted": -10.5,
            "one product has the wrong sign: a negative factor makes the product negative": 5.5,
            "one of the two negative products has lost its sign": -0.5,
            "a positive and a negative factor make a negative product": 11.5,
            "each input belongs to one weight: the first to the first, and so on": -3.5,
            "multiply each input by its own weight before you add": 7,
        },
    ),
    "basics-defined": Value(
        _DEFINED,
        {
            "the order matters: a product may be defined one way round and not the other": [
                *[True, True, False, True, True, True, False, True]
            ],
            "you compared the outer lengths; the inner ones must agree: first factor's columns, second factor's rows": [
                *[False, True, False, False, True, True, False, False]
            ],
            "compare the columns of the first factor with the rows of the second, not with its columns": [
                *[True, True, True, False, False, False, True, False]
            ],
            "the shapes need not be equal: compare the columns of the first factor with the rows of the second": [
                *[False, False, False, False, False, False, True, False]
            ],
            "a transposed matrix has its two lengths exchanged": [
                *[True, False, False, False, False, False, False, False]
            ],
            "these are the products that are not defined": [
                not defined for defined in _DEFINED
            ],
            "only a square matrix can be multiplied by itself": [
                *[True, False, False, True, False, True, True, True]
            ],
            "the product AB is a matrix like any other: it has the shape (2, 3)": [
                *[True, False, False, True, False, True, False, False]
            ],
            "not all of them are defined": [True] * 8,
            "some of them are defined": [False] * 8,
        },
        tolerance=1e-9,
    ),
    "basics-shapes": Value(
        [(2, 4), (2, 5), (4, 2)],
        {
            "the inner lengths must agree and vanish; the outer ones remain": [
                *[(3, 3), (4, 4), (3, 3)]
            ],
            "the last product has its factors both transposed and exchanged: write down their shapes first": [
                *[(2, 4), (2, 5), (2, 4)]
            ],
            "a shape gives the number of rows first": [(4, 2), (5, 2), (2, 4)],
            "in the last product the factors are transposed: their shapes are (4, 3) and (3, 2)": [
                *[(2, 4), (2, 5), (3, 3)]
            ],
        },
    ),
    "basics-product": Function(
        matmul,
        tuple(
            (_normal((n, m)), _normal((m, p)))
            for n, m, p in ((3, 3, 3), (2, 4, 3), (5, 1, 2), (1, 3, 4))
        ),
        {
            "this multiplies entry by entry": lambda a, b: a * b,
            "b[j, k] reads the second factor along its rows: b[k, j] is in column j": lambda a, b: (
                matmul(a, b.T)
            ),
            "a[k, i] reads the first factor along its columns: a[i, k] is in row i": lambda a, b: (
                matmul(a.T, b)
            ),
            "only the last term of each sum is left: add to the entry, do not replace it": lambda a, b: (
                np.outer(a[:, -1], b[-1])
            ),
            "only the first term of each sum is there": lambda a, b: np.outer(
                a[:, 0], b[0]
            ),
            "the last term of each sum is missing": lambda a, b: a[:, :-1] @ b[:-1],
            "the entries have lost their fractions: the result holds whole numbers": lambda a, b: (
                _in_integers(a, b)
            ),
        },
        written=without_names(
            *("@", "T", "matmul", "dot", "einsum", "inner", "vdot", "vecdot"),
            *("tensordot", "transpose", "swapaxes"),
            instead="build the product from single multiplications",
        ),
    ),
    "basics-biases": Function(
        with_biases,
        (
            (_normal((3, 4)), _normal(3)),
            (_normal((2, 5)), _normal(2)),
            (_normal((3, 3)), _normal(3)),
            (_normal((1, 2)), _normal(1)),
        ),
        {
            "the column of ones comes last in the inputs, so the biases must come last, too": lambda weights, biases: (
                np.column_stack([biases, weights])
            ),
            "each neuron has one bias: give it a column, and leave the weights as they are": lambda weights, biases: (
                weights + biases[:, np.newaxis]
            ),
            "the weight of the number one must be the bias, not 1": lambda weights, biases: (
                np.column_stack([weights, np.ones(len(weights))])
            ),
            "the biases belong in a new column, not in a new row": lambda weights, biases: (
                np.vstack([weights, biases])
            ),
            "the biases are subtracted": lambda weights, biases: np.column_stack(
                [weights, -biases]
            ),
        },
    ),
    "basics-standardise": Function(
        standardised,
        _BATCHES,
        {
            "this takes one mean for the whole batch; each feature has its own": _whole_standardised,
            "these are means over the features of a sample; a feature is a column": _rows_standardised,
            "the mean is right; divide by the standard deviation, too": lambda batch: (
                batch - batch.mean(axis=0)
            ),
            "divide by the standard deviation, which is the root of the variance": lambda batch: (
                (batch - batch.mean(axis=0)) / batch.var(axis=0)
            ),
            "subtract the mean before you divide": lambda batch: (
                batch / batch.std(axis=0)
            ),
            "subtract first, then divide: the parentheses are missing": lambda batch: (
                batch - batch.mean(axis=0) / batch.std(axis=0)
            ),
            "ddof=1 estimates the deviation of what the batch was drawn from; here the batch itself should have 1": (
                lambda batch: (batch - batch.mean(axis=0)) / batch.std(axis=0, ddof=1)
            ),
            "this scales each feature to the range from 0 to 1": _min_max_scaled,
            "the mean is that of each feature, but the standard deviation that of the whole batch": lambda batch: (
                (batch - batch.mean(axis=0)) / batch.std()
            ),
        },
        written=without_loop,
    ),
    "basics-distances": Function(
        distances,
        _ROWS,
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
            "square the differences; these are their absolute values": lambda a, b: abs(
                a[:, np.newaxis] - b
            ).sum(axis=2),
            "this is the mean over the features; the sum was asked for": lambda a, b: (
                distances(a, b) / a.shape[1]
            ),
            "sum over the features: they lie along the last axis": lambda a, b: (
                (a[:, np.newaxis] - b) ** 2
            ).sum(axis=1),
            "these are the products of the samples; subtract before you multiply": lambda a, b: (
                a @ b.T
            ),
        },
        written=without_loop,
    ),
}
