"""Wrong answers to the exercises of the chapter on outputs."""

import math

import numpy as np

from nnfs_lib.numerics import exp


def in_a_loop_with_one_half(p, alarm, missed):
    return np.array([one > 0.5 for one in p])


def rounded_to_numbers(p, alarm, missed):
    return (p > missed / (missed + alarm)) * 1


def at_least_as_dear(p, alarm, missed):
    return [one * missed <= (1 - one) * alarm for one in p]


def scores(labels_right=None, all_right=None, recall=None, cut=0.5):
    """The three shares, one of which another function of predictions and labels gives."""

    def label_scores(p, y):
        predicted, true = p > cut, y == 1
        right = predicted == true
        return (
            right.mean() if labels_right is None else labels_right(predicted, true),
            right.all(axis=1).mean() if all_right is None else all_right(right),
            predicted[true].mean() if recall is None else recall(predicted, true),
        )

    return label_scores


def changes_the_labels(p, y):
    result = scores()(p, y)
    y[:] = 1
    return result


class Right:
    """Huber's loss, in pieces that a wrong answer can exchange."""

    def __init__(self, delta):
        self.delta = delta

    def loss(self, e):
        d = self.delta
        return np.where(abs(e) <= d, e * e / 2, d * abs(e) - d * d / 2)

    def slope(self, e):
        return np.clip(e, -self.delta, self.delta)

    def forward(self, y_pred, y_true):
        return self.loss(y_pred - y_true).mean(axis=1)

    def backward(self, y_pred, y_true):
        self.dinputs = self.slope(y_pred - y_true) / y_pred.size
        return self.dinputs


def huber(**methods):
    return type("Wrong", (Right,), methods)


def by_number(loss, **methods):
    """With this loss of errors."""
    return huber(loss=lambda self, e: loss(abs(e), self.delta), **methods)


def backward(function):
    """With this gradient, of errors, delta and shape."""

    def of(self, y_pred, y_true):
        self.dinputs = function(y_pred - y_true, self.delta, *y_pred.shape)
        return self.dinputs

    return huber(backward=of)


class ReturnsNothing(Right):
    def backward(self, y_pred, y_true):
        super().backward(y_pred, y_true)


class StoresNothing(Right):
    def backward(self, y_pred, y_true):
        return self.slope(y_pred - y_true) / y_pred.size


def poisson(loss=None, gradient=None):
    """The mean loss and its gradient, one of which is another function of z and y."""

    def poisson_loss(z, y):
        return (
            np.mean(exp(z) - y * z) if loss is None else loss(z, y),
            (exp(z) - y) / len(z) if gradient is None else gradient(z, y),
        )

    return poisson_loss


def log_factorial(counts):
    return np.array([[np.log(math.factorial(int(n)))] for n in counts[:, 0]])


