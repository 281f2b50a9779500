"""A browser is found or fetched; without one, the tests of the pages say so once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tools import browser

ROOT = Path(__file__).resolve().parents[2]
EITHER = "(apt-get install -y chromium-headless-shell || apt-get install -y chromium)"
PACKAGE = ["sh", "-c", f"apt-get update && {EITHER}"]
DOWNLOAD = [sys.executable, "-m", "playwright", "install", "chromium"]


class FakePlaywright:
    """It starts the browsers that it is told."""

    def __init__(self, *working):
        self.chromium, self.working = self, working

    def launch(self, args, **place):
        if place not in self.working:
            raise Error("cannot be started")
        return place


@pytest.fixture
def only_program(monkeypatch):
    """As if the system had one program."""

    def change(name):
        monkeypatch.setattr(
            shutil, "which", lambda n: f"/bin/{n}" if n == name else None
        )

    return change


# ---- found


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge"])
def test_installed_programs_are_found(only_program, name):
    only_program(name)
    place = {"executable_path": f"/bin/{name}"}
    assert browser.start(FakePlaywright(place)) == place


@pytest.mark.parametrize("place", [{"channel": "chrome"}, {"channel": "msedge"}, {}])
def test_browsers_known_to_playwright_are_found(only_program, place):
    only_program("chromium")  # which cannot be started
    assert browser.start(FakePlaywright(place)) == place


def test_the_error_says_how_to_install_a_browser():
    with pytest.raises(browser.NoBrowser, match="apt-get install chromium"):
        browser.start(FakePlaywright())


# ---- fetched


@pytest.fixture
def user(monkeypatch, only_program):
    """Who runs the tests, on a Linux with or without apt-get and a browser's libraries."""

    def change(number, apt, libraries):
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(os, "geteuid", lambda: number, raising=False)
        monkeypatch.setattr(browser, "find_library", lambda name: libraries or None)
        only_program("apt-get" if apt else None)

    return change


def test_root_installs_the_package_or_a_download_with_its_libraries(user):
    user(0, apt=True, libraries=False)
    assert list(browser.install_commands()) == [PACKAGE, [*DOWNLOAD, "--with-deps"]]


def test_other_users_download_a_browser_if_it_can_start(user):
    user(1000, apt=True, libraries=True)
    assert list(browser.install_commands()) == [DOWNLOAD]
    user(1000, apt=True, libraries=False)
    assert list(browser.install_commands()) == []


def test_installing_stops_at_the_first_browser(user, monkeypatch):
    user(0, apt=True, libraries=False)
    called = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.append(command))
    monkeypatch.setattr(browser, "is_available", lambda: len(called) == 1)
    browser.install()
    assert called == [PACKAGE]


# ---- missing

PAGES = """
import pytest
from tools import browser
browser.launch_options = lambda: []

@pytest.mark.parametrize("number", range(4))
def test_page(chromium, number):
    pytest.fail("there is a browser")
"""


def without_browser(folder, workers, **settings):
    """What pytest says of four pages, with this many workers and no browser."""
    (folder / "tests" / "web").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("tools", "web"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("conftest.py", "snapshots.py", "web/conftest.py", "web/browsing.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    (folder / "tests" / "web" / "test_pages.py").write_text(PAGES, "utf-8")
    env = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    plugins = ("-p", "nbval.plugin", "-p", "pytest_timeout", "-p", "xdist")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-n", workers, "tests"],
        cwd=folder,
        env={**env, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": "", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def test_a_missing_browser_is_reported_once(tmp_path):
    run = without_browser(tmp_path, "2")
    assert run.returncode == 0, run.stdout
    assert (
        run.stdout.count(f"SKIPPED [4] pages cannot be tested: {browser.HOW_TO}") == 1
    )
    assert "4 skipped" in run.stdout


def test_a_missing_browser_fails_in_ci(tmp_path):
    run = without_browser(tmp_path, "0", CI="true")
    assert run.returncode == 1, run.stdout
    assert run.stdout.count(f"FAILED [4] pages cannot be tested: {browser.HOW_TO}") == 1
    assert "4 skipped" in run.stdout
