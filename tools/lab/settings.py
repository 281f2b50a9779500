"""Write JupyterLab's settings for the chapters to a folder: ``python -m tools.lab.settings FOLDER``."""

import json
import shutil
import sys
from pathlib import Path

from tools.lab.references import references

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path) -> None:
    """Write the settings, and what the book's labels are called, which chapters/chapters.js reads."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("overrides.json"), folder)
    # As a string, because JupyterLab keeps only the keys of an object.
    page_config = {"references": json.dumps(references(ROOT))}
    (folder / "page_config.json").write_text(json.dumps(page_config), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
