"""The kept result of ``make mutants``, and how the next run takes over its reasons."""

import mutants

from nnfs_lib import verified

RESULT = verified.load("mutants")


def test_the_share_that_was_killed_is_large_enough():
    assert RESULT["killed"] >= mutants.LEAST_SHARE * RESULT["mutants"]


def test_each_mutant_that_no_test_noticed_is_there_with_a_reason():
    assert len(RESULT["survivors"]) == RESULT["mutants"] - RESULT["killed"]
    assert all(survivor["reason"] for survivor in RESULT["survivors"])


def test_a_reason_is_kept_for_the_same_change_and_for_no_other():
    same = {"file": "a.py", "was": "x + 1", "becomes": "x - 1", "status": "survived"}
    other = {**same, "becomes": "x + 2"}
    known = [
        {**same, "reason": "x is infinite"},
        {**other, "file": "b.py", "reason": "y"},
    ]
    assert mutants.with_reasons([other, same], known) == [
        {**other, "reason": ""},
        {**same, "reason": "x is infinite"},
    ]
