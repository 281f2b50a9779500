"""ARM64: Debian's Python with NumPy's wheel, emulated by QEMU."""

from __future__ import annotations

from collections.abc import Iterator

from .debian import unpacked
from .machine import BUILD, Machine, install, pins, setup

DEBIAN = [
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6"),
    *("libexpat1", "libffi8", "zlib1g", "libbz2-1.0", "liblzma5", "libssl3"),
    *("libsqlite3-0", "libgcc-s1", "libstdc++6", "libuuid1"),
]
WHEELS = ["numpy", "matplotlib", "ipython", "nnfs", "threadpoolctl"]


def machines() -> Iterator[Machine]:
    setup(["qemu-aarch64-static", "--version"])
    system = unpacked("arm64", "arm64", DEBIAN)
    platforms = ["manylinux2014", "manylinux_2_27", "manylinux_2_28"]
    constraints = BUILD / "constraints.txt"
    constraints.write_text("\n".join(pins()), "utf-8")
    wheels = install(
        BUILD / "arm64-wheels",
        *(f"--platform={platform}_aarch64" for platform in platforms),
        *("--python-version=3.11", "--implementation=cp", "--only-binary=:all:"),
        *("-c", str(constraints), *pins(*WHEELS)),
    )
    python = str(system / "usr" / "bin" / "python3.11")
    setting = {
        "PYTHONPATH": str(wheels),
        "MPLCONFIGDIR": str(BUILD / "matplotlib"),
        "OPENBLAS_NUM_THREADS": "1",  # when emulated, a second thread only waits
    }
    yield Machine(
        "ARM64 (emulated by QEMU)",
        python=("qemu-aarch64-static", "-L", str(system), python),
        setting=setting,
        in_effect=lambda facts: facts["machine"] == "aarch64",
        jupyter=False,
        left_out=("optimizers", "bits"),  # their long runs would take half an hour each
    )
