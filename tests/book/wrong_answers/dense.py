"""Wrong answers to the exercises of the chapter on dense layers."""

from itertools import pairwise

import numpy as np


def split(w, b, v, j, neuron=0.5, copy=0.5):
    """The right answer, but for the parts of the second layer's weights that neuron and copy have."""
    parts = np.ones((len(v), 1))
    parts[j] = neuron
    return (
        np.hstack([w, w[:, [j]]]),
        np.hstack([b, b[:, [j]]]),
        np.vstack([v * parts, v[[j]] * copy]),
    )


def halves_biases(w, b, v, j):
    first, biases, second = split(w, b, v, j)
    biases[0, [j, -1]] /= 2
    return first, biases, second


def copies_beside(w, b, v, j):
    order = sorted([*range(w.shape[1]), j])
    halved = v.copy()
    halved[j] /= 2
    return w[:, order], b[:, order], halved[order]


def linear(
    output=lambda x, w, b: x @ w.T + b, keeps=("weights", "biases", "inputs", "output")
):
    """The class asked for, with another ``output``, or with less that it keeps."""

    class Linear:
        def __init__(self, weights, biases):
            self.parameters = weights, biases
            for name, value in (("weights", weights), ("biases", biases)):
                if name in keeps:
                    setattr(self, name, value)

        def forward(self, inputs):
            weights, biases = self.parameters
            result = output(
                inputs,
                getattr(self, "weights", weights),
                getattr(self, "biases", biases),
            )
            for name, value in (("inputs", inputs), ("output", result)):
                if name in keeps:
                    setattr(self, name, value)
            return result

    return Linear


class KeepsTheTransposed:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases
        self.turned = weights.T

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.turned + self.biases
        return self.output


class WithTheTransposedKept(KeepsTheTransposed):
    def __init__(self, weights, biases):
        self.weights, self.biases = weights.T, biases

    def forward(self, inputs):
        self.inputs, self.output = inputs, inputs @ self.weights + self.biases
        return self.output


class AddsInPlace(KeepsTheTransposed):
    def forward(self, inputs):
        self.inputs, self.output = inputs, inputs @ self.weights.T
        inputs += 1
        self.output += self.biases
        return self.output


class Exchanged(KeepsTheTransposed):
    def __init__(self, biases, weights):
        self.weights, self.biases = weights, biases

    def forward(self, inputs):
        self.output = inputs @ self.weights.T + self.biases
        return self.output


def to_grid(values, bits, rounded=np.rint, largest=lambda values: abs(values).max()):
    step = 2.0 ** (np.frexp(largest(values))[1] - bits)
    return rounded(values / step) * step


def by_logarithm(values, bits):
    step = 2.0 ** (np.ceil(np.log2(abs(values).max())) - bits)
    return np.rint(values / step) * step


def normal(m, p, rng):
    return rng.standard_normal((m, p))


