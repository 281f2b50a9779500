"""What the chapter on optimizers prints of its training runs, for the playground to compare its own with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat

import nnfs_lib
from nnfs_lib.optimizers import Optimizer

RUN = re.compile(r'^results\["[\w, ]+"\] = train\((.+)\)$', re.MULTILINE)
LINE = re.compile(r"^epoch: +(\d+), .*$", re.MULTILINE)


def printed_runs(chapters: Iterable[Path]) -> dict[str, dict[str, str]]:
    """The printed lines by epoch, for each run under the name that web/python/playground.py gives it."""
    runs = {}
    for cell in (cell for path in chapters for cell in nbformat.read(path, 4).cells):
        if found := RUN.search(cell.source):
            (output,) = cell.outputs
            lines = {line[1]: line[0] for line in LINE.finditer(output.text)}
            runs[f"{optimizer(found[1])!r}, 64 neurons, seed 0"] = lines
    return runs


def optimizer(call: str) -> Optimizer:
    """The optimizer that ``SGD(learning_rate=1.0)`` stands for: a name of the library, and literal settings.

    Raises
    ------
    ValueError
        The text is anything else; nothing of it is executed.
    """
    match ast.parse(call, mode="eval").body:
        case ast.Call(ast.Name(name), [], keywords) if name in nnfs_lib.__all__:
            made = getattr(nnfs_lib, name)
            settings = {each.arg: ast.literal_eval(each.value) for each in keywords}
            if issubclass(made, Optimizer) and None not in settings:
                return made(**settings)
    raise ValueError(f"{call!r} is not an optimizer of nnfs_lib with literal settings")
