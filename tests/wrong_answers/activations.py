"""Wrong answers to the exercises of the chapter on activation functions."""

import numpy as np


def softmax(scores, axis=1, keepdims=True, shift=True):
    largest = scores.max(axis=axis, keepdims=True) if shift else 0
    powers = np.exp(scores - largest)
    return powers / powers.sum(axis=axis, keepdims=keepdims)


def one_maximum(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


ONES = np.ones((3, 3))
KINKS = [[0, -1, -2]]

WRONG = {
    "activations-collapse": [
        ([2, 13], "the last bias is missing"),
        ([2, 3], "the first layer's biases, too"),
        ([2, -1], "lost on the way"),
        ([6, 12], "one entry is wrong"),
        ("2x + 12", "leave out the quotes"),
    ],
    "activations-lead": [
        (10, "ten times the score"),
        (1, "to the base 10"),
        (-2.303, "the opposite sign"),
        (2, "too small"),
    ],
    "activations-plateau": [
        ([1, 0, -1, 0], "the change of slope"),
        ([0, 1, 1, 0], "these are the heights"),
        ([-1, 1, 1, -1], "the opposite sign"),
        ([1, -1, -2, 2], "twice as fast"),
        ([0, 1, 0, -1, 0], "expected (4,)"),
    ],
    "activations-softmax": [
        (lambda z: softmax(z, axis=None), "the whole matrix"),
        (lambda z: softmax(z, axis=0), "a sample is a row"),
        (lambda z: softmax(z, keepdims=False), "keepdims=True helps"),
        (lambda z: softmax(z, shift=False), "large scores overflow"),
        (one_maximum, "one maximum for the whole matrix is not enough"),
        (lambda z: z / z.sum(axis=1, keepdims=True), "entries are wrong"),
    ],
    "activations-leaky": [
        (lambda z, slope: np.maximum(0, z), "this is ReLU"),
        (lambda z, slope: np.maximum(z, slope * z), "for a slope above 1"),
        (lambda z, slope: np.where(z > 0, z, -slope * z), "should stay negative"),
        (lambda z, slope: slope * z, "for the negative numbers alone"),
        (lambda z, slope: z if z > 0 else slope * z, "it raises ValueError"),
        (lambda z, slope: np.where(z > 0, z, slope), "entries are wrong"),
    ],
    "activations-parity": [
        ((ONES, KINKS, [[1], [-1], [0]], [[0]]), "another kink is missing"),
        ((ONES, KINKS, [[1], [0], [0]], [[0]]), "the slope has to turn"),
        ((ONES, KINKS, [[1], [-2], [0]], [[0]]), "right for one and for two ones"),
        ((ONES, [0, -1, -2], [[1], [-2], [2]], [[0]]), "the shapes are"),
        (ONES, "four arrays were expected"),
        ((ONES, KINKS, [[1], [-2], [2]], [["a"]]), "does not hold numbers"),
        ((ONES, KINKS, [[1], [-2], [2]], [[1]]), "8 of 8 entries are wrong"),
    ],
}
