"""What the chapter on optimizers prints of its runs, for the playground to compare its own with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import nbformat

import nnfs_lib

RUN = re.compile(r'^results\["[\w, ]+"\] = train\((.+)\)$', re.M)
LINE = re.compile(r"^epoch: +(\d+), .*$", re.M)


def printed_runs(chapters: Iterable[Path]) -> dict[str, dict[str, str]]:
    """The lines by their epoch, for each run by the name that web/python/playground.py gives to it."""
    names = {name: getattr(nnfs_lib, name) for name in nnfs_lib.__all__}
    runs = {}
    for cell in (cell for path in chapters for cell in nbformat.read(path, 4).cells):
        if found := RUN.search(cell.source):
            optimizer = eval(found[1], dict(names))
            (output,) = cell.outputs
            lines = {line[1]: line[0] for line in LINE.finditer(output.text)}
            runs[f"{optimizer!r}, 64 neurons, seed 0"] = lines
    return runs
