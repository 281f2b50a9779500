"""The experiment of the chapter on data: the networks of a paper's table, trained on MNIST-1D with ten seeds each.

``python -m tools.experiments paper_table`` runs all of it, and keeps the results beside this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

import numpy as np

from ..activations import ReLU
from ..base import Layer
from ..datasets import mnist1d
from ..layers import Dense
from ..losses import SoftmaxCrossEntropy
from ..model import Model
from ..optimizers import Adam
from ..validation import FloatArray

STEPS, BATCH, EVERY = 6000, 100, 250
"""Steps of training, samples in each, and after how many of them the network is measured."""

ARMS: dict[str, dict[str, Any]] = {
    "logistic regression": {"kind": "logistic"},
    "MLP": {"kind": "mlp"},
    "convolution": {"kind": "convolution", "steps": 3000},
    "convolution, 6,000 steps": {"kind": "convolution"},
    "convolution, shuffled": {"kind": "convolution", "shuffled": True, "steps": 1000},
    "MLP, held out": {"kind": "mlp", "n_held_out": 500, "steps": 2000},
    "MLP, held out, l2": {"kind": "mlp", "n_held_out": 500, "steps": 2000, "l2": 1e-3},
    "MLP, 256 neurons": {"kind": "mlp", "width": 256},
}
"""What is trained, and how:

``kind``
    "logistic", "mlp" or "convolution".
``steps``
    `STEPS` unless said otherwise.
``shuffled``
    Whether the 40 places of the signal are put in another order, the same for all samples.
``l2``
    Penalty on the weights.
``width``
    Neurons of each hidden layer of an MLP, 100 unless said otherwise.
``n_held_out``
    So many samples at the end of the training set are kept away from training.
