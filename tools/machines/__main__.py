"""Compute the book's numbers on many kinds of machines, and report whether any differ.

python -m tools.machines                    all kinds
python -m tools.machines arm64 webassembly  only these kinds
python -m tools.machines x86-64 --tests     also the tests of library and book (make cpus)

Each row is one machine: a hash of its long training runs (`python -m nnfs_lib`), and the number of recorded outputs it
was compared on. Each also goes on with a model that was saved here, and saves one that goes on here. A machine counts
only if it confirms that it is what its row says; what is not available on this computer is "not run". At the end the
rows are written to nnfs_lib/book/verified/machines.json, for the book; rows of other kinds stay. The exit status is 1
if any machine differs.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import textwrap
import time
from typing import Any

from . import arm64, blas, versions, wasm, x86
from .machine import BUILD, ROOT, Machine, NotHere
from .measure import halves, rank_beside_this, recorded_chapters, self_check

KINDS = {
    "x86-64": x86.machines,
    "versions": versions.machines,
    "arm64": arm64.machines,
    "webassembly": wasm.machines,
    "blas": blas.machines,
}
KEPT = ROOT / "nnfs_lib" / "book" / "verified" / "machines.json"
LINE = "{:<32}  {:<8}  {:<7}  {:<16}  {:>7}  {:>7}  {}"
Row = dict[str, Any]


def row_of(kind: str, machine: Machine, tests: bool) -> tuple[Row, list[str]]:
    """A row of the table, and a list of the differences."""
    started = time.monotonic()
    row: Row = {"kind": kind, "machine": machine.name}
    row["date"] = datetime.date.today().isoformat()
    try:
        facts = machine.checked_facts()
    except NotHere as reason:
        return {**row, "not run": str(reason)}, []
    row["python"], row["numpy"] = facts["python"], facts["numpy"]
    row["hash"], differences = self_check(machine)
    differences += halves(machine)
    if machine.mpi:
        differences += rank_beside_this(machine)
    result = recorded_chapters(machine, tests)
    row["outputs"] = result.compared
    differences += result.differences
    row["same"] = not differences
    row["seconds"] = round(time.monotonic() - started)
    return row, differences


def show(row: Row) -> None:
    if "not run" in row:
        print(LINE.format(row["machine"], *[""] * 5, f"not run: {row['not run']}"))
        return
    values = [row[name] for name in ("machine", "python", "numpy", "hash")]
    values += [row["outputs"], row["seconds"], "same" if row["same"] else "DIFFERS"]
    print(LINE.format(*values), flush=True)


def keep(rows: list[Row]) -> None:
    """Write the rows, replacing earlier ones of the same kinds."""
    old = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else []
    kinds = {row["kind"] for row in rows}
    rows = [row for row in old if row["kind"] not in kinds] + rows
    rows.sort(key=lambda row: list(KINDS).index(row["kind"]))
    KEPT.parent.mkdir(exist_ok=True)
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    KEPT.write_text(f"[\n{lines}\n]\n", "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="machines",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(KINDS)}")
    parser.add_argument(
        "--tests",
        action="store_true",
        help="run the tests of library and book, too, and record nothing",
    )
    arguments = parser.parse_args()
    chosen = arguments.kinds or list(KINDS)
    if unknown := set(chosen) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    BUILD.mkdir(parents=True, exist_ok=True)
    print(LINE.format("machine", "Python", "NumPy", "hash", "outputs", "seconds", ""))
    failed, rows = False, []
    for kind in chosen:
        try:
            for machine in KINDS[kind]():
                row, differences = row_of(kind, machine, arguments.tests)
                show(row)
                for text in differences:
                    print(textwrap.shorten(text, 500, placeholder=" ..."), flush=True)
                rows.append(row)
                failed = failed or bool(differences)
        except NotHere as reason:
            rows.append({"kind": kind, "machine": kind, "not run": str(reason)})
            show(rows[-1])
    if not arguments.tests:
        keep(rows)  # only at the end, because a chapter prints them
    sys.exit(failed)


if __name__ == "__main__":
    main()
