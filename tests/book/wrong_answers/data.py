"""Wrong answers to the exercises of the chapter on data."""

import numpy as np


def shares(recall, precision=None):
    """A pair of shares, each a function of the counts."""
    return lambda counts: (recall(counts), (precision or recall)(counts))


def by_row(counts):
    return counts.diagonal() / counts.sum(axis=1)


def by_column(counts):
    return counts.diagonal() / counts.sum(axis=0)


def forgets_to_copy(X_train, X_new):
    means = np.nanmean(X_train, axis=0)
    for X in (X_train, X_new):
        X[:] = np.where(np.isnan(X), means, X)
    return X_train, X_new


def fills(value, arrays=lambda *both: both):
    """Both arrays, with what a function of them gives in place of NaN."""

    def filled(X_train, X_new):
        values = value(X_train, X_new)
        both = (X_train, X_new)
        return arrays(*(np.where(np.isnan(X), values, X) for X in both))

    return filled


def each_by_itself(X_train, X_new):
    both = (X_train, X_new)
    return tuple(np.where(np.isnan(X), np.nanmean(X, axis=0), X) for X in both)


def all_become_the_mean(X_train, X_new):
    means = np.nanmean(X_train, axis=0)
    return tuple(np.tile(means, (len(X), 1)) for X in (X_train, X_new))


def new_untouched(X_train, X_new):
    return np.where(np.isnan(X_train), np.nanmean(X_train, axis=0), X_train), X_new


def drops_them(X_train, X_new):
    return tuple(X[~np.isnan(X).any(axis=1)] for X in (X_train, X_new))


def in_a_loop(X, size, stride):
    starts = range(0, X.shape[1] - size + 1, stride)
    return np.stack([X[:, start : start + size] for start in starts], axis=1)


def in_a_recursion(X, size, stride):
    def windows(start):
        if start > X.shape[1] - size:
            return []
        return [X[:, start : start + size], *windows(start + stride)]

    return np.stack(windows(0), axis=1)


def view(X, size, stride):
    return np.lib.stride_tricks.sliding_window_view(X, size, axis=1)[:, ::stride]


def as_starts(starts):
    """The windows that begin at these places."""
    return lambda X, size, stride: X[
        :, starts(X.shape[1], size, stride)[:, None] + np.arange(size)
    ]


def spread_places(X, size, stride):
    starts = np.arange(max(X.shape[1] - stride * (size - 1), 0))
    return X[:, starts[:, None] + stride * np.arange(size)]


def folds(weights, biases):
    """New weights and biases, as functions of the old ones, the mean and the deviation."""
    return lambda W, b, m, s: (
        weights(W, b, m, s[:, None]),
        biases(W, b, m, s[:, None]),
    )


def right_weights(W, b, m, s):
    return W / s


def right_biases(W, b, m, s):
    return b - m @ (W / s)


class Pool:
    def __init__(self, size):
        self.size = size

    def forward(self, inputs):
        self.inputs = inputs
        self.runs = inputs.reshape(len(inputs), -1, self.size)
        return self.runs.max(axis=2)

    def backward(self, dvalues):
        largest = self.runs == self.runs.max(axis=2, keepdims=True)
        self.dinputs = (largest * dvalues[:, :, None]).reshape(self.inputs.shape)
        return self.dinputs


class PoolMean(Pool):
    def forward(self, inputs):
        super().forward(inputs)
        return self.runs.mean(axis=2)


class PoolSmallest(Pool):
    def forward(self, inputs):
        super().forward(inputs)
        return self.runs.min(axis=2)


class PoolAll(Pool):
    def forward(self, inputs):
        super().forward(inputs)
        return inputs.max(axis=1, keepdims=True)


class PoolApart(Pool):
    def forward(self, inputs):
        super().forward(inputs)
        return inputs.reshape(len(inputs), self.size, -1).max(axis=1)


class PoolToAll(Pool):
    def backward(self, dvalues):
        self.dinputs = np.repeat(dvalues, self.size, axis=1)
        return self.dinputs


class PoolShared(Pool):
    def backward(self, dvalues):
        self.dinputs = np.repeat(dvalues / self.size, self.size, axis=1)
        return self.dinputs


class PoolFirst(Pool):
    def backward(self, dvalues):
        self.dinputs = np.zeros(self.inputs.shape)
        self.dinputs[:, :: self.size] = dvalues
        return self.dinputs


class PoolMultiplied(Pool):
    def backward(self, dvalues):
        return super().backward(dvalues * self.runs.max(axis=2))


class PoolForgets(Pool):
    def backward(self, dvalues):
        super().backward(dvalues)


class PoolOnlyForward:
    def __init__(self, size):
        self.size = size

    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1, self.size).max(axis=2)


class PoolUnshaped(Pool):
    def backward(self, dvalues):
        largest = self.runs == self.runs.max(axis=2, keepdims=True)
        self.dinputs = largest * dvalues[:, :, None]
        return self.dinputs


