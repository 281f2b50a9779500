"""How an answer is written, where an exercise rules something out: a loop, or the very operation that is to be built.

The bytecode says it, so it works wherever the answer was typed: a notebook, a page, a file. Helper functions that are
defined beside the answer count as part of it.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

LOOPING = {"map", "vectorize", "apply_along_axis", "frompyfunc", "fromiter"}
"""Functions that are loops in disguise."""


def without_loop(answer: Any) -> str:
    """An objection if the answer loops ("" if it does not)."""
    for code, defined in _codes(answer):
        backward = any("BACKWARD" in step.opname for step in dis.get_instructions(code))
        calls_itself = code.co_name in code.co_freevars or (
            code.co_name in code.co_names
            and getattr(defined.get(code.co_name), "__code__", None) is code
        )
        if backward or calls_itself or LOOPING & set(code.co_names):
            return (
                "the numbers are right, but there is a loop in it: let NumPy work on whole arrays, with broadcasting"
                " and axis"
            )
    return ""


def without_names(*names: str, instead: str) -> Callable[[Any], str]:
    """Make the check that objects to functions, attributes and operators of these names."""

    def objection(answer: Any) -> str:
        name, home = (
            getattr(answer, key, "") or "" for key in ("__name__", "__module__")
        )
        foreign = not isinstance(answer, FunctionType) or home.startswith("nnfs_lib")
        if foreign and name in names:
            return f"the numbers are right, but that is `{name}` itself: {instead}"
        for code, defined in _codes(answer):
            for name in names:
                if _uses(code, name, defined):
                    return f"the numbers are right, but it uses `{name}`: {instead}"
        return ""

    return objection


def _uses(code: CodeType, name: str, defined: dict[str, Any]) -> bool:
    """Whether the code has a name or an operator in it.

    What is ``defined`` under this name beside it does not count, if it is no library's; nor does a function of a
    constant, as ``log(2)``. An object of the library's class of this name counts as the class.
    """
    beside = name in defined and not _is_foreign(defined[name], defined)
    steps = [
        step
        for step in dis.get_instructions(code)
        if step.opname not in ("PUSH_NULL", "PRECALL")
    ]
    for step, following in zip(steps, [*steps[1:], steps[-1]]):
        operator = step.opname == "BINARY_OP" and step.argrepr.rstrip("=") == name
        loaded = step.argval == name and (
            step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM")
            or (step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and not beside)
        )
        made = step.opname == "LOAD_GLOBAL" and type(defined.get(step.argval))
        of_library = made and made.__name__ == name and _is_foreign(made, defined)
        constant = following.opname in ("LOAD_CONST", "LOAD_SMALL_INT")
        if operator or of_library or (loaded and not constant):
            return True
    return False


def _is_foreign(found: Any, defined: dict[str, Any]) -> bool:
    """Whether this function or class was defined elsewhere."""
    if isinstance(found, type):
        return found.__module__ != defined.get("__name__")
    return callable(found) and getattr(found, "__globals__", None) is not defined


def _codes(answer: Any) -> Iterator[tuple[CodeType, dict[str, Any]]]:
    """The code of a function, or of a class's methods, and of the functions beside it that it calls; with what is
    defined beside it.
    """
    waiting: list[Any] = [answer]
    seen: set[Any] = set()
    while waiting:
        found = waiting.pop()
        found = getattr(found, "__func__", found)
        if isinstance(found, type):
            waiting += vars(found).values()
        elif isinstance(found, FunctionType) and found not in seen:
            seen.add(found)
            waiting += [
                value
                for value in inspect.getclosurevars(found).nonlocals.values()
                if isinstance(value, FunctionType)
            ]
            for code in _nested(found.__code__):
                yield code, found.__globals__
                beside = (found.__globals__.get(name) for name in code.co_names)
                waiting += [
                    other
                    for other in beside
                    if getattr(other, "__globals__", None) is found.__globals__
                ]


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
