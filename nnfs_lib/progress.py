"""A progress bar: tqdm's, where somebody is watching and tqdm is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[dict[str, float]], None]


@contextmanager
def progress(total: int, verbose: bool | str, *, unit: str = "epoch") -> Iterator[Show]:
    """A function that counts one more and shows what was measured.

    Parameters
    ----------
    total : int
    verbose : bool or "auto"
        "auto": on a terminal and in JupyterLab, unless the environment says ``TQDM_DISABLE``, as it does where a
        notebook is recorded.
    unit : str
        What is counted.
    """
    if verbose not in (True, False, "auto"):
        raise ValueError(
            f'verbose is {verbose!r}, but it must be True, False or "auto"'
        )
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    except ImportError:
        tqdm = None
    if tqdm is None or not verbose or (verbose == "auto" and not _is_watched()):
        yield lambda measured: None
        return
    with tqdm(total=total, unit=unit, disable=False) as bar:

        def show(measured: dict[str, float]) -> None:
            bar.set_postfix({name: f"{value:.4g}" for name, value in measured.items()})
            bar.update()

        yield show


def _is_watched() -> bool:
    """Whether the output goes to a terminal or to a notebook."""
    if os.environ.get("TQDM_DISABLE"):
        return False
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return sys.stderr.isatty() or hasattr(shell, "kernel")
