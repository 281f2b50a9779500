"""What tests share: a NumPy that no other test has changed; the built book, a server for it, and a browser."""

from pathlib import Path

import pytest
from snapshots import numpy_restored


@pytest.fixture(autouse=True)
def _numpy_as_it_was():
    with numpy_restored():
        yield


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the built book."""
    import publish  # here, for most tests need none of it
    from browsing import REPOSITORY, copy_of_book

    root = copy_of_book(Path(__file__).parent.parent, tmp_path_factory.mktemp("book"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GITHUB_SERVER_URL", "https://github.com")
        environment.setenv("GITHUB_REPOSITORY", REPOSITORY)
        return publish.build(root).parent


@pytest.fixture(scope="session")
def site(html):
    from browsing import served

    with served(html) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    from browsing import browser

    with browser() as chromium:
        yield chromium
