"""`nnfs_lib.selfcheck` and ``python -m nnfs_lib``: the bits that every machine gets, written down, and who reads them.

test_bits runs the same checks as other processors would.
"""

import math
import platform
import subprocess
import sys
from functools import cache, partial

import numpy as np
import pytest

import nnfs_lib
from nnfs_lib import layers, numerics, selfcheck
from nnfs_lib.__main__ import main


def every_check():
    return {
        check.name: check
        for short in (False, True)
        for check in selfcheck.checks(short=short)
    }


@pytest.fixture(scope="module")
def computed():
    """What a check computes, by its name, kept for the other tests that look at it."""
    checks = every_check()
    return cache(lambda name: tuple(map(np.array, checks[name].compute())))


# The long runs in float64 belong to `python -m nnfs_lib`, on this and other machines; here they are short.
LONG = [
    pytest.param(name, marks=pytest.mark.slow) if name.startswith("2000") and "64" in name else name
    for name in every_check()
]  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_the_bits_are_the_known_ones(name, computed):
    check = every_check()[name]._replace(compute=partial(computed, name))
    assert check.digest() == check.known


def test_no_digest_is_written_down_without_a_check():
    assert set(selfcheck.KNOWN) == set(every_check())


@pytest.mark.parametrize("name", every_check())
def test_every_check_has_a_reason_in_words(name):
    assert every_check()[name].reason.endswith(".")


def test_the_training_is_long_unless_it_is_asked_to_be_short():
    names = [check.name for check in selfcheck.checks()]
    assert names == [check.name for check in selfcheck.checks(short=False)]
    assert next(name for name in names if "epochs" in name).startswith("2000")


def test_no_two_checks_compute_the_same():
    assert len(set(selfcheck.KNOWN.values())) == len(selfcheck.KNOWN)


@pytest.mark.parametrize("name", selfcheck.OPTIMIZERS)
def test_training_has_learned_something(name, computed):
    *_, losses = computed(f"2000 epochs of {name}, float32")
    assert losses.max() < 0.2 * math.log(3)  # log(3) is what guessing costs


def test_one_last_bit_of_one_product_is_noticed(monkeypatch):
    """A product whose first entry is off by its last bit, as with another BLAS."""
    exact = numerics.quick_product

    def almost(*arguments):
        result = exact(*arguments)
        # float64: the last of the 44 bits that a product keeps of its operands
        units = 1 if result.dtype == np.float32 else 2**9
        result[0, 0] += units * np.spacing(result[0, 0])
        return result

    for module in (numerics, layers):
        monkeypatch.setattr(module, "quick_product", almost)
    checks = selfcheck.checks(short=True)
    different = [check.name for check in checks if check.digest() != check.known]
    expected = [
        name
        for name in every_check()
        if name.startswith(("product", "each sample", "dropout", "100 epochs"))
    ]
    assert different == expected


@pytest.fixture
def command(monkeypatch, capsys):
    """``python -m nnfs_lib`` in this process: its exit status and the lines that it prints."""

    def run(*options):
        monkeypatch.setattr(sys, "argv", ["nnfs_lib", *options])
        status = main()
        return status, capsys.readouterr().out.splitlines()

    return run


def test_the_command_says_that_all_is_the_same(command, computed, monkeypatch):
    checks = [
        check._replace(compute=partial(computed, check.name))
        for check in selfcheck.checks(short=True)
    ]
    monkeypatch.setattr(selfcheck, "checks", lambda *, short: checks)
    status, lines = command("--short")
    assert status == 0
    assert lines[1:-1] == [f"{check.name:<45} {check.known}  same" for check in checks]
    assert lines[-1].startswith(f"All {len(lines) - 2} are the same")


def test_the_command_says_what_differs_and_why_the_first_does(command, monkeypatch):
    checks = selfcheck.checks(short=True)[:3]
    for check in checks[1:]:
        monkeypatch.setitem(selfcheck.KNOWN, check.name, "another")
    monkeypatch.setattr(selfcheck, "checks", lambda *, short: checks)
    status, lines = command()
    assert status == 1
    assert lines[1] == f"{'rounding':<45} {checks[0].digest()}  same"
    for check, line in zip(checks[1:], lines[2:4]):
        digest = check.digest()
        assert line == (f"{check.name:<45} {digest}  DIFFERENT: another is expected")
    assert lines[4:] == [
        f"2 of 3 differ. The first is: {checks[1].name}. {checks[1].reason}"
    ]


@pytest.mark.parametrize("options", [[], ["--short"]])
def test_the_command_trains_for_long_unless_told(command, monkeypatch, options):
    asked = []
    monkeypatch.setattr(selfcheck, "checks", lambda *, short: asked.append(short) or [])
    command(*options)
    assert asked == [bool(options)]


def test_the_command_names_the_machine(command, monkeypatch):
    monkeypatch.setattr(selfcheck, "checks", lambda *, short: [])
    _, lines = command()
    assert lines[0] == selfcheck.machine()
    assert nnfs_lib.__version__ in lines[0]
    assert np.__version__ in lines[0]
    assert platform.python_version() in lines[0]
    assert platform.machine() in lines[0]


def test_the_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit):
        command("--help")
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("usage: python -m nnfs_lib [-h] [--short]")
    assert "--short train for 100 epochs, not 2000" in text
    assert " ".join(selfcheck.__doc__.split()) in text


def test_a_square_root_that_is_off_by_a_bit_fails_the_command():
    """In a process of its own, which it leaves with 1: the first check finds it and gives the reason."""
    code = """
import runpy, sys
import numpy as np
root = np.sqrt
np.sqrt = lambda x: np.nextafter(root(x), np.inf)
sys.argv = ["nnfs_lib", "--short"]
runpy.run_module("nnfs_lib", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "rounding" in done.stdout.splitlines()[1]
    assert "DIFFERENT" in done.stdout.splitlines()[1]
    assert "The first is: rounding." in done.stdout
    assert "-ffast-math" in done.stdout


def test_a_digest_does_not_depend_on_the_order_of_bytes():
    values = np.linspace(0, 1, 5)
    swapped = values.astype(values.dtype.newbyteorder())
    assert selfcheck.digest_of([swapped]) == selfcheck.digest_of([values])
