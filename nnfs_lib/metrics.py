"""Measures of a prediction that are read, not minimised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation
from .validation import IntArray

MAX_CLASSES = 2**15
"""A confusion matrix has at most this many classes, and then takes 8 GiB."""


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
    predicted, labels, _ = _classes(y_pred, y_true)
    return int(np.count_nonzero(predicted == labels)) / len(predicted)


def binary_accuracy(y_pred: ArrayLike, y_true: ArrayLike) -> float:
    """Fraction of the labels, 0 or 1, that are on the right side of one half.

    Parameters
    ----------
    y_pred : array_like, shape (n_samples, n_labels)
        Probabilities of label 1; above one half, the prediction is 1.
    y_true : array_like, shape (n_samples, n_labels), or (n_samples,) for one label

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, the batch is empty, or there are other numbers.
    """
    probabilities = validation.between_0_and_1("y_pred", y_pred)
    labels = validation.labels_0_and_1(y_true, probabilities.shape)
    return int(np.count_nonzero((probabilities > 0.5) == labels)) / labels.size


def confusion_matrix(y_pred: ArrayLike, y_true: ArrayLike) -> NDArray[np.int64]:
    """Count, for each class, what its samples are taken for.

    Parameters and errors are those of `accuracy`, and more than 32,768 classes are refused.

    Returns
    -------
    ndarray of int64, shape (n_classes, n_classes)
        Row i, column j: samples of class i that are predicted to be of class j. The diagonal is what is right.
    """
    predicted, labels, n_classes = _classes(y_pred, y_true)
    if n_classes > MAX_CLASSES:
        raise ValueError(
            f"the labels in y_pred and y_true go up to {n_classes - 1}, but a confusion matrix has at most "
            f"{MAX_CLASSES} classes (is this a class number?)"
        )
    counts = np.bincount(labels * n_classes + predicted, minlength=n_classes**2)
    return np.asarray(counts.reshape(n_classes, n_classes), np.int64)


def _classes(y_pred: ArrayLike, y_true: ArrayLike) -> tuple[IntArray, IntArray, int]:
    """The predicted classes, the true ones, and their number."""
    predictions = validation.array("y_pred", y_pred)
    labels = validation.array("y_true", y_true)
    if predictions.ndim != 1:
        scores = validation.matrix("y_pred", predictions)
        if scores.shape[1] == 1:
            raise ValueError(
                f"y_pred has shape {scores.shape}, one column, and so one class: "
                "for probabilities of label 1, take binary_accuracy"
            )
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
    return predicted, right, n_classes


def _largest(*labels: NDArray[Any]) -> int:
    """The largest class number; anything else is refused later."""
    return max(
        (
            int(values.max())
            for values in labels
            if values.size and values.dtype.kind in "iu"
        ),
        default=1,
    )
