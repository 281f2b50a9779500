"""Closes two gaps of nbval: it passes cells that were never executed, and pictures that it does not compare."""

from __future__ import annotations

import pytest

try:
    from nbval.plugin import IPyNbCell
except ImportError:  # the library's own tests run without the book's tools
    IPyNbCell = ()

COMPARED_PICTURE = "image/svg+xml"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not isinstance(item, IPyNbCell):
        return
    if item.cell.execution_count is None and item.cell.source.strip():
        pytest.fail(
            "this recorded cell was never executed: run 'make record'", pytrace=False
        )
    for output in item.cell.outputs:
        kinds = {kind for kind in output.get("data", {}) if kind.startswith("image/")}
        if kinds - {COMPARED_PICTURE}:
            pytest.fail(
                f"nbval does not compare {sorted(kinds)}: make the figure {COMPARED_PICTURE}",
                pytrace=False,
            )
