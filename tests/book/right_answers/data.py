"""Right answers to the exercises of the chapter on data."""

from fractions import Fraction

import numpy as np


def shares_in_a_loop(counts):
    recall, precision = [], []
    for k in range(len(counts)):
        recall.append(counts[k, k] / sum(counts[k]))
        precision.append(counts[k, k] / sum(counts[:, k]))
    return recall, precision


def shares_of_the_whole(counts):
    shares = counts / counts.sum()
    right = np.einsum("kk->k", shares)
    return [right / shares.sum(1), right / shares.sum(0)]


def shares_by_transposing(counts):
    def along_rows(table):
        return (table / table.sum(axis=1, keepdims=True)).diagonal()

    return along_rows(counts), along_rows(counts.T)


def gaps_in_a_loop(X_train, X_new):
    results = X_train.copy(), X_new.copy()
    for k in range(X_train.shape[1]):
        column = X_train[:, k]
        mean = column[~np.isnan(column)].mean()
        for result in results:
            result[np.isnan(result[:, k]), k] = mean
    return results


def fill(X, means):
    rows, columns = np.nonzero(np.isnan(X))
    X = np.array(X)
    X[rows, columns] = means[columns]
    return X


def gaps_by_counting(X_train, X_new):
    known = ~np.isnan(X_train)
    means = np.nan_to_num(X_train).sum(axis=0) / known.sum(axis=0)
    return [fill(X, means) for X in (X_train, X_new)]


def gaps_by_adding(X_train, X_new):
    means = np.nanmean(X_train, axis=0)
    return [np.nan_to_num(X) + np.isnan(X) * means for X in (X_train, X_new)]


def windows_by_view(X, size, stride):
    return np.lib.stride_tricks.sliding_window_view(X, size, axis=1)[:, ::stride]


def windows_by_number(X, size, stride):
    n_windows = (X.shape[1] - size) // stride + 1
    places = stride * np.arange(n_windows)[:, None] + np.arange(size)
    return np.take(X, places, axis=1)


def windows_chosen(X, size, stride):
    everywhere = np.arange(X.shape[1] - size + 1)[:, None] + np.arange(size)
    return X[:, everywhere][:, ::stride]


def folded_by_scaling_rows(weights, biases, mean, deviation):
    scale = np.diag(1 / deviation)
    return scale @ weights, biases - mean @ scale @ weights


def folded_by_asking(weights, biases, mean, deviation):
    def layer(X):
        return (X - mean) / deviation @ weights + biases

    nothing = layer(np.zeros((1, len(mean))))
    return layer(np.eye(len(mean))) - nothing, nothing


def folded_in_a_loop(weights, biases, mean, deviation):
    new_weights, new_biases = np.array(weights), np.array(biases)
    for k in range(len(mean)):
        new_weights[k] = weights[k] / deviation[k]
        new_biases = new_biases - mean[k] * new_weights[k]
    return new_weights, new_biases


class PoolInALoop:
    def __init__(self, size):
        self.size = size

    def forward(self, inputs):
        self.inputs = inputs
        starts = range(0, inputs.shape[1], self.size)
        runs = [inputs[:, start : start + self.size] for start in starts]
        return np.stack([run.max(axis=1) for run in runs], axis=1)

    def backward(self, dvalues):
        self.dinputs = np.zeros(self.inputs.shape)
        for i, row in enumerate(self.inputs):
            for j, value in enumerate(dvalues[i]):
                start = j * self.size
                largest = start + row[start : start + self.size].argmax()
                self.dinputs[i, largest] = value
        return self.dinputs


class PoolByRepeating:
    def __init__(self, size):
        self.k = size

    def forward(self, inputs):
        n = len(inputs)
        self.output = np.max(np.reshape(inputs, (n, -1, self.k)), axis=-1)
        self.mask = np.repeat(self.output, self.k, axis=1) == inputs
        return self.output

    def backward(self, dvalues):
        self.dinputs = np.where(self.mask, np.repeat(dvalues, self.k, axis=1), 0)
        return self.dinputs


class PoolByPlaces:
    def __init__(self, size):
        self.size = size

    def forward(self, inputs):
        runs = inputs.reshape(-1, self.size)
        self.shape, self.places = inputs.shape, runs.argmax(axis=1)
        return runs[np.arange(len(runs)), self.places].reshape(len(inputs), -1)

    def backward(self, dvalues):
        gradient = np.zeros((len(self.places), self.size))
        gradient[np.arange(len(gradient)), self.places] = dvalues.ravel()
        self.dinputs = gradient.reshape(self.shape)
        return self.dinputs


RIGHT = {
    "data-parameters": [1216, 16 * 76.0, Fraction(2432, 2)],
    "data-recall": [shares_in_a_loop, shares_of_the_whole, shares_by_transposing],
    "data-gaps": [gaps_in_a_loop, gaps_by_counting, gaps_by_adding],
    "data-windows": [windows_by_view, windows_by_number, windows_chosen],
    "data-fold": [folded_by_scaling_rows, folded_by_asking, folded_in_a_loop],
    "data-pooling": [PoolInALoop, PoolByRepeating, PoolByPlaces],
}
