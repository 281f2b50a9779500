"""Run the library's tests and all recorded chapters as if on other processors.

Each setting has a run of its own, with one of OpenBLAS's kernels, or a part of NumPy's
SIMD code, or another number of threads. Whether it is in effect is asked of OpenBLAS
and NumPy; what this processor does not have is named, and not run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
KERNELS = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX")
ALIASES = {"Katmai": "Prescott"}  # two names of OpenBLAS for one set of kernels
SLOW = ("test_book.py", "test_static.py", "test_checks_bite.py")
WIDTHS = (38, 52, 12, 12)
PROBE = """
import json, numpy, threadpoolctl
from numpy._core import _multiarray_umath as umath
blas = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"] or [{}]
simd = [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]]
print(json.dumps([blas[0].get("architecture"), blas[0].get("num_threads"), simd]))
"""


def python(variables: dict[str, str], *arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return run.stdout


def in_effect(variables: dict[str, str]) -> tuple[str, int, list[str]]:
    """The kernel, the number of threads and the SIMD levels that NumPy then uses."""
    kernel, threads, simd = json.loads(python(variables, "-c", PROBE).splitlines()[-1])
    return ALIASES.get(kernel, kernel), threads, simd


def run(variables: dict[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Names of the cells and of the tests that ran, and what failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = [
            "--nbval",
            "-n",
            "2",
            "--dist",
            "loadscope",
            "-p",
            "no:cacheprovider",
        ]
        options += [f"--ignore=tests/{name}" for name in SLOW]
        log = python(variables, "-m", "pytest", f"--junitxml={report}", *options)
        if not report.exists():
            return [], [], [f"pytest did not run: {log}"]
        cases = list(ElementTree.parse(report).iter("testcase"))
    names = [f"{case.get('classname')}::{case.get('name')}" for case in cases]
    failed = [
        name
        for name, case in zip(names, cases)
        if {part.tag for part in case} & {"failure", "error"}
    ]
    cells = [name for name in names if ".ipynb::" in name]
    return cells, [name for name in names if name not in cells], failed


def row(*columns: str) -> None:
    print("  ".join(text.ljust(width) for text, width in zip(columns, WIDTHS)), end="")
    print(*columns[len(WIDTHS) :], flush=True)


def main() -> None:
    kernel, threads, simd = in_effect({})
    settings: list[tuple[dict[str, str], tuple[str, int, list[str]]]]
    settings = [({}, (kernel, threads, simd))]
    settings += [({"OPENBLAS_CORETYPE": k}, (k, threads, simd)) for k in KERNELS]
    settings += [
        ({"NPY_DISABLE_CPU_FEATURES": " ".join(simd[n:])}, (kernel, threads, simd[:n]))
        for n in reversed(range(len(simd)))
    ]
    settings += [({"OPENBLAS_NUM_THREADS": str(n)}, (kernel, n, simd)) for n in (1, 2)]

    print("Left out, as they do not depend on the processor:", *SLOW)
    row(
        "setting",
        "in effect: kernel, threads, SIMD",
        "cells equal",
        "tests pass",
        "same",
    )
    differ, skipped = [], 0
    for variables, wanted in settings:
        name = " ".join(f"{key}={text}" for key, text in variables.items())
        name = name.replace("OPENBLAS_", "").replace(
            "NPY_DISABLE_CPU_FEATURES", "without"
        )
        found = in_effect(variables)
        effect = f"{found[0]}, {found[1]}, {' '.join(found[2]) or 'baseline'}"
        if found != wanted:
            skipped += 1
            row(name, effect, "-", "-", "not run: this machine does not have it")
            continue
        cells, tests, failed = run(variables)
        counts = [f"{len(set(x) - set(failed))} of {len(x)}" for x in (cells, tests)]
        same = bool(cells) and not failed
        row(name or "this machine", effect, *counts, "yes" if same else "NO")
        differ += (
            [] if same else [f"{name or 'this machine'}: {f}" for f in failed or ["?"]]
        )
    print(
        f"{len(settings) - skipped} settings run, {skipped} not run.", *differ, sep="\n"
    )
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
