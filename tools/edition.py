"""Copy what the book is built from, and take the solutions out of the copy.

A book whose sources have no solutions has none anywhere: not in its pages, its downloads, its search, its PDF.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat

from tools.chapters import read_source, recorded_path, sources
from tools.record import require_current

NAME = "without-solutions"
FILES = ("_config.yml", "_toc.yml", "genindex.md")
FOLDERS = ("book", "web/extensions", "web/latex", "web/root", "web/static")
BEGIN, END = ":::{solution-start}", ":::{solution-end}"
SOLUTION = re.compile(rf"^{BEGIN}.*?^{END}\n:::\n+", re.DOTALL | re.MULTILINE)
LEFTOVERS = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")


def copy_of_book(root: Path, target: Path) -> Path:
    """Copy what a build reads to a folder where it may write."""
    for name in FILES:
        shutil.copy(root / name, target)
    for name in FOLDERS:
        shutil.copytree(root / name, target / name, ignore=LEFTOVERS)
    return target


def without_solutions(root: Path) -> Path:
    """A copy of the book in root that has no solutions; an earlier copy is replaced."""
    require_current(root)
    target = root / "_build" / NAME
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    copy_of_book(root, target)
    for source in sources(target):
        cut(source)
    return target


def cut(source: Path) -> None:
    """Cut the solutions out of a chapter and its recorded copy."""
    kept, inside = [], 0
    for cell in nbformat.read(recorded_path(source), as_version=4).cells:
        if cell.cell_type == "markdown":
            inside += cell.source.count(BEGIN) - cell.source.count(END)
        elif not inside:
            kept.append(cell)
    text = source.read_text("utf-8")
    source.write_text(SOLUTION.sub("", text), "utf-8", newline="\n")
    notebook = read_source(source)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = 0
    for cell, old in zip(code, kept, strict=True):
        number += bool(cell.source.strip())
        cell.outputs, cell.execution_count = old.outputs, number
    nbformat.write(notebook, recorded_path(source))
