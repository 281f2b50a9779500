"""What the pages are given: the modules that run their cells, and Pyodide."""

import json
import shutil

import pytest
from browsing import pyodide

from web import bundle, get_pyodide


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
    bundle.require_pyodide(copy)
    wanted = files_of(bundle.PACKAGES["cells"])
    assert wanted <= {path.name for path in copy.iterdir()}
    with (copy / "pyodide.asm.js").open("ab") as file:
        file.write(b" ")
    with pytest.raises(
        SystemExit, match=r"pyodide\.asm\.js is not the file of Pyodide"
    ):
        bundle.require_pyodide(copy)
    with pytest.raises(SystemExit, match=r"has no pyodide\.js"):
        bundle.require_pyodide(tmp_path)
