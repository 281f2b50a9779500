"""Wrong answers to the exercises of the chapter on many workers."""

import math

import numpy as np


def in_turn(gradients):
    total = np.zeros_like(gradients[0])
    for gradient in gradients:
        total = total + gradient
    return total


def dropping(gradients):
    while len(gradients) > 1:
        gradients = [
            gradients[k] + gradients[k + 1] for k in range(0, len(gradients) - 1, 2)
        ]
    return gradients[0]


def left_over_first(gradients):
    gradients = list(gradients)
    while len(gradients) > 1:
        start = [gradients.pop()] if len(gradients) % 2 else []
        gradients = start + [
            gradients[k] + gradients[k + 1] for k in range(0, len(gradients), 2)
        ]
    return gradients[0]


def halves(gradients):
    n = len(gradients)
    return (
        gradients[0]
        if n == 1
        else halves(gradients[: n // 2]) + halves(gradients[n // 2 :])
    )


def first_half_to_second(gradients):
    while len(gradients) > 1:
        half, odd = divmod(len(gradients), 2)
        rest = [gradients[-1]] if odd else []
        gradients = [gradients[k] + gradients[k + half] for k in range(half)] + rest
    return gradients[0]


def in_place(gradients):
    total = gradients[0]
    for gradient in gradients[1:]:
        total += gradient
    return total


def mean(gradients):
    while len(gradients) > 1:
        odd = gradients[len(gradients) // 2 * 2 :]
        gradients = [
            (a + b) / np.float32(2) for a, b in zip(gradients[::2], gradients[1::2])
        ] + odd
    return gradients[0]


def column_sums(
    largest=lambda p: np.abs(p).max(axis=0, initial=0), shift=40, how=np.rint
):
    def summed(parts):
        _, e = np.frexp(np.max([largest(part) for part in parts], axis=0))
        return sum(
            how(part.astype(np.float64) * 2.0 ** (shift - e))
            .astype(np.int64)
            .sum(axis=0)
            for part in parts
        )

    return summed


def own_grids(parts):
    total = 0
    for part in parts:
        _, e = np.frexp(np.abs(part).max(axis=0, initial=0))
        total = total + np.rint(np.ldexp(part.astype(float), 40 - e)).astype(
            np.int64
        ).sum(axis=0)
    return total


def rounded_late(parts):
    a = np.vstack(parts).astype(float)
    _, e = np.frexp(np.abs(a).max(axis=0))
    return np.rint(np.ldexp(a.sum(axis=0), 40 - e)).astype(np.int64)


def in_float32(parts):
    a = np.vstack(parts)
    _, e = np.frexp(np.abs(a).max(axis=0))
    return np.rint(np.ldexp(np.float64(a.sum(axis=0)), 40 - e)).astype(np.int64)


def by_logarithm(parts):
    with np.errstate(all="ignore"):
        a = np.vstack(parts)
        e = np.nan_to_num(np.ceil(np.log2(np.abs(a).max(axis=0))), neginf=0).astype(int)
        return np.rint(np.ldexp(a.astype(float), 40 - e)).astype(np.int64).sum(axis=0)


def grid_of_the_last(parts):
    for part in parts:
        _, e = np.frexp(np.abs(part).max(axis=0, initial=0))
    return sum(
        np.rint(np.ldexp(part.astype(float), 40 - e)).astype(np.int64).sum(axis=0)
        for part in parts
    )


def grid_of_the_first_on(parts):
    largest = np.abs(parts[0]).max(axis=0)
    for part in parts[1:]:
        if len(part):
            largest = np.maximum(largest, np.abs(part).max(axis=0))
    _, e = np.frexp(largest)
    together = np.concatenate(parts).astype(float)
    return np.rint(np.ldexp(together, 40 - e)).astype(np.int64).sum(axis=0)


WRONG = {
    "parallel-bytes": [
        ([870912, 5736, 1741824], "the biases are parameters"),
        ([870912, 5748, 1741824], "the biases are missing"),
        ([872232, 5736, 1744464], "has a column"),
        ([218058, 1437, 218058], "an int64 has 8"),
        ([872232, 5748, 872232], "an int64 has 8 bytes"),
        ([1744464, 5748, 1744464], "a float32 has 4"),
        ([872232, 11496, 1744464], "of 4 bytes"),
        ([872232, 1744464, 5748], "the maxima second"),
        ([6977856, 45984, 13955712], "those are bits"),
        (872232, "it is one number, expected an array of shape (3,)"),
    ],
    "parallel-optimum": [
        (
            [math.sqrt(800), 200 / math.sqrt(800) + 0.25 * (math.sqrt(800) - 1)],
            "2 (N - 1)",
        ),
        ([28, 200 / 28 + 27 / 4], "more than they save"),
        ([20, 10], "without the messages"),
        ([20, 9.5], "of the messages alone"),
        ([20, 20], "are 38, not 40"),
        ([200, 1], "more ranks are not always"),
        ([400, 200], "take the root"),
        ([19.5, 20], "first the number of ranks"),
        ([20, 10.25], "each of the 38 messages"),
        (20, "it is one number"),
    ],
    "parallel-combine": [
        (lambda g, n: np.nanmean(g, axis=0), "a part counts as much"),
        (lambda g, n: np.mean(g, axis=0), "that is the plain mean"),
        (
            lambda g, n: np.nansum(g * np.reshape(n, (-1, 1)), axis=0),
            "divide by the number",
        ),
        (lambda g, n: np.nansum(g, axis=0), "is a mean already"),
        (
            lambda g, n: (
                np.nansum(g * np.reshape(n, (-1, 1)), axis=0) / np.count_nonzero(n)
            ),
            "divide by that of all samples",
        ),
        (
            lambda g, n: (
                np.nansum([x / k for x, k in zip(g, n) if k], axis=0)
                / sum(1 / k for k in n if k)
            ),
            "upside down",
        ),
        (
            lambda g, n: np.average(g, axis=0, weights=n),
            "leave workers without samples out",
        ),
        (lambda g, n: g[0], "(Called with"),
        (lambda g, n: np.nan_to_num(g).sum() / np.sum(n), "it is one number"),
    ],
    "parallel-fit": [
        (lambda b, w: 2 ** (w - 1) // 2 ** (2 * b), "one too many"),
        (lambda b, w: 2 ** (w - 1 - 2 * b), "no integer of w bits"),
        (lambda b, w: (2**w - 1) // 2 ** (2 * b), "half of the integers"),
        (lambda b, w: (2 ** (w - 1) - 1) // 2**b, "twice the digits"),
        (lambda b, w: (2 ** (w - 1) - 1) / 2 ** (2 * b), "round down"),
        (lambda b, w: w - 1 - 2 * b, "that is the exponent"),
        (lambda b, w: 2.0 ** (w - 1 - 2 * b) - 1, "the answer is 0"),
        (lambda b, w: max((2 ** (w - 1) - 1) // 4**b - 1, 0), "one sample more fits"),
        (lambda b, w: 2**19 - 1, "(Called with 8, 32"),
        (lambda b, w: 2 ** (w - 1 - 2 * b) - 1 if 2 * b < w - 2 else 0, "(Called with"),
        (2**19 - 1, "something else came"),
    ],
    "parallel-rows": [
        (
            lambda n, size, k: (
                k * (n // size),
                n if k + 1 == size else (k + 1) * (n // size),
            ),
            "differ by one sample only",
        ),
        (
            lambda n, size, k: (k * (n // size), (k + 1) * (n // size)),
            "belongs to nobody",
        ),
        (
            lambda n, size, k: (math.ceil(n / size) * k, math.ceil(n / size) * (k + 1)),
            "rows that do not exist",
        ),
        (
            lambda n, size, k: (
                min(math.ceil(n / size) * k, n),
                min(math.ceil(n / size) * (k + 1), n),
            ),
            "this rounds up",
        ),
        (lambda n, size, k: (n * k // size, n * (k + 1) // size - 1), "after the last"),
        (
            lambda n, size, k: (n * k // size, n * (k + 1) // size - n * k // size),
            "not how many",
        ),
        (lambda n, size, k: (n * k / size, n * (k + 1) / size), "whole number"),
        (lambda n, size, k: (n * (k - 1) // size, n * k // size), "counted from 0"),
        (
            lambda n, size, k: (int(n / size * k), int(n / size * (k + 1))),
            "(Called with",
        ),
        (lambda n, size, k: (0, n), "rank 1 has the rows from 0 to 10, but"),
        (lambda n, size, k: n * k // size, "start and stop were expected, but 0 came"),
        (lambda n, size, k: slice(k, k + 1), "start and stop were expected, but slice"),
        (lambda n, size, k: (k, n, 1), "but (0, 10, 1) came for rank 0"),
        (lambda n, size, k: (n * k // size, None), "but (0, None) came for rank 0"),
        (
            lambda n, size, k: (
                (n * k // size, n * (k + 1) // size) if k + 1 < size else None
            ),
            "but None came for rank 3",
        ),
        (lambda n, size, k: (0.0, float("nan")), "two numbers were expected"),
        (
            lambda n, size, k: (n * k // size + 1, n * (k + 1) // size),
            "should start at 0",
        ),
        (lambda n, size, k: (n * k // size, n * (k + 1) // size + 1), "start at 3"),
        (lambda n, size, k: (k, n if k == size - 1 else k + 1), "one part has 1 rows"),
        (lambda n, size, k: (k, k + 1), "but the rows end at 10"),
        (
            lambda n, size, k: ((0, n), (n, 0), (0, n), (n, n))[k % 4],
            "before it starts",
        ),
        (
            lambda n, size, k: (n - n * k // size, n - n * (k + 1) // size),
            "(Called with",
        ),
    ],
    "parallel-tree": [
        (in_turn, "one after the other"),
        (dropping, "must not be dropped"),
        (left_over_first, "not to its start"),
        (halves, "in the middle"),
        (first_half_to_second, "adds neighbours"),
        (lambda g: sum(x.astype(float) for x in g).astype(np.float32), "more exact"),
        (in_place, "it changes"),
        (mean, "(Called with"),
        (lambda g: np.array(g).mean(axis=0), "(Called with"),
        (lambda g: in_turn(g[::-1]), "(Called with"),
    ],
    "parallel-columns": [
        (own_grids, "a grid of its own"),
        (grid_of_the_last, "not that of all parts"),
        (grid_of_the_first_on, "zero-size array"),
        (column_sums(lambda p: np.abs(p).max(initial=0)), "one grid for all"),
        (column_sums(lambda p: p.max(axis=0, initial=0)), "take np.abs first"),
        (column_sums(how=np.trunc), "cuts off"),
        (column_sums(how=np.floor), "this rounds down"),
        (column_sums(shift=22), "the unit is 2**(e - 40)"),
        (column_sums(shift=41), "half of it"),
        (by_logarithm, "is a power of two"),
        (rounded_late, "round each number"),
        (in_float32, "(Called with"),
        (lambda parts: column_sums()(parts).astype(float), "but they are floats"),
        (lambda parts: np.vstack(parts).sum(axis=0), "(Called with"),
    ],
}
