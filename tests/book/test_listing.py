"""Listings of the library's source: the same program, without annotations and docstrings."""
# fmt: off

from __future__ import annotations

import ast
import importlib
import inspect
import io
import pkgutil
import textwrap
import tokenize

import pytest

import nnfs_lib
from nnfs_lib.book.listing import WIDTH, source


def everything_in_the_library():
    names = [module.name for module in pkgutil.walk_packages(nnfs_lib.__path__, "nnfs_lib.")]
    names.remove("nnfs_lib.__main__")
    for module in map(importlib.import_module, names):
        for name, thing in vars(module).items():
            defined_here = getattr(thing, "__module__", None) == module.__name__
            if defined_here and (inspect.isclass(thing) or inspect.isfunction(thing)):
                yield pytest.param(thing, id=f"{module.__name__}.{name}")


class Bare(ast.NodeTransformer):
    """The same program without annotations and docstrings."""

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        if node.value is None:
            return node if node.col_offset == 4 else None  # a field of a class stays
        return ast.Assign([node.target], node.value, lineno=0)

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.without_docstring(node)

    def visit_ClassDef(self, node):
        return self.without_docstring(node)

    def without_docstring(self, node):
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
        return self.generic_visit(node)


def program(text):
    return ast.dump(Bare().visit(ast.parse(text)))


def comments(text):
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("thing", [*everything_in_the_library()])
def test_a_listing_is_the_same_program_with_the_same_comments(thing):
    original = textwrap.dedent(inspect.getsource(thing))
    listed = source(thing)
    assert ast.dump(ast.parse(listed)) == program(original)
    assert comments(listed) == comments(original)


def lines(thing):
    return source(thing).splitlines()


def test_a_signature_without_annotations_goes_on_one_line():
    def f(
        first: int,
        /,
        second: tuple[int, ...] = ("a", 'b'),
        *rest: float,
        third: str | None = "c:d",
        **others: object,
    ) -> dict[str, int]:
        """Something."""
        return {}

    assert lines(f) == [
        """def f(first, /, second=("a", 'b'), *rest, third="c:d", **others):""",
        "    return {}",
    ]


def test_a_signature_that_just_fits_goes_on_one_line():
    def f(
        the_first_of_three_long_names: int = 1,
        the_second_of_three_long_names: int = 2,
        the_third_x: int = 3,
    ) -> int:
        return 1

    assert len(lines(f)[0]) == WIDTH


def test_a_signature_that_is_still_too_long_is_put_below_the_name():
    def f(
        the_first_of_three_long_names: int = 1,
        the_second_of_three_long_names: int = 2,
        the_third_xx: int = 3,
    ) -> int:
        return 1

    assert lines(f) == [
        "def f(",
        "    the_first_of_three_long_names=1, the_second_of_three_long_names=2, the_third_xx=3",
        "):",
        "    return 1",
    ]
    assert len("".join(lines(f)[:3]).replace("    ", "")) == WIDTH + 1


def test_a_signature_that_does_not_fit_on_two_lines_has_a_line_for_each_argument():
    class C:
        def f(
            self, the_first_of_three_long_names: int = 1, *, the_second_of_three_long_names: tuple[int, int] = (2, 3),
            the_third_long_name: str = "a, b",
        ) -> int:
            return 1

    assert lines(C.f) == [
        "def f(",
        "    self,",
        "    the_first_of_three_long_names=1,",
        "    *,",
        "    the_second_of_three_long_names=(2, 3),",
        '    the_third_long_name="a, b",',
        "):",
        "    return 1",
    ]


def test_a_comment_among_the_arguments_is_dropped_and_its_colon_ends_nothing():
    def f(
        a: int = 1,  # unit: metres
    ):
        # says: why
        return None

    assert lines(f) == ["def f(a=1):", "    # says: why", "    return None"]


def test_assignments_lose_their_annotation_and_keep_their_layout():
    def f(self: object) -> None:
        self.größe: dict[str, int] = {
            "ü": 1,   # two
        }
        pair: tuple[int, int] = 1, 2
        later: int
        later = 3  # now: here
        return pair, later

    assert lines(f) == [
        "def f(self):",
        "    self.größe = {",
        '        "ü": 1,   # two',
        "    }",
        "    pair = 1, 2",
        "    later = 3  # now: here",
        "    return pair, later",
    ]


def test_fields_of_a_class_stay_and_docstrings_go_from_all_that_is_nested():
    class Field:
        """A class.

        With a long docstring.
        """

        name: str
        size: int = 2

        def grown(self) -> int:
            """Bigger."""

            def by(step: int) -> int:
                """Inner."""
                return self.size + step

            return by(1)

    assert lines(Field) == [
        "class Field:",
        "    name: str",
        "    size = 2",
        "",
        "    def grown(self):",
        "        def by(step):",
        "            return self.size + step",
        "",
        "        return by(1)",
    ]


def test_a_docstring_that_is_all_of_a_body_stays():
    def f() -> None:
        """Nothing to do."""

    assert lines(f) == ["def f():", '    """Nothing to do."""']


def test_decorators_and_async_stay():
    @staticmethod
    async def f(a: int) -> int: return a

    assert lines(f.__func__) == ["@staticmethod", "async def f(a): return a"]


def test_a_notebook_shows_a_listing_as_code():
    def f(a: int) -> int:
        return a

    assert source(f)._repr_markdown_() == "```python\ndef f(a):\n    return a\n```"
    assert repr(source(f)) == source(f)
