"""Execute the chapters in book/ and keep them, with their outputs, in book/recorded/.

python -m tools.record             the chapters that have changed since they were recorded
python -m tools.record loss dense  these chapters, changed or not
python -m tools.record --all       every chapter (after a change to the library)
python -m tools.record --check     run no chapter; say what is not recorded as it stands
"""

from __future__ import annotations

import argparse
import ast
import atexit
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbclient
import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode

from tools import python_path
from tools.chapters import Refused, first_line, read_source, recorded_path, sources

ROOT = Path(__file__).resolve().parent.parent
COMPARED_PICTURE = "image/svg+xml"  # as conftest.py has it
ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]")  # <object object at 0x7f...>


def is_current(source: Path) -> bool:
    """Whether the recorded copy is this very source, executed once, in order, and lists the library as it is."""
    old, new = _recorded(source), read_source(source)
    if old is None or _parts(old) != _parts(new):
        return False
    counts = [
        cell.execution_count
        for cell in old.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return counts == list(range(1, len(counts) + 1)) and _lists_the_library(old)


def _lists_the_library(notebook: NotebookNode) -> bool:
    """Whether each ``source(...)`` shows what stands in the library now."""
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        for code in _statements(cell):
            try:
                if re.match(r"(from|import) nnfs_lib\b", code):
                    exec(code, names)
                elif code.startswith("source(") and "source" in names:
                    listing = eval(code, names)._repr_markdown_()
                    if cell.outputs[-1].data["text/markdown"] != listing:
                        return False
            except NameError:  # the chapter's own function
                continue
            except (ImportError, AttributeError, LookupError):  # one has it no longer
                return False
    return True


def _statements(cell: NotebookNode) -> list[str]:
    try:
        tree = ast.parse(cell.source if cell.cell_type == "code" else "")
    except SyntaxError:  # a magic, or a mistake made on purpose
        return []
    return [ast.unparse(statement) for statement in tree.body]


def _recorded(source: Path) -> NotebookNode | None:
    """The recorded copy; None if it is missing or damaged, for it can always be made anew."""
    try:
        old = nbformat.read(recorded_path(source), as_version=4)
        nbformat.validate(old)
    except Exception:  # whatever the damage is
        return None
    return old if "kernelspec" in old.metadata else None


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
    old = _recorded(source)
    times = (
        {cell.source: cell.outputs for cell in old.cells if _is_ignored(cell)}
        if old
        else {}
    )
    target.parent.mkdir(exist_ok=True)
    _execute(notebook, target.parent)
    notebook.metadata.language_info = {"name": "python"}  # whichever version
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
            _require_outputs(cell)
            if _is_ignored(cell):
                cell.outputs = times.get(cell.source) or cell.outputs
    nbformat.validate(notebook)
    _write(target, nbformat.writes(notebook) + "\n")


def _execute(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells, with the library of this repository, wherever another one may be installed."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    # An empty folder of settings: those of whoever records do not enter the book. One thread, for the times printed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as settings:
        environment = {
            "OPENBLAS_NUM_THREADS": "1",
            **os.environ,
            "IPYTHONDIR": settings,
            "PYTHONPATH": python_path(ROOT),
            "TQDM_DISABLE": "1",
        }
        try:
            client.execute(env=environment)
        except NoSuchKernel:
            name = notebook.metadata.kernelspec["name"]
            raise Refused(
                f"there is no kernel {name!r}: python3 is the book's"
            ) from None
        except DeadKernelError:
            raise Refused(f"the kernel died {_last_cell(notebook)}") from None
        except RuntimeError as error:  # the kernel did not start
            # nbclient would clean up once more at the end, and fail
            atexit.unregister(client._cleanup_kernel)
            raise Refused(error) from None
        except CellTimeoutError:
            raise Refused(
                f"ten minutes were not enough {_last_cell(notebook)}"
            ) from None
        except CellExecutionError as error:
            raise Refused(
                f"{error.ename}: {error.evalue} {_last_cell(notebook)}"
            ) from None


def _last_cell(notebook: NotebookNode) -> str:
    """Words for the cell at which the execution ended: the last one that was begun."""
    code = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    begun = [cell for cell in code if cell.outputs or cell.execution_count]
    failed = [
        cell for cell in code if any(o.output_type == "error" for o in cell.outputs)
    ]
    after = code[len(begun) : len(begun) + 1] or code[-1:]
    cell = (failed or after)[-1]
    return f"in the cell that begins {first_line(cell)!r}"


def _require_outputs(cell: NotebookNode) -> None:
    """Refuse outputs that the tests would not accept."""
    where = f"the cell that begins {first_line(cell)!r}"
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise Refused(f"{where} wrote to stderr: {output.text}")
        kinds = {kind for kind in output.get("data", {}) if kind.startswith("image/")}
        if kinds - {COMPARED_PICTURE}:
            raise Refused(
                f"{where} shows {kinds}, which nbval does not compare: make it {COMPARED_PICTURE}"
            )
        if ADDRESS.search(str(output)) and not _is_ignored(cell):
            raise Refused(
                f"{where} shows an address in memory, which is never the same twice"
            )
    expected = "raises-exception" in cell.metadata.get("tags", [])
    if expected and not any(o.output_type == "error" for o in cell.outputs):
        raise Refused(f"{where} is tagged raises-exception, but raises none")


def _write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    descriptor, partial = tempfile.mkstemp(prefix=target.name, dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(partial, 0o644)
        os.replace(partial, target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


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
    problems = []
    for source in sources(root):
        try:
            if not is_current(source):
                problems.append(
                    f"book/{source.name} is not recorded as it stands: run 'make record'"
                )
        except Refused as reason:
            problems.append(f"book/{source.name} cannot be recorded: {reason}")
    known = {recorded_path(source) for source in sources(root)}
    problems += [
        f"book/recorded/{path.name} has no chapter in book/: delete it"
        for path in sorted((root / "book" / "recorded").glob("*.ipynb"))
        if path not in known
    ]
    if not known:
        problems.append(f"there are no chapters in {root / 'book'}")
    return problems


def require_current(root: Path) -> None:
    """Exit with what is wrong with the recorded copies, before anything is made of them."""
    if problems := check(root):
        sys.exit("\n".join(problems))


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
        require_current(arguments.root)
        sys.exit()
    chosen = sources(arguments.root)
    unknown = set(arguments.chapters) - {source.stem for source in chosen}
    if unknown:
        parser.error(
            f"no such chapter: {', '.join(sorted(unknown))}; "
            f"there are {', '.join(source.stem for source in chosen)}"
        )
    if arguments.chapters:
        chosen = [source for source in chosen if source.stem in arguments.chapters]
    n_changed = n_refused = 0
    for source in chosen:
        try:
            if not (arguments.chapters or arguments.all) and is_current(source):
                continue
            n_changed += 1
            print(f"recording {source.name} ...", flush=True)
            record(source)
        except (Refused, OSError) as reason:  # the others are recorded all the same
            n_refused += 1
            message = f"book/{source.name} is not recorded: {reason}"
            print(message, file=sys.stderr, flush=True)
    if not n_changed + n_refused:
        print(
            "no chapter has changed (after a change to the library: make record ALL=1)"
        )
    sys.exit(1 if n_refused else 0)


if __name__ == "__main__":
    main()
