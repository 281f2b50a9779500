"""NumPy with BLAS libraries other than OpenBLAS, and without any.

NumPy's wheels contain OpenBLAS, so NumPy is built here twice: without BLAS, and for whichever libblas.so.3 the loader
finds. Each build takes minutes, once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from .debian import unpacked
from .machine import BUILD, LONG, Machine, NotHere, install, pins, unpacked_wheel

LIBRARIES = Path("usr/lib/x86_64-linux-gnu")
# name: (Debian package, folder in it)
FROM_DEBIAN = {
    "reference BLAS": ("libblas3", "blas"),
    "BLIS": ("libblis4-serial", "blis-serial"),
    "BLIS, OpenMP": ("libblis4-openmp", "blis-openmp"),
    "ATLAS": ("libatlas3-base", "atlas"),
    "Debian's OpenBLAS": ("libopenblas0-serial", "openblas-serial"),
}
FORTRAN = ["libgfortran5", "libquadmath0"]  # some of them need it
MKL = "mkl==2026.2.0"
PKG_CONFIG = """\
Name: blas
Description: whichever BLAS the loader finds
Version: 3
Libs: -L{folder}/usr/lib/x86_64-linux-gnu/blas -lblas
Cflags: -I{folder}/usr/include/x86_64-linux-gnu
"""


def numpy_built_with(blas: str, search: Path | None = None) -> Path:
    options = {"blas": blas, "lapack": "none", "allow-noblas": "true"}
    return install(
        BUILD / f"numpy-with-{blas}",
        # pip's cache would confuse the two builds
        *("--no-deps", "--no-cache-dir", "--no-binary=numpy", *pins("numpy")),
        *(f"-Csetup-args=-D{name}={value}" for name, value in options.items()),
        "-Ccompile-args=-j2",
        env={**os.environ, "PKG_CONFIG_PATH": str(search or "")},
    )


def numpy_with_any_blas() -> Path:
    headers = unpacked("libblas-dev", "amd64", ["libblas-dev", "libblas3"])
    # the names that Debian's alternatives would create
    include = headers / "usr" / "include" / "x86_64-linux-gnu"
    if not (include / "cblas.h").exists():
        (include / "cblas.h").symlink_to("cblas-netlib.h")
    (headers / "blas.pc").write_text(PKG_CONFIG.format(folder=headers), "utf-8")
    return numpy_built_with("blas", headers)


def machine(name: str, numpy: Path, folders: list[Path], library: Path) -> Machine:
    """NumPy with the first library in the folders, confirmed to be the one that is loaded."""
    return Machine(
        name,
        setting={
            "PYTHONPATH": str(numpy),
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, folders)),
            "MKL_THREADING_LAYER": "SEQUENTIAL",  # the others need more packages
        },
        in_effect=lambda facts: str(library.resolve()) in facts["libraries"],
        left_out=LONG,
    )


def with_debian_library(name: str) -> Machine:
    package, inside = FROM_DEBIAN[name]
    folder = unpacked(package, "amd64", [package, *FORTRAN]) / LIBRARIES
    folders = [folder / inside, folder]
    library = folder / inside / "libblas.so.3"
    return machine(name, numpy_with_any_blas(), folders, library)


def with_mkl() -> Machine:
    (inside,) = unpacked_wheel(BUILD / "mkl", MKL).glob("*.data/data/lib")
    library = inside / "libblas.so.3"
    if not library.exists():
        library.symlink_to("libmkl_rt.so.3")
    return machine("Intel MKL", numpy_with_any_blas(), [inside], library)


def without_any() -> Machine:
    return Machine(
        "no BLAS",
        setting={"PYTHONPATH": str(numpy_built_with("none"))},
        in_effect=lambda facts: (
            facts["built with"] == "none" and not facts["libraries"]
        ),
        left_out=LONG,
    )


def machines() -> Iterator[Machine]:
    kinds = {name: lambda name=name: with_debian_library(name) for name in FROM_DEBIAN}
    for name, make in {"no BLAS": without_any, **kinds, "Intel MKL": with_mkl}.items():
        try:
            found = make()
        except NotHere as reason:
            found = Machine(name, missing=str(reason))
        yield found
