"""Print, as JSON, what this machine computes with. It runs on the machine itself and needs only NumPy."""

import json
import platform
import re
from pathlib import Path

import numpy as np

try:
    from numpy._core import _multiarray_umath as umath
except ImportError:  # NumPy 1
    from numpy.core import _multiarray_umath as umath
try:
    import threadpoolctl
except ImportError:
    pools = []
else:
    pools = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]

# 64-bit OpenBLAS has one kernel under several names and reports the first.
SAME_KERNEL = {"Katmai": "Prescott"}
LIBRARY = re.compile(r"lib\w*(blas|mkl)")

square = np.ones((100, 100))
square @ square  # some libraries load parts of themselves only on first use
maps = Path("/proc/self/maps")
mapped = maps.read_text().split() if maps.exists() else []
kernel = pools[0].get("architecture", "") if pools else ""
print(
    json.dumps(
        {
            "machine": platform.machine(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "built with": np.show_config(mode="dicts")["Build Dependencies"]["blas"][
                "name"
            ],
            "kernel": SAME_KERNEL.get(kernel, kernel),
            "threads": pools[0]["num_threads"] if pools else 0,
            "simd": [
                name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]
            ],
            "libraries": sorted(
                {name for name in mapped if LIBRARY.match(Path(name).name)}
            ),
        }
    )
)
