"""Wrong answers to the exercises of the chapter on equal numbers."""

import math

import numpy as np

from nnfs_lib.numerics import log


def plain_sum(numbers):
    total = np.float32(0)
    for number in numbers:
        total = total + number
    return total


def sum_with(correct, error_of=lambda total, new, number: (new - total) - number):
    """A compensated sum in which ``correct`` makes the next number of a number and the error so far."""

    def careful_sum(numbers):
        total = error = np.float32(0)
        for number in numbers:
            corrected = correct(number, error)
            new_total = total + corrected
            error = error_of(total, new_total, corrected)
            total = new_total
        return total

    return careful_sum


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def by_newton(x):
    m, k = np.frexp(x)
    y = m - 1
    for _ in range(40):
        y = y - 1 + m * np.exp(-y)
    return k * math.log(2) + y


def by_area(x):
    m, k = np.frexp(x)
    return k * math.log(2) + np.arcsinh((m - 1 / m) / 2)


def subtracted(number, error):
    return number - error


def neumaier_sum(numbers):
    total = correction = np.float32(0)
    for number in numbers:
        new = total + number
        if abs(total) >= abs(number):
            correction += (total - new) + number
        else:
            correction += (number - new) + total
        total = new
    return total + correction


def logarithm(n_terms=10, double=True, factor=2, exponent=1):
    def my_log(x):
        m, k = np.frexp(x)
        if double:
            low = m < math.sqrt(0.5)
            m, k = np.where(low, 2 * m, m), k - exponent * low
        s = (m - 1) / (m + 1)
        series = sum(s ** (2 * n) / (2 * n + 1) for n in range(n_terms))
        return k * math.log(2) + factor * s * series

    return my_log


def bits(n):
    return (n - 1).bit_length()


def comparison(margin, sign=1):
    """Two means compared, with ``margin`` to either side."""

    def compare(a, b):
        difference = sign * (np.mean(a) - np.mean(b))
        low, high = difference - margin(a, b), difference + margin(a, b)
        return low, high, 1 if low > 0 else -1 if high < 0 else 0

    return compare


def error(a, b):
    return np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))


def always_decided(a, b):
    low, high, _ = comparison(lambda a, b: 2 * error(a, b))(a, b)
    return low, high, np.sign(low + high)


def turned_round(a, b):
    low, high, verdict = comparison(lambda a, b: 2 * error(a, b))(a, b)
    return low, high, -verdict


