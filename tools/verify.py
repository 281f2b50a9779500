"""Compare the library with PyTorch: with values just computed, and with the recorded ones.

python -m tools.verify VALUES         a file just computed by tests/library/thorough/pytorch/values.py
python -m tools.verify VALUES --keep  record it, and the differences, in the repository

The exit status is 1 if the library differs from PyTorch, or PyTorch from its recorded values.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "library" / "thorough"))

from pytorch import comparison  # noqa: E402

RECORD = ROOT / "nnfs_lib" / "book" / "verified" / "pytorch.json"
SAME_PYTORCH = 1e-11  # releases and processors round differently, and a training run accumulates that


def from_recorded(now: dict[str, Any], recorded: dict[str, Any]) -> float:
    """The largest relative difference between two files of PyTorch's values; infinity if their cases differ."""
    worst = 0.0
    for subject in comparison.SUBJECTS:
        if now[subject]["given"] != recorded[subject]["given"]:
            return float("inf")
        cases, known = now[subject]["cases"], recorded[subject]["cases"]
        if cases.keys() != known.keys():
            return float("inf")
        for case, entry in cases.items():
            for quantity, values in entry["pytorch"].items():
                before = known[case]["pytorch"].get(quantity, [])
                worst = max(worst, comparison.to_the_largest(values, before))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("values", type=Path)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    now = comparison.read(arguments.values)
    print(f"PyTorch {now['versions']['torch']}: worst relative difference, in float64")
    worst = comparison.worst_differences(now)
    for part, difference in worst.items():
        print(f"  {part:28} {difference:.1e}")
    failed = [
        part for part, difference in worst.items() if difference > comparison.TOLERANCE
    ]
    if failed:
        print(f"more than {comparison.TOLERANCE}: {', '.join(failed)}")
    if arguments.keep:
        shutil.copyfile(arguments.values, comparison.RECORDED)
        record = {"versions": now["versions"], "worst": worst}
        RECORD.write_text(json.dumps(record, indent=2) + "\n", "utf-8", newline="\n")
    changed = from_recorded(now, comparison.read())
    print(f"PyTorch now and as recorded: {changed:.1e}")
    sys.exit(bool(failed) or not changed <= SAME_PYTORCH)


if __name__ == "__main__":
    main()
