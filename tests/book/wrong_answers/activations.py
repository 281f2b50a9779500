"""Wrong answers to the exercises of the chapter on activation functions."""

import numpy as np


def softmax(scores, axis=1, keepdims=True, shift=np.max):
    largest = shift(scores, axis=axis, keepdims=True)
    powers = np.exp(scores - largest)
    return powers / powers.sum(axis=axis, keepdims=keepdims)


def unshifted(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def one_maximum(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


def in_place(scores):
    scores -= scores.max(axis=1, keepdims=True)
    return unshifted(scores)


def through_logarithm(scores):
    return np.exp(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


ONES = np.ones((3, 3))
KINKS = [[0, -1, -2]]

WRONG = {
    "activations-collapse": [
        ([-2, 15], "the last bias is missing"),
        ([-2, 16], "added, not subtracted"),
        ([-2, 3], "the first layer's biases, too"),
        ([-2, -1], "biases are lost"),
        ([-2, 5], "the first neuron's bias"),
        ([-2, 12], "the second neuron's bias"),
        ([2, 14], "the second neuron's weight, too"),
        ([10, 14], "weight is −2"),
        ([2, 12], "output is taken three times"),
        ([14, -2], "the weight comes first"),
        ([6, 14], "one entry is wrong"),
        ([2, -14], "the opposite sign"),
        ("-2x + 14", "leave out the quotes"),
    ],
    "activations-lead": [
        (10, "ten times the score"),
        (1, "to the base 10"),
        (np.log2(10), "to the base 2"),
        (np.exp(10), "22,026 times"),
        (np.log(9), "nine times"),
        (np.log(100), "a hundred times"),
        (0.1, "not their difference"),
        (-2.303, "the opposite sign"),
        (2, "too small"),
        (2.4, "too large"),
    ],
    "activations-plateau": [
        ([1, 0, -1, 0], "the change of slope"),
        ([0, 1, 1, 0], "these are the heights"),
        ([-1, 1, 1, -1], "the opposite sign"),
        ([1, -1, -2, 2], "twice as fast"),
        ([1, -2, 1, 0], "this is a tent"),
        ([1, -1, -1, 0], "goes on falling"),
        ([1, -1, 0, 0], "never comes down"),
        ([1, -1, 1, -1], "goes up again"),
        ([1, 0, -2, 1], "begins at x = 1"),
        ([2, -2, -2, 2], "off by a factor of 2"),
        ([0, 1, 0, -1, 0], "expected (4,)"),
    ],
    "activations-softmax": [
        (lambda z: softmax(z, axis=None), "the whole matrix"),
        (lambda z: softmax(z, axis=0), "a sample is a row"),
        (lambda z: softmax(z, keepdims=False), "keepdims=True helps"),
        (unshifted, "large scores overflow"),
        (through_logarithm, "before the logarithm"),
        (one_maximum, "one maximum for the whole matrix is not enough"),
        (lambda z: softmax(z, shift=np.mean), "the mean may lie far below"),
        (lambda z: softmax(z, shift=np.min), "overflows all the more"),
        (lambda z: np.log(softmax(z)), "these are the logarithms"),
        (lambda z: np.exp(z - z.max(axis=1, keepdims=True)), "divide each row"),
        (lambda z: z == z.max(axis=1, keepdims=True), "picks the largest"),
        (lambda z: softmax(np.clip(z, -700, 700)), "entries are wrong"),
        (lambda z: z / z.sum(axis=1, keepdims=True), "entries are wrong"),
        (in_place, "changes the array"),
    ],
    "activations-leaky": [
        (lambda z, slope: np.maximum(0, z), "this is ReLU"),
        (lambda z, slope: np.maximum(z, slope * z), "for a slope above 1"),
        (lambda z, slope: np.minimum(z, slope * z), "for a slope below 1"),
        (lambda z, slope: np.where(z > 0, z, -slope * z), "should stay negative"),
        (
            lambda z, slope: np.maximum(0, z) + slope * np.maximum(0, -z),
            "the second is subtracted",
        ),
        (lambda z, slope: slope * z, "for negative numbers alone"),
        (lambda z, slope: np.where(z > 0, slope * z, z), "the positive ones"),
        (lambda z, slope: z if z > 0 else slope * z, "it raises ValueError"),
        (lambda z, slope: np.where(z > 0, z, slope), "not replaced by it"),
        (lambda z, slope: np.where(z > 0, z, z + slope), "it is not added"),
        (lambda z, slope: np.where(z > 0, z, z / slope), "the slope is a factor"),
        (lambda z, slope: np.where(z > 0, 1, slope), "these are the slopes"),
        (lambda z, slope: np.where(z > 0, z, 0.01 * z), "entries are wrong"),
        (lambda z, slope: np.where(z > slope, z, slope * z), "wrong"),
    ],
    "activations-parity": [
        ((ONES, KINKS, [[1], [-1], [0]], [[0]]), "another kink is missing"),
        ((ONES, KINKS, [[1], [0], [0]], [[0]]), "the slope has to change"),
        ((ONES, KINKS, [[1], [-2], [0]], [[0]]), "right for one and for two ones"),
        ((ONES, KINKS, [[-1], [2], [-2]], [[1]]), "an even number"),
        ((ONES, KINKS, [[1], [-2], [1]], [[0]]), "the last kink is missing"),
        ((ONES, KINKS, [[1], [-2], [3]], [[0]]), "change of slope is too large"),
        ((ONES, [[-1, -2, -3]], [[1], [-2], [2]], [[0]]), "has to be at 0"),
        ((ONES, [0, -1, -2], [[1], [-2], [2]], [[0]]), "the shapes are"),
        (ONES, "four arrays were expected"),
        ((ONES, KINKS, [[1], [-2], [2]], [["a"]]), "does not hold numbers"),
        ((ONES, KINKS, [[1], [-2], [2]], [[1]]), "8 of 8 entries are wrong"),
        ((ONES, KINKS, [[1], [-2], [2.001]], [[0]]), "one entry is wrong"),
    ],
}
