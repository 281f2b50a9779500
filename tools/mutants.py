"""Change the library in one small place at a time, and see whether a test notices: ``make mutants``.

mutmut makes the mutants, picks for each the tests that reach the changed function, and stops at the first that fails;
its settings are in pyproject.toml. What no test notices is kept in ``nnfs_lib/book/verified/mutants.json``, each with
the reason why it may go unnoticed. The file is written anew by each run, which keeps the reasons of the survivors that
are still there, and fails where one has none: write a test that notices it, or the reason.
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
PLACE = ROOT / "_build" / "mutants"  # a copy, so that the library itself stays as it is
TOOL = "mutmut==3.8.1"
LEAST_SHARE = 0.95

Survivor = dict[str, str]


def mutmut(*arguments: str) -> str:
    """What a command of mutmut prints."""
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    return subprocess.run(
        command, cwd=PLACE, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


def run() -> None:
    """Make all mutants and test them, as if for the first time."""
    install = [sys.executable, "-m", "pip", "install", "-qq", TOOL]
    subprocess.run(install, check=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    for name in ("nnfs_lib", "tests"):
        shutil.copytree(ROOT / name, PLACE / name)
    shutil.copy(ROOT / "pyproject.toml", PLACE)
    # BLAS threads would only wait for each other beside a mutant on every core
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "run"], cwd=PLACE, check=True
    )


def described(name: str, status: str) -> Survivor:
    """A mutant as what it changes: names of mutants are numbers, which move with every edit."""
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
    """The survivors with the reasons that are known for the same change ("" where there is none)."""

    def change(survivor: Survivor) -> tuple[str, ...]:
        return tuple(survivor[key] for key in ("file", "was", "becomes", "status"))

    reasons = {change(survivor): survivor["reason"] for survivor in known}
    return [
        {**survivor, "reason": reasons.get(change(survivor), "")}
        for survivor in sorted(survivors, key=change)
    ]


def main() -> int:
    """Run, renew the file, and say what is missing; 1 if anything is."""
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
