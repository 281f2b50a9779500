"""Everybody can read the pages, by ear and by keyboard. (By eye, too: test_every_page.py.)"""

import re

import pytest
from browsing import (
    ALL_AT_ONCE,
    CONTRAST,
    Cell,
    findings,
    load_axe,
    new_page,
    without_network,
)
from playwright.sync_api import expect


def test_axe_finds_no_violation_in_an_open_editor_and_its_result(chromium, site):
    page = new_page(chromium)
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.write("print(1)")
    cell.run()
    assert "could not be loaded" in cell.status.text_content()
    load_axe(page)
    found = findings(page)
    page.close()
    assert not found, "\n".join(found)


def test_formulas_have_mathml_for_screen_readers(html):
    formulas = 0
    for path in html.glob("book/**/*.html"):
        text = path.read_text("utf-8")
        formulas += text.count('class="math ')
        assert text.count('class="math ') == text.count("<mjx-assistive-mml"), path
        assert "<merror" not in text, path
    assert formulas > 900  # of the chapters


def test_pictures_have_descriptions(html):
    for path in html.glob("book/**/*.html"):
        for picture in re.findall("<img [^>]*>", path.read_text("utf-8")):
            assert re.search('alt="[^"]{20,}"', picture), f"{path.name}: {picture}"


# ---- by keyboard

FOCUS = """
() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    text: (element.getAttribute("aria-label") || element.title || element.textContent).trim(),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}
"""


@pytest.fixture
def page(chromium, site):
    page = new_page(chromium, viewport={"width": 1280, "height": 800})
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    yield page
    page.close()


def test_what_scrolls_is_reached_by_keyboard_also_if_a_script_makes_it_scroll(page):
    printed = page.locator("div.cell .cell_output pre").first
    expect(printed).to_have_attribute("tabindex", "-1")
    printed.evaluate("element => element.append('1'.repeat(1000))")
    expect(printed).to_have_attribute("tabindex", "0")
    page.locator("article section").first.evaluate(
        "section => section.insertAdjacentHTML('beforeend', '<pre id=\"added\"></pre>')"
    )
    expect(page.locator("#added")).to_have_attribute("tabindex", "-1")
    page.locator("#added").evaluate("pre => pre.textContent = '1'.repeat(1000)")
    expect(page.locator("#added")).to_have_attribute("tabindex", "0")


def test_tab_moves_a_visible_focus_through_the_page(page):
    page.add_style_tag(content=ALL_AT_ONCE)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["ring"], focus
        assert focus["seen"], focus
        reached.append(focus["text"])
    assert reached[0] == "Skip to main content"
    for wanted in (
        "Search",
        "Color mode",
        "Download this page",
        "Run cell 2",
        "Edit cell 2",
    ):
        assert any(text.startswith(wanted) for text in reached), reached


def test_the_skip_link_skips_the_sidebar(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_fold_opens_by_keyboard(page):
    fold = page.locator("details").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("fold => fold.open")


def test_a_solution_folds_and_unfolds(page):
    solution = page.locator(".solution").first
    button = solution.locator("button.toggle-button")
    code = solution.locator("p, pre").last
    expect(code).not_to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(code).to_be_visible()
    button.click()
    expect(code).not_to_be_visible()


# ---- getting about


def test_search_opens_by_keyboard_and_leads_to_a_chapter(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("momentum")
    page.keyboard.press("Enter")
    found = page.locator("#search-results a", has_text="optimizers").first
    found.click()
    assert "/book/optimizers.html" in page.url


def test_the_icon_of_the_search_does_not_lie_on_its_text(page, site):
    page.keyboard.press("Control+k")
    icon_stands_before_its_text(page.locator("#pst-search-dialog .bd-search"))
    page.goto(f"{site}/search.html")
    icon_stands_before_its_text(page.locator(".bd-search-container .bd-search"))


def icon_stands_before_its_text(form):
    icon = form.locator("i").bounding_box()
    field = form.locator("input")
    inset = field.evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    assert icon["width"] > 10
    assert icon["x"] + icon["width"] <= field.bounding_box()["x"] + inset


def test_navigation_leads_to_chapters(page):
    page.locator("a.right-next").press("Enter")
    page.wait_for_url("**/book/activations.html")
    page.locator("a.left-prev").press("Enter")
    page.wait_for_url("**/book/dense.html")
    page.locator(".bd-sidebar-primary a", has_text="backpropagation").click()
    page.wait_for_url("**/book/backprop.html")


def test_the_sidebar_opens_on_a_phone(chromium, site):
    page = new_page(chromium, viewport={"width": 390, "height": 844})
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    link = page.get_by_role("link", name="backpropagation").first
    expect(link).not_to_be_visible()
    page.locator(".primary-toggle").click()
    page.locator("#pst-primary-sidebar-modal a", has_text="backpropagation").click()
    page.wait_for_url("**/book/backprop.html")
    page.close()


def test_the_colour_mode_is_remembered(page):
    theme = "document.documentElement.dataset.theme"
    seen = []
    for _ in range(3):
        page.locator(".article-header-buttons .theme-switch-button").click()
        seen.append(page.evaluate(theme))
        if seen[-1] == "dark":
            break
    assert seen[-1] == "dark"
    page.locator("a.right-next").press("Enter")
    page.wait_for_url("**/book/activations.html")
    assert page.evaluate(theme) == "dark"
    assert page.evaluate(CONTRAST, page.locator("article p").first.element_handle()) > 7


def test_the_copy_button_copies_the_code_of_its_cell(chromium, site):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    cell = Cell(page, 2)
    cell.input.hover()
    cell.element.locator(".cell_input button.copybtn").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text !== '')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.input.text_content().strip()
    context.close()
