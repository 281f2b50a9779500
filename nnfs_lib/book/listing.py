"""Show the library's own source in a notebook, so that a text about it cannot drift from it."""

from __future__ import annotations

import ast
import copy
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

WIDTH = 88
_UP_TO_COLON = re.compile(rb"(?:[^:#]|#.*)*:")


class Listing(str):
    """Source code that a notebook renders as a highlighted listing."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"```python\n{self}\n```"


def source(thing: Any) -> Listing:
    """The source of a class or function as it stands in its file, without docstrings and type annotations.

    Everything else stays as it is, comments and line breaks included. What is left of a signature goes on one line if
    it fits; comments among its arguments are dropped.

    Parameters
    ----------
    thing : class, function or method

    Returns
    -------
    Listing
        A string; as the last value of a notebook's cell it is shown as code.
    """
    text = textwrap.dedent(inspect.getsource(thing))
    encoded = text.encode()  # the parser counts columns in bytes
    for start, end, replacement in sorted(_edits(text), reverse=True):
        encoded = encoded[:start] + replacement.encode() + encoded[end:]
    return Listing(encoded.decode().rstrip())


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    """What to replace in the source: from byte, to byte, by what."""
    encoded = text.encode()
    lines = encoded.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def start(node: Any) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end(node: Any) -> int:
        return starts[node.end_lineno - 1] + node.end_col_offset

    def whole_lines(node: Any) -> tuple[int, int, str]:
        """Its lines, and the blank ones below."""
        below = node.end_lineno
        while below < len(lines) and not lines[below].strip():
            below += 1
        return starts[node.lineno - 1], starts[below], ""

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            last = max(map(end, [*_of_signature(node)]), default=start(node))
            colon = next(_UP_TO_COLON.finditer(encoded, last)).end()
            yield start(node), colon, _signature(node, text)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for statement in node.body if len(node.body) > 1 else []:
                if _is_docstring(statement, node) or _declares(statement, node):
                    yield whole_lines(statement)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield end(node.target), end(node.annotation), ""


def _of_signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Any]:
    """The parts of a signature that have a place in the source."""
    for part in ast.walk(function.args):
        if isinstance(part, (ast.arg, ast.expr)):
            yield part
    if function.returns is not None:
        yield function.returns


def _signature(function: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> str:
    """``def name(arguments):``, with defaults as they were written."""
    bare = copy.deepcopy(function.args)
    for part in ast.walk(bare):
        if isinstance(part, ast.arg):
            part.annotation = None
    defaults: list[str] = []

    def placeholder(default: ast.expr | None) -> Any:
        if default is None:
            return None
        defaults.append(ast.get_source_segment(text, default) or "")
        return ast.Name("?")

    bare.defaults = [placeholder(default) for default in bare.defaults]
    bare.kw_defaults = [placeholder(default) for default in bare.kw_defaults]
    in_order = iter(defaults)
    arguments = [
        f"{name}={next(in_order)}" if equals else name
        for name, equals, _ in (
            one.partition("=") for one in ast.unparse(bare).split(", ")
        )
    ]
    word = "def" if isinstance(function, ast.FunctionDef) else "async def"
    opening, margin = f"{word} {function.name}(", " " * function.col_offset
    line = f"{margin}{opening}{', '.join(arguments)}):"
    if len(line) <= WIDTH:
        return line.lstrip()
    rows = [f"{margin}    {', '.join(arguments)}"]
    if len(rows[0]) > WIDTH:
        rows = [f"{margin}    {argument}," for argument in arguments]
    return "\n".join([opening, *rows, f"{margin}):"])


def _is_docstring(statement: ast.stmt, parent: Any) -> bool:
    return statement is parent.body[0] and ast.get_docstring(parent) is not None


def _declares(statement: ast.stmt, parent: Any) -> bool:
    """A local variable's type without a value; in a class such a line may be a field, and stays."""
    return (
        isinstance(statement, ast.AnnAssign)
        and statement.value is None
        and not isinstance(parent, ast.ClassDef)
    )
