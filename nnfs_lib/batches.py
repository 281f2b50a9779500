"""Mini-batches: all samples once, in random order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation

Batch = tuple[NDArray[Any], NDArray[Any]]


def batches(
    X: ArrayLike,
    y: ArrayLike,
    batch_size: SupportsIndex,
    *,
    rng: np.random.RandomState | np.random.Generator | None = None,
) -> Iterator[Batch]:
    """Cut the samples into mini-batches, in an order that is drawn anew with each call: one call for each epoch.

    Parameters
    ----------
    X, y : array_like, with as many rows as there are samples
    batch_size : int
        Samples per batch. What is left over at the end makes a smaller batch.
    rng : numpy.random.RandomState or Generator, optional
        Its ``permutation`` gives the order. By default NumPy's global stream.

    Returns
    -------
    iterator of tuple (X_batch, y_batch)

    Raises
    ------
    TypeError, ValueError
        By the call itself, before the first batch: if the lengths differ, there are no samples, ``batch_size`` is not
        a positive integer, or ``rng`` cannot draw an order.
    """
    X, y = validation.array("X", X), validation.array("y", y)
    size = validation.positive_integer("batch_size", batch_size)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"X has shape {X.shape}, but y has shape {y.shape}: "
            "one target for each sample is needed"
        )
    if not len(X):
        raise ValueError("X is empty: at least one sample is needed")
    order = validation.drawing(rng, "permutation")(len(X))
    return (
        (X[rows], y[rows])
        for rows in (order[start : start + size] for start in range(0, len(X), size))
    )
