"""How a network changes while it is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ..checks import IntArray
from .style import COLOURS, MARKERS

FRAME_WIDTH, FRAME_HEIGHT = (
    2.0,
    2.25,
)  # inches, of a picture with its title; the page's filmstrip.css knows their ratio


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


def filmstrip(n_pictures: int, columns: int) -> list[Axes]:
    """Begin a figure of many small square pictures, in rows, like the strips of a film.

    The pictures divide the figure evenly, margins included. So a page of the book can show one of them at a time: its
    script does, where the cell has a tag such as ``filmstrip-4x3``, four columns and three rows.

    Parameters
    ----------
    n_pictures : int
    columns : int
        Pictures in a row.

    Returns
    -------
    list of Axes
        One for each picture, row by row.
    """
    rows = -(-n_pictures // columns)
    width, height = columns * FRAME_WIDTH, rows * FRAME_HEIGHT
    figure = plt.figure(figsize=(width, height))
    figure.set_layout_engine("none")
    # A notebook cuts off what is empty, and leaves a margin. This frame leaves just that margin, so nothing is cut.
    margin = plt.rcParams["savefig.pad_inches"]
    corner = (margin / width, margin / height)
    frame = Rectangle(
        corner, 1 - 2 * corner[0], 1 - 2 * corner[1], fill=False, linewidth=0
    )
    figure.add_artist(frame)
    side = FRAME_WIDTH - 2 * margin
    return [
        figure.add_axes(
            (
                (number % columns * FRAME_WIDTH + margin) / width,
                1 - ((number // columns + 1) * FRAME_HEIGHT - margin) / height,
                side / width,
                side / height,
            ),
            xticks=[],
            yticks=[],
        )
        for number in range(n_pictures)
    ]


def layer_histograms(
    layers: Mapping[str, Mapping[str, ArrayLike]], *, axes: Any = None
) -> Any:
    """Draw how large the values in each layer are, at several moments of the training.

    A bar is a range of sizes whose ends are a power of two and the next: ``2**-4`` stands for sizes from 1/16 up to,
    but not including, 1/8. The dots on the left are the share of values that are exactly 0.

    Parameters
    ----------
    layers : mapping
        From the name of a layer to what it holds, from the name of a moment to an array of any shape: outputs, or
        gradients, or weights.
    axes : sequence of matplotlib Axes, optional
        Where to draw, one for each layer; by default a new figure, one panel below the other.

    Returns
    -------
    sequence of Axes
    """
    if axes is None:
        size = (5.0, 1.0 + 1.2 * len(layers))
        _, axes = plt.subplots(len(layers), 1, figsize=size, sharex=True, squeeze=False)
        axes = axes[:, 0]
    sizes = {
        name: {moment: _powers_of_two(values) for moment, values in moments.items()}
        for name, moments in layers.items()
    }
    found = np.concatenate(
        [powers for moments in sizes.values() for powers, _ in moments.values()]
    )
    least, most = int(found.min()), int(found.max())
    edges = np.arange(least, most + 2) - 0.5
    for (name, moments), ax in zip(sizes.items(), axes):
        for number, (moment, (powers, n_values)) in enumerate(moments.items()):
            shares = np.bincount(powers - least, minlength=most - least + 1) / n_values
            colour = COLOURS[number % len(COLOURS)]
            ax.stairs(
                shares, edges, color=colour, label=moment,
                linewidth=1.6, linestyle=("-", "--", "-.", ":")[number % 4],
            )  # fmt: skip
            zeros = (n_values - len(powers)) / n_values
            marker = MARKERS[number % len(MARKERS)]
            ax.plot(least - 3, zeros, marker, color=colour, markersize=4, clip_on=False)
        ax.set(title=name, ylim=(0, None), yticks=[])
        apart = -(-(most - least + 1) // 4)
        ticks = range(most, least - 1, -apart)
        ax.set_xticks(
            [least - 3, *ticks], ["0", *(f"$2^{{{power}}}$" for power in ticks)]
        )
    return axes


def _powers_of_two(values: ArrayLike) -> tuple[IntArray, int]:
    """The power of two at or below the size of each value but the zeros, and the number of all values."""
    values = np.asarray(values)
    return np.frexp(values[values != 0])[1] - 1, values.size
