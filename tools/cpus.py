"""Run the tests and the recorded chapters as other processors would, and say whether anything differs.

Each row of the table is one setting: a kernel of OpenBLAS, NumPy's SIMD dispatch without its highest levels, or a
number of threads. A setting counts only if a process started with it reports that it is in effect; what this
processor lacks is "not run". Left out are the tests that do not depend on the processor: tests/test_checks_bite.py,
tests/test_static.py, tests/test_book.py. Exit status 1 if any setting differs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX"]
# OpenBLAS for 64 bits has one kernel under several names, and reports the first of them.
SAME_KERNEL = {"Katmai": "Prescott"}
LEFT_OUT = ["test_checks_bite.py", "test_static.py", "test_book.py"]
PROBE = """
import json
import numpy
import threadpoolctl
from numpy._core import _multiarray_umath as umath
blas = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
print(json.dumps({
    "kernel": blas[0].get("architecture", "") if blas else "",
    "threads": blas[0]["num_threads"] if blas else 0,
    "dispatch": umath.__cpu_dispatch__,
    "simd": [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]],
}))
"""
NAMES = ["OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES"]


def environment(setting: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return {**kept, **setting}


def probe(setting: dict[str, str]) -> dict[str, object] | None:
    """What is in effect in a process started with the setting; None if NumPy cannot start with it."""
    result = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment(setting),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        return None
    found = json.loads(result.stdout)
    return {**found, "kernel": SAME_KERNEL.get(found["kernel"], found["kernel"])}


def settings(plain: dict[str, object]) -> list[tuple[str, dict[str, str], str, object]]:
    """(name, environment, what of the probe it decides, the value wanted there) for each row."""
    rows: list[tuple[str, dict[str, str], str, object]] = [
        ("as it is", {}, "kernel", plain["kernel"])
    ]
    for kernel in KERNELS:
        rows.append(
            (f"OpenBLAS {kernel}", {"OPENBLAS_CORETYPE": kernel}, "kernel", kernel)
        )
    simd = list(plain["simd"])  # type: ignore[call-overload]
    for first in reversed(range(len(simd))):
        disabled = {"NPY_DISABLE_CPU_FEATURES": " ".join(simd[first:])}
        name = f"NumPy up to {simd[first - 1] if first else 'its baseline'}"
        rows.append((name, disabled, "simd", simd[:first]))
    for threads in (1, 2):
        count = {"OPENBLAS_NUM_THREADS": str(threads)}
        rows.append(
            (f"{threads} thread{'s'[: threads - 1]}", count, "threads", threads)
        )
    return rows


def run_tests(setting: dict[str, str]) -> tuple[int, int, int, str]:
    """Cells that gave the same outputs, tests that passed, failures of either, and pytest's output."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        result = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "--nbval", "-q", "--tb=short"),
                *("-p", "no:cacheprovider", f"--junit-xml={report}"),
                *("-n", "2", "--dist", "loadscope"),
                *(f"--ignore={ROOT / 'tests' / name}" for name in LEFT_OUT),
                *(str(ROOT / "tests"), str(ROOT / "book" / "recorded")),
            ],
            cwd=ROOT,
            env=environment(setting),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if not report.exists():
            return 0, 0, 1, result.stdout
        cases = list(ElementTree.parse(report).iter("testcase"))
    good = [case for case in cases if not len(case)]  # no failure, error or skip inside
    bad = [
        case for case in cases if {child.tag for child in case} & {"failure", "error"}
    ]
    cells = [c for c in good if re.match(r"Cell \d+$", c.get("name", ""))]
    failures = max(len(bad), int(result.returncode != 0))
    return len(cells), len(good) - len(cells), failures, result.stdout


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    plain = probe({})
    if plain is None or not plain["kernel"]:
        sys.exit(
            "NumPy's BLAS here is not OpenBLAS: there are no kernels to choose from"
        )
    line = "{:<24}  {:<14}  {:>5}  {:>5}  {}"
    print(line.format("setting", "in effect", "cells", "tests", ""), flush=True)
    outputs = []
    for name, setting, key, wanted in settings(plain):
        found = probe(setting)
        value = found and found[key]
        if value != wanted:
            state = "crashes" if found is None else f"stays {value}"
            print(line.format(name, "not run", "", "", f"({state})"), flush=True)
            continue
        shown = (["baseline", *value][-1]) if isinstance(value, list) else str(value)
        cells, tests, failures, output = run_tests(setting)
        verdict = f"{failures} DIFFER" if failures else "same"
        print(line.format(name, shown, cells, tests, verdict), flush=True)
        if failures:
            outputs.append(f"\n{name}:\n{output}")
    print(f"\nLeft out: {', '.join(LEFT_OUT)}, which do not depend on the processor.")
    if outputs:
        sys.exit("".join(outputs))


if __name__ == "__main__":
    main()
