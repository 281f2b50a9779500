"""Remove unused rules from a style sheet: a theme has many times the rules that a book uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from tinycss2 import parse_rule_list, parse_stylesheet, serialize

WORD = re.compile(r"[\w-]+")
WITH_RULES = {"media", "supports"}
TERSE = {"skip_comments": True, "skip_whitespace": True}


def without_unused(sheet: str, users: Iterable[str]) -> str:
    """The sheet without the rules for classes and ids that occur as a word in none of its users (pages, scripts)."""
    words = {word for text in users for word in WORD.findall(text)}
    return serialize(list(used(parse_stylesheet(sheet, **TERSE), words)))


def used(rules: Iterable[Any], words: set[str]) -> Iterator[Any]:
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in WITH_RULES:
            rule.content = list(used(parse_rule_list(rule.content, **TERSE), words))
            if rule.content:
                yield rule
        elif rule.type != "qualified-rule" or any(
            names(selector) <= words for selector in selectors(rule.prelude)
        ):
            yield rule


def selectors(prelude: list[Any]) -> list[list[Any]]:
    """The selectors of a list, which commas separate."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def names(selector: list[Any]) -> set[str]:
    """The classes and ids of a selector, except those in parentheses, such as :not(...)."""
    classes = {
        name.value
        for dot, name in pairwise(selector)
        if dot == "." and name.type == "ident"
    }
    return classes | {token.value for token in selector if token.type == "hash"}
