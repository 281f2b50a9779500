"""The checks of the book can fail: damage a copy of a tiny book, and one turns red."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

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


def is_red(result, *messages):
    status, output = result
    assert status == 1, output
    for message in messages:
        assert message in output, f"no {message!r} in\n{output}"


def test_the_undamaged_copy_is_green(root):
    status, output = check(root)
    assert status == 0, output
    assert re.search(r"\b10 passed", output), output  # 3 cells, 7 tests of the book
    assert build.build(root).is_file()


def test_a_digit_of_a_recorded_output(root, recorded):
    edit(recorded, "0[.]3333", "0.3334")
    is_red(check(root, "book/recorded"), "Cell outputs differ", "1 failed, 2 passed")


def test_a_cell_that_was_never_executed(root, recorded):
    edit_cell(recorded, 0, execution_count=None, outputs=[])
    is_red(
        check(root, "book/recorded"), "Cell 0: this recorded cell was never executed"
    )
    assert record.check(root) == [STALE]


def test_another_picture(root, recorded):
    edit(recorded, r"M 0 0 ", "M 0 1 ")
    is_red(check(root, "book/recorded"), "mismatch 'image/svg+xml'")


def test_a_picture_that_is_not_compared(root, recorded):
    png = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}
    edit_cell(recorded, 2, outputs=[png])
    is_red(check(root, "book/recorded"), "Cell 2: nbval does not compare {'image/png'}")


def test_stderr_that_was_recorded(root, recorded):
    stderr = {"output_type": "stream", "name": "stderr", "text": ["careful\n"]}
    edit_cell(recorded, 0, outputs=[stderr])
    is_red(check(root, "book/recorded"), "this recorded cell wrote to stderr: careful")


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


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('careful', file=sys.stderr)", "wrote to stderr: careful"),
    ],
    ids=["raises", "stderr"],
)
def test_a_chapter_that_cannot_be_recorded(root, chapter, recorded, code, message):
    before = recorded.read_bytes()
    edit(chapter, "print.*", code)
    record_again = run(root, "tools/record.py", "--root", str(root))
    is_red(record_again, "tiny.md is not recorded", message)
    assert recorded.read_bytes() == before


def test_a_cell_that_raises(root, recorded):
    edit_cell(recorded, 0, source="1 / 0")
    is_red(check(root, "book/recorded"), "ZeroDivisionError", "caused an exception")


def test_a_reference_to_nothing(root, chapter, recorded):
    for path in (chapter, recorded):
        edit(path, "{numref}`fig-one`", "{numref}`fig-none`")
        edit(path, "a line, and", "[a line](gone.md), and")
    with pytest.raises(SystemExit, match="The build failed") as error:
        build.build(root)
    assert "undefined label: 'fig-none'" in str(error.value)
    assert "'gone.md'" in str(error.value)


def test_a_figure_that_no_sentence_mentions(root, chapter):
    edit(chapter, ", and so does {numref}`fig-two`", "")
    is_red(check(root, "-k", "referred"), "AssertionError: fig-two")


def test_a_chapter_that_the_build_would_execute(root, monkeypatch):
    monkeypatch.setattr(build, "fill_cache", lambda root: None)
    with pytest.raises(SystemExit, match=r"tiny\.md is not shown as it was recorded"):
        build.build(root)


def test_a_chapter_that_is_in_no_table_of_contents(root, chapter, recorded):
    shutil.copy(chapter, chapter.with_stem("more"))
    shutil.copy(recorded, recorded.with_stem("more"))
    edit(recorded.with_stem("more"), '"tiny-', '"more-', count=0)
    with pytest.raises(SystemExit, match=r"more\.md is not shown as it was recorded"):
        build.build(root)


def test_what_a_chapter_should_not_do(root, recorded):
    code = "open('numbers.txt')"
    edit_cell(recorded, 0, source=code, metadata={"tags": ["nbval-ignore-output"]})
    edit_cell(recorded, 1, metadata={})
    is_red(
        check(root, "-k", "tiny and not Cell"),
        "no caption at the cell",
        "prints no time:",
        "'open(' in the cell",
    )
