"""The book prints the numbers of the notebook that it grew out of."""

import json
import re
from decimal import Decimal

import nbformat
import pytest
from test_book import CHAPTERS, ROOT, printed
from test_notebook_numbers import rounding_of_a_sum

from tools import record

NOTEBOOK = json.loads(
    (ROOT / "tests" / "book" / "notebook_numbers.json").read_text("utf-8")
)
NUMBER = re.compile(r"(?<![\w=.])-?\d+\.?\d*(?:e[+-]\d+)?")


def flat(value):
    return (
        [n for part in value for n in flat(part)]
        if isinstance(value, list)
        else [value]
    )


def agrees(number, wanted, entry):
    """To the notebook's own rounding, or to the digits that it prints."""
    if "sum" in entry:
        # what the book prints is rounded, too
        last_digit = 10.0 ** Decimal(repr(number)).as_tuple().exponent
        allowed = rounding_of_a_sum(**entry["sum"]) + last_digit / 2
        return abs(number - wanted) <= allowed
    if "rtol" in entry:
        return abs(number - wanted) <= entry["rtol"] * abs(wanted)
    last_digit = Decimal(1).scaleb(Decimal(repr(wanted)).as_tuple().exponent)
    return abs(Decimal(repr(number)) - Decimal(repr(wanted))) <= last_digit / 2


@pytest.mark.parametrize(
    "entry", NOTEBOOK["exact"], ids=lambda e: f"{e['cell']} {e['what'][:30]}"
)
def test_the_book_prints_the_notebooks_number(entry):
    """In one cell, one after the other."""
    for source in CHAPTERS:
        recorded = nbformat.read(record.recorded_path(source), as_version=4)
        for cell in recorded.cells:
            if cell.cell_type == "code":
                found = iter(float(text) for text in NUMBER.findall(printed(cell)))
                if all(
                    any(agrees(number, wanted, entry) for number in found)
                    for wanted in flat(entry["value"])
                ):
                    return
    pytest.fail(f"no cell of the book prints {entry['value']}", pytrace=False)
