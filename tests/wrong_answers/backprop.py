"""Wrong answers to the exercises of the chapter on backpropagation."""

import numpy as np

from nnfs_lib.exercises import backprop


def with_backward(base, backward):
    """A class whose ``forward`` is right, and whose ``dinputs`` are what ``backward`` makes of what it is given."""

    class Made(base):
        def forward(self, inputs, *labels):
            self.output = super().forward(inputs, *labels)
            return self.output

        def backward(self, *given):
            self.dinputs = backward(self, *given)
            return self.dinputs

    return Made


class ForgetsToStore(backprop.Residual):
    def backward(self, dvalues):
        return dvalues + self.layer.backward(dvalues)


class OnlyTheLayer:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, inputs):
        return self.layer.forward(inputs)

    backward = forward


class MaskAlone(backprop.Dropout):
    def forward(self, inputs):
        return inputs * self.mask

    backward = forward


class AddsSquares:
    def forward(self, y_pred, y_true):
        return ((y_pred - y_true) ** 2).sum(axis=1)

    backward = forward


class OneNumber:
    def forward(self, y_pred, y_true):
        return ((y_pred - y_true) ** 2).mean()

    backward = forward


class Overflows:
    def forward(self, inputs):
        powers = np.exp(inputs)
        return np.log(powers / powers.sum(axis=1, keepdims=True))

    backward = forward


class WrongAxis:
    def forward(self, inputs):
        return inputs - np.log(np.exp(inputs).sum(axis=1))

    backward = forward


WRONG = {
    "backprop-neuron": [
        ([-2, 4, -2], "a factor 2"),
        ([4, -8, 4], "opposite sign"),
        ([-12, -2, -4], "with respect to the inputs"),
        ([-4, 8], "its shape is (2,), expected (3,)"),
        ([-4, -8, -4], "one entry is wrong"),
    ],
    "backprop-biases": [
        (lambda d: d.sum(axis=0), "keepdims=True keeps it"),
        (
            lambda d: d.sum(axis=1, keepdims=True),
            "was the sum taken along the other axis?",
        ),
        (lambda d: d.mean(axis=0, keepdims=True), "the mean over the samples"),
        (lambda d: d.sum(), "name the axis"),
        (lambda d: -d.sum(axis=0, keepdims=True), "opposite sign"),
    ],
    "backprop-mse": [
        (
            with_backward(
                backprop.MeanSquaredError, lambda self, p, t: 2 * (p - t) / p.shape[1]
            ),
            "factor of 5, the number of samples: was the mean forgotten?",
        ),
        (
            with_backward(
                backprop.MeanSquaredError, lambda self, p, t: 2 * (t - p) / p.size
            ),
            "in dinputs, it has the opposite sign",
        ),
        (
            with_backward(
                backprop.MeanSquaredError, lambda self, p, t: (p - t) / p.size
            ),
            "off by a factor of 0.5",
        ),
        (AddsSquares, "in forward, the squares are added"),
        (OneNumber, "it is one number, expected an array of shape (5,)"),
        (backprop.MeanSquaredError, "the class has no method backward"),
        (backprop.MeanSquaredError(), "pass the class itself"),
    ],
    "backprop-residual": [
        (
            with_backward(backprop.Residual, lambda self, d: self.layer.backward(d)),
            "in dinputs, 15 of 15 entries are wrong",
        ),
        (
            with_backward(backprop.Residual, lambda self, d: d),
            "in dinputs, 15 of 15 entries are wrong",
        ),
        (OnlyTheLayer, "in forward, the inputs are not added"),
        (ForgetsToStore, "backward does not store it"),
    ],
    "backprop-dropout": [
        (
            with_backward(backprop.Dropout, lambda self, d: d * self.mask),
            "in dinputs, it is off by a factor of 0.8",
        ),
        (
            with_backward(backprop.Dropout, lambda self, d: d / self.keep),
            "in dinputs, ",
        ),
        (MaskAlone, "divided by keep"),
        (
            with_backward(backprop.Dropout, lambda self, d: np.full_like(d, 0)),
            "0 everywhere",
        ),
    ],
    "backprop-logsoftmax": [
        (Overflows, "the exponentials overflow"),
        (
            WrongAxis,
            "in forward, it raises ValueError",
        ),
        (
            with_backward(
                backprop.LogSoftmax,
                lambda self, d: d - np.exp(self.output) * d.sum(axis=0, keepdims=True),
            ),
            "in dinputs, ",
        ),
        (
            with_backward(
                backprop.LogSoftmax,
                lambda self, d: (
                    np.exp(self.output)
                    * (d - (d * np.exp(self.output)).sum(axis=1, keepdims=True))
                ),
            ),
            "in dinputs, 12 of 12 entries are wrong",
        ),
    ],
}
