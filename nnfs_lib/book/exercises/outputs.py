"""What the answers of the chapter on outputs are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...numerics import exp
from ...validation import FloatArray
from .answers import Answer, Function, Layer, Value


def to_check(p: FloatArray, alarm: float, missed: float) -> Any:
    """Whether checking costs less than not checking, on average."""
    return (1 - p) * alarm < p * missed


def _above(threshold: Callable[[float, float], float]) -> Callable[..., Any]:
    """Check above a threshold that depends on the costs of an alarm and of a missed case."""
    return lambda p, alarm, missed: p > threshold(alarm, missed)


def label_scores(p: FloatArray, y: FloatArray, threshold: float = 0.5) -> Any:
    """Shares of the labels that are right, of the samples without a mistake, and of the labels 1 that are found."""
    predicted = p > threshold
    right = predicted == (y == 1)
    return right.mean(), right.all(axis=1).mean(), predicted[y == 1].mean()


def _with_labels_right(share: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, y: (share(p > 0.5, y == 1), *label_scores(p, y)[1:])


def _with_all_right(share: Callable[[FloatArray], Any]) -> Callable[..., Any]:
    def scores(p: FloatArray, y: FloatArray) -> Any:
        first, _, last = label_scores(p, y)
        return first, share((p > 0.5) == (y == 1)), last

    return scores


def _with_recall(share: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, y: (*label_scores(p, y)[:2], share(p > 0.5, y == 1))


class Huber:
    """Half of the square near 0, and a straight line further out."""

    def __init__(self, delta: float) -> None:
        self.delta = delta

    def forward(self, y_pred: FloatArray, y_true: FloatArray) -> Any:
        return self.of(np.abs(y_pred - y_true)).mean(axis=1)

    def of(self, e: FloatArray) -> Any:
        """The loss of errors without their signs."""
        return np.where(
            e <= self.delta, e * e / 2, self.delta * e - self.delta * self.delta / 2
        )

    def backward(self, y_pred: FloatArray, y_true: FloatArray) -> Any:
        return self.slope(y_pred - y_true) / self.divisor(y_pred)

    def slope(self, e: FloatArray) -> Any:
        """The derivative of `of`, with the sign of the error."""
        return np.clip(e, -self.delta, self.delta)

    def divisor(self, y_pred: FloatArray) -> int:
        """Samples times outputs."""
        return y_pred.size


def _huber(**methods: Any) -> type:
    """Huber's loss with a mistake."""
    return type("Mistaken", (Huber,), methods)


def poisson_loss(z: FloatArray, y: FloatArray) -> Any:
    """The mean loss of counts from the logarithms of their means, and its gradient."""
    y_hat = exp(z)
    return np.mean(y_hat - y * z), (y_hat - y) / len(z)


def _with_loss(loss: Callable[..., Any]) -> Callable[..., Any]:
    return lambda z, y: (loss(z, y), poisson_loss(z, y)[1])


def _with_gradient(gradient: Callable[..., Any]) -> Callable[..., Any]:
    return lambda z, y: (poisson_loss(z, y)[0], gradient(z, y))


_draws = np.random.RandomState(8)
_P = np.array([0.04, 0.12, 0.15, 0.3, 0.45, 0.55, 0.7, 0.81, 0.93, 0.97])
_LABELS = (_draws.random_sample((12, 4)) < 0.4) * 1
_NOISE = 1.4 * (_draws.random_sample((12, 4)) - 0.5)
_PROBABILITIES = np.clip(0.25 + 0.5 * _LABELS + _NOISE, 0.01, 0.99)
_PROBABILITIES[1:3, 1:3] = 0.5  # not above one half
_LABELS[1:3, 1:3] = [[0, 1], [1, 0]]
_COUNTS = _draws.randint(0, 9, (6, 1))
_LOGS = 4 * _draws.random_sample((6, 1)) - 1.5
_ERRORS = (
    4 * _draws.random_sample((5, 3)) - 2,
    4 * _draws.random_sample((5, 3)) - 2,
)

