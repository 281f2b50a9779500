"""Losses for numbers. A sample's loss is the mean over its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import validation
from .activations import sum_over_classes
from .loss_base import Loss
from .validation import FloatArray


class RegressionLoss(Loss):
    """What the losses for numbers share: they depend on ``y_pred - y_true`` alone, of shape (n_samples, n_outputs).

    ``y_true`` may have the shape (n_samples,) if there is one output.
    """

    def _evaluate(
        self, y_pred: ArrayLike, y_true: ArrayLike
    ) -> tuple[FloatArray, np.dtype[Any], tuple[Any, ...]]:
        predictions = validation.matrix("y_pred", y_pred)
        targets = validation.targets(y_true, predictions.shape)
        differences = predictions - targets  # which are float64
        losses = sum_over_classes(self.of(differences).T)
        remembered = differences, predictions.dtype
        return losses / predictions.shape[1], predictions.dtype, remembered

    def _derivative(
        self, differences: FloatArray, dtype: np.dtype[Any], n_samples: int
    ) -> FloatArray:
        slopes = self.slope(differences)
        return (slopes / (n_samples * differences.shape[1])).astype(dtype)

    @staticmethod
    def of(differences: FloatArray) -> FloatArray:
        """Return the loss of each difference."""
        raise NotImplementedError

    @staticmethod
    def slope(differences: FloatArray) -> FloatArray:
        """Return the derivative of that."""
        raise NotImplementedError


class MeanSquaredError(RegressionLoss):
    """``(y_pred - y_true)**2``: what follows from noise that is normally distributed.

    An error that is ten times larger counts a hundred times as much.
    """

    @staticmethod
    def of(differences: FloatArray) -> FloatArray:
        return differences * differences

    @staticmethod
    def slope(differences: FloatArray) -> FloatArray:
        return 2 * differences


class MeanAbsoluteError(RegressionLoss):
    """``|y_pred - y_true|``: what follows from noise with Laplace's distribution.

    All errors pull equally hard, so outliers do not lead. At 0, where there is no derivative, it counts as 0.
    """

    @staticmethod
    def of(differences: FloatArray) -> FloatArray:
        return np.abs(differences)

    @staticmethod
    def slope(differences: FloatArray) -> FloatArray:
        return np.sign(differences)
