"""Execute the chapters in book/ and keep them, with their outputs, in book/recorded/.

python tools/record.py             the chapters that have changed since they were recorded
python tools/record.py loss dense  these chapters, changed or not
python tools/record.py --all       every chapter (after a change to the library)
python tools/record.py --check     execute nothing; say which chapters are not recorded as they stand
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent


def sources(root: Path) -> list[Path]:
    return sorted((root / "book").glob("*.md"))


def recorded_path(source: Path) -> Path:
    return source.parent / "recorded" / f"{source.stem}.ipynb"


def read_source(source: Path) -> NotebookNode:
    """The chapter as a notebook without outputs; the same notebook each time that it is read."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem}-{number}"
    notebook.metadata = NotebookNode(
        kernelspec=notebook.metadata.kernelspec, language_info={"name": "python"}
    )
    return notebook


def is_current(source: Path) -> bool:
    """Whether the recorded copy has this very source, cell by cell, each code cell executed once, in order."""
    recorded = recorded_path(source)
    if not recorded.exists():
        return False
    old, new = nbformat.read(recorded, as_version=4), read_source(source)
    if [_stripped(cell) for cell in old.cells] != [
        _stripped(cell) for cell in new.cells
    ]:
        return False
    counts = [
        cell.execution_count
        for cell in old.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return counts == list(range(1, len(counts) + 1))


def _stripped(cell: NotebookNode) -> tuple[str, str, str, dict[str, object]]:
    return cell.id, cell.cell_type, cell.source, dict(cell.metadata)


def record(source: Path) -> None:
    """Execute a chapter in the folder where nbval will, and write its recorded copy."""
    notebook = read_source(source)
    folder = recorded_path(source).parent
    folder.mkdir(exist_ok=True)
    nbclient.NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    notebook.metadata.language_info = {
        "name": "python"
    }  # without the version of Python: any will do
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise RuntimeError(
                    f"{source.name}: a cell wrote to stderr:\n{output.text}\nin the cell\n{cell.source}"
                )
    nbformat.validate(notebook)
    nbformat.write(notebook, recorded_path(source))


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
        help="only say which chapters are not recorded as they stand",
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
            f"no such chapter: {', '.join(sorted(unknown))}; there are {[s.stem for s in chosen]}"
        )
    if arguments.chapters:
        chosen = [source for source in chosen if source.stem in arguments.chapters]
    elif not arguments.all:
        chosen = [source for source in chosen if not is_current(source)]
    for source in chosen:
        print(f"recording {source.name} ...", flush=True)
        record(source)
    if not chosen:
        print(
            "every chapter is recorded as it stands (after a change to the library: --all)"
        )


if __name__ == "__main__":
    main()
