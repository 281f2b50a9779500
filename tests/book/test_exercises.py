"""Each exercise of the book has a hint, stars, a solution that is right, and words for wrong answers."""

import re
import warnings

import nbformat
import numpy as np
import pytest
from right_answers import RIGHT_ANSWERS
from test_book import CHAPTERS, printed
from wrong_answers import WRONG_ANSWERS

from nnfs_lib.book.exercises import EXERCISES, check
from nnfs_lib.book.exercises.answers import Function
from tools import record

EXERCISE = re.compile(
    r"::::\{exercise\} (?P<stars>★{1,3}) [^\n]+\n:label: ex-(?P<name>[\w-]+)\n"
    r"(?P<text>.*?)\n::::\n",
    re.DOTALL,
)
SOLUTION = re.compile(
    r":::\{solution-start\} ex-(?P<name>[\w-]+)\n:class: dropdown\n:::\n"
    r"(?P<text>.*?)\n:::\{solution-end\}\n:::\n",
    re.DOTALL,
)
FIRST_LINE = "# solution\n"
"""JupyterLab shows the first line of a cell whose source is hidden, so it gives nothing away."""

# No chapters, or one that joins the others.
WITHOUT = ("index", "onepage", "playground", "verified")
WITH_EXERCISES = [source for source in CHAPTERS if source.stem not in WITHOUT]


def verdicts():
    """What the recorded chapters say after ``check(name, ...)``: name, hidden in a notebook or not, output."""
    for source in WITH_EXERCISES:
        if not record.recorded_path(source).exists():
            continue  # test_book says so
        for cell in nbformat.read(record.recorded_path(source), as_version=4).cells:
            checked = re.search(r'^check\("([\w-]+)", \w+\)\Z', cell.source, re.M)
            if cell.cell_type == "code" and checked:
                hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
                hidden = hidden and cell.source.startswith(FIRST_LINE)
                yield checked[1], hidden, printed(cell).strip().splitlines()[-1]


VERDICTS = list(verdicts())


@pytest.mark.parametrize("source", WITH_EXERCISES, ids=lambda source: source.stem)
def test_a_chapter_has_five_exercises_with_stars_hint_and_solution(source):
    text = source.read_text("utf-8")
    exercises, solutions = EXERCISE.findall(text), SOLUTION.findall(text)
    assert len(exercises) >= 5
    assert len(exercises) == text.count("{exercise}"), "one is not of the usual form"
    assert [name for _, name, _ in exercises] == [name for name, _ in solutions]
    stars = [stars for stars, _, _ in exercises]
    assert stars == sorted(stars), "exercises stand in the order of their stars"
    for _, name, body in exercises:
        assert name.startswith(source.stem), name
        assert body.count(":::{dropdown} Hint\n") == 1, name
    for name, body in solutions:
        assert f'check("{name}", ' in body


def test_every_exercise_is_in_a_chapter_and_the_other_way_round():
    assert {name for name, _, _ in VERDICTS} == set(EXERCISES)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_chapters_solution_is_right_and_its_stub_is_not_answered(name):
    (stub, solution) = [rest for found, *rest in VERDICTS if found == name]
    assert not stub[0]
    assert stub[1].startswith("Not answered yet: ")
    assert solution == [True, "Right."], "hidden in JupyterLab, and right"


@pytest.mark.parametrize("name", EXERCISES)
def test_dots_are_not_answered(name):
    verdict = check(name, ...)
    assert not verdict
    assert repr(verdict).startswith("Not answered yet: ")


@pytest.mark.parametrize("name", EXERCISES)
def test_eight_wrong_and_three_other_right_answers_are_tried(name):
    assert sum(name == found for found, _, _ in WRONG_ANSWERS) >= 8
    assert sum(name == found for found, _ in RIGHT_ANSWERS) >= 3


@pytest.mark.parametrize(("name", "answer", "words"), WRONG_ANSWERS)
def test_a_wrong_answer_is_named(name, answer, words):
    verdict = check(name, answer)
    assert not verdict
    assert verdict.text.startswith("Not yet: ")
    assert words in verdict.text
    assert not verdict.text.endswith(".).")


def test_what_nnfs_init_does_to_numpy_changes_no_verdict(monkeypatch):
    zeros, dot = np.zeros, np.dot

    def zeros_of_float32(shape, dtype=np.float32):
        return zeros(shape, dtype)

    def dot_in_float32(a, b):
        return dot(a.astype(np.float64), b.astype(np.float64)).astype(np.float32)

    monkeypatch.setattr(np, "zeros", zeros_of_float32)
    monkeypatch.setattr(np, "dot", dot_in_float32)
    rejected = [(name, one) for name, one in RIGHT_ANSWERS if not check(name, one)]
    assert rejected == []
    assert (np.zeros, np.dot) == (zeros_of_float32, dot_in_float32)


def test_an_answer_without_a_module_is_judged():
    names = {}
    exec("def product(a, b):\n    return [[0]]", names)
    assert "Not yet" in check("basics-product", names["product"]).text


FUNCTIONS = [name for name, one in EXERCISES.items() if isinstance(one, Function)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_known_mistake_runs_and_is_neither_right_nor_another(name):
    exercise = EXERCISES[name]
    others = [exercise.reference, lambda *given: 1 / 0]
    for text, mistake in exercise.mistakes.items():
        with warnings.catch_warnings(action="ignore"):
            assert not any(exercise.agrees(mistake, other) for other in others), text
        others.append(mistake)


def test_the_known_mistakes_warn_nobody():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert not check("minibatches-noise", lambda gradients, batch_size: gradients)
    assert not caught


class Odd:
    """An object that nothing can be done with."""


ODD = [
    *["five", b"5", {1: 2}, {3}, [], [[1], [2, 3]], [[], []], float("nan"), 1j],
    *[10**400, True, object(), Odd, Odd(), np.zeros((0, 3)), np.array("a"), range(3)],
    *[len, print, lambda: 1, lambda *given: given, lambda *given: "five", check],
    *[lambda *given: np.nan, lambda *given: len, lambda *given: [[1], [2, 3]], np],
]


@pytest.mark.parametrize("name", EXERCISES)
def test_no_answer_is_so_odd_that_it_raises(name):
    for answer in ODD:
        assert not check(name, answer), answer
        assert len(repr(check(name, answer))) > 10


def test_an_unknown_exercise_lists_near_names():
    with pytest.raises(ValueError, match="did you mean dense-shapes"):
        check("dense-shape", [])
    with pytest.raises(ValueError, match=r"there is no exercise 'zzz'$"):
        check("zzz", [])


def test_a_rounded_answer_is_right():
    assert check("dense-line", (-0.5, -0.25, 1.001))
    assert not check("dense-line", (-0.5, -0.25, 1.02))


@pytest.mark.parametrize(("name", "answer"), RIGHT_ANSWERS)
def test_another_right_answer_is_right(name, answer):
    assert check(name, answer), check(name, answer)


def test_a_verdict_is_true_or_false_and_fits_a_page():
    right, wrong = check("dense-line", [-0.5, -0.25, 1]), check("dense-line", len)
    assert bool(right)
    assert repr(right) == "Right."
    assert not wrong
    assert len(wrong.text) > 80
    assert max(len(line) for line in repr(wrong).splitlines()) <= 80


def test_a_value_does_not_give_away_the_right_one():
    for answer in ([-0.5, -0.25, 7], [9, 9, 9], [-0.5, 3, 7]):
        text = check("dense-line", answer).text
        assert not re.search(r"-0[.]5|-0[.]25|expected", text)
