"""Every page, opened once: it is light, stays on its host, complains of nothing, and everybody can read it."""

import base64
import gzip
import io
import re
from dataclasses import dataclass, field

import pytest
from browsing import findings, load_axe
from fontTools.ttLib import TTFont

DESKTOP = {"width": 1280, "height": 800}
NARROWEST = 320  # pixels: WCAG 2.2, 1.4.10
PHONE = 360
MEGABYTE = 1_000_000
COMPRESSED = {".html", ".css", ".js", ".json", ".svg"}  # by the servers of GitHub Pages
EMBEDDED = re.compile(
    r'font-family: ?([^;]+);[^}]*?base64,([^)]+)\) format\("woff"\)', re.DOTALL
)
UNQUOTED = str.maketrans("", "", "\"'\\")
# What style sheets write before and after an element, and the fonts that they ask for it.
WRITTEN = """[...document.querySelectorAll('*')]
    .flatMap(e => ['::before', '::after'].map(part => getComputedStyle(e, part)))
    .filter(style => style.content.startsWith('"'))
    .map(style => [
        style.fontFamily.split(',').map(name => name.trim().replaceAll('"', '')),
        JSON.parse(style.content),
    ])"""


# Formulas in the text, and links to the neighbours, of which something lies outside their box; also in folds.
CUT = """() => {
  const folds = [...document.querySelectorAll("details:not([open])")];
  for (const fold of folds) fold.open = true;
  const right = (box) => Math.max(0, ...[...box.getClientRects()].map((part) => part.right));
  const cut = [];
  for (const formula of document.querySelectorAll("article span.math")) {
    const end = formula.matches(".long") ? right(formula.closest("article")) : right(formula);
    const glyphs = [...formula.querySelectorAll("mjx-math > *")];
    if (glyphs.some((glyph) => right(glyph) > end + 2)) cut.push(formula.textContent.slice(-60));
  }
  for (const title of document.querySelectorAll(".prev-next-title")) {
    const wide = title.scrollWidth > title.clientWidth || right(title) > right(title.closest("a")) + 1;
    if (wide) cut.push(title.textContent);
  }
  for (const fold of folds) fold.open = false;
  return cut;
}"""


# Ten thousand elements say the same: glyphs have the colour of their formula's paragraph (screen readers get MathML),
# and a page's code has twenty colours. One of each is enough.
REPETITIONS = """
for (const glyphs of document.querySelectorAll("mjx-math")) glyphs.replaceChildren();
const seen = new Set();
for (const token of document.querySelectorAll(".highlight pre span[class]")) {
  const kind = [token.className, token.closest("div[class*=cell_]")?.className].join();
  if (seen.has(kind)) token.replaceWith(...token.childNodes);
  seen.add(kind);
}
"""


@dataclass
class Visit:
    """What was seen of a page."""

    asked: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    width: int = 0
    cut: list[str] = field(default_factory=list)
    written: list[tuple[list[str], str]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def visits(chromium, html, site):
    """A visit of each page, by its address."""
    paths = [path for path in html.rglob("*.html") if "_static" not in path.parts]
    return {
        address: visit(chromium, site, address)
        for address in sorted(path.relative_to(html).as_posix() for path in paths)
    }


def visit(chromium, site, address):
    seen = Visit()
    page = chromium.new_page(viewport={"width": NARROWEST, "height": 640})
    page.on("request", lambda request: seen.asked.add(request.url.partition("?")[0]))
    page.on("pageerror", lambda error: seen.complaints.append(error.message))
    page.on("requestfailed", lambda request: note_failure(seen, request))
    page.on("response", lambda response: note_response(seen, response))
    page.on("console", lambda message: note_message(seen, message))
    page.goto(f"{site}/{address}")
    if address == "index.html":
        page.wait_for_url("**/book/index.html")
    # Pictures that would come late count, too.
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.evaluate("document.fonts.ready.then(() => null)")
    load_axe(page)
    seen.written = page.evaluate(WRITTEN)
    seen.width = page.evaluate("document.scrollingElement.scrollWidth")
    page.set_viewport_size({"width": PHONE, "height": 640})
    seen.cut = page.evaluate(CUT)
    page.set_viewport_size(DESKTOP)
    page.evaluate(REPETITIONS)
    seen.violations = findings(page)
    # Nothing but colours depends on the scheme.
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-theme=dark]")
    seen.violations += findings(page, "color-contrast")
    page.wait_for_load_state("networkidle")
    page.close()
    return seen


def note_failure(seen, request):
    if request.failure != "net::ERR_ABORTED":  # the next page was opened before it came
        seen.complaints.append(request.url)


def note_response(seen, response):
    if response.status >= 400:
        seen.complaints.append(f"{response.status} {response.url}")


def note_message(seen, message):
    if message.type in ("error", "warning"):
        seen.complaints.append(message.text)


def test_no_page_logs_an_error(visits):
    assert len(visits) > 25
    assert {a: seen.complaints for a, seen in visits.items() if seen.complaints} == {}


def test_axe_finds_no_violation_in_either_scheme(visits):
    found = [violation for seen in visits.values() for violation in seen.violations]
    assert not found, "\n".join(found)


def test_no_page_scrolls_sideways_on_the_narrowest_screen(visits):
    """Code, tables and wide formulas scroll on their own."""
    assert {
        a: seen.width for a, seen in visits.items() if seen.width != NARROWEST
    } == {}


def test_a_page_loads_less_than_a_megabyte_from_its_own_host(visits, html, site):
    for address, seen in visits.items():
        files = {url for url in seen.asked if not url.startswith("data:")}
        assert {url for url in files if not url.startswith(site)} == set()
        assert len(files) > 3, address  # they were seen
        sizes = {url: on_the_wire(html / url.removeprefix(f"{site}/")) for url in files}
        assert sum(sizes.values()) < MEGABYTE, sizes


def on_the_wire(file):
    content = file.read_bytes()
    return len(gzip.compress(content) if file.suffix in COMPRESSED else content)


def test_the_fonts_have_each_icon_and_each_letter_of_a_formula(visits, html):
    (sheet,) = html.glob("_static/pages-*.css")
    fonts = EMBEDDED.findall(sheet.read_text("utf-8"))
    known = {}
    for family, font in fonts:
        table = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
        known.setdefault(family.translate(UNQUOTED), set()).update(map(chr, table))
    assert {"MJXTEX", "Font Awesome 6 Free"} <= set(known)
    found = set()
    for address, seen in visits.items():
        for families, letters in seen.written:
            own = [known[name] for name in families if name in known]
            missing = set(letters) - set().union(*own) if own else set()
            assert not missing, f"{address}: {families} lacks {missing}"
            found |= set(letters) if own else set()
    assert {"0", "2", "\u2212", "\u2211"} <= found


def test_no_formula_and_no_title_is_cut_off_on_a_phone(visits):
    assert {address: seen.cut for address, seen in visits.items() if seen.cut} == {}
