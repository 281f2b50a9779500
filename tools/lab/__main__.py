"""Open the chapters in JupyterLab: a double click on one opens it as a notebook."""

import sys
from pathlib import Path

from jupyterlab.labapp import main

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = [
    # tools/lab/overrides.json is for this run; the reader's own settings stay as they
    # are. Nothing is saved without being told, so that opening changes no chapter.
    f"--LabApp.app_settings_dir={ROOT / 'tools' / 'lab'}",
    f"--ServerApp.root_dir={ROOT}",
    f"--ServerApp.preferred_dir={ROOT / 'book'}",
    "--KernelManager.transport_encryption=auto",
]

if __name__ == "__main__":
    main([*OPTIONS, *sys.argv[1:]])
