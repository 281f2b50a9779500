"""Build the HTML book from the recorded chapters, warnings counted as errors.

Nothing is executed: Jupyter Book takes the outputs from a cache, which is filled with the recorded chapters. On a cache
miss it would silently execute the chapter, so the build fails unless its log says that every chapter came from the
cache.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_cache import get_cache

from tools.record import ROOT, check, recorded_path, sources
from web.bundle import add_python
from web.licences import add_licences
from web.light import lighten
from web.still import add_still
from web.unreferenced import remove_unreferenced

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
FROM_CACHE = re.compile(r"(.+): Using cached notebook")
TROUBLE = re.compile(r"WARNING|ERROR|Error|Exception|Executing|Executed")


def fill_cache(root: Path) -> None:
    cache = get_cache(root / "_build" / ".jupyter_cache")
    for source in sources(root):
        cache.cache_notebook_file(
            recorded_path(source), uri=str(source), check_validity=False, overwrite=True
        )


def jupyter_book(root: Path, builder: str) -> Path:
    """Run Jupyter Book on the book in root and return the output folder, or exit with what went wrong."""
    if problems := check(root):
        sys.exit("\n".join(problems))
    built = root / "_build"
    for folder in (builder, ".doctrees", ".jupyter_cache"):
        shutil.rmtree(built / folder, ignore_errors=True)
    fill_cache(root)
    options = ["--builder", builder, "-W", "-n", "--keep-going"]
    process = subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, "build", ".", *options],
        cwd=root,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    log = re.sub(r"\x1b\[[\d;]*m", "", process.stdout)
    taken = {Path(name).stem for name in FROM_CACHE.findall(log)}
    executed = [source.name for source in sources(root) if source.stem not in taken]
    if process.returncode or executed:
        trouble = [line for line in log.splitlines() if TROUBLE.search(line)]
        trouble += [
            f"{name} is not shown as it was recorded: it was executed by the build, "
            "or is missing from _toc.yml"
            for name in executed
        ]
        sys.exit("\n".join([log, "The build failed:", *trouble]))
    return built / builder


def build(root: Path, pyodide: Path | None = None) -> Path:
    """Build the HTML book in root and return its first page, or exit with what went wrong.

    The pages load Pyodide, which runs their cells, from the network, or from the book itself if a folder with Pyodide
    is given.
    """
    html = jupyter_book(root, "html")
    lighten(html)
    remove_unreferenced(html)
    add_licences(html)
    recorded = [recorded_path(source) for source in sources(root)]
    add_python(recorded, html, pyodide)
    if (playground := html / "book/playground.html").exists():
        add_still(playground)
    return html / "index.html"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument(
        "--pyodide",
        type=Path,
        help="a folder with Pyodide, to work offline; by default the pages load it from the network",
    )
    arguments = parser.parse_args()
    page = build(arguments.root.resolve(), arguments.pyodide)
    print(f"The book is built. Open {page.as_uri()}")
