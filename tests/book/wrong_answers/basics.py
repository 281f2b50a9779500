"""Wrong answers to the exercises of the chapter on layers of neurons."""

import numpy as np


def product(term, start=np.zeros, lengths=lambda a, b: (len(a), b.shape[1])):
    """A product with loops, whose ``term`` changes an entry of the result."""

    def product(a, b):
        n, p = lengths(a, b)
        result = start((n, p))
        for i in range(n):
            for j in range(p):
                for k in range(a.shape[1]):
                    term(result, a, b, i, j, k)
        return result

    return product


def replaces(result, a, b, i, j, k):
    result[i, j] = a[i, k] * b[k, j]


def adds(result, a, b, i, j, k):
    result[i, j] += a[i, k] * b[k, j]


def reads_b_along_its_rows(result, a, b, i, j, k):
    result[i, j] += a[i, k] * b[j, k]


def reads_a_along_its_columns(result, a, b, i, j, k):
    result[i, j] += a[k, i] * b[k, j]


def truncates(result, a, b, i, j, k):
    result[i, j] = result[i, j] + a[i, k] * b[k, j]


def skips_the_last(a, b):
    return a[:, :-1] @ b[:-1]


def in_a_loop(batch):
    result = batch.copy()
    for feature in range(batch.shape[1]):
        column = batch[:, feature]
        result[:, feature] = (column - column.mean()) / column.std()
    return result


def squared_distance(one, other):
    return ((one - other) ** 2).sum()


def scaled(x, ddof=0, **over):
    return (x - x.mean(**over)) / x.std(ddof=ddof, **over)


def differences(a, b):
    return a[:, None] - b


