"""Firefox and WebKit are found or installed; where they cannot be, the message says what is missing."""

import os
import shutil
import subprocess

import pytest

from tools import webdriver


@pytest.fixture
def machine(monkeypatch):
    """With these programs alone, and one who is root or not; returns the commands that are called."""

    def change(*names, user=0):
        calls = []
        monkeypatch.setattr(
            shutil, "which", lambda n: f"/bin/{n}" if n in names else None
        )
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
        monkeypatch.setattr(
            subprocess, "run", lambda command, **_: calls.append(command)
        )
        return calls

    return change


@pytest.mark.parametrize("name", ["firefox", "firefox-esr"])
def test_firefox_is_found(machine, name):
    machine(name)
    assert webdriver.programs("firefox") == [f"/bin/{name}"]


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ([], "WebKitWebDriver and Xvfb: not found"),
        (["WebKitWebDriver"], "Xvfb: not found"),
    ],
)
def test_the_error_says_what_is_missing_and_how_to_install_it(machine, there, missing):
    machine(*there)
    with pytest.raises(webdriver.NoBrowser, match=f"^{missing}") as error:
        webdriver.programs("webkit")
    assert "apt-get install webkit2gtk-driver xvfb" in str(error.value)


def test_root_installs_the_packages_that_are_missing(machine):
    calls = machine("apt-get", "firefox")
    for name in webdriver.PROGRAMS:
        webdriver.install_packages(name)
    (command,) = calls
    assert command[-1].endswith("apt-get install -y webkit2gtk-driver xvfb")


@pytest.mark.parametrize(("names", "user"), [(["apt-get"], 1000), ([], 0)])
def test_nobody_else_installs_anything(machine, names, user):
    calls = machine(*names, user=user)
    webdriver.install_packages("firefox")
    assert calls == []
