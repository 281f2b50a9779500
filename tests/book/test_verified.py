"""The records of verification; what they hold is tested beside the tools that write them."""

import pytest

from nnfs_lib.book import verified


def test_an_unknown_record_is_refused():
    message = (
        "there is no record 'nonsense'; there are machines, mutants, pytorch, ranks"
    )
    with pytest.raises(ValueError, match=message):
        verified.load("nonsense")
