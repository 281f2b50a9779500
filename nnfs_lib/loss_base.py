"""What the losses share: the mean over the samples, its gradient, and the measures beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from . import validation
from .base import Layer
from .partial_sums import exact_mean
from .validation import FloatArray

CLIP = 1e-7
"""Confidences are kept between CLIP and 1 - CLIP, so that no logarithm is infinite."""

Metrics = Mapping[str, Callable[[ArrayLike, ArrayLike], float]]
"""Measures by their names: functions of predictions and ``y_true``."""


class Loss(Layer):
    """What the losses share. A loss of your own defines `_evaluate` and `_derivative`.

    Attributes
    ----------
    dinputs : ndarray, shape of the predictions
        The derivative of the mean loss with respect to them, after `gradient` or ``backward``.
    """

    dinputs: FloatArray
    metrics: ClassVar[Metrics] = {}
    """What is measured of its predictions, beside the loss."""

    def predictions(self, y_pred: ArrayLike) -> FloatArray:
        """Turn what the loss takes as ``y_pred`` into what is predicted: probabilities, if these are scores."""
        return validation.matrix("y_pred", y_pred)

    @np.errstate(all="ignore")
    def sample_losses(self, y_pred: ArrayLike, y_true: ArrayLike) -> FloatArray:
        """Compute the loss of each sample, shape (n_samples,), in the type of ``y_pred``."""
        losses, dtype, _ = self._evaluate(y_pred, y_true)
        return np.asarray(losses, dtype)

    @np.errstate(all="ignore")
    def calculate(
        self, y_pred: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> np.floating[Any]:
        """Compute the mean of the samples' losses, whatever their order, and remember what `gradient` needs.

        Parameters
        ----------
        y_pred : array_like, shape (n_samples, n_classes)
            What the network predicts: probabilities or scores, as the class says.
        y_true : array_like, shape (n_samples,) or (n_samples, n_classes)
            What the class says: class indices or one-hot rows, or targets of the shape of ``y_pred``.
        n_samples : int, optional
            What to divide the sum by, if this is a part of a larger batch; by default the number of samples given. Each
            part's result is rounded, so their sum may differ from the whole's in the last bit; `DataParallel` adds the
            parts exactly and rounds once.

        Returns
        -------
        float32 or float64, the type of y_pred

        Raises
        ------
        TypeError, ValueError
            If the shapes do not fit, or an argument does not hold what it should.
        """
        losses, dtype, remembered = self._evaluate(y_pred, y_true)
        n_samples = divisor(n_samples, len(losses))
        mean = dtype.type(exact_mean(losses, n_samples))
        self._remembered = (*remembered, n_samples)
        return mean

    @np.errstate(all="ignore")
    def gradient(self) -> FloatArray:
        """Compute the derivative of the mean loss that `calculate` gave last with respect to its ``y_pred``.

        Returns
        -------
        ndarray, the shape of y_pred
            ``dinputs``.

        Raises
        ------
        RuntimeError
            If `calculate` has not been called.
        """
        remembered = validation.computed(self, "_remembered", "calculate", "gradient")
        self.dinputs = self._derivative(*remembered)
        return self.dinputs

    def forward(self, y_pred: ArrayLike, y_true: ArrayLike) -> Any:
        """Compute the loss of each sample, as `sample_losses` does."""
        return self.sample_losses(y_pred, y_true)

    def backward(
        self, y_pred: ArrayLike, y_true: ArrayLike, n_samples: int | None = None
    ) -> FloatArray:
        """Compute the derivative of the mean loss with respect to ``y_pred``: `calculate` and `gradient` in one.

        Parameters and errors are those of `calculate`.

        Returns
        -------
        ndarray, the shape of y_pred
            ``dinputs``.
        """
        self.calculate(y_pred, y_true, n_samples)
        return self.gradient()

    def _evaluate(
        self, y_pred: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        """The samples' losses in float64, the type of the predictions, and what `_derivative` takes."""
        raise NotImplementedError(f"{type(self).__name__} does not define _evaluate")

    def _derivative(self, *remembered: Any) -> FloatArray:
        """The derivative of the mean loss, from what `_evaluate` gave and the number of samples to divide by."""
        raise NotImplementedError(f"{type(self).__name__} does not define _derivative")


def divisor(n_samples: int | None, given: int) -> int:
    """What to divide the sum of the samples' losses by."""
    return (
        given
        if n_samples is None
        else validation.integer("n_samples", n_samples, at_least=1, at_most=1e300)
    )
