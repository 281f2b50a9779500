"""What the answers of the chapter on dense layers are compared with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ...validation import FloatArray
from .answers import COMPUTED, Answer, Function, Value
from .comparison import same


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


Parameters = tuple[FloatArray, FloatArray, FloatArray]


def _split_whole(w: FloatArray, b: FloatArray, v: FloatArray, j: int) -> Parameters:
    first, biases, _ = split(w, b, v, j)
    return first, biases, np.vstack([v, v[[j]]])


def _only_the_copy_halved(
    w: FloatArray, b: FloatArray, v: FloatArray, j: int
) -> Parameters:
    first, biases, second = split(w, b, v, j)
    return first, biases, np.vstack([v, second[[j]]])


def _only_the_neuron_halved(
    w: FloatArray, b: FloatArray, v: FloatArray, j: int
) -> Parameters:
    first, biases, second = split(w, b, v, j)
    return first, biases, np.vstack([second[:-1], v[[j]]])


def _everything_halved(
    w: FloatArray, b: FloatArray, v: FloatArray, j: int
) -> Parameters:
    first, biases, _ = split(w, b, v, j)
    return first, biases, np.vstack([v, v[[j]]]) / 2


def _copy_beside(w: FloatArray, b: FloatArray, v: FloatArray, j: int) -> Parameters:
    _, _, second = split(w, b, v, j)
    halved = second[:-1]
    return (
        np.insert(w, j, w[:, j], axis=1),
        np.insert(b, j, b[:, j], axis=1),
        np.insert(halved, j, halved[j], axis=0),
    )


def _bias_halved(w: FloatArray, b: FloatArray, v: FloatArray, j: int) -> Parameters:
    first, biases, second = split(w, b, v, j)
    biases[:, [j, -1]] /= 2
    return first, biases, second


class Linear:
    """A dense layer whose weights have one row per neuron."""

    def __init__(self, weights: FloatArray, biases: FloatArray) -> None:
        self.weights, self.biases = weights, biases

    def forward(self, inputs: FloatArray) -> FloatArray:
        """One row per sample."""
        self.inputs, self.output = inputs, inputs @ self.weights.T + self.biases
        return self.output


def _outputs(layer_class: Any) -> Callable[..., Any]:
    """What ``forward`` of a new object returns."""
    return lambda inputs, weights, biases: layer_class(weights, biases).forward(inputs)


def _kept(layer_class: Any) -> str:
    """An objection if the class does not keep what it is given and computes ("" if it does)."""
    inputs, weights, biases = _CASES["class"][0]
    new = Linear(2 - weights, biases - 2)
    try:
        layer = layer_class(weights, biases)
        output = layer.forward(inputs)
        kept = {"weights": weights, "biases": biases, "inputs": inputs}
        for name, value in {**kept, "output": output}.items():
            if not same(getattr(layer, name, None), value):
                return f"the numbers are right, but the object does not keep its {name}, as self.{name}"
        layer.weights, layer.biases = new.weights, new.biases
        if not same(layer.forward(inputs), new.forward(inputs), COMPUTED):
            return "the numbers are right, but with new arrays in place of weights and biases they are not"
    except Exception as error:
        return f"the numbers are right, but with new arrays it raises {type(error).__name__}: {error}"
    return ""


def he_weights(n_inputs: int, n_neurons: int, rng: np.random.Generator) -> FloatArray:
    """Initial weights that keep the size of a signal through ReLU."""
    return rng.standard_normal((n_inputs, n_neurons)) * np.sqrt(2 / n_inputs)


def _he_in_float32(n_inputs: int, n_neurons: int, rng: np.random.Generator) -> Any:
    draws = rng.standard_normal((n_inputs, n_neurons), dtype=np.float32)
    return draws * np.float32(np.sqrt(2 / n_inputs))


def _he_by_neurons(n_inputs: int, n_neurons: int, rng: np.random.Generator) -> Any:
    return rng.standard_normal((n_neurons, n_inputs)).T * np.sqrt(2 / n_inputs)


def to_grid(values: FloatArray, bits: int) -> FloatArray:
    """Each entry rounded to a multiple of one step, that of the largest entry."""
    return _on_grid(values, bits, np.frexp(np.abs(values).max())[1])


def _on_grid(
    values: FloatArray, bits: int, exponent: Any, rounded: Any = np.rint
) -> FloatArray:
    step = np.ldexp(1.0, exponent - bits)
    return rounded(values / step) * step


def _rounded_with(rounded: Any) -> Callable[[FloatArray, int], FloatArray]:
    return lambda values, bits: _on_grid(
        values, bits, np.frexp(np.abs(values).max())[1], rounded
    )


def _by_logarithm(values: FloatArray, bits: int) -> FloatArray:
    exponent = np.ceil(np.log2(np.abs(values).max())).astype(int)
    return _on_grid(values, bits, exponent)


def _pairs(shapes: Any) -> Any:
    listed = isinstance(shapes, (list, tuple)) and len(shapes) == 6
    if listed and any(np.shape(shape) != (2,) for shape in shapes):
        raise ValueError("each shape has two lengths, that of the biases too")
    return shapes


_SHAPES = [(2, 64), (1, 64), (300, 64), (64, 3), (1, 3), (300, 3)]


def _cases() -> dict[str, tuple[Any, ...]]:
    rng = np.random.default_rng(3)
    normal = rng.standard_normal
    power, small = normal((4, 3)), normal((3, 3)) * [[0.01], [0.02], [0.001]]
    power[1, 2] = -4  # the largest entry: 2**3 is the smallest power above it
    return {
        "class": tuple(
            (normal((n, m)), normal((p, m)), normal(p))
            for n, m, p in ((5, 3, 2), (4, 2, 3), (3, 3, 3), (1, 4, 2))
        ),
        "split": tuple(
            (normal((m, p)), normal((1, p)), normal((p, q)), neuron)
            for m, p, q, neuron in ((2, 4, 3, 1), (3, 2, 5, 0), (3, 3, 3, 2))
        ),
        "he": tuple(
            (m, p, np.random.default_rng(seed))
            for m, p, seed in ((50, 20, 1), (3, 7, 2), (4, 4, 3))
        ),
        "grid": (
            (normal((4, 3)), 6),
            (100 * normal((2, 5)), 4),
            (power, 3),
            (small, 5),
            (normal((3, 3)) * [[1], [6], [30]], 7),
            (normal((3, 4)) * [1, 6, 30, 200], 9),
            (-abs(normal((2, 3))), 4),
        ),
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
            "the biases do not depend on the number of samples: one row of them is broadcast": [
                *[(2, 64), (300, 64), (300, 64)],
                *[(64, 3), (300, 3), (300, 3)],
            ],
            "biases are stored as a row, not as a column": [
                *[(2, 64), (64, 1), (300, 64)],
                *[(64, 3), (3, 1), (300, 3)],
            ],
            "the order is weights, biases, output; output and biases are exchanged": [
                *[_SHAPES[0], _SHAPES[2], _SHAPES[1]],
                *[_SHAPES[3], _SHAPES[5], _SHAPES[4]],
            ],
            "one layer comes after the other: first all three shapes of the first": [
                *[_SHAPES[0], _SHAPES[3], _SHAPES[1]],
                *[_SHAPES[4], _SHAPES[2], _SHAPES[5]],
            ],
            "a layer has one bias for each neuron, not for each input": [
                *[(2, 64), (1, 2), (300, 64)],
                *[(64, 3), (1, 64), (300, 3)],
            ],
            "the output has a row for each sample": [
                *[(2, 64), (1, 64), (1, 64)],
                *[(64, 3), (1, 3), (1, 3)],
            ],
            "in an output, samples are rows and neurons are columns": [
                *[(2, 64), (1, 64), (64, 300)],
                *[(64, 3), (1, 3), (3, 300)],
            ],
        },
        through=_pairs,
        tolerance=1e-9,
    ),
    "dense-line": Value(
        [-0.5, -0.25, 1],
        {
            "the line is right, but at the origin the output is not 1": [-1, -0.5, 2],
            "the two inputs are exchanged: at the point (2, 0) it is x_1 that is 2": [
                *[-0.25, -0.5, 1]
            ],
            "at (2, 0) the output is 2 w_1 + b: divide by the 2": [-2, -4, 1],
            "the weights have the wrong sign: from the origin to the line the output falls from 1 to 0": [
                *[0.5, 0.25, 1]
            ],
            "the bias has the wrong sign: at the origin the output is the bias": [
                *[-0.5, -0.25, -1]
            ],
            "that bias makes the output 0 at the origin; it should be 1": [
                *[-0.5, -0.25, 0]
            ],
            "these are the points where the line meets the axes, not the weights": [
                *[2, 4, 1]
            ],
            "the bias comes last": [1, -0.5, -0.25],
        },
    ),
    "dense-parameters": Function(
        n_parameters,
        (
            ([784, 128, 10],),
            ([2, 64, 3],),
            ([5, 4],),
            ([3, 7, 5, 2],),
            ([4, 6, 3, 5, 2],),
        ),
        {
            "these are the weights alone: the biases are missing": lambda sizes: sum(
                a * b for a, b in pairwise(sizes)
            ),
            "there is a bias for each neuron, not for each input": lambda sizes: sum(
                a * b + a for a, b in pairwise(sizes)
            ),
            "the inputs of the network have no biases": lambda sizes: (
                n_parameters(sizes) + sizes[0]
            ),
            "a layer has a bias for each neuron, not one in all": lambda sizes: sum(
                a * b + 1 for a, b in pairwise(sizes)
            ),
            "only the first layer is counted": lambda sizes: n_parameters(sizes[:2]),
            "only the last layer is counted": lambda sizes: n_parameters(sizes[-2:]),
            "only the first two layers are counted; there may be more": lambda sizes: (
                n_parameters(sizes[:3])
            ),
            "the last layer is missing": lambda sizes: n_parameters(sizes[:-1]),
            "each size belongs to two layers: after (784, 128) comes (128, 10)": lambda sizes: (
                sum((a + 1) * b for a, b in zip(sizes[::2], sizes[1::2]))
            ),
        },
    ),
    "dense-class": Function(
        _outputs(Linear),
        _CASES["class"],
        {
            "the weights have one row per neuron here, so they have to be transposed": lambda inputs, weights, biases: (
                inputs @ weights + biases
            ),
            "the biases are missing": lambda inputs, weights, biases: (
                inputs @ weights.T
            ),
            "the weights come first, then the biases": lambda inputs, weights, biases: (
                inputs @ biases.T + weights
            ),
            "each neuron has a bias, not each sample": lambda inputs, weights, biases: (
                inputs @ weights.T + biases[:, np.newaxis]
            ),
            "there is a row for each neuron; the output has one for each sample": lambda inputs, weights, biases: (
                weights @ inputs.T + biases[:, np.newaxis]
            ),
            "the biases are subtracted": lambda inputs, weights, biases: (
                inputs @ weights.T - biases
            ),
            "negative outputs stay: there is no ReLU in this layer": lambda inputs, weights, biases: (
                np.maximum(0, inputs @ weights.T + biases)
            ),
            "initial weights are small; those that are given are used as they are": lambda inputs, weights, biases: (
                inputs @ (0.01 * weights.T) + biases
            ),
        },
        through=_outputs,
        samples=True,
        written=_kept,
    ),
    "dense-split": Function(
        split,
        _CASES["split"],
        {
            "neuron and copy keep their full weights: together they count twice": _split_whole,
            "the neuron must give up half of its weights, too; only the copy has half": _only_the_copy_halved,
            "the copy has its full weights, and only the neuron half of them": _only_the_neuron_halved,
            "only the neuron and its copy are halved; the other rows of the second layer stay": _everything_halved,
            "the copy comes last, not beside the neuron": _copy_beside,
            "the biases of neuron and copy stay as they are: each is an exact copy": _bias_halved,
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
            "the variance is 1 / n_inputs; ReLU takes away half of the signal, hence the 2": (
                lambda n_inputs, n_neurons, rng: (
                    rng.standard_normal((n_inputs, n_neurons)) / np.sqrt(n_inputs)
                )
            ),
            "that is the number by which to divide: the fraction is upside down": lambda n_inputs, n_neurons, rng: (
                rng.standard_normal((n_inputs, n_neurons)) * np.sqrt(n_inputs / 2)
            ),
            "draw from the normal distribution, with rng.standard_normal": lambda n_inputs, n_neurons, rng: (
                rng.random((n_inputs, n_neurons)) * np.sqrt(2 / n_inputs)
            ),
            "the weights come from another generator, or one with a seed of its own: use rng": (
                lambda n_inputs, n_neurons, rng: he_weights(
                    n_inputs, n_neurons, np.random.default_rng(0)
                )
            ),
            "the weights have the variance 1: they are not scaled": lambda n_inputs, n_neurons, rng: (
                rng.standard_normal((n_inputs, n_neurons))
            ),
        },
        others=(_he_in_float32, _he_by_neurons),
    ),
    "dense-grid": Function(
        to_grid,
        _CASES["grid"],
        {
            "this rounds down; np.rint rounds to the nearest": _rounded_with(np.floor),
            "this rounds towards 0; np.rint rounds to the nearest": _rounded_with(
                np.trunc
            ),
            "this rounds up; np.rint rounds to the nearest": _rounded_with(np.ceil),
            "multiply by the step again at the end": lambda values, bits: np.rint(
                values / np.ldexp(1.0, np.frexp(abs(values).max())[1] - bits)
            ),
            "each entry has a grid of its own; all need that of the largest": lambda values, bits: (
                _on_grid(values, bits, np.frexp(values)[1])
            ),
            "each row has a grid of its own; the whole matrix needs one": lambda values, bits: (
                _on_grid(
                    values, bits, np.frexp(abs(values).max(axis=1, keepdims=True))[1]
                )
            ),
            "each column has a grid of its own; the whole matrix needs one": lambda values, bits: (
                _on_grid(values, bits, np.frexp(abs(values).max(axis=0))[1])
            ),
            "the largest entry in size may be negative: take absolute values first": lambda values, bits: (
                _on_grid(values, bits, np.frexp(values.max())[1])
            ),
            "the power of two has to be larger than every entry; yours can be equal to the largest": (
                _by_logarithm
            ),
            "the grid is fixed, with steps of 2**-bits; it should follow the largest entry": lambda values, bits: (
                _on_grid(values, bits, 0)
            ),
            "the step is twice as fine as it should be": lambda values, bits: to_grid(
                values, bits + 1
            ),
            "the step is twice as coarse as it should be": lambda values, bits: to_grid(
                values, bits - 1
            ),
        },
    ),
}
