"""Run the cells of a chapter one after the other, as its notebook does, and send their outputs.

worker.js loads this into the Python that runs in a reader's browser. IPython's own modules transform the cells and
format what they show; bundle.py packs those few of them. Outputs are sent in pieces (kind, text): "stdout" and "stderr"
as they are written, "result" for the value of a last expression or what is displayed, "html" and "figure" for such, as
SVG or a data address, "clear" to take away what is shown, "error" for a traceback.
"""

from __future__ import annotations

import ast
import asyncio
import codeop
import importlib.metadata
import inspect
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
from typing import Any

from IPython.core.display_functions import display
from IPython.core.displayhook import DisplayHook
from IPython.core.formatters import DisplayFormatter
from IPython.core.getipython import get_ipython
from IPython.core.inputtransformer2 import TransformerManager
from pieces import piece

MOST_CHARACTERS = 200_000  # per cell, so that a loop cannot fill the page
PAUSE = 0.1  # seconds between two pieces of a stream: a message per write would be slow

Send = Callable[[str, str], object]


class UsageError(Exception):
    """What a notebook can do and a page cannot."""


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
    """The namespace that the cells share; to IPython, its shell."""

    def __init__(self, send: Send):
        self.stdout, self.stderr = Stream("stdout", send), Stream("stderr", send)
        self._send = send
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main
        vars(self.main).update(display=display, get_ipython=get_ipython)
        self._results = dict.fromkeys(("_", "__", "___"), "")
        vars(self.main).update(self._results)
        self._transform = TransformerManager().transform_cell
        self._compile = codeop.Compile()  # remembers imports from __future__
        self._compile.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.display_formatter = DisplayFormatter()
        pictures = self.display_formatter.formatters["image/svg+xml"]
        pictures.for_type_by_name("matplotlib.figure", "Figure", _as_svg)

    def send(self, kind: str, text: str) -> None:
        """Send a piece, after everything written before it."""
        self.stdout.send_all()
        self.stderr.send_all()
        if kind:
            self._send(kind, text)

    async def run(self, source: str, name: str) -> bool:
        """Run one cell; False if it raised."""
        self.stdout.total = self.stderr.total = 0
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        with redirect_stdout(self.stdout), redirect_stderr(self.stderr):
            try:
                code = self._transform(source)
                value = await self._value(code, name)
                if value is not None and not _is_quiet(code):
                    self._show(value)
                self._show_figures()
            except BaseException as error:  # also SystemExit
                self.send("error", trace(error, name))
                return False
            finally:
                self.send("", "")
        return True

    async def _value(self, source: str, name: str) -> object:
        """Execute all statements; return the value of the last one if it is an expression."""
        body = ast.parse(source, name).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        await self._evaluated(ast.Module(body, []), name, "exec")
        if last is None:
            return None
        return await self._evaluated(ast.Expression(last.value), name, "eval")

    async def _evaluated(self, tree: ast.AST, name: str, mode: str) -> object:
        code = self._compile(tree, name, mode)  # type: ignore[arg-type]
        value = eval(code, vars(self.main))
        if not code.co_flags & inspect.CO_COROUTINE:
            return value
        await asyncio.sleep(0)  # from here on, the event loop runs the cell: see run
        return await value

    def _show(self, value: object) -> None:
        """Show the value of a last expression, and keep it under the name ``_``."""
        data, _ = self.display_formatter.format(value)
        names = vars(self.main)
        if all(names.get(name) is kept for name, kept in self._results.items()):
            self._results = {"_": value, "__": names["_"], "___": names["__"]}
            names.update(self._results)
        if data:
            self.send(*piece(data))

    def _show_figures(self) -> None:
        if figures := sys.modules.get("figures"):
            figures.show()

    # ---- what IPython's modules and transformed cells ask of a shell

    @classmethod
    def initialized(cls) -> bool:
        return True

    @classmethod
    def instance(cls) -> Session:
        return session

    @property
    def display_pub(self) -> Session:
        return self

    @property
    def events(self) -> types.SimpleNamespace:
        """Matplotlib wants to draw after each cell: `run` does so."""
        return types.SimpleNamespace(register=lambda *_: None)

    def publish(self, data: dict[str, str], **_: object) -> None:
        self.send(*piece(data))

    def clear_output(self, wait: bool = False) -> None:
        self.send("clear", "")

    def showtraceback(self, error: tuple[Any, BaseException, Any]) -> None:
        self.stderr.write("".join(traceback.format_exception(error[1])))

    def run_line_magic(self, magic: str, line: str, **_: object) -> None:
        if magic in ("pinfo", "pinfo2"):
            self._describe(line, with_source=magic == "pinfo2")
        elif (magic, line) not in (("matplotlib", ""), ("matplotlib", "inline")):
            raise UsageError(
                f"a notebook has %{magic} {line}".rstrip() + ", a page does not"
            )

    def run_cell_magic(self, magic: str, line: str, cell: str) -> None:
        raise UsageError(f"a notebook has %%{magic}, a page does not")

    def system(self, command: str) -> None:
        raise UsageError(f"a notebook runs the command {command!r}, a page cannot")

    getoutput = system

    def _describe(self, name: str, with_source: bool) -> None:
        from IPython.core import oinspect  # only now, because it takes time

        try:
            value = eval(name, vars(self.main))
        except Exception:
            print(f"Object `{name}` not found.")
            return
        own = name.partition(".")[0] in vars(self.main)
        found = oinspect.OInfo(
            ismagic=False,
            isalias=False,
            found=True,
            namespace="Interactive" if own else "Python builtin",
            parent=None,
            obj=value,
        )
        oinspect.pylight = str  # colours, for a pager that no page has
        oinspect.Inspector(theme_name="nocolor").pinfo(
            value, name, info=found, detail_level=with_source, enable_html_pager=False
        )


def _as_svg(figure: Any) -> str:
    from figures import svg

    return svg(figure)


def _is_quiet(code: str) -> bool:
    """Whether the cell ends with a semicolon."""
    return DisplayHook.semicolon_at_end_of_expression(code)


def start(send: Send) -> str:
    """Start a new session; return matplotlib's version, because figures differ between versions."""
    global session
    session = Session(send)
    os.environ["MPLBACKEND"] = "module://figures"
    # On its first import it reports on stderr that it builds its font cache.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return importlib.metadata.version("matplotlib")


def run(source: str, name: str) -> bool | asyncio.Future[bool]:
    """Run one cell; False if it raised. For a cell that awaits, a future.

    Other cells are done without an event loop, which would keep it to itself if Python breaks down in one.
    """
    running = session.run(source, name)
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    return asyncio.ensure_future(running)


def trace(error: BaseException, name: str) -> str:
    """The traceback, starting at the cell's own line."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename != name:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames)).rstrip()
