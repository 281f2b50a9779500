"""An experiment of the chapter on outputs: a sine learned from four kinds of initial weights.

``python -m tools.experiments sine`` runs all of it, and keeps the results beside this module.
"""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

from ..activations import ReLU
from ..layers import Dense
from ..model import Model
from ..optimizers import Adam
from ..regression_losses import MeanSquaredError
from ..validation import FloatArray

INITS: tuple[float | str, ...] = (0.01, 0.1, "glorot", "he")
REMEDIES = ("", ", centred", ", kinks spread")
ARMS = {f"{init}{remedy}": (init, remedy) for remedy in REMEDIES for init in INITS}
"""Initial weights, and whether x is centred or the kinks of the first layer are spread."""

SETTINGS = [(arm, seed) for arm in ARMS for seed in range(30)]
RECORD = "sine.json"


def data(centred: bool = False) -> tuple[FloatArray, FloatArray]:
    """One period of the sine at 100 places: x from 0 to 1 or, ``centred``, from -1 to 1; both of shape (100, 1)."""
    x = np.arange(100).reshape(-1, 1) / 100
    y = np.sin(2 * np.pi * x).astype(np.float32)
    return (2 * x - 1 if centred else x).astype(np.float32), y


def network(init: float | str, seed: int) -> Model:
    """A 1-64-64-1 network with these initial weights."""
    draws = np.random.RandomState(seed)
    layers = [Dense(1, 64, init=init, rng=draws), ReLU()]
    layers += [Dense(64, 64, init=init, rng=draws), ReLU()]
    layers += [Dense(64, 1, init=init, rng=draws)]
    optimizer = Adam(0.005, decay=0.001)
    return Model(layers, loss=MeanSquaredError(), optimizer=optimizer)


def spread_kinks(model: Model, seed: int) -> None:
    """Give the first layer biases for which its kinks lie anywhere from 0 to 1."""
    first: Dense = model.layers[0]
    places = np.random.RandomState(1000 + seed).random_sample(first.biases.shape)
    first.biases[:] = -first.weights * places


def run(arm: str, seed: int) -> list[float]:
    """Train for 800 steps; return the loss at the end."""
    init, remedy = ARMS[arm]
    X, y = data(centred=remedy == ", centred")
    model = network(init, seed)
    if remedy == ", kinks spread":
        spread_kinks(model, seed)
    model.fit(X, y, batch_size=None, epochs=800, verbose=False)
    return [model.evaluate(X, y)["loss"]]


def recorded() -> dict[str, list[list[float]]]:
    """The results of `run` for each of `ARMS` and each seed."""
    text = resources.files(__package__).joinpath(RECORD).read_text("utf-8")
    results: dict[str, list[list[float]]] = json.loads(text)
    return results
