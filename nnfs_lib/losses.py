"""Loss functions for classes: how wrong a prediction is, as one number.

All losses have one contract: ``calculate`` gives the mean loss of a batch and remembers what its gradient needs,
``gradient`` the derivative of that mean, ``sample_losses`` the loss of each sample. ``forward`` and ``backward`` are
the forms of the learner's notebook. `binary_losses` has those for two classes and for several labels,
`regression_losses` those for numbers.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from . import elementary, validation
from .activations import Softmax, shifted_exponentials
from .loss_base import CLIP, Loss, Metrics, divisor
from .metrics import accuracy
from .validation import FloatArray, IntArray


class CategoricalCrossEntropy(Loss):
    """Negative logarithm of the probability given to the true class: ``-sum_j y_j log(p_j)``.

    Confidences are clipped to ``[1e-7, 1 - 1e-7]``, so a loss lies between 1e-7 and 16.1, and a confidence of 0 gives a
    large gradient and no infinite one. ``y_pred`` holds probabilities: rows that sum to 1, within 1e-3. The derivative
    of the mean with respect to them is ``-y / p / n_samples``.
    """

    metrics: ClassVar[Metrics] = {"accuracy": accuracy}

    def _evaluate(
        self, y_pred: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        probabilities = validation.probabilities("y_pred", y_pred)
        true_class = flat_index(y_true, probabilities.shape)
        confidences = probabilities.ravel()[true_class]
        np.clip(confidences, CLIP, 1 - CLIP, out=confidences)
        losses = -elementary.log(confidences)
        remembered = confidences, true_class, probabilities.shape
        return np.asarray(losses, np.float64), probabilities.dtype, remembered

    def _derivative(
        self,
        confidences: FloatArray,
        true_class: IntArray,
        shape: tuple[int, int],
        n_samples: int,
    ) -> FloatArray:
        result = np.zeros(shape, dtype=confidences.dtype)
        result.ravel()[true_class] = -1 / confidences / n_samples
        return result


class SoftmaxCrossEntropy(Loss):
    """Softmax and categorical cross-entropy in one, for a network's last layer.

    ``L = log(sum_l exp(z_l)) - z_true`` for each sample: from the scores ("logits") themselves, with no probability
    that could be 0 and so nothing to clip. Its gradient is as short: ``(p - y) / n_samples``. ``y_pred`` holds logits.

    Attributes
    ----------
    output : ndarray, shape (n_samples, n_classes)
        The probabilities; None before `forward` or `calculate`.
    """

    output: FloatArray | None = None
    _kept: FloatArray | None = None  # the output that `calculate` has made
    metrics: ClassVar[Metrics] = {"accuracy": accuracy}

    def predictions(self, y_pred: ArrayLike) -> FloatArray:
        """Return the softmax of scores."""
        return Softmax().forward(y_pred)

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
        output : array_like, shape (n_samples, n_classes)
            The probabilities, as `forward` stores them: rows that sum to 1, within 1e-3.
        y_true, n_samples
            As for `calculate`.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            ``dinputs``.

        Raises
        ------
        TypeError, ValueError
            As for `calculate`.
        """
        if output is self._kept and output is not None:  # whatever has become of it
            probabilities = self._remembered[0]
        else:
            probabilities = validation.probabilities("output", output).T
        shape = probabilities.shape[::-1]
        true_class = flat_index(y_true, shape, classes_first=True)
        n_samples = divisor(n_samples, shape[0])
        self.dinputs = self._derivative(probabilities, true_class, n_samples)
        return self.dinputs

    def _evaluate(
        self, logits: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        scores = validation.matrix("logits", logits)
        true_class = flat_index(y_true, scores.shape, classes_first=True)
        shifted, exponentials, sums = shifted_exponentials(scores)
        losses = elementary.log_float64(sums, scores.dtype)
        losses -= shifted.ravel()[true_class]
        probabilities = np.empty(exponentials.shape, dtype=scores.dtype)
        np.divide(exponentials, sums, out=probabilities)
        return losses, scores.dtype, (probabilities, true_class)

    def calculate(
        self, y_pred: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> np.floating[Any]:
        mean = super().calculate(y_pred, y_true, n_samples)
        self.output = self._kept = self._remembered[0].T.copy(order="C")
        return mean

    def _derivative(
        self, probabilities: FloatArray, true_class: IntArray, n_samples: int
    ) -> FloatArray:
        """Computed with the classes first, and returned with the samples first."""
        result = probabilities.copy(order="C")
        result.ravel()[true_class] -= 1
        result /= n_samples
        return result.T


def flat_index(
    y_true: ArrayLike, shape: tuple[int, ...], *, classes_first: bool = False
) -> IntArray:
    """Index of each sample's true class in ``array.ravel()`` for an array of this shape (or in ``array.T.ravel()``)."""
    n_samples, n_classes = shape
    classes = validation.class_indices(y_true, n_samples, n_classes)
    if classes_first:
        return classes * n_samples + np.arange(n_samples)
    return classes + np.arange(0, n_samples * n_classes, n_classes)
