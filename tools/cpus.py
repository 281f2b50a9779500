"""Run the tests of library and book, and the recorded chapters, with the arithmetic of other processors.

Each row of the table is one setting: an OpenBLAS kernel, NumPy's SIMD dispatch without its highest levels, or a number
of threads. A setting counts only if a process started with it reports that it is in effect; settings that this
processor does not support are "not run". The exit status is 1 if any setting differs. (`make machines` has these
settings too, but runs no tests.)
"""

from __future__ import annotations

import argparse
import sys

from tools.machines import x86
from tools.machines.machine import ROOT, NotHere
from tools.machines.measure import RECORDED, run_pytest

TESTS = [ROOT / "tests" / "library", ROOT / "tests" / "book"]


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    line = "{:<24}  {:>7}  {:>5}  {}"
    print(line.format("setting", "outputs", "tests", ""), flush=True)
    different = []
    for machine in x86.machines():
        try:
            machine.checked_facts()
        except NotHere as reason:
            print(line.format(machine.name, "", "", f"not run ({reason})"), flush=True)
            continue
        result = run_pytest(machine, *map(str, [*TESTS, RECORDED]))
        failures = len(result.differences)
        verdict = f"{failures} DIFFER" if failures else "same"
        counts = [result.compared, result.tests]
        print(line.format(machine.name, *counts, verdict), flush=True)
        different += [f"\n{machine.name}: {text}" for text in result.differences]
    if different:
        sys.exit("\n".join(different))


if __name__ == "__main__":
    main()
