"""Old and new NumPy releases on every supported Python version."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .machine import BUILD, LONG, ROOT, Machine, NotHere, install, pins, setup

# The oldest supported release, and the first NumPy 2, which Pyodide has, too; for Python 3.13, the oldest with a wheel.
RELEASES = {
    "3.11": ["1.26.4", "2.0.2"],
    "3.12": ["1.26.4", "2.0.2"],
    "3.13": ["2.1.0"],
}


OLDEST = ("1.26.4", "3.11")


def find_python(version: str) -> str:
    """A Python of this version, from PATH or pyenv."""
    on_path = shutil.which(f"python{version}")
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    for candidate in filter(None, [on_path, *map(str, of_pyenv)]):
        # pyenv's shim fails if the version is not selected
        works = subprocess.run([candidate, "-c", ""], capture_output=True, check=False)
        if works.returncode == 0:
            return candidate
    raise NotHere(f"there is no Python {version} here")


def environment(version: str) -> str:
    """The Python of an environment with everything in requirements.lock."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    folder = BUILD / f"python{version}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        setup([find_python(version), "-m", "venv", "--clear", str(folder)])
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        setup([*pip, "-r", str(ROOT / "requirements.lock")])
        (folder / "ready").touch()
    return str(python)


def machine(numpy: str, version: str) -> Machine:
    name = f"NumPy {numpy}, Python {version}"
    try:
        python = environment(version)
        folder = BUILD / f"numpy-{numpy}-python{version}"
        install(folder, "--no-deps", f"numpy=={numpy}", python=python)
    except NotHere as reason:
        return Machine(name, missing=str(reason))
    return Machine(
        name,
        python=(python,),
        setting={"PYTHONPATH": str(folder)},
        in_effect=lambda facts: (
            facts["numpy"] == numpy and facts["python"].startswith(f"{version}.")
        ),
        # nbval would also compare the ids in pictures, which differ with NumPy 1
        jupyter=not numpy.startswith("1."),
        left_out=() if (numpy, version) == OLDEST else LONG,
    )


def machines() -> Iterator[Machine]:
    newest = pins("numpy")[0].split("==")[1]
    for version, releases in RELEASES.items():
        for numpy in [*releases, newest]:
            yield machine(numpy, version)
