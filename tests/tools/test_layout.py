"""The layout in CONTRIBUTING.md, and the direction of imports that it promises."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_layout_names_every_folder():
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(
        git, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    folders = {f"{Path(file).parent.as_posix()}/" for file in files if "/" in file}
    layout = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Layout")[2]
    assert "nnfs_lib/book/verified/" in folders
    assert {folder for folder in folders if folder not in layout} == set()


def imported(path):
    """The full names of the modules and objects that a file of nnfs_lib imports."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)


def test_nothing_in_the_library_imports_the_book_tools_or_web():
    for path in (ROOT / "nnfs_lib").rglob("*.py"):
        inside = path.is_relative_to(ROOT / "nnfs_lib" / "book")
        forbidden = ("tools.", "web.", *([] if inside else ["nnfs_lib.book"]))
        wrong = [name for name in imported(path) if f"{name}.".startswith(forbidden)]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"
