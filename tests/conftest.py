"""What tests share: a NumPy that no other test has changed; the built book, a server for it, and a browser."""

import os
from collections import Counter
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
    import browsing

    with browsing.chromium() as chromium:
        yield chromium


def untested_pages(config):
    """Why tests of the pages were skipped, and how many."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    reasons = [report.longrepr[2].removeprefix("Skipped: ") for report in skipped]
    return Counter(reason for reason in reasons if reason.startswith("pages "))


def pytest_sessionfinish(session):
    if os.environ.get("CI") and untested_pages(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    for reason, count in untested_pages(config).items():
        kind = "FAILED" if os.environ.get("CI") else "SKIPPED"
        terminalreporter.write_line(f"{kind} [{count}] {reason}")
