"""Change the right answers to the exercises in one small place at a time, and see whether `check` notices.

The answers are the solutions of the chapters, and those of other forms in ``tests/right_answers``. ``make mutants``
runs it. What `check` accepts is kept in ``nnfs_lib/verified/solution_mutants.json``, each change with the reason why
it is right as well; a new one needs a case that tells it apart, or a reason.
"""

from __future__ import annotations

import ast
import collections
import copy
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
from mutants import with_reasons

from nnfs_lib import SGD
from nnfs_lib.exercises import check
from nnfs_lib.numerics import exp, log, matmul

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "nnfs_lib" / "verified" / "solution_mutants.json"
CELL = re.compile(
    r"```\{code-cell\} ipython3\n[^\n]*\n\n# solution\n(.*?)\n```", re.DOTALL
)
CHECK = re.compile(r'^check\("([\w-]+)", (\w+)\)$', re.MULTILINE)
SECONDS = 1
"""A change that makes an answer run longer is noticed by whoever waits."""

OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Eq: (ast.NotEq, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
NAMES = {
    "max": ("min", "mean"),
    "min": ("max",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "std": ("var",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "exp": ("log",),
    "log": ("exp",),
    "hstack": ("vstack",),
    "vstack": ("hstack",),
    "rint": ("floor", "ceil", "trunc"),
    "sqrt": ("square",),
    "abs": ("negative",),
}
TYPES = {"array", "asarray", "astype", "float", "float32", "int64", "item", "tolist"}
TYPES |= {"Fraction", "Decimal"}
"""Calls that change the type of numbers alone: what has another type is right as well."""

COMMUTATIVE = {"add", "multiply", "min", "max", "minimum", "maximum", "logaddexp"}


class TooLong(BaseException):
    """Is no `Exception`, which `check` would take for the answer's."""


@dataclass(frozen=True)
class Solution:
    """A right answer: the statements that make it, and the name under which it is checked."""

    exercise: str
    file: str
    body: tuple[ast.stmt, ...]
    answer: str

    def accepted(self, body: list[ast.stmt]) -> bool:
        """Whether the answer that these statements make is right."""
        scope: dict[str, Any] = {"np": np, "math": math, "SGD": SGD, "matmul": matmul}
        scope |= {"exp": exp, "log": log, "LOG_2": math.log(2), "__name__": "answer"}
        module = ast.fix_missing_locations(ast.Module(body, []))
        signal.alarm(SECONDS)
        try:
            exec(compile(module, self.file, "exec"), scope)
            return bool(check(self.exercise, scope[self.answer]))
        except (Exception, TooLong):
            return False
        finally:
            signal.alarm(0)


def solutions() -> Iterator[Solution]:
    """The solutions of the chapters, then those of the tests."""
    for path in sorted((ROOT / "book").glob("*.md")):
        for cell in CELL.findall(path.read_text("utf-8")):
            name, answer = CHECK.findall(cell)[-1]
            body = needed(ast.parse(cell).body, answer)
            yield Solution(name, f"book/{path.name}", body, answer)
    for path in sorted((ROOT / "tests" / "right_answers").glob("[a-z]*.py")):
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
                yield Solution(name, f"tests/right_answers/{path.name}", body, "answer")


def needed(statements: list[ast.stmt], answer: str) -> tuple[ast.stmt, ...]:
    """Those of the statements on which the answer depends."""
    names, kept = {answer}, []
    for statement in reversed(statements):
        if names & stored(statement):
            kept.append(statement)
            names |= {
                part.id for part in ast.walk(statement) if isinstance(part, ast.Name)
            }
    return tuple(reversed(kept))


def stored(statement: ast.stmt) -> set[str]:
    """The names that a statement defines or changes."""
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


def variants(node: ast.AST, local: frozenset[str] = frozenset()) -> Iterator[Any]:
    """The node with each small change in it, one at a time; ``local`` names may stand for each other."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        local = local_names(node)
    yield from changes(node, local)
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.arguments) or field == "decorator_list":
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST):
                continue
            replaced = [[new] for new in variants(child, local)]
            imports = isinstance(child, (ast.Import, ast.ImportFrom))
            if isinstance(child, ast.stmt) and len(children) > 1 and not imports:
                replaced.append([])
            for new in replaced:
                changed = copy.copy(node)
                many = [*children[:index], *new, *children[index + 1 :]]
                setattr(changed, field, many if isinstance(value, list) else many[0])
                yield changed


def local_names(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Arguments and variables of a function, without self."""
    stored = {
        part.id
        for part in ast.walk(function)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    arguments = [*function.args.args, function.args.vararg or ast.arg("self")]
    return frozenset(stored | {one.arg for one in arguments}) - {"self"}


def changes(node: ast.AST, local: frozenset[str]) -> Iterator[Any]:
    """What may stand in the place of a node."""
    for new in OPERATORS.get(type(node), ()):
        yield new()
    match node:
        case ast.BinOp(left, op, right):
            yield from (left, right)
            if isinstance(op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
                yield ast.BinOp(right, op, left)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BoolOp(op, values):
            for index in range(len(values) if len(values) > 2 else 0):
                yield ast.BoolOp(op, values[:index] + values[index + 1 :])
            yield from values if len(values) == 2 else ()
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield from map(ast.Constant, (value + 1, value - 1))
            yield from [ast.Constant(-value)] if value not in (0, 1) else []
        case ast.Name(name, ast.Load()) if name in local:
            yield from (ast.Name(other, ast.Load()) for other in sorted(local - {name}))
        case ast.Name(name) if name in NAMES:
            yield from (ast.Name(other, node.ctx) for other in NAMES[name])
        case ast.Attribute(value, name, ast.Load()):
            for other in NAMES.get(name, ()):
                yield ast.Attribute(value, other, node.ctx)
            if name == "T":
                yield value
        case ast.Subscript(value, place, ast.Load()):
            yield value
            if isinstance(place, ast.Tuple):
                turned = ast.Tuple(place.elts[::-1], place.ctx)
                yield ast.Subscript(value, turned, node.ctx)
        case ast.Call(function, arguments, keywords):
            name = ast.unparse(function).rpartition(".")[2]
            changes_type = name in TYPES
            if not changes_type:
                yield from arguments[:1]
            if isinstance(function, ast.Attribute) and not changes_type:
                yield function.value
            for index in range(len(keywords)):
                rest = keywords[:index] + keywords[index + 1 :]
                yield ast.Call(function, arguments, rest)
            if len(arguments) > 1:
                yield ast.Call(function, arguments[:-1], keywords)
            if len(arguments) > 1 and name not in COMMUTATIVE:
                yield ast.Call(function, arguments[1::-1] + arguments[2:], keywords)
        case ast.AugAssign(target, op, value):
            yield (
                ast.Assign([ast.Name(target.id, ast.Store())], value)
                if isinstance(target, ast.Name)
                else ast.Assign([target], value)
            )
        case ast.If(_, body, other) | ast.IfExp(_, body, other):
            yield type(node)(ast.Constant(True), body, other)
            yield type(node)(ast.Constant(False), body, other)
        case ast.List(elements, ctx) | ast.Tuple(elements, ctx):
            for index in range(len(elements) - 1):
                one, two = elements[index : index + 2]
                swapped = [*elements[:index], two, one, *elements[index + 2 :]]
                yield type(node)(swapped, ctx)


def difference(before: list[ast.stmt], after: list[ast.stmt]) -> dict[str, str]:
    """The lines that differ."""
    was, becomes = (
        ast.unparse(ast.fix_missing_locations(ast.Module(body, []))).splitlines()
        for body in (before, after)
    )
    while was and becomes and was[0] == becomes[0]:
        was, becomes = was[1:], becomes[1:]
    while was and becomes and was[-1] == becomes[-1]:
        was, becomes = was[:-1], becomes[:-1]
    texts = (" ".join(line.strip() for line in lines) for lines in (was, becomes))
    return dict(zip(("was", "becomes"), texts))


def main() -> int:
    """Run, renew the file, and say what is missing; 1 if anything is."""
    signal.signal(signal.SIGALRM, too_long)
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
    survivors = with_reasons(found, known)
    unexplained = [survivor for survivor in survivors if not survivor["reason"]]
    for survivor in unexplained:
        print("{file}\n  - {was}\n  + {becomes}".format(**survivor))
    mutants = sum(total.values())
    print(
        f"{mutants - len(found)} of {mutants} changed answers are refused. "
        f"{len(unexplained)} of {len(survivors)} others have no reason in {RESULT.relative_to(ROOT)}."
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
