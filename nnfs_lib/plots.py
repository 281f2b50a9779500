"""Pictures of data, networks and training, in one style. Needs matplotlib: ``pip install nnfs-lib[plots]``.

The colours are Okabe and Ito's, which readers with any colour vision can tell apart; each class also has a marker of
its own. Figures have a white ground, so that they read the same on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import checks
from .checks import FloatArray

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#5F5F5F",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY)
MARKERS = ("o", "^", "s", "D", "v", "P", "X")

STYLE: dict[str, Any] = {
    "figure.figsize": (7.0, 3.6),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "contour.algorithm": "serial",  # whether a line is closed does not depend on rounding
    "font.size": 11.0,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "svg.hashsalt": "neural networks from scratch",  # the names inside an SVG are the same each time
}


def use_book_style() -> None:
    """Draw in the book's style from here on; in a notebook, as SVG files that are the same each time."""
    plt.style.use("default")  # whatever a matplotlibrc says
    plt.rcParams.update(STYLE)  # type: ignore[arg-type]
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]


def points(
    X: ArrayLike, y: ArrayLike, *, ax: Axes | None = None, size: float = 12.0
) -> Axes:
    """Draw samples with two features, each class in its colour and with its marker.

    Parameters
    ----------
    X : array_like, shape (n_samples, 2)
    y : array_like, shape (n_samples,)
        Class numbers.
    ax : matplotlib Axes, optional
        Where to draw; by default the current axes.
    size : float
        Area of a marker, in square points.

    Returns
    -------
    Axes
    """
    X = checks.matrix("X", X, columns=2)
    y = np.asarray(y)
    ax = plt.gca() if ax is None else ax
    for number in np.unique(y):
        of_class = y == number
        ax.scatter(
            X[of_class, 0], X[of_class, 1], size, color=COLOURS[number % len(COLOURS)],
            marker=MARKERS[number % len(MARKERS)], linewidths=0.3, edgecolors="white", label=f"class {number}",
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
        Takes inputs, shape (n, 2), and returns scores or probabilities, shape (n, n_classes).
    X : array_like, shape (n_samples, 2)
    y : array_like, shape (n_samples,)
        Class numbers.
    ax : matplotlib Axes, optional
        Where to draw; by default the current axes.
    resolution : int
        Points along each side of the grid on which the network is asked.

    Returns
    -------
    Axes
    """
    X = checks.matrix("X", X, columns=2)
    ax = plt.gca() if ax is None else ax
    reach = 1.1 * float(np.abs(X).max())
    side = np.linspace(-reach, reach, resolution)
    horizontal, vertical = np.meshgrid(side, side)
    scores = np.asarray(
        predict(np.column_stack([horizontal.ravel(), vertical.ravel()])),
        dtype=np.float64,
    )
    for number in range(scores.shape[1]):
        lead = scores[:, number] - np.delete(scores, number, axis=1).max(axis=1)
        ax.contourf(
            horizontal, vertical, lead.reshape(horizontal.shape), levels=[0, np.inf],
            colors=[COLOURS[number % len(COLOURS)]], alpha=0.25,
        )  # fmt: skip
    points(X, y, ax=ax)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
    return ax


def learning_curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]], *, axes: Any = None
) -> Any:
    """Draw loss and accuracy against the epoch, one line for each run.

    Parameters
    ----------
    histories : mapping
        From the name of a run to its ``{"epoch": ..., "loss": ..., "accuracy": ...}``, three sequences of one length.
    axes : pair of matplotlib Axes, optional
        Where to draw; by default a new figure with two panels.

    Returns
    -------
    pair of Axes
    """
    if axes is None:
        _, axes = plt.subplots(1, 2)
    for quantity, ax in zip(("loss", "accuracy"), axes):
        for number, (name, history) in enumerate(histories.items()):
            ax.plot(
                history["epoch"], history[quantity], label=name, linewidth=1.4,
                linestyle=("-", "--", "-.", ":")[number % 4],
            )  # fmt: skip
        ax.set(xlabel="epoch", ylabel=quantity, ylim=(0, None))
    axes[1].set(ylim=(0, 1))
    axes[0].legend()
    return axes
