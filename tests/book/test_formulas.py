"""The formulas that the symbolic tests speak of are those that the chapters print."""

import re
from pathlib import Path

import optimizer_formulas  # noqa: F401 - fills PRINTED, too
import pytest
from formulas import PRINTED

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "book").glob("*.md"))
EQUATION = re.compile(r"^\$\$\n([^$]*)\n\$\$ \((eq-[\w-]+)\)$", re.M)
IN_THE_BOOK = {
    label: latex
    for chapter in CHAPTERS
    for latex, label in EQUATION.findall(chapter.read_text("utf-8"))
}


@pytest.mark.parametrize("label", PRINTED)
def test_the_formula_is_the_one_that_its_chapter_prints(label):
    assert IN_THE_BOOK.get(label) == PRINTED[label], (
        "changed in the book? Then change LaTeX and SymPy here, side by side"
    )
