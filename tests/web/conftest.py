"""The built book, a server for it, and a browser."""

import shutil
from pathlib import Path

import browsing
import pytest

from tools import build, record
from web import bundle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the built book."""
    root = browsing.copy_of_book(ROOT, tmp_path_factory.mktemp("book"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GITHUB_SERVER_URL", "https://github.com")
        environment.setenv("GITHUB_REPOSITORY", browsing.REPOSITORY)
        return build.build(root).parent


@pytest.fixture(scope="session")
def html_with_python(html, tmp_path_factory):
    """The same with Pyodide in it, which needs no network."""
    copy = tmp_path_factory.mktemp("offline") / "html"
    shutil.copytree(html, copy, ignore=shutil.ignore_patterns("python"))
    recorded = [record.recorded_path(source) for source in record.sources(ROOT)]
    bundle.add_python(recorded, copy, browsing.pyodide())
    return copy


@pytest.fixture(scope="session")
def site(html):
    with browsing.served(html) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    with browsing.chromium() as chromium:
        yield chromium
