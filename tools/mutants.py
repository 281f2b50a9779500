"""Mutation testing of the library: ``make mutants``.

mutmut creates the mutants, runs for each the tests that reach the changed function, and stops at the first failure; its
settings are in pyproject.toml. It does not change functions with a decorator: those under ``np.errstate`` are left out.
Surviving mutants are listed in ``nnfs_lib/book/verified/mutants.json``, each with the reason why it may survive. Each
run rewrites the file, keeps the reasons of mutants that still survive, and fails if one has none: write a test that
kills it, or give the reason.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "nnfs_lib" / "book" / "verified" / "mutants.json"
PLACE = ROOT / "_build" / "mutants"  # a copy, so that the library itself is not changed
TOOL = "mutmut==3.8.1"
LEAST_SHARE = 0.97

Survivor = dict[str, str]


def mutmut(*arguments: str) -> str:
    """The output of a mutmut command."""
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    return subprocess.run(
        command, cwd=PLACE, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


def run() -> None:
    """Create and test all mutants from scratch."""
    install = [sys.executable, "-m", "pip", "install", "-qq", TOOL]
    subprocess.run(install, check=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    for name in ("nnfs_lib", "tests"):
        shutil.copytree(ROOT / name, PLACE / name)
    shutil.copy(ROOT / "pyproject.toml", PLACE)
    # with a mutant on every core, more BLAS threads would only wait for each other
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "run"], cwd=PLACE, check=True
    )


def described(name: str, status: str) -> Survivor:
    """A mutant, identified by its change: its name is a number, which shifts with every edit."""
    lines = mutmut("show", name).splitlines()
    file = next(line[4:] for line in lines if line.startswith("+++ "))
    changes = {
        sign: " ".join(
            line[1:].strip() for line in lines if line[0:1] == sign != line[1:2]
        )
        for sign in "-+"
    }
    return {
        "file": file,
        "was": changes["-"],
        "becomes": changes["+"],
        "status": status,
    }


def with_reasons(survivors: list[Survivor], known: list[Survivor]) -> list[Survivor]:
    """The survivors with the known reasons for the same changes ("" if there is none)."""

    def change(survivor: Survivor) -> tuple[str, ...]:
        return tuple(survivor[key] for key in ("file", "was", "becomes", "status"))

    reasons = {change(survivor): survivor["reason"] for survivor in known}
    return [
        {**survivor, "reason": reasons.get(change(survivor), "")}
        for survivor in sorted(survivors, key=change)
    ]


def main() -> int:
    """Run mutmut, rewrite the file and report survivors without a reason; 1 if there are any."""
    known = (
        json.loads(RESULT.read_text("utf-8"))["survivors"] if RESULT.exists() else []
    )
    run()
    mutmut("export-cicd-stats")
    total = json.loads((PLACE / "mutants" / "mutmut-cicd-stats.json").read_text())
    results = [line.strip().split(": ") for line in mutmut("results").splitlines()]
    found = [described(name, status) for name, status in results]
    survivors = with_reasons(found, known)
    share = total["killed"] / total["total"]
    result = {
        "date": datetime.date.today().isoformat(),
        "tool": TOOL,
        "python": platform.python_version(),
        "mutants": total["total"],
        "killed": total["killed"],
        "survivors": survivors,
    }
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    RESULT.write_text(text, "utf-8", newline="\n")
    unexplained = [survivor for survivor in survivors if not survivor["reason"]]
    for survivor in unexplained:
        print("{file}: {status}\n  - {was}\n  + {becomes}".format(**survivor))
    print(
        f"{total['killed']} of {total['total']} mutants are killed: {share:.1%}. "
        f"{len(unexplained)} of {len(survivors)} survivors have no reason in {RESULT.relative_to(ROOT)}."
    )
    return int(share < LEAST_SHARE or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
