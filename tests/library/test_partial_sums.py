"""A sum over samples is exact until it is rounded, so a batch can be cut in any way."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from exact import DIGITS, FLOATS, nearest, on_grids, power_of_two, wide
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_lib import Dense, layers, partial_sums
from nnfs_lib.grid import leading_powers
from nnfs_lib.partial_sums import MAX_SAMPLES, PartialSum

# The same examples each time, and no folder of them beside the tests.
tried = settings(max_examples=40, deadline=None, derandomize=True, database=None)
thorough = settings(max_examples=300, deadline=None, derandomize=True, database=None)
seeds = st.integers(0, 2**32)
GRID = 2**22
LARGEST = MAX_SAMPLES * 2**44  # units, of as many products of two entries of 2**22


def samples(n, dtype, seed=0, widths=(3, 2)):
    """Two matrices whose columns are of different size, with sums that cancel in part."""
    rng = np.random.default_rng([n, seed])
    a, b = (wide(rng, (n, m), -6, 0, np.float64) for m in widths)
    a *= 10.0 ** rng.uniform(-10, 10, widths[0])
    b *= 10.0 ** rng.uniform(-10, 10, widths[1])
    return a.astype(dtype), b.astype(dtype)


def exact_sum_of_products(a, b):
    """``a.T @ b`` of columns that are rounded to their grids, as fractions."""
    return [
        [sum(x * y for x, y in zip(left, right)) for right in on_grids(b, 0)]
        for left in on_grids(a, 0)
    ]


def nearest_matrix(numbers, dtype):
    return np.array([[nearest(number, dtype) for number in row] for row in numbers])


def value(part):
    """What a sum of three slices stands for, as fractions."""
    units = part.units.astype(object)
    scale = 2 ** (22 * (len(units) - 1))
    total = sum(slice_ * (scale >> 22 * k) for k, slice_ in enumerate(units))
    return [
        [
            Fraction(int(total[i, j]), scale) * power_of_two(int(part.exponents[i, j]))
            for j in range(total.shape[1])
        ]
        for i in range(total.shape[0])
    ]


def cuts_of(n, rng, n_parts):
    """The parts of a batch, in any order; some hold one sample, some may hold none."""
    places = [0, *np.sort(rng.integers(0, n + 1, n_parts - 1)), n]
    slices = [slice(*ends) for ends in pairwise(places)]
    return [slices[i] for i in rng.permutation(n_parts)]


def sum_in_pairs(parts):
    while len(parts) > 1:
        parts = [
            *(x + y for x, y in zip(parts[::2], parts[1::2])),
            *parts[len(parts) // 2 * 2 :],
        ]
    return parts[0]


# --- what a sum is ---


@pytest.mark.parametrize("n_samples", [1, 2, 7, 512, 513, 2500])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_partial_sum_is_the_exact_sum_of_products_on_the_grids(dtype, n_samples):
    a, b = samples(n_samples, dtype)
    part = PartialSum.of_product(a, b)
    exact = exact_sum_of_products(a, b)
    assert value(part) == exact
    assert part.rounded().dtype == dtype
    assert part.rounded().tobytes() == nearest_matrix(exact, dtype).tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_sum_in_which_all_but_the_last_bits_cancel_is_still_rounded_once(dtype):
    a, b = samples(1000, dtype)
    a, b = np.concatenate([a, -a]), np.concatenate([b, b])
    a[0] = np.nextafter(a[0], np.inf)
    exact = exact_sum_of_products(a, b)
    result = PartialSum.of_product(a, b).rounded()
    assert result.tobytes() == nearest_matrix(exact, dtype).tobytes()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("n_samples", [1000, 2500])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_sum_of_terms_of_one_sign_needs_more_bits_than_float64_has(
    dtype, n_samples, sign
):
    rng = np.random.default_rng(0)
    a, b = (rng.uniform(1.5, 2, (n_samples, 2)).astype(dtype) for _ in range(2))
    exact = exact_sum_of_products(a, sign * b)
    assert any(
        abs(int(entry * 2**88)).bit_length() > DIGITS[np.dtype(np.float64)]
        for row in exact
        for entry in row
    )
    part = PartialSum.of_product(a, dtype(sign) * b)
    assert value(part) == exact
    assert part.rounded().tobytes() == nearest_matrix(exact, dtype).tobytes()


ENDS = {
    "float32, up to the largest": (np.float32, (37, 38.5), (-3, 0)),
    "float32, overflow": (np.float32, (37, 38.5), (0, 3)),
    "float32, subnormal": (np.float32, (-44, -38), (-3, 0)),
    "float32, subnormal times large": (np.float32, (-44, -38), (36, 38.5)),
    "float32, the result is subnormal": (np.float32, (-22, -20), (-22, -20)),
    "float64, up to the largest": (np.float64, (307, 308.2), (-3, 0)),
    "float64, overflow": (np.float64, (300, 308.2), (0, 30)),
    "float64, small": (np.float64, (-200, -100), (-135, -130)),
    "float64, subnormal times large": (np.float64, (-322, -309), (290, 300)),
}


@pytest.mark.parametrize("n_samples", [3, 600])
@pytest.mark.parametrize("end", ENDS)
def test_a_sum_is_rounded_once_to_the_ends_of_the_types(end, n_samples):
    dtype, a_range, b_range = ENDS[end]
    rng = np.random.default_rng(n_samples)
    a = wide(rng, (n_samples, 3), *a_range, dtype)
    b = wide(rng, (n_samples, 2), *b_range, dtype)
    exact = nearest_matrix(exact_sum_of_products(a, b), dtype)
    assert PartialSum.of_product(a, b).rounded().tobytes() == exact.tobytes()


@pytest.mark.parametrize("exponent", [124, 125, 126, 127])
@pytest.mark.parametrize("n_samples", [3, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_numbers_just_below_a_large_power_of_two_are_rounded_up_to_it(
    dtype, n_samples, exponent
):
    """What is added to round them may overflow float32."""
    below = np.nextafter(dtype(2.0**exponent), dtype(0))
    a = np.full((n_samples, 1), below)
    b = np.full((n_samples, 1), 2.0**-20, dtype)
    exact = nearest_matrix(exact_sum_of_products(a, b), dtype)
    np.testing.assert_array_equal(PartialSum.of_product(a, b).rounded(), exact)


@pytest.mark.parametrize("n_samples", [1, 3, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_sum_of_zeros_is_a_positive_zero(dtype, n_samples):
    zeros, ones = np.zeros((n_samples, 3), dtype), np.ones((n_samples, 2), dtype)
    result = PartialSum.of_product(zeros, -ones).rounded()
    assert result.tobytes() == np.zeros((3, 2), dtype).tobytes()


# --- rounding integers ---

near_a_power_of_two = st.builds(
    lambda exponent, off, sign: sign * min(2**exponent + off, LARGEST),
    st.integers(0, 63),
    st.integers(-4, 4),
    st.sampled_from([-1, 1]),
)
ties = st.builds(
    lambda digits, shift, off, sign: (
        sign * min(((2 * digits + 1) << shift) + off, LARGEST)
    ),
    st.integers(2**23, 2**24),
    st.integers(0, 38),
    st.integers(-1, 1),
    st.sampled_from([-1, 1]),
)
units = st.integers(-LARGEST, LARGEST) | near_a_power_of_two | ties


def by_hand(*slices, exponent=0):
    """A partial sum of one entry, in which these are the integers."""
    dtype = np.float32 if len(slices) == 1 else np.float64
    integers = np.array(slices, dtype=np.int64).reshape(-1, 1, 1)
    exponents = np.array([[exponent]], dtype=np.int32)
    return PartialSum(integers, exponents, MAX_SAMPLES, np.dtype(dtype))


@thorough
@given(units)
def test_an_integer_is_rounded_once_to_float32(integer):
    assert by_hand(integer).rounded().item() == nearest(Fraction(integer), np.float32)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("integer", [2**63 - 1, 2**63 - 2**38, 2**63 - 2**38 - 1])
def test_integers_at_the_end_of_int64_are_rounded_once_to_float32(integer, sign):
    exact = nearest(Fraction(sign * integer), np.float32)
    assert by_hand(sign * integer).rounded().item() == exact


@thorough
@given(units, st.integers(-294, -180))
def test_an_integer_is_rounded_once_to_a_subnormal_float32(integer, exponent):
    exact = nearest(integer * power_of_two(exponent), np.float32)
    assert by_hand(integer, exponent=exponent).rounded().item() == exact


@thorough
@given(units, units, units)
def test_three_integers_are_rounded_once_to_float64(coarse, middle, fine):
    exact = Fraction(coarse * GRID**2 + middle * GRID + fine, GRID**2)
    assert by_hand(coarse, middle, fine).rounded().item() == nearest(exact, np.float64)


@thorough
@given(
    st.integers(2**52, 2**53 - 1),
    st.integers(0, 51),
    st.integers(-1, 1),
    st.sampled_from([-1, 1]),
    st.integers(-(2**18), 2**18),
    st.integers(-(2**40), 2**40),
)
def test_three_integers_are_rounded_once_at_ties_too(
    digits, shift, off, sign, carry, second_carry
):
    """54 bits, of which the last is half a unit, and one unit of the finest more or less: with carries between."""
    number = sign * (((2 * digits + 1) << shift) + off)
    coarse, rest = divmod(number, GRID**2)
    middle, fine = divmod(rest, GRID)
    coarse, middle = coarse - carry, middle + carry * GRID
    middle, fine = middle - second_carry, fine + second_carry * GRID
    assert max(abs(coarse), abs(middle), abs(fine)) <= LARGEST
    exact = nearest(Fraction(number, GRID**2), np.float64)
    assert by_hand(coarse, middle, fine).rounded().item() == exact


@pytest.mark.parametrize("coarse_sign", [-1, 0, 1])
@pytest.mark.parametrize("middle_sign", [-1, 0, 1])
@pytest.mark.parametrize("fine_sign", [-1, 0, 1])
def test_the_largest_sums_of_three_integers_do_not_overflow(
    coarse_sign, middle_sign, fine_sign
):
    slices = [sign * LARGEST for sign in (coarse_sign, middle_sign, fine_sign)]
    exact = sum(n * Fraction(1, GRID**k) for k, n in enumerate(slices))
    assert by_hand(*slices).rounded().item() == nearest(exact, np.float64)


@pytest.mark.parametrize("coarse", [2**63 - 1, -(2**63) + 2, 2**18, 1 - 2**18])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_integers_at_the_end_of_int64_are_rounded_once_to_float64(coarse, off):
    """Here the middle and the fine integer are large, and cancel but for ``off`` of the finest units."""
    part = by_hand(coarse, GRID - 1, off + GRID - GRID**2)
    exact = coarse + Fraction(off, GRID**2)
    assert part.rounded().item() == nearest(exact, np.float64)


def test_as_many_samples_as_fit_do_not_overflow():
    """Entries just below a power of two are rounded up to it: 2**22 units each."""
    entry = np.nextafter(np.float32(2), np.float32(0))
    block = np.full((511, 1), entry)
    part = PartialSum.of_product(block, block)
    assert part.units.item() == 511 * 2**44
    n_parts = MAX_SAMPLES // 511
    units = part.units * n_parts  # n_parts of them: 1026 * 511 samples
    rest = MAX_SAMPLES - n_parts * 511
    most = PartialSum(units, part.exponents, n_parts * 511, part.dtype)
    last = PartialSum.of_product(block[:rest], block[:rest])
    total = most + last
    assert total.n_samples == MAX_SAMPLES
    assert total.units.item() == LARGEST == MAX_SAMPLES * 2**44 < 2**63
    assert total.rounded().item() == np.float32(4 * MAX_SAMPLES)


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_middle_integers_of_float64_do_not_overflow_either(sign):
    """The fine slices are at most half the coarse spacing: both products of coarse and fine make 2**44."""
    entry = 2 - 2.0**-21 + 2.0**-22  # 2**22 coarse units less half of one, to be exact
    block = np.full((512, 1), np.nextafter(entry, 0))
    part = PartialSum.of_product(block, sign * block)
    bound = 512 * np.array([2**44, 2**44, 2**42])
    assert (abs(part.units.ravel()) <= bound).all()
    assert abs(part.units[1].item()) > 511 * 2**43
    exact = exact_sum_of_products(block, sign * block)
    assert value(part) == exact


# --- cutting a batch ---


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(st.integers(1, 40) | st.integers(500, 1600), st.integers(1, 9), seeds)
def test_however_a_batch_is_cut_the_sum_is_the_same(dtype, n_samples, n_parts, seed):
    a, b = samples(n_samples, dtype, seed)
    rng = np.random.default_rng(seed)
    powers = leading_powers(a, 0), leading_powers(b, 0)
    parts = [
        PartialSum.of_product(a[cut], b[cut], powers)
        for cut in cuts_of(n_samples, rng, n_parts)
    ]
    whole = PartialSum.of_product(a, b)
    one_by_one = sum(parts[1:], parts[0])
    for total in (one_by_one, sum_in_pairs(parts)):
        assert total.n_samples == n_samples
        assert total.units.tobytes() == whole.units.tobytes()
        assert total.rounded().tobytes() == whole.rounded().tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_order_of_the_samples_does_not_change_a_bit(dtype):
    a, b = samples(1100, dtype)
    order = np.random.default_rng(0).permutation(1100)
    result = PartialSum.of_product(a, b).rounded()
    assert PartialSum.of_product(a[order], b[order]).rounded().tobytes() == (
        result.tobytes()
    )


def layer_and_batch(n_samples, n_inputs, n_neurons, dtype, seed=0):
    rng = np.random.default_rng([n_samples, n_inputs, seed])
    layer = Dense(n_inputs, n_neurons, rng=rng, dtype=dtype)
    inputs = wide(rng, (n_samples, n_inputs), -3, 1, dtype)
    return layer, inputs, wide(rng, (n_samples, n_neurons), -6, 0, dtype)


def gradients(layer):
    return layer.dweights.tobytes(), layer.dbiases.tobytes()


def gradients_by_parts(layer, inputs, dvalues, cuts):
    """What processes that hold a part of a batch each would do, one after the other."""
    powers, sums = [], []
    for cut in cuts:
        layer.forward(inputs[cut])
        powers.append(layer.column_powers(dvalues[cut]))
    shared = tuple(np.maximum.reduce(each) for each in zip(*powers))
    for cut in cuts:
        layer.forward(inputs[cut])
        sums.append(layer.partial_sums(dvalues[cut], shared)[0])
    layer.finish([sum(sums[1:], sums[0])])
    return gradients(layer)


@pytest.mark.parametrize("dtype", FLOATS)
@tried
@given(st.integers(1, 12) | st.integers(500, 1100), st.integers(1, 6), seeds)
def test_the_parts_of_a_batch_have_the_gradients_of_the_whole(
    dtype, n_samples, n_parts, seed
):
    layer, inputs, dvalues = layer_and_batch(n_samples, 4, 3, dtype, seed)
    layer.forward(inputs)
    layer.backward(dvalues)
    whole = gradients(layer)
    rng = np.random.default_rng(seed)
    cuts = [  # a layer takes no empty batch
        cut for cut in cuts_of(n_samples, rng, n_parts) if cut.start < cut.stop
    ]
    assert gradients_by_parts(layer, inputs, dvalues, cuts) == whole


@pytest.mark.parametrize("size_of_part", [1, 2, 3])
@pytest.mark.parametrize(("n_inputs", "n_neurons"), [(1, 1), (2, 2), (40, 3)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_parts_of_one_or_two_samples_have_the_gradients_of_the_whole(
    dtype, n_inputs, n_neurons, size_of_part
):
    layer, inputs, dvalues = layer_and_batch(20, n_inputs, n_neurons, dtype)
    layer.forward(inputs)
    layer.backward(dvalues)
    whole = gradients(layer)
    cuts = [slice(i, i + size_of_part) for i in range(0, 20, size_of_part)]
    assert gradients_by_parts(layer, inputs, dvalues, cuts[::-1]) == whole


@pytest.mark.parametrize("large", [1e6, 1e30, 3e38])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_part_without_the_outlier_takes_the_grid_of_the_whole(dtype, large):
    layer, inputs, dvalues = layer_and_batch(30, 5, 3, dtype)
    inputs[0, 2], dvalues[29, 1] = large, -large
    layer.forward(inputs)
    layer.backward(dvalues)
    whole = gradients(layer)
    cuts = [slice(0, 1), slice(20, 30), slice(1, 20)]
    assert gradients_by_parts(layer, inputs, dvalues, cuts) == whole


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_three_stages_are_backward(dtype):
    layer, inputs, dvalues = layer_and_batch(30, 5, 3, dtype)
    layer.forward(inputs)
    dinputs = layer.backward(dvalues).tobytes()
    expected = gradients(layer)
    layer.dweights = layer.dbiases = layer.dinputs = None
    sums = layer.partial_sums(dvalues, layer.column_powers(dvalues))
    layer.finish(sums)
    assert gradients(layer) == expected
    assert layer.input_gradient(dvalues).tobytes() == dinputs


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_part_without_samples_adds_nothing(dtype):
    a, b = samples(20, dtype)
    powers = leading_powers(a, 0), leading_powers(b, 0)
    nothing = PartialSum.of_product(a[:0], b[:0], powers)
    everything = PartialSum.of_product(a, b)
    assert nothing.n_samples == 0
    assert not nothing.rounded().any()
    for total in (nothing + everything, everything + nothing):
        assert total.n_samples == 20
        assert total.rounded().tobytes() == everything.rounded().tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
def test_adding_leaves_the_parts_as_they_are(dtype):
    a, b = samples(20, dtype)
    part = PartialSum.of_product(a, b)
    before = part.units.tobytes()
    part + part
    assert part.units.tobytes() == before


def test_the_operands_are_left_as_they_are():
    for dtype in FLOATS:
        a, b = samples(600, dtype)
        a.flags.writeable = b.flags.writeable = False
        PartialSum.of_product(a, b).rounded()


def test_a_partial_sum_tells_its_size():
    a, b = samples(20, np.float32)
    text = "PartialSum(shape=(3, 2), n_samples=20, dtype=float32)"
    assert repr(PartialSum.of_product(a, b)) == text


# --- what is refused ---


@pytest.mark.parametrize(("dtype", "n_slices"), [(np.float32, 1), (np.float64, 3)])
@pytest.mark.parametrize("n_samples", [5, 600])
def test_the_integers_have_one_slice_or_three(n_samples, dtype, n_slices):
    a, b = np.ones((n_samples, 3), dtype), np.ones((n_samples, 2), dtype)
    assert PartialSum.of_product(a, b).units.shape == (n_slices, 3, 2)


def test_sums_on_different_grids_are_not_added():
    a, b = samples(20, np.float32)
    part, other = PartialSum.of_product(a, b), PartialSum.of_product(2 * a, b)
    with pytest.raises(ValueError, match="leading powers of the whole batch"):
        part + other


def test_sums_of_different_types_are_not_added():
    a, b = np.ones((2, 3, 2))
    part = PartialSum.of_product(a, b)
    other = PartialSum.of_product(a.astype(np.float32), b.astype(np.float32))
    with pytest.raises(ValueError, match="and one type"):
        part + other


def test_sums_of_different_shapes_are_not_added():
    a, b = np.ones((2, 3, 2))
    with pytest.raises(ValueError, match="different grids"):
        PartialSum.of_product(a, b) + PartialSum.of_product(a, b[:, :1])


def test_a_number_is_not_added_to_a_sum():
    a, b = samples(20, np.float32)
    with pytest.raises(TypeError):
        PartialSum.of_product(a, b) + 1


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("dtype", FLOATS)
def test_powers_smaller_than_those_of_the_part_are_refused(dtype, which):
    a, b = samples(20, dtype)
    powers = [leading_powers(a, 0), leading_powers(b, 0)]
    powers[which] = powers[which].copy()
    powers[which][0, -1] /= 2
    with pytest.raises(ValueError, match="take the maximum over all parts"):
        PartialSum.of_product(a, b, tuple(powers))


NO_POWERS = {
    "NaN": lambda powers: powers * np.nan,
    "infinite": lambda powers: powers * np.inf,
    "no power of two": lambda powers: powers * 3,
    "negative": lambda powers: -powers,
    "zero": lambda powers: powers * 0,
    "for fewer columns": lambda powers: powers[:, 1:],
    "one for all columns": lambda powers: powers.max(),
    "of another type": lambda powers: powers.astype(np.float16),
    "no array": lambda powers: powers.tolist(),
}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("change", NO_POWERS.values(), ids=NO_POWERS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_what_are_no_leading_powers_is_refused(dtype, change, which):
    a, b = samples(20, dtype)
    powers = [leading_powers(a, 0), leading_powers(b, 0)]
    powers[which] = change(powers[which])
    with pytest.raises(ValueError, match="powers must be powers of two, of the shapes"):
        PartialSum.of_product(a, b, tuple(powers))


@pytest.mark.parametrize("with_powers", [False, True])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("n_samples", [3, 600])
@pytest.mark.parametrize("dtype", FLOATS)
def test_what_is_not_finite_is_refused_by_name(dtype, n_samples, bad, with_powers):
    layer, inputs, dvalues = layer_and_batch(n_samples, 4, 3, dtype)
    layer.forward(inputs)
    powers = layer.column_powers(dvalues) if with_powers else None
    dvalues[1, 2] = bad
    with pytest.raises(ValueError, match=rf"dvalues holds {bad} at \(1, 2\)"):
        layer.partial_sums(dvalues, powers)


def test_more_samples_than_fit_are_not_added():
    a, b = samples(2, np.float32)
    part = PartialSum.of_product(a, b)
    nearly = PartialSum(part.units, part.exponents, MAX_SAMPLES - 2, part.dtype)
    assert (nearly + part).n_samples == MAX_SAMPLES
    more = PartialSum(part.units, part.exponents, MAX_SAMPLES - 1, part.dtype)
    with pytest.raises(ValueError, match=f"{MAX_SAMPLES + 1} samples are too many"):
        more + part


@pytest.mark.parametrize("dtype", FLOATS)
def test_more_samples_than_fit_are_not_multiplied(dtype, monkeypatch):
    monkeypatch.setattr(partial_sums, "MAX_SAMPLES", 19)
    a, b = samples(20, dtype)
    with pytest.raises(ValueError, match=r"20 samples are too many .* at most 19 fit"):
        PartialSum.of_product(a, b)
    assert PartialSum.of_product(a[1:], b[1:]).n_samples == 19


def test_the_limit_is_what_int64_holds():
    assert MAX_SAMPLES * 2**44 < 2**63 <= (MAX_SAMPLES + 1) * 2**44


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_layer_adds_runs_of_as_many_samples_as_fit_in_order(dtype, monkeypatch):
    monkeypatch.setattr(layers, "MAX_SAMPLES", 7)
    layer, inputs, dvalues = layer_and_batch(20, 5, 3, dtype)
    layer.forward(inputs)
    sums = layer.partial_sums(dvalues)
    assert [run.n_samples for run in sums] == [7, 7, 6]
    layer.backward(dvalues)
    with_ones = np.hstack([inputs, np.ones((20, 1), dtype)])
    first, second, third = (
        PartialSum.of_product(with_ones[run], dvalues[run]).rounded()
        for run in (slice(0, 7), slice(7, 14), slice(14, 20))
    )
    expected = (first + second) + third
    assert layer.dweights.tobytes() == expected[:-1].tobytes()
    assert layer.dbiases.tobytes() == expected[-1:].tobytes()


def test_dbiases_are_the_sums_of_gradients_rounded_to_22_bits():
    """The column of ones loses nothing: the sum of integers is exact."""
    rng = np.random.default_rng(0)
    integers = rng.integers(-(2**20), 2**20, (3000, 2))
    layer = Dense(2, 2, rng=rng)
    layer.forward(np.ones((3000, 2)))
    layer.backward(np.ldexp(integers.astype(np.float32), -30))
    exact = np.ldexp(integers.sum(axis=0).astype(np.float64), -30)
    assert layer.dbiases[0].tolist() == exact.astype(np.float32).tolist()


def test_a_sum_is_not_rounded_before_the_parts_are_added():
    """float32 has no digit for 2**-6 beside 2**25."""
    a = np.float32([[2**25], [16], [-(2**25)]])
    b = np.float32([[1], [2**-10], [1]])
    powers = leading_powers(a, 0), leading_powers(b, 0)
    first, second, third = (
        PartialSum.of_product(a[i : i + 1], b[i : i + 1], powers) for i in range(3)
    )
    assert (first + second).rounded() + third.rounded() == 0
    assert ((first + second) + third).rounded() == 2**-6


@pytest.mark.parametrize(
    ("a", "b", "error", "words"),
    [
        (np.ones((5, 2), ">f8"), np.ones((5, 3), ">f8"), TypeError, "float32 or"),
        (np.ones((5, 2), int), np.ones((5, 3), int), TypeError, "float32 or"),
        (np.ones((5, 2), "f4"), np.ones((5, 3)), ValueError, "the same type"),
        (
            np.ones((5, 2)),
            np.ones((4, 3)),
            ValueError,
            "^a and b must have the same number of rows",
        ),
        ([[1.0]], np.ones((1, 1)), TypeError, "a must be a matrix"),
        (np.ones((5, 2)), np.ones(5), TypeError, "b must be a matrix"),
    ],
)
def test_matrices_of_other_kinds_are_refused(a, b, error, words):
    with pytest.raises(error, match=words):
        PartialSum.of_product(a, b)


def test_units_beyond_53_bits_are_rounded_once():
    """Just above the middle of two float32: rounded to float64 first, it would be in the middle, and end below."""
    units = np.array([2**53 + 2**29 + 1])
    assert partial_sums._rounded_to_odd(units).astype(np.float32) == 2**53 + 2**30
