"""What the answers of the chapter on activation functions are compared with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ...activations import Softmax
from ...validation import FloatArray
from .answers import Answer, Function, Value
from .code import without_names


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


def softmax(scores: FloatArray) -> FloatArray:
    """Probabilities, one row per sample."""
    return Softmax().forward(scores)


def _divided(
    softmax: Callable[[FloatArray], Any],
) -> Callable[[FloatArray, float], Any]:
    """A softmax of scores that are divided by a temperature."""
    return lambda scores, temperature: softmax(scores / temperature)


def _with_one_sum(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _with_one_maximum(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


def _unshifted(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def _of_columns(scores: FloatArray) -> FloatArray:
    return softmax(scores.T).T


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


def _shifted_too_early(scores: FloatArray, temperature: float) -> FloatArray:
    powers = np.exp(scores / temperature - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _relu(z: FloatArray) -> FloatArray:
    return np.maximum(0, z)


def _as_it_is(z: FloatArray) -> FloatArray:
    return z


Layers = list[tuple[FloatArray, FloatArray]]


def network(
    inputs: FloatArray,
    layers: Layers,
    hidden: Callable[[FloatArray], Any] = _relu,
    last: Callable[[FloatArray], Any] = softmax,
) -> Any:
    """Dense layers, each followed by ReLU but the last, which is followed by softmax."""
    values = inputs
    for weights, biases in layers[:-1]:
        values = hidden(values @ weights + biases)
    weights, biases = layers[-1]
    return last(values @ weights + biases)


def _network_with(**functions: Callable[[FloatArray], Any]) -> Callable[..., Any]:
    return lambda inputs, layers: network(inputs, layers, **functions)


def _after_relu(inputs: FloatArray, layers: Layers) -> Any:
    return network(inputs, layers, last=lambda scores: softmax(_relu(scores)))


def _folded_once(inputs: FloatArray, layers: Layers) -> Any:
    first, *others = layers
    if not others:
        return network(inputs, layers)
    weights, biases = first
    return network(_relu(inputs @ weights + biases), others, hidden=_as_it_is)


def _without_biases(inputs: FloatArray, layers: Layers) -> Any:
    return network(inputs, [(weights, 0 * biases) for weights, biases in layers])


def _of_two_layers(inputs: FloatArray, layers: Layers) -> Any:
    return network(inputs, [layers[0], layers[1]])


def _layers(*sizes: int) -> Layers:
    return [(_normal((m, p)), _normal((1, p))) for m, p in pairwise(sizes)]


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
    "activations-temperature": Function(
        _divided(softmax),
        (
            (_normal((3, 3)), 0.5),
            (_normal((4, 3)), 2.0),
            (_normal((2, 5)), 3.0),
            (_FAR, 0.1),
            (_FAR, 4.0),
            (_ONE_LARGE, 1.0),
            (_ONE_LARGE, 0.5),
        ),
        {
            "the sum runs through the whole matrix; each sample needs its own": _divided(
                _with_one_sum
            ),
            "the sums run down the columns; a sample is a row": _divided(_of_columns),
            "the sums of the rows line up with the columns: keepdims=True helps": _divided(
                _without_keepdims
            ),
            "large scores overflow: subtract each row's maximum first": _divided(
                _unshifted
            ),
            "large scores overflow before the logarithm brings them back: subtract each row's maximum first": (
                _divided(_through_logarithm)
            ),
            "one maximum for the whole matrix is not enough: a row far below it is rounded to 0": _divided(
                _with_one_maximum
            ),
            "the mean may lie far below the largest score, which then overflows: subtract the maximum": _divided(
                _shifted_by(np.mean)
            ),
            "with the minimum subtracted, the largest score overflows all the more: subtract the maximum": _divided(
                _shifted_by(np.min)
            ),
            "the maximum has to be that of scores / temperature, which go into the exponential": _shifted_too_early,
            "the temperature has no effect: divide the scores by it": lambda scores, temperature: (
                softmax(scores)
            ),
            "divide the scores by the temperature, do not multiply": lambda scores, temperature: (
                softmax(scores * temperature)
            ),
            "the temperature divides the scores, not the probabilities": lambda scores, temperature: (
                softmax(scores) / temperature
            ),
            "these are the logarithms of the probabilities": _divided(
                lambda scores: np.log(_shifted_by(np.max)(scores))
            ),
            "these are the exponentials: divide each row by its sum": _divided(
                lambda scores: np.exp(scores - scores.max(axis=1, keepdims=True))
            ),
            "this picks the largest score; softmax gives each class a part": _divided(
                lambda scores: (scores == scores.max(axis=1, keepdims=True)) * 1.0
            ),
        },
        samples=True,
    ),
    "activations-network": Function(
        network,
        (
            (_normal((5, 2)), _layers(2, 4, 3)),
            (_normal((4, 3)), _layers(3, 5, 2, 4)),
            (_normal((3, 3)), _layers(3, 3, 3, 3, 3)),
            (_normal((6, 2)), _layers(2, 3)),
            (1000 * _normal((4, 2)), _layers(2, 5, 3)),
            (np.array([[1.0, 2], [-1500, 900]]), _layers(2, 3)),
        ),
        {
            "softmax is missing: these are the scores": _network_with(last=_as_it_is),
            "the last layer is followed by softmax, not by ReLU": _network_with(
                last=_relu
            ),
            "no ReLU after the last layer: softmax needs negative scores, too": _after_relu,
            "ReLU is missing: without it, the layers are no more than one": _network_with(
                hidden=_as_it_is
            ),
            "every layer but the last is followed by ReLU, not only the first": _folded_once,
            "softmax follows the last layer only; the others have ReLU": _network_with(
                hidden=softmax
            ),
            "the biases are missing": _without_biases,
            "large scores overflow: subtract each row's maximum before the exponential": _network_with(
                last=_unshifted
            ),
            "softmax needs each row's own maximum: a row far below that of the matrix is rounded to 0": _network_with(
                last=_with_one_maximum
            ),
            "the sums of softmax run down the columns; a sample is a row": _network_with(
                last=_of_columns
            ),
            "the sum of softmax runs through the whole matrix; each sample needs its own": _network_with(
                last=_with_one_sum
            ),
            "the last layer is left out": lambda inputs, layers: network(
                inputs, layers[:-1]
            ),
            "the layers run in the opposite order": lambda inputs, layers: network(
                inputs, layers[::-1]
            ),
            "there may be any number of layers; this takes two": _of_two_layers,
            "these are the classes; the probabilities were asked for": _network_with(
                last=lambda scores: scores.argmax(axis=1)
            ),
        },
        samples=True,
        written=without_names(
            *("Dense", "ReLU", "Softmax"), instead="write each step yourself"
        ),
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
