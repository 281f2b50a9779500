"""Losses for two classes, and for several labels that each are there or not.

A sample has one output for each label; its loss is the mean over them.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from . import elementary, validation
from .activations import LOWEST, Sigmoid, sum_over_classes
from .loss_base import CLIP, Loss, Metrics, divisor
from .metrics import binary_accuracy
from .validation import FloatArray


class BinaryCrossEntropy(Loss):
    """Negative logarithm of the probability given to what is true: ``-(y log(p) + (1 - y) log(1 - p))``.

    ``y_pred`` holds the probabilities of label 1, shape (n_samples, n_labels); ``y_true`` 0 and 1, of the same shape,
    or (n_samples,) if there is one label. Confidences are clipped to ``[1e-7, 1 - 1e-7]``. The derivative of the mean
    with respect to p is ``(p - y) / (p (1 - p)) / n``, where n is the number of samples times that of labels.
    """

    metrics: ClassVar[Metrics] = {"accuracy": binary_accuracy}

    def _evaluate(
        self, y_pred: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        probabilities = validation.between_0_and_1("y_pred", y_pred)
        labels = validation.labels_0_and_1(y_true, probabilities.shape)
        confidences = np.where(labels == 1, probabilities, 1 - probabilities)
        np.clip(confidences, CLIP, 1 - CLIP, out=confidences)
        losses = -elementary.log(np.asarray(confidences, np.float64))
        remembered = confidences, labels
        return _mean_over_labels(losses), probabilities.dtype, remembered

    def _derivative(
        self, confidences: FloatArray, labels: FloatArray, n_samples: int
    ) -> FloatArray:
        sign = (1 - 2 * labels).astype(confidences.dtype)
        return sign / confidences / (n_samples * labels.shape[1])


class SigmoidCrossEntropy(Loss):
    """Sigmoid and binary cross-entropy in one, for a network's last layer.

    ``max(z, 0) - z y + log(1 + exp(-|z|))`` for each label: from the scores ("logits") themselves, with nothing that
    could overflow or be 0, and so nothing to clip. Its gradient is ``(p - y) / n``. ``y_pred`` holds logits, shape
    (n_samples, n_labels); ``y_true`` 0 and 1, of the same shape, or (n_samples,) if there is one label.

    Attributes
    ----------
    output : ndarray, shape (n_samples, n_labels)
        The probabilities of label 1; None before `forward` or `calculate`.
    """

    output: FloatArray | None = None
    _kept: FloatArray | None = None  # the output that `calculate` has made
    metrics: ClassVar[Metrics] = {"accuracy": binary_accuracy}

    def predictions(self, y_pred: ArrayLike) -> FloatArray:
        """Return the sigmoid of scores."""
        return Sigmoid().forward(y_pred)

    def forward(
        self, logits: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> np.floating[Any]:
        """Compute the mean loss, as `calculate` does, and store the probabilities in ``output``."""
        return self.calculate(logits, y_true, n_samples)

    @np.errstate(all="ignore")
    def backward(
        self, output: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> FloatArray:
        """Compute the derivative of the mean loss with respect to the logits.

        Parameters
        ----------
        output : array_like, shape (n_samples, n_labels)
            The probabilities, as `forward` stores them.
        y_true, n_samples
            As for `calculate`.

        Returns
        -------
        ndarray, shape (n_samples, n_labels)
            ``dinputs``.

        Raises
        ------
        TypeError, ValueError
            As for `calculate`.
        """
        if output is self._kept and output is not None:  # whatever has become of it
            probabilities = self._remembered[0]
        else:
            probabilities = validation.between_0_and_1("output", output)
        labels = validation.labels_0_and_1(y_true, probabilities.shape)
        n_samples = divisor(n_samples, len(probabilities))
        self.dinputs = self._derivative(probabilities, labels, n_samples)
        return self.dinputs

    def _evaluate(
        self, logits: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        scores = validation.matrix("logits", logits)
        labels = validation.labels_0_and_1(y_true, scores.shape)
        z = np.asarray(scores, np.float64)
        e = elementary.exp_float64(np.maximum(-abs(z), LOWEST), scores.dtype)
        losses = np.maximum(z, 0.0) - z * labels + _log_of_1_and(e, scores.dtype)
        remembered = Sigmoid().forward(scores), labels
        return _mean_over_labels(losses), scores.dtype, remembered

    def calculate(
        self, y_pred: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> np.floating[Any]:
        mean = super().calculate(y_pred, y_true, n_samples)
        self.output = self._kept = self._remembered[0].copy()
        return mean

    def _derivative(
        self, probabilities: FloatArray, labels: FloatArray, n_samples: int
    ) -> FloatArray:
        result = probabilities - labels.astype(probabilities.dtype)
        result /= n_samples * labels.shape[1]
        return result


def _log_of_1_and(e: FloatArray, accuracy: np.dtype[Any]) -> FloatArray:
    """``log(1 + e)`` for e from 0 to 1, accurate for small e too: what is lost in ``1 + e`` is made up for (Kahan)."""
    u = 1.0 + e
    logarithm = elementary.log_float64(u, accuracy) * (e / (u - 1.0))
    return np.where(u == 1.0, e, logarithm)


def _mean_over_labels(losses: FloatArray) -> FloatArray:
    """The mean of each row, in an order that does not depend on the number of rows."""
    return sum_over_classes(losses.T) / losses.shape[1]
