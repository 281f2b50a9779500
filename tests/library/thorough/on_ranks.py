"""What the tests of data-parallel training run on several ranks: python on_ranks.py FOLDER SCENARIO ..."""

import hashlib
import itertools
import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI
from test_model import X, spiral, y
from test_model_file import OPTIMIZERS

from nnfs_lib import (
    Adam,
    Dense,
    Dropout,
    MeanSquaredError,
    ReLU,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    partial_sums,
)
from nnfs_lib.model import Model
from nnfs_lib.parallel import DataParallel, data_parallel
from nnfs_lib.partial_sums import MAX_SAMPLES

RANK = MPI.COMM_WORLD.Get_rank()
BATCHES = (None, 2, 11)
SAME = (
    *("same_runs", "regularized", "other_outputs", "generators", "wide", "own_layers"),
    *("huge_losses", "many_samples", "no_parameters"),
)


def model(optimizer=None, dtype=np.float32, sizes=(2, 16, 8, 3)):
    rng = np.random.RandomState(3)
    layers = []
    for n, m in itertools.pairwise(sizes):
        layers += [Dense(n, m, init="he", rng=rng, dtype=dtype), ReLU()]
    return Model(
        layers[:-1], loss=SoftmaxCrossEntropy(), optimizer=optimizer or Adam(0.02)
    )


def digest(model):
    text = b"".join(
        value.tobytes() for layer in model.layers for _, value, _ in layer.parameters()
    )
    return hashlib.sha256(text).hexdigest()


def trained(wrap, name, dtype, batch_size):
    """Everything that a run gives, after a few epochs."""
    own = model(OPTIMIZERS[name](), dtype)
    run = wrap(own)
    epochs = 1 if batch_size == 2 else 3
    history = run.fit(
        X, y, batch_size=batch_size, epochs=epochs, validation_data=(X[:7], y[:7])
    )
    return {
        "parameters": digest(own),
        "history": history,
        "few": run.evaluate(X[:2], y[:2]),
        "all": run.evaluate(X, y),
        "predictions": run.predict(X).tolist(),
        "one prediction": run.predict(X[:1]).tolist(),
    }


def same_runs(wrap):
    """Runs with each optimizer, each type, and batches of several sizes."""
    runs = [(name, np.float32, 16) for name in OPTIMIZERS]
    runs += [
        ("SGD", dtype, size) for dtype in (np.float32, np.float64) for size in BATCHES
    ]
    return {
        f"{name} {np.dtype(dtype)} {size}": trained(wrap, name, dtype, size)
        for name, dtype, size in runs
    }


def regularized(wrap):
    """Dropout, whose masks are cut as the batches are, and penalties, which are added once."""
    rng = np.random.RandomState(3)
    layers = [
        Dense(2, 16, init="he", l2=1e-2, rng=rng),
        ReLU(),
        Dropout(0.3, rng=rng),
        Dense(16, 3, l1=1e-2, penalize_biases=True, rng=rng),
        Dropout(0.1, rng=rng),
    ]
    optimizer = Adam(0.02, weight_decay=0.1)
    own = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=optimizer)
    history = wrap(own).fit(X, y, batch_size=4, epochs=2)
    # A later step without ranks draws whole masks again.
    later = own.train_step(X, y)
    return digest(own), history, later


def other_outputs(wrap):
    """Several labels, and numbers."""
    rng = np.random.RandomState(3)
    labels, numbers = rng.randint(0, 2, (len(X), 3)), rng.random_sample((len(X), 3))
    results = []
    for loss, targets in (
        (SigmoidCrossEntropy(), labels),
        (MeanSquaredError(), numbers),
    ):
        own = Model([Dense(2, 3, rng=rng)], loss=loss, optimizer=Adam(0.02))
        run = wrap(own)
        history = run.fit(X, targets, batch_size=7, epochs=3)
        results.append((digest(own), history, run.evaluate(X, targets)))
    return results


def generators(wrap):
    """NumPy's newer streams, for the order and for the masks."""
    rng = np.random.default_rng(3)
    layers = [Dense(2, 3, rng=np.random.RandomState(3)), Dropout(0.3, rng=rng)]
    own = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.02), rng=rng)
    return wrap(own).fit(X, y, batch_size=7, epochs=2), digest(own)


def wide(wrap):
    """More samples than one block, and features of very different scale, some of them 0."""
    rng = np.random.RandomState(1)
    scale = np.array([1e-12, 1, 1e10, 0, 1e-3], np.float32)
    inputs = rng.random_sample((1500, 5)).astype(np.float32) * scale
    labels = rng.randint(0, 3, 1500)
    own = model(OPTIMIZERS["SGD"](), sizes=(5, 40, 3))
    own.layers[0].weights *= np.float32(1e-10)
    run = wrap(own)
    for start in (0, 700):
        run.train_step(inputs[start:], labels[start:])
    return digest(own)


def no_parameters(wrap):
    """Nothing to train, and so nothing to sum but the loss."""
    run = wrap(Model([ReLU()], loss=MeanSquaredError(), optimizer=Adam()))
    return {"history": run.fit(X, X, epochs=2, batch_size=16)}


def huge_losses(wrap):
    """Losses that are finite, although their sum is not."""
    dense = Dense(1, 1, dtype=np.float64, rng=np.random.RandomState(3))
    own = Model([dense], loss=MeanSquaredError(), optimizer=Adam())
    targets = np.array([1.2e154, 1.1e154, 1.3e154, 1.25e154])
    return wrap(own).evaluate(np.zeros((4, 1)), targets)


