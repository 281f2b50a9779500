"""The chapters, their recorded copies and the pages go together."""

import re
from pathlib import Path

import nbformat
import pytest

from tools import record

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = record.sources(ROOT)
TIME = re.compile(r"\d ?(ns|us|µs|ms|s|min)\b")
OUTSIDE = re.compile(
    r"(?<![\w.:/])/(home|root|tmp|usr|Users|opt|mnt|var|work)/|[A-Za-z]:\\\w|\.\./"
)
READS = re.compile(
    r"\b(open|read_\w+|loadtxt|genfromtxt|fromfile|np\.load|imread|urlopen|urlretrieve)"
    r"\(|\b(import|from) (os|pathlib|shutil|subprocess|urllib|requests|pandas)\b"
)


OWN = r"\w+\((f\"\{folder\.name\}/|(%s)\b)"
"""Opens a file of the temporary folder, which the chapter has written itself."""


def test_every_chapter_is_recorded_as_it_stands():
    assert record.check(ROOT) == []


@pytest.fixture(params=CHAPTERS, ids=lambda source: source.stem)
def source(request):
    return request.param


@pytest.fixture
def cells(source):
    recorded = nbformat.read(record.recorded_path(source), as_version=4)
    return [cell for cell in recorded.cells if cell.cell_type == "code"]


def shows_picture(cell):
    kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
    return any(kind.startswith("image/") for kind in kinds)


def printed(cell):
    texts = [output.get("text", "") for output in cell.outputs]
    for output in cell.outputs:
        data = output.get("data", {}).items()
        texts += [text for kind, text in data if kind.startswith("text/")]
    return "\n".join(texts)


def test_every_line_of_code_and_output_fits_on_the_page(cells):
    """But for the code of figures, which is folded."""
    for cell in cells:
        is_figure = "hide-input" in cell.metadata.get("tags", [])
        for line in f"{'' if is_figure else cell.source}\n{printed(cell)}".splitlines():
            assert len(line) <= 88, line


def test_every_picture_says_what_to_see_in_words(source, cells):
    pictures = [cell for cell in cells if shows_picture(cell)]
    for cell in pictures:
        about = cell.metadata.get("mystnb", {})
        for what, key in (("figure", "caption"), ("image", "alt")):
            assert about.get(what, {}).get(key), f"no {key} at the cell\n{cell.source}"
    for text in re.findall(r"!\[(.*?)\]\(", source.read_text("utf-8")):
        assert text, "a picture ![](...) without alternative text"
    if source.stem not in ("index", "playground"):
        assert len(pictures) >= 2, "a chapter has at least two pictures"


def test_a_chapter_opens_with_a_picture(source):
    recorded = nbformat.read(record.recorded_path(source), as_version=4)
    for cell in recorded.cells:
        if "## " in cell.source and cell.cell_type == "markdown":
            above, *_ = f"\n{cell.source}".partition("\n## ")
            assert '<div class="playground">' in above, "a section before a picture"
            return
        if cell.cell_type == "code" and shows_picture(cell):
            return
    pytest.fail("no picture", pytrace=False)


def test_every_figure_and_theorem_is_referred_to_by_its_number(source):
    text = source.read_text("utf-8")
    chapters = " ".join(chapter.read_text("utf-8") for chapter in CHAPTERS)
    for role, label in (
        ("numref", r"^ *name: (fig-.+)$"),
        ("prf:ref", "^:label: (thm-.+)$"),
    ):
        for name in re.findall(label, text, re.MULTILINE):
            found = f"{{{role}}}`{name}`" in chapters
            assert found or source.stem == "index", name  # which has one figure, on top


def test_only_times_are_not_compared(cells):
    for cell in cells:
        assert not re.search("# *(NBVAL|PYTEST_VALIDATE)_", cell.source), cell.source
        if {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", [])):
            assert TIME.search(printed(cell)), f"prints no time:\n{cell.source}"


def test_needs_no_file(cells):
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    named = re.findall(r"^(\w+) = f\"\{folder\.name\}/", code, re.MULTILINE)
    own = OWN % "|".join(named or ["(?!)"])
    for cell in cells:
        found = READS.search(re.sub(own, "", cell.source))
        found = found or OUTSIDE.search(cell.source)
        found = found or OUTSIDE.search(printed(cell))
        assert not found, f"{found[0]!r} in the cell\n{cell.source}\n{printed(cell)}"


def test_code_that_the_page_folds_is_folded_in_jupyterlab(cells):
    for cell in cells:
        if "hide-input" in cell.metadata.get("tags", []):
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source
