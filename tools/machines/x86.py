"""This processor restricted to what older ones have: OpenBLAS kernels, NumPy's SIMD levels, numbers of threads."""

from __future__ import annotations

from collections.abc import Iterator

from .machine import LONG, Machine

KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX"]


def machines() -> Iterator[Machine]:
    plain = Machine(
        "x86-64 as it is",
        in_effect=lambda facts: facts["machine"] in ("x86_64", "AMD64"),
    )
    yield plain
    for kernel in KERNELS:
        yield Machine(
            f"OpenBLAS {kernel}",
            setting={"OPENBLAS_CORETYPE": kernel},
            in_effect=lambda facts, kernel=kernel: facts["kernel"] == kernel,
            left_out=LONG,
        )
    simd = plain.facts()["simd"]
    for first in reversed(range(len(simd))):
        yield Machine(
            f"NumPy up to {simd[first - 1] if first else 'its baseline'}",
            setting={"NPY_DISABLE_CPU_FEATURES": " ".join(simd[first:])},
            in_effect=lambda facts, wanted=simd[:first]: facts["simd"] == wanted,
            left_out=LONG,
        )
    for threads in (1, 2):
        yield Machine(
            f"{threads} thread{'s'[: threads - 1]}",
            setting={"OPENBLAS_NUM_THREADS": str(threads)},
            in_effect=lambda facts, wanted=threads: facts["threads"] == wanted,
            left_out=LONG,
        )
