"""Write requirements.lock, and into requirements.txt the versions that it has: ``make pins``.

pins.py            add what is new; every other version stays
pins.py --upgrade  take the newest version of everything
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS, LOCK = ROOT / "requirements.txt", ROOT / "requirements.lock"
BOUND = r"[<>!]=?[^,;\s]+"
REQUIREMENT = re.compile(
    rf"^(?P<name>[\w.-]+)(?P<bounds>{BOUND}(?:,{BOUND})*)?,?(?:==(?P<version>[^;\s]+))?",
    re.MULTILINE,
)
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "-", "--generate-hashes"),
    *("--universal", "--python-version", "3.11", "--fork-strategy", "fewest"),
    *("--annotation-style", "line", "--custom-compile-command", "make pins"),
    *("--output-file", str(LOCK), "--quiet"),
]


def unpinned(requirements: str) -> str:
    """The requirements without their versions; bounds such as <2 stay."""
    return REQUIREMENT.sub(
        lambda found: found["name"] + (found["bounds"] or ""), requirements
    )


def pinned(requirements: str, lock: str) -> str:
    """The requirements with the versions of the lock."""
    versions = dict(PIN.findall(lock))

    def with_version(found: re.Match[str]) -> str:
        bounds = f"{found['bounds']}," if found["bounds"] else ""
        return f"{found['name']}{bounds}=={versions[found['name']]}"

    return REQUIREMENT.sub(with_version, requirements)


if __name__ == "__main__":
    requirements = REQUIREMENTS.read_text("utf-8")
    command = [*COMPILE, *sys.argv[1:]]
    subprocess.run(command, input=unpinned(requirements), text=True, check=True)
    new = pinned(requirements, LOCK.read_text("utf-8"))
    REQUIREMENTS.write_text(new, "utf-8", newline="\n")
