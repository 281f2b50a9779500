"""The style of the book's pictures.

The colours are Okabe and Ito's, which readers with any colour vision can tell apart; each class also has a marker of
its own. Figures have a white ground, so that they read the same on a light page and on a dark one.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler

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
