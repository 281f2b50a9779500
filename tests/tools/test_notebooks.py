"""Downloaded chapters: they install what they import, and hold nothing that a plain notebook does not show."""

import re

import nbformat
import pytest

from tools import notebooks, record
from tools.lab.references import references

ROOT = record.ROOT
NAMES = {
    "fig-one": {"text": "Fig. 1.1"},
    "ex-one": {"text": "Exercise 1.2"},
    "eq-one": {"text": "(1.3)"},
    "who2020": {"text": "Who, 2020", "narrative": "Who (2020)", "url": "https://w"},
    "all2021": {"text": "All, 2021", "narrative": "All (2021)", "url": ""},
}
LEFT = re.compile(r"\{[\w:-]+\}`|^:{3,}|^`{3,}\{|^\$\$ \(|^\([\w-]+\)=$", re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The chapters by name, as recorded and as written."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "library", lambda: "https://library")
        notebooks.write(ROOT, folder)
    return {
        source.stem: (
            nbformat.read(record.recorded_path(source), 4),
            nbformat.read(folder / f"{source.stem}.ipynb", 4),
        )
        for source in record.sources(ROOT)
    }


def test_the_first_cell_installs_what_a_chapter_imports(written):
    for name, (_, notebook) in written.items():
        extras = "[parallel,plots]" if name == "parallel" else "[plots]"
        assert notebook.cells[0].source == (
            f'%pip install --quiet nnfs==0.5.1 "nnfs-lib{extras} @ https://library"'
        )


def test_nothing_but_markdown_is_left(written):
    for name, (recorded, notebook) in written.items():
        old = "\n".join(c.source for c in recorded.cells if c.cell_type == "markdown")
        new = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert name == "index" or LEFT.search(old), name
        assert LEFT.findall(new) == [], name
        assert new.count("<details>") == new.count("</details>"), name


def test_the_code_and_its_outputs_are_those_that_were_recorded(written):
    for recorded, notebook in written.values():
        code = [cell for cell in recorded.cells if cell.cell_type == "code"]
        assert [c for c in notebook.cells if c.cell_type == "code"][1:] == code


def test_every_number_of_the_pages_is_in_the_notebooks(written):
    cells = [cell for _, notebook in written.values() for cell in notebook.cells]
    texts = "".join(cell.source for cell in cells)
    names = [n["text"] for n in references(ROOT).values() if "chapter" in n]
    assert len(names) > 200
    assert [name for name in names if name.strip("()") not in texts] == []


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("{term}`labels <label>` and {term}`axis`", "labels and axis"),
        ("{numref}`fig-one` by {eq}`eq-one`", "Fig. 1.1 by (1.3)"),
        ("{cite:t}`who2020`", "[Who (2020)](https://w)"),
        ("{cite:p}`who2020, all2021`", "([Who, 2020](https://w); All, 2021)"),
        ("[an exercise](#ex-one)", "an exercise (Exercise 1.2)"),
        ("[here](dense.md#place)", "[here](https://b/book/dense.html#place)"),
        ("[there](https://x)", "[there](https://x)"),
        ("(place)=\n## Title", "## Title"),
        ("$$\nx\n$$ (eq-one)", "$$\nx\n\\tag{1.3}\n$$"),
        (":::{index} ! softmax\n:::\n\nText", "Text"),
        (":::{prf:proof}\nSo.\n:::", "*Proof.*\n\nSo.\n∎"),
        (
            "::::{exercise} ★ Six\n:label: ex-one\n\nWhat?\n\n:::{dropdown} Hint\n`f`.\n:::\n::::",
            "**Exercise 1.2** (★ Six)\n\nWhat?\n\n<details><summary>Hint</summary>\n\n`f`.\n\n</details>",
        ),
        (
            ":::{solution-start} ex-one\n:class: dropdown\n:::\n\nSix.",
            "<details><summary>Solution of Exercise 1.2</summary>\n\nSix.\n\n</details>",
        ),
        (":::{solution-end}\n:::\n\nNext.", "Next."),
    ],
)
def test_myst_becomes_markdown(myst, markdown):
    assert notebooks.without_myst(myst, NAMES, "https://b/") == markdown


def test_without_an_address_links_and_installation_name_none(monkeypatch):
    monkeypatch.setattr(notebooks, "library", lambda: None)
    cell = notebooks.install(nbformat.v4.new_notebook())
    assert "http" not in cell.source
    assert cell.source.endswith('# pip install nnfs==0.5.1 ".[plots]"')
    assert notebooks.without_myst("[here](dense.md)", NAMES) == "here"
