"""Read the chapters in book/, and refuse those that cannot be recorded, built or checked.

Every refusal is one line that says what is wrong and what to do.
"""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import jupytext
from nbformat import NotebookNode

NAME = re.compile(r"[a-z][a-z0-9_-]*")
MERGE_MARKER = re.compile(r"^(<{7} |\|{7} |>{7} )", re.MULTILINE)
# What nbval sees otherwise than the recording does, by a pattern of the source.
NOT_REPEATABLE = {
    "clear_output": re.compile(r"\bclear_output\b"),
    "DisplayHandle": re.compile(r"\bDisplayHandle\b"),
    "update_display": re.compile(r"\bupdate_display\b"),
    "display_id": re.compile(r"\bdisplay_id\s*="),
}


class Refused(Exception):
    """Why a chapter is not recorded, in one line."""

    def __init__(self, reason: object) -> None:
        super().__init__(" ".join(str(reason).split())[:500])


def sources(root: Path) -> list[Path]:
    return sorted((root / "book").glob("*.md"))


def recorded_path(source: Path) -> Path:
    return source.parent / "recorded" / f"{source.stem}.ipynb"


def read_source(source: Path) -> NotebookNode:
    """The chapter as a notebook without outputs; the same each time."""
    if not NAME.fullmatch(source.stem):
        raise Refused(
            "rename it, with lowercase letters, digits, - and _ only: its name becomes part of an address"
        )
    notebook = _parsed(source)
    kernelspec = notebook.metadata.get("kernelspec")
    if not kernelspec or not kernelspec.get("name"):
        raise Refused(
            "its head has no kernelspec: begin it as the other chapters begin"
        )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem}-{number}"
        if cell.cell_type == "code":
            require_repeatable(cell)
    notebook.metadata = NotebookNode(
        kernelspec=kernelspec, language_info={"name": "python"}
    )
    return notebook


def _parsed(source: Path) -> NotebookNode:
    try:
        text = source.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"it is not UTF-8: {error}") from None
    if text.startswith("\N{BYTE ORDER MARK}"):
        raise Refused("it begins with a byte order mark: save it as UTF-8 without one")
    if not text.strip():
        raise Refused("it is empty")
    if marker := MERGE_MARKER.search(text):
        line = text.count("\n", 0, marker.start()) + 1
        raise Refused(f"line {line} is a merge marker: finish the merge first")
    try:
        return jupytext.reads(text, fmt="md:myst")
    except Exception as error:  # of YAML and markdown-it, in many kinds
        raise Refused(f"it cannot be parsed: {error}") from None


def require_repeatable(cell: NotebookNode) -> None:
    """Refuse a cell whose outputs nbval could not repeat, whatever they are."""
    where = f"the cell that begins {first_line(cell)!r}"
    for tag in cell.metadata.get("tags", []):
        if tag in ("skip-execution", "nbval-skip"):
            raise Refused(
                f"{where} is tagged {tag}: what is not executed is not checked"
            )
    for name, pattern in NOT_REPEATABLE.items():
        if pattern.search(cell.source):
            raise Refused(f"{where} uses {name}, which nbval cannot repeat")
    if _ends_in_semicolon(cell.source):
        raise Refused(
            f"{where} ends in ';', which hides its value here and not from nbval: assign it"
        )


def first_line(cell: NotebookNode) -> str:
    return cell.source.strip().partition("\n")[0][:60]


def _ends_in_semicolon(source: str) -> bool:
    skipped = tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # magics; execution will tell
        return source.rstrip().endswith(";")
    code = [
        token.string for token in tokens if token.type not in skipped and token.string
    ]
    return bool(code) and code[-1] == ";"
