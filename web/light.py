"""Make the built pages light, for a phone on a slow network.

Sphinx and its extensions make a page load a dozen style sheets and two dozen scripts before it shows a word. Here they
become one style sheet and one script, without anything that no page uses. Like it, the two scripts that the theme puts
at the end of a page, which become one, are deferred.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from web.fonts import embedded
from web.typeset import typeset
from web.unused import without_unused

# MathJax has already run, in typeset.py. Of Font Awesome, the pages need 2 kB of its font. The book has no tabs.
UNUSED = re.compile("mathjax|fontawesome|design-tabs", re.IGNORECASE)
SEARCH = re.compile("searchindex|searchtools|language_data")  # on the search page only
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
IMPORT = re.compile(r'@import "([^"]+)";')
ICON_FONT = re.compile(r"url\([^)]*fa-solid-900\.woff2\)[^}]*")
OTHER_ICON_FONTS = re.compile(r"@font-face\s*{[^}]*fa-(?:brands|regular)-400[^}]*}")
PICTURE = re.compile(r'<img (?=[^>]*src="(?P<address>[^"]*\.svg)")')
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
# Of icons, written in two ways.
CHARACTER = re.compile(r'"\\(f\w{3})"|([\uf000-\uf8ff])')
# When a page is loaded and whenever it changes, the theme asks of everything, off screen too, whether it scrolls; for
# that the browser lays it all out. accessible.js asks only what comes into view.
ASKS_WHAT_SCROLLS = re.compile(
    r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
)
# The theme knows only later whether "auto" is light or dark: it would style the page twice.
COLOR_SCHEME = """{
  const { dataset } = document.documentElement;
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.mode = localStorage.getItem("mode") || "auto";
  dataset.theme = dataset.mode === "auto" ? preferred : dataset.mode;
}"""
AT_THE_END = re.compile(
    r'<script defer(?:="")? src="([^"]*/)bootstrap\.js[^"]*"></script>\s*'
    r'<script defer(?:="")? src="\1pydata-sphinx-theme\.js[^"]*"></script>'
)
INSIDE_HEAD = re.compile("(?<=<head>)|(?=</head>)")


def lighten(built: Path) -> None:
    """Rewrite the pages that Sphinx has built in this folder."""
    static = built / "_static"
    ask_less(static / "scripts" / "pydata-sphinx-theme.js")
    # index.html only redirects to the first page
    paths = [*built.glob("book/**/*.html"), *built.glob("[!i]*.html")]
    pages, formulas = typeset([path.read_text("utf-8") for path in paths])
    kept = [path for path in static.rglob("*.js") if not UNUSED.search(path.name)]
    users = [*pages, *(path.read_text("utf-8") for path in kept)]

    @cache
    def sheet(files: tuple[Path, ...]) -> Path:
        rules = "\n".join([*map(with_imports, files), formulas])
        rules = with_icons(without_unused(rules, users), static)
        return written(static, "pages", ".css", rules)

    @cache
    def script(files: tuple[Path, ...]) -> Path:
        texts = [SOURCE_MAP.sub("", file.read_text("utf-8")) for file in files]
        # The empty first statement keeps a "use strict" in one file from applying to all of them.
        return written(static, "pages", ".js", "\n;\n".join(["", *texts]))

    for path, page in zip(paths, pages, strict=True):
        before, head, after = INSIDE_HEAD.split(page)
        tags = BeautifulSoup(head, "html.parser")
        tidy(tags, path)
        merge(tags("link", rel="stylesheet"), "href", path, sheet)
        scripts = tags("script", src=True)
        for tag in scripts:
            tag["defer"] = ""
        for_search = [tag for tag in scripts if SEARCH.search(tag["src"])]
        for together in ([tag for tag in scripts if tag not in for_search], for_search):
            merge(together, "src", path, script)
        after = PICTURE.sub(partial(with_size, path.parent), after)
        after = AT_THE_END.sub(partial(joined, path, script), after)
        path.write_text(f"{before}{tags}{after}", "utf-8")


def ask_less(theme: Path) -> None:
    """Leave out of the theme's script what ASKS_WHAT_SCROLLS finds."""
    text, found = ASKS_WHAT_SCROLLS.subn("", theme.read_text("utf-8"))
    if found != 1:
        raise ValueError(f"{theme} is not what was expected: {found} places match")
    theme.write_text(text, "utf-8")


def tidy(head: BeautifulSoup, page: Path) -> None:
    """Remove what this page does not use."""
    same = head("meta", attrs={"name": "viewport"})[1:]  # each theme adds its own
    for tag in [*same, *head("link", rel="preload")]:
        tag.decompose()
    for script in head("script"):
        address = script.get("src", "").partition("?")[0]
        elsewhere = page.stem != "search" and SEARCH.search(address)
        if elsewhere or UNUSED.search(address + script.text):
            script.decompose()
        elif "dataset.theme" in script.text:
            script.string = COLOR_SCHEME
        elif address.endswith("documentation_options.js"):
            # The inline scripts of the page need it at once.
            script.string = (page.parent / address).read_text("utf-8")
            del script["src"]


def merge(
    tags: list[Tag], attribute: str, page: Path, one: Callable[[tuple[Path, ...]], Path]
) -> None:
    """Replace the files of these tags, if any, by one, which the first tag loads; remove the other tags."""
    if not tags:
        return
    first, *others = tags
    names = [tag[attribute].partition("?")[0] for tag in tags]
    file = one(tuple((page.parent / name).resolve() for name in names))
    first[attribute] = relative_address(file, page)
    for tag in others:
        tag.decompose()


def joined(
    page: Path, one: Callable[[tuple[Path, ...]], Path], tags: re.Match[str]
) -> str:
    """A tag for the two scripts of these tags."""
    folder = (page.parent / tags[1]).resolve()
    file = one((folder / "bootstrap.js", folder / "pydata-sphinx-theme.js"))
    return f'<script defer src="{relative_address(file, page)}"></script>'


def relative_address(file: Path, page: Path) -> str:
    """The address of a file on a page."""
    return os.path.relpath(file, page.parent).replace(os.sep, "/")


def written(folder: Path, name: str, ending: str, text: str) -> Path:
    """Write a file with a hash of its content in its name, so that no browser uses an old copy from its cache."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = folder / f"{name}-{digest}{ending}"
    path.write_text(text, "utf-8")
    return path


def with_icons(rules: str, static: Path) -> str:
    """The rules with the icon font embedded, subset to the icons that they name; no page has icons of the others."""
    rules = OTHER_ICON_FONTS.sub("", rules)
    letters = {
        int(code, 16) if code else ord(letter)
        for code, letter in CHARACTER.findall(rules)
    }
    font = static / "vendor/fontawesome/webfonts/fa-solid-900.ttf"
    return ICON_FONT.sub(embedded(font, letters), rules)


def with_imports(sheet: Path) -> str:
    rules = sheet.read_text("utf-8").removeprefix('@charset "UTF-8";')
    return IMPORT.sub(lambda found: with_imports(sheet.parent / found[1]), rules)


def with_size(folder: Path, picture: re.Match[str]) -> str:
    """Give an image its size, so that nothing moves when it arrives, and let it load after the text, or lazily."""
    size = SIZE.search((folder / picture["address"]).read_text("utf-8"))
    if not size:
        return picture[0]
    width, height = (round(float(points) * 4 / 3) for points in size.groups())
    near_the_top = picture.string.count("<section", 0, picture.start()) < 2
    when = 'fetchpriority="low"' if near_the_top else 'loading="lazy"'
    return f'<img width="{width}" height="{height}" {when} '