WRONG = {
    "outputs-odds": [
        (0.95, "the healthy are far more"),
        (0.005, "before the test"),
        (0.0955, "which probability belongs to them"),
        (0.00475, "divide by all who are positive"),
        (0.9128, "does not have the disease"),
        (19 / 219, "1 to 199"),
        (0.5, "too large"),
        (19 / 20, "the healthy are far more"),
        (8.716, "not in percent"),
        (0.0545, "how probable a positive test is"),
        (-2.349, "the sigmoid makes a probability"),
        (19, "the factor by which the odds grow"),
        (0.000264, "for a negative test"),
        ("0.087", "leave out the quotes"),
        (lambda: 0.087, "call it"),
    ],
    "outputs-centre": [
        ((7, 15), "the two are exchanged"),
        ((7, 7), "do not ask for the median"),
        ((15, 15), "do not ask for the mean"),
        ((15, 34.5), "where is the middle number"),
        ((34.5, 7), "the mean is wanted"),
        ((15, 4), "occurs most often"),
        ((6.5, 7), "none is left out"),
        ((105, 7), "divide by the number"),
        ((15, 5.5), "belongs to the numbers"),
        ((442.29, 10.857), "at which it is reached"),
        (15, "2 results were expected"),
        ((15, 8), "Not yet"),
    ],
    "outputs-threshold": [
        (lambda p, a, m: p > 0.5, "only if both mistakes cost the same"),
        (lambda p, a, m: p >= 0.5, "only if both mistakes cost the same"),
        (in_a_loop_with_one_half, "only if both mistakes cost the same"),
        (lambda p, a, m: p < a / (a + m), "the other way round"),
        (at_least_as_dear, "the other way round"),
        (lambda p, a, m: p > m / (a + m), "exchanged"),
        (rounded_to_numbers, "exchanged"),
        (lambda p, a, m: p > a / m, "for the odds"),
        (lambda p, a, m: p > a, "the cost itself"),
        (lambda p, a, m: p * m > a, "for the odds"),
        (lambda p, a, m: m > (1 - p) * a, "only if the machine fails"),
        (lambda p, a, m: (1 - p) * m > p * a, "p is how probable a failure is"),
        (lambda p, a, m: p[p * m > (1 - p) * a], "whether to check it"),
        (lambda p, a, m: p * m + p * a - a, "is it above 0"),
        (lambda p, a, m: a / (a + m), "which machines are above it"),
    ],
    "outputs-labels": [
        (scores(all_right=lambda right: right.all(axis=0).mean()), "axis=1"),
        (scores(all_right=lambda right: right.any(axis=1).mean()), "not any of them"),
        (scores(all_right=lambda right: right.all(axis=1).sum()), "not how many"),
        (scores(all_right=lambda right: right.all() * 1.0), "all samples at once"),
        (scores(all_right=lambda right: np.prod(right.mean(axis=0))), "come together"),
        (scores(labels_right=lambda p, y: (p == y).mean(axis=0)), "a single number"),
        (scores(labels_right=lambda p, y: (p ^ y).mean()), "Hamming loss"),
        (scores(labels_right=lambda p, y: (p * y).mean()), "is right, too"),
        (scores(recall=lambda p, y: (p & y).sum() / p.sum()), "precision"),
        (scores(recall=lambda p, y: (p & y).mean()), "of the labels 1, and not"),
        (scores(recall=lambda p, y: p[~y].mean()), "labels 0 that are predicted"),
        (scores(recall=lambda p, y: 1 - p[y].mean()), "those found"),
        (scores(cut=0.6), "the threshold is one half"),
        (lambda p, y: scores()(1 - p, y), "and not below"),
        (scores(cut=np.nextafter(0.5, 0)), "one half itself"),
        (lambda p, y: scores()(p, y)[:2], "3 results were expected"),
        (lambda p, y: p[y].mean(), "3 results were expected"),
        (changes_the_labels, "it changes the array"),
    ],
    "outputs-huber": [
        (
            by_number(lambda e, d: np.where(e <= d, e * e, d * e - d * d / 2)),
            "the half is missing",
        ),
        (by_number(lambda e, d: np.where(e <= d, e * e / 2, d * e)), "a jump"),
        (
            by_number(lambda e, d: np.where(e <= d, e * e / 2, d * e - d * d)),
            "not delta squared",
        ),
        (
            by_number(lambda e, d: np.where(e <= d, e * e / 2, d * e - d / 2)),
            "not half of delta",
        ),
        (
            by_number(lambda e, d: np.where(e <= d, e * e / 2, e - d * d / 2)),
            "the factor delta is missing",
        ),
        (
            by_number(lambda e, d: np.where(e <= 1, e * e / 2, e - 0.5)),
            "whatever the class was made with",
        ),
        (
            by_number(lambda e, d: np.where(e > d, e * e / 2, d * e - d * d / 2)),
            "near and far are exchanged",
        ),
        (by_number(lambda e, d: e * e / 2), "also where the error is large"),
        (by_number(lambda e, d: e), "also where the error is small"),
        (
            huber(forward=lambda self, p, y: self.loss(p - y).sum(axis=1)),
            "the mean over its outputs",
        ),
        (
            huber(forward=lambda self, p, y: self.loss(p - y).mean(axis=0)),
            "not over the samples",
        ),
        (huber(forward=lambda self, p, y: self.loss(p - y).mean()), "in forward"),
        (
            huber(
                loss=lambda self, e: np.where(
                    e <= self.delta, e * e / 2, self.delta * (e - self.delta / 2)
                )
            ),
            "without its sign",
        ),
        (backward(lambda e, d, n, m: np.clip(e, -d, d) / n), "by their number as well"),
        (backward(lambda e, d, n, m: np.clip(e, -d, d) / m), "samples as well"),
        (backward(lambda e, d, n, m: np.clip(e, -d, d)), "by samples and outputs"),
        (backward(lambda e, d, n, m: -np.clip(e, -d, d) / n / m), "turned round"),
        (backward(lambda e, d, n, m: np.clip(abs(e), 0, d) / n / m), "sign is lost"),
        (backward(lambda e, d, n, m: e / n / m), "where the error is large"),
        (backward(lambda e, d, n, m: np.sign(e) / n / m), "where the error is small"),
        (backward(lambda e, d, n, m: np.clip(e, -1, 1) / n / m), "was made with"),
        (backward(lambda e, d, n, m: np.minimum(e, d) / n / m), "without its sign"),
        (
            backward(lambda e, d, n, m: np.where(abs(e) <= d, e, np.sign(e)) / n / m),
            "the factor delta is missing",
        ),
        (ReturnsNothing, "return"),
        (StoresNothing, "dinputs"),
        (Right(1.0), "pass the class itself"),
    ],
    "outputs-counts": [
        (poisson(loss=lambda z, y: np.sum(exp(z) - y * z)), "divide the loss"),
        (poisson(loss=lambda z, y: exp(z) - y * z), "not one number for each"),
        (poisson(loss=lambda z, y: np.mean(y * z - exp(z))), "turned round"),
        (poisson(loss=lambda z, y: np.mean(z - y * exp(z))), "scores are logarithms"),
        (
            lambda z, y: (
                np.mean((exp(z) - y) ** 2),
                2 * (exp(z) - y) * exp(z) / len(z),
            ),
            "that is a squared error",
        ),
        (
            poisson(loss=lambda z, y: np.mean(exp(z) - y * z + log_factorial(y))),
            "leave it out",
        ),
        (poisson(loss=lambda z, y: -np.mean(y * z)), "exp(z) is missing"),
        (poisson(loss=lambda z, y: np.mean(exp(z) + y * z)), "y z is subtracted"),
        (poisson(gradient=lambda z, y: exp(z) - y), "the gradient is of the mean"),
        (poisson(gradient=lambda z, y: (y - exp(z)) / len(z)), "not the other way"),
        (poisson(gradient=lambda z, y: (z - y) / len(z)), "not the score"),
        (poisson(gradient=lambda z, y: (1 - y * exp(-z)) / len(z)), "another factor"),
        (poisson(gradient=lambda z, y: (exp(z) - y * z) / len(z)), "is - y"),
        (poisson(gradient=lambda z, y: exp(z) / len(z)), "- y z is missing"),
        (poisson(gradient=lambda z, y: np.mean(exp(z) - y)), "a row for each sample"),
        (lambda z, y: poisson()(z, y)[::-1], "comes second"),
        (lambda z, y: np.mean(exp(z) - y * z), "2 results were expected"),
        (lambda z, y: poisson()(z - 1, y), "Called with"),
    ],
}
