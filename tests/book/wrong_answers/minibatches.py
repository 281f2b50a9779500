"""Wrong answers to the exercises of the chapter on mini-batches."""

import math

import numpy as np


def scale_with(size, onward=None, through=lambda scores: np.maximum(0, scores)):
    def scaled(weights, inputs):
        result = []
        for matrix in weights:
            scores = inputs @ matrix
            result.append(matrix / size(scores))
            passed = through(scores)
            inputs = onward(passed) if onward else passed / size(scores)
        return np.array(result)

    return scaled


def column_by_column(gradients, n):
    if gradients.shape[1] == 0:
        return np.zeros(0)
    first = gradients[:, 0].std(ddof=1) * np.sqrt(1 / n - 1 / len(gradients))
    return np.append(first, column_by_column(gradients[:, 1:], n))


def rms(values):
    return np.sqrt((values**2).mean())


def passed_rms(scores):
    return rms(np.maximum(0, scores))


def scaled_in_place(weights, inputs):
    for number in range(len(weights)):
        weights[number] /= passed_rms(inputs @ weights[number])
        inputs = np.maximum(0, inputs @ weights[number])
    return weights


def only_the_last(weights, inputs):
    weights = weights.copy()
    for matrix in weights:
        inputs = np.maximum(0, inputs @ matrix)
    weights[-1] /= rms(inputs)
    return weights


def looped(gradients, batch_size):
    factor = 1 / batch_size - 1 / len(gradients)
    return [np.sqrt(column.var(ddof=1) * factor) for column in gradients.T]


