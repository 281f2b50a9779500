"""The loss around a point, in the two directions in which optimizers went."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .. import validation
from ..numerics import matmul
from ..validation import FloatArray
from . import arguments
from .style import COLOURS

ROUNDS = 50  # of the power iteration; what a direction of half the weight has left in it after them is 2**-50
STEP = 1.1  # ratio of the losses on two neighbouring lines
PIECE = 8192  # entries of a sum
STYLES = ("-", "--", "-.", ":", (0, (5, 1)))


def main_directions(points: ArrayLike) -> FloatArray:
    r"""Find the two directions in which points lie furthest from the origin.

    These are the first two eigenvectors of ``points.T @ points``, the principal components of the points without
    their mean taken off. The power iteration finds them with the arithmetic of `numerics`, so they are the same on
    every machine.

    Parameters
    ----------
    points : array_like, shape (n_points, n_parameters)

    Returns
    -------
    ndarray, shape (2, n_parameters)
        Two rows of length 1 at right angles; the first direction comes first.

    Raises
    ------
    ValueError
        If all points lie on one line through the origin.
    """
    points = validation.matrix("points", points).astype(np.float64)
    # Divided by a power of two, which changes no digit, so that their squares cannot overflow.
    exponent = math.frexp(abs(points).max())[1]
    points = cast(FloatArray, np.ldexp(points, -exponent))
    found: list[FloatArray] = []
    for _ in range(2):
        rest = points
        for direction in found:
            rest = rest - matmul(rest, direction.T) * direction
        sizes = _sums_of_squares(rest)
        furthest = int(np.argmax(sizes))
        if sizes[furthest] <= 1e-20 * np.max(_sums_of_squares(points)):
            raise ValueError(
                "points lie on one line through the origin: there is no second direction"
            )
        direction = _unit(rest[furthest : furthest + 1])
        for _ in range(ROUNDS):
            along = matmul(rest, direction.T)
            direction = _unit(matmul(along.T, rest))
        found.append(direction)
    return np.concatenate(found)


def _unit(row: FloatArray) -> FloatArray:
    length: FloatArray = np.sqrt(_sums_of_squares(row))
    return row / length


def _sums_of_squares(rows: FloatArray) -> FloatArray:
    """The sum of squares of each row, as a column."""
    squares = rows * rows
    # In pieces so short that all versions of NumPy add their entries in the same order.
    pieces = [squares[:, at : at + PIECE] for at in range(0, squares.shape[1], PIECE)]
    return sum(piece.sum(axis=1, keepdims=True) for piece in pieces)


def loss_surface(
    loss: Callable[[FloatArray], float],
    paths: Mapping[str, ArrayLike],
    centre: ArrayLike,
    *,
    ax: Axes | None = None,
    resolution: int = 40,
) -> Axes:
    """Map the loss around a point of the parameters, and draw the shadows of paths on the map.

    The map is a flat slice through the parameters: it contains ``centre``, and extends in the two `main_directions`
    of the paths as seen from there. A path of an optimizer runs above and below the slice, too; what is drawn is
    where it would meet the slice at right angles. From one line to the next the loss grows by a tenth.

    Parameters
    ----------
    loss : callable
        Takes all parameters, shape (n_parameters,), and returns the loss, a positive number.
    paths : mapping
        From the name of an optimizer to the parameters after each of its steps, shape (n_steps, n_parameters).
    centre : array_like, shape (n_parameters,)
        Parameters at the middle of the map, such as the best that were found.
    ax : matplotlib Axes, optional
        Where to draw; by default the current axes.
    resolution : int, at least 2
        Points along each side of the grid on which the loss is computed.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If the loss is 0, negative or not finite somewhere on the map, or the same everywhere, or no number; if there
        are no paths, one does not fit ``centre``, or all lie on one line through it. Nothing is drawn then.
    """
    ax, resolution = arguments.axes_or_none(ax), arguments.resolution(resolution)
    arguments.function("loss", loss, "of the parameters")
    arguments.named("paths", paths, "the name of each path to its points", "path")
    centre = arguments.row("centre", centre)
    checked = {
        name: validation.matrix(f"paths[{name!r}]", path, columns=len(centre))
        for name, path in paths.items()
    }
    with np.errstate(over="ignore"):
        steps = {name: path - centre for name, path in checked.items()}
    for name, step in steps.items():
        if not np.isfinite(step).all():
            raise validation.not_finite(f"paths[{name!r}] - centre", step)
    try:
        directions = main_directions(np.concatenate(list(steps.values())))
    except ValueError:
        raise ValueError(
            "paths lie on one line through centre: the map needs a second direction, from another path or more steps"
        ) from None
    shadows = {name: matmul(step, directions.T) for name, step in steps.items()}
    sides = []
    for corner in np.concatenate(list(shadows.values())).T:
        # Where all points are equally far from the centre in a direction, that distance is the measure.
        margin = 0.15 * (corner.max() - corner.min() or abs(corner).max())
        sides.append(
            np.linspace(corner.min() - margin, corner.max() + margin, resolution)
        )

    def height(across: float, up: float) -> float:
        at = centre + across * directions[0] + up * directions[1]
        return arguments.one_number("loss", loss(at))

    heights = np.array(
        [[height(across, up) for across in sides[0]] for up in sides[1]],
        dtype=np.float64,
    )
    lowest, highest = heights.min(), heights.max()
    if not 0 < lowest < highest < np.inf:  # NaN fails, too
        raise ValueError(
            f"loss runs from {lowest} to {highest} on the map, but its lines need a loss above 0 that is finite and "
            "not the same everywhere"
        )
    ax = plt.gca() if ax is None else ax
    levels = [lowest]
    while levels[-1] < highest:
        levels.append(levels[-1] * STEP)
    tints = plt.get_cmap("Blues")(np.linspace(0.03, 0.65, len(levels) - 1))
    ax.contourf(*sides, heights, levels=levels, colors=tints)
    ax.contour(
        *sides, heights, levels=levels[1:-1], colors="white", linewidths=0.5, linestyles="-"
    )  # fmt: skip
    for number, (name, shadow) in enumerate(shadows.items()):
        colour = ("black", *COLOURS[1:])[number % len(COLOURS)]
        ax.plot(
            *shadow.T, color=colour, linestyle=STYLES[number % len(STYLES)], label=name
        )
        ax.plot(*shadow[-1], "o", color=colour, markersize=5, markeredgecolor="white")
    ax.set(xlabel="first direction", ylabel="second direction", aspect="equal")
    return ax
