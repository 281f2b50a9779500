"""What the pages are given: the modules that run their cells, and Pyodide."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from browsing import pyodide

from tools import record
from web import bundle, get_pyodide

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("chapter", ["dense", "activations"])
def test_cells_show_the_recorded_outputs_with_the_same_matplotlib(chapter):
    """Figures too, which the browser's older matplotlib draws in another way."""
    recorded = nbformat.read(record.recorded_path(ROOT / f"book/{chapter}.md"), 4)
    code = [cell for cell in recorded.cells if cell.cell_type == "code"]
    program = """
import json, sys
sys.modules["matplotlib_inline.backend_inline"] = None  # a browser has none
import cells
shown = []
def show(kind, text):
    pieces = shown[-1]
    if pieces and pieces[-1][0] == kind == "stdout":  # what is printed comes in pieces
        text = pieces.pop()[1] + text
    pieces.append((kind, text))
cells.start(show)
for source in json.load(sys.stdin):
    shown.append([])
    assert cells.session.run(source, "<cell>"), shown[-1]
json.dump(shown, sys.__stdout__)
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=bundle.HERE,
        input=json.dumps([cell.source for cell in code]),
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    for cell, shown in zip(code, json.loads(run.stdout), strict=True):
        expected = [
            [kind, text or output.data["image/svg+xml"]]
            for output in cell.outputs
            for kind, text in [bundle.piece(output)]
        ]
        assert shown == expected, cell.source


def files_of(packages):
    """The files of Pyodide that a page loads."""
    wanted, waiting = {*bundle.CORE, "pyodide-lock.json"}, list(packages)
    lock = json.loads(get_pyodide.LOCK.read_text("utf-8"))["packages"]
    while waiting:
        package = lock[waiting.pop()]
        wanted.add(package["file_name"])
        waiting += package["depends"]
    return wanted


@pytest.mark.parametrize("module", bundle.PACKAGES)
def test_the_progress_bar_knows_the_total_size(module):
    files = files_of(bundle.PACKAGES[module])
    assert (
        sum((pyodide() / name).stat().st_size for name in files)
        == (bundle.BYTES[module])
    )


def test_pyodide_in_the_book_has_the_expected_checksums(tmp_path):
    folder = pyodide()
    copy = shutil.copytree(folder, tmp_path / "copy")
    bundle.add_pyodide(copy, tmp_path / "book")
    wanted = files_of(bundle.PACKAGES["cells"])
    assert wanted <= {path.name for path in (tmp_path / "book").iterdir()}
    with (copy / "pyodide.asm.js").open("ab") as file:
        file.write(b" ")
    with pytest.raises(
        SystemExit, match=r"pyodide\.asm\.js is not the file of Pyodide"
    ):
        bundle.add_pyodide(copy, tmp_path / "second")
    with pytest.raises(SystemExit, match=r"has no pyodide\.js"):
        bundle.add_pyodide(tmp_path, tmp_path / "third")
