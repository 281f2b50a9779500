"""Open the chapters in JupyterLab: a double click on one opens it as a notebook."""

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent

if __name__ == "__main__":
    command = [sys.executable, "-m", "jupyterlab", str(TOOLS.parent / "book")]
    # lab/overrides.json holds for this run; the reader's own settings stay untouched.
    command += [f"--LabApp.app_settings_dir={TOOLS / 'lab'}", *sys.argv[1:]]
    sys.exit(subprocess.run(command).returncode)
