"""Open the chapters in JupyterLab: a double click on one opens it as a notebook."""

import os
import sys
from pathlib import Path

from jupyterlab.labapp import main

from tools import python_path
from tools.lab.settings import ROOT, write

SETTINGS = ROOT / "_build" / "lab"
OPTIONS = [
    # These settings are for this run; the reader's own stay as they are. Nothing is
    # saved without being told, so that opening changes no chapter.
    f"--LabApp.app_settings_dir={SETTINGS}",
    f"--LabApp.extra_labextensions_path={Path(__file__).parent}",
    f"--ServerApp.root_dir={ROOT}",
    f"--ContentsManager.preferred_dir={ROOT / 'book'}",
    "--KernelManager.transport_encryption=auto",
]

if __name__ == "__main__":
    write(SETTINGS)
    # Kernels take the library of this folder, wherever another one may be installed.
    os.environ["PYTHONPATH"] = python_path(ROOT)
    main([*OPTIONS, *sys.argv[1:]])
