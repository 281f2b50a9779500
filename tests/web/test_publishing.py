"""What search engines and previews see of a page, and how it is cited."""

import pytest
from browsing import REPOSITORY

import nnfs_lib

OWNER, NAME = REPOSITORY.split("/")
SITE = f"https://{OWNER}.github.io/{NAME}/"


@pytest.fixture(scope="module")
def shared(pages):
    """What a reader may pass on: not the index, nor the search."""
    return {path: page for path, page in pages.items() if path.startswith("book/")}


def content(page, **attributes):
    """The content of the only meta tag with these attributes."""
    (tag,) = page.find_all("meta", attrs=attributes)
    return tag["content"]


def test_each_page_has_one_address_and_one_viewport(shared):
    assert len(shared) > 15
    for path, page in shared.items():
        (canonical,) = page.find_all("link", rel="canonical")
        assert canonical["href"] == content(page, property="og:url") == SITE + path
        assert content(page, name="viewport").startswith("width=device-width")


def test_each_chapter_has_a_title_and_a_description_of_its_own(shared, html):
    dense = shared["book/dense.html"]
    assert content(dense, property="og:title") == "Build a dense layer"
    assert content(dense, property="og:site_name") == "Neural networks from scratch"
    text = content(dense, name="description")
    assert text.startswith("By the end of this chapter you can write a layer")
    assert 100 < len(text) <= 200
    chapters = [p for path, p in shared.items() if path.count("/") == 1]
    found = {content(page, name="description") for page in chapters}
    assert len(found) == len(chapters)
    picture = content(dense, property="og:image")
    assert (html / picture.removeprefix(SITE)).is_file()


def test_each_page_says_how_to_cite_it(shared):
    (line,) = shared["book/dense.html"].select(".cite")
    assert line.text == (
        "Cite this page: The authors of the book, “Build a dense layer”, in "
        f"Neural networks from scratch, version {nnfs_lib.__version__}, 2026. "
        f"{SITE}book/dense.html"
    )
    assert all(len(page.select(".cite")) == 1 for page in shared.values())