WRONG = {
    "bits-three-digits": [
        ([101.2, 101.2], "three digits of each intermediate result"),
        ([101, 100], "the two orders are exchanged"),
        ([100, 100], "come together before"),
        ([100, 101.2], "before the last rounding"),
        ([101, 101], "only at the end"),
        ([103, 102], "this rounds up"),
        ([101.2, 101], "each 0.4 is rounded away"),
        ([100.4, 101.2], "100.4 has four"),
        ([100, 102], "one entry is wrong"),
        (100, "it is one number, expected an array of shape (2,)"),
    ],
    "bits-growth": [
        ((1e7 - 1) / 0.1, "growth by a tenth multiplies"),
        (math.log(1e7), "divide by that of one epoch"),
        (7, "to the base 10"),
        (math.log10(1e7) / math.log(1.1), "mind the base"),
        (math.log(1e7) / math.log10(1.1), "mind the base"),
        (math.log(1.1) / math.log(1e7), "upside down"),
        (161, "a little less than 0.1"),
        (math.log(1e7) / 1.1, "not by 1.1"),
        (math.log(1e8) / math.log(1.1), "the growth is 10**7"),
        (200, "too large"),
        (-169.1, "the opposite sign"),
    ],
    "bits-difference": [
        (
            comparison(lambda a, b: 2 * np.sqrt(a.var(ddof=1) + b.var(ddof=1))),
            "the uncertainty of a single run",
        ),
        (comparison(error), "two standard errors"),
        (
            comparison(
                lambda a, b: 2 * (error(a, a) + error(b, b)) / np.sqrt(2),
            ),
            "their squares do",
        ),
        (
            comparison(lambda a, b: 2 * np.sqrt(a.var() / len(a) + b.var() / len(b))),
            "unless you say ddof=1",
        ),
        (comparison(lambda a, b: 2 * error(a, b), sign=-1), "not the other way round"),
        (turned_round, "the verdict is the wrong way round"),
        (always_decided, "the interval contains 0"),
        (lambda a, b: a.mean() - b.mean(), "expected an array of shape (3,)"),
    ],
    "bits-grid": [
        (lambda n: 53 - bits(n), "twice the digits"),
        (lambda n: 26, "more digits than one"),
        (lambda n: (53 - int(math.log2(n))) // 2, "round the logarithm up"),
        (lambda n: (53 - n.bit_length()) // 2, "take (K - 1).bit_length()"),
        (lambda n: (53 - math.log2(n)) / 2, "a number of digits is whole"),
        (lambda n: (53 - bits(n)) / 2, "no half digit"),
        (lambda n: math.ceil((53 - bits(n)) / 2), "this rounds up"),
        (lambda n: (52 - bits(n)) // 2, "the first one included"),
        (lambda n: (24 - bits(n)) // 2, "float32 has 24 digits"),
        (lambda n: 53 // 2 - bits(n), "not for each factor"),
        (lambda n: (53 - math.log(n)) // 2, "it is 23, expected 22"),
        (22, "something else came"),
    ],
    "bits-same": [
        (
            lambda a, b: (
                a.dtype == b.dtype
                and a.shape == b.shape
                and bool((a.view(np.int64) == b.view(np.int64)).all())
            ),
            "it raises ValueError",
        ),
        (
            lambda a, b: (
                (a.dtype, len(a), a.tobytes()) == (b.dtype, len(b), b.tobytes())
            ),
            "expected False",
        ),
        (
            lambda a, b: [a.reshape(-1, 1), np.tile(b.reshape(-1, 1), 2)],
            "one of them for each entry",
        ),
        (
            lambda a, b: same_bits(a, b) and a.strides == b.strides,
            "it returns False, expected True",
        ),
        (
            lambda a, b: (
                (a.dtype, a.ndim, a.tobytes()) == (b.dtype, b.ndim, b.tobytes())
            ),
            "it returns True, expected False",
        ),
        (
            lambda a, b: (
                a.dtype == b.dtype
                and np.array_equal(a, b, equal_nan=True)
                and np.array_equal(np.signbit(a), np.signbit(b))
            ),
            "other bits than those of its sign",
        ),
        (np.array_equal, "two types can hold equal numbers"),
        (
            lambda a, b: a.shape == b.shape and np.allclose(a, b),
            "close is not the same",
        ),
        (
            lambda a, b: a.dtype == b.dtype and np.array_equal(a, b),
            "nan is not equal to itself",
        ),
        (
            lambda a, b: a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True),
            "more than one nan",
        ),
        (
            lambda a, b: a.dtype == b.dtype and a.tobytes() == b.tobytes(),
            "the shape belongs to it",
        ),
        (
            lambda a, b: a.shape == b.shape and a.tobytes() == b.tobytes(),
            "the type belongs to it",
        ),
        (lambda a, b: a.tobytes() == b.tobytes(), "shape and type belong to it"),
        (lambda a, b: a.dtype == b.dtype and a.shape == b.shape, "alone do not say"),
        (lambda a, b: a is b, "one and the same array"),
        (lambda a, b: False, "it returns False, expected True"),
        (lambda a, b: True, "it returns True, expected False"),
        (lambda a, b: a == b, "one of them for each entry"),
        (lambda a, b: "same", "it does not return True or False"),
    ],
    "bits-careful": [
        (plain_sum, "the small numbers are lost"),
        (sum_with(lambda number, error: number), "the small numbers are lost"),
        (
            sum_with(lambda number, error: number + error),
            "subtract it from the next number",
        ),
        (
            sum_with(subtracted, lambda total, new, number: number - (new - total)),
            "subtract it from the next number",
        ),
        (
            sum_with(subtracted, lambda total, new, number: (new - number) - total),
            "is taken away first",
        ),
        (math.fsum, "of float64"),
        (lambda x: x.astype(np.float64).sum(), "of float64"),
        (lambda x: np.float32(math.fsum(x)), "what Kahan's sum loses"),
        (
            lambda x: np.sum(x, dtype=np.float64).astype(np.float32),
            "what Kahan's sum loses",
        ),
        (np.sum, "in another order"),
        (neumaier_sum, "what Kahan's sum loses"),
        (lambda numbers: numbers, "expected one number"),
        (lambda numbers: -math.fsum(numbers), "the opposite sign"),
    ],
    "bits-log": [
        (np.log2, "to the base 2"),
        (np.log10, "to the base 10"),
        (lambda x: np.log(np.frexp(x)[0]), "add the exponent"),
        (lambda x: np.frexp(x)[1] * math.log(2), "add log m"),
        (lambda x: np.frexp(x)[1] + np.log(np.frexp(x)[0]), "multiplied by log 2"),
        (
            lambda x: np.log(x) - np.log(np.frexp(x)[0]) / 2,
            "its factor 2 is missing",
        ),
        (logarithm(factor=1), "its factor 2 is missing"),
        (logarithm(exponent=0), "has to fall by 1"),
        (logarithm(exponent=-1), "the exponent falls by 1"),
        (logarithm(5), "5 terms are not enough"),
        (logarithm(8, double=False), "without doubling the small m"),
        (logarithm(15, double=False, factor=1.9), "entries are wrong"),
        (lambda x: -np.log(x), "the opposite sign"),
        (
            lambda x: np.log(x).astype(np.float32),
            "it is 2.30258512, expected 2.30258509",
        ),
        (math.log, "it raises TypeError"),
        (np.log, "that is `log` itself"),
        (log, "that is `log` itself"),
        (lambda x: np.log(x), "it uses `log`"),
        (lambda x: 2 * np.arctanh((x - 1) / (x + 1)), "wrong"),
        (by_newton, "it uses `exp`"),
        (by_area, "it uses `arcsinh`"),
    ],
}
