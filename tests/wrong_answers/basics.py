"""Wrong answers to the exercises of the chapter on layers of neurons."""

import numpy as np


def keeps_the_last_product(a, b):
    result = np.zeros((len(a), b.shape[1]))
    for k in range(a.shape[1]):
        result = np.outer(a[:, k], b[k])
    return result


WRONG = {
    "basics-neuron": [
        (-4.5, "the bias is missing"),
        (7.5, "two negative factors"),
        (2.5, "the opposite sign"),
        (0, "it is 0"),
        ([-2.5], "it is an array of shape (1,), expected one number"),
    ],
    "basics-shapes": [
        ([(3, 3), (4, 4), (3, 3)], "the inner ones vanish"),
        ([(2, 4), (2, 5), (2, 4)], "the factors turned and exchanged"),
        ([(4, 2), (2, 5), (4, 2)], "row 0 is wrong"),
        ([(2, 3, 4), (2, 5), (4, 2)], "differ in length"),
    ],
    "basics-product": [
        (np.multiply, "entry by entry"),
        (lambda a, b: a @ b.T, "read along its rows"),
        (keeps_the_last_product, "only the last product"),
        (lambda a, b: (a @ b).T, "rows and columns are exchanged"),
    ],
    "basics-biases": [
        (lambda w, b: np.column_stack([b, w]), "the biases must come last"),
        (lambda w, b: w + b[:, np.newaxis], "leave the weights alone"),
        (lambda w, b: np.vstack([w.T, b]), "rows and columns are exchanged"),
        (lambda w, b: np.column_stack([w, 0 * b]), "column 4 is wrong"),
        (lambda w, b: np.vstack([w, b]), "it raises ValueError"),
    ],
    "basics-standardise": [
        (lambda x: (x - x.mean()) / x.std(), "each feature has its own"),
        (lambda x: (x - x.mean(axis=1)) / x.std(axis=1), "it raises ValueError"),
        (
            lambda x: (
                (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
            ),
            "those of the samples",
        ),
        (lambda x: x - x.mean(axis=0), "divide by the standard deviation, too"),
        (lambda x: (x - x.mean(axis=0)) / x.var(axis=0), "the root of the variance"),
        (lambda x: x / x.std(axis=0), "subtract the mean"),
    ],
    "basics-distances": [
        (
            lambda a, b: np.sqrt(((a[:, None] - b) ** 2).sum(axis=2)),
            "their squares were asked for",
        ),
        (lambda a, b: (a[:, None] - b).sum(axis=2) ** 2, "square before you sum"),
        (
            lambda a, b: ((b[:, None] - a) ** 2).sum(axis=2),
            "rows and columns are exchanged",
        ),
        (
            lambda a, b: ((a[:, None] - b) ** 2).sum(axis=1),
            "its shape is (4, 2), expected (4, 3)",
        ),
        (lambda a, b: ((a - b) ** 2).sum(axis=1), "it raises ValueError"),
    ],
}
