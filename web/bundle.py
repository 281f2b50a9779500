"""Add to the built book what its pages need to run their cells: the cells, the modules, and the address of Pyodide.

Everything goes to _static/python of the built book:

book.json          the cells of each chapter and their outputs, including hidden cells; the results that the playground
                   compares its runs with; the address of Pyodide and the checksums of its core
pyodide-lock.json  the packages that Pyodide can load, with their checksums
library.zip        nnfs_lib, nnfs, some modules of IPython, and the modules that the pages call
worker.js          starts Python
pyodide/           Pyodide itself, if the book is to work offline
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
import sys
import zipfile
from base64 import b64encode
from importlib import import_module
from pathlib import Path

import IPython
import nbformat
from nbformat import NotebookNode

from web.get_pyodide import CDN, LOCK, SHA256, VERSION
from web.licences import licences_of
from web.printed_runs import printed_runs
from web.python.pieces import piece as piece_of

HERE = Path(__file__).resolve().parent / "python"
OWN_LICENCE = Path(__file__).resolve().parent.parent / "LICENSE"
PACKAGES = {"cells": ["numpy", "matplotlib", "traitlets"], "playground": ["numpy"]}
# 84 kB of the zip; all of IPython with what it needs is 3 MB, and takes two seconds more to start.
IPYTHON = (
    *("core/__init__", "core/display", "core/display_functions", "core/displayhook"),
    *("core/formatters", "core/getipython", "core/inputtransformer2"),
    *("core/oinspect", "core/release"),
    *("display", "lib/__init__", "lib/display", "lib/pretty"),
    *("testing/__init__", "testing/skipdoctest"),
    *("utils/__init__", "utils/decorators", "utils/dir2", "utils/docs"),
    *("utils/openpy", "utils/path", "utils/sentinel", "utils/text"),
    *("utils/tokenutil", "utils/wildcard"),
)
# In place of other modules, files of web/ipython.
STAND_INS = {
    "IPython/__init__.py": "__init__.py",
    "IPython/core/interactiveshell.py": "interactiveshell.py",
    "IPython/core/page.py": "page.py",
    "IPython/core/pylabtools.py": "pylabtools.py",
    "IPython/utils/PyColorize.py": "PyColorize.py",
    "pygments/__init__.py": "pygments.py",
    "pygments/token.py": "pygments_token.py",
}
CORE = {name: SHA256[name] for name in SHA256 if name != "pyodide.mjs"}
# Total size of the core, the package list and the packages, for the progress bar.
BYTES = {"cells": 26_770_057, "playground": 16_807_520}


def add_python(recorded: list[Path], html: Path, pyodide: Path | None) -> None:
    """Write _static/python for the recorded chapters; take Pyodide from a folder, or else from the network."""
    target = html / "_static" / "python"
    target.mkdir()
    if pyodide:
        shutil.copytree(pyodide, target / "pyodide")
    book = {
        "pyodide": "pyodide/" if pyodide else CDN,
        "modules": {
            module: {"packages": packages, "bytes": BYTES[module]}
            for module, packages in PACKAGES.items()
        },
        "sha256": {name: integrity(digest) for name, digest in CORE.items()},
        "matplotlib": importlib.metadata.version("matplotlib"),
        "chapters": {f"book/{path.stem}": cells(path) for path in recorded},
        "runs": printed_runs(recorded),
    }
    (target / "book.json").write_text(json.dumps(book), "utf-8")
    shutil.copy(LOCK, target)
    shutil.copy(HERE / "worker.js", target)
    add_library(target / "library.zip")


def integrity(sha256: str) -> str:
    """A checksum in the format of browsers (Subresource Integrity)."""
    return f"sha256-{b64encode(bytes.fromhex(sha256)).decode()}"


def cells(recorded: Path) -> list[dict[str, object]]:
    """The code cells of a recorded chapter."""
    return [
        {
            "source": cell.source,
            "hidden": "remove-cell" in cell.metadata.get("tags", []),
            "compared": "nbval-ignore-output" not in cell.metadata.get("tags", []),
            "skipped": "needs-processes" in cell.metadata.get("tags", []),
            "outputs": [piece(output) for output in cell.outputs],
        }
        for cell in nbformat.read(recorded, as_version=4).cells
        if cell.cell_type == "code" and cell.source.strip()
    ]


def piece(output: NotebookNode) -> tuple[str, str]:
    """What cells.py sends for this output; figures are compared with the ones on the page."""
    if output.output_type == "stream":
        return output.name, output.text
    kind, text = piece_of(output.data)
    return kind, "" if kind == "figure" else text


def add_library(target: Path) -> None:
    """Pack the modules that chapters import and those that run the cells, reproducibly."""
    files = {path.name: path for path in HERE.glob("*.py")}
    for name in ("nnfs_lib", "nnfs"):
        (folder,) = map(Path, import_module(name).__path__)
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".json", ".npz"):
                files[path.relative_to(folder.parent).as_posix()] = path
    contents = {
        name: path.read_bytes() for name, path in {**files, **ipython()}.items()
    }
    contents["nnfs_lib/LICENSE"] = OWN_LICENCE.read_bytes()
    for name in ("nnfs", "IPython"):
        contents[f"{name}/LICENSE"] = "\n\n".join(licences_of(name)).encode()
    with zipfile.ZipFile(target, "w") as library:
        for name, content in sorted(contents.items()):
            library.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def ipython() -> dict[str, Path]:
    """The modules of IPython that cells.py needs, and those that stand in for others."""
    (folder,) = map(Path, IPython.__path__)
    own = HERE.parent / "ipython"
    return {
        **{f"IPython/{name}.py": folder / f"{name}.py" for name in IPYTHON},
        **{name: own / file for name, file in STAND_INS.items()},
    }


def require_pyodide(folder: Path) -> None:
    """Exit unless the folder has the files of the Pyodide that the pages expect."""
    for name, sha256 in CORE.items():
        path = folder / name
        if not path.is_file():
            sys.exit(f"PYODIDE: {folder} has no {name}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            sys.exit(f"PYODIDE: {path} is not the file of Pyodide {VERSION}")
