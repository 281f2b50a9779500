"""Run the experiment on double descent, and keep its results for the chapter on generalisation (ten minutes)."""

from __future__ import annotations

import json
from pathlib import Path

from nnfs_lib.book import double_descent
from nnfs_lib.parallel import run_many


def one(setting: tuple[int, int]) -> list[float]:
    return double_descent.run(*setting)


def main() -> None:
    settings = [
        (width, seed)
        for width in double_descent.WIDTHS
        for seed in double_descent.SEEDS
    ]
    results = dict(zip(settings, run_many(one, settings)))
    record = {
        str(width): [results[width, seed] for seed in double_descent.SEEDS]
        for width in double_descent.WIDTHS
    }
    path = Path(double_descent.__file__).with_name(double_descent.RECORD)
    path.write_text(json.dumps(record, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
