"""The table and the sentences of the gradient checker, word for word; test_gradcheck has the layers that earn them."""

import numpy as np
import pytest

from nnfs_lib import diagnosis
from nnfs_lib.diagnosis import GradientCheck, GradientRow

EXPECTED = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0], [7.0, 8.0, 9.0]])
N_SAMPLES = 5


def mistake(got, expected=EXPECTED, wrong=None, smooth=None):
    wrong = got != expected if wrong is None else wrong
    smooth = np.ones(expected.shape, dtype=bool) if smooth is None else smooth
    return diagnosis.of_mistake(got, expected, smooth, wrong, N_SAMPLES)


def changed(places, by=100.0):
    got = EXPECTED.copy()
    got[places] += by
    return got


def test_the_table():
    rows = (
        GradientRow("dinputs", (5, 4), 2.34e-9, 0, ""),
        GradientRow("dweights", (4, 3), 0.5, 1, "it is 0 everywhere"),
        GradientRow("dbiases", (1, 3), np.inf, 2, "only kinks", unclear=True),
    )
    assert repr(GradientCheck("Dense", rows)).splitlines() == [
        "Dense",
        "  gradient  shape     largest error  ",
        "  dinputs   (5, 4)    2e-09          right",
        "  dweights  (4, 3)    5e-01          WRONG (1 at a kink left out)",
        "  dbiases   (1, 3)    inf            unclear (2 at a kink left out)",
        "  dweights: it is 0 everywhere",
        "  dbiases: only kinks",
    ]


def test_the_table_makes_room_for_long_names_and_shapes():
    rows = (
        GradientRow("dinputs", (5, 4), 2.34e-9, 0, ""),
        GradientRow("drecurrent_weights", (100, 100), 2.34e-9, 0, ""),
    )
    assert repr(GradientCheck("Recurrent", rows)).splitlines() == [
        "Recurrent",
        "  gradient            shape       largest error  ",
        "  dinputs             (5, 4)      2e-09          right",
        "  drecurrent_weights  (100, 100)  2e-09          right",
    ]


@pytest.mark.parametrize(
    ("got", "expected", "hint"),
    [
        ((3, 4), (4, 3), ": rows and columns are exchanged"),
        ((3,), (1, 3), ": an axis is lost, keepdims=True keeps it"),
        ((5,), (1, 3), ": 5 is the number of samples, was the sum taken along the other axis?"),
        ((5, 1), (1, 3), ": 5 is the number of samples, was the sum taken along the other axis?"),
        ((5, 1), (4, 3), ""),
        ((3,), (4, 3), ""),
        ((2, 3), (1, 3), ""),
    ],
)  # fmt: skip
def test_another_shape(got, expected, hint):
    said = diagnosis.not_comparable(np.ones(got), expected, N_SAMPLES)
    assert said == f"its shape is {got}, expected {expected}{hint}"


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (None, "backward does not store it"),
        ([[1.0], [2.0, 3.0]], "its rows differ in length"),
        ([[1j]], "it does not hold real numbers, its type is complex128"),
        ([[1.0, 2.0], [np.nan, np.inf]], "it is nan at (1, 0)"),
        (np.ones((2, 2)), ""),
        (np.ones((2, 2), dtype=bool), ""),
    ],
)
def test_what_cannot_be_compared(got, sentence):
    assert diagnosis.not_comparable(got, (2, 2), N_SAMPLES) == sentence


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (0 * EXPECTED, "it is 0 everywhere"),
        (-EXPECTED, "it has the opposite sign"),
        (EXPECTED.T, "rows and columns are exchanged"),
        (3 * EXPECTED, "it is off by a factor of 3"),
        (-2 * EXPECTED, "it has the opposite sign and is off by a factor of 2"),
        (5 * EXPECTED, "it is off by a factor of 5, the number of samples: was the mean forgotten?"),
        (
            EXPECTED / 5,
            "it is off by a factor of 0.2, one over the number of samples: was the mean taken twice?",
        ),
        (
            -5 * EXPECTED,
            "it has the opposite sign and is off by a factor of 5, the number of samples: was the mean forgotten?",
        ),
        (changed((1, 2)), "one entry is wrong: at (1, 2) it is 94, expected -6"),
        (changed((1,), [10, 50, 20]), "row 1 is wrong: at (1, 1) it is 55, expected 5"),
        (changed((slice(None), 0), [10, 20, 50]), "column 0 is wrong: at (2, 0) it is 57, expected 7"),
        (changed(([0, 1, 2], [0, 1, 2]), [10, 50, 20]), "3 of 9 entries are wrong: at (1, 1) it is 55, expected 5"),
    ],
)  # fmt: skip
def test_the_mistake_is_named(got, sentence):
    assert mistake(got) == sentence


@pytest.mark.parametrize("wrong", [[0, 1, 2], [1, 2]])
def test_one_of_two_rows_is_wrong(wrong):
    got = EXPECTED[:2].copy()
    got[1, wrong] += 100.0 + np.arange(len(wrong))
    assert mistake(got, EXPECTED[:2]).startswith("row 1 is wrong: at (1, 2) it is ")


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (1.2345678, "it is 1.23457, expected 1"),
        (1.00000012345, "it is 1.00000012, expected 1"),
        (1 + 1.2345e-11, "it is 1.000000000012, expected 1"),
        (1 + 2**-50, "it is 1.0000000000000009, expected 1"),
    ],
)
def test_two_numbers_have_as_many_digits_as_it_takes_to_see_that_they_differ(
    got, sentence
):
    assert mistake(np.array(got), np.array(1.0), smooth=np.array(False)) == sentence


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (0, 2, "it is 0"),
        (2, 0, "it should be 0"),
        (-2, 2, "it has the opposite sign"),
        (7, 2, "it is 7, expected 2"),
    ],
)
def test_a_mistake_in_one_number_has_no_place(got, expected, sentence):
    assert mistake(np.array(float(got)), np.array(float(expected))) == sentence


