"""The mean loss of a batch has no order: not that of its samples, nor that in which parts of it are added."""

import math
from fractions import Fraction

import numpy as np
import pytest
from exact import FLOATS, exponent_above, nearest, power_of_two
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_lib import CategoricalCrossEntropy, Softmax, SoftmaxCrossEntropy, partial_sums
from nnfs_lib.partial_sums import LOSS_BITS, MAX_SAMPLES, exact_mean, exact_sum

# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=30, deadline=None, derandomize=True, database=None)
seeds = st.integers(0, 2**32)
LOSSES = [CategoricalCrossEntropy, SoftmaxCrossEntropy]
SCALES = [1e-320, 1e-300, 1e-9, 1.0, 1e9, 1e270, 1e271, 1e300, 1e307]


def losses_of(n_samples, scale=1.0, seed=0):
    """Positive numbers as different as losses are."""
    rng = np.random.default_rng([n_samples, seed])
    return np.minimum(rng.exponential(1, n_samples) ** 3, 500) * (scale / 50)


def on_grids(values, largest, bits=LOSS_BITS):
    """Each number rounded so many bits below the largest, and what is left so many bits further below, as fractions."""
    unit = power_of_two(exponent_above(Fraction(largest)) - bits)
    finer = unit * power_of_two(-bits)
    coarse = [round(Fraction(x) / unit) * unit for x in values.tolist()]
    left = [Fraction(x) - rounded for x, rounded in zip(values.tolist(), coarse)]
    return coarse, [round(rest / finer) * finer for rest in left]


def parts_of(values, largest=None):
    return exact_sum(values, largest).tolist()


@pytest.mark.parametrize("scale", SCALES)
@tried
@given(st.integers(1, 2000), seeds)
def test_a_sum_does_not_depend_on_the_order(scale, n_samples, seed):
    values = losses_of(n_samples, scale, seed)
    order = np.random.default_rng(seed).permutation(n_samples)
    assert parts_of(values[order]) == parts_of(values)


@pytest.mark.parametrize("scale", SCALES)
@tried
@given(st.integers(1, 2000), st.integers(1, 9), seeds)
def test_the_sums_of_parts_add_up_to_that_of_the_whole(scale, n_samples, n_parts, seed):
    """In any order, if all take the largest number of the whole; a part may be empty."""
    values = losses_of(n_samples, scale, seed)
    rng = np.random.default_rng(seed)
    parts = np.split(values, np.sort(rng.integers(0, n_samples + 1, n_parts - 1)))
    largest = values.max().item()
    total = [0.0, 0.0]
    for i in rng.permutation(n_parts):
        total = [sum(pair) for pair in zip(total, parts_of(parts[i], largest))]
    assert total == parts_of(values) == parts_of(values, largest)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e270, 1e300])
@pytest.mark.parametrize("n_samples", [1, 2, 30, 2000])
def test_a_sum_is_that_of_the_rounded_numbers(n_samples, scale):
    values = losses_of(n_samples, scale)
    coarse, fine = on_grids(values, values.max().item())
    assert parts_of(values) == [sum(coarse), sum(fine)]


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_largest_magnitude_may_be_that_of_a_negative_number(sign):
    values = sign * np.array([-8.0, 1 / 3, 2.0])
    coarse, fine = on_grids(values, 8.0)
    assert parts_of(values) == [sum(coarse), sum(fine)]


def test_as_many_of_the_largest_as_are_added_at_once_have_an_exact_sum():
    """Numbers just below 1 are rounded up to it."""
    values = np.full(MAX_SAMPLES, np.nextafter(1.0, 0))
    assert parts_of(values) == [MAX_SAMPLES, -MAX_SAMPLES * 2.0**-53]
    odd = np.full(MAX_SAMPLES, 1 - 2.0**-LOSS_BITS)
    assert parts_of(odd) == [
        MAX_SAMPLES * Fraction(2**LOSS_BITS - 1, 2**LOSS_BITS),
        0,
    ]


def test_the_error_of_a_mean_is_at_most_2_to_the_minus_66_of_the_largest():
    values = losses_of(3000)
    exact = sum(map(Fraction, values.tolist())) / 3000
    # a number moves by half a spacing of the finer grid; the sum of the parts and the quotient are rounded
    bound = 2.0 ** (-2 * LOSS_BITS) * values.max() + 2 * np.spacing(float(exact))
    assert abs(Fraction(exact_mean(values, 3000)) - exact) <= bound


def test_the_sum_of_more_numbers_than_are_exact_has_no_order_either(monkeypatch):
    """With so fine a grid float64 adds four of them exactly, and no more."""
    monkeypatch.setattr(partial_sums, "MAX_SAMPLES", 4)
    monkeypatch.setattr(partial_sums, "LOSS_BITS", 51)
    values = np.random.default_rng(0).uniform(0.9, 1, 999)
    coarse, _ = on_grids(values, values.max().item(), bits=51)
    one_by_one = 0.0
    for term in coarse:
        one_by_one += float(term)
    assert one_by_one != sum(coarse)  # something is rounded
    for _ in range(5):
        assert parts_of(values)[0] == float(sum(coarse))
        np.random.default_rng(1).shuffle(values)


