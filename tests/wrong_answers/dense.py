"""Wrong answers to the exercises of the chapter on dense layers."""

from itertools import pairwise

import numpy as np

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
        ([(2, 64), (1, 64), (300, 64)], "its shape is (3, 2), expected"),
    ],
    "dense-line": [
        ([0.5, 1, -1], "the opposite sign"),
        ([-1, -0.5, 1], "exchanged the two inputs"),
        ([-1, -2, 2], "at the origin the output is not 1"),
        ([-2, -1, 1], "one entry is wrong"),
        (lambda: [-0.5, -1, 1], "a function came: call it"),
    ],
    "dense-parameters": [
        (lambda s: sum((a * b for a, b in pairwise(s))), "biases are missing"),
        (lambda s: sum((a * b + a for a, b in pairwise(s))), "a bias for each neuron"),
        (387, "pass its name, without calling it"),
        (lambda s: s[99], "raises IndexError"),
        (lambda s: 101770, "it is 101770, expected 387. (Called with [2, 64, 3].)"),
    ],
    "dense-split": [
        (
            lambda w, b, v, j: (
                np.hstack([w, w[:, [j]]]),
                np.hstack([b, b[:, [j]]]),
                np.vstack([v, v[[j]]]),
            ),
            "count twice",
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
        (
            lambda m, p, rng: rng.standard_normal((m, p)) * 2 / m,
            "the standard deviation is its root",
        ),
        (
            lambda m, p, rng: rng.standard_normal((m, p)) * np.sqrt(2 / p),
            "not by that of neurons",
        ),
        (
            lambda m, p, rng: rng.random((m, p)) * np.sqrt(2 / m),
            "the normal distribution",
        ),
        (
            lambda m, p, rng: rng.standard_normal((m, p)) / np.sqrt(m),
            "off by a factor of 0.7071",
        ),
        (
            lambda m, p, rng: (rng.standard_normal((m, p)) * np.sqrt(2 / m)).T,
            "rows and columns are exchanged",
        ),
    ],
    "dense-grid": [
        (lambda a, bits: np.floor(a * 2.0**bits) / 2.0**bits, "entries are wrong"),
        (
            lambda a, bits: (
                np.rint(a / np.ldexp(1.0, np.frexp(a)[1] - bits))
                * np.ldexp(1.0, np.frexp(a)[1] - bits)
            ),
            "a grid of its own",
        ),
        (
            lambda a, bits: (
                np.floor(a / np.ldexp(1.0, np.frexp(abs(a).max())[1] - bits))
                * np.ldexp(1.0, np.frexp(abs(a).max())[1] - bits)
            ),
            "round down",
        ),
        (lambda a, bits: np.round(a), "wrong: at"),
    ],
}
