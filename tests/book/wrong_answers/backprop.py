"""Wrong answers to the exercises of the chapter on backpropagation."""

import numpy as np

from nnfs_lib.book.exercises import backprop


def with_backward(base, backward, returned=lambda dinputs: dinputs):
    """A class whose ``forward`` is right, and whose ``dinputs`` are what ``backward`` makes of what it is given."""

    class Made(base):
        def forward(self, inputs, *labels):
            self.inputs = inputs
            self.output = super().forward(inputs, *labels)
            return self.output

        def backward(self, *given):
            self.dinputs = backward(self, *given)
            return returned(self.dinputs)

    return Made


def with_forward(base, forward):
    """A class with this ``forward``; its ``backward`` is never reached."""

    class Made(base):
        pass

    Made.forward = forward
    Made.backward = forward
    return Made


def mse(backward, **options):
    return with_backward(backprop.MeanSquaredError, backward, **options)


def residual(backward, **options):
    return with_backward(backprop.Residual, backward, **options)


def dropout(backward, **options):
    return with_backward(backprop.Dropout, backward, **options)


def log_softmax(backward, **options):
    return with_backward(backprop.LogSoftmax, backward, **options)


def row_sums(values):
    return values.sum(axis=1, keepdims=True)


class ForgetsToStore(backprop.Residual):
    def backward(self, dvalues):
        return dvalues + self.layer.backward(dvalues)


class AddsUp(backprop.Dropout):
    dinputs = 0

    def backward(self, dvalues):
        self.dinputs = self.dinputs + dvalues * self.mask / self.keep
        return self.dinputs


class StoresOutputOnly:
    def forward(self, y_pred, y_true):
        self.output = np.square(y_pred - y_true).mean(axis=1)

    def backward(self, y_pred, y_true):
        self.dinputs = (y_pred - y_true) * 2 / y_pred.size


class KnowsDenseAlone(backprop.Residual):
    def backward(self, dvalues):
        self.dinputs = dvalues + dvalues @ self.layer.weights.T
        return self.dinputs


class Loops(backprop.LogSoftmax):
    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for row, inputs in enumerate(self.inputs):
            softmax = np.exp(super().forward(inputs[np.newaxis]))[0]
            self.dinputs[row] = dvalues[row] - softmax * dvalues[row].sum()
        return self.dinputs

    def forward(self, inputs):
        self.inputs = inputs
        return super().forward(inputs)


def softmax(self, inputs):
    powers = np.exp(inputs)
    return powers / row_sums(powers)


def one_maximum(self, inputs):
    shifted = inputs - inputs.max()
    return shifted - np.log(row_sums(np.exp(shifted)))


def rounded_to_zero(self, inputs):
    powers = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    return np.log(powers / row_sums(powers))


def half_shifted(self, inputs):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    return inputs - np.log(row_sums(np.exp(shifted)))


def stable_softmax(self, inputs):
    powers = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    return powers / row_sums(powers)


class ChangesTheLabels:
    def forward(self, y_pred, y_true):
        return ((y_pred - y_true) ** 2).mean(axis=1)

    def backward(self, y_pred, y_true):
        y_true -= y_pred
        self.dinputs = -2 * y_true / y_true.size
        return self.dinputs


class ChangesTheMask:
    def __init__(self, keep, mask):
        self.mask = mask
        self.mask /= keep

    def forward(self, inputs):
        return inputs * self.mask

    def backward(self, dvalues):
        self.dinputs = dvalues * self.mask
        return self.dinputs


class RemembersTheFirstError:
    def forward(self, y_pred, y_true):
        if not hasattr(self, "error"):
            self.error = y_pred - y_true
        return ((y_pred - y_true) ** 2).mean(axis=1)

    def backward(self, y_pred, y_true):
        self.dinputs = 2 * self.error / self.error.size
        return self.dinputs


