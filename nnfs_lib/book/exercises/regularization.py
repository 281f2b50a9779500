"""What the answers of the chapter on regularisation are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...validation import FloatArray
from .answers import Answer, Function, Value


def zeros(weights: FloatArray, gradient: FloatArray, rate: float, l1: float) -> Any:
    """A step against the gradient, then one towards 0 that ends there."""
    return _soft(weights - rate * gradient, rate * l1)


def _exactly_zero(answer: Callable[..., Any]) -> str:
    """An objection to zeros that are only nearly 0."""
    got = np.asarray(answer(_SMALL.copy(), np.zeros(3), 0.5, 0.2))
    return "" if not got.any() else "what should be 0 is nearly 0, and not exactly 0"


def _soft(values: FloatArray, threshold: float) -> Any:
    return np.sign(values) * np.maximum(0, np.abs(values) - threshold)


def averaged(x: FloatArray, weights: FloatArray, bias: float, rate: float) -> float:
    """The mean output of a neuron with ReLU over all masks of its inputs."""
    return _over_masks(x, weights, bias, rate)


def _over_masks(
    x: FloatArray,
    weights: FloatArray,
    bias: float,
    rate: float,
    after: Callable[[Any], Any] = lambda z: np.maximum(0, z),
    scale: float | None = None,
    chance: float | None = None,
) -> float:
    """The mean over all masks of what ``after`` makes of the score.

    ``chance`` is the probability that an input stays, and ``scale`` what it is multiplied by then.
    """
    scale = 1 / (1 - rate) if scale is None else scale
    chance = 1 - rate if chance is None else chance
    total = 0.0
    for number in range(2 ** len(x)):
        kept = np.array([number >> k & 1 for k in range(len(x))])
        probability = np.prod(np.where(kept, chance, 1 - chance))
        total += probability * after(np.sum(x * kept * scale * weights) + bias)
    return float(total)


def _without_scale(x: FloatArray, w: FloatArray, b: float, rate: float) -> float:
    return _over_masks(x, w, b, rate, scale=1.0)


def _exchanged(x: FloatArray, w: FloatArray, b: float, rate: float) -> float:
    return _over_masks(x, w, b, rate, scale=1 / rate, chance=rate)


def by_chance(n: int, wins: int) -> float:
    """The probability of at least so many heads among n."""
    return _heads(n, range(wins, n + 1))


def _heads(n: int, counts: Any) -> float:
    return sum(math.comb(n, k) for k in counts) / 2**n


def expected_loss(X: FloatArray, y: FloatArray, w: FloatArray, rate: float) -> Any:
    """Mean squared error of a linear neuron, averaged over all masks of its inputs."""
    return _error(X, y, w) + rate / (1 - rate) * _noise(X, w)


def _error(X: FloatArray, y: FloatArray, w: FloatArray) -> Any:
    difference = (X * w).sum(axis=1) - y
    return np.mean(difference * difference)


def _noise(X: FloatArray, w: FloatArray) -> Any:
    return np.mean(np.sum(X * X * w * w, axis=1))


def _with_factor(factor: Callable[[float], float]) -> Callable[..., Any]:
    """The right sum, with another factor of r in the price."""
    return lambda X, y, w, rate: _error(X, y, w) + factor(rate) * _noise(X, w)


def _with_price(price: Callable[[FloatArray, FloatArray], Any]) -> Callable[..., Any]:
    """The right factor, with another price."""
    return lambda X, y, w, rate: _error(X, y, w) + rate / (1 - rate) * price(X, w)


def subtracting(k: int, phases: FloatArray) -> Any:
    """The weights for b of neurons that subtract: waves that turn the other way round."""
    return _wave(-_ANGLES * k, phases)


def _wave(angles: FloatArray, phases: FloatArray, shape: Any = np.cos) -> Any:
    return shape(angles + np.reshape(phases, (-1, 1)))


_ANGLES = 2 * np.pi / 31 * np.arange(31)
_draws = np.random.RandomState(6)
_W, _G = _draws.random_sample((2, 3, 4)) * 2 - 1
_X = _draws.random_sample((7, 3)) * 4 - 1.5
_SMALL = np.array([0.05, -0.04, 0.0])
_Y = _draws.random_sample(7) * 3

EXERCISES: dict[str, Answer] = {
    "regularization-shrink": Value(
        -0.7,
        {
            "that is what L2 alone would leave: subtract the price of L1 first": -1.0,
            "that is what L1 alone would leave: divide by h + 2 lambda_2": -0.84,
            "the sign of a is lost": 0.7,
            "the derivative of lambda_2 w**2 is 2 lambda_2 w: there is a 2 in the divisor": -2.1
            / 2.75,
            "the 2 belongs to lambda_2 alone: h + 2 lambda_2": -2.1 / 5.5,
            "a has to be multiplied by h before lambda_1 is subtracted": -0.1,
            "a has to be multiplied by h, in the numerator": -0.3 / 2.5,
            "lambda_1 brings the weight closer to 0: it is subtracted from h |a|": -1.3,
            "that is what the data ask for, without any price": -1.2,
            "h |a| is larger than lambda_1, so something is left": 0,
            "|a| was asked for in the numerator: with its sign, a is pushed away from 0": 1.3,
        },
    ),
    "regularization-noise": Value(
        2.25,
        {
            "that is the variance: the standard deviation is its root": 5.0625,
            "the outputs that stay are divided by 1 - r, and so is their spread": 1.44,
            "r and 1 - r are exchanged": 4.0,
            "that is the mean: the spread was asked for": 3,
            "the root of r / (1 - r) is missing": 1.6875,
            "that is the variance of an output of 1, or of its mask: there is a 3, and a root": 0.5625,
            "that is the spread of the mask: multiply it by the input": 0.75,
            "the input multiplies the spread as it is: its square belongs to the variance": 6.75,
            "the output is 0 or 3 / 0.64: neither of these is its spread": 4.6875,
            "the mean of the squares is the variance and the square of the mean together": 3.75,
            "that is the probability with which it is dropped, times 3": 1.08,
        },
    ),
    "regularization-zeros": Function(
        zeros,
        (
            (_W, _G, 0.3, 0.4),
            (_W[0], _G[0], 0.5, 1.2),
            (
                np.array([0.05, -0.04, 0.4, 0.0]),
                np.array([0.0, 0.1, -0.2, 0.3]),
                0.5,
                0.2,
            ),
            (_G, _W, 0.1, 0.0),
        ),
        {
            "that is the sign in the gradient: a weight near 0 is pushed across it": lambda w, g, rate, l1: (
                w - rate * (g + l1 * np.sign(w))
            ),
            "the amount is the rate times l1: the threshold gets smaller with the step": lambda w, g, rate, l1: (
                _soft(w - rate * g, l1)
            ),
            "take the step first, and shrink what comes out": lambda w, g, rate, l1: (
                _soft(w, rate * l1) - rate * g
            ),
            "the penalty is missing": lambda w, g, rate, l1: w - rate * g,
            "the step against the gradient is missing": lambda w, g, rate, l1: _soft(
                w, rate * l1
            ),
            "the step goes against the gradient: subtract it": lambda w, g, rate, l1: (
                _soft(w + rate * g, rate * l1)
            ),
            "the gradient has to be multiplied by the rate": lambda w, g, rate, l1: (
                _soft(w - g, rate * l1)
            ),
            "the sign is lost": lambda w, g, rate, l1: np.abs(zeros(w, g, rate, l1)),
            "the sign of the weight before the step is not always that after it": lambda w, g, rate, l1: (
                np.sign(w) * np.abs(zeros(w, g, rate, l1))
            ),
            "what is closer to 0 than that has to become 0, not to change its sign": lambda w, g, rate, l1: (
                w - rate * g - rate * l1 * np.sign(w - rate * g)
            ),
            "what is further from 0 than the threshold has to be moved, too": lambda w, g, rate, l1: (
                np.where(np.abs(w - rate * g) <= rate * l1, 0, w - rate * g)
            ),
            "that is what L2 does: L1 takes the same amount from every weight": lambda w, g, rate, l1: (
                (1 - rate * l1) * w - rate * g
            ),
        },
        written=_exactly_zero,
    ),
    "regularization-average": Function(
        averaged,
        (
            (np.array([1.5, -2.0, 0.5]), np.array([1.0, 0.7, -1.2]), 0.3, 0.25),
            (np.array([2.0, 3.0]), np.array([1.0, -1.0]), -0.4, 0.6),
            (np.array([1.7]), np.array([-0.6]), 0.9, 0.1),
            (
                np.array([0.4, 1.1, -0.7, 2.0, 0.9]),
                np.array([-1.3, 0.8, 0.6, 0.5, -1.0]),
                -0.2,
                0.3,
            ),
        ),
        {
            "that is ReLU of the mean score: ReLU comes before the mean": lambda x, w, b, rate: (
                max(0.0, float(np.sum(x * w)) + b)
            ),
            "ReLU is missing": lambda x, w, b, rate: _over_masks(
                x, w, b, rate, after=lambda z: z
            ),
            "what stays has to be divided by 1 - rate": _without_scale,
            "rate is the probability of being dropped: it is exchanged with 1 - rate": _exchanged,
            "the networks are not equally likely: weight them by their probabilities": lambda x, w, b, rate: (
                _over_masks(x, w, b, rate, chance=0.5)
            ),
            "the probabilities are exchanged: an input stays with 1 - rate": lambda x, w, b, rate: (
                _over_masks(x, w, b, rate, chance=rate)
            ),
            "the bias is missing": lambda x, w, b, rate: averaged(x, w, 0.0, rate),
            "the bias is no input: it is neither dropped nor divided": lambda x, w, b, rate: (
                averaged(np.append(x, 1), np.append(w, b), 0.0, rate)
            ),
            "what stays is divided by 1 - rate, and not multiplied": lambda x, w, b, rate: (
                _over_masks(x, w, b, rate, scale=1 - rate)
            ),
        },
    ),
    "regularization-signs": Function(
        by_chance,
        ((30, 21), (30, 15), (5, 5), (8, 0), (11, 3), (30, 30)),
        {
            "that is the probability of exactly so many: at least so many were asked for": lambda n, wins: (
                _heads(n, [wins])
            ),
            "the count itself belongs to it: at least, not more than": lambda n, wins: (
                _heads(n, range(wins + 1, n + 1))
            ),
            "that is at most so many: sum from wins to n": lambda n, wins: _heads(
                n, range(wins + 1)
            ),
            "that is fewer than so many: sum from wins to n": lambda n, wins: _heads(
                n, range(wins)
            ),
            "n itself is missing: range ends before its second number": lambda n, wins: (
                _heads(n, range(wins, n))
            ),
            "that is the number of cases: divide by 2**n": lambda n, wins: (
                _heads(n, range(wins, n + 1)) * 2**n
            ),
            "both directions were not asked for: at least so many wins": lambda n, wins: (
                min(1.0, 2 * by_chance(n, wins))
            ),
            "that is the share of wins: how probable are so many by chance?": lambda n, wins: (
                wins / n
            ),
            "the sequences of coins are equally likely, not the n + 1 counts": lambda n, wins: (
                (n - wins + 1) / (n + 1)
            ),
            "that is one way to choose the wins: count the ways": lambda n, wins: (
                0.5**wins
            ),
        },
    ),
    "regularization-subtract": Function(
        subtracting,
        (
            (1, 2 * np.pi / 3 * np.arange(3)),
            (5, np.array([0.3, 1.1, 2.9, 4.0])),
            (12, np.array([-0.7, 0.5])),
        ),
        {
            "that adds: turn the sign of the hour alone, for the cosine of -x is that of x": lambda k, phases: (
                _wave(_ANGLES * k, phases)
            ),
            "minus belongs to the hour b, not to the weight": lambda k, phases: (
                -_wave(_ANGLES * k, phases)
            ),
            "the phases are missing": lambda k, phases: _wave(-_ANGLES * k, 0 * phases),
            "that is twice the phase, as in the last layer": lambda k, phases: _wave(
                -_ANGLES * k, 2 * phases
            ),
            "the wave turns k times: k is missing": lambda k, phases: _wave(
                -_ANGLES, phases
            ),
            "the wave is a cosine": lambda k, phases: _wave(
                -_ANGLES * k, phases, np.sin
            ),
            "omega is 2 pi k / 31: there is a 2 missing": lambda k, phases: _wave(
                -_ANGLES * k / 2, phases
            ),
            "the hours run from 0 to 30": lambda k, phases: _wave(
                -_ANGLES * k - 2 * np.pi / 31 * k, phases
            ),
            "the clock has 31 hours, from 0 to 30": lambda k, phases: _wave(
                -_ANGLES * k * 31 / 30, phases
            ),
            "it is the weights for b that change, and they have a row for each phase": lambda k, phases: (
                subtracting(k, phases).T
            ),
        },
    ),
    "regularization-price": Function(
        expected_loss,
        (
            (_X, _Y, np.array([0.7, -1.1, 0.4]), 0.25),
            (_X[:4, :2], _Y[:4], np.array([1.3, 0.6]), 0.6),
            (_X[:1], _Y[:1], np.array([0.5, 0.9, -0.2]), 0.1),
            (_X, _Y, np.array([0.2, 0.3, 1.4]), 0.0),
        ),
        {
            "that is the loss without dropout: the noise adds to it": lambda X, y, w, rate: (
                _error(X, y, w)
            ),
            "that is the noise alone: the loss without dropout is missing": lambda X, y, w, rate: (
                rate / (1 - rate) * _noise(X, w)
            ),
            "the variance has the factor r / (1 - r), not r": _with_factor(
                lambda rate: rate
            ),
            "the factor is r / (1 - r): what stays is divided by 1 - r": _with_factor(
                lambda rate: rate * (1 - rate)
            ),
            "r and 1 - r are exchanged": _with_factor(lambda rate: (1 - rate) / rate),
            "the factor is r / (1 - r): the mean of the squares is not the variance": _with_factor(
                lambda rate: 1 / (1 - rate)
            ),
            "the factor is r / (1 - r), without a root": _with_factor(
                lambda rate: math.sqrt(rate / (1 - rate))
            ),
            "the mean over the samples is missing in the noise": _with_price(
                lambda X, w: len(X) * _noise(X, w)
            ),
            "the noises of the inputs add up: take the sum over the inputs, and the mean over the samples": _with_price(
                lambda X, w: np.mean(X * X * w * w)
            ),
            "it is the mean of the squares of an input, not the square of its mean": _with_price(
                lambda X, w: np.sum(np.mean(X, axis=0) ** 2 * w * w)
            ),
            "dropout scales the whole input: the mean of its squares is not its variance over the samples": _with_price(
                lambda X, w: np.sum(np.var(X, axis=0) * w * w)
            ),
            "the squares of the inputs are missing: the price depends on the data": _with_price(
                lambda X, w: np.sum(w * w)
            ),
            "the variances add up, not the products: square each product before the sum": _with_price(
                lambda X, w: np.mean(np.sum(X * w, axis=1) ** 2)
            ),
            "the weights have to be squared, too": _with_price(
                lambda X, w: np.mean(np.sum(X * X * w, axis=1))
            ),
            "the inputs have to be squared, too": _with_price(
                lambda X, w: np.mean(np.sum(X * w * w, axis=1))
            ),
            "the loss is a mean over the samples, not a sum": lambda X, y, w, rate: (
                len(X) * expected_loss(X, y, w, rate)
            ),
            "the loss has no factor of one half here": lambda X, y, w, rate: (
                expected_loss(X, y, w, rate) / 2
            ),
        },
    ),
}
