"""An experiment of the chapter on regularisation: the sums of a clock, a part of them known, with and without decay.

``python -m tools.experiments grokking`` runs all of it, and keeps the results beside this module.

References
----------
A. Power et al., "Grokking: generalization beyond overfitting on small algorithmic datasets", arXiv:2201.02177, 2022.
A. Gromov, "Grokking modular arithmetic", arXiv:2301.02679, 2023: the network with squares.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..layers import Dense
from ..metrics import accuracy
from ..model import Model
from ..optimizers import Adam
from ..regression_losses import MeanSquaredError
from ..validation import FloatArray

HOURS = 31
N_KNOWN = 360  # of 961 sums
N_STEPS = 10_000
EVERY = 50  # steps: how often the accuracies are measured
WEIGHT_DECAYS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
SETTINGS = [(decay, seed) for seed in range(30) for decay in WEIGHT_DECAYS]
RECORD = "grokking.json"


class Square:
    """The square of each value, as an activation function."""

    def forward(self, inputs: FloatArray) -> FloatArray:
        self.inputs = inputs
        self.output: FloatArray = inputs * inputs
        return self.output

    def backward(self, dvalues: FloatArray) -> FloatArray:
        self.dinputs: FloatArray = 2 * self.inputs * dvalues
        return self.dinputs


def sums() -> tuple[FloatArray, NDArray[Any]]:
    """All sums of two hours: X, shape (961, 62), with a 1 for a and a 1 for b; (a + b) mod 31, shape (961,)."""
    a, b = np.divmod(np.arange(HOURS * HOURS), HOURS)
    ones = np.eye(HOURS, dtype=np.float32)
    return np.hstack([ones[a], ones[b]]), (a + b) % HOURS


def split(seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The rows of the sums that are known, and of those that are new."""
    known, new = np.split(np.random.RandomState(seed).permutation(HOURS**2), [N_KNOWN])
    return known, new


def network(weight_decay: float, seed: int) -> Model:
    """A 62-64-31 network with squares in the middle."""
    draws = np.random.RandomState(1000 + seed)
    layers: list[Any] = [Dense(2 * HOURS, 64, init="he", rng=draws), Square()]
    layers += [Dense(64, HOURS, init="he", rng=draws)]
    optimizer = Adam(0.01, weight_decay=weight_decay)
    return Model(layers, loss=MeanSquaredError(), optimizer=optimizer)


def train(model: Model, seed: int, n_steps: int = N_STEPS) -> FloatArray:
    """Train on the known sums; the accuracies on these and on the others every 50 steps, shape (n_steps // 50, 2)."""
    X, y = sums()
    targets = np.eye(HOURS, dtype=np.float32)[y]
    parts = known, _ = split(seed)
    settings: dict[str, Any] = {"batch_size": None, "epochs": EVERY, "verbose": False}
    measured = []
    for _ in range(n_steps // EVERY):
        model.fit(X[known], targets[known], **settings)
        measured.append([accuracy(model.predict(X[rows]), y[rows]) for rows in parts])
    return np.array(measured)


def run(weight_decay: float, seed: int) -> list[float | None]:
    """Train one network.

    Returns
    -------
    list
        The step after which all known sums were right, and that after which more than 99 % of the others were (None if
        there is none); the share of the others that is right at the end.
    """
    measured = train(network(weight_decay, seed), seed)
    known, new = measured.T
    return [first(known == 1), first(new > 0.99), float(new[-1])]


def first(reached: NDArray[np.bool_]) -> int | None:
    """The step of the first True."""
    return EVERY * (int(reached.argmax()) + 1) if reached.any() else None


def recorded() -> dict[str, list[list[float | None]]]:
    """The results of `run` for each of `WEIGHT_DECAYS`, as text, and each seed."""
    text = resources.files(__package__).joinpath(RECORD).read_text("utf-8")
    results: dict[str, list[list[float | None]]] = json.loads(text)
    return results
