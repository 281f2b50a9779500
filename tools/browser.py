"""Find a browser for the tests of the pages; called as a program, fetch one if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from tools.node import NODE

PROGRAMS = [
    *("chromium", "chromium-browser", "google-chrome", "microsoft-edge"),
    *("/snap/bin/chromium", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
]
CHANNELS = ["chrome", "msedge"]  # Playwright knows where each system keeps these
ARGUMENTS = [
    "--no-sandbox",  # root has none, and CI runs as root; the pages are our own
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOW_TO = (
    "there is no browser; install Chrome, Chromium or Edge "
    "(on Debian or Ubuntu: apt-get install chromium)"
)
# The Node that Playwright brings needs libatomic, which not every Linux has.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", NODE)


class NoBrowser(Exception):
    """None can be started here; the message says how to get one."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The first browser that can be started, without a window."""
    with sync_playwright() as playwright:
        started = start(playwright)
        yield started
        started.close()


def start(playwright: Playwright) -> Browser:
    for place in places():
        try:
            return playwright.chromium.launch(**place, args=ARGUMENTS)
        except Error:  # it is not there, or lacks something
            continue
    raise NoBrowser(HOW_TO)


def places() -> Iterator[dict[str, str]]:
    """Where a browser may be, as Playwright wants to be told."""
    yield from ({"executable_path": program} for program in installed())
    yield from ({"channel": channel} for channel in CHANNELS)
    yield {}  # where `playwright install` puts its own


def installed() -> Iterator[str]:
    return filter(None, map(shutil.which, PROGRAMS))


def is_here() -> bool:
    try:
        with browser():
            return True
    except NoBrowser:
        return False


def ways() -> Iterator[list[str]]:
    """Commands that may fetch a browser."""
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        yield ["sh", "-c", "apt-get update && apt-get install -y chromium"]
        yield [*install, "--with-deps"]
    elif sys.platform != "linux" or find_library("nss3"):  # else it could not start
        yield install


def fetch() -> None:
    """Try each way until there is a browser; without one, the tests of the pages are skipped."""
    for command in ways():
        print(f"There is no browser yet: {' '.join(command)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if is_here():
            break


if __name__ == "__main__" and not is_here():
    fetch()
