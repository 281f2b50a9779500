"""Close gaps of nbval.

It passes a cell that was never executed, pictures that it does not compare, and what a
cell wrote to stderr if that was recorded.
"""

from __future__ import annotations

import os
import tempfile

import pytest

try:
    from nbval.plugin import IPyNbCell
except ImportError:  # the library's own tests run without the book's tools
    IPyNbCell = ()

COMPARED_PICTURE = "image/svg+xml"
# IPython's settings of whoever runs the tests could change what cells print.
NO_SETTINGS = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
os.environ["IPYTHONDIR"] = NO_SETTINGS.name
# `make test` has two workers for two cores; BLAS threads beside them would spin and wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["TQDM_DISABLE"] = "1"  # a progress bar is never the same twice


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not isinstance(item, IPyNbCell):
        return
    problem = ""
    if item.cell.execution_count is None and item.cell.source.strip():
        problem = "this recorded cell was never executed: run 'make record'"
    for output in item.cell.outputs:
        kinds = {kind for kind in output.get("data", {}) if kind.startswith("image/")}
        if kinds - {COMPARED_PICTURE}:
            problem = f"nbval does not compare {kinds}: make it {COMPARED_PICTURE}"
        if output.get("name") == "stderr":
            problem = f"this recorded cell wrote to stderr: {output.text}"
    if problem:
        pytest.fail(f"{item.nodeid}: {problem}", pytrace=False)
