"""An experiment of the chapter on regularisation: what each remedy against overfitting changes, over many seeds.

``python -m tools.experiments regularization`` runs all of it, and keeps the results beside this module.
"""

from __future__ import annotations

import itertools
import json
from importlib import resources
from typing import Any

import numpy as np

from ..activations import ReLU
from ..callbacks import EarlyStopping
from ..datasets import mnist1d
from ..layers import Dense
from ..losses import SoftmaxCrossEntropy
from ..model import Model
from ..optimizers import Adam
from ..regularization import Dropout
from ..validation import FloatArray

RATES = {"spiral": 0.05, "MNIST-1D": 0.01}
"""The data sets, and Adam's learning rate on each."""

REMEDIES = {
    "spiral": {
        "l1": 1e-4,
        "l2": 1e-4,
        "weight_decay": 0.03,
        "dropout": 0.05,
        "held_out": 0.2,
        "samples": 1200,
    },
    "MNIST-1D": {
        "l1": 1e-4,
        "l2": 3e-4,
        "weight_decay": 0.1,
        "dropout": 0.1,
        "held_out": 0.2,
        "samples": 1000,
    },
}
ARMS: dict[str, tuple[str, dict[str, float]]] = {
    f"{data}: {name}": (data, settings)
    for data, remedies in REMEDIES.items()
    for name, settings in [
        ("nothing", {}),
        *((f"{remedy}={dose:g}", {remedy: dose}) for remedy, dose in remedies.items()),
    ]
}
N_SEEDS = 30
SETTINGS = [(arm, seed) for seed in range(N_SEEDS) for arm in ARMS]
RECORD = "regularization.json"


def run(arm: str, seed: int) -> list[float]:
    """Train one network of one arm. A seed has the same samples and the same initial weights in all arms of a data set.

    Returns
    -------
    list
        Loss and error on the samples that it is trained on, and on new ones.
    """
    data, settings = ARMS[arm]
    known, new = samples(data, seed, int(settings.get("samples", 0)))
    model = network(data, seed, settings)
    n_steps, batch_size = 1000, (None if data == "spiral" else 100)
    epochs = n_steps * (batch_size or len(known[0])) // len(known[0])
    watching: dict[str, Any] = {}
    if "held_out" in settings:  # stop early, by a part of what is there to learn from
        known, watching = hold_out(known, seed, settings["held_out"])
    model.fit(*known, batch_size=batch_size, epochs=epochs, verbose=False, **watching)
    there, elsewhere = model.evaluate(*known), model.evaluate(*new)
    return [
        *(there["loss"], 1 - there["accuracy"]),
        *(elsewhere["loss"], 1 - elsewhere["accuracy"]),
    ]


def samples(data: str, seed: int, n_known: int = 0) -> Any:
    """Draw samples to learn from, and new ones: pairs (X, y)."""
    if data == "spiral":
        from nnfs.datasets import spiral_data  # type: ignore[import-untyped]

        np.random.seed(seed)
        known = spiral_data(samples=(n_known or 300) // 3, classes=3)
        np.random.seed(1000 + seed)
        return known, spiral_data(samples=1000, classes=3)
    X, y = (np.concatenate(halves) for halves in zip(mnist1d()[:2], mnist1d()[2:]))
    rows = np.random.RandomState(seed).permutation(len(X))
    new, known = rows[:1000], rows[1000:][: n_known or 4000]
    return (X[known], y[known]), (X[new], y[new])


def network(data: str, seed: int, settings: dict[str, float]) -> Model:
    """2-64-3 for the spiral and 40-100-100-10 for MNIST-1D, with dropout after each ReLU."""
    rng, masks = np.random.RandomState(seed), np.random.RandomState(1000 + seed)
    l1, l2 = (settings.get(name, 0.0) for name in ("l1", "l2"))
    sizes = [2, 64, 3] if data == "spiral" else [40, 100, 100, 10]
    layers: list[Any] = []
    for n_inputs, n_neurons in itertools.pairwise(sizes):
        layers += [
            Dense(n_inputs, n_neurons, init="he", l1=l1, l2=l2, rng=rng),
            ReLU(),
            Dropout(settings.get("dropout", 0.0), rng=masks),
        ]
    optimizer = Adam(RATES[data], weight_decay=settings.get("weight_decay", 0.0))
    return Model(layers[:-2], loss=SoftmaxCrossEntropy(), optimizer=optimizer, rng=rng)


def hold_out(known: Any, seed: int, fraction: float) -> tuple[Any, dict[str, Any]]:
    """Set a fraction of the samples aside to watch, for early stopping: what is left, and arguments of `Model.fit`."""
    X, y = known
    rows = np.random.RandomState(seed).permutation(len(X))
    watched, rest = np.split(rows, [round(fraction * len(X))])
    stop = EarlyStopping(patience=100 if len(X) < 1000 else 5)
    watching = {"validation_data": (X[watched], y[watched]), "callbacks": [stop]}
    return (X[rest], y[rest]), watching


def recorded() -> dict[str, FloatArray]:
    """The results of `run` for each of `ARMS`: arrays of shape (n_seeds, 4)."""
    text = resources.files(__package__).joinpath(RECORD).read_text("utf-8")
    return {arm: np.array(rows) for arm, rows in json.loads(text).items()}
