"""The known bits come out, whatever BLAS, SIMD level and number of threads do.

Each setting runs ``python -m nnfs_lib --short`` in a process of its own; test_selfcheck has this machine as it comes,
and `make cpus` and `make machines` run the rest.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import nnfs_lib
from nnfs_lib import selfcheck

# The faster instructions that NumPy has found on this machine.
FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
OFF = os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split()  # and stays off
SETTINGS = {
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
AFTER_INIT = """
import runpy, sys
import nnfs
nnfs.init()
sys.argv[0] = "nnfs_lib"
runpy.run_module("nnfs_lib", run_name="__main__")
"""


@pytest.fixture(scope="module")
def printed():
    """For each setting, what ``python -m nnfs_lib`` printed."""

    def run(setting):
        done = subprocess.run(
            [
                sys.executable,
                *(["-c", AFTER_INIT] if "init" in setting else ["-m", "nnfs_lib"]),
                "--short",
            ],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(nnfs_lib.__file__).parents[1]),
                **SETTINGS[setting],
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr
        return done.stdout

    alone = "another kernel, two threads"  # beside others, its threads would only wait
    others = [setting for setting in SETTINGS if setting != alone]
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(others, pool.map(run, others)))
    return {**results, alone: run(alone)}


@pytest.mark.parametrize(
    "check", [check.name for check in selfcheck.checks(short=True)]
)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_bits_are_the_known_ones(printed, setting, check):
    (line,) = [line for line in printed[setting].splitlines() if line.startswith(check)]
    assert line.split()[-2:] == [selfcheck.KNOWN[check], "same"]


def test_the_settings_are_obeyed():
    """With all features disabled NumPy reports fewer than before, if it had any."""
    code = "import numpy as np; print(np.show_config(mode='dicts')['SIMD Extensions'])"
    shown = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **setting},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for setting in ({}, SETTINGS["no SIMD beyond the baseline"])
    ]
    assert (shown[0] == shown[1]) == (not FOUND)
