"""The finished run of the settings that the playground opens with, which its page shows before anything is loaded.

The book's library trains it, a few seconds long, when the book is built; the result is kept for the next build.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {"optimizer": "sgd", "learning_rate": 1, "decay": 1e-3, "momentum": 0.9}
EPOCHS, BETWEEN = 10_000, 50  # in all, and between two points of the curves
EMPTY = '<div class="playground">'


def add_still(page: Path) -> None:
    """Put the run into the page of the playground, as data that its script draws."""
    html = page.read_text("utf-8")
    if html.count(EMPTY) != 1:
        raise ValueError(f"{page.name} must have one {EMPTY}")
    data = f'<script type="application/json">{still()}</script>'
    page.write_text(html.replace(EMPTY, EMPTY + data), "utf-8")


def still() -> str:
    """The run as JSON, from a file if neither the library nor the playground has changed since it was written."""
    sources = [
        *ROOT.glob("nnfs_lib/*.py"),
        ROOT / "nnfs_lib/plots/style.py",
        ROOT / "web/python/playground.py",
        Path(__file__),
    ]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    kept = ROOT / "_build" / f"still-{digest.hexdigest()[:16]}.json"
    if not kept.exists():
        # Another process, because nnfs.init() changes NumPy for all that comes after it.
        command = [sys.executable, "-m", "web.still"]
        run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(run.stdout)
    return kept.read_text("utf-8")


def finished() -> dict[str, Any]:
    """Train, and keep what the page draws: measured every few epochs, in as many digits as show."""
    from nnfs_lib import plots
    from web.python import playground

    playground.start(None)
    run = playground.begin(seed=0, batch_size=300, **SETTINGS)
    history = [[0, *run["measured"]]]
    while run["epoch"] < EPOCHS:
        run |= playground.train(BETWEEN)
        history.append([run["epoch"], *run["measured"]])
    return run | {
        "regions": b64encode(run["regions"]).decode(),
        "points": rounded(run["points"]),
        "heldOut": rounded(run["heldOut"]),
        "history": rounded(history),
        "colours": plots.COLOURS[:3],
    }


def rounded(rows: list[list[float]]) -> list[list[float]]:
    return [[round(value, 3) for value in row] for row in rows]


if __name__ == "__main__":
    json.dump(finished(), sys.stdout, separators=(",", ":"))
