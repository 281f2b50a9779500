"""The built site is a book, not a pile of pages: what a reader looks for is found, and every link leads somewhere."""

from collections import Counter
from pathlib import Path

import pytest
from browsing import REPOSITORY, new_page

import nnfs_lib
from tools import record

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [source.stem for source in record.sources(ROOT)]
# What a reader may type, the page that it has to lead to, and what stands at that place.
SEARCHES = {
    "softmax Jacobian": ("book/backprop.html", "Theorem 5.2"),
    "Jacobian of softmax": ("book/backprop.html", "Theorem 5.2"),
    "quotient rule": ("book/backprop.html", "Theorem 5.2"),
    "chain rule": ("book/backprop.html", "All that it takes is one rule"),
    "gradient of cross-entropy": ("book/backprop.html", "The loss of sample"),
    "gradient check": ("book/backprop.html", "Every formula"),
    "derivative": ("book/backprop.html", "how much would"),
    "softmax": ("book/activations.html", "This is softmax"),
    "ReLU": ("book/activations.html", "rectified linear unit"),
    "cross-entropy": ("book/loss.html", "negative log-likelihood"),
    "log-sum-exp": ("book/loss.html", "overflows for large scores"),
    "Gibbs' inequality": ("book/loss.html", "Theorem 4.5"),
    "dense layer": ("book/dense.html", "fully connected"),
    "matrix product": ("book/basics.html", "matrix product"),
    "gradient descent": ("book/optimizers.html", "So go the other way"),
    "momentum": ("book/optimizers.html", "ball that rolls"),
    "AdaGrad": ("book/optimizers.html", "adaptive gradient"),
    "Adam": ("book/optimizers.html", "adaptive moments"),
    "bias correction of Adam": ("book/optimizers.html", "weighted sum"),
    "cross-validation": ("book/generalization.html", "lets you have it both ways"),
    "Wilson interval": ("book/generalization.html", "exactly those"),
    "Ozaki scheme": ("book/bits.html", "44"),
}


@pytest.fixture(scope="module")
def chapters(pages):
    return {name: pages[f"book/{name}.html"] for name in CHAPTERS}


@pytest.fixture(scope="module")
def page(chromium):
    page = new_page(chromium)
    yield page
    page.close()


def test_the_book_builds_without_a_warning_and_executes_nothing(html):
    """The build ends with an error otherwise; tests/tools/test_checks_bite.py sees it do so."""
    assert (html / "index.html").is_file()


def test_every_library_name_links_to_the_api(pages, chapters):
    places = {tag["id"] for tag in pages["book/reference/api.html"].select("[id]")}
    found = Counter()
    for chapter, page in chapters.items():
        cells = page.select(".cell_input pre span.n, .cell_input pre span.nc")
        for name in [*cells, *page.select("p code.literal")]:
            if name.text.partition("(")[0] not in nnfs_lib.__all__:
                continue
            _, after, *_ = [*name.find_next_siblings(limit=2), None, None]
            if after and after.text.startswith("_"):  # has no place of its own
                continue
            link = name.find_parent("a")
            assert link, f"{chapter}: no link at {name.parent}"
            target, _, place = link["href"].partition("#")
            assert target.endswith("reference/api.html")
            assert place in places
            found[name.name] += 1
    assert found["span"] > 100
    assert found["code"] > 5


def test_ids_are_unique_on_a_page(pages):
    for address, page in pages.items():
        ids = Counter(tag["id"] for tag in page.select("[id]"))
        assert [name for name, times in ids.items() if times > 1] == [], address


def test_internal_links_are_valid(pages, html):
    places = {
        (html / address).resolve(): {tag["id"] for tag in page.select("[id]")}
        for address, page in pages.items()
    }
    for address, page in pages.items():
        for link in page.select("a[href]"):
            target, _, place = link["href"].partition("#")
            if "://" in target or "=" in place:  # elsewhere; settings of the playground
                continue
            path = (html / address).parent / target if target else html / address
            assert path.is_file(), f"{address}: {link}"
            if place:
                assert place in places[path.resolve()], f"{address}: {link}"


def test_the_index_links_every_term_to_its_definition(pages):
    index = pages["genindex.html"]
    entries = {}
    for item in index.select(".genindextable li"):
        text, links = item.a and item.a.text, item.find_all("a", recursive=False)
        entries[text] = [link["href"].partition("#")[0] for link in links]
    terms = pages["book/reference/glossary.html"].select("dl.glossary > dt")
    assert len(terms) > 50
    for term in terms:
        term.select_one(".headerlink").extract()
        assert "book/reference/glossary.html" in entries[term.text], term.text
    for name, page in pages.items():
        for bold in page.select("strong > a[href*=glossary] .std-term"):
            term = bold.find_parent("a")["href"].partition("#term-")[2]
            places = [entries[text] for text in entries if text == bold.text]
            assert not places or name in places[0], f"{name}: {term}"
    assert "book/backprop.html" in entries["Jacobian"]
    assert "book/backprop.html" in entries["softmax Jacobian"]


def test_every_page_links_to_the_index(pages):
    for address, page in pages.items():
        if page.select_one("nav.bd-links"):
            links = [link["href"] for link in page.select("nav.bd-links a")]
            index = address == "genindex.html" or any("genindex" in x for x in links)
            assert index, address


@pytest.mark.parametrize("words", SEARCHES)
def test_the_search_finds_a_formula_by_its_name(page, pages, site, words):
    address, text = SEARCHES[words]
    page.goto(f"{site}/search.html?q={words}")
    page.get_by_text("Search finished").wait_for()
    hits = page.locator("#search-results li > a")
    first = [hits.nth(n).get_attribute("href") for n in range(min(3, hits.count()))]
    places = [link for link in first if link.startswith(f"{address}#")]
    assert places, first
    place = pages[address].find(id=places[0].partition("#")[2])
    assert text in place.text
    assert page.faults == []


def test_the_search_field_accepts_typing(page, site):
    page.goto(f"{site}/book/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("chain rule")
    page.keyboard.press("Enter")
    page.get_by_text("Search finished").wait_for()
    assert page.locator("#search-results li > a").count() >= 2


def test_chapters_can_be_downloaded_as_text_and_as_a_notebook_that_runs(chapters, html):
    for name, page in chapters.items():
        links = page.select(".article-header-buttons a[href*=_sources]")
        files = {a.text.strip(): html / "book" / a["href"] for a in links}
        source = (ROOT / "book" / f"{name}.md").read_text("utf-8")
        assert files.pop(".md").read_text("utf-8") == source
        notebook = files.pop(".ipynb").read_text("utf-8")
        assert f"https://github.com/{REPOSITORY}/archive/" in notebook
        assert not files, name


def test_buttons_lead_to_the_repository(chapters):
    home = f"https://github.com/{REPOSITORY}"
    for name, page in chapters.items():
        links = [a["href"] for a in page.select(".article-header-buttons a")]
        for start in (
            home,
            f"{home}/edit/main/book/{name}.md",
            f"{home}/issues/new?",
            f"https://mybinder.org/v2/gh/{REPOSITORY}/main?urlpath=lab/tree/book/{name}.md",
            f"https://colab.research.google.com/github/{REPOSITORY}/blob/colab/colab/{name}.ipynb",
        ):
            assert any(link.startswith(start) for link in links), start
