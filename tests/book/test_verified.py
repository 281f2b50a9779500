"""The records of what came out when the library was verified can be read from the installed library."""

import json
from pathlib import Path

import pytest

from nnfs_lib.book import verified


@pytest.mark.parametrize("record", verified.RECORDS)
def test_a_record_is_what_its_file_holds(record):
    path = Path(verified.__file__).with_name(f"{record}.json")
    assert verified.load(record) == json.loads(path.read_text("utf-8"))
