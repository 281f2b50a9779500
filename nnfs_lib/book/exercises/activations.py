"""What the answers of the chapter on activation functions are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...activations import Softmax
from ...validation import FloatArray
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


def _shifted_by(shift: Callable[..., Any]) -> Callable[..., Any]:
    def softmax(scores: FloatArray) -> FloatArray:
        powers = np.exp(scores - shift(scores, axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return softmax


def _through_logarithm(scores: FloatArray) -> FloatArray:
    sums = np.exp(scores).sum(axis=1, keepdims=True)
    return np.exp(scores - np.log(sums))


_normal = np.random.default_rng(13).standard_normal
_FAR = np.array([[1000.0, 999, 0], [-2000, -2001, -1999]])
_ONE_LARGE = np.array([[1200.0, 0, 0], [0, -1, 2], [0, 900, -900]])
_BITS = CORNERS.sum(axis=1, keepdims=True)

EXERCISES: dict[str, Answer] = {
    "activations-collapse": Value(
        [-2, 14],
        {
            "the last bias is missing": [-2, 15],
            "the last bias is −1: it is added, not subtracted": [-2, 16],
            "the first layer's biases, too, are multiplied by the second layer's weights": [
                *[-2, 3]
            ],
            "the first layer's biases are lost": [-2, -1],
            "the first neuron's bias, too, is taken four times": [-2, 5],
            "the second neuron's bias, too, is taken three times": [-2, 12],
            "the second neuron's weight, too, is taken three times": [2, 14],
            "the second neuron's weight is −2: it is taken three times and subtracted": [
                *[10, 14]
            ],
            "the second neuron's output is taken three times": [2, 12],
            "the weight comes first, then the bias": [14, -2],
            "the last bias is added once, not to each product": [-2, 13],
        },
    ),
    "activations-lead": Value(
        np.log(10),
        {
            "that would be ten times the score; a lead of d gives e**d times the probability": 10,
            "that is the logarithm to the base 10; the base here is e": 1,
            "that is the logarithm to the base 2; the base here is e": np.log2(10),
            "a lead of 10 gives 22,026 times the probability": np.exp(10),
            "that is for nine times the probability": np.log(9),
            "that is for a hundred times the probability": np.log(100),
            "the quotient of the probabilities is 10, and not their difference": 0.1,
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
            "this is a tent: it comes down at x = 1, where the plateau should begin": [
                *[1, -2, 1, 0]
            ],
            "this goes on falling after x = 3: the last kink has to make it level": [
                *[1, -1, -1, 0]
            ],
            "this never comes down: the slope has to turn at x = 2 and at x = 3": [
                *[1, -1, 0, 0]
            ],
            "this goes up again at x = 2: its slope has to become −1 there": [
                *[1, -1, 1, -1]
            ],
            "this has a slope of 1 until x = 2: the plateau begins at x = 1": [
                *[1, 0, -2, 1]
            ],
        },
        tolerance=1e-6,
    ),
    "activations-softmax": Function(
        _softmax,
        (
            (_normal((3, 3)),),
            (_normal((4, 3)),),
            (_normal((2, 5)),),
            (_FAR,),
            (_ONE_LARGE,),
        ),
        {
            "the sum runs through the whole matrix; each sample needs its own": _of_matrix,
            "the sums run down the columns; a sample is a row": _of_columns,
            "the sums of the rows lie along the columns: keepdims=True helps": _without_keepdims,
            "large scores overflow: subtract each row's maximum first": _unshifted,
            "large scores overflow before the logarithm brings them back: subtract each row's maximum first": (
                _through_logarithm
            ),
            "one maximum for the whole matrix is not enough: a row far below it is rounded to 0": _with_one_maximum,
            "the mean may lie far below the largest score, which then overflows: subtract the maximum": _shifted_by(
                np.mean
            ),
            "with the minimum subtracted, the largest score overflows all the more: subtract the maximum": _shifted_by(
                np.min
            ),
            "these are the logarithms of the probabilities": lambda scores: np.log(
                _shifted_by(np.max)(scores)
            ),
            "these are the exponentials: divide each row by its sum": lambda scores: (
                np.exp(scores - scores.max(axis=1, keepdims=True))
            ),
            "this picks the largest score; softmax gives each class a part": lambda scores: (
                (scores == scores.max(axis=1, keepdims=True)) * 1.0
            ),
        },
        samples=True,
    ),
    "activations-leaky": Function(
        leaky_relu,
        (
            (_normal((4, 3)), 0.1),
            (_normal((2, 5)), 0.01),
            (5 * _normal((3, 4)), 2.0),
            (np.array([[0.0, -1e-3, 1e-3], [40, -40, 0.5]]), 0.3),
            (_normal((3, 3)), 1.0),
        ),
        {
            "this is ReLU: what is negative should keep a part of its size": lambda z, slope: (
                np.maximum(0, z)
            ),
            "for a slope above 1 the larger of the two is the wrong one": lambda z, slope: (
                np.maximum(z, slope * z)
            ),
            "for a slope below 1 the smaller of the two is the wrong one": lambda z, slope: (
                np.minimum(z, slope * z)
            ),
            "the slope is for negative numbers alone": lambda z, slope: slope * z,
            "the slope is for the negative numbers; here it is the positive ones that have it": lambda z, slope: (
                np.where(z < 0, z, slope * z)
            ),
            "a negative number should be multiplied by the slope, not replaced by it": lambda z, slope: (
                np.where(z > 0, z, slope)
            ),
            "the slope multiplies a negative number; it is not added": lambda z, slope: (
                np.where(z > 0, z, z + slope)
            ),
            "the slope is a factor: multiply, do not divide": lambda z, slope: np.where(
                z > 0, z, z / slope
            ),
            "these are the slopes at each entry; the function itself was asked for": lambda z, slope: (
                np.where(z > 0, 1, slope)
            ),
            "negative numbers should stay negative: in a sum of two ReLUs the second is subtracted": lambda z, slope: (
                np.maximum(0, z) + slope * np.maximum(0, -z)
            ),
        },
    ),
    "activations-parity": Value(
        _BITS % 2,
        {
            "with two ones the result should be 0 again: another kink is missing": np.minimum(
                _BITS, 1
            ),
            "this is the number of ones: the slope has to change at the kinks": _BITS,
            "right for one and for two ones, but with three the result should be 1 again": (
                np.array([0, 1, 0, -1])[_BITS]
            ),
            "this is 1 for an even number of ones": 1 - _BITS % 2,
            "right up to two ones, but with three the result should be 1: the last kink is missing": (
                np.array([0, 1, 0, 0])[_BITS]
            ),
            "with three ones the result should be 1: the last change of slope is too large": (
                np.array([0, 1, 0, 2])[_BITS]
            ),
            "with one 1 the result is 0: the first kink has to be at 0": np.array(
                [0, 0, 1, 0]
            )[_BITS],
        },
        through=_at_corners,
        tolerance=1e-6,
    ),
}