def many_samples(wrap):
    """More samples than one exact sum holds: with a grid as fine as this, it holds four."""
    partial_sums.MAX_SAMPLES = data_parallel.MAX_SAMPLES = 4
    coarser, partial_sums.LOSS_BITS = partial_sums.LOSS_BITS, 51
    try:
        targets = np.random.RandomState(3).uniform(0.9, 1, (len(X), 3))
        dense = Dense(2, 3, rng=np.random.RandomState(3), dtype=np.float64)
        own = Model([dense], loss=MeanSquaredError())
        return wrap(own).evaluate(X, targets)
    finally:
        partial_sums.MAX_SAMPLES = data_parallel.MAX_SAMPLES = MAX_SAMPLES
        partial_sums.LOSS_BITS = coarser


class Clipped(Dense):
    """Changes the sum of all ranks' gradients, in the one stage that has it."""

    def finish(self, sums):
        super().finish(sums)
        self.dweights, self.dbiases = (
            each.clip(-1e-3, 1e-3) for each in (self.dweights, self.dbiases)
        )


class Square:
    """A layer whose repr is its address."""

    def forward(self, inputs):
        self.inputs = inputs
        return inputs * inputs

    def backward(self, dvalues):
        return dvalues * 2 * self.inputs


class Scaled(Square):
    """A layer that `settings_of` does not describe."""

    def __init__(self, function):
        self.function = function

    def forward(self, inputs):
        return self.function(super().forward(inputs))

    def backward(self, dvalues):
        return super().backward(self.function(dvalues))


def own_layers(wrap):
    """Layers that are not the library's."""
    rng = np.random.RandomState(3)
    layers = [
        Clipped(2, 16, init="he", rng=rng),
        Square(),
        Clipped(16, 8, init="he", rng=rng),
        Scaled(lambda values: values / 2),
        Dense(8, 3, rng=rng),
    ]
    own = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.02))
    history = wrap(own).fit(X, y, batch_size=7, epochs=2)
    return digest(Model(own.layers[::2], loss=own.loss)), history


def raises(wrap, folder):
    run = wrap(model())

    def checkpoint(_):
        run.save(folder / "model.npz")

    def fails(_):
        if RANK == 1 and len(run.history["loss"]) == 2:
            raise ZeroDivisionError("on purpose")

    run.fit(X, y, epochs=10**6, callbacks=[fails, checkpoint])


def dies(wrap, folder):
    run = wrap(model())

    def killed(_):
        if RANK == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    run.fit(
        X, y, epochs=10**6, callbacks=[lambda _: run.save(folder / "model.npz"), killed]
    )


def other_data(wrap, folder):
    wrap(model()).fit(*spiral(seed=RANK))


def other_weights(wrap, folder):
    own = model()
    own.layers[0].weights[0, 0] += RANK
    wrap(own).fit(X, y)


class Leaky(ReLU):
    """A layer whose repr does not show its setting."""

    def __init__(self, slope):
        self.slope = slope


def other_settings(wrap, folder):
    layers = [Dense(2, 3, rng=np.random.RandomState(3)), Leaky(RANK / 4)]
    wrap(Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam())).fit(X, y)


def other_masks(wrap, folder):
    rng = np.random.RandomState(3)
    layers = [Dense(2, 3, rng=rng), Dropout(0.3, rng=np.random.RandomState(RANK))]
    wrap(Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam())).fit(X, y)


def other_options(wrap, folder):
    wrap(model()).fit(X, y, batch_size=7 + RANK)


def other_validation(wrap, folder):
    wrap(model()).fit(X, y, validation_data=(X, np.roll(y, RANK)))


def left_parts(wrap, folder):
    """A forward that fails leaves nothing of the batch's cut in Dropout."""
    own = Model([Dropout(0.3), Dense(2, 3)], loss=SoftmaxCrossEntropy())
    try:
        wrap(own).train_step(np.full((4, 2), np.nan), y[:4])
    except ValueError:
        assert own.layers[0].part is None
        print(f"rank {RANK} is as it was", file=sys.stderr, flush=True)
    MPI.COMM_WORLD.Barrier()


def drifted(wrap, folder):
    """Something outside changes a parameter on one rank while all of them train."""
    own = model()

    def drifts(_):
        own.layers[0].weights[0, 0] += RANK == 1

    wrap(own).fit(X, y, epochs=10**6, callbacks=[drifts])


def not_saved(wrap, folder):
    """All ranks hear of it, and none waits for the others."""
    run = wrap(model())
    run.history["loss"] = [np.zeros(2)]
    try:
        run.save(folder / "model.npz")
    except TypeError as error:
        print(f"rank {RANK} says: {error}", flush=True)
        MPI.COMM_WORLD.Barrier()
        sys.exit(1)


def bad_labels(wrap, folder):
    wrap(model()).fit(X, y + 1)


def main():
    folder = Path(sys.argv[1])
    for scenario in sys.argv[2:]:
        if scenario in SAME:
            result = globals()[scenario](DataParallel)
            (folder / f"{scenario}-{RANK}.json").write_text(json.dumps(result))
        else:
            globals()[scenario](DataParallel, folder)


if __name__ == "__main__":
    main()
