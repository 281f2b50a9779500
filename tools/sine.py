"""Run the experiment on the sine, and keep its results for the chapter on outputs (three minutes)."""

from __future__ import annotations

import json
from pathlib import Path

from nnfs_lib.book import sine
from nnfs_lib.parallel import run_many


def one(setting: tuple[str, int]) -> list[float]:
    return sine.run(*setting)


def main() -> None:
    settings = [(arm, seed) for arm in sine.ARMS for seed in sine.SEEDS]
    results = dict(zip(settings, run_many(one, settings)))
    record = {arm: [results[arm, seed] for seed in sine.SEEDS] for arm in sine.ARMS}
    path = Path(sine.__file__).with_name(sine.RECORD)
    path.write_text(json.dumps(record, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
