"""What others see of a page: its address and description for search engines and previews; how to cite it.

The addresses need that of the book (tools/address.py); without it, they are left out.
"""

from __future__ import annotations

import html
import textwrap
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

import nnfs_lib
from tools.address import site

LICENCES = "book/reference/licences"  # whose address differs from page to page
PICTURE = "page.png"  # at the root of the site


def set_address(app: Sphinx, config: Config) -> None:
    """Let Sphinx say what the canonical address of each page is."""
    config.html_baseurl = site() or ""


def describe(
    app: Sphinx, page: str, _: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    book, address = app.config.html_title, context.get("pageurl") or ""
    title = app.env.titles[page].astext() if page in app.env.titles else book
    tags = {"og:title": title, "og:site_name": book, "og:type": "article"}
    if description := first_sentences(doctree):
        tags |= {"description": description, "og:description": description}
    if address:
        tags |= {"og:url": address, "og:image": app.config.html_baseurl + PICTURE}
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{html.escape(text)}">\n'
        for name, text in tags.items()
    )
    footer = context.get("theme_extra_footer", "")
    footer = footer.replace("LICENCES", context["pathto"](LICENCES))
    if page.startswith("book/"):
        footer += f'<p class="cite">Cite this page: {citation(app.config, title, address)}</p>'
    context["theme_extra_footer"] = footer


def first_sentences(doctree: nodes.document | None) -> str:
    """The first paragraph of a page, in the length that search engines show."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    first = next((paragraph.astext() for paragraph in paragraphs), "")
    return textwrap.shorten(first, 200, placeholder=" …")


def citation(config: Config, title: str, address: str) -> str:
    year = config.copyright.split()[0]
    chapter = "" if title == config.html_title else f"“{html.escape(title)}”, in "
    return (
        f"{config.author}, {chapter}<cite>{config.html_title}</cite>, "
        f"version {nnfs_lib.__version__}, {year}. {html.escape(address)}"
    ).strip()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", set_address)
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
