"""Find a browser for the page tests; run as a program, install one if none is found."""

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
    "chromium-headless-shell",  # opens a page in half the time
    *("chromium", "chromium-browser", "google-chrome", "microsoft-edge"),
    *("/snap/bin/chromium", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
]
CHANNELS = ["chrome", "msedge"]  # Playwright knows where each system installs these
ARGUMENTS = [
    "--no-sandbox",  # root has no sandbox, and CI runs as root; the pages are our own
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOW_TO = (
    "no browser was found; install Chrome, Chromium or Edge "
    "(on Debian or Ubuntu: apt-get install chromium)"
)
# The Node bundled with Playwright needs libatomic, which some Linux systems lack.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", NODE)


class NoBrowser(Exception):
    """No browser can be started on this machine; the message says how to install one."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the first browser that works, headless, and close it at the end."""
    with sync_playwright() as playwright:
        started = start(playwright)
        yield started
        started.close()


def start(playwright: Playwright) -> Browser:
    for options in launch_options():
        try:
            return playwright.chromium.launch(**options, args=ARGUMENTS)
        except Error:  # not installed, or unable to start
            continue
    raise NoBrowser(HOW_TO)


def launch_options() -> Iterator[dict[str, str]]:
    """Playwright's launch options for each place where a browser may be installed."""
    yield from ({"executable_path": program} for program in installed())
    yield from ({"channel": channel} for channel in CHANNELS)
    yield {}  # the one that `playwright install` downloads


def installed() -> Iterator[str]:
    return filter(None, map(shutil.which, PROGRAMS))


def is_available() -> bool:
    try:
        with browser():
            return True
    except NoBrowser:
        return False


def install_commands() -> Iterator[list[str]]:
    """Commands that may install a browser on this system."""
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = "chromium-headless-shell", "chromium"  # Debian has both
        either = " || ".join(f"apt-get install -y {package}" for package in packages)
        yield ["sh", "-c", f"apt-get update && ({either})"]
        yield [*install, "--with-deps"]
    # What Playwright downloads could not start without this library.
    elif sys.platform != "linux" or find_library("nss3"):
        yield install


def install() -> None:
    """Run these commands until a browser is available; without one, the page tests are skipped."""
    for command in install_commands():
        print(f"No browser was found, trying: {' '.join(command)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if is_available():
            break


if __name__ == "__main__" and not is_available():
    install()
