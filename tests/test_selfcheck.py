"""`nnfs_lib.selfcheck` and ``python -m nnfs_lib``: the bits that every machine gets, written down, and who reads them.

test_bits runs the same checks as other processors would.
"""

import math
import subprocess
import sys

import numpy as np
import pytest

from nnfs_lib import numerics, selfcheck

ALL = {
    check.name: check
    for short in (False, True)
    for check in selfcheck.checks(short=short)
}


@pytest.mark.parametrize("name", ALL)
def test_the_bits_are_the_known_ones(name):
    assert ALL[name].digest() == ALL[name].known


def test_no_digest_is_written_down_without_a_check():
    assert set(selfcheck.KNOWN) == set(ALL)


def test_no_two_checks_compute_the_same():
    assert len(set(selfcheck.KNOWN.values())) == len(selfcheck.KNOWN)


@pytest.mark.parametrize("name", selfcheck.OPTIMIZERS)
def test_training_has_learned_something(name):
    *_, losses = selfcheck.train(selfcheck.OPTIMIZERS[name], np.float32, 2000)
    assert losses.max() < 0.2 * math.log(3)  # log(3) is what guessing costs


def test_one_last_bit_of_one_product_is_noticed(monkeypatch):
    """A product whose first entry is off by its last bit, as with another BLAS."""
    exact = numerics.GridMatrix.__matmul__

    def almost(a, b):
        result = exact(a, b)
        result[0, 0] = np.nextafter(result[0, 0], np.inf, dtype=result.dtype)
        return result

    monkeypatch.setattr(numerics.GridMatrix, "__matmul__", almost)
    checks = selfcheck.checks(short=True)
    different = [check.name for check in checks if check.digest() != check.known]
    expected = [name for name in ALL if name.startswith(("product", "100 epochs"))]
    assert different == expected


def run(code, *options):
    return subprocess.run(
        [sys.executable, *code, *options], capture_output=True, text=True, check=False
    )


def test_the_command_says_that_all_is_the_same():
    done = run(["-m", "nnfs_lib"], "--short")
    assert done.returncode == 0, done.stderr
    head, *lines, last = done.stdout.splitlines()
    assert np.__version__ in head
    assert [line.split()[-1] for line in lines] == ["same"] * len(
        selfcheck.checks(short=True)
    )
    assert last.startswith(f"All {len(lines)} are the same")


def test_the_command_says_what_differs_and_why():
    """Where square roots are off by a bit, the first check finds it, and gives the reason."""
    code = """
import runpy, sys
import numpy as np
root = np.sqrt
np.sqrt = lambda x: np.nextafter(root(x), np.inf)
sys.argv = ["nnfs_lib", "--short"]
runpy.run_module("nnfs_lib", run_name="__main__")
"""
    done = run(["-c", code])
    assert done.returncode == 1
    assert "rounding" in done.stdout.splitlines()[1]
    assert "DIFFERENT" in done.stdout.splitlines()[1]
    assert "The first is: rounding." in done.stdout
    assert "-ffast-math" in done.stdout
