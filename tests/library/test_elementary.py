"""exp and log are right to the last place or so, over the whole range of both types."""

import warnings

import mpmath
import numpy as np
import pytest

from nnfs_lib import elementary, numerics

mpmath.mp.prec = 200

FLOATS = [np.float32, np.float64]
FUNCTIONS = [numerics.exp, numerics.log]
# What the docstrings promise, in units in the last place.
ULPS = {np.float32: 0.51, np.float64: 1.0}


def everywhere(dtype, n):
    """Positive numbers of every size, subnormal ones too: evenly spread bit patterns."""
    integer = {np.float32: np.uint32, np.float64: np.uint64}[dtype]
    last = int(np.array(np.finfo(dtype).max).view(integer))
    bits = [1 + i * (last - 1) // (n - 1) for i in range(n)]
    return np.array(bits, dtype=integer).view(dtype)


def anywhere(dtype, n):
    """Positive numbers of every size with random digits."""
    integer = {np.float32: np.uint32, np.float64: np.uint64}[dtype]
    last = int(np.array(np.finfo(dtype).max).view(integer))
    return np.random.default_rng(0).integers(1, last, n, dtype=integer).view(dtype)


def neighbourhood(points, dtype, n=4):
    """Each point, rounded, with n numbers on either side of it."""
    integer = {np.float32: np.int32, np.float64: np.int64}[dtype]
    bits = np.asarray(points, dtype).view(integer)[:, None] + np.arange(-n, n + 1)
    return bits.astype(integer).view(dtype).ravel()


def ulps_off(function, x):
    """The largest error, in units in the last place of the exact value."""
    reference = {numerics.exp: mpmath.exp, numerics.log: mpmath.log}[function]
    smallest = np.finfo(x.dtype).smallest_subnormal
    worst = 0.0
    for number, got in zip(x.tolist(), function(x).tolist()):
        exact = reference(mpmath.mpf(number))
        rounded = x.dtype.type(abs(float(exact)))
        unit = max(np.spacing(rounded), smallest)
        worst = max(
            worst, float(abs(mpmath.mpf(got) - exact) / mpmath.mpf(float(unit)))
        )
    return worst


# Where results become subnormal, 0 or infinite; and where exp lifts them out of that.
CRITICAL_FOR_EXP = {
    np.float32: [-103.97208, -103.2789, -87.33655, 88.72283],
    np.float64: [-745.1332, -744.4401, -708.396418532264, -700, 700, 709.7827128933],
}


# The last number of the type whose exponential is not infinite.
LAST_OF_EXP = {np.float32: np.float32(88.72283), np.float64: 709.782712893384}


def arguments_of_exp(dtype, n=1500):
    """Evenly spread, at both ends, tiny, and where exp changes its table entry."""
    low, high = {np.float32: (-104, 88.72), np.float64: (-745.2, 709.78)}[dtype]
    of_every_size = anywhere(dtype, 4 * n)
    tiny = everywhere(dtype, n)
    tiny = tiny[tiny < 1]
    entries = (np.arange(-400, 400) + 0.5) * np.log(2) / 256
    spread = np.rint(256 * np.linspace(low, high, 301) / np.log(2))
    far_entries = (spread + 0.5) * np.log(2) / 256
    parts = [
        np.linspace(low, high, n),
        of_every_size[of_every_size < high],
        -of_every_size[of_every_size < -low],
        neighbourhood(CRITICAL_FOR_EXP[dtype], dtype, 100),
        neighbourhood(far_entries, dtype),
        np.linspace(low, low + 40, n),  # subnormal results
        np.linspace(high - 2, high, 200),
        np.linspace(-1, 1, n),
        entries,
        tiny,
        -tiny,
    ]
    x = np.concatenate([np.asarray(part, dtype) for part in parts])
    return x[x <= LAST_OF_EXP[dtype]]


def arguments_of_log(dtype, n=3000):
    """Of every size, near 1, and where log changes its exponent."""
    ulp = np.finfo(dtype).eps
    halves = np.arange(np.finfo(dtype).minexp, np.finfo(dtype).maxexp) + 0.5
    edges = np.sqrt(0.5) * (1 + ulp * np.arange(-50, 50))
    parts = [
        everywhere(dtype, n),
        anywhere(dtype, n),
        neighbourhood(2.0**halves, dtype, 1),
        neighbourhood([np.finfo(dtype).smallest_normal], dtype, 100),
        [np.finfo(dtype).smallest_subnormal],
        1 + ulp * np.arange(-50, 50),
        np.linspace(0.5, 2, n),
        edges,
        2 * edges,
    ]
    return np.concatenate([np.asarray(part, dtype) for part in parts])


@pytest.mark.parametrize("dtype", FLOATS)
def test_exp_is_within_its_ulps(dtype):
    assert ulps_off(numerics.exp, arguments_of_exp(dtype)) <= ULPS[dtype]


@pytest.mark.parametrize("dtype", FLOATS)
def test_log_is_within_its_ulps(dtype):
    assert ulps_off(numerics.log, arguments_of_log(dtype)) <= ULPS[dtype]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_float32_agrees_with_float64_on_a_million_numbers(function):
    x = everywhere(np.float32, 1_000_000)
    if function is numerics.exp:
        x = np.concatenate([x[x < 88], -x[x < 87]])  # normal results
    got, wide = function(x).astype(np.float64), function(x.astype(np.float64))
    ulps = abs(got - wide) / np.spacing(abs(wide.astype(np.float32))).astype(float)
    assert ulps.max() <= 0.51  # as above; the error of float64 is 1e-9 of that


SPECIAL_OF_EXP = [
    (0.0, 1.0),
    (-0.0, 1.0),
    (np.inf, np.inf),
    (-np.inf, 0.0),
    (np.nan, np.nan),
    (1e30, np.inf),
    (-1e30, 0.0),
    (1e-40, 1.0),
]
SPECIAL_OF_LOG = [
    (1.0, 0.0),
    (0.0, -np.inf),
    (-0.0, -np.inf),
    (np.inf, np.inf),
    (-np.inf, np.nan),
    (-1.0, np.nan),
    (-1e-40, np.nan),
    (np.nan, np.nan),
]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [(numerics.exp, *pair) for pair in SPECIAL_OF_EXP]
    + [(numerics.log, *pair) for pair in SPECIAL_OF_LOG],
)
def test_a_special_value_is_exact_and_silent(function, x, expected, dtype):
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        result = function(dtype(x))
    np.testing.assert_array_equal(result, dtype(expected))


