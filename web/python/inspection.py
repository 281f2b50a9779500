"""What ``x?`` and ``x??`` say about x: as IPython does, whose own inspector needs Pygments (1.2 MB)."""

from __future__ import annotations

import inspect
import textwrap
import types
from collections.abc import Iterator
from typing import Any

MOST_CHARACTERS = 200  # of a value as text
WIDTH = 75  # of a signature on one line
# They say nothing about an object of a reader's own.
PYTHONS_OWN = [
    *map(inspect.getdoc, (types.ModuleType, types.MethodType, types.FunctionType)),
    *map(
        inspect.getdoc, (property, object.__init__, types.FunctionType.__call__, None)
    ),
]


def described(name: str, value: Any, with_source: bool) -> str:
    """The signature, type, text, length, file and documentation of a value, as far as it has them."""
    fields = [
        (label, text.strip("\n"))
        for label, text in _fields(name, value, with_source)
        if text is not None
    ]
    width = max(len(label) for label, _ in fields) + 1
    return "\n".join(
        f"{label + ':':{width}}" + ("\n" if "\n" in text else " ") + text
        for label, text in fields
    )


def _fields(
    name: str, value: Any, with_source: bool
) -> Iterator[tuple[str, str | None]]:
    kind = type(value)
    documentation: list[tuple[str, str | None]] = [
        ("Docstring", inspect.getdoc(value) or "<no docstring>")
    ]
    if with_source and (source := _source(value)):
        documentation = [("Source", source)]
    if inspect.isclass(value):
        yield "Init signature", _signature(name, value)
        yield from documentation
        if inspect.getdoc(value.__init__) not in PYTHONS_OWN and not with_source:
            yield "Init docstring", inspect.getdoc(value.__init__)
        yield "File", _file(value)
        yield "Type", kind.__name__
        yield "Subclasses", ", ".join(c.__name__ for c in kind.__subclasses__(value))
    elif inspect.isroutine(value):
        yield "Signature", _signature(name, value)
        yield from documentation
        yield "File", _file(value)
        yield "Type", kind.__name__
    else:
        yield "Signature", _signature(name, value)
        if callable(value) and _signature(name, value.__call__) != _signature(
            name, value
        ):
            yield "Call signature", _signature(name, value.__call__)
        yield "Type", kind.__name__
        yield "String form", str(value) if with_source else _shortened(str(value))
        yield "Length", str(len(value)) if hasattr(value, "__len__") else None
        yield "File", _file(kind)
        yield from documentation
        if inspect.getdoc(kind) not in (inspect.getdoc(value), *PYTHONS_OWN):
            yield "Class docstring", inspect.getdoc(kind)
        for method in ("init", "call"):
            text = inspect.getdoc(getattr(value, f"__{method}__", None))
            if text not in PYTHONS_OWN:
                yield f"{method.capitalize()} docstring", text


def _signature(name: str, value: Any) -> str | None:
    """``name(x, y) -> type``, with a line for each parameter if that is long."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    parts, last = list[str](), None
    for parameter in signature.parameters.values():
        kind = parameter.kind
        if last is parameter.POSITIONAL_ONLY is not kind:
            parts.append("/")
        if kind is parameter.KEYWORD_ONLY and last not in (
            kind,
            parameter.VAR_POSITIONAL,
        ):
            parts.append("*")
        parts.append(str(parameter))
        last = kind
    if last is inspect.Parameter.POSITIONAL_ONLY:
        parts.append("/")
    text = f"({', '.join(parts)})"
    if len(name) + len(text) > WIDTH:
        text = "(\n" + "".join(f"    {part},\n" for part in parts) + ")"
    answer = signature.return_annotation
    if answer is not signature.empty:
        text += f" -> {inspect.formatannotation(answer)}"
    return name + text


def _shortened(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    half = (MOST_CHARACTERS - 5) // 2
    return f"{text[:half]} <...> {text[-half:]}"


def _file(value: Any) -> str | None:
    try:
        return inspect.getabsfile(value)
    except (OSError, TypeError):
        return None


def _source(value: Any) -> str | None:
    try:
        return textwrap.dedent(inspect.getsource(value)).rstrip()
    except (OSError, TypeError):
        return None
