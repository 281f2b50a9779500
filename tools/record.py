"""Execute the chapters in book/ and keep them, with their outputs, in book/recorded/.

record.py             the chapters that have changed since they were recorded
record.py loss dense  these chapters, changed or not
record.py --all       every chapter (after a change to the library)
record.py --check     execute nothing; say what is not recorded as it stands
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent


def sources(root: Path) -> list[Path]:
    return sorted((root / "book").glob("*.md"))


def recorded_path(source: Path) -> Path:
    return source.parent / "recorded" / f"{source.stem}.ipynb"


def read_source(source: Path) -> NotebookNode:
    """The chapter as a notebook without outputs; the same each time."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem}-{number}"
    notebook.metadata = NotebookNode(
        kernelspec=notebook.metadata.kernelspec, language_info={"name": "python"}
    )
    return notebook


def is_current(source: Path) -> bool:
    """Whether the recorded copy is this very source, executed once, in order."""
    recorded = recorded_path(source)
    if not recorded.exists():
        return False
    old, new = nbformat.read(recorded, as_version=4), read_source(source)
    if _parts(old) != _parts(new):
        return False
    counts = [
        cell.execution_count
        for cell in old.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return counts == list(range(1, len(counts) + 1))


def _parts(notebook: NotebookNode) -> list[object]:
    """All that a recorded copy has in common with its source."""
    cells = [(c.id, c.cell_type, c.source, dict(c.metadata)) for c in notebook.cells]
    return [dict(notebook.metadata.kernelspec), *cells]


def record(source: Path) -> None:
    """Execute a chapter in the folder where nbval will, and write its recorded copy.

    The copy is the same file each time, with any version of Python, on any machine. So
    what a cell tagged nbval-ignore-output said (a time) stays until the cell changes.
    """
    notebook, target = read_source(source), recorded_path(source)
    times = {}
    if target.exists():
        old = nbformat.read(target, as_version=4).cells
        times = {cell.source: cell.outputs for cell in old if _is_ignored(cell)}
    target.parent.mkdir(exist_ok=True)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(target.parent)}},
    )
    # An empty folder of settings: those of whoever records do not enter the book. One thread, for the times printed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as settings:
        client.execute(
            env={
                "OPENBLAS_NUM_THREADS": "1",
                **os.environ,
                "IPYTHONDIR": settings,
                "TQDM_DISABLE": "1",
            }
        )
    notebook.metadata.language_info = {"name": "python"}  # whichever version
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
            if _is_ignored(cell):
                cell.outputs = times.get(cell.source) or cell.outputs
            for output in cell.outputs:
                if output.get("name") == "stderr":
                    raise ValueError(
                        f"a cell wrote to stderr:\n{output.text}\n"
                        f"The cell:\n{cell.source}"
                    )
    nbformat.validate(notebook)
    target.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")


def _is_ignored(cell: NotebookNode) -> bool:
    return "nbval-ignore-output" in cell.metadata.get("tags", [])


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbours: where one message ends and the next begins is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        name = output.get("name")
        if merged and name and merged[-1].get("name") == name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def check(root: Path) -> list[str]:
    """What is wrong with the recorded copies, a sentence each."""
    problems = [
        f"book/{source.name} is not recorded as it stands: run 'make record'"
        for source in sources(root)
        if not is_current(source)
    ]
    known = {recorded_path(source) for source in sources(root)}
    problems += [
        f"book/recorded/{path.name} has no chapter in book/: delete it"
        for path in sorted((root / "book" / "recorded").glob("*.ipynb"))
        if path not in known
    ]
    if not known:
        problems.append(f"there are no chapters in {root / 'book'}")
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapters", nargs="*", help="names of chapters, without .md")
    parser.add_argument("--all", action="store_true", help="record every chapter")
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say what is not recorded as it stands",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check:
        problems = check(arguments.root)
        sys.exit("\n".join(problems) if problems else 0)
    chosen = sources(arguments.root)
    unknown = set(arguments.chapters) - {source.stem for source in chosen}
    if unknown:
        parser.error(
            f"no such chapter: {', '.join(sorted(unknown))}; "
            f"there are {', '.join(source.stem for source in chosen)}"
        )
    if arguments.chapters:
        chosen = [source for source in chosen if source.stem in arguments.chapters]
    elif not arguments.all:
        chosen = [source for source in chosen if not is_current(source)]
    for source in chosen:
        print(f"recording {source.name} ...", flush=True)
        try:
            record(source)
        except (CellExecutionError, ValueError) as error:
            sys.exit(f"{source.name} is not recorded: {error}")
    if not chosen:
        print("no chapter has changed (after a change to the library: --all)")


if __name__ == "__main__":
    main()
