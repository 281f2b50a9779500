"""Show the library's own source in a notebook, so that a text about it cannot drift from it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any


class Listing(str):
    """Source code that a notebook renders as a highlighted listing."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"```python\n{self}\n```"


def source(thing: Any) -> Listing:
    """The source of a class or function as it stands in its file, without its docstrings.

    Parameters
    ----------
    thing : class, function or method

    Returns
    -------
    Listing
        A string; as the last value of a notebook's cell it is shown as code.
    """
    text = textwrap.dedent(inspect.getsource(thing))
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, (ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            docstring = node.body[0]
            last = docstring.end_lineno or docstring.lineno
            while (
                last < len(lines) and not lines[last].strip()
            ):  # and the blank lines below it
                last += 1
            for number in range(docstring.lineno - 1, last):
                lines[number] = "\0"
    return Listing("\n".join(line for line in lines if line != "\0"))
