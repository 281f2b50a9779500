"""The kinds of answers that exercises ask for, and how each is compared with its reference.

The sentences come from `nnfs_lib.diagnosis`, as those of the gradient checker do. An exercise adds the mistakes that it
invites: what a reader would then give, and the sentence that helps.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .. import diagnosis
from ..gradcheck import check_gradients

BY_HAND = 5e-3
"""Relative error allowed to a value: an answer by hand may be rounded to three digits."""

COMPUTED = 1e-4
"""Relative error allowed to a function: float32 has seven digits, of which a difference may cost three."""


class NotAnswered(Exception):
    """The stub of the chapter came, with dots in place of an answer."""


class Answer(Protocol):
    """What an exercise knows about its answer."""

    def problem(self, answer: Any) -> str:
        """What is wrong with ``answer``, in words ("" if nothing)."""


@dataclass(frozen=True)
class Value:
    """Numbers: one, or an array of them. The sentences do not give away the right ones.

    ``through`` turns the answer into what is compared, where several answers are right; its `ValueError` says what else
    is wrong.
    """

    expected: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    through: Callable[[Any], Any] = lambda answer: answer
    n_samples: int = 1
    tolerance: float = BY_HAND

    def problem(self, answer: Any) -> str:
        if _has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if callable(answer):
            return "a value was expected, but a function came: call it, and check what it returns"
        try:
            got = self.through(answer)
        except ValueError as error:
            return str(error)
        return _difference(
            got,
            self.expected,
            self.mistakes,
            self.n_samples,
            self.tolerance,
            secret=True,
        )


@dataclass(frozen=True)
class Function:
    """A function, called with each of ``cases``; the first argument's rows are samples.

    ``through`` turns the answer into the function that is called, where the answer is a class.
    """

    reference: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    through: Callable[[Any], Callable[..., Any]] = lambda answer: answer
    tolerance: float = COMPUTED

    def problem(self, answer: Any) -> str:
        if _has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if not callable(answer):
            return "a function was expected, but something else came: pass its name, without calling it"
        for case in self.cases:
            problem = self._problem(self.through(answer), case)
            if problem:
                return f"{problem}{'' if problem[-1] in '.?' else '.'} (Called with {_described(case)}.)"
        return ""

    def _problem(self, function: Callable[..., Any], case: tuple[Any, ...]) -> str:
        given = copy.deepcopy(case)
        try:
            with np.errstate(all="ignore"):
                got = function(*given)
        except NotAnswered:
            raise
        except Exception as error:
            return f"it raises {type(error).__name__}: {error}"
        if _has_dots(got):
            raise NotAnswered("it returns nothing (was return forgotten?)")
        for before, after in zip(case, given):
            if isinstance(before, np.ndarray) and not _same(before, after):
                return "it changes the array that it is given: let it work on a copy"
        expected = self.reference(*copy.deepcopy(case))
        mistakes = {}
        with np.errstate(all="ignore"):
            for text, mistake in self.mistakes.items():
                mistakes[text] = mistake(*copy.deepcopy(case))
        n_samples = len(case[0]) if np.ndim(case[0]) == 2 else 1
        return _difference(got, expected, mistakes, n_samples, self.tolerance)


@dataclass(frozen=True)
class Layer:
    """A class with ``forward`` and ``backward``: a layer, an activation or a loss.

    A case is the arguments of the class, and those of ``forward``.
    """

    reference: Callable[..., Any]
    cases: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def problem(self, answer: Any) -> str:
        if _has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if not isinstance(answer, type):
            if hasattr(answer, "forward"):
                return "an object came: pass the class itself, without brackets"
            return "a class was expected: pass its name"
        for method in ("forward", "backward"):
            if not hasattr(answer, method):
                return f"the class has no method {method}"
        for arguments, inputs in self.cases:
            mistakes = {
                text: _forward(mistake, arguments)
                for text, mistake in self.mistakes.items()
            }
            right = Function(_forward(self.reference, arguments), (inputs,), mistakes)
            problem = right.problem(_forward(answer, arguments))
            if problem:
                return f"in forward, {problem}"
        for arguments, inputs in self.cases:
            try:
                checked = check_gradients(answer(*copy.deepcopy(arguments)), *inputs)
            except Exception as error:
                return f"backward raises {type(error).__name__}: {error}"
            for row in checked.rows:
                if row.problem:
                    return f"forward is right; in {row.name}, {row.problem}"
        return ""


def _forward(layer: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """What ``forward`` of a new object returns, or stores as ``output``."""

    def forward(*inputs: Any) -> Any:
        made = layer(*copy.deepcopy(arguments))
        output = made.forward(*inputs)
        return getattr(made, "output", None) if output is None else output

    return forward


def _difference(
    got: Any,
    expected: Any,
    mistakes: Mapping[str, Any],
    n_samples: int,
    tolerance: float,
    secret: bool = False,
) -> str:
    """What is wrong with ``got`` ("" if nothing). A ``secret`` number is not shown."""
    if isinstance(expected, tuple):
        return _difference_of_parts(got, expected, mistakes, n_samples, tolerance)
    if callable(got):
        return "numbers were expected, but a function came: call it"
    expected = np.asarray(expected, dtype=np.float64)
    problem = diagnosis.not_comparable(got, expected.shape, n_samples)
    if not problem:
        got = np.asarray(got, dtype=np.float64)
        wrong = ~(diagnosis.relative_errors(got, expected) <= tolerance)
        if not wrong.any():
            return ""
    for text, mistake in mistakes.items():
        if _same(got, mistake, tolerance):
            return text
    if problem:
        return problem
    if not secret:
        smooth = np.ones_like(wrong)
        return diagnosis.of_mistake(got, expected, smooth, wrong, n_samples)
    pattern = diagnosis.of_pattern(got, expected, n_samples, tolerance=tolerance)
    if pattern or got.shape:
        return pattern or diagnosis.of_places(wrong)
    return "it is too large" if got > expected else "it is too small"


def _difference_of_parts(
    got: Any,
    expected: tuple[Any, ...],
    mistakes: Mapping[str, Any],
    n_samples: int,
    tolerance: float,
) -> str:
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        return f"{len(expected)} results were expected, separated by commas"
    for text, mistake in mistakes.items():
        if all(_same(*pair, tolerance) for pair in zip(got, mistake)) and not all(
            _same(*pair, tolerance) for pair in zip(got, expected)
        ):
            return text
    for number, (part, wanted) in enumerate(zip(got, expected), start=1):
        problem = _difference(part, wanted, {}, n_samples, tolerance)
        if problem:
            return f"result {number} of {len(expected)}: {problem}"
    return ""


def _same(got: Any, other: Any, tolerance: float = 0.0) -> bool:
    try:
        got, other = np.asarray(got, np.float64), np.asarray(other, np.float64)
    except (TypeError, ValueError):
        return False
    return got.shape == other.shape and np.allclose(
        got, other, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True
    )


def _has_dots(answer: Any) -> bool:
    if isinstance(answer, (list, tuple)):
        return any(_has_dots(part) for part in answer)
    return answer is ... or answer is None


def _described(case: tuple[Any, ...]) -> str:
    """The arguments, short: an array by its shape."""
    return ", ".join(
        f"an array of shape {argument.shape}"
        if isinstance(argument, np.ndarray)
        else "a random generator"
        if isinstance(argument, np.random.Generator)
        else repr(argument)
        for argument in case
    )
