"""Call a function on several MPI processes, from a notebook."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENVIRONMENT = {  # unless the environment has these already
    # Open MPI 5 and 4: more ranks than cores, as root too, and a rank that waits lets another work.
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def start_ranks(
    n_ranks: int, *command: str, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run ``python *command`` as an MPI job of so many processes, and wait for its end.

    Raises
    ------
    FileNotFoundError
        If there is no mpiexec beside Python or on the path.
    """
    beside = [Path(sys.executable).parent, Path(sys.prefix) / "Library" / "bin"]
    search = os.pathsep.join([*map(str, beside), os.environ.get("PATH", "")])
    mpiexec = shutil.which("mpiexec", path=search)
    if mpiexec is None:
        raise FileNotFoundError(
            'there is no mpiexec: pip install "nnfs-lib[parallel]" brings one'
        )
    # Intel's, on Windows, otherwise asks for a service
    options = ["-localonly"] if sys.platform == "win32" else []
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [mpiexec, *options, "-n", str(n_ranks), sys.executable, *command],
        env={**ENVIRONMENT, **os.environ, **paths},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def on_ranks(
    n_ranks: int, function: Callable[..., Any], *arguments: Any, timeout: float = 300
) -> list[Any]:
    """Call ``function(*arguments)`` on each of ``n_ranks`` new processes, and return their results in order of rank.

    Parameters
    ----------
    n_ranks : int
        There may be more ranks than cores.
    function : callable
        A function of a notebook or a module. The processes get its source text and nothing else, so it has to import
        what it uses.
    arguments : object
        What JSON can hold, as the results.
    timeout : float
        Seconds until all of them are stopped.

    Returns
    -------
    list

    Raises
    ------
    RuntimeError
        If a process fails; with what the job wrote.
    FileNotFoundError
        If there is no mpiexec.
    """
    text = textwrap.dedent(inspect.getsource(function))
    task = {"text": text, "name": function.__name__, "arguments": arguments}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "task.json").write_text(json.dumps(task), "utf-8")
        job = start_ranks(n_ranks, "-m", __name__, folder, timeout=timeout)
        if job.returncode:
            raise RuntimeError(
                f"{function.__name__} failed on {n_ranks} ranks:\n{job.stderr[-4000:]}"
            )
        files = [Path(folder, f"{rank}.json") for rank in range(n_ranks)]
        return [json.loads(file.read_text("utf-8")) for file in files]


def main() -> None:
    """What each process does."""
    from mpi4py import MPI

    folder = Path(sys.argv[1])
    task = json.loads((folder / "task.json").read_text("utf-8"))
    names: dict[str, Any] = {"__name__": "task"}
    exec(compile(task["text"], f"<{task['name']}>", "exec"), names)
    result = names[task["name"]](*task["arguments"])
    rank = MPI.COMM_WORLD.Get_rank()
    (folder / f"{rank}.json").write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
