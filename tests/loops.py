"""The formulas a second time: slow, with Python's own numbers, one entry at a time."""

import math


def matmul(a, b):
    return [
        [math.fsum(a[i][k] * b[k][j] for k in range(len(b))) for j in range(len(b[0]))]
        for i in range(len(a))
    ]


def transposed(a):
    return [list(column) for column in zip(*a)]


def dense(x, weights, biases):
    return [
        [value + bias for value, bias in zip(row, biases[0])]
        for row in matmul(x, weights)
    ]


def column_sums(a):
    return [[math.fsum(column) for column in zip(*a)]]


def softmax(scores):
    rows = []
    for row in scores:
        powers = [math.exp(score - max(row)) for score in row]
        rows.append([power / math.fsum(powers) for power in powers])
    return rows


def softmax_backward(probabilities, upstream):
    """Each sample's Jacobian, entry by entry, times its upstream gradient."""
    rows = []
    for s, d in zip(probabilities, upstream):
        jacobian = [
            [s[j] * ((j == k) - s[k]) for k in range(len(s))] for j in range(len(s))
        ]
        rows.append(
            [
                math.fsum(jacobian[j][k] * d[j] for j in range(len(s)))
                for k in range(len(s))
            ]
        )
    return rows


def cross_entropies(probabilities, labels):
    return [-math.log(row[label]) for row, label in zip(probabilities, labels)]


def cross_entropy_backward(probabilities, labels):
    n = len(labels)
    return [
        [-(j == label) / p / n for j, p in enumerate(row)]
        for row, label in zip(probabilities, labels)
    ]


def softmax_cross_entropy_backward(probabilities, labels):
    n = len(labels)
    return [
        [(p - (j == label)) / n for j, p in enumerate(row)]
        for row, label in zip(probabilities, labels)
    ]


def accuracy(predicted, labels):
    return sum(a == b for a, b in zip(predicted, labels)) / len(labels)
