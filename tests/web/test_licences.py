"""Nothing is shipped without its notice, and nothing that no page asks for."""

import zipfile

from web import licences
from web.unreferenced import remove_unreferenced

LICENCES = "book/reference/licences.html"


def test_the_footer_of_each_page_leads_to_the_licences(pages, html):
    assert {"book/index.html", "genindex.html", "search.html"} <= set(pages)
    for path, page in pages.items():
        if path == "index.html":  # sends readers to the first page of the book
            continue
        address = page.find("a", string="All licences")["href"]
        target = path if address == "#" else (html / path).parent / address
        assert (html / target).resolve() == html.resolve() / LICENCES


def test_the_notices_are_those_of_what_is_shipped(pages, html):
    page = html / LICENCES
    link = pages[LICENCES].find("a", string="one text file")
    text = (page.parent / link["href"]).resolve().read_text("utf-8")
    assert text == licences.notices()
    for holder in (
        "CC-BY-4.0",
        "pandas",
        "Executable Book",
        "Bootstrap",
        "Fonticons",
        "the Sphinx team",
        "MathJax Consortium",
        "IPython Development Team",
        "Zeno Rocha",
        "Popper",
        "Martin Porter",
        "Pygments",
        "Quansight Labs",
        "SIL OPEN FONT LICENSE Version 1.1",
        "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",  # Apache's
    ):
        assert holder in text, holder
    for name in ("clipboard.js", "Popper", "IPython", "Pygments", "Snowball"):
        assert name in page.read_text("utf-8"), name
    for package in licences.PACKAGES:
        assert len(licences.licences_of(package)) >= (
            package != "sphinx-mathjax-offline"
        )


def test_the_library_of_the_pages_has_its_licence_and_its_data(html):
    with zipfile.ZipFile(html / "_static/python/library.zip") as library:
        assert b"MIT License" in library.read("nnfs_lib/LICENSE")
        assert library.read("nnfs/LICENSE")
        assert library.getinfo("nnfs_lib/digits.npz").file_size > 40_000


def test_no_page_does_without_a_file_and_no_file_without_a_page(html):
    assert remove_unreferenced(html) == []
    left = [path for path in (html / "_static").rglob("*") if path.is_file()]
    assert not [path.name for path in left if path.suffix in (".map", ".ttf")]
    names = {path.name for path in left}
    assert {"bootstrap.js.LICENSE.txt", "licences.txt"} <= names
    joined = {"bootstrap.js", "run.js", "playground.js", "searchtools.js"}
    assert not names & {*joined, "fa-brands-400.woff2"}
    outside = [path for path in left if "python" not in path.parts]
    assert sum(path.stat().st_size for path in outside) < 1_500_000


def test_what_is_referenced_stays(tmp_path):
    static = tmp_path / "_static"
    (static / "python").mkdir(parents=True)
    (tmp_path / "page.html").write_text('<link href="_static/one.css">')
    (static / "one.css").write_text("/* as in five.js */ url(two.woff2)")
    for name in ("two.woff2", "three.map", "python/four.zip", "five.js"):
        (static / name).write_text("")
    removed = [path.name for path in remove_unreferenced(tmp_path)]
    assert removed == ["five.js", "three.map"]
    assert (static / "two.woff2").exists()
    assert (static / "python/four.zip").exists()
