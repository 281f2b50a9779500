"""Make the built pages light, for a phone on a slow network.

Sphinx and its extensions give a page a dozen style sheets and two dozen scripts, one after the other, before it shows a
word. Here it gets one style sheet, its scripts run when it has been read, and what it never uses is left out.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup
from fonts import embedded
from typeset import typeset

# MathJax has run in typeset.py. Font Awesome is a font, too, of which the pages need 2 kB. Thebe runs code on other
# people's machines; the pages have Run instead.
UNUSED = re.compile("mathjax|fontawesome|thebe", re.IGNORECASE)
SEARCH = re.compile("searchindex|searchtools|language_data")  # for its own page
IMPORT = re.compile(r'@import "([^"]+)";')
ICON = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"[^"]*"\}')
ICON_FONT = re.compile(r"url\([^)]*fa-solid-900\.woff2\)[^}]*")
PICTURE = re.compile(r'<img (?=[^>]*src="(?P<address>[^"]*\.svg)")')
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
CHARACTER = re.compile(
    r'"\\(f\w{3})"|([\uf000-\uf8ff])'
)  # of icons, written in two ways
INSIDE_HEAD = re.compile("(?<=<head>)|(?=</head>)")


def lighten(html: Path) -> None:
    """Change the pages in this folder, which Sphinx has built."""
    static = html / "_static"
    # index.html only leads on to the first page
    paths = [*html.glob("book/**/*.html"), *html.glob("[!i]*.html")]
    pages, formulas = typeset([path.read_text("utf-8") for path in paths])
    icons = set(re.findall(r"\bfa-[\w-]+", "".join(pages)))
    for path, page in zip(paths, pages, strict=True):
        before, head, after = INSIDE_HEAD.split(page)
        tags = BeautifulSoup(head, "html.parser")
        lighten_scripts(tags, path)
        first, *others = tags("link", rel="stylesheet")
        sheets = [
            path.parent / link["href"].partition("?")[0] for link in (first, *others)
        ]
        sheet = static / join(sheets, icons, formulas, static)
        first["href"] = os.path.relpath(sheet, path.parent).replace(os.sep, "/")
        for link in others:
            link.decompose()
        after = PICTURE.sub(partial(with_size, path.parent), after)
        path.write_text(f"{before}{tags}{after}", "utf-8")


def lighten_scripts(head: BeautifulSoup, page: Path) -> None:
    """Leave out what is not used; let the others run when the page has been read."""
    for preload in head("link", rel="preload"):
        preload.decompose()
    for script in head("script"):
        address = script.get("src", "").partition("?")[0]
        elsewhere = page.stem != "search" and SEARCH.search(address)
        if elsewhere or UNUSED.search(address + script.text):
            script.decompose()
        elif address.endswith("documentation_options.js"):
            # The scripts in the page itself need it at once.
            script.string = (page.parent / address).read_text("utf-8")
            del script["src"]
        elif address:
            script["defer"] = ""


def join(sheets: list[Path], icons: set[str], formulas: str, static: Path) -> str:
    """Write these style sheets as one, with the font of the icons that are used; return its name."""
    rules = "\n".join([*(with_imports(sheet) for sheet in sheets), formulas])
    rules = ICON.sub(
        lambda rule: rule[0] if icons & set(re.findall(r"fa-[\w-]+", rule[1])) else "",
        rules,
    )
    letters = {
        int(code, 16) if code else ord(letter)
        for code, letter in CHARACTER.findall(rules)
    }
    font = static / "vendor/fontawesome/webfonts/fa-solid-900.ttf"
    rules = ICON_FONT.sub(embedded(font, letters), rules)
    name = f"pages-{hashlib.sha256(rules.encode()).hexdigest()[:8]}.css"
    (static / name).write_text(rules, "utf-8")
    return name


def with_imports(sheet: Path) -> str:
    rules = sheet.read_text("utf-8").removeprefix('@charset "UTF-8";')
    return IMPORT.sub(lambda found: with_imports(sheet.parent / found[1]), rules)


def with_size(folder: Path, picture: re.Match[str]) -> str:
    """Say how large it is, so that nothing moves when it comes, and that it may come late."""
    size = SIZE.search((folder / picture["address"]).read_text("utf-8"))
    if not size:
        return picture[0]
    width, height = (round(float(points) * 4 / 3) for points in size.groups())
    seen_at_once = picture.string.count("<section", 0, picture.start()) < 2
    late = "" if seen_at_once else 'loading="lazy" '
    return f'<img width="{width}" height="{height}" {late}'
