"""What equal bits and validated arguments cost: tables of ratios.

Everything that is compared runs in turns, so that a busy moment of the machine hits all alike; a ratio is the median of
those of single turns. The first table is made with one thread, the second with as many as BLAS takes by itself. An
epoch has 300 samples and a 2-64-3 network: forward, loss, backward, optimizer; with the accuracy where NumPy is
compared, without it where others are, whose steps have none.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
import warnings

import numpy as np

import nnfs_lib
from nnfs_lib.book.ranks import start_ranks
from tools.bench import plain

THREADS = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"


def spiral(n_samples, n_classes=3, seed=0):
    """Arms of a spiral, one for each class, in float32."""
    rng = np.random.RandomState(seed)
    y = np.arange(n_samples) * n_classes // n_samples
    radius = np.tile(np.linspace(0, 1, n_samples // n_classes), n_classes)
    angle = 4 * (radius + y) + 0.2 * rng.standard_normal(n_samples)
    X = np.stack([radius * np.sin(2.5 * angle), radius * np.cos(2.5 * angle)], axis=1)
    return X.astype(np.float32), y


def numpy_epoch(
    library, sizes, X, y, *, with_accuracy=False, learning_rate=0.5, **options
):
    """The loop as a reader writes it, with our library or the plain one: a function that trains for one epoch."""
    np.random.seed(0)
    dense = [library.Dense(n, m, **options) for n, m in itertools.pairwise(sizes)]
    relus = [library.ReLU() for _ in dense[1:]]
    loss = library.SoftmaxCrossEntropy()
    optimizer = library.SGD(learning_rate, decay=1e-3, momentum=0.9)

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


def staged_epoch(sizes, X, y, *, with_accuracy=False, learning_rate=0.5):
    """The same, with the stages of `Dense.backward`: without the gradient at the data, which nobody needs."""
    np.random.seed(0)
    dense = [nnfs_lib.Dense(n, m) for n, m in itertools.pairwise(sizes)]
    relus = [nnfs_lib.ReLU() for _ in dense[1:]]
    loss = nnfs_lib.SoftmaxCrossEntropy()
    optimizer = nnfs_lib.SGD(learning_rate, decay=1e-3, momentum=0.9)

    def epoch():
        values = X
        for layer, relu in zip(dense, relus):
            values = relu.forward(layer.forward(values))
        loss.calculate(dense[-1].forward(values), y)
        if with_accuracy:
            np.mean(np.argmax(loss.output, axis=1) == y)
        gradient = loss.gradient()
        for layer, relu in zip(dense[:0:-1], relus[::-1]):
            gradient = relu.backward(layer.backward(gradient))
        dense[0].finish(dense[0].partial_sums(gradient))
        optimizer.step(dense)

    return epoch


def torch_epoch(X, y, threads):
    import torch

    if threads == 1:
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


def jax_epoch(X, y, threads):
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import jax
    import jax.numpy as jnp

    def mean_loss(parameters):
        w1, b1, w2, b2 = parameters
        scores = jnp.maximum(X @ w1 + b1, 0) @ w2 + b2
        true = jnp.take_along_axis(scores, y[:, None], axis=1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(scores, axis=1) - true)

    @jax.jit
    def step(parameters, velocities):
        gradients = jax.grad(mean_loss)(parameters)
        velocities = [0.9 * v + 0.5 * g for v, g in zip(velocities, gradients)]
        return [p - v for p, v in zip(parameters, velocities)], velocities

    X, y = jnp.asarray(X), jnp.asarray(y)
    shapes = (2, 64), (1, 64), (64, 3), (1, 3)
    draws = np.random.RandomState(0)
    values = [
        jnp.asarray(0.01 * draws.standard_normal(s).astype(np.float32)) for s in shapes
    ]
    state = [values, [0 * value for value in values]]

    def epoch():
        state[:] = step(*state)
        state[0][0].block_until_ready()

    return epoch


def sklearn_epoch(X, y, threads):
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (64,), solver="sgd", batch_size=len(X), learning_rate_init=0.5, alpha=0.0
    )
    model.partial_fit(X, y, classes=np.unique(y))
    return lambda: model.partial_fit(X, y)


def repeated(function, times):
    def run():
        for _ in range(times):
            function()

    return run


def measure(functions, repeats, calls):
    """Seconds of one call of each function, turn by turn."""
    times = {name: [] for name in functions}
    for turn in range(repeats + 2):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(calls):
                function()
            if turn >= 2:
                times[name].append((time.perf_counter() - start) / calls)
    return times


def ratio(times, one, other):
    """Median of the ratios of turns."""
    return statistics.median(a / b for a, b in zip(times[one], times[other]))


def row(label, measured):
    print(f"{label:<74}{measured:>8.2f}")


def spiral_rows(threads):
    X, y = spiral(300)
    sizes = (2, 64, 3)
    functions = {
        "plain": numpy_epoch(plain, sizes, X, y, with_accuracy=True),
        "ours": numpy_epoch(nnfs_lib, sizes, X, y, with_accuracy=True),
        "staged": staged_epoch(sizes, X, y, with_accuracy=True),
        "float64": numpy_epoch(nnfs_lib, sizes, X, y, dtype=np.float64),
        "ours, no accuracy": numpy_epoch(nnfs_lib, sizes, X, y),
        "staged, no accuracy": staged_epoch(sizes, X, y),
    }
    others = {
        "an eager PyTorch step": torch_epoch,
        "a jitted JAX step": jax_epoch,
        "scikit-learn's partial_fit": sklearn_epoch,
    }
    missing = []
    for name, make in others.items():
        try:
            functions[name] = make(X, y, threads)
        except ImportError as error:
            missing.append(f"{name} is not measured: {error}")
    times = measure(functions, repeats=60, calls=10)
    epoch = f"epoch of the spiral ({1e6 * statistics.median(times['ours']):.0f} us)"
    row(f"{epoch} / plain NumPy", ratio(times, "ours", "plain"))
    row(
        "the same without the gradient at the data / plain NumPy",
        ratio(times, "staged", "plain"),
    )
    for name in others:
        if name in times:
            row(f"epoch / {name}", ratio(times, "ours, no accuracy", name))
            row(
                f"without the gradient at the data / {name}",
                ratio(times, "staged, no accuracy", name),
            )
    row("epoch in float64 / in float32", ratio(times, "float64", "ours, no accuracy"))
    print(*missing, sep="\n", end="\n" if missing else "")


def large_rows():
    rng = np.random.RandomState(1)
    images = rng.standard_normal((128, 784)).astype(np.float32)
    digits = rng.randint(0, 10, 128)
    sizes = (784, 128, 128, 10)
    # A small learning rate: once a batch is known by heart, its gradients are subnormal, and BLAS crawls.
    steps = {
        "plain": numpy_epoch(plain, sizes, images, digits, learning_rate=1e-4),
        "ours": numpy_epoch(nnfs_lib, sizes, images, digits, learning_rate=1e-4),
        "staged": staged_epoch(sizes, images, digits, learning_rate=1e-4),
    }
    times = measure(steps, repeats=30, calls=2)
    row(
        "step of 784-128-128-10, batch 128 / plain NumPy", ratio(times, "ours", "plain")
    )
    row(
        "the same without the gradient at the data / plain NumPy",
        ratio(times, "staged", "plain"),
    )

    X = rng.standard_normal((60_000, 784)).astype(np.float32)
    D = rng.standard_normal((60_000, 128)).astype(np.float32)
    layers = {
        "plain": plain.Dense(784, 128),
        "ours": nnfs_lib.Dense(784, 128),
    }

    def both(layer):
        layer.forward(X)
        layer.backward(D)

    X64, D64, W64 = X[:512].astype(float), D[:512].astype(float), np.ones((784, 128))

    def products_alone():
        for _ in range(60_000 // 512):
            X64 @ W64
            X64.T @ D64
            D64 @ W64.T

    functions = {
        name: (lambda layer=layer: both(layer)) for name, layer in layers.items()
    }
    times = measure({**functions, "products": products_alone}, repeats=3, calls=1)
    label = "60,000 x 784 through Dense(784, 128), forward and backward / plain NumPy"
    row(label, ratio(times, "ours", "plain"))
    row(
        "its three products alone, in float64 / plain NumPy",
        ratio(times, "products", "plain"),
    )
    peaks = {}
    for name, make in (("plain", plain.Dense), ("ours", nnfs_lib.Dense)):
        layer = make(784, 128)
        tracemalloc.start()
        both(layer)
        peaks[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    row(
        "its peak memory, in that of plain NumPy and a copy of the inputs",
        peaks["ours"] / (peaks["plain"] + X.nbytes),
    )


def scaling_rows():
    counts = (300, 3_000, 30_000)
    epochs = {n: numpy_epoch(nnfs_lib, (2, 64, 3), *spiral(n)) for n in counts}
    # As many samples of each in a turn.
    turns = {n: repeated(epochs[n], 30_000 // n) for n in counts}
    times = measure(turns, repeats=10, calls=1)
    for n in counts[1:]:
        row(f"cost per sample at {n:,} samples / at 300", ratio(times, n, 300))


def rank_rows(*options):
    """What two ranks gain, measured on two ranks."""
    print("two ranks, one thread each")
    # Each rank has a core, so it need not make way while it waits.
    os.environ.update(
        {**dict.fromkeys(THREADS, "1"), "OMPI_MCA_mpi_yield_when_idle": "0"}
    )
    try:
        job = start_ranks(2, "-m", "tools.bench.ranks", *options, timeout=1800)
    except FileNotFoundError as error:
        print(f"not measured: {error}")
        return
    print(job.stdout if job.returncode == 0 else job.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", choices=("1", "default"), help="one table alone")
    help = "keep what two ranks gain in nnfs_lib/book/verified, for the book"
    parser.add_argument("--keep", action="store_true", help=help)
    arguments = parser.parse_args()
    threads = arguments.threads
    if threads is None:
        for threads in ("1", "default"):
            environment = {k: v for k, v in os.environ.items() if k not in THREADS}
            if threads == "1":
                environment.update(dict.fromkeys(THREADS, "1"))
            command = [sys.executable, "-m", "tools.bench", "--threads", threads]
            subprocess.run(command, env=environment, check=True)
        rank_rows(*["--keep"] * arguments.keep)
        return
    warnings.simplefilter("ignore")  # scikit-learn warns of iterations
    print(f"{'one thread' if threads == '1' else 'threads as they come'}, float32")
    spiral_rows(1 if threads == "1" else None)
    if threads == "1":
        large_rows()
        scaling_rows()
    print()


if __name__ == "__main__":
    main()
