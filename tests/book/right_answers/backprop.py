"""Right answers to the exercises of the chapter on backpropagation."""

from fractions import Fraction

import numpy as np


class MeanOfSquares:
    def forward(self, y_pred, y_true):
        self.output = np.square(y_pred - y_true).mean(axis=1)
        return self.output

    def backward(self, y_pred, y_true):
        n_samples, n_outputs = y_pred.shape
        self.dinputs = (y_pred - y_true) * 2 / n_outputs / n_samples
        return self.dinputs


class MeanOfRows:
    def forward(self, y_pred, y_true):
        return [sum((p - t) ** 2) / len(p) for p, t in zip(y_pred, y_true)]

    def backward(self, y_pred, y_true):
        self.dinputs = -2 / np.size(y_true) * (y_true - y_pred)
        return self.dinputs.copy()


class RememberedErrors:
    def forward(self, y_pred, y_true):
        self.errors = y_true - y_pred
        return (self.errors**2).sum(axis=1) / y_true.shape[1]

    def backward(self, y_pred, y_true):
        self.dinputs = self.errors / (-0.5 * self.errors.size)
        return self.dinputs


class ResidualByParts:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.add(self.layer.forward(inputs), inputs)
        return self.output

    def backward(self, dvalues):
        through = self.layer.backward(dvalues.copy())
        self.dinputs = np.array([through, dvalues]).sum(axis=0)
        return self.dinputs


class ResidualOfStored:
    def __init__(self, layer):
        self.wrapped = layer

    def forward(self, inputs):
        self.wrapped.forward(inputs)
        return self.wrapped.output + inputs

    def backward(self, dvalues):
        self.wrapped.backward(dvalues)
        self.dinputs = self.wrapped.dinputs + dvalues
        return self.dinputs


class ResidualInPlace:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, inputs):
        output = inputs.copy()
        output += self.layer.forward(inputs)
        return output

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs += self.layer.backward(dvalues)
        return self.dinputs


class DropoutByFactor:
    def __init__(self, keep, mask):
        self.factor = mask / keep

    def forward(self, inputs):
        return self.factor * inputs

    def backward(self, dvalues):
        self.dinputs = self.factor * dvalues
        return self.dinputs


class DropoutByChoice:
    def __init__(self, keep, mask):
        self.p = keep
        self.stays = mask == 1

    def forward(self, inputs):
        return np.where(self.stays, inputs / self.p, 0)

    def backward(self, dvalues):
        self.dinputs = np.where(self.stays, dvalues / self.p, 0.0)
        return self.dinputs


class DropoutIntoZeros:
    def __init__(self, keep, mask):
        self.keep, self.mask = keep, mask

    def forward(self, inputs):
        kept = np.zeros(inputs.shape)
        kept[self.mask == 1] = inputs[self.mask == 1] / self.keep
        return kept

    def backward(self, dvalues):
        self.dinputs = dvalues * self.mask / self.keep
        return self.dinputs


class DropoutByIndex:
    def __init__(self, keep, mask):
        self.keep, self.mask = keep, mask

    def forward(self, inputs):
        output = inputs / self.keep
        output[self.mask == 0] = 0
        return output

    def backward(self, dvalues):
        self.dinputs = dvalues / self.keep
        self.dinputs[self.mask == 0] = 0
        return self.dinputs


class LogSoftmaxByLogaddexp:
    def forward(self, inputs):
        self.inputs = inputs
        return inputs - np.logaddexp.reduce(inputs, axis=1, keepdims=True)

    def backward(self, dvalues):
        softmax = np.exp(self.forward(self.inputs))
        self.dinputs = dvalues - softmax * dvalues.sum(axis=1)[:, np.newaxis]
        return self.dinputs


class LogSoftmaxByJacobian:
    def forward(self, inputs):
        largest = np.max(inputs, axis=1, keepdims=True)
        powers = np.exp(inputs - largest)
        sums = powers.sum(axis=1, keepdims=True)
        self.softmax = powers / sums
        return inputs - (largest + np.log(sums))

    def backward(self, dvalues):
        n_classes = dvalues.shape[1]
        jacobians = np.eye(n_classes) - self.softmax[:, np.newaxis, :]
        self.dinputs = (dvalues[:, :, np.newaxis] * jacobians).sum(axis=1)
        return self.dinputs


class LogSoftmaxTransposed:
    def forward(self, inputs):
        columns = inputs.T - inputs.max(axis=1)
        self.output = (columns - np.log(np.exp(columns).sum(axis=0))).T
        return self.output

    def backward(self, dvalues):
        self.dinputs = (dvalues.T - np.exp(self.output.T) * dvalues.sum(axis=1)).T
        return self.dinputs


RIGHT = {
    "backprop-neuron": [
        (-12, 18, -6),
        np.array([-12.0, 18.0, -6.0]),
        [Fraction(-12), np.float32(18), -6.001],
    ],
    "backprop-biases": [
        lambda d: np.ones((1, len(d))) @ d,
        lambda d: d.sum(axis=0).reshape(1, -1),
        lambda d: [[sum(column) for column in d.T]],
        lambda d: np.sum(d, 0)[None].astype(np.float32),
    ],
    "backprop-mse": [MeanOfSquares, MeanOfRows, RememberedErrors],
    "backprop-residual": [ResidualByParts, ResidualOfStored, ResidualInPlace],
    "backprop-dropout": [
        DropoutByFactor,
        DropoutByChoice,
        DropoutByIndex,
        DropoutIntoZeros,
    ],
    "backprop-logsoftmax": [
        LogSoftmaxByLogaddexp,
        LogSoftmaxByJacobian,
        LogSoftmaxTransposed,
    ],
}
