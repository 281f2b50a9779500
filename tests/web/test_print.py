"""A printed page is the chapter as a person would print it."""

import pytest
from browsing import CONTRAST, new_page, without_network
from playwright.sync_api import expect


@pytest.fixture
def page(chromium, site):
    page = new_page(chromium)
    without_network(page)
    page.goto(f"{site}/book/dense.html")
    yield page
    page.close()


# In one call: one for each piece of code takes a minute.
CONTRASTS = f"""
texts => texts.filter(text => text.checkVisibility()).map(text => [text.textContent, ({CONTRAST.strip()})(text)])
"""


def print_page(page):
    """What the browser does first: the event, and the rules for paper."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def test_what_is_not_the_chapter_is_not_printed(page):
    seen = page.locator(".bd-sidebar-primary, .cell summary, .bd-header-article")
    assert seen.count() > 5
    assert any(part.is_visible() for part in seen.all())
    print_page(page)
    assert not any(part.is_visible() for part in seen.all())
    for part in (".bd-sidebar-secondary", ".run-bar", ".headerlink", ".prev-next-area"):
        expect(page.locator(part).first).not_to_be_visible()
    expect(page.locator("article figure img").first).to_be_visible()


def test_the_title_is_printed_once_and_with_its_number(page):
    print_page(page)
    titles = [title for title in page.locator("h1").all() if title.is_visible()]
    assert [title.inner_text() for title in titles] == ["2. Build a dense layer"]
    expect(page.locator("#jb-print-toc")).not_to_be_visible()


def test_hints_are_printed_and_closed_again(page):
    hints = page.locator("details.sd-dropdown p")
    assert not any(hint.is_visible() for hint in hints.all())
    print_page(page)
    assert all(hint.is_visible() for hint in hints.all())
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not any(hint.is_visible() for hint in hints.all())


def test_a_solution_is_printed_only_if_the_reader_has_opened_it(page):
    first, second = page.locator(".solution").all()[:2]
    first.locator("button.toggle-button").click()
    print_page(page)
    expect(first.locator("p, pre").last).to_be_visible()
    expect(first.locator("button.toggle-button")).not_to_be_visible()
    expect(second).not_to_be_visible()


@pytest.mark.parametrize("chosen", ["by the system", "by the button"])
def test_a_dark_page_is_printed_light_and_dark_again(page, chosen):
    if chosen == "by the system":
        page.emulate_media(color_scheme="dark")
    else:
        page.evaluate("localStorage.setItem('mode', 'dark')")
        page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    print_page(page)
    # Browsers print no grounds unless they are asked to.
    page.add_style_tag(content="* { background: white !important }")
    texts = page.locator("article h1, article p, .cell_input span[class]")
    contrasts = texts.evaluate_all(CONTRASTS)
    assert len(contrasts) > 500
    assert not [text for text, contrast in contrasts if contrast < 4.5]
    picture = page.locator("article figure img").first
    expect(picture).to_have_css("filter", "none")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(root).to_have_attribute("data-theme", "dark")
