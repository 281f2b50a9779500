"""What two ranks gain: steps of data-parallel training, with one BLAS thread each, against the same step of one.

Run by mpiexec on two ranks; everything that is compared runs in turns within that job. --keep keeps what was measured
in nnfs_lib/book/verified/ranks.json, for the chapter on many workers.
"""

import itertools
import json
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from mpi4py import MPI

from nnfs_lib import SGD, Dense, Model, ReLU, SoftmaxCrossEntropy
from nnfs_lib.parallel import DataParallel
from tools.bench.__main__ import ratio, row, spiral

WORLD = MPI.COMM_WORLD
RECORD = Path(__file__).parents[2] / "nnfs_lib/book/verified/ranks.json"
BYTES = 8, 1 << 10, 1 << 13, 1 << 16, 1 << 19, 1 << 22


def step(sizes, X, y, comm=None, n_ranks=None):
    """A step of training: of a model alone, or of one on the ranks of a communicator.

    With ``n_ranks``, a rank does its part of the work of so many, but has only itself to talk to.
    """
    rng = np.random.RandomState(0)
    layers = []
    for n, m in itertools.pairwise(sizes):
        layers += [Dense(n, m, rng=rng), ReLU()]
    model = Model(
        layers[:-1],
        loss=SoftmaxCrossEntropy(),
        optimizer=SGD(1e-4, momentum=0.9),
    )
    if comm is not None:
        model = DataParallel(model, comm)
        model.n_ranks = n_ranks or model.n_ranks
    return lambda: model.train_step(X, y)


def measure(steps, repeats, calls):
    """Seconds of a call of each function on rank 0, turn by turn; what is one rank's is called there alone."""
    times = {name: [] for name in steps}
    for turn in range(repeats + 2):
        for name, (function, n_ranks) in steps.items():
            WORLD.Barrier()
            start = time.perf_counter()
            if WORLD.rank < n_ranks:
                for _ in range(calls):
                    function()
            if turn >= 2:
                times[name].append((time.perf_counter() - start) / calls)
            while WORLD.rank == 1 and n_ranks == 1 and not WORLD.Iprobe(source=0):
                time.sleep(1e-3)  # a rank that waits leaves memory and caches alone
            if WORLD.rank == 1 and n_ranks == 1:
                WORLD.recv(source=0)
            elif n_ranks == 1:
                WORLD.send(None, dest=1)
    return times


def measured_steps(name, sizes, X, y, repeats, calls):
    half = slice(0, len(X) // 2)
    times = measure(
        {
            "model": (step(sizes, X, y), 1),
            "one": (step(sizes, X, y, MPI.COMM_SELF), 1),
            "two": (step(sizes, X, y, WORLD), 2),
            "half": (step(sizes, X[half], y[half]), 2),
            "integers": (step(sizes, X, y, MPI.COMM_SELF, n_ranks=2), 2),
        },
        repeats,
        calls,
    )
    if WORLD.rank == 0:
        microseconds = {
            key: 1e6 * statistics.median(values) for key, values in times.items()
        }
        row(f"{name}: a step on two ranks / on one", ratio(times, "two", "model"))
        row(
            "half of it on each, without messages / on one",
            ratio(times, "half", "model"),
        )
        row("the same, with integers / on one", ratio(times, "integers", "model"))
        row("data-parallel with one rank / the model", ratio(times, "one", "model"))
        more = microseconds["two"] - microseconds["half"]
        row("what two ranks cost beside their work, in microseconds", more)
        gain = ratio(times, "two", "model")
        return {"sizes": sizes, "n_samples": len(X), "ratio": gain, **microseconds}


def measured_messages(repeats=60, calls=20):
    """Microseconds of an all-reduce over two ranks, for each number of bytes."""
    found = []
    for size in BYTES:
        own = np.ones(size // 8, np.int64)
        total = np.empty_like(own)

        def call(own=own, total=total):
            WORLD.Allreduce(own, total)

        times = measure({"all-reduce": (call, 2)}, repeats, calls)["all-reduce"]
        found.append([size, 1e6 * statistics.median(times)])
    return found


def main():
    spiral_steps = measured_steps(
        "spiral, 300 x 2-64-3", (2, 64, 3), *spiral(300), repeats=20, calls=50
    )
    rng = np.random.RandomState(1)
    X = rng.standard_normal((60_000, 784)).astype(np.float32)
    y = rng.randint(0, 10, 60_000)
    large_steps = measured_steps(
        "60,000 x 784-128-10", (784, 128, 10), X, y, repeats=4, calls=1
    )
    messages = measured_messages()
    if WORLD.rank == 0:
        for size, microseconds in messages:
            row(f"an all-reduce of {size:,} bytes, in microseconds", microseconds)
        if "--keep" in sys.argv:
            record = {
                "machine": f"{platform.machine()}, {platform.system()}, two ranks",
                "numpy": np.__version__,
                "steps": [spiral_steps, large_steps],
                "messages": messages,
            }
            RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
