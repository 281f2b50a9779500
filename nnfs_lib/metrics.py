"""Measures of a prediction that are read, not minimised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation


def accuracy(y_pred: ArrayLike, y_true: ArrayLike) -> float:
    """Fraction of the samples whose predicted class is the right one.

    Parameters
    ----------
    y_pred : array_like, shape (n_samples, n_classes) or (n_samples,)
        Probabilities (or any scores: the largest in a row is the prediction), or class numbers.
    y_true : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class numbers or one-hot rows.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, the batch is empty, or labels are out of range.
    """
    predictions = validation.array("y_pred", y_pred)
    labels = validation.array("y_true", y_true)
    if predictions.ndim != 1:
        scores = validation.matrix("y_pred", predictions)
        predicted, n_classes = scores.argmax(axis=1), scores.shape[1]
    elif not predictions.size:
        raise ValueError("y_pred is empty: at least one sample is needed")
    else:
        n_classes = (
            labels.shape[1]
            if labels.ndim == 2 and labels.shape[1] > 1
            else 1 + _largest(predictions, labels)
        )
        predicted = validation.class_range("y_pred", predictions, n_classes)
    right = validation.class_indices(labels, len(predicted), n_classes)
    return int(np.count_nonzero(predicted == right)) / len(predicted)


def _largest(*labels: NDArray[Any]) -> int:
    """The largest class number; what is none is left for the checks to refuse."""
    return max(
        (
            int(values.max())
            for values in labels
            if values.size and values.dtype.kind in "iu"
        ),
        default=1,
    )
