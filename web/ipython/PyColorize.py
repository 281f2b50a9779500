"""On a page, descriptions have no colours."""

from typing import Any


class Parser:
    def __init__(self, **_: object):
        self.theme_name = ""

    def format(self, source: str) -> str:
        return source


class Theme:
    def format(self, tokens: list[tuple[Any, str]]) -> str:
        return "".join(text for _, text in tokens)


theme_table = {"nocolor": Theme()}
