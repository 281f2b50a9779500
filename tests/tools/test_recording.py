"""What recording says of chapters and copies that are broken, and what it leaves alone."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from nnfs_lib import losses
from tools import record
from tools.chapters import Refused, read_source

HEAD = """---
kernelspec:
  name: python3
  display_name: Python 3 (ipykernel)
  language: python
---

# A chapter

"""


def cell(code, tags=""):
    return f"```{{code-cell}} ipython3\n{tags}{code}\n```\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "book" / "recorded").mkdir(parents=True)
    return tmp_path


def chapter(root, content, name="one"):
    source = root / "book" / f"{name}.md"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    return source


def run(root, *arguments):
    """The command itself, as `make record` starts it."""
    return subprocess.run(
        [sys.executable, "-m", "tools.record", "--root", str(root), *arguments],
        cwd=record.ROOT,
        capture_output=True,
        text=True,
    )


BROKEN = {
    "empty": ("", "empty"),
    "a byte order mark": ("\ufeff" + HEAD, "byte order mark"),
    "another encoding": (HEAD.encode() + b"\xff\xfe", "not UTF-8"),
    "bad YAML": (HEAD.replace("name: python3", "name: [python3"), "cannot be parsed"),
    "no kernelspec": ("# A chapter\n" + cell("1"), "no kernelspec"),
    "merge markers": (HEAD + "<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> main\n", "line 10 is a merge marker"),
    "half a merge": (HEAD + "||||||| base\nA\n=======\nB\n", "line 10 is a merge marker"),
    "a hidden value": (HEAD + cell("1 + 1;  # quiet"), "ends in ';'"),
    "clear_output": (HEAD + cell("from IPython.display import clear_output\nclear_output()"), "clear_output"),
    "clear_output by another name": (HEAD + cell("from IPython.display import clear_output as c\nc()"), "clear_output"),
    "a display that changes": (HEAD + cell("from IPython.display import DisplayHandle"), "DisplayHandle"),
    "update_display": (HEAD + cell("from IPython.display import update_display as u"), "update_display"),
    "display_id": (HEAD + cell("display(1, display_id=True)"), "display_id"),
    "skip-execution": (HEAD + cell("1", ":tags: [skip-execution]\n\n"), "skip-execution"),
    "nbval-skip": (HEAD + cell("1", ":tags: [nbval-skip]\n\n"), "nbval-skip"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_recorded_is_refused_before_it_is_executed(kind, root):
    content, reason = BROKEN[kind]
    with pytest.raises(Refused, match=reason) as caught:
        read_source(chapter(root, content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["two words", "v1.2", "Größe", "Dense"])
def test_names_that_make_bad_addresses_are_refused(name, root):
    with pytest.raises(Refused, match="rename it"):
        read_source(chapter(root, HEAD, name))


def test_a_semicolon_inside_a_cell_is_not_taken_for_one_at_its_end(root):
    for code in ("a = 1; b = 2", "print('x;')", "x = 1  # a;", "%matplotlib inline"):
        read_source(chapter(root, HEAD + cell(code)))


def test_a_title_underlined_with_seven_signs_is_no_merge_marker(root):
    assert read_source(chapter(root, HEAD + "Another\n=======\n"))


EXECUTED = {
    "an error": (cell("1 / 0"), "ZeroDivisionError: division by zero in the cell that begins '1 / 0'"),
    "a kernel that dies": (cell("import os\n\nos._exit(1)"), "the kernel died in the cell that begins 'import os'"),
    "no error where one is expected": (cell("1", ":tags: [raises-exception]\n\n"), "raises none"),
    "a warning": (cell("import warnings\n\nwarnings.warn('old')"), "wrote to stderr"),
    "a picture of pixels": (
        cell("from IPython.display import Image\n\nImage(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(16))"), "{'image/png'}"
    ),
    "an address": (cell("object()"), "an address in memory"),
    "a printed address": (cell("print(object())"), "an address in memory"),
}  # fmt: skip


def test_each_bad_chapter_is_named_in_a_line_and_the_good_one_is_recorded(
    root, monkeypatch
):
    for k, (content, _) in enumerate(EXECUTED.values()):
        chapter(root, HEAD + content, f"bad{k}")
    kernel = HEAD.replace("name: python3", "name: python2")
    chapter(root, kernel + cell("1"), "kernel")
    ends = root / "kernels" / "ends" / "kernel.json"  # a kernel that ends at once
    ends.parent.mkdir(parents=True)
    argv = [sys.executable, "-c", ""]
    ends.write_text(json.dumps({"argv": argv, "display_name": "", "language": ""}))
    monkeypatch.setenv("JUPYTER_PATH", str(root))
    kernel = HEAD.replace("name: python3", "name: ends")
    chapter(root, kernel + cell("1"), "ends")
    chapter(root, "", "nothing")
    chapter(root, HEAD + cell("1 + 1"), "zzz")
    process = run(root)
    assert process.returncode == 1
    said = process.stderr.splitlines()
    for k, (_, reason) in enumerate(EXECUTED.values()):
        (line,) = [line for line in said if f"book/bad{k}.md is not recorded" in line]
        assert reason in line
    assert (
        "book/kernel.md is not recorded: there is no kernel 'python2'" in process.stderr
    )
    assert "book/ends.md is not recorded: Kernel died before" in process.stderr
    assert "book/nothing.md is not recorded: it is empty" in process.stderr
    assert "Traceback" not in process.stderr
    assert [path.name for path in (root / "book" / "recorded").iterdir()] == [
        "zzz.ipynb"
    ]


def test_an_address_that_is_not_compared_is_recorded(root):
    tags = ":tags: [nbval-ignore-output]\n\n"
    record.record(chapter(root, HEAD + cell("object()", tags)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A recorded copy of the chapter below."""
    root = tmp_path_factory.mktemp("whole")
    (root / "book" / "recorded").mkdir(parents=True)
    source = chapter(root, HEAD + cell("1 + 1"))
    record.record(source)
    return record.recorded_path(source).read_bytes()