WRONG = {
    "dense-shapes": [
        (
            [(64, 2), (1, 64), (300, 64), (3, 64), (1, 3), (300, 3)],
            "the other way round",
        ),
        (
            [(2, 64), (64,), (300, 64), (64, 3), (3,), (300, 3)],
            "each shape has two lengths",
        ),
        (
            [(2, 64), (300, 64), (300, 64), (64, 3), (300, 3), (300, 3)],
            "one row of them is broadcast",
        ),
        ([(2, 64), (64, 1), (300, 64), (64, 3), (3, 1), (300, 3)], "as a row"),
        ([(2, 64), (300, 64), (1, 64), (64, 3), (300, 3), (1, 3)], "are exchanged"),
        ([(2, 64), (64, 3), (1, 64), (1, 3), (300, 64), (300, 3)], "one layer comes"),
        (
            [(2, 64), (1, 2), (300, 64), (64, 3), (1, 64), (300, 3)],
            "not for each input",
        ),
        ([(2, 64), (1, 64), (1, 64), (64, 3), (1, 3), (1, 3)], "a row for each sample"),
        ([(2, 64), (1, 64), (64, 300), (64, 3), (1, 3), (3, 300)], "samples are rows"),
        ([(2, 64), (1, 64), (300, 64), (2, 3), (1, 3), (300, 3)], "one entry is wrong"),
        (
            [(2, 64), (1, 64), (301, 64), (64, 3), (1, 3), (300, 3)],
            "one entry is wrong",
        ),
        ([(2, 64), (1, 64), (300, 64)], "its shape is (3, 2), expected"),
    ],
    "dense-line": [
        ([0.5, 0.25, -1], "the opposite sign"),
        ([-0.25, -0.5, 1], "the two inputs are exchanged"),
        ([-1, -0.5, 2], "at the origin the output is not 1"),
        ([-2, -4, 1], "divide by the 2"),
        ([0.5, 0.25, 1], "the weights have the wrong sign"),
        ([-0.5, -0.25, -1], "the bias has the wrong sign"),
        ([-0.5, -0.25, 0], "makes the output 0 at the origin"),
        ([2, 4, 1], "meets the axes"),
        ([1, -0.5, -0.25], "the bias comes last"),
        ([-0.5, -4, 1], "one entry is wrong"),
        ([-0.5, -0.25], "its shape is (2,), expected (3,)"),
        (lambda: [-0.5, -0.25, 1], "a function came: call it"),
    ],
    "dense-parameters": [
        (lambda s: sum((a * b for a, b in pairwise(s))), "biases are missing"),
        (lambda s: sum((a * b + a for a, b in pairwise(s))), "a bias for each neuron"),
        (lambda s: (s[0] + 1) * s[1] + (s[1] + 1) * s[2], "it raises IndexError"),
        (
            lambda s: sum((a + 1) * b for a, b in list(pairwise(s))[:2]),
            "there may be more",
        ),
        (lambda s: (s[0] + 1) * s[1], "only the first layer"),
        (lambda s: (s[-2] + 1) * s[-1], "only the last layer"),
        (lambda s: sum((a + 1) * b for a, b in pairwise(s[:-1])), "is missing"),
        (lambda s: sum((a + 1) * b for a, b in pairwise(s)) + s[0], "have no biases"),
        (lambda s: sum(a * b + 1 for a, b in pairwise(s)), "not one in all"),
        (
            lambda s: sum((a + 1) * b for a, b in zip(s[::2], s[1::2])),
            "belongs to two layers",
        ),
        (lambda s: s.pop(0) * 0 + 101770, "changes the list"),
        (387, "pass its name, without calling it"),
        (lambda s: s[99], "raises IndexError"),
        (lambda s: 101770, "it is 101770, expected 387. (Called with [2, 64, 3].)"),
    ],
    "dense-class": [
        (linear(lambda x, w, b: x @ w + b), "they have to be transposed"),
        (linear(lambda x, w, b: x @ w.T), "the biases are missing"),
        (linear(lambda x, w, b: x @ w.T + b[:, None]), "not each sample"),
        (linear(lambda x, w, b: w @ x.T + b[:, None]), "one for each sample"),
        (linear(lambda x, w, b: x @ w.T - b), "the biases are subtracted"),
        (linear(lambda x, w, b: np.maximum(0, x @ w.T + b)), "no ReLU"),
        (linear(lambda x, w, b: x @ (0.01 * w.T) + b), "used as they are"),
        (linear(keeps=("biases", "inputs", "output")), "keep its weights"),
        (linear(keeps=("weights", "inputs", "output")), "keep its biases"),
        (linear(keeps=("weights", "biases", "output")), "keep its inputs"),
        (linear(keeps=("weights", "biases", "inputs")), "keep its output"),
        (WithTheTransposedKept, "keep its weights"),
        (linear(keeps=("inputs", "output")), "keep its weights"),
        (KeepsTheTransposed, "with new arrays in place of"),
        (Exchanged, "the weights come first"),
        (AddsInPlace, "changes the array"),
        (KeepsTheTransposed(np.ones((2, 3)), np.ones(2)), "pass its name"),
        (type("Empty", (), {}), "it raises TypeError"),
        (lambda weights, biases: lambda inputs: inputs @ weights.T + biases, "forward"),
    ],
    "dense-split": [
        (lambda w, b, v, j: split(w, b, v, j, 1, 1), "count twice"),
        (lambda w, b, v, j: split(w, b, v, j, 1, 0.5), "only the copy has half"),
        (lambda w, b, v, j: split(w, b, v, j, 0.5, 1), "only the neuron half"),
        (lambda w, b, v, j: split(w, b, v, j, 0.5, -0.5), "result 3 of 3: row 4 is"),
        (lambda w, b, v, j: split(w, b, v / 2, j, 1, 1), "the other rows"),
        (halves_biases, "the biases of neuron and copy stay"),
        (copies_beside, "the copy comes last"),
        (
            lambda w, b, v, j: split(w, b, v, j)[::-1],
            "result 1 of 3: its shape is (5, 3), expected (2, 5)",
        ),
        (
            lambda w, b, v, j: (
                np.vstack([w, w[[j]]]),
                np.hstack([b, b[:, [j]]]),
                np.vstack([v, v[[j]] / 2]),
            ),
            "result 1 of 3: its shape is (3, 4), expected (2, 5)",
        ),
        (lambda w, b, v, j: w, "3 results were expected"),
        (
            lambda w, b, v, j: v.__setitem__(j, v[j] / 2) or (w, b, v),
            "changes the array that it is given",
        ),
    ],
    "dense-he": [
        (lambda m, p, rng: normal(m, p, rng) * 2 / m, "deviation is its root"),
        (lambda m, p, rng: rng.normal(0, 2 / m, (m, p)), "deviation is its root"),
        (
            lambda m, p, rng: normal(m, p, rng) * np.sqrt(2 / p),
            "not by that of neurons",
        ),
        (
            lambda m, p, rng: rng.random((m, p)) * np.sqrt(2 / m),
            "the normal distribution",
        ),
        (lambda m, p, rng: normal(m, p, rng) / np.sqrt(m), "hence the 2"),
        (lambda m, p, rng: normal(m, p, rng) * np.sqrt(m / 2), "upside down"),
        (lambda m, p, rng: normal(m, p, rng), "are not scaled"),
        (
            lambda m, p, rng: normal(m, p, np.random.default_rng(0)) * np.sqrt(2 / m),
            "another generator",
        ),
        (
            lambda m, p, rng: (normal(m, p, rng) * np.sqrt(2 / m)).T,
            "rows and columns are exchanged",
        ),
        (lambda m, p, rng: rng.standard_normal(p) * np.sqrt(2 / m), "shape is (20,)"),
        (
            lambda m, p, rng: abs(normal(m, p, rng)) * np.sqrt(2 / m),
            "entries are wrong",
        ),
        (lambda m, p, rng: normal(m, p, rng) * 0.01, "off by a factor of"),
    ],
    "dense-grid": [
        (lambda a, bits: np.floor(a * 2.0**bits) / 2.0**bits, "entries are wrong"),
        (lambda a, bits: np.rint(a * 2.0**bits) / 2.0**bits, "the grid is fixed"),
        (
            lambda a, bits: (
                np.rint(a / np.ldexp(1.0, np.frexp(a)[1] - bits))
                * np.ldexp(1.0, np.frexp(a)[1] - bits)
            ),
            "a grid of its own",
        ),
        (lambda a, bits: to_grid(a, bits, np.floor), "this rounds down"),
        (lambda a, bits: to_grid(a, bits, np.trunc), "this rounds towards 0"),
        (lambda a, bits: to_grid(a, bits, np.ceil), "this rounds up"),
        (lambda a, bits: to_grid(a, bits, largest=np.max), "may be negative"),
        (by_logarithm, "equal to the largest"),
        (lambda a, bits: to_grid(a, bits + 1), "twice as fine"),
        (lambda a, bits: to_grid(a, bits - 1), "twice as coarse"),
        (
            lambda a, bits: to_grid(
                a, bits, largest=lambda a: abs(a).max(axis=1, keepdims=True)
            ),
            "each row has a grid",
        ),
        (
            lambda a, bits: to_grid(a, bits, largest=lambda a: abs(a).max(axis=0)),
            "each column has a grid",
        ),
        (
            lambda a, bits: np.rint(a / 2.0 ** (np.frexp(abs(a).max())[1] - bits)),
            "multiply by the step",
        ),
        (lambda a, bits: np.round(a), "wrong: at"),
    ],
}