WRONG = {
    "backprop-neuron": [
        ([-6, 9, -3], "a factor 2"),
        ([12, -18, 6], "opposite sign"),
        ([-15, -6, -6], "with respect to the inputs"),
        ([-12, 18, 6], "its derivative is that of the sum"),
        ([-12, 18, -12], "not multiplied by an input"),
        ([18, -27, 9], "starts from the loss itself"),
        ([4, -6, 2], "the target is missing"),
        ([-12, -18, -6], "mind its sign"),
        ([0, 0, 0], "ReLU lets the gradient pass"),
        ([18, -12, -6], "the two weights are swapped"),
        ([-12, 18], "its shape is (2,), expected (3,)"),
        ([-12, 18, 0], "one entry is wrong"),
    ],
    "backprop-biases": [
        (lambda d: d.sum(axis=0), "keepdims=True keeps it"),
        (
            lambda d: d.sum(axis=1, keepdims=True),
            "rows and columns are exchanged",
        ),
        (lambda d: d.sum(axis=1)[None], "along the other axis"),
        (lambda d: d.mean(axis=0, keepdims=True), "the mean over the samples"),
        (lambda d: d.sum(), "name the axis"),
        (lambda d: d.sum(keepdims=True), "name the axis that disappears"),
        (lambda d: -d.sum(axis=0, keepdims=True), "opposite sign"),
        (lambda d: d[:1], "the gradient of one sample"),
        (lambda d: d, "add them up"),
        (lambda d: d.sum(axis=0, keepdims=True).T, "rows and columns"),
        (lambda d: np.ones((1, d.shape[1])), "entries are wrong"),
    ],
    "backprop-mse": [
        (ChangesTheLabels, "backward changes the array that it is given"),
        (RemembersTheFirstError, "goes on with the first"),
        (
            mse(lambda self, p, t: 2 * (p - t) / p.shape[1]),
            "factor of 5, the number of samples: was the mean forgotten?",
        ),
        (mse(lambda self, p, t: 2 * (p - t) / len(p)), "the 1/m from the mean"),
        (mse(lambda self, p, t: 2 * (t - p) / p.size), "it has the opposite sign"),
        (mse(lambda self, p, t: (p - t) / p.size), "has a factor 2"),
        (mse(lambda self, p, t: 2 * (p - t)), "off by a factor of 15"),
        (mse(lambda self, p, t: (p - t) ** 2 / p.size), "entries are wrong"),
        (mse(lambda self, p, t: 2 * p / p.size), "entries are wrong"),
        (
            mse(lambda self, p, t: 2 * (p - t) / p.size, returned=lambda dinputs: None),
            "was return forgotten?",
        ),
        (
            mse(lambda self, p, t: 2 * (p - t) / p.size, returned=np.negative),
            "its numbers differ",
        ),
        (
            with_forward(object, lambda self, p, t: ((p - t) ** 2).sum(axis=1)),
            "the squares are added",
        ),
        (
            with_forward(object, lambda self, p, t: ((p - t) ** 2).mean()),
            "this is the loss of the batch",
        ),
        (
            with_forward(object, lambda self, p, t: ((p - t) ** 2).mean(axis=0)),
            "this is the mean over the samples",
        ),
        (
            with_forward(object, lambda self, p, t: abs(p - t).mean(axis=1)),
            "these are absolute errors",
        ),
        (
            with_forward(
                object, lambda self, p, t: np.sqrt(((p - t) ** 2).mean(axis=1))
            ),
            "this is the root of the mean",
        ),
        (backprop.MeanSquaredError, "the class has no method backward"),
        (backprop.MeanSquaredError(), "pass the class itself"),
    ],
    "backprop-residual": [
        (residual(lambda self, d: self.layer.backward(d)), "around the layer is miss"),
        (residual(lambda self, d: d), "the path around the layer alone"),
        (residual(lambda self, d: self.inputs + self.layer.backward(d)), "not the inp"),
        (residual(lambda self, d: d - self.layer.backward(d)), "entries are wrong"),
        (residual(lambda self, d: d * self.layer.backward(d)), "entries are wrong"),
        (residual(lambda self, d: 0 * d), "0 everywhere"),
        (
            residual(
                lambda self, d: d + self.layer.backward(d),
                returned=lambda dinputs: None,
            ),
            "was return forgotten?",
        ),
        (
            residual(
                lambda self, d: d + self.layer.backward(d),
                returned=lambda dinputs: 2 * dinputs,
            ),
            "its numbers differ",
        ),
        (
            with_forward(backprop.Residual, lambda self, x: self.layer.forward(x)),
            "in forward, the inputs are not added",
        ),
        (
            with_forward(backprop.Residual, lambda self, x: x * self.layer.forward(x)),
            "in forward, 15 of 15 entries",
        ),
        (KnowsDenseAlone, "backward raises AttributeError"),
        (ForgetsToStore, "backward does not store it"),
    ],
    "backprop-dropout": [
        (ChangesTheMask, "changes the array that the class is given"),
        (dropout(lambda self, d: d * self.mask), "the same factor as in forward"),
        (dropout(lambda self, d: d / self.keep), "the mask is missing"),
        (dropout(lambda self, d: d), "mask and keep are missing"),
        (dropout(lambda self, d: d * self.mask * self.keep), "factor of 0.64"),
        (dropout(lambda self, d: np.full_like(d, 0)), "0 everywhere"),
        (
            dropout(
                lambda self, d: d * self.mask / self.keep, returned=lambda dinputs: None
            ),
            "was return forgotten?",
        ),
        (AddsUp, "a second call of backward changes it"),
        (
            with_forward(backprop.Dropout, lambda self, x: x * self.mask),
            "divided by keep",
        ),
        (
            with_forward(backprop.Dropout, lambda self, x: x * self.mask * self.keep),
            "what is kept grows",
        ),
        (
            with_forward(backprop.Dropout, lambda self, x: x / self.keep),
            "the mask is not used",
        ),
        (
            with_forward(
                backprop.Dropout, lambda self, x: x * (1 - self.mask) / self.keep
            ),
            "not where it goes",
        ),
    ],
    "backprop-logsoftmax": [
        (
            with_forward(object, lambda self, x: np.log(softmax(self, x))),
            "the exponentials overflow",
        ),
        (with_forward(object, one_maximum), "one maximum for the whole matrix"),
        (with_forward(object, rounded_to_zero), "rounded to 0 before its logarithm"),
        (with_forward(object, half_shifted), "subtracted from both parts"),
        (with_forward(object, stable_softmax), "this is softmax"),
        (
            with_forward(
                object, lambda self, x: x[:2] - np.log(np.exp(x).sum(axis=1))[:2]
            ),
            "in forward, it raises ValueError",
        ),
        (
            log_softmax(lambda self, d: d - np.exp(self.output) * d),
            "the sum over each row",
        ),
        (
            log_softmax(
                lambda self, d: d - np.exp(self.output) * d.sum(axis=0, keepdims=True)
            ),
            "this sums over the samples",
        ),
        (
            log_softmax(lambda self, d: d - np.exp(self.output) * d.sum()),
            "over the whole matrix",
        ),
        (log_softmax(lambda self, d: d - np.exp(self.output)), "sums to 1"),
        (
            log_softmax(
                lambda self, d: (
                    np.exp(self.output) * (d - row_sums(d * np.exp(self.output)))
                )
            ),
            "this is the gradient of softmax",
        ),
        (
            log_softmax(lambda self, d: d - self.output * row_sums(d)),
            "not by their logarithms",
        ),
        (
            log_softmax(lambda self, d: d + np.exp(self.output) * row_sums(d)),
            "9 of 9 entries are wrong",
        ),
        (
            log_softmax(
                lambda self, d: d - np.exp(self.output) * row_sums(d),
                returned=lambda dinputs: None,
            ),
            "was return forgotten?",
        ),
        (Loops, "there is a loop in it"),
    ],
}
