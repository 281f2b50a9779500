"""What the answers of the chapter on dense layers are compared with."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..validation import FloatArray
from .answers import Answer, Function, Value


def n_parameters(sizes: list[int]) -> int:
    """Weights and biases of a stack of dense layers."""
    return sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))


def split(
    weights_1: FloatArray, biases_1: FloatArray, weights_2: FloatArray, neuron: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Two layers whose first has a neuron twice, each copy with half the say in the second."""
    twin_weights, twin_bias = weights_1[:, [neuron]], biases_1[:, [neuron]]
    halved = weights_2.copy()
    halved[neuron] /= 2
    return (
        np.hstack([weights_1, twin_weights]),
        np.hstack([biases_1, twin_bias]),
        np.vstack([halved, halved[[neuron]]]),
    )


def _split_whole(
    weights_1: FloatArray, biases_1: FloatArray, weights_2: FloatArray, neuron: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    first, biases, _ = split(weights_1, biases_1, weights_2, neuron)
    return first, biases, np.vstack([weights_2, weights_2[[neuron]]])


def he_weights(n_inputs: int, n_neurons: int, rng: np.random.Generator) -> FloatArray:
    """Initial weights that keep the size of a signal through ReLU."""
    return rng.standard_normal((n_inputs, n_neurons)) * np.sqrt(2 / n_inputs)


def to_grid(values: FloatArray, bits: int) -> FloatArray:
    """Each entry rounded to a multiple of one step, that of the largest entry."""
    _, exponent = np.frexp(np.abs(values).max())
    step = np.ldexp(1.0, exponent - bits)
    return np.rint(values / step) * step


def _floor_to_grid(values: FloatArray, bits: int) -> FloatArray:
    _, exponent = np.frexp(np.abs(values).max())
    step = np.ldexp(1.0, exponent - bits)
    return np.floor(values / step) * step


def _each_to_its_own(values: FloatArray, bits: int) -> FloatArray:
    _, exponent = np.frexp(values)
    step = np.ldexp(1.0, exponent - bits)
    return np.rint(values / step) * step


def _pairs(shapes: Any) -> Any:
    listed = isinstance(shapes, (list, tuple)) and len(shapes) == 6
    if listed and any(np.shape(shape) != (2,) for shape in shapes):
        raise ValueError("each shape has two lengths, that of the biases too")
    return shapes


_SHAPES = [(2, 64), (1, 64), (300, 64), (64, 3), (1, 3), (300, 3)]


def _cases() -> dict[str, tuple[Any, ...]]:
    rng = np.random.default_rng(3)
    normal = rng.standard_normal
    return {
        "split": tuple(
            (normal((m, p)), normal((1, p)), normal((p, q)), neuron)
            for m, p, q, neuron in ((2, 4, 3, 1), (3, 2, 5, 0))
        ),
        "he": tuple(
            (m, p, np.random.default_rng(seed))
            for m, p, seed in ((50, 20, 1), (3, 7, 2))
        ),
        "grid": ((normal((4, 3)), 6), (100 * normal((2, 5)), 4)),
    }


_CASES = _cases()

EXERCISES: dict[str, Answer] = {
    "dense-shapes": Value(
        _SHAPES,
        {
            "weights have the shape (inputs, neurons); yours have it the other way round": [
                *[(64, 2), *_SHAPES[1:3]],
                *[(3, 64), *_SHAPES[4:]],
            ],
            "a bias is not needed for every sample: one row of them is broadcast": [
                *[(2, 64), (300, 64), (300, 64)],
                *[(64, 3), (300, 3), (300, 3)],
            ],
            "biases are stored as a row, not as a column": [
                *[(2, 64), (64, 1), (300, 64)],
                *[(64, 3), (3, 1), (300, 3)],
            ],
        },
        through=_pairs,
    ),
    "dense-line": Value(
        [-0.5, -1, 1],
        {
            "the line is right, but at the origin the output is not 1": [-1, -2, 2],
            "you have exchanged the two inputs: the point (2, 0) has x_1 = 2": [
                *[-1, -0.5, 1]
            ],
        },
    ),
    "dense-parameters": Function(
        n_parameters,
        (([784, 128, 10],), ([2, 64, 3],), ([5, 4],)),
        {
            "these are the weights alone: the biases are missing": lambda sizes: sum(
                a * b for a, b in pairwise(sizes)
            ),
            "there is a bias for each neuron, not for each input": lambda sizes: sum(
                a * b + a for a, b in pairwise(sizes)
            ),
        },
    ),
    "dense-split": Function(
        split,
        _CASES["split"],
        {
            "both copies have the whole say: together they count twice in the second layer": _split_whole,
        },
    ),
    "dense-he": Function(
        he_weights,
        _CASES["he"],
        {
            "2 / n_inputs is the variance: the standard deviation is its root": lambda n_inputs, n_neurons, rng: (
                rng.standard_normal((n_inputs, n_neurons)) * 2 / n_inputs
            ),
            "divide by the number of inputs, which are what a neuron adds up, not by that of neurons": (
                lambda n_inputs, n_neurons, rng: (
                    rng.standard_normal((n_inputs, n_neurons)) * np.sqrt(2 / n_neurons)
                )
            ),
            "draw from the normal distribution, with rng.standard_normal": lambda n_inputs, n_neurons, rng: (
                rng.random((n_inputs, n_neurons)) * np.sqrt(2 / n_inputs)
            ),
        },
    ),
    "dense-grid": Function(
        to_grid,
        _CASES["grid"],
        {
            "you round down; np.rint rounds to the nearest": _floor_to_grid,
            "each entry has a grid of its own; all of them need the grid of the largest": _each_to_its_own,
        },
    ),
}