@pytest.mark.parametrize(
    ("got", "shape", "sentence"),
    [
        (1.0, (2, 2), "it is one number, expected an array of shape (2, 2)"),
        (np.ones(3), (), "it is an array of shape (3,), expected one number"),
        (np.nan, (), "it is nan"),
        (1.0, (), ""),
    ],
)
def test_one_number_and_an_array_are_told_apart(got, shape, sentence):
    assert diagnosis.not_comparable(got, shape, N_SAMPLES) == sentence


def test_a_pattern_is_seen_in_rounded_numbers_if_the_tolerance_allows():
    rounding = np.array([[1.001, 0.999, 1.0], [1.0, 1.001, 0.999], [1.0, 1.0, 1.0]])
    for right, sentence in [
        (EXPECTED.T, "rows and columns are exchanged"),
        (3 * EXPECTED, "it is off by a factor of 3"),
    ]:
        got = right * rounding
        found = diagnosis.of_pattern(got, EXPECTED, N_SAMPLES, tolerance=5e-3)
        assert found == sentence
        assert diagnosis.of_pattern(got, EXPECTED, N_SAMPLES) == ""


def test_what_should_be_zero():
    assert mistake(EXPECTED, 0 * EXPECTED) == "it should be 0 everywhere"


@pytest.mark.parametrize("size", [1e-2, 1.0, 1e2])
def test_a_number_alone_is_no_multiple_of_another_whatever_the_size_of_both(size):
    expected = size * np.array([[1.0, 1e-4]])
    got = 3 * expected
    assert mistake(got, expected).startswith("2 of 2 entries are wrong")


def test_only_smooth_entries_tell_of_a_factor():
    got, smooth = 3 * EXPECTED, np.ones((3, 3), dtype=bool)
    got[0, 0], smooth[0, 0] = 77.0, False
    assert mistake(got, smooth=smooth) == "it is off by a factor of 3"


def test_where_no_entry_is_smooth_all_of_them_tell():
    none = np.zeros((3, 3), dtype=bool)
    assert mistake(3 * EXPECTED, smooth=none) == "it is off by a factor of 3"


@pytest.mark.parametrize(
    ("once", "twice", "sentence"),
    [
        (EXPECTED, EXPECTED, ""),
        (EXPECTED, 2 * EXPECTED, "a second call of backward changes it: assign the gradient, do not add to it"),
        (3 * EXPECTED, 6 * EXPECTED, "a second call of backward changes it: assign the gradient, do not add to it"),
        (3 * EXPECTED, 4 * EXPECTED, "a second call of backward changes it: assign the gradient, do not add to it"),
        (EXPECTED, -EXPECTED, "a second call of backward gives another result"),
        (EXPECTED, EXPECTED[:1], "a second call of backward gives another result"),
        (EXPECTED, changed((0, 0)), "a second call of backward gives another result"),
    ],
)  # fmt: skip
def test_a_second_call(once, twice, sentence):
    assert diagnosis.of_repetition(once, twice, EXPECTED) == sentence


def test_a_parameter_that_is_no_longer_there():
    assert diagnosis.of_detached("dgamma") == (
        "it cannot be checked: forward or backward puts a new array in place of gamma"
    )


def test_a_derivative_that_is_not_to_be_trusted():
    expected = EXPECTED.copy()
    expected[0, 1] = np.nan
    assert diagnosis.of_unclear(expected, EXPECTED, 1) == (
        "forward gives NaN, or refuses its inputs, a step away from (0, 1): check at other inputs"
    )
    assert diagnosis.of_unclear(expected, 2 * EXPECTED, 5) == (
        "at (1, 2) its numerical derivative is -6 with one step and -12 with another: "
        "does forward jump, or round to float32? Inputs around 1 are best"
    )


def test_an_error_is_relative_to_the_larger_of_the_two():
    got, expected = np.array([[1.0, 4.0, -2.0]]), np.array([[2.0, 1.0, 2.0]])
    assert diagnosis.relative_errors(got, expected).tolist() == [[0.5, 0.75, 2.0]]


def test_an_error_of_a_small_entry_is_relative_to_a_thousandth_of_the_largest():
    got, expected = np.array([[1000.0, 0.5]]), np.array([[1000.0, 0.0]])
    assert diagnosis.relative_errors(got, expected).tolist() == [[0.0, 0.5]]


def test_an_error_where_all_is_tiny_is_absolute():
    got, expected = np.array([[1e-6]]), np.array([[0.0]])
    assert diagnosis.relative_errors(got, expected).tolist() == [[1e-6 / 1e-5]]


def test_a_step_that_rounding_swallows():
    assert diagnosis.of_unclear(0 * EXPECTED, 0 * EXPECTED, 5) == (
        "at (1, 2) its numerical derivative is 0 with each step, but numbers are so large here that rounding swallows "
        "a step: inputs around 1 are best"
    )


def test_a_negative_zero_is_shown_as_0():
    zero, one = np.array([-0.0, 1.0, 2.0]), np.array([3.0, 1.0, 2.0])
    smooth = np.ones(3, np.bool_)
    first = np.array([True, False, False])
    said = diagnosis.of_mistake(zero, one, smooth, first, 3)
    assert said == "one entry is wrong: at (0,) it is 0, expected 3"
    said = diagnosis.of_mistake(one, zero, smooth, first, 3)
    assert said == "one entry is wrong: at (0,) it is 3, expected 0"
