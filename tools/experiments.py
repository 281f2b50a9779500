"""Run the long experiments of the book, and keep their results for the chapters, beside the modules in nnfs_lib/book.

python -m tools.experiments                 all of them: an hour on one core
python -m tools.experiments double_descent  this one
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from nnfs_lib.parallel import run_many

ROOT = Path(__file__).parent.parent
NAMES = ("double_descent", "regularization", "grokking", "sine", "paper_table")


def one(setting: tuple[str, Any, int]) -> list[Any]:
    name, arm, seed = setting
    return list(_module(name).run(arm, seed))


def as_text(record: dict[str, list[list[Any]]]) -> str:
    """JSON with a line for each run."""
    arms = (
        f"{json.dumps(arm)}: [\n" + ",\n".join(map(json.dumps, runs)) + "\n]"
        for arm, runs in record.items()
    )
    return "{\n" + ",\n".join(arms) + "\n}\n"


def _module(name: str) -> Any:
    return importlib.import_module(f"nnfs_lib.book.{name}")


def main() -> None:
    if unknown := set(sys.argv[1:]) - set(NAMES):
        sys.exit(
            f"no such experiment: {', '.join(unknown)}; there are {', '.join(NAMES)}"
        )
    for name in sys.argv[1:] or NAMES:
        module = _module(name)
        settings = [(name, *setting) for setting in module.SETTINGS]
        (ROOT / "_build").mkdir(exist_ok=True)
        unfinished = ROOT / "_build" / f"{name}.jsonl"  # a run that was stopped goes on
        results = run_many(one, settings, path=unfinished)
        record: dict[str, list[list[Any]]] = {}
        for (_, arm, _), result in zip(settings, results):
            record.setdefault(str(arm), []).append(result)
        path = ROOT / "nnfs_lib" / "book" / f"{name}.json"
        path.write_text(as_text(record), "utf-8", newline="\n")
        unfinished.unlink()


if __name__ == "__main__":
    main()
