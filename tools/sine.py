"""Run the experiment on the sine, and keep its results for the chapter on outputs (four minutes)."""

from __future__ import annotations

import json
from pathlib import Path

from nnfs_lib.book import sine
from nnfs_lib.parallel import run_many


def one(setting: tuple[float | str, int, bool]) -> float:
    return sine.run(*setting)


def main() -> None:
    settings = [
        (init, seed, centred)
        for init in sine.INITS
        for seed in sine.SEEDS
        for centred in (False, True)
    ]
    results = dict(zip(settings, run_many(one, settings)))
    record = {
        name: {
            str(init): [results[init, seed, centred] for seed in sine.SEEDS]
            for init in sine.INITS
        }
        for name, centred in (("as it is", False), ("centred", True))
    }
    path = Path(sine.__file__).with_name(sine.RECORD)
    path.write_text(json.dumps(record, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
