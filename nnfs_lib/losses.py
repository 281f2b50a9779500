"""Loss functions: how wrong a prediction is, as one number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import elementary, validation
from .activations import probabilities, shifted_exponentials
from .numerics import add_up
from .validation import FloatArray, IntArray

CLIP = 1e-7
"""Confidences are kept between CLIP and 1 - CLIP, so that no logarithm is infinite."""


class CategoricalCrossEntropy:
    """Negative logarithm of the probability that was given to the right class: ``-sum_j y_j log(p_j)``.

    Labels may be class numbers, shape (n_samples,), or one-hot rows, shape (n_samples, n_classes).

    Attributes
    ----------
    dinputs : ndarray, shape (n_samples, n_classes)
    """

    def forward(self, y_pred: ArrayLike, y_true: ArrayLike) -> FloatArray:
        """Compute the loss of each sample.

        Parameters
        ----------
        y_pred : array_like, shape (n_samples, n_classes)
            Probabilities. They are clipped to ``[1e-7, 1 - 1e-7]``, so a loss lies between 1e-7 and 16.1.
        y_true : array_like, shape (n_samples,) or (n_samples, n_classes)
            The right classes.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        TypeError, ValueError
            If the shapes do not fit, ``y_pred`` is not between 0 and 1, or ``y_true`` is neither class numbers nor
            one-hot.
        """
        confidences, _ = clipped_confidences(y_pred, y_true)
        return -elementary.log(confidences)

    def calculate(self, y_pred: ArrayLike, y_true: ArrayLike) -> np.floating[Any]:
        """Compute the mean of the samples' losses (parameters and errors as for `forward`)."""
        losses = self.forward(y_pred, y_true)
        return _mean(add_up(losses), len(losses))

    def backward(self, y_pred: ArrayLike, y_true: ArrayLike) -> FloatArray:
        """Compute the derivative of the mean loss with respect to ``y_pred``: ``-y / p / n_samples``.

        Parameters and errors are those of `forward`. Confidences are clipped as there, so that a confidence of 0
        gives a large gradient and no infinite one.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            ``dinputs``.
        """
        confidences, right = clipped_confidences(y_pred, y_true)
        n_samples = len(confidences)
        self.dinputs: FloatArray = np.zeros(np.shape(y_pred), dtype=confidences.dtype)
        self.dinputs.ravel()[right] = -1 / confidences / n_samples
        return self.dinputs

    def __repr__(self) -> str:
        return "CategoricalCrossEntropy()"


class SoftmaxCrossEntropy:
    """Softmax and categorical cross-entropy in one, for a network's last layer.

    ``L = log(sum_l exp(z_l)) - z_right`` for each sample: from the scores ("logits") themselves, with no probability
    that could be 0 and so nothing to clip. Its gradient is as short: ``(p - y) / n_samples``.

    Attributes
    ----------
    output : ndarray, shape (n_samples, n_classes)
        The probabilities; None before `forward`.
    dinputs : ndarray, shape (n_samples, n_classes)
    """

    output: FloatArray = None  # type: ignore[assignment]  # known after forward

    def forward(self, logits: ArrayLike, y_true: ArrayLike) -> np.floating[Any]:
        """Compute the mean loss and store the probabilities in ``output``.

        Parameters
        ----------
        logits : array_like, shape (n_samples, n_classes)
        y_true : array_like, shape (n_samples,) or (n_samples, n_classes)
            Class numbers or one-hot rows.

        Returns
        -------
        float32 or float64, the type of logits

        Raises
        ------
        TypeError, ValueError
            If the shapes do not fit, ``logits`` holds NaN or infinity, or ``y_true`` is neither class numbers nor
            one-hot.
        """
        logits = validation.matrix("logits", logits)
        right = _places(validation.class_indices(y_true, *logits.shape), logits)
        n_samples, n_classes = logits.shape
        with np.errstate(over="ignore"):
            largest, exponentials, sums = shifted_exponentials(logits)
            logarithms = elementary.log_of_product(sums, n_classes)
            z_right = logits.ravel()[right] - largest
            mean = _mean(logits.dtype.type(logarithms - add_up(z_right)), n_samples)
            if np.isinf(mean):  # the mean may fit where the total does not
                mean = logits.dtype.type(
                    logarithms / n_samples - add_up(z_right / n_samples)
                )
        self.output = probabilities(exponentials, sums, logits.dtype)
        return mean

    def backward(self, output: ArrayLike, y_true: ArrayLike) -> FloatArray:
        """Compute the derivative of the mean loss with respect to the logits.

        Parameters
        ----------
        output : array_like, shape (n_samples, n_classes)
            The probabilities, as `forward` stores them.
        y_true : array_like, shape (n_samples,) or (n_samples, n_classes)
            Class numbers or one-hot rows.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            ``dinputs``.

        Raises
        ------
        TypeError, ValueError
            As for `CategoricalCrossEntropy.forward`.
        """
        output, right = checked_probabilities("output", output, y_true)
        dinputs = output.copy()
        dinputs.ravel()[right] -= 1
        dinputs /= len(output)
        self.dinputs: FloatArray = dinputs
        return dinputs

    def __repr__(self) -> str:
        return "SoftmaxCrossEntropy()"


def checked_probabilities(
    name: str, values: ArrayLike, y_true: ArrayLike
) -> tuple[FloatArray, IntArray]:
    """The checked probabilities, and the place of each sample's right class in ``array.ravel()``."""
    array = validation.matrix(name, values, finite=False)
    lowest, highest = array.item(array.argmin()), array.item(array.argmax())
    if not (lowest >= 0 and highest <= 1 + 1e-6):
        if not np.isfinite(array).all():
            raise validation.not_finite(name, array)
        raise ValueError(
            f"{name} holds {lowest if lowest < 0 else highest}, but probabilities lie between 0 and 1 "
            "(are these logits? They go to SoftmaxCrossEntropy.forward)"
        )
    return array, _places(validation.class_indices(y_true, *array.shape), array)


def clipped_confidences(
    y_pred: ArrayLike, y_true: ArrayLike
) -> tuple[FloatArray, IntArray]:
    """The clipped probability of each sample's right class, and its place."""
    array, right = checked_probabilities("y_pred", y_pred, y_true)
    return np.clip(array.ravel()[right], CLIP, 1 - CLIP), right


def _places(classes: IntArray, array: FloatArray) -> IntArray:
    """The place of each sample's class in ``array.ravel()``."""
    return classes + np.arange(0, array.size, array.shape[1])


def _mean(total: np.floating[Any], n_samples: int) -> np.floating[Any]:
    """The mean in the type of the total, as NumPy's own."""
    return total / total.dtype.type(n_samples)
