"""How a network changes while it is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, SupportsIndex

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .. import validation
from ..validation import FloatArray
from . import arguments
from .style import COLOURS, GREY

# Inches, of a picture with its title; the page's filmstrip.css knows their ratio.
FRAME_WIDTH, FRAME_HEIGHT = 2.0, 2.25


def learning_curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]], *, axes: Any = None
) -> Any:
    """Draw loss and accuracy against the epoch, one line for each run.

    The line of a run that diverges, whose loss becomes NaN or infinite, ends there.

    Parameters
    ----------
    histories : mapping
        From the name of a run to its ``{"epoch": ..., "loss": ..., "accuracy": ...}``, three sequences of one length.
        Without "epoch" the epochs are 1, 2, ..., so a model's ``history`` will do if it has an "accuracy".
    axes : pair of matplotlib Axes, optional
        Where to draw; by default a new figure with two panels.

    Returns
    -------
    pair of Axes

    Raises
    ------
    TypeError, ValueError
        If there are no histories, one lacks a sequence or holds anything but numbers, its sequences differ in length or
        are empty, or an accuracy is not between 0 and 1; nothing is drawn then.
    """
    to_what = "the name of each run to its history"
    arguments.named("histories", histories, to_what, "run")
    alone = "loss" in histories
    runs = {
        name: arguments.history(f"histories[{name!r}]", history, alone=alone)
        for name, history in histories.items()
    }
    if axes is None:
        _, axes = plt.subplots(1, 2)
    arguments.sequence_of_axes(axes, 2)
    for quantity, ax in zip(("loss", "accuracy"), axes):
        for number, (name, history) in enumerate(runs.items()):
            ax.plot(
                history["epoch"], history[quantity], label=name, linewidth=1.4,
                linestyle=("-", "--", "-.", ":")[number % 4],
            )  # fmt: skip
        ax.set(xlabel="epoch", ylabel=quantity)
        ax.xaxis.set_major_formatter("{x:,g}")  # 10,000, as in the text
    if not any((history["loss"] < 0).any() for history in runs.values()):
        axes[0].set(ylim=(0, None))
    axes[1].set(ylim=(0, 1))
    axes[0].legend()
    return axes


def filmstrip(n_pictures: SupportsIndex, columns: SupportsIndex) -> list[Axes]:
    """Begin a figure of many small square pictures, in rows, like the strips of a film.

    The pictures divide the figure evenly, margins included. So a page of the book can show one of them at a time: its
    script does, where the cell has a tag such as ``filmstrip-4x3``, four columns and three rows.

    Parameters
    ----------
    n_pictures : int, at least 1
    columns : int, at least 1
        Pictures in a row.

    Returns
    -------
    list of Axes
        One for each picture, row by row.
    """
    n_pictures = validation.positive_integer("n_pictures", n_pictures)
    columns = validation.positive_integer("columns", columns)
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

    A step of a line is a range of sizes, from one power of two up to the next: ``2**-4`` stands for sizes from 1/16
    to 1/8. Its height is the share of the values that are not 0; ranges at the ends with less than half a percent are
    left out. The share of the values that are 0 is written above, moment by moment.

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

    Raises
    ------
    TypeError, ValueError
        If there is no layer, one has no moment, or an array is empty or holds anything but finite numbers; or if there
        are not as many axes as layers. Nothing is drawn then.
    """
    arguments.named(
        "layers", layers, "the name of each layer to what it holds", "layer"
    )
    checked = {name: _moments(name, moments) for name, moments in layers.items()}
    if axes is not None:
        arguments.sequence_of_axes(axes, len(layers))
    else:
        size = (5.0, 0.6 + 1.3 * len(layers))
        _, axes = plt.subplots(len(layers), 1, figsize=size, sharex=True, squeeze=False)
        axes = axes[:, 0]
    for (name, moments), ax in zip(checked.items(), axes):
        zeros = []
        for number, (moment, values) in enumerate(moments.items()):
            colour = COLOURS[number % len(COLOURS)]
            least, shares = _shares_of_sizes(values[values != 0])
            ax.stairs(
                shares, np.arange(least, least + len(shares) + 1), color=colour, label=moment,
                linewidth=1.6, linestyle=("-", "--", "-.", ":")[number % 4],
            )  # fmt: skip
            zeros.append(f"{np.mean(values == 0):.0%}")
        ax.text(
            1, 1.02, f"are 0: {', '.join(zeros)}", color=GREY, ha="right", va="bottom",
            transform=ax.transAxes, fontsize=9,
        )  # fmt: skip
        ax.set(ylabel=name, ylim=(0, None), yticks=[])
        ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        ax.xaxis.set_major_formatter(lambda power, _: f"$2^{{{power:.0f}}}$")
    return axes


def _moments(layer: str, moments: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """What a layer holds at each moment, as arrays of finite numbers."""
    name, hint = (
        f"layers[{layer!r}]",
        " (for a single moment, pass {'its name': array})",
    )
    arguments.named(
        name, moments, "the name of each moment to an array", "moment", hint
    )
    arrays = {}
    for moment, given in moments.items():
        values = arguments.numbers(f"{name}[{moment!r}]", given)
        if not np.isfinite(values).all():
            raise validation.not_finite(f"{name}[{moment!r}]", values)
        arrays[moment] = values
    return arrays


def _shares_of_sizes(values: FloatArray) -> tuple[int, FloatArray]:
    """Share of the sizes between each power of two and the next, and the exponent of the first."""
    if not values.size:
        return 0, np.array([], dtype=np.float64)
    powers = np.frexp(values)[1] - 1  # a size is from 2**power up to twice that
    least = int(powers.min())
    shares = np.bincount(powers - least) / values.size
    kept = np.flatnonzero(shares >= 0.005)
    if not kept.size:
        return least, shares
    return least + int(kept[0]), shares[kept[0] : kept[-1] + 1]
