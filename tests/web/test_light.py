"""The pages are light, need no network, and do not move while they load. `make lighthouse` measures their speed."""

import base64
import gzip
import io
import re

import pytest
from browsing import new_page
from fontTools.ttLib import TTFont

from web.typeset import CODE, FORMULA, in_place, on_one_line
from web.unused import without_unused

MEGABYTE = 1_000_000
COMPRESSED = {".html", ".css", ".js", ".json", ".svg"}  # by the servers of GitHub Pages
EMBEDDED = re.compile(
    r'font-family: ?([^;]+);[^}]*?base64,([^)]+)\) format\("woff"\)', re.DOTALL
)
UNQUOTED = str.maketrans("", "", "\"'\\")
# What style sheets write before and after an element, and the fonts that they ask for it.
SHOWN = """[...document.querySelectorAll('*')]
    .flatMap(e => ['::before', '::after'].map(part => getComputedStyle(e, part)))
    .filter(style => style.content.startsWith('"'))
    .map(style => [
        style.fontFamily.split(',').map(name => name.trim().replaceAll('"', '')),
        JSON.parse(style.content),
    ])"""


@pytest.fixture
def page(chromium):
    page = new_page(chromium, viewport={"width": 390, "height": 844})
    yield page
    page.close()


def test_a_page_loads_less_than_a_megabyte_from_its_own_host(page, html, site):
    asked = set()
    page.on("request", lambda request: asked.add(request.url.partition("?")[0]))
    for path in html.glob("book/**/*.html"):
        asked.clear()
        page.goto(f"{site}/{path.relative_to(html).as_posix()}")
        # Pictures that would come late count, too.
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        page.wait_for_load_state("networkidle")
        files = {url for url in asked if not url.startswith("data:")}
        assert {url for url in files if not url.startswith(site)} == set()
        assert len(files) > 3  # they were seen
        sizes = {url: on_the_wire(html / url.removeprefix(f"{site}/")) for url in files}
        assert sum(sizes.values()) < MEGABYTE, sizes


def on_the_wire(file):
    content = file.read_bytes()
    return len(gzip.compress(content) if file.suffix in COMPRESSED else content)


def test_a_page_has_one_style_sheet_and_deferred_scripts(html):
    for path in html.glob("book/**/*.html"):
        text = path.read_text("utf-8")
        assert len(re.findall('rel="stylesheet"', text)) == 1, path
        scripts = re.findall(r"<script[^>]* src=[^>]*>", text)
        assert len(scripts) == 3, path  # two of them are at the end, from the theme
        for script in scripts:
            assert re.search(r"\bdefer\b", script), f"{path}: {script}"


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (".row{color:red}", True),
        ("p.col .row{color:red}", False),
        (".col,#main>.row{color:red}", True),
        ("#side .row{color:red}", False),
        (".row:not(.col){color:red}", True),
        ("p{color:red}", True),
        ("@media print{.row{color:red}}", True),
        ("@media print{.col{color:red}}", False),
        ("@font-face{font-family:col}", True),
        (".from-a-script{color:red}", True),
    ],
)
def test_rules_that_a_page_or_script_may_need_are_kept(rule, kept):
    users = ['<p class="row" id="main">', "node.classList.add('from-a-script')"]
    assert without_unused(f"{rule}a{{}}", users) == (rule if kept else "") + "a{}"


def test_punctuation_stays_with_its_formula():
    page = r'so (<span class="math notranslate">\(n\)</span>), and'
    assert FORMULA.sub(lambda found: in_place(found, "<n/>"), page) == (
        'so <span class="keep">(<span class="math notranslate"><n/></span>),</span> and'
    )
    alone = r'so <span class="math notranslate">\(n\)</span> and'
    assert "keep" not in FORMULA.sub(lambda found: in_place(found, "<n/>"), alone)


def test_short_code_is_not_broken():
    short = '<code class="literal"><span class="pre">(n,</span> <span class="pre">1)</span></code>'
    long = f'<code class="literal"><span class="pre">{"n" * 21}</span></code>'
    assert CODE.sub(on_one_line, short + long) == (
        short.replace("literal", "literal keep") + long
    )


def test_no_page_refers_to_files_of_other_hosts(html):
    loads = re.compile(
        r'<(?:script|link(?![^>]*"canonical")|img|iframe|source)[^>]*(?:src|href)="(?:https?:)?//[^"]*"'
    )
    for path in html.glob("**/*.html"):
        assert not loads.search(path.read_text("utf-8")), path
    for sheet in html.glob("_static/pages-*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", sheet.read_text("utf-8"))


def test_pictures_have_their_size_in_the_page(html):
    for path in html.glob("book/**/*.html"):
        for picture in re.findall(r"<img [^>]*\.svg[^>]*>", path.read_text("utf-8")):
            assert re.search(r'width="\d+" height="\d+"', picture), f"{path}: {picture}"


def test_pictures_keep_their_shape_on_a_phone(page, site):
    page.goto(f"{site}/book/backprop.html")
    for picture in page.locator(".cell_output img").all():
        shown = picture.bounding_box()
        sizes = [int(picture.get_attribute(side)) for side in ("width", "height")]
        # The sizes are whole pixels, and the browser rounds to a 64th of one.
        assert shown["width"] / shown["height"] == pytest.approx(
            sizes[0] / sizes[1], rel=0.01
        )


def test_the_fonts_have_each_icon_and_each_letter_of_a_formula_on_the_pages(
    page, html, site
):
    (sheet,) = html.glob("_static/pages-*.css")
    fonts = EMBEDDED.findall(sheet.read_text("utf-8"))
    known = {}
    for family, font in fonts:
        table = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
        known.setdefault(family.translate(UNQUOTED), set()).update(map(chr, table))
    assert {"MJXTEX", "Font Awesome 6 Free"} <= set(known)
    seen = set()
    for path in html.glob("book/**/*.html"):
        page.goto(f"{site}/{path.relative_to(html).as_posix()}")
        for families, letters in page.evaluate(SHOWN):
            own = [known[name] for name in families if name in known]
            missing = set(letters) - set().union(*own) if own else set()
            assert not missing, f"{path.stem}: {families} lacks {missing}"
            seen |= set(letters) if own else set()
    assert {"0", "2", "\u2212", "\u2211"} <= seen


def test_icons_and_formulas_have_their_fonts(page, site):
    page.goto(f"{site}/book/basics.html")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert {"MJXTEX", "MJXTEX-I"} <= set(loaded)
    assert any("Awesome" in family for family in loaded)
    failed = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'error').length"
    )
    assert failed == 0
