"""The spiral network of the playground, trained a few epochs at a time.

worker.js loads this into the Python that runs in a reader's browser. The page starts a run and asks for more epochs;
each answer contains everything the page draws.
"""

from __future__ import annotations

from typing import Any

import nnfs
import numpy as np
from nnfs.datasets import spiral_data

from nnfs_lib import SGD, AdaGrad, Adam, Dense, ReLU, RMSProp, SoftmaxCrossEntropy
from nnfs_lib import accuracy as accuracy_of

OPTIMIZERS = {"sgd": SGD, "adagrad": AdaGrad, "rmsprop": RMSProp, "adam": Adam}
SIDE = 64  # points per side of the grid on which the network is evaluated
REPORT = 1000  # epochs between two lines printed by the chapter

Answer = dict[str, Any]


class Run:
    """One training run as in the chapter on optimizers; with seed 0 and 64 neurons, the same to the last bit."""

    def __init__(self, optimizer: str, neurons: int, seed: int, **settings: float):
        np.random.seed(seed)
        self.X, self.y = spiral_data(samples=100, classes=3)
        self.dense_1, self.activation_1 = Dense(2, neurons), ReLU()
        self.dense_2, self.loss_activation = Dense(neurons, 3), SoftmaxCrossEntropy()
        self.optimizer = OPTIMIZERS[optimizer](**settings)
        self.name = f"{self.optimizer!r}, {neurons} neurons, seed {seed}"
        self.epoch = 0
        # The square shown by nnfs_lib.plots.decision_regions; rows from the top, as in an image.
        self.reach = 1.1 * float(np.abs(self.X).max())
        side = np.linspace(-self.reach, self.reach, SIDE)
        across, up = np.meshgrid(side, side[::-1])
        self.grid = np.column_stack([across.ravel(), up.ravel()])

    def network(self, inputs: np.ndarray) -> np.ndarray:
        return self.dense_2.forward(
            self.activation_1.forward(self.dense_1.forward(inputs))
        )

    def begin(self) -> Answer:
        """The data points and the state before the first step."""
        self.forward()
        return {
            "name": self.name,
            "points": np.column_stack([self.X, self.y]).tolist(),
            "reach": self.reach,
            "history": [(float(self.loss), self.accuracy)],
            "lines": [(0, self.line())],
            **self.look(),
        }

    def train(self, epochs: int) -> Answer:
        """Continue training: loss and accuracy of each epoch, and the lines the chapter would print."""
        history, lines = [], []
        for _ in range(epochs):
            self.step()
            self.forward()
            history.append((float(self.loss), self.accuracy))
            if self.epoch % REPORT == 0:
                lines.append((self.epoch, self.line()))
        return {"history": history, "lines": lines, **self.look()}

    def forward(self) -> None:
        self.loss = self.loss_activation.forward(self.network(self.X), self.y)
        self.accuracy = accuracy_of(self.loss_activation.output, self.y)

    def step(self) -> None:
        self.loss_activation.backward(self.loss_activation.output, self.y)
        self.dense_2.backward(self.loss_activation.dinputs)
        self.activation_1.backward(self.dense_2.dinputs)
        self.dense_1.backward(self.activation_1.dinputs)
        self.optimizer.step([self.dense_1, self.dense_2])
        self.epoch += 1

    def look(self) -> Answer:
        """The numbers as text, and the predicted class at each grid point, one byte each."""
        regions = self.network(self.grid).argmax(axis=1).astype(np.uint8).tobytes()
        self.forward()  # the next step needs the layers' stored inputs of the samples
        return {
            "epoch": self.epoch,
            "loss": str(self.loss),
            "accuracy": f"{self.accuracy:.3f}",
            "rate": f"{self.optimizer.current_learning_rate:.6g}",
            "regions": regions,
        }

    def line(self) -> str:
        """The line that the chapter prints for this epoch."""
        return (
            f"epoch: {self.epoch:5}, accuracy: {self.accuracy:.3f}, "
            f"loss: {self.loss:.3f}, lr: {self.optimizer.current_learning_rate:.3f}"
        )


run: Run


def start(_: object) -> None:
    nnfs.init()


def begin(**settings: Any) -> Answer:
    global run
    run = Run(**settings)
    return run.begin()


def train(epochs: int) -> Answer:
    return run.train(epochs)
