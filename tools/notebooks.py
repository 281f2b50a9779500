"""Write the recorded chapters so that they run and read well anywhere: ``python -m tools.notebooks FOLDER``.

The first cell installs what a chapter imports, which it cannot contain itself: it would run everywhere. What only this
book's pages and JupyterLab understand, directives and roles of MyST, becomes Markdown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.address import ROOT, library, site
from tools.chapters import recorded_path, sources
from tools.lab.references import references
from tools.record import require_current

BEGIN = re.compile(r"(?P<fence>:{3,}|`{3,})\{(?:prf:)?(?P<kind>[\w-]+)\} *(?P<rest>.*)")
OPTION = re.compile(r":(\w+): *(.*)")
LEFT_OUT = {"index", "only", "raw", "solution-end"}
ROLE = re.compile(r"\{(?:prf:)?(?P<kind>[\w:]+)\}`(?P<text>[^`]+)`")
TITLED = re.compile(r"(?P<title>.+) <(?P<target>[^>]+)>")
LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<file>[\w/-]+\.md)?(?P<label>#[\w-]+)?\)")
EQUATION = re.compile(r"^\$\$ \(([\w-]+)\)", re.MULTILINE)
TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
Names = dict[str, dict[str, str]]


def without_myst(text: str, names: Names, book: str | None = None) -> str:
    """The Markdown of a chapter as any notebook shows it; links to other pages need the address of the book."""
    text = EQUATION.sub(lambda found: f"\\tag{{{number(found[1], names)}}}\n$$", text)
    text = "\n".join(without_directives(TARGET.sub("", text), names))
    text = ROLE.sub(lambda found: role(found, names), text)
    text = LINK.sub(lambda found: link(found, names, book), text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def without_directives(text: str, names: Names) -> Iterator[str]:
    ends: list[tuple[str, str | None]] = []  # fences, and what stands in their place
    options: dict[str, str] | None = None
    heading = ("", "")
    for line in [*text.split("\n"), ""]:
        if options is not None:
            if found := OPTION.fullmatch(line):
                options[found[1]] = found[2]
                continue
            yield title(*heading, options, names)
            options = None
        if ends and line == ends[-1][0]:
            yield ends.pop()[1] or ""
        elif found := BEGIN.fullmatch(line):
            kind = found["kind"]
            closing = {"dropdown": "\n</details>\n", "proof": "∎"}
            dropped = None if kind in LEFT_OUT else closing.get(kind, "")
            ends.append((found["fence"], dropped))
            heading, options = (kind, found["rest"]), {}
        elif all(end is not None for _, end in ends):
            yield line
    if heading[0] == "solution-start":  # its code is in cells of their own
        yield "\n</details>"


def title(kind: str, rest: str, options: dict[str, str], names: Names) -> str:
    """What a directive begins with."""
    name = names.get(options.get("label", rest), {}).get("text", "")
    match kind:
        case "exercise" | "theorem":
            return f"**{name}**" + (f" ({rest})" if rest else "") + "\n"
        case "proof":
            return "*Proof.*\n"
        case "dropdown":
            rest = re.sub(r"`([^`]+)`", r"<code>\1</code>", rest)
            return f"<details><summary>{rest}</summary>\n"
        case "solution-start":
            return f"<details><summary>Solution of {name}</summary>\n"
        case "admonition":
            return f"**{rest}**\n"
    return ""


def number(label: str, names: Names) -> str:
    return names[label]["text"].strip("()")


def role(found: re.Match[str], names: Names) -> str:
    kind, text = found["kind"], found["text"]
    if kind.startswith("cite:"):
        form = "narrative" if kind == "cite:t" else "text"
        cited = [names[key.strip()] for key in text.split(",")]
        links = [
            f"[{each[form]}]({each['url']})" if each["url"] else each[form]
            for each in cited
        ]
        return " and ".join(links) if kind == "cite:t" else f"({'; '.join(links)})"
    if titled := TITLED.fullmatch(text):
        return titled["title"]
    if kind == "term":
        return text
    if text not in names:
        raise ValueError(
            f"{found[0]} refers to nothing that a notebook can name; classes and functions stand in plain backticks"
        )
    return names[text]["text"]


def link(found: re.Match[str], names: Names, book: str | None) -> str:
    text, file, label = found.group("text", "file", "label")
    if not file:
        name = names.get((label or "").removeprefix("#"))
        return f"{text} ({name['text']})" if name else text
    page = f"book/{file.removesuffix('.md')}.html{label or ''}"
    return f"[{text}]({book}{page})" if book else text


def install(notebook: NotebookNode) -> NotebookNode:
    """The cell that installs what the notebook imports."""
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    nnfs = re.search(r"^nnfs==[\d.]+", pins, re.MULTILINE)[0]
    processes = any(
        "needs-processes" in c.metadata.get("tags", []) for c in notebook.cells
    )
    extras = "[parallel,plots]" if processes else "[plots]"
    if address := library():
        source = f'%pip install --quiet {nnfs} "nnfs-lib{extras} @ {address}"'
    else:
        source = (
            "# The chapter needs the book's library. In the folder that has its pyproject.toml:\n"
            f'# pip install {nnfs} ".{extras}"'
        )
    return new_code_cell(source, id="install")


def portable(notebook: NotebookNode, names: Names, book: str | None) -> NotebookNode:
    cells = [install(notebook)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if text := without_myst(cell.source, names, book):
                cells.append(NotebookNode({**cell, "source": text}))
            continue
        cells.append(cell)
        if figure := cell.metadata.get("mystnb", {}).get("figure"):
            caption = without_myst(figure["caption"], names, book)
            caption = f"**{names[figure['name']]['text']}** {caption}"
            cells.append(new_markdown_cell(caption, id=f"{cell.id}-caption"))
    return NotebookNode({**notebook, "cells": cells})


def write(root: Path, folder: Path) -> None:
    """Write the chapters of the book in root to a folder."""
    require_current(root)
    folder.mkdir(parents=True, exist_ok=True)
    names, book = references(root), site()
    for source in sources(root):
        notebook = nbformat.read(recorded_path(source), as_version=4)
        notebook = portable(notebook, names, book)
        nbformat.validate(notebook)
        nbformat.write(notebook, folder / f"{source.stem}.ipynb")


if __name__ == "__main__":
    write(ROOT, Path(sys.argv[1]))
