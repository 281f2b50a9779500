"""Run the tests and the recorded chapters as other processors would, and say whether anything differs.

Each row of the table is one setting: a kernel of OpenBLAS, NumPy's SIMD dispatch without its highest levels, or a
number of threads. A setting counts only if a process started with it reports that it is in effect; what this
processor lacks is "not run". Left out are the tests that do not depend on the processor. Exit status 1 if any setting
differs. (`make machines` has these settings too, but runs no tests.)
"""

from __future__ import annotations

import argparse
import sys

from machines import x86
from machines.machine import ROOT, NotHere
from machines.measure import RECORDED, run_pytest

LEFT_OUT = [
    *("test_checks_bite.py", "test_static.py", "test_book.py"),
    *("test_machines.py", "test_workflows.py"),
]


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    ignored = [f"--ignore={ROOT / 'tests' / name}" for name in LEFT_OUT]
    line = "{:<24}  {:>7}  {:>5}  {}"
    print(line.format("setting", "outputs", "tests", ""), flush=True)
    different = []
    for machine in x86.machines():
        try:
            machine.checked_facts()
        except NotHere as reason:
            print(line.format(machine.name, "", "", f"not run ({reason})"), flush=True)
            continue
        result = run_pytest(machine, *ignored, str(ROOT / "tests"), str(RECORDED))
        failures = len(result.differences)
        verdict = f"{failures} DIFFER" if failures else "same"
        counts = [result.compared, result.tests]
        print(line.format(machine.name, *counts, verdict), flush=True)
        different += [f"\n{machine.name}: {text}" for text in result.differences]
    print(f"\nLeft out: {', '.join(LEFT_OUT)}, which do not depend on the processor.")
    if different:
        sys.exit("\n".join(different))


if __name__ == "__main__":
    main()
