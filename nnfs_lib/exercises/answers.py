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

from ..gradcheck import check_gradients
from .comparison import described, difference, has_dots, same

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
        if has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if callable(answer):
            return "a value was expected, but a function came: call it, and check what it returns"
        try:
            got = self.through(answer)
        except ValueError as error:
            return str(error)
        problem = difference(
            got, self.expected, self.n_samples, self.tolerance, secret=True
        )
        for text, mistake in self.mistakes.items():
            if problem and same(got, mistake, self.tolerance):
                return text
        return problem


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
        if has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if not callable(answer):
            return "a function was expected, but something else came: pass its name, without calling it"
        function = self.through(answer)
        for case in self.cases:
            problem = self._problem(function, case)
            if problem:
                end = "" if problem[-1] in ".?" else "."
                return f"{problem}{end} (Called with {described(case)}.)"
        return ""

    def _problem(self, function: Callable[..., Any], case: tuple[Any, ...]) -> str:
        given = copy.deepcopy(case)
        try:
            with np.errstate(all="ignore"):
                got = function(*given)
        except Exception as error:
            got, problem = None, f"it raises {type(error).__name__}: {error}"
        else:
            if has_dots(got):
                raise NotAnswered("it returns nothing (was return forgotten?)")
            for before, after in zip(case, given):
                if isinstance(before, np.ndarray) and not same(before, after):
                    return (
                        "it changes the array that it is given: let it work on a copy"
                    )
            expected = self.reference(*copy.deepcopy(case))
            n_samples = len(case[0]) if np.ndim(case[0]) == 2 else 1
            problem = difference(got, expected, n_samples, self.tolerance)
        return problem and (self._mistake(function) or problem)

    def _mistake(self, function: Callable[..., Any]) -> str:
        """The sentence for a known mistake that gives the same as the function in every case ("" if none does)."""
        for text, mistake in self.mistakes.items():
            if all(
                same(_called(function, case), _called(mistake, case), self.tolerance)
                for case in self.cases
            ):
                return text
        return ""


@dataclass(frozen=True)
class Layer:
    """A class with ``forward`` and ``backward``: a layer, an activation or a loss.

    A case is the arguments of the class, and those of ``forward``.
    """

    reference: Callable[..., Any]
    cases: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def problem(self, answer: Any) -> str:
        if has_dots(answer):
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


def _called(function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """What the function returns, or the kind of error that it raises."""
    try:
        with np.errstate(all="ignore"):
            return function(*copy.deepcopy(case))
    except Exception as error:
        return type(error)
