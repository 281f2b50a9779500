"""Training ends with the same bits, whatever BLAS, SIMD level and number of threads do.

Each setting trains in a process of its own, on data drawn here, and prints a SHA-256 of
its parameters. Training with these rates is chaotic: a difference in one last bit of one
step would show.
"""

import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nnfs
import numpy as np
import pytest
from nnfs.datasets import spiral_data
from snapshots import numpy_restored
from spiral_run import PRODUCTS, RUNS

import nnfs_lib

HERE = Path(__file__).parent
# The faster instructions that NumPy has found on this machine.
FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
OFF = os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split()  # and stays off
SETTINGS = {
    "as it comes": {"OPENBLAS_NUM_THREADS": "1"},
    "an old kernel": {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"},
    "another kernel, two threads": {
        "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "2",
    },
    "no AVX-512": {
        "OPENBLAS_NUM_THREADS": "1",
        "NPY_DISABLE_CPU_FEATURES": " ".join(
            OFF + [name for name in FOUND if name.startswith(("AVX512", "X86_V4"))]
        ),
    },
    "no SIMD beyond the baseline": {
        "OPENBLAS_NUM_THREADS": "1",
        "NPY_DISABLE_CPU_FEATURES": " ".join(OFF + FOUND),
    },
    "after nnfs.init()": {"OPENBLAS_NUM_THREADS": "1"},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The notebook's spirals and draws for the weights, in float32, rounded once."""
    with numpy_restored():
        nnfs.init()
        X, y = spiral_data(100, 3)
        draws = np.random.standard_normal(3 * 64).astype(np.float32)
    path = tmp_path_factory.mktemp("spiral") / "data.npz"
    np.savez(path, X=X.astype(np.float32), y=y, draws=draws)
    return path


@pytest.fixture(scope="module")
def results(data):
    """For each setting, what each run and product printed: its digest and a number."""

    def train(setting):
        command = [sys.executable, str(HERE / "spiral_run.py"), str(data)]
        if setting == "after nnfs.init()":
            command.append("init")
        library = str(Path(nnfs_lib.__file__).parents[1])
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": library, **SETTINGS[setting]},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        lines = [line.split("; ") for line in done.stdout.splitlines()]
        return {name: (digest, value) for name, digest, value in lines}

    alone = "another kernel, two threads"  # beside others, its threads would only wait
    others = [setting for setting in SETTINGS if setting != alone]
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(others, pool.map(train, others)))
    return {**results, alone: train(alone)}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_training_ends_with_the_same_bits(results, setting, run):
    assert results[setting][run] == results["as it comes"][run]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_product_has_the_same_bits(results, setting, product):
    assert results[setting][product] == results["as it comes"][product]


@pytest.mark.parametrize("run", RUNS)
def test_training_has_learned_something(results, run):
    loss = float(results["as it comes"][run][1])
    assert loss < 0.8 * math.log(3)  # log(3) is what guessing costs


def test_runs_differ_from_each_other(results):
    digests = {results["as it comes"][run][0] for run in RUNS}
    assert len(digests) == len(RUNS)


def test_the_settings_are_obeyed():
    """With all features disabled NumPy reports fewer than before, if it had any."""
    code = "import numpy as np; print(np.show_config(mode='dicts')['SIMD Extensions'])"
    shown = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **SETTINGS[setting]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for setting in ("as it comes", "no SIMD beyond the baseline")
    ]
    assert (shown[0] == shown[1]) == (not FOUND)
