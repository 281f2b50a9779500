"""What the answers of the chapter on mini-batches are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...numerics import matmul
from ...validation import FloatArray, IntArray
from .answers import Answer, Function, Value
from .code import without_loop


def steps(n_samples: int, batch_size: int) -> tuple[int, int]:
    """The steps of an epoch, and the samples in the last of them."""
    n_steps = -(-n_samples // batch_size)
    return n_steps, n_samples - (n_steps - 1) * batch_size


def accumulated(gradients: FloatArray, sizes: IntArray) -> FloatArray:
    """The mean gradient of a batch, from those of its pieces."""
    return _weighted(gradients, sizes) / sizes.sum()


def _weighted(gradients: FloatArray, sizes: IntArray) -> FloatArray:
    sums: FloatArray = (gradients * sizes[:, np.newaxis, np.newaxis]).sum(axis=0)
    return sums


def typical_error(gradients: FloatArray, batch_size: int) -> FloatArray:
    """The standard deviation of a mini-batch's mean gradient, drawn without replacement."""
    n, s2 = len(gradients), gradients.var(axis=0, ddof=1)
    return np.sqrt(s2 / batch_size * (1 - batch_size / n))


def leaky_deviation(n_inputs: int, slope: float) -> float:
    """Standard deviation of weights that keep the size of a signal through leaky ReLU."""
    return float(np.sqrt(2 / ((1 + slope * slope) * n_inputs)))


def scaled(weights: FloatArray, inputs: FloatArray) -> FloatArray:
    """Weights of a stack of layers, scaled so that the mean square after each ReLU is 1."""
    return _scaled_by(lambda scores: _root_mean_square(np.maximum(0, scores)))(
        weights, inputs
    )


def _root_mean_square(values: FloatArray) -> Any:
    return np.sqrt(np.mean(values * values))


