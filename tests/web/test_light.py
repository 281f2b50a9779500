"""The pages are light, and do not move while they load. `make lighthouse` measures their speed."""

import re

import pytest
from browsing import new_page

from web.light import ask_less
from web.typeset import CODE, FORMULA, in_place, on_one_line
from web.unused import without_unused


@pytest.fixture
def page(chromium):
    page = new_page(chromium, viewport={"width": 390, "height": 844})
    yield page
    page.close()


def test_a_page_has_one_style_sheet_and_deferred_scripts(html):
    for path in html.glob("book/**/*.html"):
        text = path.read_text("utf-8")
        assert len(re.findall('rel="stylesheet"', text)) == 1, path
        scripts = re.findall(r"<script[^>]* src=[^>]*>", text)
        assert len(scripts) == 2, path  # one of them is at the end, from the theme
        for script in scripts:
            assert re.search(r"\bdefer\b", script), f"{path}: {script}"


@pytest.mark.parametrize(
    ("preferred", "chosen", "shown"),
    [
        ("light", "", "light"),
        ("dark", "", "dark"),
        ("dark", "auto", "dark"),
        ("light", "dark", "dark"),
        ("dark", "light", "light"),
    ],
)
def test_a_page_has_its_colors_before_its_scripts(
    chromium, site, preferred, chosen, shown
):
    """It is styled once, and not shown in the wrong colors."""
    context = chromium.new_context(color_scheme=preferred)
    if chosen:
        context.add_init_script(f"localStorage.setItem('mode', '{chosen}')")
    context.route("**/*.js*", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/book/dense.html")
    assert page.get_attribute("html", "data-theme") == shown
    context.close()


def test_another_theme_than_the_expected_one_stops_the_build(tmp_path):
    theme = tmp_path / "theme.js"
    theme.write_text("addEventListener('load', start)", "utf-8")
    with pytest.raises(ValueError, match="0 places match"):
        ask_less(theme)


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


def test_all_that_the_style_sheet_asks_for_is_there(html):
    (sheet,) = html.glob("_static/pages-*.css")
    addresses = re.findall(r"url\(['\"]?([^)'\"]+)", sheet.read_text("utf-8"))
    files = [name for name in addresses if not name.startswith("data:")]
    assert files
    assert not [name for name in files if not (sheet.parent / name).exists()]


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