WRONG = {
    "basics-neuron": [
        (-8.5, "the bias is missing"),
        (-2.5, "not to each product"),
        (-10.5, "added, not subtracted"),
        (5.5, "one product has the wrong sign"),
        (-0.5, "has lost its sign"),
        (11.5, "make a negative product"),
        (-3.5, "each input belongs to one weight"),
        (6.5, "the opposite sign"),
        (0, "it is 0"),
        ([-6.5], "it is an array of shape (1,), expected one number"),
        ("-6.5", "leave out the quotes"),
        (-6, "it is too large"),
    ],
    "basics-defined": [
        ([True, True, False, True, True, True, False, True], "the order matters"),
        ([0, 1, 0, 0, 1, 1, 0, 0], "you compared the outer lengths"),
        ([1, 1, 1, 0, 0, 0, 1, 0], "not with its columns"),
        ([False] * 6 + [True, False], "need not be equal"),
        ([True] + [False] * 7, "two lengths exchanged"),
        ([False, True, True, False, True, False, True, False], "are not defined"),
        ([1, 0, 0, 1, 0, 1, 1, 1], "only a square matrix"),
        ([1, 0, 0, 1, 0, 1, 0, 0], "it has the shape (2, 3)"),
        ([True] * 8, "not all of them"),
        ([False] * 8, "some of them"),
        ([True, False, True, True, False, True, False, True], "one entry is wrong"),
        ([True, False, False, True], "its shape is (4,), expected (8,)"),
        (["AB", "AC^T"], "text came"),
        (True, "it is one number, expected an array"),
    ],
    "basics-shapes": [
        ([(3, 3), (4, 4), (3, 3)], "the outer ones remain"),
        ([(2, 4), (2, 5), (2, 4)], "both transposed and exchanged"),
        ([(4, 2), (5, 2), (2, 4)], "the number of rows first"),
        ([(2, 4), (2, 5), (3, 3)], "(4, 3) and (3, 2)"),
        ([(4, 2), (2, 5), (4, 2)], "row 0 is wrong"),
        ([(2, 4), (2, 4), (4, 2)], "one entry is wrong"),
        ([(2, 3, 4), (2, 5), (4, 2)], "differ in length"),
        ([(2, 4), (2, 5)], "its shape is (2, 2), expected (3, 2)"),
        ((2, 4), "expected (3, 2)"),
    ],
    "basics-product": [
        (np.multiply, "entry by entry"),
        (lambda a, b: a @ b.T, "b[j, k] reads the second factor along its rows"),
        (product(reads_b_along_its_rows), "b[j, k] reads"),
        (product(reads_a_along_its_columns), "a[k, i] reads"),
        (product(replaces), "only the last term"),
        (lambda a, b: np.outer(a[:, 0], b[0]), "only the first term"),
        (skips_the_last, "the last term of each sum is missing"),
        (lambda a, b: (a @ b).T, "rows and columns are exchanged"),
        (product(adds, np.ones), "entries are wrong"),
        (
            product(truncates, lambda shape: np.zeros(shape, dtype=int)),
            "lost their fractions",
        ),
        (product(adds, lengths=lambda a, b: a.shape), "it raises IndexError"),
        (np.matmul, "that is `matmul` itself"),
        (lambda a, b: a @ b, "it uses `@`"),
        (lambda a, b: a.dot(b), "it uses `dot`"),
        (lambda a, b: [[sum(r * c) for c in b.T] for r in a], "it uses `T`"),
    ],
    "basics-biases": [
        (lambda w, b: np.column_stack([b, w]), "the biases must come last"),
        (lambda w, b: w + b[:, np.newaxis], "leave the weights as they are"),
        (lambda w, b: np.vstack([w.T, b]), "rows and columns are exchanged"),
        (lambda w, b: np.column_stack([w, 0 * b]), "column 4 is wrong"),
        (lambda w, b: np.column_stack([w, np.ones(len(w))]), "the bias, not 1"),
        (lambda w, b: np.column_stack([w, -b]), "the biases are subtracted"),
        (lambda w, b: np.vstack([w, b]), "not in a new row"),
        (lambda w, b: np.append(w, b), "its shape is (15,), expected (3, 5)"),
        (lambda w, b: w, "its shape is (3, 4), expected (3, 5)"),
        (lambda w, b: np.column_stack([w, b, b]), "its shape is (3, 6)"),
        (lambda w, b: np.hstack([w, b]), "it raises ValueError"),
    ],
    "basics-standardise": [
        (lambda x: scaled(x), "each feature has its own"),
        (lambda x: scaled(x, axis=1), "it raises ValueError"),
        (lambda x: scaled(x, axis=1, keepdims=True), "a feature is a column"),
        (lambda x: scaled(x, ddof=1, axis=0), "ddof=1 estimates"),
        (lambda x: x - x.mean(axis=0), "divide by the standard deviation, too"),
        (lambda x: (x - x.mean(axis=0)) / x.var(axis=0), "the root of the variance"),
        (lambda x: x / x.std(axis=0), "subtract the mean"),
        (lambda x: x - x.mean(axis=0) / x.std(axis=0), "parentheses are missing"),
        (lambda x: (x - x.mean(axis=0)) / x.std(), "that of the whole batch"),
        (
            lambda x: (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)),
            "from 0 to 1",
        ),
        (lambda x: (x - np.median(x, axis=0)) / x.std(axis=0), "entries are wrong"),
        (lambda x: x.__isub__(x.mean(axis=0)) / x.std(axis=0), "changes the array"),
        (in_a_loop, "there is a loop in it"),
    ],
    "basics-distances": [
        (
            lambda a, b: np.sqrt((differences(a, b) ** 2).sum(axis=2)),
            "their squares were asked for",
        ),
        (lambda a, b: differences(a, b).sum(axis=2) ** 2, "square before you sum"),
        (lambda a, b: differences(a, b).sum(axis=2), "sum the squares"),
        (lambda a, b: abs(differences(a, b)).sum(axis=2), "their absolute values"),
        (lambda a, b: (differences(a, b) ** 2).mean(axis=2), "this is the mean"),
        (
            lambda a, b: (differences(b, a) ** 2).sum(axis=2),
            "rows and columns are exchanged",
        ),
        (lambda a, b: (differences(a, b) ** 2).sum(axis=1), "along the last axis"),
        (lambda a, b: (differences(a, b) ** 2).sum(axis=0), "expected (4, 3)"),
        (lambda a, b: a @ b.T, "subtract before you multiply"),
        (lambda a, b: ((a - b) ** 2).sum(axis=1), "it raises ValueError"),
        (lambda a, b: differences(a, b) ** 2, "its shape is (4, 3, 2)"),
        (
            lambda a, b: [[squared_distance(r, s) for s in b] for r in a],
            "there is a loop in it",
        ),
    ],
}