def _scaled_by(
    size: Callable[[FloatArray], Any],
    onward: Callable[[FloatArray, Any], FloatArray] = lambda outputs, size: (
        outputs / size
    ),
    through: Callable[[FloatArray], FloatArray] = lambda scores: np.maximum(0, scores),
) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Weights divided by the ``size`` of the scores; ``onward`` makes the next inputs of what passed ``through``."""

    def scale(weights: FloatArray, inputs: FloatArray) -> FloatArray:
        result = np.empty_like(weights)
        for number, matrix in enumerate(weights):
            scores = matmul(inputs, matrix)
            result[number] = matrix / size(scores)
            inputs = onward(through(scores), size(scores))
        return result

    return scale


def _after_relu(size: Callable[[FloatArray], Any]) -> Callable[[FloatArray], Any]:
    return lambda scores: size(np.maximum(0, scores))


def _multiplied(weights: FloatArray, inputs: FloatArray) -> FloatArray:
    return _scaled_by(lambda scores: 1 / _root_mean_square(np.maximum(0, scores)))(
        weights, inputs
    )


_rng = np.random.default_rng(23)
_normal = _rng.standard_normal

EXERCISES: dict[str, Answer] = {
    "minibatches-steps": Function(
        steps,
        ((300, 64), (300, 50), (300, 500), (7, 7), (10, 1), (1000, 128), (65, 64)),
        {
            "the division is rounded down: the samples that are left over need a step, too": lambda n, size: (
                n // size,
                steps(n, size)[1],
            ),
            "where the batch size divides the number of samples, no further step is needed": lambda n, size: (
                n // size + 1,
                steps(n, size)[1],
            ),
            "where nothing is left over, the last mini-batch is a full one, not an empty one": lambda n, size: (
                steps(n, size)[0],
                n % size,
            ),
            "rounded down, and the samples that are left over lost: they make a smaller mini-batch": lambda n, size: (
                n // size,
                size,
            ),
            "n_samples // batch_size and the remainder are not yet what was asked for: the remainder needs a step": (
                lambda n, size: (n // size, n % size)
            ),
            "the last mini-batch is full only if nothing is left over": lambda n, size: (
                steps(n, size)[0],
                size,
            ),
            "round up, not to the nearest": lambda n, size: (
                round(n / size),
                steps(n, size)[1],
            ),
            "the number of steps comes first, then the samples of the last": lambda n, size: (
                steps(n, size)[::-1]
            ),
            "a number of steps is whole: round up": lambda n, size: (
                n / size,
                steps(n, size)[1],
            ),
        },
    ),
    "minibatches-price": Value(
        180,
        {
            "the error falls with the root of n: a third of the error costs more than three times the samples": 60,
            "take the square of the factor, not its root": 20 * np.sqrt(3),
            "to shrink the error, the mini-batch has to grow: the fraction is upside down": 20
            / 9,
            "to shrink the error, the mini-batch has to grow; and the factor has to be squared": 20
            / 3,
            "that is the factor by which the mini-batch grows; multiply it by its size": 9,
            "that is the factor by which the error shrinks; it has to be squared": 3,
            "that is how many samples are to be added; the size of the mini-batch was asked for": 160,
            "the error falls with the root of n, so the factor enters squared, not to a higher power": 540,
        },
    ),
    "minibatches-accumulate": Function(
        accumulated,
        (
            (_normal((3, 2, 4)), np.array([10, 10, 4])),
            (_normal((2, 3, 2)), np.array([1, 5])),
            (_normal((4, 4, 4)), np.array([7, 2, 3, 8])),
            (_normal((1, 2, 3)), np.array([6])),
            (_normal((3, 3, 3)), np.array([5, 5, 5])),
        ),
        {
            "the plain mean gives a sample of a small piece more weight: weight each piece by its size": lambda g, n: (
                g.mean(axis=0)
            ),
            "this is the sum over the pieces' means; the mean over all samples was asked for": lambda g, n: (
                g.sum(axis=0)
            ),
            "this is the sum over all samples: divide it by their number": _weighted,
            "divide by the number of samples, not by that of pieces": lambda g, n: (
                _weighted(g, n) / len(n)
            ),
            "divide by the number of all samples, once": lambda g, n: (
                _weighted(g, n) / n.max()
            ),
            "the gradients are means already: multiply by the size of a piece, do not divide by it": lambda g, n: (
                (g / n[:, np.newaxis, np.newaxis]).sum(axis=0)
            ),
            "this divides by the sizes, too; a larger piece should count more, not less": lambda g, n: (
                _weighted(g, 1 / n) / (1 / n).sum()
            ),
            "the pieces are counted with the squares of their sizes": lambda g, n: (
                _weighted(g, n * n) / (n * n).sum()
            ),
            "this is the gradient of the last piece alone": lambda g, n: g[-1],
            "add over the pieces: their axis is still there": lambda g, n: (
                g * n[:, np.newaxis, np.newaxis] / n.sum()
            ),
        },
    ),
    "minibatches-noise": Function(
        typical_error,
        (
            (_normal((6, 3)) * [1, 5, 0.3], 2),
            (_normal((4, 1)) + 3, 3),
            (_normal((5, 4)), 1),
            (_normal((8, 2)) - 1, 8),
            (_normal((3, 3)), 2),
        ),
        {
            "this is the variance; its root was asked for": lambda g, n: (
                typical_error(g, n) ** 2
            ),
            "the bracket 1 - n/N is missing: this is the error for draws with replacement": lambda g, n: (
                np.sqrt(g.var(axis=0, ddof=1) / n)
            ),
            "s squared divides by N - 1: that is ddof=1": lambda g, n: np.sqrt(
                g.var(axis=0) / n * (1 - n / len(g))
            ),
            "the bracket belongs under the root, too": lambda g, n: (
                np.sqrt(g.var(axis=0, ddof=1) / n) * (1 - n / len(g))
            ),
            "n belongs under the root, too": lambda g, n: (
                np.sqrt(g.var(axis=0, ddof=1) * (1 - n / len(g))) / n
            ),
            "the spread is that of single samples: divide its square by the batch size": lambda g, n: (
                np.sqrt(g.var(axis=0, ddof=1) * (1 - n / len(g)))
            ),
            "this is the spread of single samples: it does not depend on the batch size": lambda g, n: (
                g.std(axis=0, ddof=1)
            ),
            "with the bracket (N - n) / (N - 1) goes the variance with N below it; this mixes the two": lambda g, n: (
                np.sqrt(g.var(axis=0, ddof=1) / n * (len(g) - n) / (len(g) - 1))
            ),
            "the square of the deviations from the mean was asked for, not that of the gradients": lambda g, n: (
                np.sqrt((g * g).sum(axis=0) / (len(g) - 1) / n * (1 - n / len(g)))
            ),
            "this lumps all parameters together: one number for each column was asked for": lambda g, n: (
                np.sqrt(g.var(ddof=1) / n * (1 - n / len(g)))
            ),
            "samples are in the rows: take the variance along axis 0": lambda g, n: (
                np.sqrt(g.var(axis=1, ddof=1) / n * (1 - n / len(g)))
            ),
            "the bracket is 1 - n/N, not 1 - 1/N": lambda g, n: np.sqrt(
                g.var(axis=0, ddof=1) / n * (1 - 1 / len(g))
            ),
        },
        written=without_loop,
    ),
    "minibatches-leaky": Function(
        leaky_deviation,
        ((100, 0.1), (7, 0.0), (50, 1.0), (3, 0.5), (12, 2.0)),
        {
            "this is the variance: the standard deviation is its root": lambda m, a: (
                2 / ((1 + a * a) * m)
            ),
            "that is for ReLU: what leaks through counts, too": lambda m, a: np.sqrt(
                2 / m
            ),
            "the slope multiplies numbers, so their squares get its square": lambda m, a: (
                np.sqrt(2 / ((1 + a) * m))
            ),
            "add the squares, 1 and slope squared; this is the square of the sum": lambda m, a: (
                np.sqrt(2 / m) / (1 + a)
            ),
            "the part that leaks through is added: the sign in 1 + slope squared is plus": lambda m, a: (
                np.sqrt(2 / (abs(1 - a * a) * m)) if a != 1 else np.inf
            ),
            "more passes than through ReLU, so the weights have to be smaller: divide by 1 + slope squared": (
                lambda m, a: np.sqrt(2 * (1 + a * a) / m)
            ),
            "half of the signal is positive and half negative: there is a factor of 2": lambda m, a: (
                np.sqrt(1 / ((1 + a * a) * m))
            ),
            "only the negative half is multiplied by the slope: the positive half passes as it is": lambda m, a: (
                np.sqrt(2 / m) / a if a else np.inf
            ),
            "that is the number by which to divide: the fraction is upside down": lambda m, a: (
                np.sqrt((1 + a * a) * m / 2)
            ),
            "the number of inputs belongs under the root": lambda m, a: (
                np.sqrt(2 / (1 + a * a)) / m
            ),
        },
    ),
    "minibatches-scale": Function(
        scaled,
        (
            (_normal((3, 4, 4)), _normal((7, 4))),
            (0.1 * _normal((2, 5, 5)), 3 + _normal((4, 5))),
            (5 * _normal((1, 3, 3)), _normal((6, 3))),
            (_normal((4, 6, 6)) + 0.2, _normal((2, 6))),
        ),
        {
            "the mean square is taken before ReLU: it is the outputs of ReLU that should have 1": _scaled_by(
                _root_mean_square
            ),
            "divide by the root of the mean square, not by the mean square": _scaled_by(
                _after_relu(lambda outputs: np.mean(outputs * outputs))
            ),
            "multiply by 1 / root, do not multiply by the root": _multiplied,
            "the mean square should be 1, not the variance: the mean is not subtracted": _scaled_by(
                _after_relu(np.std)
            ),
            "the mean of the squares should be 1; this makes the mean of the outputs 1": _scaled_by(
                _after_relu(np.mean)
            ),
            "divide the sum of the squares by their number: the mean was asked for": _scaled_by(
                _after_relu(lambda outputs: np.sqrt(np.sum(outputs * outputs)))
            ),
            "the next layer sees the outputs of the scaled layer: scale them, too": _scaled_by(
                _after_relu(_root_mean_square), lambda outputs, size: outputs
            ),
            "ReLU stands between the layers, too: what goes on to the next layer has to pass it": _scaled_by(
                _after_relu(_root_mean_square), through=lambda scores: scores
            ),
            "one factor for the whole layer: this gives each neuron its own": _scaled_by(
                _after_relu(
                    lambda outputs: np.sqrt(np.mean(outputs * outputs, axis=0) + 1e-300)
                )
            ),
            "each layer gets the first inputs here; it should get the outputs of the layer before": lambda w, x: (
                np.concatenate([scaled(w[[k]], x) for k in range(len(w))])
            ),
            "these are the weights as they came": lambda w, x: w,
        },
    ),
}
