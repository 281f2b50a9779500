"""exp and log never fall where they should rise, from one floating-point number to the next."""

import numpy as np
import pytest
from test_elementary import FLOATS, FUNCTIONS, anywhere, everywhere, neighbourhood

from nnfs_lib import numerics

LOG_2 = np.log(2)
ENDS_OF_EXP = {np.float32: (-104, 88.72), np.float64: (-745.2, 709.78)}
# Where log changes its exponent, and where exp changes its entry in the table.
EXPONENTS = {
    dtype: 2.0 ** (np.arange(np.finfo(dtype).minexp, np.finfo(dtype).maxexp) + 0.5)
    for dtype in FLOATS
}
ENTRIES = {
    dtype: (np.arange(256 * low // LOG_2, 256 * high // LOG_2) + 0.5) * LOG_2 / 256
    for dtype, (low, high) in ENDS_OF_EXP.items()
}


def falls(function, x, n):
    """Places in windows of n numbers at which the function is smaller than just before."""
    rows = function(x.reshape(-1, n))
    negative = (x.reshape(-1, n) < 0).all(axis=1)  # there bits count downwards
    rows[negative] = rows[negative][:, ::-1]
    return np.argwhere(rows[:, 1:] < rows[:, :-1])


@pytest.mark.parametrize("dtype", FLOATS)
def test_log_does_not_fall_where_it_changes_its_exponent(dtype):
    x = neighbourhood(EXPONENTS[dtype], dtype, 50)
    assert not falls(numerics.log, x, 101).size


@pytest.mark.parametrize("dtype", FLOATS)
def test_exp_does_not_fall_where_it_changes_its_entry_in_the_table(dtype):
    x = neighbourhood(ENTRIES[dtype], dtype, 4)
    assert not falls(numerics.exp, x, 9).size


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_neither_falls_between_neighbours_of_any_size(function, dtype):
    x = neighbourhood(anywhere(dtype, 20_000), dtype, 10)
    x[~(x > 0)] = 1
    assert not falls(function, x, 21).size
    if function is numerics.exp:
        assert not falls(function, -x, 21).size


@pytest.mark.parametrize("sign", [1, -1])
def test_exp_does_not_fall_along_a_million_float32(sign):
    x = sign * everywhere(np.float32, 1_000_000)
    assert not falls(numerics.exp, x, len(x)).size


@pytest.mark.parametrize("function", FUNCTIONS)
def test_neither_falls_in_the_float32_around_1(function):
    assert not falls(function, neighbourhood([1], np.float32, 200_000), 400_001).size


def test_log_does_not_fall_along_a_million_float32():
    x = everywhere(np.float32, 1_000_000)
    assert not falls(numerics.log, x, len(x)).size


# Rare pairs at which exp, computed from r (1 + r/2 + ...), falls by an ulp: the factor falls as r rises.
CRITICAL = ["-0x1.fffff7afbdcdbp-11", "-0x1.ffff917605b44p-12"]


@pytest.mark.parametrize("number", CRITICAL)
def test_exp_does_not_fall_where_one_minus_a_little_would(number):
    x = float.fromhex(number)
    assert numerics.exp(np.nextafter(x, -1)) <= numerics.exp(x)
