"""What the answers of the chapter on data are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...validation import FloatArray, IntArray
from .answers import Answer, Function, Layer, Value
from .code import without_loop


def recall_and_precision(counts: IntArray) -> Any:
    """Of each class: the share of its samples that are found, and of its answers that are right."""
    right = np.diag(counts)
    return right / counts.sum(axis=1), right / counts.sum(axis=0)


def filled(X_train: FloatArray, X_new: FloatArray) -> Any:
    """Both, with the column means of the training samples in place of NaN."""
    return _filled_by(np.nanmean(X_train, axis=0))(X_train, X_new)


def _filled_by(values: Any) -> Callable[..., Any]:
    return lambda *arrays: tuple(np.where(np.isnan(X), values, X) for X in arrays)


def _each_by_itself(X_train: FloatArray, X_new: FloatArray) -> Any:
    pairs = ((X, np.nanmean(X, axis=0)) for X in (X_train, X_new))
    return tuple(np.where(np.isnan(X), mean, X) for X, mean in pairs)


def windows(X: FloatArray, size: int, stride: int) -> FloatArray:
    """All windows of each row, the first of them at its beginning."""
    starts = np.arange(0, X.shape[1] - size + 1, stride)
    return X[:, starts.reshape(-1, 1) + np.arange(size)]


def _through_starts(starts: Callable[[int, int, int], Any]) -> Callable[..., Any]:
    """The windows that begin elsewhere."""
    return lambda X, size, stride: X[
        :, np.reshape(starts(X.shape[1], size, stride), (-1, 1)) + np.arange(size)
    ]


def folded(
    weights: FloatArray, biases: FloatArray, mean: FloatArray, deviation: FloatArray
) -> Any:
    """Weights and biases for features that are not standardised."""
    new = weights / deviation.reshape(-1, 1)
    return new, biases - mean @ new


def _folds(
    weights: Callable[..., Any], biases: Callable[..., Any]
) -> Callable[..., Any]:
    """The same from the parts: functions of W, b, the mean, and the deviation as a column."""
    return lambda W, b, mean, deviation: tuple(
        part(W, b, mean, deviation.reshape(-1, 1)) for part in (weights, biases)
    )


def _over(W: FloatArray, b: FloatArray, m: FloatArray, s: FloatArray) -> FloatArray:
    return W / s


class MaxPool:
    """The largest of each run of ``size`` numbers."""

    def __init__(self, size: int) -> None:
        self.size = size

    def forward(self, inputs: FloatArray) -> FloatArray:
        self.runs = inputs.reshape(len(inputs), -1, self.size)
        self.output: FloatArray = self.runs.max(axis=2)
        return self.output

    def backward(self, dvalues: FloatArray) -> FloatArray:
        first = self.runs.argmax(axis=2)[:, :, np.newaxis] == np.arange(self.size)
        self.dinputs: FloatArray = (first * dvalues[:, :, np.newaxis]).reshape(
            len(dvalues), -1
        )
        return self.dinputs


class _Mean(MaxPool):
    def forward(self, inputs: FloatArray) -> FloatArray:
        return super().forward(inputs) * 0 + self.runs.mean(axis=2)


class _Smallest(MaxPool):
    def forward(self, inputs: FloatArray) -> FloatArray:
        return -super().forward(-inputs)


class _OfAll(MaxPool):
    def forward(self, inputs: FloatArray) -> FloatArray:
        return super().forward(inputs).max(axis=1, keepdims=True)


class _Apart(MaxPool):
    """Takes every k-th number in place of runs."""

    def forward(self, inputs: FloatArray) -> FloatArray:
        size = len(inputs), self.size, -1
        return super().forward(inputs) * 0 + inputs.reshape(size).max(axis=1)


class _ToAll(MaxPool):
    def backward(self, dvalues: FloatArray) -> FloatArray:
        return np.repeat(dvalues, self.size, axis=1)


class _Shared(MaxPool):
    def backward(self, dvalues: FloatArray) -> FloatArray:
        return np.repeat(dvalues, self.size, axis=1) / self.size


class _ToTheFirst(MaxPool):
    def backward(self, dvalues: FloatArray) -> FloatArray:
        spread = np.repeat(dvalues, self.size, axis=1)
        spread[:, np.arange(spread.shape[1]) % self.size > 0] = 0
        return spread


class _Multiplied(MaxPool):
    def backward(self, dvalues: FloatArray) -> FloatArray:
        return super().backward(dvalues * self.output)


_draws = np.random.RandomState(8)
_COUNTS = tuple(_draws.randint(1, 30, (n, n)) for n in (3, 2, 5))
_GAPS = _draws.random_sample((12, 3)) * [1, 20, 0.5] + [4, -3, 1]
_GAPS[_draws.random_sample((12, 3)) < 0.3] = np.nan
_FULL = _draws.random_sample((4, 3)) + 1
_LINES = _draws.random_sample((3, 11))
_WEIGHTS = 2 * _draws.random_sample((4, 3)) - 1
_FOLD = (
    _WEIGHTS,
    _draws.random_sample((1, 3)),
    _draws.random_sample(4) * 5 - 2,
    _draws.random_sample(4) + 0.3,
)

EXERCISES: dict[str, Answer] = {
    "data-parameters": Value(
        16 * (5 * 5 * 3 + 1),
        {
            "each neuron sees all three channels of its window": 16 * (5 * 5 + 1),
            "each neuron has a bias, too": 16 * 5 * 5 * 3,
            "every neuron has a bias of its own": 16 * 5 * 5 * 3 + 1,
            "a neuron has one bias, and not one for each channel": 16 * (5 * 5 + 1) * 3,
            "a window of an image has 5 times 5 places": 16 * (5 * 3 + 1),
            "that is one neuron: there are 16": 5 * 5 * 3 + 1,
            "the weights are shared: they do not count once for each window": 28
            * 28
            * 16
            * (5 * 5 * 3 + 1),
            "that is a dense layer, in which every output sees the whole image": (
                32 * 32 * 3 + 1
            )
            * 28
            * 28
            * 16,
            "that is the number of outputs, not of parameters": 28 * 28 * 16,
        },
        tolerance=1e-6,
    ),
    "data-recall": Function(
        recall_and_precision,
        tuple((counts,) for counts in _COUNTS),
        {
            "the two are exchanged: recall looks along a row, at all samples of the class": (
                lambda counts: recall_and_precision(counts)[::-1]
            ),
            "that is the recall twice": lambda counts: (
                (recall_and_precision(counts)[0],) * 2
            ),
            "that is the precision twice": lambda counts: (
                (recall_and_precision(counts)[1],) * 2
            ),
            "divide by the samples of the class, and not by all samples": lambda counts: (
                (np.diag(counts) / counts.sum(),) * 2
            ),
            "these are the counts: divide by the sums": lambda counts: (
                (np.diag(counts),) * 2
            ),
            "these are the shares of mistakes: take 1 minus them": lambda counts: tuple(
                1 - share for share in recall_and_precision(counts)
            ),
            "a row's sum belongs to its own diagonal entry: the sums of rows were taken for columns": (
                lambda counts: (
                    counts / counts.sum(axis=1, keepdims=True),
                    counts / counts.sum(axis=0),
                )
            ),
            "one number for each class is asked for, not their mean": lambda counts: (
                tuple(share.mean() for share in recall_and_precision(counts))
            ),
        },
    ),
    "data-gaps": Function(
        filled,
        (
            (_GAPS[:8], _GAPS[8:]),
            (_GAPS[4:], _GAPS[:4]),
            (_GAPS, _FULL),
            (_FULL, _GAPS),
        ),
        {
            "each set is filled from itself: use the means of the training samples": _each_by_itself,
            "the new samples leak into the means: take those of the training samples alone": (
                lambda X, new: _filled_by(np.nanmean(np.vstack([X, new]), axis=0))(
                    X, new
                )
            ),
            "the training samples are filled from the new ones: it is the other way round": (
                lambda X, new: _filled_by(np.nanmean(new, axis=0))(X, new)
            ),
            "each column has a mean of its own: axis=0": lambda X, new: _filled_by(
                np.nanmean(X)
            )(X, new),
            "0 is a value like any other, and may be far from all others": _filled_by(
                0
            ),
            "the mean is that of the values that are there: a gap is not a 0": (
                lambda X, new: _filled_by(np.nan_to_num(X).mean(axis=0))(X, new)
            ),
            "the mean was asked for, not the median": lambda X, new: _filled_by(
                np.nanmedian(X, axis=0)
            )(X, new),
            "the mean of numbers of which one is NaN is NaN: nanmean leaves it out": (
                lambda X, new: _filled_by(X.mean(axis=0))(X, new)
            ),
            "the new samples have gaps as well": lambda X, new: (
                filled(X, new)[0],
                new,
            ),
            "the values that are there stay as they are": lambda X, new: tuple(
                np.zeros_like(each) + np.nanmean(X, axis=0) for each in (X, new)
            ),
            "the two arrays are exchanged": lambda X, new: filled(X, new)[::-1],
        },
    ),
    "data-windows": Function(
        windows,
        (
            (_LINES, 3, 1),
            (_LINES, 4, 3),
            (_LINES[:2, :8], 2, 2),
            (_LINES[:1], 11, 5),
            (_LINES, 5, 2),
            (_LINES[:2, :9], 1, 3),
        ),
        {
            "the stride is not looked at": lambda X, size, stride: windows(X, size, 1),
            "the next window begins stride places further on, not size": (
                lambda X, size, stride: windows(X, size, size)
            ),
            "the last window is missing: it may begin at length - size": _through_starts(
                lambda length, size, stride: np.arange(0, length - size, stride)
            ),
            "the windows and the places in them are exchanged": lambda X, size, stride: (
                windows(X, size, stride).transpose(0, 2, 1)
            ),
            "the samples are to stay apart: the shape is (samples, windows, size)": (
                lambda X, size, stride: windows(X, size, stride).reshape(-1, size)
            ),
            "each window reads backwards": lambda X, size, stride: windows(
                X, size, stride
            )[:, :, ::-1],
            "the windows come in reverse order": lambda X, size, stride: windows(
                X, size, stride
            )[:, ::-1],
            "the stride is the step between windows, and not between the places in one": (
                lambda X, size, stride: X[
                    :,
                    np.arange(0, max(X.shape[1] - stride * (size - 1), 0), 1).reshape(
                        -1, 1
                    )
                    + stride * np.arange(size),
                ]
            ),
        },
        written=without_loop,
    ),
    "data-fold": Function(
        folded,
        (
            _FOLD,
            (_WEIGHTS[:2], _FOLD[1], _FOLD[2][:2], _FOLD[3][2:]),
            (_WEIGHTS[:3], _FOLD[1] * 2, _FOLD[2][1:], _FOLD[3][:3]),
        ),
        {
            "divide the weights by the deviation: the standardised features were divided by it": _folds(
                lambda W, b, m, s: W * s, lambda W, b, m, s: b - m @ (W * s)
            ),
            "the mean has to be taken off, too: the biases change": _folds(
                _over, lambda W, b, m, s: b
            ),
            "the mean is subtracted from the features: what it adds to the biases has a minus": _folds(
                _over, lambda W, b, m, s: b + m @ (W / s)
            ),
            "the mean is divided by the deviation as well: take the new weights for the biases": _folds(
                _over, lambda W, b, m, s: b - m @ W
            ),
            "the weights change, too: divide them by the deviation": _folds(
                lambda W, b, m, s: W, lambda W, b, m, s: b - m @ (W / s)
            ),
            "the biases are not divided: they meet no feature": _folds(
                _over, lambda W, b, m, s: (b - m @ W) / s.mean()
            ),
            "the old biases are still there: add them": _folds(
                _over, lambda W, b, m, s: -m.reshape(1, -1) @ (W / s)
            ),
            "divide by the deviation, not by its square": _folds(
                lambda W, b, m, s: W / s / s, lambda W, b, m, s: b - m @ (W / s / s)
            ),
            "weights first, then biases: the two are exchanged": lambda *given: folded(
                *given
            )[::-1],
        },
    ),
    "data-pooling": Layer(
        MaxPool,
        (
            ((2,), (2 * _draws.random_sample((3, 6)) - 1,)),
            ((3,), (2 * _draws.random_sample((2, 12)) - 1,)),
            ((4,), (-_draws.random_sample((5, 4)) - 1,)),
            ((1,), (2 * _draws.random_sample((2, 3)) - 1,)),
        ),
        {
            "that is the mean of each run: the largest is asked for": _Mean,
            "that is the smallest of each run": _Smallest,
            "that is the largest of the whole row: each run of size places has its own": _OfAll,
            "a run is made of neighbours: reshape to (samples, runs, size)": _Apart,
            "only the largest of a run moves the output: all others get 0": _ToAll,
            "the gradient is not shared out: all of it belongs to the largest": _Shared,
            "the gradient belongs to the largest of each run, not to its first place": _ToTheFirst,
            "the derivative of the output by the largest is 1, and not the output": _Multiplied,
        },
    ),
}
