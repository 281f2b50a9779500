"""What the answers of the chapter on many workers are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from ...validation import FloatArray
from .answers import Answer, Function, Value


def combine(gradients: FloatArray, counts: Any) -> FloatArray:
    """The weighted mean of the parts' gradients; parts without samples are left out."""
    counts = np.asarray(counts)
    busy = counts > 0
    weights = counts[busy] / counts.sum()
    return (weights[:, np.newaxis] * gradients[busy]).sum(axis=0)


def _weighted(weights: Callable[[Any], Any]) -> Callable[[FloatArray, Any], FloatArray]:
    """A sum of the parts' gradients with other weights."""

    def combined(gradients: FloatArray, counts: Any) -> FloatArray:
        counts = np.asarray(counts)
        busy = counts > 0
        return (weights(counts[busy])[:, np.newaxis] * gradients[busy]).sum(axis=0)

    return combined


def samples_that_fit(grid_bits: int, integer_bits: int) -> int:
    """How many products of two grid numbers a signed integer can add up."""
    return (2 ** (integer_bits - 1) - 1) // 4**grid_bits


def rows(n_samples: int, n_ranks: int, rank: int) -> tuple[int, int]:
    """Where the rows of a rank start and stop."""
    return n_samples * rank // n_ranks, n_samples * (rank + 1) // n_ranks


def _partition(answer: Callable[..., Any]) -> Callable[[int, int], Any]:
    """What is wrong with the parts of all ranks, in words ("" if nothing): several ways to cut are right."""

    def problem(n_samples: int, n_ranks: int) -> Any:
        cuts = [answer(n_samples, n_ranks, rank) for rank in range(n_ranks)]
        if cuts[0] is None or cuts[0] is ...:
            return None
        for rank, cut in enumerate(cuts):
            if not isinstance(cut, (tuple, list, np.ndarray)) or len(cut) != 2:
                return f"start and stop were expected, but {cut!r} came for rank {rank}"
            if not all(isinstance(row, Real) and math.isfinite(row) for row in cut):
                return f"two numbers were expected, but {cut!r} came for rank {rank}"
        before = 0
        for rank, (start, stop) in enumerate(cuts):
            part = f"rank {rank} has the rows from {start} to {stop}"
            if start != round(start) or stop != round(stop):
                return f"a row is a whole number, but {part}"
            if start != before:
                return f"{part}, but it should start at {before}"
            if stop < start:
                return f"{part}: it stops before it starts"
            before = stop
        if before != n_samples:
            return f"the last rank stops at {before}, but the rows end at {n_samples}"
        sizes = [stop - start for start, stop in cuts]
        if max(sizes) - min(sizes) > 1:
            return f"one part has {min(sizes)} rows, and another {max(sizes)}: they may differ by one sample only"
        return ""

    return problem


