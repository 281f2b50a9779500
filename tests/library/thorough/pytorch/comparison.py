"""What the library makes of the inputs in ``values.json``, and how far that is from what PyTorch made of them.

Each function takes what a case is given and returns the quantities that ``values.py`` records, by the same names. All
in float64.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import nnfs_lib
from nnfs_lib import Dense, Dropout, ReLU, SoftmaxCrossEntropy

RECORDED = Path(__file__).with_name("values.json")
TOLERANCE = 1e-9
"""float64 products are within 1e-13 of the largest entries; an entry that is left over when large ones cancel loses
three or four of these digits, and a run of some hundred epochs as many."""

Quantities = dict[str, Any]


def read(path: Path = RECORDED) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return values


def dense(
    *, inputs: Any, weights: Any, biases: Any, dvalues: Any, **penalties: Any
) -> Quantities:
    """One layer, forward and backward."""
    layer = _layer(weights, biases, **penalties)
    return {
        "penalty": layer.penalty(),
        "output": layer.forward(inputs),
        "dinputs": layer.backward(dvalues),
        "dweights": layer.dweights,
        "dbiases": layer.dbiases,
    }


def activation(*, kind: str, inputs: Any, dvalues: Any) -> Quantities:
    """One activation function, forward and backward."""
    function = getattr(nnfs_lib, kind)()
    return {"output": function.forward(inputs), "dinputs": function.backward(dvalues)}


def dropout(*, rate: float, kept: Any, inputs: Any, dvalues: Any) -> Quantities:
    """Dropout with a mask that is given, forward and backward."""
    mask = np.array(kept, np.float64)
    layer = Dropout(rate, rng=SimpleNamespace(random_sample=lambda shape: mask))  # type: ignore[arg-type]
    return {"output": layer.forward(inputs), "dinputs": layer.backward(dvalues)}


def loss(*, kind: str, y_pred: Any, y_true: Any) -> Quantities:
    """A loss, by sample and in the mean, and its gradient."""
    function, targets = getattr(nnfs_lib, kind)(), np.array(y_true)
    return {
        "losses": function.sample_losses(y_pred, targets),
        "mean": function.calculate(y_pred, targets),
        "dinputs": function.gradient(),
    }


def optimizer(
    *, kind: str, settings: dict[str, float], every: int,
    weights: Any, biases: Any, dweights: Any, dbiases: Any,
) -> Quantities:  # fmt: skip
    """The parameters of a layer after every few steps, with the gradients of each step given."""
    layer = _layer(weights, biases)
    rule = getattr(nnfs_lib, kind)(**settings)
    path: dict[str, list[Any]] = {"weights": [], "biases": []}
    for t, gradients in enumerate(zip(dweights, dbiases), start=1):
        layer.dweights, layer.dbiases = map(np.array, gradients)
        rule.step([layer])
        if t % every == 0:
            path["weights"].append(layer.weights.copy())
            path["biases"].append(layer.biases.copy())
    return path


def run(
    *, kind: str, settings: dict[str, float], epochs: int, every: int,
    X: Any, y: Any, weights_1: Any, weights_2: Any,
) -> Quantities:  # fmt: skip
    """Training of the spiral network: the loss of every few epochs, and the last parameters."""
    hidden, last = (_layer(w, np.zeros((1, len(w[0])))) for w in (weights_1, weights_2))
    relu, function = ReLU(), SoftmaxCrossEntropy()
    rule = getattr(nnfs_lib, kind)(**settings)
    X, y, losses = np.array(X), np.array(y), []
    for epoch in range(epochs + 1):
        scores = last.forward(relu.forward(hidden.forward(X)))
        value = function.forward(scores, y)
        if epoch % every == 0:
            losses.append(value)
        if epoch < epochs:
            dscores = function.backward(function.output, y)
            hidden.backward(relu.backward(last.backward(dscores)))
            rule.step([hidden, last])
    return {
        "losses": losses,
        "weights_1": hidden.weights,
        "biases_1": hidden.biases,
        "weights_2": last.weights,
        "biases_2": last.biases,
    }


def _layer(weights: Any, biases: Any, **penalties: Any) -> Dense:
    layer = Dense(*np.shape(weights), dtype=np.float64, **penalties)  # type: ignore[arg-type]
    layer.weights, layer.biases = np.array(weights), np.array(biases)
    return layer


SUBJECTS: dict[str, Callable[..., Quantities]] = {
    "dense": dense,
    "activation": activation,
    "dropout": dropout,
    "loss": loss,
    "optimizer": optimizer,
    "run": run,
}


def entrywise(ours: Any, theirs: Any) -> float:
    """The largest relative difference of two entries; infinity if only theirs is 0, or if the shapes differ."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        return np.inf
    distance = np.abs(ours - theirs)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(distance == 0, 0.0, distance / np.abs(theirs)).max())


def to_the_largest(ours: Any, theirs: Any) -> float:
    """The largest difference of two entries, relative to the largest entry of the array."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        return np.inf
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def measure(subject: str, quantity: str) -> Callable[[Any, Any], float]:
    """How a quantity is compared: entry by entry, but for the parameters of a whole run.

    Their gradients are sums over 300 samples of terms that nearly cancel. The library rounds the terms relative to
    the largest one, and a parameter that passes through 0 has no relative error to speak of.
    """
    whole_array = subject == "run" and quantity != "losses"
    return to_the_largest if whole_array else entrywise


def differences(
    values: dict[str, Any], subject: str
) -> Iterator[tuple[str, str, float]]:
    """Case, quantity and relative difference between library and PyTorch, for each of a subject."""
    for case, entry in values[subject]["cases"].items():
        ours = SUBJECTS[subject](**values[subject]["given"], **entry["given"])
        for quantity, theirs in entry["pytorch"].items():
            compare = measure(subject, quantity)
            yield case, quantity, compare(ours[quantity], theirs)


def worst_differences(values: dict[str, Any]) -> dict[str, float]:
    """The worst relative difference of each part of the library."""
    worst: dict[str, float] = {}
    for subject in SUBJECTS:
        for case, _, difference in differences(values, subject):
            part = "whole training runs" if subject == "run" else case.split(",")[0]
            worst[part] = max(worst.get(part, 0.0), difference)
    return worst
