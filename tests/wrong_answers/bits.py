"""Wrong answers to the exercises of the chapter on equal numbers."""

import math

import numpy as np


def plain_sum(numbers):
    total = np.float32(0)
    for number in numbers:
        total = total + number
    return total


def sum_with(correct):
    """A compensated sum in which ``correct`` makes the next number of a number and the error so far."""

    def careful_sum(numbers):
        total = error = np.float32(0)
        for number in numbers:
            corrected = correct(number, error)
            new_total = total + corrected
            error = (new_total - total) - corrected
            total = new_total
        return total

    return careful_sum


WRONG = {
    "bits-three-digits": [
        ([101.2, 101.2], "three digits of each intermediate result"),
        ([101, 100], "the two orders are exchanged"),
        ([100, 100], "come together before"),
        ([100, 101.2], "before the last rounding"),
        (100, "it is one number, expected an array of shape (2,)"),
    ],
    "bits-growth": [
        ((1e7 - 1) / 0.1, "growth by a tenth multiplies"),
        (math.log(1e7), "divide by that of one epoch"),
        (math.log10(1e7) / math.log(1.1), "mind the base"),
        (200, "too large"),
        (-169.1, "the opposite sign"),
    ],
    "bits-grid": [
        (lambda n: 53 - (n - 1).bit_length(), "twice the digits"),
        (lambda n: 26, "more digits than one"),
        (lambda n: (53 - int(math.log2(n))) // 2, "round the logarithm up"),
        (lambda n: (53 - math.log2(n)) / 2, "a number of digits is whole"),
        (lambda n: (53 - (n - 1).bit_length()) / 2, "expected 21"),
    ],
    "bits-same": [
        (np.array_equal, "two types can hold equal numbers"),
        (
            lambda a, b: a.shape == b.shape and np.allclose(a, b),
            "close is not the same",
        ),
        (
            lambda a, b: a.dtype == b.dtype and np.array_equal(a, b),
            "compare bits",
        ),
        (lambda a, b: a.tobytes() == b.tobytes(), "the shape belongs to it"),
        (lambda a, b: a == b, "one of them for each entry"),
    ],
    "bits-careful": [
        (plain_sum, "the small numbers are lost"),
        (sum_with(lambda number, error: number + error), "with its sign"),
        (sum_with(lambda number, error: number), "the small numbers are lost"),
        (lambda numbers: numbers, "expected one number"),
    ],
    "bits-log": [
        (np.log2, "to the base 2"),
        (lambda x: np.log(np.frexp(x)[0]), "add the exponent"),
        (
            lambda x: np.log(x) - np.log(np.frexp(x)[0]) / 2,
            "its factor 2 is missing",
        ),
        (lambda x: -np.log(x), "the opposite sign"),
        (lambda x: np.log(x).astype(np.float32), "entries are wrong"),
        (math.log, "it raises TypeError"),
    ],
}
