"""The kept result of ``make mutants``, and how the next run takes over its reasons."""

import ast
import json

from nnfs_lib.book import verified
from nnfs_lib.book.exercises import EXERCISES
from tools import mutants, small_changes, solution_mutants

RESULT = verified.load("mutants")
SOLUTIONS = json.loads(solution_mutants.RESULT.read_text("utf-8"))


def test_enough_mutants_are_killed():
    assert RESULT["killed"] >= mutants.LEAST_SHARE * RESULT["mutants"]
    promise = f"at least {100 * mutants.LEAST_SHARE:.0f} of 100 small changes"
    assert promise in (mutants.ROOT / "README.md").read_text("utf-8")


def test_every_surviving_mutant_has_a_reason():
    assert len(RESULT["survivors"]) == RESULT["mutants"] - RESULT["killed"]
    assert all(survivor["reason"] for survivor in RESULT["survivors"])


def test_every_accepted_change_of_a_solution_has_a_reason():
    assert len(SOLUTIONS["survivors"]) == SOLUTIONS["mutants"] - SOLUTIONS["killed"]
    assert all(survivor["reason"] for survivor in SOLUTIONS["survivors"])


def test_every_exercise_has_mutated_solutions():
    mutated = set(SOLUTIONS["exercises"])
    assert mutated == set(EXERCISES), "run python -m tools.solution_mutants"
    assert min(SOLUTIONS["exercises"].values()) >= 5


def test_mutants_cover_every_part_of_an_expression():
    (answer,) = ast.parse("answer = max(a, 2) - b").body
    changed = {ast.unparse(one) for one in small_changes.variants(answer)}
    for one in (
        "max(a, 2) + b",
        "b",
        "b - max(a, 2)",
        "min(a, 2) - b",
        "max(a, 3) - b",
    ):
        assert f"answer = {one}" in changed


def test_every_mutant_of_a_solution_is_rejected():
    (solution,) = (
        solution
        for solution in solution_mutants.solutions()
        if solution.exercise == "basics-standardise"
        and solution.file.startswith("book")
    )
    body = list(solution.body)
    assert solution.accepted(body)
    changed = [one.body for one in small_changes.variants(ast.Module(body, []))]
    assert len(changed) > 10
    assert not any(map(solution.accepted, changed))


def test_a_reason_belongs_to_one_change():
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
