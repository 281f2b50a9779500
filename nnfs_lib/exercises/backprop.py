"""What the answers of the chapter on backpropagation are compared with.

Of the classes only ``forward`` is needed: `check_gradients` finds out what ``backward`` has to give.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..layers import Dense
from ..numerics import exp, log
from ..validation import FloatArray
from .answers import Answer, Function, Layer, Value


class MeanSquaredError:
    """Of each sample, the mean of its squared errors."""

    def forward(self, y_pred: FloatArray, y_true: FloatArray) -> FloatArray:
        return np.mean((y_pred - y_true) ** 2, axis=1)


class Residual:
    """A layer whose inputs are added to its output."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def forward(self, inputs: FloatArray) -> FloatArray:
        return inputs + self.layer.forward(inputs)


class Dropout:
    """Sets to 0 what ``mask`` hides, and makes up for it."""

    def __init__(self, keep: float, mask: FloatArray) -> None:
        self.keep, self.mask = keep, mask

    def forward(self, inputs: FloatArray) -> FloatArray:
        return inputs * self.mask / self.keep


class LogSoftmax:
    """The logarithm of softmax, from the scores."""

    def forward(self, inputs: FloatArray) -> FloatArray:
        shifted = inputs - inputs.max(axis=1, keepdims=True)
        return shifted - log(exp(shifted).sum(axis=1, keepdims=True))


class _SumOfSquares:
    def forward(self, y_pred: FloatArray, y_true: FloatArray) -> FloatArray:
        return np.sum((y_pred - y_true) ** 2, axis=1)


class _WithoutSkip(Residual):
    def forward(self, inputs: FloatArray) -> FloatArray:
        return self.layer.forward(inputs)


class _MaskAlone(Dropout):
    def forward(self, inputs: FloatArray) -> FloatArray:
        return inputs * self.mask


class _Unshifted:
    def forward(self, inputs: FloatArray) -> FloatArray:
        powers = np.exp(inputs)
        return np.log(powers / powers.sum(axis=1, keepdims=True))


class _NotLogarithm:
    def forward(self, inputs: FloatArray) -> FloatArray:
        return exp(LogSoftmax().forward(inputs))


def _dense(size: int, rng: np.random.Generator) -> Dense:
    layer = Dense(size, size, rng=rng, dtype=np.float64)
    layer.weights[:] = rng.standard_normal((size, size))
    return layer


_rng = np.random.default_rng(5)
_normal = _rng.standard_normal

EXERCISES: dict[str, Answer] = {
    "backprop-neuron": Value(
        [-4, 8, -4],
        {
            "the derivative of the square has a factor 2: 2 (a - t)": [-2, 4, -2],
            "these are the derivatives with respect to the inputs: a product exchanges its inputs": [
                *[-12, -2, -4]
            ],
            "a bias enters the sum with the factor 1, so it gets what the sum gets": [
                *[-4, 8, 4]
            ],
        },
    ),
    "backprop-biases": Function(
        lambda dvalues: dvalues.sum(axis=0, keepdims=True),
        ((_normal((5, 3)),), (_normal((2, 4)),)),
        {
            "this is the mean over the samples; the ways from a bias to the loss add up": lambda dvalues: (
                dvalues.mean(axis=0, keepdims=True)
            ),
            "this is one number for the whole matrix: name the axis": lambda dvalues: (
                dvalues.sum()
            ),
        },
        samples=True,
    ),
    "backprop-mse": Layer(
        MeanSquaredError,
        (
            ((), (_normal((5, 3)), _normal((5, 3)))),
            ((), (_normal((4, 2)), _normal((4, 2)))),
        ),
        {
            "the squares are added; the mean over the outputs was asked for": _SumOfSquares
        },
    ),
    "backprop-residual": Layer(
        Residual,
        (
            ((_dense(3, _rng),), (_normal((5, 3)),)),
            ((_dense(4, _rng),), (_normal((2, 4)),)),
        ),
        {"the inputs are not added to the layer's output": _WithoutSkip},
    ),
    "backprop-dropout": Layer(
        Dropout,
        tuple(
            (
                (keep, (_rng.random(shape) < keep).astype(np.float64)),
                (_normal(shape),),
            )
            for keep, shape in ((0.8, (5, 3)), (0.5, (3, 6)))
        ),
        {
            "the activations that are kept have to be divided by keep": _MaskAlone,
        },
    ),
    "backprop-logsoftmax": Layer(
        LogSoftmax,
        (
            ((), (_normal((4, 3)),)),
            ((), (_normal((2, 5)) + 800,)),
        ),
        {
            "with scores around 800 the exponentials overflow: subtract each row's maximum": _Unshifted,
            "this is softmax; its logarithm was asked for": _NotLogarithm,
        },
    ),
}
