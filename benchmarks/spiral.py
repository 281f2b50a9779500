"""What reproducible bits and checked inputs cost: one table of ratios, on one thread.

Everything compared is run in turns, so that a busy moment of the machine hits all alike, and the median of
many repeats is taken. An epoch has 300 samples and a 2-64-3 network: forward, loss, backward, optimizer; with
the accuracy where NumPy is compared, without it where PyTorch and scikit-learn are, whose steps have none.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import itertools
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import plain

import nnfs_lib
from nnfs_lib import validation


def spiral(n_samples, n_classes=3, seed=0):
    """Arms of a spiral, one for each class, in float32."""
    rng = np.random.RandomState(seed)
    y = np.arange(n_samples) * n_classes // n_samples
    radius = np.tile(np.linspace(0, 1, n_samples // n_classes), n_classes)
    angle = 4 * (radius + y) + 0.2 * rng.standard_normal(n_samples)
    X = np.stack([radius * np.sin(2.5 * angle), radius * np.cos(2.5 * angle)], axis=1)
    return X.astype(np.float32), y


def numpy_epoch(library, sizes, X, y, *, with_accuracy=False, learning_rate=0.5):
    """A function that trains a network of ``library`` (ours or the plain one) for one epoch."""
    np.random.seed(0)
    dense = [library.Dense(n, m) for n, m in itertools.pairwise(sizes)]
    relus = [library.ReLU() for _ in dense[1:]]
    loss, optimizer = (
        library.SoftmaxCrossEntropy(),
        library.SGD(learning_rate, decay=1e-3, momentum=0.9),
    )

    def epoch():
        values = X
        for layer, relu in zip(dense, relus):
            layer.forward(values)
            relu.forward(layer.output)
            values = relu.output
        dense[-1].forward(values)
        loss.forward(dense[-1].output, y)
        if with_accuracy:
            np.mean(np.argmax(loss.output, axis=1) == y)
        loss.backward(loss.output, y)
        dense[-1].backward(loss.dinputs)
        values = dense[-1].dinputs
        for layer, relu in zip(dense[-2::-1], relus[::-1]):
            relu.backward(values)
            layer.backward(relu.dinputs)
            values = layer.dinputs
        optimizer.step(dense)

    return epoch


def torch_epoch(X, y):
    import torch

    torch.set_num_threads(1)
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 64), torch.nn.ReLU(), torch.nn.Linear(64, 3)
    )
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)

    def epoch():
        optimizer.zero_grad()
        loss(model(X), y).backward()
        optimizer.step()

    return epoch


def sklearn_epoch(X, y):
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (64,), solver="sgd", batch_size=len(X), learning_rate_init=0.5, alpha=0.0
    )
    classes = np.unique(y)
    model.partial_fit(X, y, classes=classes)
    return lambda: model.partial_fit(X, y)


class without_checks:
    """Context in which `validation` hands its arguments through: the difference is the cost of checking.

    `GridMatrix` still looks for the largest magnitude, which it needs in order to round.
    """

    def __enter__(self):
        names = ("matrix", "all_finite", "class_indices", "computed")
        self.kept = {name: getattr(validation, name) for name in names}
        validation.matrix = lambda name, value, **_: value
        validation.all_finite = lambda array: True
        validation.class_indices = lambda labels, *_: labels
        validation.computed = lambda owner, attribute, **_: getattr(owner, attribute)

    def __exit__(self, *_):
        for name, function in self.kept.items():
            setattr(validation, name, function)


def repeated(function, times):
    def run():
        for _ in range(times):
            function()

    return run


def measure(functions, repeats, calls):
    """Median seconds of one call of each function; they take turns."""
    times = {name: [] for name in functions}
    for turn in range(repeats + 2):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(calls):
                function()
            if turn >= 2:
                times[name].append((time.perf_counter() - start) / calls)
    return {name: statistics.median(values) for name, values in times.items()}


def row(label, measured, target=None, limit=None):
    verdict = "" if limit is None else ("met" if measured <= limit else "NOT MET")
    print(f"{label:<58}{measured:>9.3f}  {target or '':<10}{verdict}")


def main():
    warnings.simplefilter("ignore")  # scikit-learn warns of iterations
    X, y = spiral(300)
    sizes = (2, 64, 3)
    functions = {
        "ours": numpy_epoch(nnfs_lib, sizes, X, y),
        "ours with accuracy": numpy_epoch(nnfs_lib, sizes, X, y, with_accuracy=True),
        "plain": numpy_epoch(plain, sizes, X, y, with_accuracy=True),
    }
    missing = {}
    for name, make in (("PyTorch", torch_epoch), ("scikit-learn", sklearn_epoch)):
        try:
            functions[name] = make(X, y)
        except ImportError as error:
            missing[name] = str(error)
    spiral_times = measure(functions, repeats=60, calls=20)
    ours = spiral_times["ours"]

    print(f"{'one thread, float32':<58}{'measured':>9}  target")
    row("spiral epoch, microseconds", 1e6 * ours)
    ratio = spiral_times["ours with accuracy"] / spiral_times["plain"]
    row("spiral epoch: ours / plain NumPy, both with accuracy", ratio, "<= 1.0", 1.0)
    for name, target, limit in (
        ("PyTorch", "<= 0.7", 0.7),
        ("scikit-learn", None, None),
    ):
        if name in missing:
            print(f"spiral epoch: ours / {name:<37}  not measured: {missing[name]}")
        else:
            row(
                f"spiral epoch: ours / {name}", ours / spiral_times[name], target, limit
            )

    rng = np.random.RandomState(1)
    images, digits = (
        rng.standard_normal((128, 784)).astype(np.float32),
        rng.randint(0, 10, 128),
    )
    sizes = (784, 128, 128, 10)
    # A small learning rate: once a batch is known by heart, its gradients are subnormal, and BLAS crawls.
    steps = {
        name: numpy_epoch(library, sizes, images, digits, learning_rate=1e-4)
        for name, library in (("ours", nnfs_lib), ("plain", plain))
    }
    step = measure(steps, repeats=40, calls=3)
    row(
        "784-128-128-10, batch 128: ours / plain float32 BLAS",
        step["ours"] / step["plain"],
        "<= 3.5",
        3.5,
    )

    counts = (300, 3_000, 30_000)
    epochs = {n: numpy_epoch(nnfs_lib, (2, 64, 3), *spiral(n)) for n in counts}
    # As many samples of each in a turn.
    turns = {n: repeated(epochs[n], 30_000 // n) for n in counts}
    per_sample = {
        n: seconds / 30_000
        for n, seconds in measure(turns, repeats=15, calls=1).items()
    }
    for n in counts:
        label = (
            f"cost per sample at {n:,}, relative to 300 ({1e9 * per_sample[n]:.0f} ns)"
        )
        row(label, per_sample[n] / per_sample[300], "<= 1.1", 1.1)

    checked = repeated(epochs[300], 20)

    def unchecked():
        with without_checks():
            checked()

    times = measure({"checked": checked, "unchecked": unchecked}, repeats=100, calls=1)
    row(
        "share of the checks in a spiral epoch",
        1 - times["unchecked"] / times["checked"],
        "<= 0.10",
        0.10,
    )


if __name__ == "__main__":
    main()
