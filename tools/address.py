"""Where the book lives. The one setting: ``[project.urls]`` in pyproject.toml, once the addresses are known.

Without it, they are those of the GitHub workflow that runs, or of the clone's remote; without these, there are none,
and what needs them is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def urls(root: Path = ROOT) -> dict[str, str]:
    """What pyproject.toml says: ``Repository`` and, unless GitHub Pages has the book, ``Documentation``."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return settings["project"].get("urls", {})


def repository(root: Path = ROOT) -> str | None:
    """The repository, as https://github.com/owner/name."""
    if url := urls(root).get("Repository"):
        return url
    if "GITHUB_REPOSITORY" in os.environ:
        return "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}".format(**os.environ)
    found = re.search(
        r"github\.com[:/]([^/\s]+/[^/\s]+?)(\.git)?/?\s*$",
        git(root, "remote", "get-url", "origin"),
    )
    return found and f"https://github.com/{found[1]}"


def site(root: Path = ROOT) -> str | None:
    """The published book, with a slash at its end."""
    home = repository(root)
    return site_of({**urls(root), "Repository": home}) if home else None


def site_of(urls: dict[str, str]) -> str:
    """``Documentation``, or where GitHub Pages publishes ``Repository``."""
    if url := urls.get("Documentation"):
        return url.rstrip("/") + "/"
    owner, name = urls["Repository"].split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" + ("" if name.lower() == host else f"{name}/")


def library(root: Path = ROOT) -> str | None:
    """What pip installs the library of this very commit from, without git."""
    commit = os.environ.get("GITHUB_SHA") or git(root, "rev-parse", "HEAD").strip()
    home = repository(root)
    return home and f"{home}/archive/{commit or 'HEAD'}.zip"


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8").stdout
    except FileNotFoundError:  # git is not installed
        return ""
