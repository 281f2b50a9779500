"""The printed book: how it is arranged, what `make pdf` objects to, and that the site's link to it is never dead."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import pdf

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "_toc.yml": """\
format: jb-book
root: index
parts:
  - caption: Chapters
    numbered: true
    chapters: [file: one, file: two]
  - caption: Try it
    chapters: [file: book/playground]
  - caption: Appendix
    chapters: [file: words, file: sources]
""",
    "conf.py": """\
extensions = ["myst_parser", "sphinx_external_toc", "sphinx_exercise", "sphinx_proof",
              "sphinxcontrib.bibtex", "sphinx_jupyterbook_latex", "printed"]
bibtex_bibfiles = ["sources.bib"]
myst_enable_extensions = ["colon_fence"]
numfig = True
exercise_style = "solution_follow_exercise"
jblatex_captions_to_parts = False
jblatex_load_imgconverter = False
""",
    "index.md": "# The book\n\n## What for\n\nTo test, {cite:t}`her`.\n",
    "one.md": """\
# The first

:::{exercise} Two and two
:label: ex-two

What is it?
:::

:::{solution-start} ex-two
:::

It is four.

:::{solution-end}
:::

After the exercise.
""",
    "two.md": """\
# The second

As in {ref}`ex-two`, or [here](book/playground.md).

Do {ref}`the sum <ex-two>` first.

:::{prf:proof}
It is so.
:::
""",
    "book/playground.md": "# Play\n\nMove a slider.\n",
    "words.md": "# Words\n\n| a | b |\n|---|---|\n" + "| one |  |\n" * 21,
    "sources.md": "# Bibliography\n\n```{bibliography}\n```\n",
    "sources.bib": "@book{her, author={Ann Other}, title={On it}, year=1986, publisher={P}}\n",
}


@pytest.fixture(scope="module")
def tex(tmp_path_factory):
    """A small book as LaTeX."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "book").mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-qWb", "latex", str(folder), "built"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "web" / "extensions"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    (file,) = (folder / "built").glob("*.tex")
    return file.read_text("utf-8")


def in_order(text, *pieces):
    """Whether each piece stands once, and in this order."""
    places = [[m.start() for m in re.finditer(re.escape(p), text)] for p in pieces]
    assert [len(found) for found in places] == [1] * len(pieces), pieces
    return places == sorted(places)


def test_solutions_are_in_the_last_appendix_and_exercises_give_their_page(tex):
    assert in_order(
        tex,
        r"\chapter{The first}",
        r"\solutionpage{ex-two}",
        "After the exercise",
        r"\bookappendix",
        r"\chapter{Words}",
        r"\chapter{Solutions}",
        r"\section{The first}",
        r"\solutionlabel{ex-two}",
        "It is four",
        r"\begin{sphinxthebibliography}",
    )
    assert tex.count("Exercise 1.1 (Two and two)") == 2


def test_an_exercise_is_linked_from_another_chapter_by_its_number(tex):
    assert in_order(
        tex,
        r"\label{exercise:ex-two}",
        r"As in \hyperref[exercise:ex-two]{Exercise 1.1}",
    )


def test_a_link_to_an_exercise_may_have_words_of_its_own(tex):
    link = tex[tex.index("Do ") :].split("first.")[0]
    assert link.startswith(r"Do \hyperref[exercise:ex-two]{")
    assert "the sum" in link


def test_interactive_pages_are_left_out_with_the_links_to_them(tex):
    assert "Move a slider" not in tex
    paragraph = tex[tex.index("As in") :].split("\n\n")[0]
    assert "here" in paragraph
    assert paragraph.count(r"\hyperref") == 1  # that of the exercise


def test_the_bibliography_appears_once(tex):
    assert r"\chapter{Bibliography}" not in tex


def test_proofs_are_running_text_with_an_end_mark(tex):
    proof = tex[tex.index("Proof.") :].split("\n\n")[0]
    assert proof.split() == ["Proof.}", "It", "is", "so.\\proofend"]
    assert tex.count("Proof.") == 1


def test_a_long_table_may_cross_pages_and_empty_cells_add_no_height(tex):
    assert r"\begin{longtable}" in tex
    row = tex[tex.rindex("one") :].split(r"\\")[0]
    assert row.split() == ["one", "&"]


@pytest.mark.parametrize(
    "line",
    [
        "Missing character: There is no ★ (U+2605) in font [texgyrepagella-regular.otf]!",
        "LaTeX Warning: Reference `fig-x' on page 3 undefined on input line 12.",
        "LaTeX Warning: Citation `kingma2015' on page 3 undefined on input line 12.",
        "LaTeX Warning: Label `eq-x' multiply defined.",
        "Package hyperref Warning: Hyper reference `x' on page 3 undefined on input line 9.",
        r"Overfull \hbox (12.5pt too wide) in paragraph at lines 7--9",
        r"Overfull \vbox (237.5pt too high) has occurred while \output is active []",
        "! Undefined control sequence.",
    ],
)
def test_typesetting_problems_are_found(line):
    log = f"Package: caption 2022\n{line}\nOutput written on book.pdf\n"
    assert pdf.trouble(log) == [line]


def test_a_slightly_overfull_line_is_accepted():
    line = r"Overfull \hbox (1.25pt too wide) in paragraph at lines 7--9"
    assert pdf.trouble(line) == []


def test_the_error_says_how_to_install_missing_programs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"xelatex.*\.ci/tex"):
        pdf.build(ROOT)


@pytest.fixture
def html(tmp_path):
    page = tmp_path / "html" / "book" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<body>{pdf.PLACE}</body>", "utf-8")
    return tmp_path / "html"


def test_the_front_page_links_the_pdf_once_and_it_is_there(html, tmp_path):
    file = tmp_path / f"{pdf.NAME}.pdf"
    file.write_bytes(b"%PDF")
    for _ in range(2):
        pdf.add_to_site(file, html)
    page = html / "book" / "index.html"
    (target,) = re.findall('href="(.*?)"', page.read_text("utf-8"))
    assert (page.parent / target).read_bytes() == b"%PDF"


def test_a_front_page_without_a_place_for_the_link_is_an_error(html, tmp_path):
    (html / "book" / "index.html").write_text("<body></body>", "utf-8")
    with pytest.raises(SystemExit, match="make book"):
        pdf.add_to_site(tmp_path / "book.pdf", html)
    assert not list(html.glob("*.pdf"))


def test_the_front_page_has_the_place():
    assert pdf.PLACE in (ROOT / "book" / "index.md").read_text("utf-8")
