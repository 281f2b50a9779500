"""Products computed a second time with fractions, which round nothing, and what the library promises about its own."""

from fractions import Fraction

import numpy as np

FLOATS = [np.float32, np.float64]
TYPES = [(a, b) for a in FLOATS for b in FLOATS]
DIGITS = {np.dtype(np.float32): 24, np.dtype(np.float64): 53}
SMALLEST = {np.dtype(np.float32): -149, np.dtype(np.float64): -1074}
LEAST_SIZE = {
    np.dtype(np.float32): Fraction(1, 2**126),
    np.dtype(np.float64): Fraction(1, 2**450),
}


def wide(rng, shape, low, high, dtype):
    """Numbers of both signs whose decimal logarithms are spread evenly."""
    sizes = 10.0 ** rng.uniform(low, high, shape)
    return (sizes * rng.choice([-1, 1], shape)).astype(dtype)


def operands_that_cancel(n, k, m, types):
    """Operands of a product; in the upper left of it, the terms cancel in pairs, however far apart these stand.

    What is rounded on the way is all that is left there, so it shows in the result.
    """
    rng = np.random.default_rng([n, k, m])
    a, b = wide(rng, (n, k), -4, 2, types[0]), wide(rng, (k, m), -4, 2, types[1])
    upper, left, half = -(-n // 2), -(-m // 2), k // 2
    order = rng.permutation(k)
    first, second = order[:half], order[half : 2 * half]
    a[:upper, second] = a[:upper, first]
    b[second, :left] = -b[first, :left]
    return a, b


def fractions(matrix):
    return [[Fraction(entry) for entry in row] for row in matrix.tolist()]


def exact_product(a, b):
    """Every float is an integer times ``2**-1074``: integers are added faster than fractions."""
    rows, columns = (
        [[int(entry * 2**1074) for entry in line] for line in fractions(matrix)]
        for matrix in (a, b.T)
    )
    return [
        [
            Fraction(sum(x * y for x, y in zip(row, column)), 2**2148)
            for column in columns
        ]
        for row in rows
    ]


def power_of_two(exponent):
    return Fraction(2) ** exponent


def exponent_above(size):
    """The smallest e with ``size < 2**e``, for a positive fraction."""
    e = size.numerator.bit_length() - size.denominator.bit_length()
    return e + 1 if size >= power_of_two(e) else e


def nearest(number, dtype):
    """The float of this type nearest to a fraction, ties to even: infinite if it is too large."""
    dtype = np.dtype(dtype)
    if number == 0:
        return dtype.type(0)
    exponent = exponent_above(abs(number)) - DIGITS[dtype]
    unit = power_of_two(max(exponent, SMALLEST[dtype]))
    rounded = round(number / unit) * unit
    if abs(rounded) > Fraction(float(np.finfo(dtype).max)):
        return dtype.type(np.inf if rounded > 0 else -np.inf)
    return dtype.type(float(rounded))


def half_a_unit(number):
    """Half a unit in the last place."""
    return Fraction(float(np.spacing(abs(number)))) / 2


def sizes(matrix, axis):
    """The largest magnitude of each row (axis 1) or column (axis 0), as matmul's docstring counts it."""
    least = LEAST_SIZE[matrix.dtype]
    return [max(Fraction(x), least) for x in abs(matrix).max(axis=axis).tolist()]


def relative_bound(k, dtype):
    """The factor of ``k A_i B_j`` in matmul's docstring."""
    if dtype == np.float32:
        return Fraction(2**-20.9)
    return Fraction(2**-42.9) + (-(-k // 512) + 4) * power_of_two(-52)


def share_of_bound(a, b, result):
    """The largest error of an entry, in units of what matmul's docstring allows it (k from 3 on)."""
    k, dtype = a.shape[1], np.result_type(a, b)
    a, b = a.astype(dtype), b.astype(dtype)
    exact, rows, columns = exact_product(a, b), sizes(a, 1), sizes(b, 0)
    largest = Fraction(0)
    for i, j in np.ndindex(result.shape):
        got = result[i, j]
        # Then the exact value, or its neighbourhood, is too large.
        if not np.isfinite(got):
            allowed = k * rows[i] * columns[j] * relative_bound(k, dtype)
            sign = 1 if got > 0 else -1
            assert nearest(exact[i][j] + sign * allowed, dtype) == got
            continue
        allowed = k * rows[i] * columns[j] * relative_bound(k, dtype)
        if dtype == np.float32 or abs(got) < np.finfo(dtype).tiny:
            allowed += half_a_unit(got)
        largest = max(largest, abs(Fraction(got.item()) - exact[i][j]) / allowed)
    return float(largest)


def on_grids(matrix, axis):
    """A matrix with each row (axis 1) or column (axis 0) rounded to its grid, as fractions.

    With ``2**e`` the smallest power of two above the line's largest magnitude, float32 keeps multiples of ``2**(e -
    22)``; float64 adds what is left, as multiples of ``2**(e - 44)``.
    """
    lines = fractions(matrix if axis == 1 else matrix.T)
    result = []
    for line, size in zip(lines, sizes(matrix, axis)):
        unit = power_of_two(exponent_above(size) - 22)
        rounded = [round(entry / unit) * unit for entry in line]
        if matrix.dtype == np.float64:
            fine = unit / 2**22
            rounded = [
                coarse + round((entry - coarse) / fine) * fine
                for entry, coarse in zip(line, rounded)
            ]
        result.append(rounded)
    return result
