"""Mutation testing of the exercises: does `check` reject every small change of a correct answer?

The answers are the chapters' solutions and the alternatives in ``tests/book/right_answers``. Mutants that `check`
accepts are listed in ``tests/book/solution_mutants.json``, each with the reason why it is correct, too; a new one
needs a test case that rejects it, or a reason.
"""

from __future__ import annotations

import ast
import collections
import datetime
import json
import math
import re
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_lib import SGD
from nnfs_lib.book.exercises import check
from nnfs_lib.numerics import exp, log, matmul
from tools.mutants import with_reasons
from tools.small_changes import difference, variants

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "tests" / "book" / "solution_mutants.json"
CELL = re.compile(
    r"```\{code-cell\} ipython3\n[^\n]*\n\n# solution\n(.*?)\n```", re.DOTALL
)
CHECK = re.compile(r'^check\("([\w-]+)", (\w+)\)$', re.MULTILINE)
SECONDS = 1
"""A mutant that computes longer counts as rejected: its author would notice."""


class TooLong(BaseException):
    """Not an `Exception`: `check` would attribute that to the answer."""


def set_timer(seconds: float) -> None:
    """Raise `TooLong` after so much of the processor's time, however busy the machine is. Windows has no such timer."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


@dataclass(frozen=True)
class Solution:
    """A correct answer: its statements, and the name of the variable that is checked."""

    exercise: str
    file: str
    body: tuple[ast.stmt, ...]
    answer: str

    def accepted(self, body: list[ast.stmt]) -> bool:
        """Whether `check` accepts the answer that these statements compute."""
        scope: dict[str, Any] = {"np": np, "math": math, "SGD": SGD, "matmul": matmul}
        scope |= {"exp": exp, "log": log, "LOG_2": math.log(2), "__name__": "answer"}
        module = ast.fix_missing_locations(ast.Module(body, []))
        set_timer(SECONDS)
        try:
            exec(compile(module, self.file, "exec"), scope)
            return bool(check(self.exercise, scope[self.answer]))
        except (Exception, TooLong):
            return False
        finally:
            set_timer(0)


def solutions() -> Iterator[Solution]:
    """The chapters' solutions, then the alternatives of the tests."""
    for path in sorted((ROOT / "book").glob("*.md")):
        for cell in CELL.findall(path.read_text("utf-8")):
            name, answer = CHECK.findall(cell)[-1]
            body = needed(ast.parse(cell).body, answer)
            yield Solution(name, f"book/{path.name}", body, answer)
    for path in sorted((ROOT / "tests" / "book" / "right_answers").glob("[a-z]*.py")):
        statements = ast.parse(path.read_text("utf-8")).body
        rights = next(
            one.value
            for one in statements
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "RIGHT"
        )
        assert isinstance(rights, ast.Dict)
        others = [one for one in statements if getattr(one, "value", 0) is not rights]
        for key, answers in zip(rights.keys, rights.values):
            for right in getattr(answers, "elts", []):
                target = ast.Name("answer", ast.Store())
                made = [*others, ast.Assign([target], right)]
                body = needed(made, "answer")
                name = ast.literal_eval(key)
                yield Solution(
                    name, f"tests/book/right_answers/{path.name}", body, "answer"
                )


def needed(statements: list[ast.stmt], answer: str) -> tuple[ast.stmt, ...]:
    """The statements that the answer depends on."""
    names, kept = {answer}, []
    for statement in reversed(statements):
        if names & stored(statement):
            kept.append(statement)
            names |= {
                part.id for part in ast.walk(statement) if isinstance(part, ast.Name)
            }
    return tuple(reversed(kept))


def stored(statement: ast.stmt) -> set[str]:
    """The names that a statement defines or modifies."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name for alias in statement.names}
    names = set()
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        if isinstance(part, ast.Attribute) and part.attr == "append":
            names.add(ast.unparse(part.value))
    return names


def main() -> int:
    """Test all mutants, rewrite the file and report survivors without a reason; 1 if there are any."""
    if hasattr(signal, "SIGVTALRM"):
        signal.signal(signal.SIGVTALRM, too_long)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    known = (
        json.loads(RESULT.read_text("utf-8"))["survivors"] if RESULT.exists() else []
    )
    chosen = sys.argv[1:]
    total, found = collections.Counter[str](), []
    for solution in solutions():
        if chosen and not solution.exercise.startswith(tuple(chosen)):
            continue
        body = list(solution.body)
        assert solution.accepted(body), f"{solution.exercise}: {solution.file}"
        module = ast.Module(body, [])
        seen = {ast.unparse(module)}
        for changed in variants(module):
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text in seen:
                continue
            seen.add(text)
            total[solution.exercise] += 1
            if solution.accepted(changed.body):
                lines = difference(body, changed.body)
                file = f"{solution.file}: {solution.exercise}"
                found.append({"file": file, **lines, "status": "accepted"})
    if not total:
        sys.exit(f"no such exercise: {', '.join(chosen)}")
    survivors = with_reasons(found, known)
    unexplained = [survivor for survivor in survivors if not survivor["reason"]]
    for survivor in unexplained:
        print("{file}\n  - {was}\n  + {becomes}".format(**survivor))
    mutants = sum(total.values())
    print(
        f"{mutants - len(found)} of {mutants} changed answers are rejected. "
        f"{len(unexplained)} of the {len(survivors)} others have no reason in {RESULT.relative_to(ROOT)}."
    )
    if not chosen:
        result = {
            "date": datetime.date.today().isoformat(),
            "mutants": mutants,
            "killed": mutants - len(found),
            "exercises": dict(sorted(total.items())),
            "survivors": survivors,
        }
        text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
        RESULT.write_text(text, "utf-8", newline="\n")
    return int(bool(unexplained))


def too_long(*_: Any) -> None:
    raise TooLong


if __name__ == "__main__":
    sys.exit(main())
