"""Right answers to the exercises of the chapter on equal numbers."""

import math
import statistics
from fractions import Fraction

import numpy as np


def grid_bits_by_trial(n_terms):
    bits = 0
    while n_terms * 4 ** (bits + 1) <= 2**53:
        bits += 1
    return bits


def same_words(a, b):
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    words = f"u{a.itemsize}"
    return bool((a.view(words) == b.view(words)).all())


def kahan_with_plus(numbers):
    total = numbers[0]
    lost = 0.0
    for number in numbers[1:]:
        more = number + lost
        new = total + more
        lost = more - (new - total)
        total = new
    return total


def kahan_by_index(numbers):
    numbers = np.asarray(numbers, dtype=np.float32)
    s, c = np.float32(0), np.float32(0)
    for i in range(len(numbers)):
        y = numbers[i] - c
        t = s + y
        c = t - s - y
        s = t
    return float(s)


def kahan_with_arrays(numbers):
    state = np.zeros(2, dtype=np.float32)
    for number in numbers:
        corrected = number - state[1]
        total = state[0] + corrected
        state[:] = total, (total - state[0]) - corrected
    return state[0]


def log_of_terms(x):
    m, k = np.frexp(x)
    k = np.where(m < 0.7071, k - 1, k)
    m = x / 2.0**k
    s = (m - 1) / (m + 1)
    total, power = 0 * s, s
    for n in range(10):
        total = total + power / (2 * n + 1)
        power = power * s * s
    return 2 * total + k * math.log(2)


def log(x):
    results = []
    for number in x:
        m, k = math.frexp(number)
        if m * m < 0.5:
            m, k = 2 * m, k - 1
        s = (m - 1) / (m + 1)
        series = 0.0
        for n in reversed(range(12)):
            series = series * s**2 + 1 / (2 * n + 1)
        results.append(k * 0.6931471805599453 + 2 * s * series)
    return results


def log_with_many_terms(x):
    m, k = np.frexp(x)
    s = (m - 1) / (m + 1)
    odd = np.arange(1, 60, 2)
    terms = s[:, np.newaxis] ** odd / odd
    return k * np.log(2) + 2 * terms.sum(axis=1)


def compare_with_loops(a, b):
    means = [sum(losses) / len(losses) for losses in (a, b)]
    squares = 0
    for losses, mean in zip((a, b), means):
        squared = [(loss - mean) ** 2 for loss in losses]
        squares += sum(squared) / (len(losses) - 1) / len(losses)
    low = means[0] - means[1] - 2 * math.sqrt(squares)
    high = means[0] - means[1] + 2 * math.sqrt(squares)
    if low <= 0 <= high:
        return low, high, 0
    return low, high, -1 if means[0] < means[1] else 1


def compare_with_statistics(a, b):
    a, b = a.tolist(), b.tolist()
    square = statistics.variance(a) / len(a) + statistics.variance(b) / len(b)
    difference = statistics.mean(a) - statistics.mean(b)
    ends = [difference + sign * 2 * square**0.5 for sign in (-1, 1)]
    return np.array([*ends, (np.sign(ends[0]) + np.sign(ends[1])) / 2])


def compare_by_distance(a, b):
    difference = np.mean(a) - np.mean(b)
    errors = [np.std(losses, ddof=1) / np.sqrt(losses.size) for losses in (a, b)]
    margin = 2 * math.hypot(*errors)
    verdict = 0 if abs(difference) <= margin else np.sign(difference)
    return [difference - margin, difference + margin, verdict]


RIGHT = {
    "bits-three-digits": [
        (100, 101),
        np.array([100.0, 101.0]),
        [Fraction(100), np.float32(101)],
    ],
    "bits-growth": [169, 169.1, 170, np.float32(169.11), np.log(1e7) / np.log(1.1)],
    "bits-difference": [
        compare_with_loops,
        compare_with_statistics,
        compare_by_distance,
    ],
    "bits-grid": [
        grid_bits_by_trial,
        lambda n: (53 - math.ceil(math.log2(n))) // 2,
        lambda n: np.int64((53 - len(bin(2 * n - 2)[3:])) // 2),
    ],
    "bits-same": [
        same_words,
        lambda a, b: (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()),
        lambda a, b: np.bool_(
            str(a.dtype) == str(b.dtype)
            and a.shape == b.shape
            and bytes(a.copy().data) == bytes(b.copy().data)
        ),
    ],
    "bits-careful": [kahan_with_plus, kahan_by_index, kahan_with_arrays],
    "bits-log": [log_of_terms, log, lambda x: log(x), log_with_many_terms],
}
