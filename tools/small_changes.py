"""Mutants of a piece of Python code: one operator, number, name, argument or statement changed at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any

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
"""Calls that only change the type of numbers: an answer of another type is correct, too."""

COMMUTATIVE = {"add", "multiply", "min", "max", "minimum", "maximum", "logaddexp"}


def variants(node: ast.AST, local: frozenset[str] = frozenset()) -> Iterator[Any]:
    """The node with one small change at a time; ``local`` names may be exchanged for each other."""
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
    """The arguments and variables of a function, except self."""
    stored = {
        part.id
        for part in ast.walk(function)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    arguments = [*function.args.args, function.args.vararg or ast.arg("self")]
    return frozenset(stored | {one.arg for one in arguments}) - {"self"}


def changes(node: ast.AST, local: frozenset[str]) -> Iterator[Any]:
    """The possible replacements of a node."""
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
            if value not in (0, 1):
                yield ast.UnaryOp(ast.USub(), ast.Constant(value))
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
