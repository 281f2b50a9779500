"""Typeset the formulas of the built pages with MathJax, so that no browser has to.

MathJax would be the heaviest part of a page and keep a phone busy for a second. Instead it runs here once, in a
JavaScript engine of its own (V8), from the files in sphinx-mathjax-offline. Each formula also gets MathML for screen
readers; a formula that MathJax does not understand is an error. Punctuation next to a formula stays on the same line,
and short code is not broken across lines.
"""

from __future__ import annotations

import html
import re
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from py_mini_racer import MiniRacer

from web.fonts import embedded

MODULES = [
    *("startup", "core", "adaptors/liteDOM", "input/tex-full"),
    *("output/chtml", "output/chtml/fonts/tex", "a11y/assistive-mml"),
]
WITHOUT_A_PAGE = """
globalThis.global = globalThis.window = globalThis;
globalThis.MathJax = { startup: { typeset: false, ready() {} } };
"""
# What Sphinx writes: a span with \(...\), or a div with \[...\] and possibly a number;
# with the brackets and punctuation marks that touch it.
FORMULA = re.compile(
    r"(?P<before>[(\[“‘]*)"
    r'(?P<head><(?P<tag>span|div) class="math [^>]*>\s*(?:<span class="eqno">.*?</span>)?)'
    r"(?:\\\((?P<inline>.+?)\\\)|\\\[(?P<display>.+?)\\\])\s*</(?P=tag)>"
    r"(?P<after>(?:[.,;:!?)\]’”]|-\w+)*)",
    re.DOTALL,
)
CODE = re.compile(
    r'<code class="(?P<classes>[^"]*\bliteral\b[^"]*)">(?P<inside>.*?)</code>'
)
SHORT = 20  # characters; longer code may be broken across lines
SHORT_FORMULA = 15  # glyphs; a longer one may be broken after a relation
# A relation such as = or ≤.
RELATION = re.compile(
    r'<mjx-mo[^>]*><mjx-c class="mjx-c(?:3C|3D|3E|2192|2248|2264|2265)[ "][^>]*></mjx-c></mjx-mo>'
)
FONT = re.compile(
    r"@font-face[^{]*\{\s*font-family: (?P<family>[\w-]+);\s*"
    r'src: (?P<address>url\("fonts/(?P<file>[^"]+)"\) format\("woff"\));\s*\}'
)
ALWAYS = {"ZERO", "TEX", "TEX-S1", "TEX-S4"}  # used without being named in the pages


def mathjax() -> Path:
    spec = find_spec("sphinx-mathjax-offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / "mathjax"


def typeset(pages: list[str]) -> tuple[list[str], str]:
    """The pages with typeset formulas, and the style sheet that these need."""
    scripts = [mathjax() / f"{module}.js" for module in MODULES]
    with closing(MiniRacer()) as engine:
        engine.eval(WITHOUT_A_PAGE)
        for script in (*scripts, Path(__file__).with_suffix(".js")):
            engine.eval(script.read_text("utf-8") + "\n;0")
        pages = [CODE.sub(on_one_line, set_formulas(page, engine)) for page in pages]
        style = engine.call("style")
    return pages, FONT.sub(partial(with_font, style, "".join(pages)), style)


def set_formulas(page: str, engine: MiniRacer) -> str:
    sources = [
        (html.unescape(found["inline"] or found["display"]), bool(found["display"]))
        for found in FORMULA.finditer(page)
    ]
    done = iter(engine.call("set", sources))
    return FORMULA.sub(lambda found: in_place(found, next(done)), page)


def in_place(found: re.Match[str], formula: str) -> str:
    before, head, tag, after = found.group("before", "head", "tag", "after")
    if long := tag == "span" and formula.count("<mjx-c ") > SHORT_FORMULA:
        head = head.replace('class="math', 'class="math long', 1)
        formula = RELATION.sub(r"\g<0><wbr>", formula)
    whole = f"{before}{head}{formula}</{tag}>{after}"
    together = tag == "span" and (before or after) and not long
    return f'<span class="keep">{whole}</span>' if together else whole


def on_one_line(code: re.Match[str]) -> str:
    """Inline code, marked to stay on one line if it is short."""
    classes, inside = code.group("classes", "inside")
    letters = html.unescape(re.sub("<[^>]*>", "", inside))
    kept = " keep" if len(letters) <= SHORT else ""
    return f'<code class="{classes}{kept}">{inside}</code>'


def with_font(style: str, pages: str, rule: re.Match[str]) -> str:
    """The @font-face rule with the font embedded, or nothing if no formula uses it."""
    name = rule["family"].removeprefix("MJX")
    if name not in ALWAYS and not re.search(rf'\b{name}[ "]', pages):
        return ""
    own = rf"\.{name}::before " if name in ("TEX-B", "TEX-I") else ""
    # The space ends an escape: without it, "\2212" followed by "0" would be read as one other character.
    content = " ".join(re.findall(own + r'\{[^}]*content: "(.*)";', style))
    letters = {int(code, 16) for code in re.findall(r"\\([0-9A-F]+)", content)}
    letters |= set(map(ord, re.sub(r"\\[0-9A-F]+ ?", "", content)))
    path = mathjax() / "output/chtml/fonts/woff-v2" / rule["file"]
    return rule[0].replace(rule["address"], embedded(path, letters))
