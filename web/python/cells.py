"""Run the cells of a chapter one after the other, as its notebook does, and send their outputs.

worker.js loads this into the Python that runs in a reader's browser. Outputs are sent in pieces (kind, text): "stdout"
and "stderr" as they are written, "result" for the value of a last expression, "figure" for a picture as SVG, "error"
for a traceback.
"""

from __future__ import annotations

import ast
import importlib.metadata
import io
import linecache
import logging
import os
import sys
import time
import traceback
import types
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

MOST_CHARACTERS = 200_000  # per cell, so that a loop cannot fill the page
PAUSE = 0.1  # seconds between two pieces of a stream: a message per write would be slow

Send = Callable[[str, str], object]


class Stream(io.TextIOBase):
    """What a cell writes, collected and sent at intervals."""

    def __init__(self, kind: str, send: Send):
        self.kind, self.send = kind, send
        self.waiting: list[str] = []
        self.total, self.sent_at = 0, time.monotonic()

    def write(self, text: str) -> int:
        self.total += len(text)
        if self.total > MOST_CHARACTERS:
            raise RuntimeError(
                f"this cell wrote more than {MOST_CHARACTERS:,} characters"
            )
        self.waiting.append(text)
        if time.monotonic() - self.sent_at > PAUSE:
            self.send_all()
        return len(text)

    def send_all(self) -> None:
        if text := "".join(self.waiting):
            self.send(self.kind, text)
        self.waiting.clear()
        self.sent_at = time.monotonic()


session: Session


class Session:
    """The namespace that the cells share."""

    def __init__(self, send: Send):
        self.stdout, self.stderr = Stream("stdout", send), Stream("stderr", send)
        self._send = send
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main

    def send(self, kind: str, text: str) -> None:
        """Send a piece, after everything written before it."""
        self.stdout.send_all()
        self.stderr.send_all()
        if kind:
            self._send(kind, text)

    def run(self, source: str, name: str) -> bool:
        """Run one cell; False if it raised."""
        self.stdout.total = self.stderr.total = 0
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        with redirect_stdout(self.stdout), redirect_stderr(self.stderr):
            try:
                value = self._value(source, name)
                if value is not None and not source.rstrip().endswith(";"):
                    self.send("result", repr(value))
                self._show_figures()
            except BaseException as error:  # also SystemExit
                self.send("error", trace(error, name))
                return False
            finally:
                self.send("", "")
        return True

    def _value(self, source: str, name: str) -> object:
        """Execute all statements; return the value of the last one if it is an expression."""
        body = ast.parse(source, name).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        names = vars(self.main)
        exec(compile(ast.Module(body, []), name, "exec"), names)
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), name, "eval"), names)

    def _show_figures(self) -> None:
        if figures := sys.modules.get("figures"):
            figures.show()


def start(send: Send) -> str:
    """Start a new session; return matplotlib's version, because figures differ between versions."""
    global session
    session = Session(send)
    os.environ["MPLBACKEND"] = "module://figures"
    # On its first import it reports on stderr that it builds its font cache.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return importlib.metadata.version("matplotlib")


def run(source: str, name: str) -> bool:
    return session.run(source, name)


def trace(error: BaseException, name: str) -> str:
    """The traceback, starting at the cell's own line."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename != name:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames)).rstrip()
