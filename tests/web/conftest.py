"""The built book, a server for it, and a browser."""

import shutil
import time
import traceback
from pathlib import Path

import browsing
import pytest
from bs4 import BeautifulSoup

from tools import build, edition, record
from web import bundle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def html(tmp_path_factory, worker_id):
    """The folder of the built book: of several workers, the first to ask for it builds, and the others wait."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "book"
    said = root.with_name("what-the-build-said")
    try:
        root.mkdir()
    except FileExistsError:
        while not said.exists():
            time.sleep(0.1)
    else:
        trouble = root / "trouble"
        trouble.write_text(trouble_in(edition.copy_of_book(ROOT, root)), "utf-8")
        trouble.rename(said)  # complete at once
    if trouble := said.read_text("utf-8"):
        pytest.fail(trouble, pytrace=False)
    return root / "_build" / "html"


def trouble_in(root):
    """Build the book in a folder, and return what went wrong."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GITHUB_SERVER_URL", "https://github.com")
        environment.setenv("GITHUB_REPOSITORY", browsing.REPOSITORY)
        try:
            build.build(root)
        except SystemExit as error:
            return str(error)
        except Exception:
            return traceback.format_exc()
    return ""


@pytest.fixture(scope="session")
def pages(html):
    """All pages, by their address."""
    paths = [path for path in html.rglob("*.html") if "_static" not in path.parts]
    return {
        path.relative_to(html).as_posix(): BeautifulSoup(
            path.read_text("utf-8"), "html.parser"
        )
        for path in sorted(paths)
    }


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
def site_with_python(html_with_python):
    """Its Python starts sooner than one that a test hands over in place of the network."""
    with browsing.served(html_with_python) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    with browsing.chromium() as chromium:
        yield chromium
