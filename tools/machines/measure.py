"""Compute the book's numbers on a machine, and compare them with the recorded ones."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from nnfs_lib import selfcheck

from .machine import BUILD, HERE, ROOT, Machine, last_line

RECORDED = ROOT / "book" / "recorded"
TESTS = [ROOT / "tests" / "library", ROOT / "tests" / "book"]
LONG_RUN = re.compile(r"^(\d+ epochs of .+?) +([0-9a-f]{16})  ", re.MULTILINE)
CELL = re.compile(r"Cell (\d+)$")


@dataclass
class Result:
    """How much was compared, and what differed, in the words of the check."""

    compared: int = 0  # recorded outputs
    tests: int = 0
    differences: list[str] = field(default_factory=list)


def self_check(machine: Machine) -> tuple[str, list[str]]:
    """One hash over the digests of all long runs, and the differences."""
    result = machine.run("-m", "nnfs_lib")
    runs = LONG_RUN.findall(result.stdout)
    different = [line for line in result.stdout.splitlines() if "DIFFERENT" in line]
    if result.returncode or not runs:
        different.append(last_line(result.stdout))
    return hash_of(runs) if runs else "", different


def hash_of(runs: list[tuple[str, str]]) -> str:
    """One hash of the names and digests of training runs."""
    text = "\n".join(f"{name} {digest}" for name, digest in runs)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def halves(machine: Machine) -> list[str]:
    """Train half of the epochs here and half there, and the other way round; the differences."""
    this, differences = Machine("here"), []
    for first, second in ((this, machine), (machine, this)):
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            begun = first.run(str(HERE / "halves.py"), "first", folder)
            ended = second.run(str(HERE / "halves.py"), "second", folder)
        digest = last_line(ended.stdout)
        if digest != selfcheck.KNOWN[selfcheck.REGULARIZED]:
            printed = f"{last_line(begun.stdout)}, then {digest}"
            differences.append(f"begun {first.name}, ended {second.name}: {printed}")
    return differences


def rank_beside_this(machine: Machine, timeout: float = 3600) -> list[str]:
    """Train on two MPI ranks, of which one is this machine and one the other; the differences."""
    try:
        result = machine.run_as_rank_beside_this(HERE / "ranks.py", timeout)
    except subprocess.TimeoutExpired as error:
        return [str(error)]
    try:
        here, there = json.loads(last_line(result.stdout))
    except ValueError:
        return [result.stdout]
    digests = {here[1], there[1], selfcheck.KNOWN[selfcheck.REGULARIZED]}
    if here[0] == there[0] or len(digests) > 1:
        return [
            f"ranks of one job on {here[0]} and {there[0]}, with digests: {digests}"
        ]
    return []


def recorded_chapters(machine: Machine, tests: bool = False) -> Result:
    """Compare the recorded chapters; with Jupyter, also run the tests of library and book if asked."""
    if not machine.jupyter:
        return execute_without_jupyter(machine)
    recorded = map(str, recorded_notebooks(machine))
    return run_pytest(machine, *map(str, TESTS if tests else []), *recorded)


def recorded_notebooks(machine: Machine) -> list[Path]:
    """Those that the machine does not leave out."""
    every = sorted(RECORDED.glob("*.ipynb"))
    return [path for path in every if path.stem not in machine.left_out]


def run_pytest(machine: Machine, *which: str) -> Result:
    """Run tests and recorded chapters with the machine's own pytest and Jupyter."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        process = machine.run(
            *("-m", "pytest", "--nbval", "-q", "--tb=short", "-p", "no:cacheprovider"),
            *("-n", "2", "--dist", "loadscope", f"--junit-xml={report}", *which),
        )
        if not report.exists():
            return Result(differences=[process.stdout])
        cases = list(ElementTree.parse(report).iter("testcase"))
    result = Result()
    for case in cases:
        cell = CELL.match(case.get("name", ""))
        if {child.tag for child in case} & {"failure", "error"}:
            text = "".join(part.text or "" for part in case)
            result.differences.append(
                f"{case.get('classname')} {case.get('name')}: {text}"
            )
        elif cell and not len(case):
            chapter = case.get("classname", "").split(".")[-2]
            result.compared += n_outputs(chapter, int(cell[1]))
        elif not len(case):  # passed, not skipped
            result.tests += 1
    if process.returncode and not result.differences:
        result.differences.append(process.stdout)
    return result


def n_outputs(chapter: str, number: int) -> int:
    """How many outputs of a recorded cell nbval compares."""
    notebook = json.loads((RECORDED / f"{chapter}.ipynb").read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    ignored = "nbval-ignore-output" in cells[number]["metadata"].get("tags", [])
    return 0 if ignored else len(cells[number]["outputs"])


def execute_without_jupyter(machine: Machine) -> Result:
    result = Result()
    options = [] if machine.pictures else ["--without-pictures"]
    for path in recorded_notebooks(machine):
        process = machine.run(str(HERE / "chapters.py"), path.stem, *options)
        if process.returncode:
            result.differences.append(f"{path.stem}: {process.stdout[-2000:]}")
        else:
            found = json.loads(last_line(process.stdout))
            result.compared += found["compared"]
            result.differences += found["differences"]
        print(".", end="", file=sys.stderr, flush=True)
    return result
