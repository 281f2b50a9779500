"""Wrong answers to the exercises of the chapter on activation functions."""

import numpy as np

import nnfs_lib


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


def in_place(scores, temperature):
    scores /= temperature
    return softmax(scores)


def divided(softmax, **settings):
    """A softmax of scores divided by a temperature."""
    return lambda scores, temperature: softmax(scores / temperature, **settings)


def relu(z):
    return np.maximum(0, z)


def same(z):
    return z


def network(hidden=relu, last=softmax, biased=1, chosen=slice(None)):
    """The right answer, but for what follows a layer, the biases, or which layers there are."""

    def network(inputs, layers):
        *before, (weights, biases) = layers[chosen]
        for w, b in before:
            inputs = hidden(inputs @ w + biased * b)
        return last(inputs @ weights + biased * biases)

    return network


def relu_after_the_first_only(inputs, layers):
    for number, (weights, biases) in enumerate(layers):
        inputs = inputs @ weights + biases
        if number == 0 and len(layers) > 1:
            inputs = relu(inputs)
    return softmax(inputs)


def two_layers(inputs, layers):
    (w_1, b_1), (w_2, b_2) = layers
    return softmax(relu(inputs @ w_1 + b_1) @ w_2 + b_2)


def takes_the_last_away(inputs, layers):
    weights, biases = layers.pop()
    for w, b in layers:
        inputs = relu(inputs @ w + b)
    return softmax(inputs @ weights + biases)


def with_classes(inputs, layers):
    from nnfs_lib import ReLU, Softmax

    *before, (weights, biases) = layers
    for w, b in before:
        inputs = ReLU().forward(inputs @ w + b)
    return Softmax().forward(inputs @ weights + biases)


def without_keepdims(scores):
    return softmax(scores, keepdims=False)


def through_logarithm(scores):
    return np.exp(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


ONES = np.ones((3, 3))
KINKS = [[0, -1, -2]]

softmax_of_the_library = nnfs_lib.Softmax()


def with_the_librarys_object(inputs, layers):
    for weights, biases in layers[:-1]:
        inputs = (inputs @ weights + biases).clip(0)
    weights, biases = layers[-1]
    return softmax_of_the_library.forward(inputs @ weights + biases)


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
    "activations-temperature": [
        (divided(softmax, axis=None), "the whole matrix"),
        (divided(softmax, axis=0), "a sample is a row"),
        (divided(softmax, keepdims=False), "keepdims=True helps"),
        (divided(unshifted), "large scores overflow"),
        (divided(through_logarithm), "before the logarithm"),
        (divided(one_maximum), "one maximum for the whole matrix is not enough"),
        (divided(softmax, shift=np.mean), "the mean may lie far below"),
        (divided(softmax, shift=np.min), "overflows all the more"),
        (divided(lambda z: np.log(softmax(z))), "these are the logarithms"),
        (divided(lambda z: np.exp(z - z.max(axis=1)[:, None])), "divide each row"),
        (divided(lambda z: z == z.max(axis=1, keepdims=True)), "picks the largest"),
        (divided(lambda z: softmax(np.clip(z, -700, 700))), "entries are wrong"),
        (lambda z, t: softmax(z), "the temperature has no effect"),
        (lambda z, t: softmax(z * t), "do not multiply"),
        (lambda z, t: softmax(z) / t, "not the probabilities"),
        (
            lambda z, t: unshifted(z / t - z.max(axis=1, keepdims=True)),
            "that of scores / temperature",
        ),
        (lambda z, t: softmax(z + 1 / t), "the temperature has no effect"),
        (lambda z: softmax(z), "it raises TypeError"),
        (in_place, "changes the array"),
    ],
    "activations-network": [
        (with_the_librarys_object, "it uses `Softmax`"),
        (network(last=same), "softmax is missing"),
        (network(last=relu), "followed by softmax, not by ReLU"),
        (network(last=lambda z: softmax(relu(z))), "no ReLU after the last layer"),
        (network(hidden=same), "ReLU is missing"),
        (relu_after_the_first_only, "not only the first"),
        (network(hidden=softmax), "softmax follows the last layer only"),
        (network(biased=0), "the biases are missing"),
        (network(biased=-1), "entries are wrong"),
        (network(last=unshifted), "large scores overflow"),
        (network(last=one_maximum), "each row's own maximum"),
        (network(last=lambda z: softmax(z, axis=0)), "run down the columns"),
        (network(last=lambda z: softmax(z, axis=None)), "each sample needs its own"),
        (network(last=without_keepdims), "it raises ValueError"),
        (network(chosen=slice(-1)), "the last layer is left out"),
        (network(chosen=slice(None, None, -1)), "in the opposite order"),
        (two_layers, "too many values to unpack"),
        (
            lambda inputs, layers: network()(inputs, [layers[0], layers[1]]),
            "there may be any number of layers",
        ),
        (network(chosen=slice(2)), "its shape is (4, 2), expected (4, 4)"),
        (takes_the_last_away, "it changes the list"),
        (network(last=lambda z: z.argmax(axis=1)), "these are the classes"),
        (network(hidden=np.abs), "entries are wrong"),
        (network(hidden=lambda z: np.minimum(0, z)), "entries are wrong"),
        (lambda inputs, layers: network, "a function came: call it"),
        (with_classes, "write each step yourself"),
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
