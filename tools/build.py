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

from tools import notebooks, python_path
from tools.edition import copy_of_book, without_solutions
from tools.record import ROOT, recorded_path, require_current, sources
from web.bundle import add_python, require_pyodide
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
    require_current(root)
    built = root / "_build"
    for folder in (builder, ".doctrees", ".jupyter_cache"):
        shutil.rmtree(built / folder, ignore_errors=True)
    fill_cache(root)
    options = ["--builder", builder, "-W", "-n", "--keep-going"]
    process = subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, "build", ".", *options],
        cwd=root,
        # extensions import tools, also in a copy of the book, which has none
        env={
            **os.environ,
            "PYTHONPATH": python_path(ROOT),
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",
        },
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


def plain_sphinx(root: Path) -> Path:
    """Build a copy of the book with Sphinx alone: the way out of Jupyter Book 1, which is kept open."""
    require_current(root)
    target = root / "_build" / "sphinx"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    fill_cache(copy_of_book(root, target))
    modules = python_path(target / "web" / "extensions", root)
    environment = {**os.environ, "PYTHONPATH": modules}
    for command in (
        ["-c", JUPYTER_BOOK, "config", "sphinx", "."],  # writes conf.py
        ["-m", "sphinx", "-W", "-n", "--keep-going", "-q", ".", "_build/html"],
    ):
        run = subprocess.run([sys.executable, *command], cwd=target, env=environment)
        if run.returncode:
            sys.exit("The book cannot be built with Sphinx alone.")
    return target / "_build" / "html"


def build(root: Path, pyodide: Path | None = None) -> Path:
    """Build the HTML book in root and return its first page, or exit with what went wrong.

    The pages load Pyodide, which runs their cells, from the network, or from the book itself if a folder with Pyodide
    is given.
    """
    if pyodide:
        require_pyodide(pyodide)
    html = jupyter_book(root, "html")
    lighten(html)
    remove_unreferenced(html)
    add_licences(html)
    recorded = [recorded_path(source) for source in sources(root)]
    add_python(recorded, html, pyodide)
    if (playground := html / "book/playground.html").exists():
        add_still(playground)
    notebooks.write(root, html / "_sources" / "book")
    return html / "index.html"


def build_without_solutions(root: Path, pyodide: Path | None = None) -> Path:
    """Build the book without its solutions, in place of the one that was built before."""
    html = root / "_build" / "html"
    built = build(without_solutions(root), pyodide).parent
    shutil.rmtree(html, ignore_errors=True)
    shutil.move(built, html)
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
    parser.add_argument("--without-solutions", action="store_true")
    parser.add_argument(
        "--builder",
        choices=["html", "linkcheck", "sphinx"],
        default="html",
        help="or ask for every address; or build without Jupyter Book",
    )
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    if arguments.builder == "linkcheck":
        print(f"Every address answers: {jupyter_book(root, 'linkcheck')}/output.txt")
        sys.exit()
    if arguments.builder == "sphinx":
        print(f"Built without Jupyter Book: {plain_sphinx(root)}")
        sys.exit()
    if arguments.without_solutions:
        page = build_without_solutions(root, arguments.pyodide)
    else:
        page = build(root, arguments.pyodide)
    print(f"The book is built. Open {page.as_uri()}")