def test_the_mean_of_runs_is_that_of_their_sums(monkeypatch):
    rng = np.random.default_rng(0)
    scores, y = rng.standard_normal((600, 5)), rng.integers(0, 5, 600)
    expected = SoftmaxCrossEntropy().calculate(scores, y)
    monkeypatch.setattr(partial_sums, "MAX_SAMPLES", 100)
    assert SoftmaxCrossEntropy().calculate(scores, y) == expected  # 33 + 10 bits fit


@pytest.mark.parametrize("n_samples", [1, 2, 3, 100, 1000])
def test_a_mean_is_finite_wherever_the_numbers_are(n_samples):
    largest = np.finfo(np.float64).max
    mean = exact_mean(np.full(n_samples, largest), n_samples)
    assert math.isfinite(mean)
    assert abs(mean / largest - 1) <= 2.0**-LOSS_BITS


def test_a_mean_whose_sum_does_not_fit_is_as_exact_as_others():
    largest = 0.75 * np.finfo(np.float64).max
    values = np.array([largest, largest * (1 - 2.0**-45)])
    exact = sum(map(Fraction, values.tolist())) / 2
    bound = 2.0 ** (-2 * LOSS_BITS) * largest + np.spacing(float(exact))
    assert abs(Fraction(exact_mean(values, 2)) - exact) <= bound


@pytest.mark.parametrize("n_samples", [1, 2, 3, 100])
def test_a_mean_of_the_smallest_numbers_is_not_lost(n_samples):
    assert exact_mean(np.full(n_samples, 5e-324), n_samples) == 5e-324


def test_a_sum_of_zeros_is_zero():
    assert parts_of(np.zeros(5)) == [0, 0]
    assert exact_mean(np.zeros(5), 5) == 0


def test_an_infinite_loss_makes_an_infinite_mean():
    values = np.array([1.0, np.inf, 2.0])
    assert parts_of(values) == [math.inf, 0]
    assert exact_mean(values, 3) == math.inf


def test_a_loss_that_is_not_a_number_is_not_hidden():
    values = np.array([1.0, np.nan, np.inf])
    assert math.isnan(sum(parts_of(values)))
    assert math.isnan(exact_mean(values, 3))


# --- what the losses make of it ---


def case(kind, n_samples, dtype, seed=0, size=3.0):
    rng = np.random.default_rng([n_samples, seed])
    scores = (size * rng.standard_normal((n_samples, 7))).astype(dtype)
    y = rng.integers(0, 7, n_samples)
    given = scores if kind is SoftmaxCrossEntropy else Softmax().forward(scores)
    return given, y, rng


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_what_is_added_is_in_float64(kind, dtype):
    given, y, _ = case(kind, 9, dtype)
    losses, of_predictions, _ = kind()._evaluate(given, y)
    assert (losses.dtype, of_predictions) == (np.float64, dtype)


@pytest.mark.parametrize("size", [1e-6, 3.0, 1e4, 1e36])
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n_samples", [2, 3, 300, 1100])
def test_the_mean_loss_does_not_depend_on_the_order_of_samples(
    n_samples, dtype, kind, size
):
    given, y, rng = case(kind, n_samples, dtype, size=size)
    mean = kind().calculate(given, y)
    for _ in range(5):
        order = rng.permutation(n_samples)
        assert kind().calculate(given[order], y[order]).tobytes() == mean.tobytes()


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_mean_loss_is_the_sum_of_sample_losses_over_their_number(dtype, kind):
    given, y, _ = case(kind, 300, dtype)
    losses = kind().sample_losses(given, y).astype(np.float64)
    exact = sum(map(Fraction, losses.tolist())) / 300
    mean = kind().calculate(given, y)
    assert mean.dtype == dtype
    # a loss is below 32, and a float32 one was rounded
    error = abs(Fraction(mean.item()) - exact)
    assert error <= 32 * np.finfo(dtype).eps


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_n_samples_is_what_the_sum_is_divided_by(dtype, kind):
    given, y, _ = case(kind, 30, dtype)
    mean = kind().calculate(given, y)
    assert kind().calculate(given, y, n_samples=30) == mean
    assert kind().calculate(given, y, n_samples=120) == mean / 4
    with pytest.raises(ValueError, match="n_samples is 0"):
        kind().calculate(given, y, n_samples=0)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_mean_of_huge_losses_is_theirs(dtype):
    """Their sum may be too large for float64, and the mean is not."""
    large = np.finfo(dtype).max / 2
    scores = np.zeros((300, 3), dtype)
    scores[:, 0], scores[7, 0] = large, large / 4
    mean = SoftmaxCrossEntropy().calculate(scores, np.ones(300, int))
    exact = Fraction(float(large)) * (Fraction(299) + Fraction(1, 4)) / 300
    assert abs(mean / float(nearest(exact, np.float64)) - 1) <= 2.0**-23
    again = SoftmaxCrossEntropy().calculate(scores[::-1], np.ones(300, int))
    assert again.tobytes() == mean.tobytes()
