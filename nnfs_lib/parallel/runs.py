"""Many runs of one function, side by side: seeds, learning rates, penalties."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..progress import progress


class RunsFailed(Exception):
    """Some runs have failed; the results of the others are kept.

    Attributes
    ----------
    settings : list
    results : list
        The results in the order of the settings, with None for each run that failed.
    failures : dict
        From the position of a setting to the exception of its run.
    """

    def __init__(
        self,
        settings: list[Any],
        results: list[Any],
        failures: dict[int, BaseException],
    ) -> None:
        lines = [
            f"{settings[k]!r}: {type(error).__name__}: {error}"
            for k, error in sorted(failures.items())
        ]
        super().__init__(
            f"{len(failures)} of {len(settings)} runs failed:\n  " + "\n  ".join(lines)
        )
        self.settings, self.results, self.failures = settings, results, failures

    def __reduce__(self) -> Any:
        return type(self), (self.settings, self.results, self.failures)


def run_many(
    function: Callable[[Any], Any],
    settings: Iterable[Any],
    *,
    executor: Executor | None = None,
    path: str | os.PathLike[str] | None = None,
    verbose: bool | str = "auto",
) -> list[Any]:
    """Call ``function(setting)`` for each of the settings, several at a time.

    Parameters
    ----------
    function : callable
        It has to be importable by the workers: a function of a module, and on Linux also of a notebook.
    settings : list
    executor : concurrent.futures.Executor, optional
        What runs the calls, such as ``mpi4py.futures.MPIPoolExecutor()``; it is not shut down. By default processes, as
        many as there are cores, each of which multiplies matrices on one thread (if threadpoolctl is installed).
    path : str or path, optional
        A file that keeps each result as soon as it is there, as a line of JSON. If it exists, the settings that it
        holds are not run again, so that an interrupted sweep can be resumed. Settings and results have to be what JSON
        can hold; arrays come back as lists.
    verbose : bool or "auto"
        Whether to show a progress bar; "auto": on a terminal and in JupyterLab.

    Returns
    -------
    list
        The results, in the order of the settings.

    Raises
    ------
    RunsFailed
        If some runs raised an exception; it comes after all others have ended.
    TypeError
        If JSON cannot hold a result that the file should keep; what has not begun by then is not run.
    ValueError
        If the file holds anything but results of `run_many`.
    """
    settings = list(settings)
    store = None if path is None else _Store(Path(path))  # which opens the file
    results: list[Any] = [None] * len(settings)
    failures: dict[int, BaseException] = {}
    missing = []
    for position, setting in enumerate(settings):
        if store is not None and store.holds(setting):
            results[position] = store.result(setting)
        else:
            missing.append(position)
    own = None
    if executor is None and missing:
        executor = own = _processes()
    try:
        with progress(len(missing), verbose, unit="run") as show:
            running: dict[Future[Any], int] = {
                executor.submit(_attempt, function, settings[position]): position  # type: ignore[union-attr]
                for position in missing
            }
            for future in as_completed(running):
                position = running[future]
                error = future.exception()
                if error is not None:
                    failures[position] = error
                elif store is not None:
                    results[position] = store.add(settings[position], future.result())
                else:
                    results[position] = future.result()
                show({})
    finally:
        if own is not None:
            own.shutdown(cancel_futures=True)
    if failures:
        raise RunsFailed(settings, results, failures)
    return results


def _attempt(function: Callable[[Any], Any], setting: Any) -> Any:
    """The result; an exception that could not be sent back, and would end the other runs too, becomes a plain one."""
    try:
        return function(setting)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        raise


def _processes() -> Executor:
    """Processes that know a notebook's functions, where the system has them."""
    import multiprocessing  # a browser has none
    from concurrent.futures import ProcessPoolExecutor

    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    return ProcessPoolExecutor(mp_context=context, initializer=_use_one_thread)


def _use_one_thread() -> None:
    """Matrix products on one thread: those of several processes get in each other's way, up to ten times as slow."""
    with suppress(ModuleNotFoundError):
        import threadpoolctl  # type: ignore[import-untyped]

        threadpoolctl.threadpool_limits(1)


_LINE_START = b'{"setting": '


class _Store:
    """Results in a file, one line of JSON for each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: dict[str, Any] = {}
        path.open("ab").close()  # where no file can be written, no run is begun
        held = path.read_bytes()
        complete, line_end, rest = held.rpartition(b"\n")
        is_whole = _is_json(rest)  # its line end was taken away by an editor
        if is_whole:
            complete, rest = held, b""
        lines = complete.splitlines()
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                self._results[_key(entry["setting"])] = entry["result"]
            except (ValueError, KeyError, TypeError):
                raise self._not_a_result(number, line) from None
        if not _LINE_START.startswith(rest[: len(_LINE_START)]):
            raise self._not_a_result(len(lines) + 1, rest)
        if rest:  # a run that was stopped while it wrote
            os.truncate(path, len(complete + line_end))
        if is_whole:
            with path.open("ab") as file:
                file.write(b"\n")

    def _not_a_result(self, number: int, line: bytes) -> ValueError:
        text = line.decode(errors="replace")[:80]
        return ValueError(
            f"line {number} of {self._path} is not a result of run_many: {text!r}"
        )

    def holds(self, setting: Any) -> bool:
        return _key(setting) in self._results

    def result(self, setting: Any) -> Any:
        return self._results[_key(setting)]

    def add(self, setting: Any, result: Any) -> Any:
        """Keep a result, and return it as the file will give it back."""
        line = json.dumps({"setting": setting, "result": result}, default=_plain)
        with self._path.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return json.loads(line)["result"]


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _key(setting: Any) -> str:
    return json.dumps(setting, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise TypeError(
        f"JSON cannot hold {value!r}: leave path out, or return numbers and lists"
    )