WRONG = {
    "minibatches-steps": [
        (lambda n, b: (n // b, n - (math.ceil(n / b) - 1) * b), "rounded down"),
        (lambda n, b: (n // b + 1, (n - 1) % b + 1), "no further step"),
        (lambda n, b: (math.ceil(n / b), n % b), "not an empty one"),
        (lambda n, b: (n // b, b), "left over lost"),
        (divmod, "the remainder needs a step"),
        (lambda n, b: (math.ceil(n / b), b), "only if nothing is left over"),
        (lambda n, b: (round(n / b), (n - 1) % b + 1), "not to the nearest"),
        (lambda n, b: ((n - 1) % b + 1, math.ceil(n / b)), "comes first"),
        (lambda n, b: (n / b, (n - 1) % b + 1), "whole: round up"),
        (lambda n, b: math.ceil(n / b), "2 results were expected"),
        (lambda n, b: (n // b + 1, n % b), "result 1 of 2"),
        (
            lambda n, b: (math.ceil(n / b), b, n % b),
            "2 results were expected, but 3 came",
        ),
        (5, "something else came"),
    ],
    "minibatches-price": [
        (60, "the root of n"),
        (34.6, "not its root"),
        (2.22, "upside down"),
        (6.67, "the factor has to be squared"),
        (9, "multiply it by its size"),
        (3, "it has to be squared"),
        (160, "are to be added"),
        (540, "not to a higher power"),
        (1000, "too large"),
        (-180, "the opposite sign"),
        ([180, 60], "shape"),
    ],
    "minibatches-accumulate": [
        (lambda g, n: g.mean(axis=0), "more weight"),
        (lambda g, n: g.sum(axis=0), "the sum over the pieces' means"),
        (lambda g, n: (g * n[:, None, None]).sum(0), "divide it by their number"),
        (lambda g, n: (g * n[:, None, None]).mean(0), "not by that of pieces"),
        (lambda g, n: (g * n[:, None, None]).sum(0) / n.max(), "once"),
        (lambda g, n: (g / n[:, None, None]).sum(0), "are means already"),
        (lambda g, n: np.average(g, axis=0, weights=1 / n), "count more, not less"),
        (lambda g, n: np.average(g, axis=0, weights=n * n), "squares of their sizes"),
        (lambda g, n: g[-1], "the last piece alone"),
        (lambda g, n: g * n[:, None, None] / n.sum(), "their axis is still there"),
        (lambda g, n: (g * n).sum(axis=0) / n.sum(), "raises ValueError"),
        (lambda g, n: np.average(g, 0, n).__imul__(-1), "the opposite sign"),
        (
            lambda g, n: g.__imul__(n[:, None, None]).sum(0) / n.sum(),
            "changes the array",
        ),
    ],
    "minibatches-noise": [
        (lambda g, n: g.var(0, ddof=1) * (1 / n - 1 / len(g)), "this is the variance"),
        (lambda g, n: g.std(0, ddof=1) / np.sqrt(n), "with replacement"),
        (lambda g, n: g.std(0) * np.sqrt(1 / n - 1 / len(g)), "ddof=1"),
        (lambda g, n: g.std(0, ddof=1) / np.sqrt(n) * (1 - n / len(g)), "the bracket"),
        (lambda g, n: g.std(0, ddof=1) / n * np.sqrt(1 - n / len(g)), "n belongs"),
        (lambda g, n: g.std(0, ddof=1) * np.sqrt(1 - n / len(g)), "divide its square"),
        (lambda g, n: g.std(0, ddof=1), "does not depend on the batch size"),
        (
            lambda g, n: np.sqrt(g.var(0, ddof=1) / n * (len(g) - n) / (len(g) - 1)),
            "mixes the two",
        ),
        (
            lambda g, n: np.sqrt((g**2).sum(0) / (len(g) - 1) * (1 / n - 1 / len(g))),
            "not that of the gradients",
        ),
        (lambda g, n: g.std(ddof=1) * np.sqrt(1 / n - 1 / len(g)), "lumps"),
        (lambda g, n: g.std(1, ddof=1) * np.sqrt(1 / n - 1 / len(g)), "axis 0"),
        (lambda g, n: g.std(0, ddof=1) * np.sqrt((1 - 1 / len(g)) / n), "not 1 - 1/N"),
        (looped, "there is a loop in it"),
        (column_by_column, "there is a loop in it"),
        (lambda g, n: np.zeros(g.shape[1]), "it is 0 everywhere"),
    ],
    "minibatches-leaky": [
        (lambda m, a: 2 / ((1 + a * a) * m), "this is the variance"),
        (lambda m, a: np.sqrt(2 / m), "that is for ReLU"),
        (lambda m, a: np.sqrt(2 / ((1 + a) * m)), "get its square"),
        (lambda m, a: np.sqrt(2 / m) / (1 + a), "the square of the sum"),
        (lambda m, a: np.sqrt(2 / (m * abs(1 - a * a) or 1e-99)), "it is"),
        (lambda m, a: np.sqrt(2 * (1 + a * a) / m), "have to be smaller"),
        (lambda m, a: (m * (1 + a * a)) ** -0.5, "a factor of 2"),
        (lambda m, a: np.sqrt(2 / m) / (a or 1e-99), "it is"),
        (lambda m, a: np.sqrt((1 + a * a) * m / 2), "upside down"),
        (lambda m, a: np.sqrt(2 / (1 + a * a)) / m, "belongs under the root"),
        (lambda m, a: -np.sqrt(2 / ((1 + a * a) * m)), "the opposite sign"),
        (0.14, "something else came"),
    ],
    "minibatches-scale": [
        (scale_with(rms), "before ReLU"),
        (
            scale_with(lambda z: (np.maximum(0, z) ** 2).mean()),
            "not by the mean square",
        ),
        (scale_with(lambda z: 1 / passed_rms(z)), "do not multiply by the root"),
        (scale_with(lambda z: np.maximum(0, z).std()), "not the variance"),
        (scale_with(lambda z: np.maximum(0, z).mean()), "the mean of the outputs 1"),
        (
            scale_with(lambda z: np.sqrt((np.maximum(0, z) ** 2).sum())),
            "the mean was asked for",
        ),
        (scale_with(passed_rms, onward=lambda passed: passed), "scale them, too"),
        (scale_with(passed_rms, through=lambda scores: scores), "has to pass it"),
        (
            scale_with(
                lambda z: np.sqrt((np.maximum(0, z) ** 2).mean(axis=0) + 1e-300)
            ),
            "gives each neuron its own",
        ),
        (
            lambda w, x: np.array([m / passed_rms(x @ m) for m in w]),
            "gets the first inputs",
        ),
        (lambda w, x: w.copy(), "as they came"),
        (only_the_last, "entries"),
        (scaled_in_place, "it changes the array"),
    ],
}
