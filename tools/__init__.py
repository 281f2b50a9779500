"""The commands behind `make`."""

import os
from pathlib import Path


def python_path(*folders: Path) -> str:
    """What PYTHONPATH has to be for a Python that takes modules from these folders first."""
    return os.pathsep.join(
        [*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
