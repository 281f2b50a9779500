"""Close gaps in nbval.

It accepts cells that were never executed, pictures that it does not compare, and recorded output on stderr.
"""

from __future__ import annotations

import os
import tempfile

import pytest

try:
    from nbval.plugin import IPyNbCell
except ImportError:  # the library's own tests also run without the book's tools
    IPyNbCell = ()

COMPARED_PICTURE = "image/svg+xml"
# The user's own IPython settings could change what cells print.
NO_SETTINGS = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
os.environ["IPYTHONDIR"] = NO_SETTINGS.name
# `make test` runs two workers on two cores; more BLAS threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Kernels take the library of this folder, wherever another one may be installed.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [os.path.dirname(__file__), *filter(None, [os.environ.get("PYTHONPATH")])]
)
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
