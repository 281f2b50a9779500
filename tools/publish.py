"""Build the HTML book from the recorded chapters, warnings counted as errors; execute nothing.

The recorded outputs are put into the cache from which Jupyter Book takes them. On a miss it would execute the chapter
in silence: the build's log is searched for that, and the build fails.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from record import ROOT, check, recorded_path, sources

EXECUTED = re.compile(r"Executing notebook|Executed notebook", re.IGNORECASE)


def fill_cache(root: Path) -> None:
    cache = get_cache(root / "_build" / ".jupyter_cache")
    cache.clear_cache()
    with tempfile.TemporaryDirectory() as folder:
        for source in sources(root):
            notebook = nbformat.read(recorded_path(source), as_version=4)
            copy = Path(folder) / f"{source.stem}.ipynb"
            nbformat.write(notebook, copy)
            cache.cache_notebook_file(
                copy, uri=str(source), check_validity=False, overwrite=True
            )


def build(root: Path) -> None:
    problems = check(root)
    if problems:
        sys.exit("\n".join(problems))
    fill_cache(root)
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        str(root),
        "-W",
        "-n",
        "--keep-going",
        "--all",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    executed = []
    for line in process.stdout:
        print(line, end="", flush=True)
        executed += [line] if EXECUTED.search(line) else []
    if process.wait():
        sys.exit("\nThe build failed: see the warnings above.")
    if executed:
        sys.exit(
            "\nThe build executed a chapter; it may only show recorded outputs:\n"
            + "".join(executed)
        )
    print(
        f"\nThe book is built. Open {(root / '_build' / 'html' / 'index.html').as_uri()}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="the book's folder (for its tests)"
    )
    build(parser.parse_args().root.resolve())
