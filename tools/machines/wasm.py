"""WebAssembly: Pyodide in Node, which computes as in a browser. Its older matplotlib draws different pictures."""

from __future__ import annotations

from collections.abc import Iterator

from tools.node import NODE
from web.get_pyodide import get_pyodide

from .machine import BUILD, HERE, LONG, Machine, install, pins


def machines() -> Iterator[Machine]:
    nnfs = install(BUILD / "nnfs", "--no-deps", *pins("nnfs"))
    yield Machine(
        "WebAssembly (Pyodide in Node)",
        python=(NODE, str(HERE / "python.mjs"), str(get_pyodide())),
        setting={"PYTHONPATH": str(nnfs)},
        in_effect=lambda facts: facts["machine"] == "wasm32",
        jupyter=False,
        pictures=False,
        left_out=LONG,
    )
