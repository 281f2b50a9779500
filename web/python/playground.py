"""The spiral network of the playground: a model of the library, trained a few epochs at a time.

worker.js loads this into the Python that runs in a reader's browser. The page begins a run, with settings or with a
saved model, and asks for more epochs; each answer contains everything the page draws.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_lib import SGD, AdaGrad, Adam, Model, RMSProp

OPTIMIZERS = {"sgd": SGD, "adagrad": AdaGrad, "rmsprop": RMSProp, "adam": Adam}
SIDE = 64  # points per side of the grid on which the network is evaluated
REPORT = 1000  # epochs between two lines printed by the chapter

Answer = dict[str, Any]

# What the page shows as its code is what runs here, piece by piece.
IMPORTS = """\
import nnfs
import numpy as np
from nnfs.datasets import spiral_data

from nnfs_lib import SGD, AdaGrad, Adam, Dense, Dropout, Model, ReLU, RMSProp, SoftmaxCrossEntropy

nnfs.init()
"""
DATA = """
np.random.seed({held_out_seed})
X_test, y_test = spiral_data(samples=100, classes=3)
np.random.seed({seed})
X, y = spiral_data(samples=100, classes=3)
"""
MODEL = """
rng = np.random.RandomState({seed})
model = Model(
    [Dense(2, {neurons}{l2}), ReLU(), {dropout}Dense({neurons}, 3{l2})],
    loss=SoftmaxCrossEntropy(),
    optimizer={optimizer!r},
    rng=rng,
)
"""
OPENED = """
model = Model.load({path!r})
"""
TRAINING = """\
model.fit(X, y, batch_size={batch_size}, epochs={epochs})
"""
MEASURING = """\
print(model.evaluate(X, y))
print(model.evaluate(X_test, y_test))
"""

names: dict[str, Any] = {}


class Run:
    """One training run: of a model with these settings, or of the model in a file."""

    def __init__(
        self,
        *,
        seed: int,
        batch_size: int,
        file: str | None = None,
        neurons: int = 64,
        dropout: float = 0,
        l2: float = 0,
        optimizer: str = "sgd",
        **settings: float,
    ):
        if file is None:
            chosen = OPTIMIZERS[optimizer](**settings)
            model = MODEL.format(
                seed=seed,
                neurons=neurons,
                l2=f", l2={l2}" if l2 else "",
                dropout=f"Dropout({dropout}, rng=rng), " if dropout else "",
                optimizer=chosen,
            )
        else:
            model = OPENED.format(path=file)
        self.code = DATA.format(seed=seed, held_out_seed=100 + seed) + model
        exec(self.code, names)
        self.code += "\n"
        self.X, self.y = names["X"], names["y"]
        self.X_test, self.y_test = names["X_test"], names["y_test"]
        self.model: Model = names["model"]
        self.batch_size = None if batch_size == len(self.X) else batch_size
        plain = not (file or dropout or l2 or self.batch_size)
        self.name = f"{chosen!r}, {neurons} neurons, seed {seed}" if plain else ""
        self.first = self.epoch = len(self.model.history.get("loss", []))
        # The square shown by nnfs_lib.plots.decision_regions; rows from the top, as in an image.
        self.reach = 1.1 * float(np.abs(self.X).max())
        side = np.linspace(-self.reach, self.reach, SIDE)
        across, up = np.meshgrid(side, side[::-1])
        self.grid = np.column_stack([across.ravel(), up.ravel()])

    def begin(self) -> Answer:
        """The data points and the state before the first step."""
        return {
            "name": self.name,
            "points": np.column_stack([self.X, self.y]).tolist(),
            "heldOut": np.column_stack([self.X_test, self.y_test]).tolist(),
            "reach": self.reach,
            **self.look(),
        }

    def train(self, epochs: int) -> Answer:
        """Continue training, but not beyond an epoch that the chapter prints."""
        epochs = min(epochs, REPORT - self.epoch % REPORT)
        self.model.fit(self.X, self.y, batch_size=self.batch_size, epochs=epochs)
        self.epoch += epochs
        return self.look()

    def look(self) -> Answer:
        """What is measured after this epoch, and the predicted class at each grid point, one byte each."""
        trained = self.model.evaluate(self.X, self.y)
        held_out = self.model.evaluate(self.X_test, self.y_test)
        rate = self.model.optimizer.current_learning_rate
        regions = self.model.forward(self.grid).argmax(axis=1)
        return {
            "epoch": self.epoch,
            "rate": f"{rate:.6g}",
            "measured": [*trained.values(), *held_out.values()],
            "numbers": [*shown(trained), *shown(held_out)],
            # The line that the chapter prints for this epoch.
            "line": f"epoch: {self.epoch:5}, accuracy: {trained['accuracy']:.3f}, "
            f"loss: {trained['loss']:.3f}, lr: {rate:.3f}",
            "regions": regions.astype(np.uint8).tobytes(),
            "code": IMPORTS + self.code + self.training() + MEASURING,
        }

    def training(self) -> str:
        """The line that trains as far as this run has got."""
        epochs = self.epoch - self.first
        line = TRAINING.format(batch_size=self.batch_size, epochs=epochs)
        return line if epochs else ""


def shown(measured: dict[str, float]) -> list[str]:
    """Loss and accuracy as the page shows them: every digit that tells the loss from its neighbours in float32."""
    return [str(np.float32(measured["loss"])), f"{measured['accuracy']:.3f}"]


run: Run


def start(_: object) -> None:
    exec(IMPORTS, names)


def begin(content: Any = None, **settings: Any) -> Answer:
    """Begin a run; ``content`` is that of a saved model, and ``file`` its name. {"refused": why} if it does not fit."""
    global run
    if content is not None:
        Path(settings["file"]).write_bytes(content)
        if problem := refusal(settings["file"]):
            return {"refused": problem}
    run = Run(**settings)
    return run.begin()


def refusal(file: str) -> str:
    """Why the model in this file cannot be trained here; nothing if it can."""
    needed = (
        "the playground needs a model that tells three classes apart by two features"
    )
    try:
        model = Model.load(file)
    except ValueError as error:
        return str(error)
    try:
        plane = np.zeros((3, 2))
        outputs = model.predict(plane).shape[1]
        measured = model.evaluate(plane, [0, 1, 2])
    except (TypeError, ValueError) as error:
        return f"{file} does not fit: {needed}. ({error})"
    if outputs != 3 or "accuracy" not in measured:
        return f"{file} does not fit: {needed}. (It has {outputs} outputs.)"
    return "" if model.optimizer else f"{file} has no optimizer, which training needs."


def train(epochs: int) -> Answer:
    return run.train(epochs)


def save() -> bytes:
    """The model as a file of Model.save."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        run.model.save(path)
        return path.read_bytes()
