"""Write the recorded chapters for Google Colab: ``python -m web.colab https://github.com/owner/name FOLDER``.

Each starts with a cell that installs the library, because Colab has its own versions of NumPy and matplotlib and
nothing of this book. A chapter cannot contain that cell itself: it would run everywhere the chapter runs.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def with_install(notebook: dict, repository: str) -> dict:
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    nnfs = re.search(r"^nnfs==[\d.]+", pins, re.MULTILINE)[0]
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": f"%pip install --quiet {nnfs} git+{repository}",
    }
    return {**notebook, "cells": [cell, *notebook["cells"]]}


if __name__ == "__main__":
    repository, folder = sys.argv[1:]
    Path(folder).mkdir()
    for path in sorted((ROOT / "book/recorded").glob("*.ipynb")):
        notebook = with_install(json.loads(path.read_text("utf-8")), repository)
        Path(folder, path.name).write_text(json.dumps(notebook, indent=1), "utf-8")
