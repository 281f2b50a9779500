"""The exercises of the book: ``check("dense-shapes", answer)`` says whether an answer is right, or what is wrong.

One module per chapter holds what the answers are compared with; `answers` holds the ways to compare. Do not read on in
a module before you have tried: it holds solutions.
"""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy._core import multiarray

from . import (
    activations,
    backprop,
    basics,
    bits,
    data,
    dense,
    generalization,
    loss,
    minibatches,
    model,
    optimizers,
    outputs,
    parallel,
    regularization,
)
from .answers import Answer, NotAnswered

__all__ = ["EXERCISES", "Verdict", "check"]

CHAPTERS = (
    basics,
    dense,
    activations,
    loss,
    backprop,
    optimizers,
    minibatches,
    model,
    generalization,
    regularization,
    outputs,
    data,
    bits,
    parallel,
)
EXERCISES: dict[str, Answer] = {
    name: answer for chapter in CHAPTERS for name, answer in chapter.EXERCISES.items()
}


@dataclass(frozen=True)
class Verdict:
    """What `check` says of an answer. True if the answer is right; prints as the text."""

    right: bool
    text: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return textwrap.fill(self.text, 72)  # as wide as the page shows


@contextmanager
def _numpys_own_functions() -> Iterator[None]:
    """Take back what `nnfs.init` replaces and answers may use: its functions round to float32."""
    own = {"zeros": multiarray.zeros, "dot": multiarray.dot}
    replaced = {name: vars(np)[name] for name in own}
    vars(np).update(own)
    try:
        yield
    finally:
        vars(np).update(replaced)


def check(name: str, answer: Any) -> Verdict:
    """Compare an answer with the exercise's reference.

    Parameters
    ----------
    name : str
        The exercise, as the chapter gives it: ``"dense-shapes"``.
    answer : object
        What the exercise asks for: numbers, a function or a class. Functions and classes are called on inputs of the
        checker's own.

    Raises
    ------
    ValueError
        If there is no exercise of this name. A wrong answer raises nothing.
    """
    if name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(f"there is no exercise {name!r}{hint}")
    try:
        with _numpys_own_functions():
            problem = EXERCISES[name].problem(answer)
    except NotAnswered as reason:
        return Verdict(False, f"Not answered yet: {reason}.")
    if not problem:
        return Verdict(True, "Right.")
    end = "" if problem[-1] in ".?)" else "."
    return Verdict(False, f"Not yet: {problem}{end}")