@pytest.mark.parametrize(
    ("dtype", "last", "beyond"),
    [
        (np.float32, 88.72283, 88.72284),
        (np.float64, 709.782712893384, 709.7827128933841),
    ],
)
def test_exp_overflows_where_the_type_ends(dtype, last, beyond):
    assert np.isfinite(numerics.exp(dtype(last)))
    assert numerics.exp(dtype(beyond)) == np.inf


@pytest.mark.parametrize(
    ("dtype", "last", "beyond"),
    [(np.float32, -103.9, -104), (np.float64, -745.1, -745.2)],
)
def test_exp_underflows_where_the_type_ends(dtype, last, beyond):
    assert numerics.exp(dtype(last)) == np.finfo(dtype).smallest_subnormal
    assert numerics.exp(dtype(beyond)) == 0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_whole_range_is_silent(function):
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        for dtype in FLOATS:
            x = everywhere(dtype, 10_000)
            function(np.concatenate([x, -x]))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(), (1,), (0,), (3, 0), (2, 3), (2, 1, 3)])
def test_shape_and_type_are_kept(function, dtype, shape):
    result = function(np.ones(shape, dtype))
    assert (result.shape, result.dtype) == (shape, dtype)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_number_gives_a_number(function):
    assert isinstance(function(2.0), np.float64)
    assert isinstance(function(2), np.float64)
    assert isinstance(function(np.float32(2)), np.float32)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_entries_do_not_depend_on_their_neighbours(function):
    x = everywhere(np.float64, 1000)
    together = function(x.reshape(10, 100).T).T.ravel()
    assert together.tobytes() == np.array([function(number) for number in x]).tobytes()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_argument_is_left_as_it_is(function):
    x = np.array([[0.5, 2.0], [0.0, np.inf]])
    x.flags.writeable = False
    function(x)
    np.testing.assert_array_equal(x, [[0.5, 2.0], [0.0, np.inf]])


def test_the_table_holds_the_powers_of_two_and_by_how_much_each_is_off():
    bits, errors = elementary._powers_of_two()
    powers = (bits + (np.arange(256) << 44)).view(np.float64)
    exact = [mpmath.mpf(2) ** (mpmath.mpf(j) / 256) for j in range(256)]
    off = [float((a - float(b)) / a) for a, b in zip(exact, powers)]
    assert powers.tolist() == [float(power) for power in exact]
    assert errors.tolist() == off


@pytest.mark.parametrize("function", [elementary.exp, elementary.log])
def test_nan_stays_nan_in_silence_whatever_the_error_state(function):
    with np.errstate(all="raise"):
        assert np.isnan(function([np.nan])).all()
