"""An experiment of the chapter on generalisation: the error against the width of the network, some labels wrong.

``python -m tools.experiments double_descent`` runs all of it, and keeps the results beside this module.
"""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

from ..activations import ReLU
from ..datasets import digits
from ..layers import Dense
from ..losses import SoftmaxCrossEntropy
from ..model import Model
from ..optimizers import Adam

WIDTHS = (1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 128, 256)
SEEDS = tuple(range(20))
SETTINGS = [(width, seed) for width in WIDTHS for seed in SEEDS]
RECORD = "double_descent.json"


def run(width: int, seed: int) -> list[float]:
    """Train a 64-width-10 network on 400 digits, a fifth of whose labels are drawn at random.

    Returns
    -------
    list
        The error on these 400, with their wrong labels; the error and the loss on 897 others, whose labels are right.
    """
    X, y = digits()
    order = np.random.RandomState(0).permutation(len(X))[500:]  # the rest is for tests
    draws = np.random.RandomState(seed)
    known, new = np.split(order[draws.permutation(len(order))], [400])
    wrong = draws.random_sample(len(known)) < 0.2
    labels = np.where(wrong, draws.randint(0, 10, len(known)), y[known])
    layers = [Dense(64, width, init="he", rng=draws), ReLU()]
    layers += [Dense(width, 10, init="he", rng=draws)]
    model = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01))
    model.fit(X[known] / 16, labels, batch_size=None, epochs=800, verbose=False)
    there = model.evaluate(X[known] / 16, labels)
    elsewhere = model.evaluate(X[new] / 16, y[new])
    return [1 - there["accuracy"], 1 - elsewhere["accuracy"], elsewhere["loss"]]


def recorded() -> dict[str, list[list[float]]]:
    """The results of `run` for each of `WIDTHS`, as text, and for each of `SEEDS`."""
    text = resources.files(__package__).joinpath(RECORD).read_text("utf-8")
    results: dict[str, list[list[float]]] = json.loads(text)
    return results