WRONG = {
    "data-parameters": [
        (416, "all three channels"),
        (1200, "has a bias, too"),
        (1201, "a bias of its own"),
        (1248, "not one for each channel"),
        (256, "5 times 5 places"),
        (76, "there are 16"),
        (953_344, "once for each window"),
        (38_547_712, "that is a dense layer"),
        (12_544, "the number of outputs"),
        (1217, "it is too large"),
        ("1216", "leave out the quotes"),
    ],
    "data-recall": [
        (shares(by_column, by_row), "exchanged"),
        (shares(by_row), "that is the recall twice"),
        (shares(by_column), "that is the precision twice"),
        (shares(lambda counts: np.diag(counts) / counts.sum()), "not by all samples"),
        (shares(np.diag), "these are the counts"),
        (
            shares(lambda c: 1 - by_row(c), lambda c: 1 - by_column(c)),
            "the shares of mistakes",
        ),
        (
            shares(lambda c: c / c.sum(axis=1, keepdims=True), lambda c: c / c.sum(0)),
            "own diagonal entry",
        ),
        (
            shares(lambda c: by_row(c).mean(), lambda c: by_column(c).mean()),
            "one number for each class",
        ),
        (by_row, "2 results were expected"),
    ],
    "data-gaps": [
        (each_by_itself, "each set is filled from itself"),
        (
            fills(lambda *both: np.nanmean(np.concatenate(both), axis=0)),
            "leak into the means",
        ),
        (fills(lambda X, new: np.nanmean(new, axis=0)), "the other way round"),
        (fills(lambda X, new: np.nanmean(X)), "a mean of its own"),
        (fills(lambda X, new: 0.0), "0 is a value like any other"),
        (
            fills(lambda X, new: np.nansum(X, axis=0) / len(X)),
            "a gap is not a 0",
        ),
        (fills(lambda X, new: np.nanmedian(X, axis=0)), "not the median"),
        (fills(lambda X, new: X.mean(axis=0)), "nanmean leaves it out"),
        (new_untouched, "the new samples have gaps as well"),
        (all_become_the_mean, "stay as they are"),
        (
            fills(lambda X, new: np.nanmean(X, axis=0), lambda X, new: (new, X)),
            "exchanged",
        ),
        (drops_them, "shape"),
        (forgets_to_copy, "it changes the array"),
    ],
    "data-windows": [
        (in_a_loop, "there is a loop in it"),
        (in_a_recursion, "there is a loop in it"),
        (lambda X, size, stride: view(X, size, 1), "the stride is not looked at"),
        (lambda X, size, stride: view(X, size, size), "not size"),
        (
            as_starts(lambda n, size, stride: np.arange(0, n - size, stride)),
            "the last window is missing",
        ),
        (lambda *given: np.swapaxes(view(*given), 1, 2), "are exchanged"),
        (lambda X, *given: np.vstack(view(X, *given)), "to stay apart"),
        (lambda *given: view(*given)[..., ::-1], "reads backwards"),
        (lambda *given: np.flip(view(*given), axis=1), "in reverse order"),
        (spread_places, "not between the places"),
        (
            as_starts(lambda n, size, stride: np.arange(0, n, stride)),
            "it raises IndexError",
        ),
    ],
    "data-fold": [
        (
            folds(lambda W, b, m, s: W * s, lambda W, b, m, s: b - m @ (W * s)),
            "divide the weights",
        ),
        (folds(right_weights, lambda W, b, m, s: b), "the mean has to be taken off"),
        (
            folds(right_weights, lambda W, b, m, s: b + m @ (W / s)),
            "has a minus",
        ),
        (
            folds(right_weights, lambda W, b, m, s: b - m @ W),
            "take the new weights",
        ),
        (folds(lambda W, b, m, s: W, right_biases), "the weights change, too"),
        (
            folds(right_weights, lambda W, b, m, s: (b - m @ W) / s.mean()),
            "they meet no feature",
        ),
        (
            folds(right_weights, lambda W, b, m, s: -(m[None] @ (W / s))),
            "the old biases are still there",
        ),
        (
            folds(lambda W, b, m, s: W / s**2, lambda W, b, m, s: b - m @ (W / s**2)),
            "not by its square",
        ),
        (folds(right_biases, right_weights), "the two are exchanged"),
        (lambda W, b, m, s: (W / s, b), "it raises ValueError"),
        (folds(right_weights, lambda W, b, m, s: b - m @ (W / s) + 1), "Called with"),
    ],
    "data-pooling": [
        (PoolMean, "the mean of each run"),
        (PoolSmallest, "the smallest of each run"),
        (PoolAll, "the largest of the whole row"),
        (PoolApart, "made of neighbours"),
        (PoolToAll, "all others get 0"),
        (PoolShared, "is not shared out"),
        (PoolFirst, "not to its first place"),
        (PoolMultiplied, "and not the output"),
        (PoolForgets, "return"),
        (PoolOnlyForward, "no method backward"),
        (PoolUnshaped, "shape"),
        (Pool(2), "an object came"),
    ],
}