"""

SEEDS = {
    arm: range(3 if "convolution, " in arm else 6 if "held out" in arm else 10)
    for arm in ARMS
}
SETTINGS = [(arm, seed) for arm, seeds in SEEDS.items() for seed in seeds]

RECORD = "paper_table.json"


class Convolution(Dense):
    """The same few neurons at every window of a signal: `Dense`, with the windows as its samples.

    ``output[n, i, :] = window(n, i) @ weights + biases``, where window i holds the places ``stride * i`` to
    ``stride * i + size - 1`` of the signal with ``padding`` zeros at either end.

    Parameters
    ----------
    length, channels : int
        A sample is a row of ``length * channels`` numbers, the channels of a place beside each other.
    filters : int
        Neurons, the channels of the output.
    size, stride, padding : int
        Places of a window, from one window to the next, and of zeros at either end.
    rng : numpy.random.RandomState or Generator, optional
        For the initial weights.
    """

    def __init__(
        self,
        length: int,
        channels: int,
        filters: int,
        *,
        size: int,
        stride: int = 1,
        padding: int = 0,
        rng: Any = None,
    ) -> None:
        super().__init__(size * channels, filters, init="he", rng=rng)
        self.length, self.channels, self.padding = length, channels, padding
        starts = np.arange(0, length + 2 * padding - size + 1, stride)
        self.places = starts.reshape(-1, 1) + np.arange(size)

    def forward(self, inputs: Any) -> FloatArray:
        """Apply the neurons to each window: from (n_samples, length * channels) to (n_samples, windows * filters)."""
        signal = np.reshape(inputs, (len(inputs), self.length, self.channels))
        padded = np.pad(signal, ((0, 0), (self.padding, self.padding), (0, 0)))
        windows = padded[:, self.places].reshape(-1, self.n_inputs)
        self.padded = padded
        self.output = super().forward(windows).reshape(len(inputs), -1)
        return self.output

    def backward(self, dvalues: Any) -> FloatArray:
        """Sum the gradients of the weights over the windows, and those of a place over the windows that see it."""
        dwindows = super().backward(np.reshape(dvalues, (-1, self.n_neurons)))
        n_samples, n_windows, size = len(dvalues), *self.places.shape
        dwindows = dwindows.reshape(n_samples, n_windows, size, self.channels)
        dpadded = np.zeros(self.padded.shape, dwindows.dtype)
        for j in range(size):
            dpadded[:, self.places[:, j]] += dwindows[:, :, j]
        dsignal = dpadded[:, self.padding : self.padding + self.length]
        self.dinputs = dsignal.reshape(n_samples, -1)
        return self.dinputs


class Residual(Layer):
    """What comes in, plus what some layers make of it: ``output = inputs + layers(inputs)``.

    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", CVPR 2016.
    """

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    def forward(self, inputs: FloatArray) -> FloatArray:
        values = inputs
        for layer in self.layers:
            values = layer.forward(values)
        self.output: FloatArray = inputs + values
        return self.output

    def backward(self, dvalues: FloatArray) -> FloatArray:
        gradient = dvalues
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        self.dinputs: FloatArray = dvalues + gradient
        return self.dinputs


def network(kind: str, seed: int, l2: float = 0.0, width: int = 100) -> Model:
    """The paper's network of this kind, with PyTorch's initial weights."""
    rng = np.random.RandomState(seed)
    layers: list[Any] = []
    if kind == "logistic":
        layers += [Dense(40, 10, l2=l2)]
    elif kind == "mlp":
        inner = [Dense(width, width, l2=l2), ReLU()]
        layers += [Dense(40, width, l2=l2), ReLU()]
        layers += [Residual(inner), Dense(width, 10, l2=l2)]
    else:
        layers += [
            *(Convolution(40, 1, 25, size=5, stride=2, padding=1), ReLU()),
            *(Convolution(19, 25, 25, size=3, stride=2, padding=1), ReLU()),
            *(Convolution(10, 25, 25, size=3, stride=2, padding=1), ReLU()),
            Dense(5 * 25, 10),
        ]
    as_pytorch(layers, rng)
    optimizer = Adam(0.01, epsilon=1e-8)
    return Model(layers, loss=SoftmaxCrossEntropy(), optimizer=optimizer)


def as_pytorch(layers: Iterable[Any], rng: np.random.RandomState) -> None:
    """Draw weights and biases evenly from -1 / sqrt(n_inputs) to 1 / sqrt(n_inputs), as PyTorch does by default."""
    for layer in layers:
        as_pytorch(getattr(layer, "layers", ()), rng)
        if isinstance(layer, Dense):
            bound = 1 / np.sqrt(layer.n_inputs)
            for values in (layer.weights, layer.biases):
                values[...] = bound * (2 * rng.random_sample(values.shape) - 1)


def run(arm: str, seed: int, steps: int | None = None) -> list[list[float]]:
    """Train one network of one arm as the paper's code does: Adam, batches of 100 in the order of the file.

    Parameters
    ----------
    arm : str
        Of `ARMS`.
    seed : int
        For the initial weights.
    steps : int, optional
        To stop before the end.

    Returns
    -------
    list
        After every 250 steps: the accuracy on the samples trained on, that on the test set, the loss on the test set
        and, if samples are held out, the accuracy on these.
    """
    settings = ARMS[arm]
    n_held_out = settings.get("n_held_out", 0)
    X, y, X_test, y_test = mnist1d()
    if settings.get("shuffled"):
        order = np.random.RandomState(42).permutation(X.shape[1])
        X, X_test = X[:, order], X_test[:, order]
    n = len(X) - n_held_out
    more = {key: settings[key] for key in ("l2", "width") if key in settings}
    model = network(settings["kind"], seed, **more)
    measured: list[list[float]] = []
    for step in range(steps or settings.get("steps", STEPS)):
        start = step * BATCH % n
        model.train_step(X[start : start + BATCH], y[start : start + BATCH])
        if (step + 1) % EVERY == 0:
            test = model.evaluate(X_test, y_test)
            there = model.evaluate(X[:n], y[:n])["accuracy"]
            measured.append([there, test["accuracy"], test["loss"]])
            if n_held_out:
                measured[-1].append(model.evaluate(X[n:], y[n:])["accuracy"])
    return measured


def recorded() -> dict[str, list[list[list[float]]]]:
    """The results of `run` for each of `ARMS` and each of its `SEEDS`."""
    text = resources.files(__package__).joinpath(RECORD).read_text("utf-8")
    results: dict[str, list[list[list[float]]]] = json.loads(text)
    return results
