"""The tools of `make machines` find differences and count what they compared."""

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnfs_lib import selfcheck
from nnfs_lib.book import verified
from tools.machines import chapters, measure
from tools.machines.__main__ import KINDS
from tools.machines.machine import LONG, Machine, NotHere

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tools" / "machines" / "chapters.py"


CHAPTER = json.loads((ROOT / "book/recorded/basics.ipynb").read_text("utf-8"))
CODE = [cell for cell in CHAPTER["cells"] if cell["cell_type"] == "code"]
BEGINNING = {**CHAPTER, "cells": CODE[:6]}  # a picture, printed lines, a result


@pytest.fixture
def root(tmp_path):
    """A copy of the runner beside the beginning of a recorded chapter."""
    (tmp_path / "tools" / "machines").mkdir(parents=True)
    shutil.copy(RUNNER, tmp_path / "tools" / "machines")
    (tmp_path / "book" / "recorded").mkdir(parents=True)
    chapter = tmp_path / "book" / "recorded" / "basics.ipynb"
    chapter.write_text(json.dumps(BEGINNING), "utf-8")
    return tmp_path


def run(root, *options):
    runner = root / "tools" / "machines" / "chapters.py"
    done = subprocess.run(
        [sys.executable, str(runner), "basics", *options],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    return found["compared"], found["differences"]


def edit(root, change):
    """Change the code cells of the recorded chapter."""
    path = root / "book" / "recorded" / "basics.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    change([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    path.write_text(json.dumps(notebook), "utf-8")


def outputs_of(cells, kind):
    return [o for cell in cells for o in cell["outputs"] if kind in o.get("data", o)]


def move_a_part(cells):
    data = outputs_of(cells, "image/svg+xml")[0]["data"]
    picture = "".join(data["image/svg+xml"])
    assert '<rect x="' in picture
    data["image/svg+xml"] = picture.replace('<rect x="', '<rect x="9', 1)


def change_a_digit(cells):
    output = outputs_of(cells, "text")[0]
    text = "".join(output["text"])
    digit = next(c for c in text if c.isdigit())
    output["text"] = text.replace(digit, str(9 - int(digit)), 1)


def raise_an_error(cells):
    cells[-1]["source"] = "1 / 0"


N_RECORDED = sum(len(cell["outputs"]) for cell in BEGINNING["cells"])
N_PICTURES = len(outputs_of(BEGINNING["cells"], "image/svg+xml"))


def test_every_output_is_compared_without_jupyter(root):
    assert N_RECORDED > N_PICTURES + 2
    assert run(root) == (N_RECORDED, [])


def test_pictures_can_be_left_out_and_are_not_counted(root):
    edit(root, move_a_part)
    assert N_PICTURES
    assert run(root, "--without-pictures") == (N_RECORDED - N_PICTURES, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_a_digit, "stdout"),
        (move_a_part, '<rect x="9'),
        (raise_an_error, "ZeroDivisionError"),
    ],
)
def test_differences_are_found(root, change, message):
    edit(root, change)
    _, (difference,) = run(root)
    assert message in difference


def test_the_order_of_ids_in_a_picture_is_compared_but_not_the_ids():
    picture = "url(#{}) url(#{})"
    names = ["p0123456789", "habcdef0123"]
    first, same, other = (
        chapters.with_numbered_names({"image/svg+xml": picture.format(*pair)})
        for pair in (names, names[::-1], names[:1] * 2)
    )
    assert first == same != other


def test_a_failing_self_check_is_a_difference():
    code = (
        "print('100 epochs of SGD, float32   0123456789abcdef  DIFFERENT: x'); exit(1)"
    )
    machine = Machine("broken", python=(sys.executable, "-c", code))
    hashed, differences = measure.self_check(machine)
    assert len(hashed) == 16
    assert "DIFFERENT" in differences[0]


def test_a_self_check_without_long_runs_is_a_difference():
    machine = Machine("silent", python=(sys.executable, "-c", ""))
    _, differences = measure.self_check(machine)
    assert differences


def test_a_machine_must_confirm_what_its_name_says():
    with pytest.raises(NotHere):
        Machine("a wish", in_effect=lambda facts: False).checked_facts()


def test_the_recorded_table_matches_the_current_library():
    """Every machine of the book's table gave these very digests; of each kind it is said whether it was run."""
    names = [check.name for check in selfcheck.checks() if "epochs of" in check.name]
    known = measure.hash_of([(name, selfcheck.KNOWN[name]) for name in names])
    every = verified.load("machines")
    assert {row["kind"] for row in every} == set(KINDS)
    rows = [row for row in every if "not run" not in row]
    assert {"x86-64", "versions", "arm64", "webassembly"} <= {
        row["kind"] for row in rows
    }
    assert {row["hash"] for row in rows} == {known}
    assert all(row["same"] for row in rows)


def test_a_chapter_that_is_left_out_is_not_executed(monkeypatch):
    every = tuple(path.stem for path in measure.RECORDED.glob("*.ipynb"))
    machine = Machine("this one", jupyter=False, left_out=every)
    assert measure.execute_without_jupyter(machine) == measure.Result()
    monkeypatch.setattr(measure, "run_pytest", lambda machine, *which: which)
    kept = measure.recorded_chapters(Machine("this one", left_out=every[1:]))
    assert [Path(path).stem for path in kept] == [every[0]]


def test_chapters_of_long_runs_exist():
    assert all((ROOT / "book" / f"{name}.md").exists() for name in LONG)


def test_ranks_on_one_kind_of_machine_agree_and_do_not_count_as_two():
    this = Machine("this one", mpi=Path(sys.prefix))
    (difference,) = measure.rank_beside_this(this)
    known = {selfcheck.KNOWN[selfcheck.REGULARIZED]}
    assert difference.endswith(f"digests: {known}")
    assert difference.count(platform.machine()) == 2


def test_a_rank_that_does_not_start_is_a_difference():
    absent = Machine("absent", python=("/nowhere/python",), mpi=Path("/nowhere"))
    (difference,) = measure.rank_beside_this(absent, timeout=60)
    assert "/nowhere/python" in difference


def test_ranks_that_do_not_end_are_stopped_and_a_difference():
    sleeps = Machine("asleep", python=("sh", "-c", "sleep 1000"), mpi=Path("/nowhere"))
    (difference,) = measure.rank_beside_this(sleeps, timeout=3)
    assert difference.endswith("timed out after 3 seconds")


def test_training_goes_on_after_a_change_of_machine_and_a_difference_is_seen(
    monkeypatch,
):
    measure.BUILD.mkdir(parents=True, exist_ok=True)
    assert measure.halves(Machine("this one")) == []
    monkeypatch.setitem(selfcheck.KNOWN, selfcheck.REGULARIZED, "0" * 16)
    differences = measure.halves(Machine("this one"))
    assert ["ended this one" in text for text in differences] == [True, False]
