"""Lead from the footer of each page to the page of licences: the theme's option is the same text everywhere."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

MARK = "LICENCES"
TARGET = "book/reference/licences"


def add_address(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document,
) -> None:
    footer = context.get("theme_extra_footer", "")
    context["theme_extra_footer"] = footer.replace(MARK, context["pathto"](TARGET))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_address)
    return {"parallel_read_safe": True}