def tree_sum(gradients: list[FloatArray]) -> FloatArray:
    """Neighbours added, and the sums of neighbours; one that is left over goes on as it is."""
    while len(gradients) > 1:
        left_over = gradients[len(gradients) // 2 * 2 :]
        pairs = zip(gradients[::2], gradients[1::2])
        gradients = [a + b for a, b in pairs] + left_over
    return gradients[0]


def _in_turn(gradients: list[FloatArray]) -> FloatArray:
    first, *others = gradients
    for other in others:
        first = first + other
    return first


def _halves(gradients: list[FloatArray]) -> FloatArray:
    """A tree that cuts the list in the middle."""
    if len(gradients) == 1:
        return gradients[0]
    middle = len(gradients) // 2
    return _halves(gradients[:middle]) + _halves(gradients[middle:])


def _left_over_first(gradients: list[FloatArray]) -> FloatArray:
    """A tree in which the one that is left over is put before the others."""
    while len(gradients) > 1:
        left_over = gradients[len(gradients) // 2 * 2 :]
        pairs = zip(gradients[::2], gradients[1::2])
        gradients = left_over + [a + b for a, b in pairs]
    return gradients[0]


def _dropping(gradients: list[FloatArray]) -> FloatArray:
    while len(gradients) > 1:
        gradients = [a + b for a, b in zip(gradients[::2], gradients[1::2])]
    return gradients[0]


def _far_apart(gradients: list[FloatArray]) -> FloatArray:
    """A tree that adds the first half to the second."""
    while len(gradients) > 1:
        half = len(gradients) // 2
        pairs = zip(gradients[:half], gradients[half : 2 * half])
        gradients = [a + b for a, b in pairs] + gradients[2 * half :]
    return gradients[0]


def _exactly(gradients: list[FloatArray]) -> FloatArray:
    return np.sum(np.array(gradients, dtype=np.float64), axis=0).astype(np.float32)


def column_sums(parts: list[FloatArray]) -> Any:
    """Column sums of all parts, in units of a grid that they share."""
    return _column_sums()(parts)


def _column_sums(
    largest: Callable[[FloatArray], Any] = lambda part: np.abs(part).max(0, initial=0),
    *,
    own: bool = False,
    round_to: Callable[[Any], Any] = np.rint,
    bits: int = 40,
    exponent: Callable[[Any], Any] = lambda power: np.frexp(power)[1],
    precision: Any = np.float64,
) -> Callable[[list[FloatArray]], Any]:
    """The sums of the exercise, with a part of it changed."""

    def summed(parts: list[FloatArray]) -> Any:
        shared = exponent(np.maximum.reduce([largest(part) for part in parts]))
        total = np.zeros(parts[0].shape[1], dtype=np.int64)
        for part in parts:
            e = exponent(largest(part)) if own else shared
            units = round_to(np.ldexp(part.astype(precision), bits - e))
            total += units.astype(np.int64).sum(axis=0)
        return total

    return summed


def _of_the_last(parts: list[FloatArray]) -> Any:
    """The sums on the grid of the last part, which forgets the others."""
    _, e = np.frexp(np.abs(parts[-1]).max(axis=0, initial=0))
    together = np.concatenate(parts).astype(np.float64)
    return np.rint(np.ldexp(together, 40 - e)).astype(np.int64).sum(axis=0)


def _rounded_late(parts: list[FloatArray]) -> Any:
    """The sums, rounded to the grid after they have been added."""
    together = np.concatenate(parts).astype(np.float64)
    _, e = np.frexp(np.abs(together).max(axis=0, initial=0))
    return np.rint(np.ldexp(together.sum(axis=0), 40 - e)).astype(np.int64)


def _in_integers(answer: Callable[..., Any]) -> str:
    """An objection to sums that are floats ("" if they are integers)."""
    if np.asarray(answer([_columns.copy()])).dtype.kind in "iu":
        return ""
    return "the numbers are right, but they are floats, whose sums round above 2**53: make them int64, then add"


def _exponent_below(power: Any) -> Any:
    """The exponent of a power of two that is not below the largest: its own, where it is one."""
    fraction, e = np.frexp(power)
    return np.where(fraction == 0.5, e - 1, e)


_draws = np.random.RandomState(31)
_gradients = _draws.standard_normal((4, 5))
_with_nan = _gradients.copy()
_with_nan[2] = np.nan
_floats = [
    (_draws.standard_normal(64) * 10.0 ** _draws.randint(-3, 4, 64)).astype(np.float32)
    for _ in range(11)
]
_single = [np.array([x], np.float32) for x in (1, 1e8, 1, -1e8, 3)]
_columns = (_draws.standard_normal((40, 4)) * [1, 1e-3, 1e4, 0]).astype(np.float32)
_columns[3] *= np.float32(-50)
_tiny = ((_draws.standard_normal((60, 2)) + 0.5) * 2.0**-39).astype(np.float32)
_tiny[7] = 1, -3

EXERCISES: dict[str, Answer] = {
    "parallel-bytes": Value(
        [872_232, 5_748, 1_744_464],
        {
            "the biases are parameters, too": [870_912, 5_736, 1_741_824],
            "each layer has (m + 1) p parameters: the biases are missing": [
                *[870_912, 5_748, 1_741_824]
            ],
            "the input that is always 1 has a column, and so a maximum": [
                *[872_232, 5_736, 1_744_464]
            ],
            "those are numbers; a float32 has 4 bytes, an int64 has 8": [
                *[218_058, 1_437, 218_058]
            ],
            "an int64 has 8 bytes, and a float32 has 4": [872_232, 5_748, 872_232],
            "a float32 has 4 bytes": [1_744_464, 5_748, 1_744_464],
            "the maxima are float32, of 4 bytes": [872_232, 11_496, 1_744_464],
            "the sums come first and last, the maxima second": [
                *[872_232, 1_744_464, 5_748]
            ],
            "those are bits": [6_977_856, 45_984, 13_955_712],
        },
        tolerance=1e-8,
    ),
    "parallel-optimum": Value(
        [20, 19.5],
        {
            "count 2 (N - 1) messages, not N - 1": [
                *[np.sqrt(800), 200 / np.sqrt(800) + 0.25 * (np.sqrt(800) - 1)]
            ],
            "with 28 ranks the messages take more than they save: there are 2 (N - 1)": [
                *[28, 200 / 28 + 27 * 0.25]
            ],
            "that is the time without the messages": [20, 10],
            "that is the time of the messages alone": [20, 9.5],
            "2 (N - 1) messages are 38, not 40": [20, 20],
            "the messages take time, too: more ranks are not always faster": [200, 1],
            "take the root": [400, 200 / 400 + 2 * 399 * 0.25],
            "first the number of ranks, then the time": [19.5, 20],
            "each of the 38 messages takes 0.25 ms, not all of them together": [
                *[20, 10.25]
            ],
        },
        tolerance=1e-3,
    ),
    "parallel-combine": Function(
        combine,
        (
            (_gradients, [1, 2, 3, 4]),
            (_with_nan, [5, 1, 0, 2]),
            (_gradients[:1], [7]),
            (_gradients[:2], [3, 1]),
            (_with_nan[1:], np.array([2, 0, 9])),
        ),
        {
            "that is the plain mean: a part counts as much as it has samples": (
                _weighted(lambda counts: np.ones(len(counts)) / len(counts))
            ),
            "that is the plain mean, and workers without samples are in it: a part counts as much as it has samples": (
                lambda gradients, counts: gradients.mean(axis=0)
            ),
            "that is the sum: divide by the number of samples": _weighted(
                lambda counts: counts
            ),
            "that is a sum, too large by far: each gradient is a mean already": _weighted(
                lambda counts: np.ones(len(counts))
            ),
            "this divides by the number of workers; divide by that of all samples": (
                _weighted(lambda counts: counts / len(counts))
            ),
            "the weights are upside down: a large part counts more": _weighted(
                lambda counts: (1 / counts) / (1 / counts).sum()
            ),
            "0 times nan is nan: leave workers without samples out": (
                lambda gradients, counts: (
                    (np.asarray(counts) / np.sum(counts))[:, np.newaxis] * gradients
                ).sum(axis=0)
            ),
        },
    ),
    "parallel-fit": Function(
        samples_that_fit,
        (
            *((22, 64), (8, 32), (7, 16), (8, 16), (20, 64), (1, 4), (11, 32)),
            *((0, 8), (3, 8), (4, 8), (31, 64), (32, 64), (15, 32), (16, 32)),
        ),
        {
            "one too many: 2**(w - 1) itself is no integer of w bits": lambda b, w: (
                2 ** (w - 1) // 4**b
            ),
            "one too many: with that many samples a sum can be 2**(w - 1), which is no integer of w bits": (
                lambda b, w: 2.0 ** (w - 1 - 2 * b)
            ),
            "half of the integers are negative: the largest is 2**(w - 1) - 1": (
                lambda b, w: (2**w - 1) // 4**b
            ),
            "a product has twice the digits of its factors": lambda b, w: (
                (2 ** (w - 1) - 1) // 2**b
            ),
            "a number of samples is whole: round down": lambda b, w: (
                (2 ** (w - 1) - 1) / 4**b
            ),
            "that is the exponent; the number of samples is a power of two, less one": (
                lambda b, w: w - 1 - 2 * b
            ),
            "where not even one product fits, the answer is 0": lambda b, w: (
                2.0 ** (w - 1 - 2 * b) - 1
            ),
            "one sample more fits; only the power of two itself does not": lambda b, w: (
                max(0, (2 ** (w - 1) - 1) // 4**b - 1)
            ),
        },
        tolerance=1e-12,
    ),
    "parallel-rows": Function(
        _partition(rows),
        (
            *((10, 4), (300, 3), (300, 7), (2, 5), (0, 3), (1, 1), (100, 64)),
            *((1, 49), (7, 8), (8, 7), (10**6 + 3, 17)),
        ),
        {
            "the last rank gets all that is left over: parts may differ by one sample only": (
                _partition(
                    lambda n, size, k: (
                        n // size * k,
                        n if k == size - 1 else n // size * (k + 1),
                    )
                )
            ),
            "what is left over belongs to nobody": _partition(
                lambda n, size, k: (n // size * k, n // size * (k + 1))
            ),
            "this rounds up, so the last ranks have little or nothing, or rows that do not exist": (
                _partition(
                    lambda n, size, k: (-(-n // size) * k, -(-n // size) * (k + 1))
                )
            ),
            "this rounds up, and the last rank has to do with what is left": _partition(
                lambda n, size, k: (
                    min(n, -(-n // size) * k),
                    min(n, -(-n // size) * (k + 1)),
                )
            ),
            "stop is the row after the last, as in a slice": _partition(
                lambda n, size, k: (n * k // size, n * (k + 1) // size - 1)
            ),
            "return where the rows stop, not how many they are": _partition(
                lambda n, size, k: (
                    n * k // size,
                    n * (k + 1) // size - n * k // size,
                )
            ),
            "a row is a whole number: round down": _partition(
                lambda n, size, k: (n * k / size, n * (k + 1) / size)
            ),
            "ranks are counted from 0": _partition(
                lambda n, size, k: (n * (k - 1) // size, n * k // size)
            ),
        },
        through=_partition,
        tolerance=1e-12,
    ),
    "parallel-tree": Function(
        tree_sum,
        (
            (_floats[:4],),
            (_floats[:5],),
            (_floats[:1],),
            (_floats[:3],),
            (_floats[:6],),
            (_floats[:7],),
            (_floats,),
            (_single,),
            (_single[1:],),
        ),
        {
            "that is one after the other, not a tree": _in_turn,
            "one is left over where their number is odd, and must not be dropped": _dropping,
            "the one that is left over goes to the end of the next round, not to its start": _left_over_first,
            "this cuts the list in the middle; the exercise adds 0 and 1, 2 and 3, and so on": _halves,
            "this adds the first half to the second; the exercise adds neighbours": _far_apart,
            "this is more exact than a float32 tree can be: add in float32, in the tree's order": _exactly,
            "that is the mean, not the sum": lambda gradients: (
                tree_sum(gradients) / np.float32(len(gradients))
            ),
        },
        tolerance=1e-9,
    ),
    "parallel-columns": Function(
        column_sums,
        (
            ([_columns],),
            ([_columns[:1], _columns[1:]],),
            ([_columns[20:], _columns[:0], _columns[:20]],),
            ([_tiny[:7], _tiny[7:]],),
            ([_tiny],),
            ([np.array([[-4.0]], np.float32), np.array([[1], [3]], np.float32)],),
            ([np.array([[8.0]], np.float32), np.array([[1], [2.5]], np.float32)],),
            ([_columns[:0], _columns[:9], _columns[9:], _columns[:0]],),
        ),
        {
            "each part has a grid of its own, so their units differ: take the maxima over all parts first": (
                _column_sums(own=True)
            ),
            "the maximum of the last part is not that of all parts": _of_the_last,
            "one grid for all columns: take the largest magnitude of each column": (
                _column_sums(lambda part: np.abs(part).max(initial=0))
            ),
            "the largest number need not have the largest magnitude: take np.abs first": (
                _column_sums(lambda part: part.max(0, initial=0))
            ),
            "this cuts off what is behind the point; round to the nearest": _column_sums(
                round_to=np.trunc
            ),
            "this rounds down; round to the nearest": _column_sums(round_to=np.floor),
            "the unit is 2**(e - 40)": _column_sums(bits=22),
            "the unit is 2**(e - 40); this one is half of it": _column_sums(bits=41),
            "2**e is above the largest magnitude, also where that is a power of two": (
                _column_sums(exponent=_exponent_below)
            ),
            "round each number before you add: this rounds the sum": _rounded_late,
        },
        tolerance=1e-14,
        written=_in_integers,
    ),
}
