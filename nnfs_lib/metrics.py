"""Measures of a prediction that are read, not minimised."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import checks


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
    if np.ndim(y_pred) == 1:
        n_classes = _class_count(y_pred, y_true)
        predicted = checks.class_numbers(y_pred, len(np.asarray(y_pred)), n_classes)
    else:
        scores = checks.matrix("y_pred", y_pred)
        n_classes = scores.shape[1]
        predicted = scores.argmax(axis=1)
    right = checks.class_numbers(y_true, len(predicted), n_classes)
    return int(np.count_nonzero(predicted == right)) / len(predicted)


def _class_count(y_pred: ArrayLike, y_true: ArrayLike) -> int:
    """How many classes class numbers speak of: the columns of one-hot labels, else one more than the largest."""
    if np.ndim(y_true) == 2:
        return int(np.shape(y_true)[1])
    numbers = [np.asarray(values) for values in (y_pred, y_true)]
    return 1 + max(
        (
            int(values.max())
            for values in numbers
            if values.size and values.dtype.kind in "iu"
        ),
        default=1,
    )
