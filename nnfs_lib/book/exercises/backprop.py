"""What the answers of the chapter on backpropagation are compared with.

Of the classes only ``forward`` is needed: `check_gradients` finds out what ``backward`` has to give.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...activations import ReLU, Softmax
from ...layers import Dense
from ...numerics import exp, log
from ...validation import FloatArray
from .answers import Answer, Function, Layer, Value
from .code import without_loop


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
        shifted = _shifted(inputs)
        return shifted - log(_row_sums(exp(shifted)))


def _with(base: type = object, **methods: Any) -> type:
    """A class with a mistake: ``base`` with a method in place of its own, or none."""
    return type("Mistaken", (base,), methods)


class _WithInputs(Residual):
    def forward(self, inputs: FloatArray) -> FloatArray:
        self.inputs = inputs
        return super().forward(inputs)


class _WithOutput(LogSoftmax):
    def forward(self, inputs: FloatArray) -> FloatArray:
        self.output = super().forward(inputs)
        return self.output


def _shifted(scores: FloatArray) -> FloatArray:
    return scores - scores.max(axis=1, keepdims=True)


def _row_sums(values: FloatArray) -> Any:
    return values.sum(axis=1, keepdims=True)


def _normalized(powers: FloatArray) -> FloatArray:
    return powers / _row_sums(powers)


def _dense(size: int, rng: np.random.Generator) -> Dense:
    layer = Dense(size, size, rng=rng, dtype=np.float64)
    layer.weights[:] = rng.standard_normal((size, size))
    return layer


_rng = np.random.default_rng(5)
_normal = _rng.standard_normal

EXERCISES: dict[str, Answer] = {
    "backprop-neuron": Value(
        [-12, 18, -6],
        {
            "the derivative of the square has a factor 2: 2 (a - t)": [-6, 9, -3],
            "these are the derivatives with respect to the inputs: the gradient of a factor is the other factor": [
                *[-15, -6, -6]
            ],
            "a bias is added to the sum, so its derivative is that of the sum": [
                *[-12, 18, 6]
            ],
            "a bias is added to the sum: it is not multiplied by an input": [
                *[-12, 18, -12]
            ],
            "that starts from the loss itself, (a - t)**2, and not from its derivative": [
                *[18, -27, 9]
            ],
            "the target is missing: the derivative of the loss is 2 (a - t)": [
                *[4, -6, 2]
            ],
            "the second input is negative: mind its sign": [-12, -18, -6],
            "ReLU lets the gradient pass, since z is positive": [0, 0, 0],
            "the two weights are swapped": [18, -12, -6],
        },
    ),
    "backprop-biases": Function(
        lambda dvalues: dvalues.sum(axis=0, keepdims=True),
        (
            (_normal((3, 3)),),
            (_normal((5, 3)),),
            (_normal((2, 4)),),
            (_normal((1, 2)),),
        ),
        {
            "this is the mean over the samples; the paths from a bias to the loss add up": lambda dvalues: (
                dvalues.mean(axis=0, keepdims=True)
            ),
            "this is one number for the whole matrix: name the axis": lambda dvalues: (
                dvalues.sum()
            ),
            "this is one number for the whole matrix: name the axis that disappears": lambda dvalues: (
                dvalues.sum(keepdims=True)
            ),
            "this is the gradient of one sample; all of them count": lambda dvalues: (
                dvalues[:1]
            ),
            "the sum runs over the samples, which lie along the other axis": lambda dvalues: (
                dvalues.sum(axis=1)[np.newaxis]
            ),
            "these are still the rows of all samples: add them up": lambda dvalues: (
                dvalues
            ),
        },
        samples=True,
    ),
    "backprop-mse": Layer(
        MeanSquaredError,
        (
            ((), (_normal((5, 3)), _normal((5, 3)))),
            ((), (_normal((4, 2)), _normal((4, 2)))),
            ((), (_normal((3, 3)), _normal((3, 3)))),
            ((), (_normal((2, 1)), _normal((2, 1)))),
        ),
        {
            "the squares are added; the mean over the outputs was asked for": _with(
                forward=lambda self, p, t: ((p - t) ** 2).sum(axis=1)
            ),
            "this is the loss of the batch; the loss of each sample was asked for": _with(
                forward=lambda self, p, t: ((p - t) ** 2).mean()
            ),
            "this is the mean over the samples; each sample has the mean over its outputs": _with(
                forward=lambda self, p, t: ((p - t) ** 2).mean(axis=0)
            ),
            "these are absolute errors; squares were asked for": _with(
                forward=lambda self, p, t: abs(p - t).mean(axis=1)
            ),
            "this is the root of the mean; the mean of the squares was asked for": _with(
                forward=lambda self, p, t: np.sqrt(((p - t) ** 2).mean(axis=1))
            ),
            "the 1/m from the mean over the outputs is missing": _with(
                MeanSquaredError, backward=lambda self, p, t: 2 * (p - t) / len(p)
            ),
            "the derivative of the square has a factor 2": _with(
                MeanSquaredError, backward=lambda self, p, t: (p - t) / p.size
            ),
        },
    ),
    "backprop-residual": Layer(
        Residual,
        (
            ((_dense(3, _rng),), (_normal((5, 3)),)),
            ((_dense(4, _rng),), (_normal((2, 4)),)),
            ((Softmax(),), (_normal((3, 4)),)),
            ((ReLU(),), (_normal((2, 3)),)),
        ),
        {
            "the inputs are not added to the layer's output": _with(
                Residual, forward=lambda self, x: self.layer.forward(x)
            ),
            "the path around the layer is missing: its gradient has to be added too": _with(
                Residual, backward=lambda self, d: self.layer.backward(d)
            ),
            "this is the path around the layer alone: add what comes back through the layer": _with(
                Residual, backward=lambda self, d: d
            ),
            "along the path around the layer the gradient comes back, not the inputs": _with(
                _WithInputs,
                backward=lambda self, d: self.inputs + self.layer.backward(d),
            ),
        },
    ),
    "backprop-dropout": Layer(
        Dropout,
        tuple(
            (
                (keep, (_rng.random(shape) < keep).astype(np.float64)),
                (_normal(shape),),
            )
            for keep, shape in ((0.8, (5, 3)), (0.5, (3, 6)), (0.3, (4, 4)))
        ),
        {
            "the activations that are kept have to be divided by keep": _with(
                Dropout, forward=lambda self, x: x * self.mask
            ),
            "divide by keep: what is kept grows, to make up for what is not": _with(
                Dropout, forward=lambda self, x: x * self.mask * self.keep
            ),
            "the mask is not used: where it is 0, the activation becomes 0": _with(
                Dropout, forward=lambda self, x: x / self.keep
            ),
            "the mask is 1 where an activation stays, not where it goes": _with(
                Dropout, forward=lambda self, x: x * (1 - self.mask) / self.keep
            ),
            "divide by keep here as well: the same factor as in forward": _with(
                Dropout, backward=lambda self, d: d * self.mask
            ),
            "the mask is missing: no gradient reaches what was set to 0": _with(
                Dropout, backward=lambda self, d: d / self.keep
            ),
            "mask and keep are missing: the gradient has the factor of forward": _with(
                Dropout, backward=lambda self, d: d
            ),
        },
    ),
    "backprop-logsoftmax": Layer(
        LogSoftmax,
        (
            ((), (_normal((3, 3)),)),
            ((), (_normal((4, 3)),)),
            ((), (np.array([[800], [-800]]) + _normal((2, 5)),)),
            ((), (np.array([[1200, 0, 0], [0, 0, 0]]) + _normal((2, 3)),)),
        ),
        {
            "with scores around 800 the exponentials overflow: subtract each row's maximum": _with(
                forward=lambda self, x: np.log(_normalized(np.exp(x)))
            ),
            "one maximum for the whole matrix is not enough: a row far below it is rounded to 0": _with(
                forward=lambda self, x: (
                    x - x.max() - np.log(_row_sums(np.exp(x - x.max())))
                )
            ),
            "a small probability is rounded to 0 before its logarithm is taken: stay with the scores": _with(
                forward=lambda self, x: np.log(_normalized(np.exp(_shifted(x))))
            ),
            "the maximum has to be subtracted from both parts": _with(
                forward=lambda self, x: x - log(_row_sums(exp(_shifted(x))))
            ),
            "this is softmax; its logarithm was asked for": _with(
                forward=lambda self, x: exp(LogSoftmax().forward(x))
            ),
            "the sum over each row of dvalues is missing": _with(
                _WithOutput, backward=lambda self, d: d - exp(self.output) * d
            ),
            "this sums over the samples; each sample has a sum of its own": _with(
                _WithOutput,
                backward=lambda self, d: d - exp(self.output) * d.sum(axis=0),
            ),
            "this sums over the whole matrix; each sample has a sum of its own": _with(
                _WithOutput, backward=lambda self, d: d - exp(self.output) * d.sum()
            ),
            "this assumes that each row of dvalues sums to 1; it can be any gradient": _with(
                _WithOutput, backward=lambda self, d: d - exp(self.output)
            ),
            "this is the gradient of softmax; that of its logarithm has no factor S in front": _with(
                _WithOutput,
                backward=lambda self, d: (
                    exp(self.output) * (d - _row_sums(d * exp(self.output)))
                ),
            ),
            "the sum is multiplied by the probabilities, not by their logarithms": _with(
                _WithOutput, backward=lambda self, d: d - self.output * _row_sums(d)
            ),
        },
        written=without_loop,
    ),
}
