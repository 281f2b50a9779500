"""Pictures of data, networks and training, in one style. Needs matplotlib: ``pip install nnfs-lib[plots]``."""

from .plane import decision_regions, points
from .style import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    MARKERS,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    STYLE,
    use_book_style,
)
from .surface import loss_surface, main_directions
from .training import filmstrip, layer_histograms, learning_curves

__all__ = [
    "BLUE",
    "COLOURS",
    "GREEN",
    "GREY",
    "MARKERS",
    "ORANGE",
    "PURPLE",
    "RED",
    "SKY",
    "STYLE",
    "decision_regions",
    "filmstrip",
    "layer_histograms",
    "learning_curves",
    "loss_surface",
    "main_directions",
    "points",
    "use_book_style",
]