@pytest.mark.parametrize(
    "spoiled",
    [b"", b"{", b"<<<<<<< HEAD\n{}\n", b"[]", b"[" * 10**5, b"\xff", b'{"cells": 3}'],
    ids=["emptied", "cut", "merge markers", "a list", "deep", "no text", "no cells"],
)
def test_a_damaged_copy_is_not_current_and_can_be_recorded_again(spoiled, whole, root):
    source = chapter(root, HEAD + cell("1 + 1"))
    copy = record.recorded_path(source)
    copy.write_bytes(whole)
    assert record.is_current(source)
    copy.write_bytes(spoiled)
    assert not record.is_current(source)
    assert "one.md is not recorded as it stands" in record.check(root)[0]
    record.record(source)
    assert copy.read_bytes() == whole


LISTING = "from nnfs_lib.book.listing import source\nfrom nnfs_lib import losses\n\n"


def test_a_copy_that_lists_what_the_library_no_longer_says_is_not_current(
    root, monkeypatch
):
    source = chapter(
        root, HEAD + cell(f"{LISTING}source(losses.CategoricalCrossEntropy._evaluate)")
    )
    record.record(source)
    assert record.is_current(source)
    changed = losses.SoftmaxCrossEntropy._evaluate
    monkeypatch.setattr(losses.CategoricalCrossEntropy, "_evaluate", changed)
    assert not record.is_current(source)
    monkeypatch.delattr(losses, "CategoricalCrossEntropy")
    assert not record.is_current(source)
    monkeypatch.undo()
    copy = record.recorded_path(source)
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells[-1].outputs = []
    nbformat.write(notebook, copy)
    assert not record.is_current(source)


def test_a_listing_of_the_chapters_own_is_left_to_its_execution(root):
    code = f"{LISTING}def mine():\n    return 1\n\n\nsource(mine)"
    source = chapter(root, HEAD + cell(code))
    record.record(source)
    assert record.is_current(source)


def test_when_the_disk_is_full_the_good_copy_stays(whole, root, monkeypatch):
    source = chapter(root, HEAD + cell("1 + 1"))
    copy = record.recorded_path(source)
    copy.write_bytes(whole)

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        record.record(source)
    assert copy.read_bytes() == whole
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_the_library_of_this_folder_is_the_one_that_runs(root, monkeypatch):
    """Wherever the editable install points: here to another one, first in the path."""
    other = root / "elsewhere" / "nnfs_lib"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(other.parent))
    source = chapter(root, HEAD + cell("import nnfs_lib\n\nprint(nnfs_lib.__file__)"))
    record.record(source)
    copy = nbformat.read(record.recorded_path(source), as_version=4)
    expected = record.ROOT / "nnfs_lib" / "__init__.py"
    assert copy.cells[-1].outputs[0].text.strip() == str(expected)


def test_checking_names_what_cannot_be_recorded(root):
    chapter(root, "")
    assert record.check(root) == ["book/one.md cannot be recorded: it is empty"]
