"""Restore NumPy after each test; report in one line why page tests were skipped."""

import os
import threading
from collections import Counter

import pytest
import tqdm
from snapshots import numpy_restored

# tqdm's own lock is shared by all processes that are forked, and would stay locked if one is ended while it draws.
tqdm.tqdm.set_lock(threading.RLock())


@pytest.fixture(autouse=True)
def _numpy_as_it_was():
    with numpy_restored():
        yield


def pytest_collection_modifyitems(items):
    """The pages' longest tests first: the book is built for them, and no other test has to wait for that."""
    items.sort(key=lambda item: item.path.name != "test_every_page.py")


def untested_pages(config):
    """The reasons why page tests were skipped, with their numbers."""
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
