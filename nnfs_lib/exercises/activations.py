"""What the answers of the chapter on activation functions are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..activations import Softmax
from ..validation import FloatArray
from .answers import Answer, Function, Value


def leaky_relu(z: FloatArray, slope: float) -> FloatArray:
    """ReLU that lets a part of negative numbers through."""
    return np.where(z > 0, z, slope * z)


CORNERS = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
"""The corners of a cube: all inputs of three bits."""


def _at_corners(answer: Any) -> Any:
    """What a network with one hidden layer, of four parameters, gives at the corners."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 4:
        raise ValueError("four arrays were expected: W_1, b_1, W_2 and b_2")
    try:
        w_1, b_1, w_2, b_2 = (np.asarray(part, dtype=np.float64) for part in answer)
    except (TypeError, ValueError):
        raise ValueError(
            "one of the four arrays does not hold numbers, or its rows differ in length"
        ) from None
    shapes = [part.shape for part in (w_1, b_1, w_2, b_2)]
    n_hidden = w_1.shape[-1] if w_1.shape else 0
    expected = [(3, n_hidden), (1, n_hidden), (n_hidden, 1), (1, 1)]
    if shapes != expected:
        raise ValueError(
            f"the shapes are {shapes}, but with {n_hidden} hidden neurons {expected} are expected"
        )
    return np.maximum(0, CORNERS @ w_1 + b_1) @ w_2 + b_2


def _softmax(scores: FloatArray) -> FloatArray:
    return Softmax().forward(scores)


def _of_matrix(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _with_one_maximum(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


def _unshifted(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def _of_columns(scores: FloatArray) -> FloatArray:
    return Softmax().forward(scores.T).T


def _without_keepdims(scores: FloatArray) -> Any:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


_normal = np.random.default_rng(13).standard_normal
_FAR = np.array([[1000.0, 999, 0], [-2000, -2001, -1999]])

EXERCISES: dict[str, Answer] = {
    "activations-collapse": Value(
        [2, 12],
        {
            "the last bias is missing": [2, 13],
            "the second layer's weights multiply the first layer's biases, too": [2, 3],
            "the first layer's biases are lost on the way": [2, -1],
        },
    ),
    "activations-lead": Value(
        np.log(10),
        {
            "that would be ten times the score; a lead of d gives e**d times the probability": 10,
            "that is the logarithm to the base 10; the base here is e": 1,
            "a lead of 10 gives 22,026 times the probability": np.exp(10),
        },
    ),
    "activations-plateau": Value(
        [1, -1, -1, 1],
        {
            "these are the slopes between the kinks; a weight is the change of slope at its kink": [
                *[1, 0, -1, 0]
            ],
            "these are the heights at the kinks; a weight is the change of slope at its kink": [
                *[0, 1, 1, 0]
            ],
            "this comes down twice as fast as it went up, as the tent does": [
                *[1, -1, -2, 2]
            ],
        },
    ),
    "activations-softmax": Function(
        _softmax,
        ((_normal((3, 3)),), (_normal((4, 3)),), (_normal((2, 5)),), (_FAR,)),
        {
            "the sum runs through the whole matrix; each sample needs its own": _of_matrix,
            "the sums run down the columns; a sample is a row": _of_columns,
            "the sums of the rows lie along the columns: keepdims=True helps": _without_keepdims,
            "large scores overflow: subtract each row's maximum first": _unshifted,
            "one maximum for the whole matrix is not enough: a row far below it is rounded to 0": _with_one_maximum,
        },
    ),
    "activations-leaky": Function(
        leaky_relu,
        ((_normal((4, 3)), 0.1), (_normal((2, 5)), 0.01), (_normal((3, 4)), 2.0)),
        {
            "this is ReLU: what is negative should keep a part of its size": lambda z, slope: (
                np.maximum(0, z)
            ),
            "for a slope above 1 the larger of the two is the wrong one": lambda z, slope: (
                np.maximum(z, slope * z)
            ),
            "negative numbers should stay negative": lambda z, slope: np.where(
                z > 0, z, -slope * z
            ),
            "the slope is for the negative numbers alone": lambda z, slope: slope * z,
        },
    ),
    "activations-parity": Value(
        CORNERS.sum(axis=1, keepdims=True) % 2,
        {
            "with two ones the result should be 0 again: another kink is missing": np.minimum(
                CORNERS.sum(axis=1, keepdims=True), 1
            ),
            "this is the number of ones: the slope has to turn round at the kinks": (
                CORNERS.sum(axis=1, keepdims=True)
            ),
            "right for one and for two ones, but with three the result should be 1 again": (
                np.array([0, 1, 0, -1])[CORNERS.sum(axis=1, keepdims=True)]
            ),
        },
        through=_at_corners,
    ),
}
