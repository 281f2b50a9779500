"""A matplotlib backend that sends figures as SVG, character for character as a notebook in the book's style does."""

from __future__ import annotations

import io
from typing import Any

import cells
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]

ZEROS = np.zeros


def show(*_: Any, **__: Any) -> None:
    """Send every open figure that is not empty, and close all of them."""
    replaced = np.zeros
    np.zeros = ZEROS  # matplotlib 3.8 cannot lay out figures with the replacement made by nnfs.init()
    try:
        for number in plt.get_fignums():
            figure = plt.figure(number)
            if figure.axes or figure.lines:
                cells.session.send("figure", svg(figure))
    finally:
        np.zeros = replaced
        plt.close("all")


def svg(figure: Any) -> str:
    """Draw as IPython does, with the metadata of nnfs_lib.plots.use_book_style."""
    text = io.BytesIO()
    figure.savefig(
        text,
        format="svg",
        dpi=figure.dpi,
        facecolor=figure.get_facecolor(),
        edgecolor=figure.get_edgecolor(),
        bbox_inches="tight",
        metadata={"Date": None, "Creator": None},
    )
    return text.getvalue().decode("utf-8")