EXERCISES: dict[str, Answer] = {
    "outputs-odds": Value(
        19 / 218,
        {
            "that is how often the test finds the ill: among the positive, the healthy are far more": 0.95,
            "that is the probability before the test": 0.005,
            "these are the odds after the test: which probability belongs to them?": 19
            / 199,
            "that is the share of people who are ill and positive: divide by all who are positive": 0.00475,
            "that is the probability that the person does not have the disease": 199
            / 218,
            "one in 200 is ill, so the odds are 1 to 199 and not 1 to 200": 19 / 219,
            "that is how probable a positive test is": 0.0545,
            "as a fraction, please, and not in percent": 100 * 19 / 218,
            "the odds are multiplied by 0.95 / 0.05, not by its logarithm": np.log(19)
            / (199 + np.log(19)),
            "that is the logarithm of the odds: the sigmoid makes a probability of it": np.log(
                19 / 199
            ),
            "that is for a negative test": (1 / 19) / (199 + 1 / 19),
            "a probability is at most 1: that is the factor by which the odds grow": 19,
        },
        tolerance=2e-3,
    ),
    "outputs-centre": Value(
        (15, 7),
        {
            "the two are exchanged": (7, 15),
            "squared errors do not ask for the median": (7, 7),
            "absolute errors do not ask for the mean": (15, 15),
            "that is the middle between smallest and largest: where is the middle number?": (
                15,
                34.5,
            ),
            "of several numbers the mean is wanted, and not the middle between smallest and largest": (
                34.5,
                7,
            ),
            "the number that occurs most often is neither": (15, 4),
            "the mean is the sum of all seven, divided by seven: none is left out": (
                6.5,
                7,
            ),
            "divide by the number of targets": (105, 7),
            "the 66 belongs to the numbers as well: the fourth of seven is in the middle": (
                15,
                5.5,
            ),
            "that is the smallest loss: the number at which it is reached was asked for": (
                (144 + 121 + 121 + 64 + 36 + 9 + 51 * 51) / 7,
                (4 + 3 + 3 + 0 + 2 + 5 + 59) / 7,
            ),
        },
    ),
    "outputs-threshold": Function(
        to_check,
        ((_P, 1, 9), (_P, 4, 1), (_P[::-1], 3, 3), (_P[2:7], 2.5, 5)),
        {
            "one half is right only if both mistakes cost the same": _above(
                lambda alarm, missed: 0.5
            ),
            "it is the other way round: what is not worth a check?": lambda p, a, m: (
                ~to_check(p, a, m)
            ),
            "the two costs are exchanged: an expensive alarm is a reason not to check": _above(
                lambda alarm, missed: missed / (alarm + missed)
            ),
            "that is a threshold for the odds, not for the probability": _above(
                lambda alarm, missed: alarm / missed
            ),
            "that compares p with the cost itself: two expected costs are to be compared": _above(
                lambda alarm, missed: alarm
            ),
            "not checking costs something only if the machine fails: p * missed": lambda p, a, m: (
                (1 - p) * a < m
            ),
            "p is how probable a failure is: then an alarm is right, and a missed one costs": lambda p, a, m: (
                p * a < (1 - p) * m
            ),
            "those are the machines to check: for each of them, whether to check it": lambda p, a, m: (
                p[to_check(p, a, m)]
            ),
            "that is how much a check saves: is it above 0?": lambda p, a, m: (
                p * m - (1 - p) * a
            ),
            "that is the threshold: which machines are above it?": lambda p, a, m: (
                a / (a + m)
            ),
        },
    ),
    "outputs-labels": Function(
        label_scores,
        (
            (_PROBABILITIES, _LABELS),
            (_PROBABILITIES[::-1], _LABELS),
            (_PROBABILITIES[:5, :3], _LABELS[:5, :3]),
            (_PROBABILITIES.T, _LABELS.T),
        ),
        {
            "all labels of a sample: look along the rows, axis=1, and not along the columns": _with_all_right(
                lambda right: right.all(axis=0).mean()
            ),
            "all labels of a sample have to be right, and not any of them": _with_all_right(
                lambda right: right.any(axis=1).mean()
            ),
            "shares were asked for, and not how many: divide by the number of samples": _with_all_right(
                lambda right: right.all(axis=1).sum()
            ),
            "all samples at once is not the share of samples": _with_all_right(
                lambda right: float(right.all())
            ),
            "the shares of the labels do not multiply: mistakes come together": _with_all_right(
                lambda right: right.mean(axis=0).prod()
            ),
            "the first is a single number, over all samples and labels": _with_labels_right(
                lambda predicted, true: (predicted == true).mean(axis=0)
            ),
            "that is the share of wrong labels, the Hamming loss": _with_labels_right(
                lambda predicted, true: (predicted != true).mean()
            ),
            "a label 0 that is not predicted is right, too": _with_labels_right(
                lambda predicted, true: (predicted & true).mean()
            ),
            "that is the precision, a share of the predicted labels: look at the labels 1": _with_recall(
                lambda predicted, true: true[predicted].mean()
            ),
            "the recall is a share of the labels 1, and not of all labels": _with_recall(
                lambda predicted, true: (predicted & true).mean()
            ),
            "that is the share of labels 0 that are predicted: look at the labels 1": _with_recall(
                lambda predicted, true: predicted[~true].mean()
            ),
            "that is the share of labels 1 that are missed: those found were asked for": _with_recall(
                lambda predicted, true: (~predicted)[true].mean()
            ),
            "the threshold is one half": lambda p, y: label_scores(p, y, 0.6),
            "one half itself is not above one half": lambda p, y: label_scores(
                p, y, 0.49999
            ),
            "predict a label where its probability is above one half, and not below": lambda p, y: (
                label_scores(1 - p, y)
            ),
        },
    ),
    "outputs-huber": Layer(
        Huber,
        (
            ((0.7,), _ERRORS),
            ((1.6,), (_ERRORS[1] * 2, _ERRORS[0])),
            ((0.3,), _ERRORS),
            ((0.9,), (_ERRORS[0][:4, :2], _ERRORS[1][:4, :2])),
        ),
        {
            "the half is missing near 0": _huber(
                of=lambda self, e: np.where(
                    e <= self.delta, e * e, self.delta * e - self.delta**2 / 2
                ),
                slope=lambda self, e: np.where(
                    abs(e) <= self.delta, 2 * e, self.delta * np.sign(e)
                ),
            ),
            "far out, half of delta squared is to be subtracted: without it there is a jump": _huber(
                of=lambda self, e: np.where(e <= self.delta, e * e / 2, self.delta * e)
            ),
            "far out, subtract half of delta squared, and not delta squared": _huber(
                of=lambda self, e: np.where(
                    e <= self.delta, e * e / 2, self.delta * e - self.delta**2
                )
            ),
            "far out, subtract half of delta squared, and not half of delta": _huber(
                of=lambda self, e: np.where(
                    e <= self.delta, e * e / 2, self.delta * e - self.delta / 2
                )
            ),
            "far out, the factor delta is missing": _huber(
                of=lambda self, e: np.where(
                    e <= self.delta, e * e / 2, e - self.delta**2 / 2
                ),
                slope=lambda self, e: np.where(abs(e) <= self.delta, e, np.sign(e)),
            ),
            "delta is 1 here, whatever the class was made with": _huber(
                of=lambda self, e: np.where(e <= 1, e * e / 2, e - 1 / 2),
                slope=lambda self, e: np.clip(e, -1, 1),
            ),
            "near and far are exchanged": _huber(
                of=lambda self, e: np.where(
                    e > self.delta, e * e / 2, self.delta * e - self.delta**2 / 2
                ),
                slope=lambda self, e: np.where(
                    abs(e) > self.delta, e, self.delta * np.sign(e)
                ),
            ),
            "that is half of the squared error, also where the error is large": _huber(
                of=lambda self, e: e * e / 2, slope=lambda self, e: e
            ),
            "that is the absolute error, also where the error is small": _huber(
                of=lambda self, e: e, slope=lambda self, e: np.sign(e)
            ),
            "the derivative is of the mean over the batch: divide by the number of samples as well": _huber(
                divisor=lambda self, y_pred: y_pred.shape[1]
            ),
            "a sample's loss is the mean over its outputs: divide by their number as well": _huber(
                forward=lambda self, y_pred, y_true: self.of(abs(y_pred - y_true)).sum(
                    axis=1
                ),
                divisor=lambda self, y_pred: y_pred.shape[0],
            ),
            "the mean is to be taken over the outputs of each sample, axis=1, and not over the samples": _huber(
                forward=lambda self, y_pred, y_true: self.of(abs(y_pred - y_true)).mean(
                    axis=0
                ),
            ),
            "it has to be divided by samples and outputs": _huber(
                divisor=lambda self, y_pred: 1
            ),
            "the error has to go without its sign into the comparison with delta": _huber(
                forward=lambda self, y_pred, y_true: self.of(y_pred - y_true).mean(
                    axis=1
                ),
                slope=lambda self, e: np.minimum(e, self.delta),
            ),
            "the sign is lost where the error is negative": _huber(
                slope=lambda self, e: np.minimum(abs(e), self.delta)
            ),
            "the sign is turned round: prediction minus truth": _huber(
                slope=lambda self, e: -np.clip(e, -self.delta, self.delta)
            ),
        },
    ),
    "outputs-counts": Function(
        poisson_loss,
        (
            (_LOGS, _COUNTS),
            (_LOGS[::-1], _COUNTS),
            (_LOGS[:2], _COUNTS[3:5]),
            (-_LOGS, _COUNTS),
        ),
        {
            "the mean over the batch: divide the loss by the number of samples": _with_loss(
                lambda z, y: np.sum(exp(z) - y * z)
            ),
            "the loss is the mean over the batch, and not one number for each sample": _with_loss(
                lambda z, y: exp(z) - y * z
            ),
            "the sign of the loss is turned round: minus the logarithm": _with_loss(
                lambda z, y: np.mean(y * z - exp(z))
            ),
            "the scores are logarithms: the mean is exp(z), and z stands where the logarithm is": _with_loss(
                lambda z, y: np.mean(z - y * exp(z))
            ),
            "that is a squared error: take minus the logarithm of Poisson's probability": lambda z, y: (
                np.mean((exp(z) - y) ** 2),
                2 * (exp(z) - y) * exp(z) / len(z),
            ),
            "log y! does not depend on z: leave it out of the loss": _with_loss(
                lambda z, y: (
                    np.mean(exp(z) - y * z)
                    + np.mean([math.lgamma(count + 1) for count in np.ravel(y)])
                )
            ),
            "the term exp(z) is missing in the loss": _with_loss(
                lambda z, y: np.mean(-y * z)
            ),
            "both are plus or minus the same: exp(z) is added, y z is subtracted": _with_loss(
                lambda z, y: np.mean(exp(z) + y * z)
            ),
            "the gradient is of the mean: divide by the number of samples": _with_gradient(
                lambda z, y: exp(z) - y
            ),
            "prediction minus truth, and not the other way round": _with_gradient(
                lambda z, y: (y - exp(z)) / len(z)
            ),
            "the prediction is exp(z), and not the score": _with_gradient(
                lambda z, y: (z - y) / len(z)
            ),
            "that is the derivative with respect to the mean: another factor is due, exp(z)": _with_gradient(
                lambda z, y: (1 - y / exp(z)) / len(z)
            ),
            "the derivative of - y z with respect to z is - y": _with_gradient(
                lambda z, y: (exp(z) - y * z) / len(z)
            ),
            "the derivative of - y z is missing": _with_gradient(
                lambda z, y: exp(z) / len(z)
            ),
            "the gradient has a row for each sample: it is not averaged": _with_gradient(
                lambda z, y: np.mean(exp(z) - y)
            ),
            "the gradient comes second": lambda z, y: poisson_loss(z, y)[::-1],
        },
    ),
}
