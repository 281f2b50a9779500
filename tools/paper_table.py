"""Train the networks of the paper's table, and keep their results for the chapter on data (twenty minutes of a core).

A run that was stopped goes on where it was: what is done stands in _build/paper_table.jsonl.
"""

from __future__ import annotations

import json
from pathlib import Path

from nnfs_lib.book import paper_table
from nnfs_lib.parallel import run_many

DONE = Path("_build") / "paper_table.jsonl"


def one(setting: list[str | int]) -> list[list[float]]:
    name, seed = setting
    return paper_table.run(seed=int(seed), **paper_table.SETTINGS[str(name)])


def main() -> None:
    DONE.parent.mkdir(exist_ok=True)
    settings = [
        [name, seed] for name, seeds in paper_table.SEEDS.items() for seed in seeds
    ]
    results = iter(run_many(one, settings, path=DONE))
    rows = []
    for name, seeds in paper_table.SEEDS.items():
        runs = (json.dumps(next(results), separators=(",", ":")) for _ in seeds)
        rows.append(f"{json.dumps(name)}: [\n" + ",\n".join(runs) + "\n]")
    text = "{\n" + ",\n".join(rows) + "\n}\n"
    path = Path(paper_table.__file__).with_name(paper_table.RECORD)
    path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
