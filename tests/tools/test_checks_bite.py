"""The checks of the book can fail: damage a copy of a tiny book, and one turns red."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import build, notebooks, record

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "NO_COLOR": "1",
    "PYTHONUTF8": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
STALE = "book/tiny.md is not recorded as it stands: run 'make record'"
FIGURE = """\
```{code-cell} ipython3
---
mystnb:
  figure:
    caption: A line.
    name: fig-NAME
  image:
    alt: A line that rises.
---
plt.plot([0, NUMBER])
plt.show()
```
"""
CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A chapter

{numref}`fig-one` shows a line, and so does {numref}`fig-two`.

```{code-cell} ipython3
import matplotlib.pyplot as plt
from nnfs_lib import plots

plots.use_book_style()
print("one third is", 1 / 3)
```

""" + "\n".join(
    FIGURE.replace("NAME", name).replace("NUMBER", number)
    for name, number in (("one", "1"), ("two", "2"))
)


def run(root, *command):
    """Exit status and output of a command in a copy; nothing of this run leaks in."""
    env = {key: text for key, text in os.environ.items() if "PYTEST" not in key}
    process = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env={**env, **SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return process.returncode, process.stdout


def check(root, *which):
    # the other plugins take a second to start
    plugins = ("-p", "nbval.plugin", "-p", "pytest_timeout")
    return run(root, "-m", "pytest", *plugins, "--nbval", "--color=no", *which)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A copy of the checks, with a book of one chapter, recorded."""
    root = tmp_path_factory.mktemp("sound")
    for name in (
        "conftest.py",
        "LICENSE",
        "LICENSE-TEXT",
        "pyproject.toml",
        "_config.yml",
    ):
        shutil.copy(ROOT / name, root)
    for name in ("tools", "web"):
        shutil.copytree(ROOT / name, root / name)
    (root / "tests" / "book").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "book" / "test_book.py", root / "tests" / "book")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/tiny\n", "utf-8")
    (root / "book").mkdir()
    (root / "book" / "tiny.md").write_text(CHAPTER, "utf-8")
    (root / "book" / "references.bib").touch()
    status, output = run(root, "tools/record.py", "--root", str(root))
    assert status == 0, output
    return root


@pytest.fixture
def root(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "copy")


@pytest.fixture
def chapter(root):
    return root / "book" / "tiny.md"


@pytest.fixture
def recorded(chapter):
    return record.recorded_path(chapter)


def edit(path, old, new, count=1):
    text = path.read_text("utf-8")
    assert re.search(old, text), f"{old!r} is not in {path.name}"
    path.write_text(re.sub(old, new, text, count=count), "utf-8")


def edit_cell(recorded, number, **changes):
    """Change parts of a code cell of the recorded notebook."""
    notebook = json.loads(recorded.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    cells[number].update(changes)
    recorded.write_text(json.dumps(notebook), "utf-8")


def changed(**parts):
    """How a cell is damaged: some of its parts are others."""
    return lambda cell: {**cell, **parts}


def replaced(old, new):
    """The same, by a text in it."""

    def damage(cell):
        assert old in json.dumps(cell)
        return json.loads(json.dumps(cell).replace(old, new, 1))

    return damage


def is_red(result, *messages):
    status, output = result
    assert status == 1, output
    for message in messages:
        assert message in output, f"no {message!r} in\n{output}"


def test_the_undamaged_copy_is_green(root):
    status, output = check(root)
    assert status == 0, output
    assert re.search(r"\b11 passed", output), output  # 3 cells, 8 tests of the book
    assert build.build(root).is_file()


# ---- recorded cells

NEVER_EXECUTED = {"execution_count": None, "outputs": []}
PNG = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}
STDERR = {"output_type": "stream", "name": "stderr", "text": ["careful\n"]}
# Each with the cell that is damaged, and with what is said of it.
DAMAGE = {
    "a digit": (0, replaced("0.3333", "0.3334"), "Cell outputs differ"),
    "another picture": (1, replaced("M 0 0 ", "M 0 1 "), "mismatch 'image/svg+xml'"),
    "another format": (2, changed(outputs=[PNG]), "nbval does not compare {'image/png'}: make it image/svg+xml"),
    "not executed": (0, changed(**NEVER_EXECUTED), "was never executed: run 'make record'"),
    "stderr": (0, changed(outputs=[STDERR]), "wrote to stderr: careful"),
    "an error": (0, changed(source="1 / 0"), "ZeroDivisionError"),
}  # fmt: skip


@pytest.fixture(scope="module")
def said(sound, tmp_path_factory):
    """What is said of each cell that turns red, where all damaged cells stand below the undamaged ones."""
    root = shutil.copytree(sound, tmp_path_factory.mktemp("damaged") / "copy")
    recorded = record.recorded_path(root / "book" / "tiny.md")
    notebook = json.loads(recorded.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    damaged = [damage(cells[number]) for number, damage, _ in DAMAGE.values()]
    notebook["cells"] = [
        {**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells + damaged)
    ]
    recorded.write_text(json.dumps(notebook), "utf-8")
    check(root, "book/recorded", "--junit-xml=report.xml")
    return {
        int(cell.get("name").removeprefix("Cell ")): trouble.text
        for cell in ElementTree.parse(root / "report.xml").iter("testcase")
        for trouble in [*cell.iter("failure"), *cell.iter("error")]
    }


def test_each_damaged_cell_turns_red_and_no_other(said):
    assert list(said) == [*range(3, 3 + len(DAMAGE))]
    for (_, _, expected), text in zip(DAMAGE.values(), said.values()):
        assert expected in text


def test_a_copy_that_was_never_executed_is_stale(root, recorded):
    edit_cell(recorded, 0, **NEVER_EXECUTED)
    assert record.check(root) == [STALE]


# ---- chapters


def test_a_chapter_that_was_edited(root, chapter):
    edit(chapter, "shows a line", "shows a straight line")
    assert record.check(root) == [STALE]


BUILDS = {
    "html": build.build,
    "without solutions": build.build_without_solutions,
    "plain Sphinx": build.plain_sphinx,
    "notebooks": lambda root: notebooks.write(root, root / "notebooks"),
}


@pytest.mark.parametrize("kind", BUILDS)
def test_a_copy_that_is_damaged_is_named_before_it_is_built(kind, root, recorded):
    recorded.write_text("<<<<<<< HEAD\n{}\n", "utf-8")
    with pytest.raises(SystemExit) as error:
        BUILDS[kind](root)
    assert error.value.code == STALE


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
@pytest.mark.parametrize("red", ["tools.record", "pytest", "nothing"])
def test_make_check_reports_stale_chapters_and_red_tests(red, tmp_path):
    python = tmp_path / "bin" / "python"  # says what it would run
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "running $2"\n[ "$2" != {red} ]\n')
    python.chmod(0o755)
    (tmp_path / "ready").touch()
    make = ["make", "check", f"VENV={tmp_path}"]
    process = subprocess.run(make, cwd=ROOT, capture_output=True, text=True)
    assert "running tools.record\n" in process.stdout
    assert "running pytest\n" in process.stdout
    assert (process.returncode == 0) == (red == "nothing")


def test_a_recorded_notebook_without_chapter(root, recorded):
    shutil.copy(recorded, recorded.with_stem("gone"))
    assert record.check(root) == [
        "book/recorded/gone.ipynb has no chapter in book/: delete it"
    ]


def test_chapters_that_cannot_be_recorded_are_named_and_their_copies_stay(
    root, chapter, recorded
):
    other = Path(shutil.copy(chapter, chapter.with_stem("other")))
    shutil.copy(recorded, record.recorded_path(other))
    before = recorded.read_bytes()
    edit(chapter, "print.*", "1 / 0")
    edit(other, "print.*", "import sys; print('careful', file=sys.stderr)")
    is_red(
        run(root, "tools/record.py", "--root", str(root)),
        "tiny.md is not recorded",
        "ZeroDivisionError",
        "other.md is not recorded",
        "wrote to stderr: careful",
    )
    assert recorded.read_bytes() == before
    assert record.recorded_path(other).read_bytes() == before


def test_a_chapter_that_the_build_would_execute(root, monkeypatch):
    monkeypatch.setattr(build, "fill_cache", lambda root: None)
    with pytest.raises(SystemExit, match=r"tiny\.md is not shown as it was recorded"):
        build.build(root)


def test_references_to_nothing_and_a_chapter_in_no_table_of_contents(
    root, chapter, recorded
):
    shutil.copy(chapter, chapter.with_stem("more"))
    shutil.copy(recorded, recorded.with_stem("more"))
    edit(recorded.with_stem("more"), '"tiny-', '"more-', count=0)
    for path in (chapter, recorded):
        edit(path, "{numref}`fig-one`", "{numref}`fig-none`")
        edit(path, "a line, and", "[a line](gone.md), and")
    with pytest.raises(SystemExit, match="The build failed") as error:
        build.build(root)
    trouble = str(error.value).partition("The build failed")[2]
    assert "undefined label: 'fig-none'" in trouble
    assert "'gone.md'" in trouble
    assert "more.md is not shown as it was recorded" in trouble
    assert "tiny.md is not shown as it was recorded" not in trouble


def test_what_a_chapter_should_not_do(root, chapter, recorded):
    edit(chapter, ", and so does {numref}`fig-two`", "")
    code = "open('numbers.txt')"
    edit_cell(recorded, 0, source=code, metadata={"tags": ["nbval-ignore-output"]})
    edit_cell(recorded, 1, metadata={})
    is_red(
        check(root, "-k", "(tiny and not Cell) or referred"),
        "AssertionError: fig-two",  # no sentence mentions it
        "no caption at the cell",
        "prints no time:",
        "'open(' in the cell",
    )
