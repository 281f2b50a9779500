"""Debian packages for any processor, unpacked into a folder without installing them."""

from __future__ import annotations

import shutil
from pathlib import Path

from .machine import BUILD, setup


def unpacked(name: str, architecture: str, packages: list[str]) -> Path:
    """A folder with the files of the packages, without their dependencies."""
    folder = BUILD / name
    if folder.exists():
        return folder
    partial, downloads = folder.with_name(f"{name}.partial"), BUILD / f"{name}.debs"
    for fresh in (partial, downloads):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    state = BUILD / f"apt-{architecture}"
    for part in ("lists/partial", "cache/archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    apt_get = [
        *("apt-get", "-q", "-o", f"APT::Architecture={architecture}"),
        *("-o", f"APT::Architectures={architecture}"),
        *("-o", f"Dir::State::lists={state}/lists", "-o", f"Dir::Cache={state}/cache"),
        *("-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"),
    ]
    if not list((state / "lists").glob("*_Packages")):
        setup([*apt_get, "update"])
    setup([*apt_get, "download", *packages], cwd=downloads)
    for package in downloads.glob("*.deb"):
        setup(["dpkg-deb", "-x", str(package), str(partial)])
    shutil.rmtree(downloads)
    return partial.rename(folder)
