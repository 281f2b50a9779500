"""What came out when the library was verified, recorded by `make machines`, `make mutants`, `make verify` and
`make bench KEEP=1`.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

RECORDS = ("machines", "mutants", "pytorch", "ranks")


def load(record: str) -> Any:
    """A record, one of `RECORDS`: lists and dictionaries, as its JSON file has them."""
    if record not in RECORDS:
        raise ValueError(
            f"there is no record {record!r}; there are {', '.join(RECORDS)}"
        )
    return json.loads(
        resources.files(__name__).joinpath(f"{record}.json").read_text("utf-8")
    )
