"""Samples with two features, and what a network makes of their plane."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

from .. import validation
from ..validation import FloatArray, IntArray
from . import arguments
from .style import COLOURS, MARKERS


def points(
    X: ArrayLike, y: ArrayLike, *, ax: Axes | None = None, size: float = 12.0
) -> Axes:
    """Draw samples with two features, each class in its colour and with its marker.

    Parameters
    ----------
    X : array_like, shape (n_samples, 2)
    y : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class numbers or one-hot rows. Class numbers may be floats (0.0, 1.0, ...), and a column.
    ax : matplotlib Axes, optional
        Where to draw; by default the current axes.
    size : float, above 0
        Area of a marker, in square points.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If ``X`` is not a matrix of finite numbers with two columns, or ``y`` holds other labels; nothing is drawn then.
    """
    X = validation.matrix("X", X, columns=2)
    y = arguments.class_labels(y, len(X))
    size = validation.number("size", size, above=0)
    ax = arguments.axes_or_none(ax)
    return _draw_points(X, y, plt.gca() if ax is None else ax, size)


def _draw_points(X: FloatArray, y: IntArray, ax: Axes, size: float = 12.0) -> Axes:
    for number in np.unique(y):
        of_class = y == number
        ax.scatter(
            X[of_class, 0], X[of_class, 1], size, color=COLOURS[number % len(COLOURS)],
            marker=MARKERS[(number + number // len(COLOURS)) % len(MARKERS)],
            linewidths=0.3, edgecolors="white", label=f"class {number}",
        )  # fmt: skip
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    return ax


def decision_regions(
    predict: Callable[[FloatArray], ArrayLike],
    X: ArrayLike,
    y: ArrayLike,
    *,
    ax: Axes | None = None,
    resolution: int = 120,
) -> Axes:
    """Tint the plane by the class that a network predicts there, and draw the samples on top.

    Parameters
    ----------
    predict : callable
        Takes inputs, shape (n, 2), and returns scores or probabilities, shape (n, n_classes), of two classes at least.
    X : array_like, shape (n_samples, 2)
    y : array_like, shape (n_samples,) or (n_samples, n_classes)
        Class numbers or one-hot rows, as for `points`.
    ax : matplotlib Axes, optional
        Where to draw; by default the current axes.
    resolution : int, at least 2
        Points along each side of the grid on which the network is asked.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        As for `points`, or if ``predict`` returns anything but finite scores in a column for each class, or ``y`` holds
        a label without a column; nothing is drawn then.
    """
    X = validation.matrix("X", X, columns=2)
    y = arguments.class_labels(y, len(X))
    ax = arguments.axes_or_none(ax)
    reach = 1.1 * float(np.abs(X).max()) or 1.0
    side = np.linspace(-reach, reach, arguments.resolution(resolution))
    horizontal, vertical = np.meshgrid(side, side)
    scores = arguments.scores(
        predict, np.column_stack([horizontal.ravel(), vertical.ravel()])
    )
    arguments.check_columns(y, scores.shape[1])
    ax = plt.gca() if ax is None else ax
    # Each class is painted, with those before it, over the classes after it. So there is no gap where regions meet.
    lowest = scores.min()
    for number in reversed(range(scores.shape[1])):
        best, best_after = (
            part.max(axis=1, initial=lowest)
            for part in (scores[:, : number + 1], scores[:, number + 1 :])
        )
        colour = np.array(to_rgb(COLOURS[number % len(COLOURS)]))
        strength = 0.25 * min(1 + number // len(COLOURS), 4)
        ax.contourf(
            horizontal, vertical, (best - best_after).reshape(horizontal.shape),
            levels=[0, np.inf], colors=[tuple(1 - strength * (1 - colour))],
        )  # fmt: skip
    _draw_points(X, y, ax)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
    return ax
