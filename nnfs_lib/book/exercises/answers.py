"""The kinds of answers that exercises ask for, and how each is compared with its reference.

The sentences come from `nnfs_lib.diagnosis`, as those of the gradient checker do. An exercise adds the mistakes that it
invites: what a reader would then give, and the sentence that helps.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ...gradcheck import check_gradients
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
    """A function, called with each of ``cases``.

    ``through`` turns the answer into the function that is called, where the answer is a class. ``others`` are right as
    well, each with results of its own: another order of random draws. ``samples`` says that the rows of the first
    argument are samples. ``written`` objects to how a right answer is written. ``is_class`` says that the answer is a
    class, which ``through`` makes objects of.
    """

    reference: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    through: Callable[[Any], Callable[..., Any]] = lambda answer: answer
    tolerance: float = COMPUTED
    others: tuple[Callable[..., Any], ...] = ()
    samples: bool = False
    written: Callable[[Any], str] = lambda answer: ""
    is_class: bool = False

    def problem(self, answer: Any) -> str:
        if has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if self.is_class and not isinstance(answer, type):
            return "a class was expected: pass its name, without parentheses"
        if not callable(answer):
            return "a function was expected, but something else came: pass its name, without calling it"
        function = self.through(answer)
        for case in self.cases:
            problem = self._problem(function, case)
            if problem and not any(self.agrees(function, one) for one in self.others):
                end = "" if problem[-1] in ".?" else "."
                return f"{problem}{end} (Called with {described(case)}.)"
        return self.written(answer)

    def _problem(self, function: Callable[..., Any], case: tuple[Any, ...]) -> str:
        given = copy.deepcopy(case)
        try:
            with np.errstate(all="ignore"):
                got = function(*given)
        except Exception as error:
            got, problem = None, f"it raises {_named(error)}"
        else:
            if isinstance(got, (list, tuple)) and any(part is None for part in got):
                return "a part of what it returns is None: does that come from something that returns nothing?"
            if has_dots(got) and case is self.cases[0]:
                raise NotAnswered("it returns nothing (was return forgotten?)")
            if has_dots(got):
                return "it returns nothing here: is there a way out without return?"
            if kind := _changed(case, given):
                return f"it changes the {kind} that it is given: let it work on a copy"
            expected = self.reference(*copy.deepcopy(case))
            n_samples = len(case[0]) if self.samples else 1
            problem = difference(got, expected, n_samples, self.tolerance)
        return problem and (self._mistake(function) or problem)

    def _mistake(self, function: Callable[..., Any]) -> str:
        """The sentence for a known mistake that does the same as the function in every case ("" if none does)."""
        for text, mistake in self.mistakes.items():
            if self.agrees(function, mistake):
                return text
        return ""

    def agrees(self, function: Callable[..., Any], other: Callable[..., Any]) -> bool:
        """Whether two functions give the same results, or errors of any kind, in every case."""
        pairs = [(_called(function, case), _called(other, case)) for case in self.cases]
        return all(same(*pair, self.tolerance) for pair in pairs)


@dataclass(frozen=True)
class Layer:
    """A class with ``forward`` and ``backward``: a layer, an activation or a loss.

    A case is the arguments of the class, and those of ``forward``. A mistake is a class whose ``forward`` is wrong, or
    one whose ``backward`` returns a wrong gradient.
    """

    reference: Callable[..., Any]
    cases: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    written: Callable[[Any], str] = lambda answer: ""

    def problem(self, answer: Any) -> str:
        if has_dots(answer):
            raise NotAnswered("put your answer in place of the dots")
        if not isinstance(answer, type):
            if hasattr(answer, "forward"):
                return "an object came: pass the class itself, without parentheses"
            return "a class was expected: pass its name"
        for method in ("forward", "backward"):
            if not hasattr(answer, method):
                return f"the class has no method {method}"
        for arguments, inputs in self.cases:
            mistakes = {
                text: _forward(mistake, arguments)
                for text, mistake in self.mistakes.items()
            }
            right = Function(
                _forward(self.reference, arguments),
                (inputs,),
                mistakes,
                samples=True,
            )
            problem = right.problem(_forward(answer, arguments))
            if problem:
                return f"in forward, {problem}"
        for case in self.cases:
            problem = self._backward_problem(answer, *case)
            if problem:
                return problem
        return self.written(answer)

    def _backward_problem(
        self, answer: Any, arguments: tuple[Any, ...], inputs: tuple[Any, ...]
    ) -> str:
        if problem := self._gradient_problem(answer, arguments, inputs):
            return problem
        if self._gradient_problem(answer, arguments, inputs, second=True):
            return "with a second batch, backward goes on with the first: let forward keep what comes now"
        return ""

    def _gradient_problem(
        self,
        answer: Any,
        arguments: tuple[Any, ...],
        inputs: tuple[Any, ...],
        second: bool = False,
    ) -> str:
        """What is wrong with the gradients of a new object, or of one that has had another batch before."""
        given = copy.deepcopy(arguments)
        try:
            made = answer(*given)
            if second:
                made.forward(*(each[::-1].copy() for each in inputs))
            checked = check_gradients(made, *inputs, must_return=True)
            _, stored = _backward(answer, arguments, inputs)
        except Exception as error:
            return f"backward raises {_named(error)}"
        if kind := _changed(arguments, given):
            return (
                f"it changes the {kind} that the class is given: let it work on a copy"
            )
        for row in checked.rows:
            if row.problem and row.error <= COMPUTED:
                return f"forward is right, and so is {row.name}, but {row.problem}"
            if row.problem:
                known = self._backward_mistake(stored, arguments, inputs) or row.problem
                return f"forward is right; in {row.name}, {known}"
        return ""

    def _backward_mistake(self, stored: Any, *case: tuple[Any, ...]) -> str:
        """The sentence for the known mistake that gives this gradient ("" if none does)."""
        for text, mistake in self.mistakes.items():
            if hasattr(mistake, "backward"):
                wrong, _ = _backward(mistake, *case)
                if same(stored, wrong, COMPUTED):
                    return text
        return ""


def _forward(layer: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """What ``forward`` of a new object returns."""
    return lambda *inputs: layer(*copy.deepcopy(arguments)).forward(*inputs)


def _backward(
    layer: Any, arguments: tuple[Any, ...], inputs: tuple[Any, ...]
) -> tuple[Any, Any]:
    """What ``backward`` of a new object returns, and what it stores as ``dinputs``."""
    made = layer(*copy.deepcopy(arguments))
    output = made.forward(*copy.deepcopy(inputs))
    given = inputs
    if len(inputs) == 1:  # no loss: the gradient of any loss, at the output
        given = (np.random.default_rng(0).standard_normal(np.shape(output)),)
    returned = made.backward(*copy.deepcopy(given))
    return returned, getattr(made, "dinputs", None)


def _changed(case: tuple[Any, ...], given: tuple[Any, ...]) -> str:
    """The kind of the first argument that is no longer what it was ("" if none has changed)."""
    for before, after in zip(case, given):
        if isinstance(before, np.ndarray) and not same(before, after):
            return "array"
        if isinstance(before, list) and (
            len(before) != len(after) or _changed(tuple(before), tuple(after))
        ):
            return "list"
        if isinstance(before, (int, float)) and not same(before, after):
            return "number"
    return ""


def _named(error: Exception) -> str:
    """The kind of an error, and its text if it has one."""
    name = type(error).__name__
    return f"{name}: {error}" if str(error) else name


class _Failed:
    """Stands for a result where the function raises an error."""


def _called(function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """What the function returns; `_Failed` if it raises an error."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a known mistake, which nobody made
            return function(*copy.deepcopy(case))
    except Exception:
        return _Failed
