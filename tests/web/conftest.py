"""The built book, a server for it, and a browser."""

from pathlib import Path

import browsing
import pytest

from tools import build, edition

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the built book."""
    root = edition.copy_of_book(ROOT, tmp_path_factory.mktemp("book"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GITHUB_SERVER_URL", "https://github.com")
        environment.setenv("GITHUB_REPOSITORY", browsing.REPOSITORY)
        return build.build(root).parent


@pytest.fixture(scope="session")
def site(html):
    with browsing.served(html) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    with browsing.chromium() as chromium:
        yield chromium
