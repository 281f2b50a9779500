"""Wrong answers to the exercises of the chapter on regularisation."""

import math

import numpy as np


def soft(values, threshold):
    return np.sign(values) * np.maximum(np.abs(values) - threshold, 0)


def in_place(weights, gradient, rate, l1):
    weights -= rate * gradient
    return soft(weights, rate * l1)


def all_masks(n):
    return np.array(np.meshgrid(*[[0, 1]] * n)).reshape(n, -1).T


def networks(scale, chance, bias=True, after=lambda z: np.maximum(0, z)):
    """The mean over all masks; ``scale`` and ``chance`` are functions of the rate."""

    def averaged(x, weights, b, rate):
        masks = all_masks(len(x))
        p = np.where(masks, chance(rate), 1 - chance(rate)).prod(axis=1)
        scores = (masks * x * scale(rate) * weights).sum(axis=1) + bias * b
        return np.sum(p * after(scores))

    return averaged


def inverse(rate):
    return 1 / (1 - rate)


def stays(rate):
    return 1 - rate


def nothing_dropped(x, weights, b, rate):
    return max(0, np.sum(x * weights) + b)


def relu_of_the_mean(x, weights, b, rate):
    mean = networks(inverse, stays, after=lambda z: z)(x, weights, b, rate)
    return max(0, mean)


def bias_dropped(x, weights, b, rate):
    return networks(inverse, stays)(np.append(x, 1), np.append(weights, b), 0, rate)


def some_networks(x, weights, b, rate):
    draws = np.random.RandomState(0).random_sample((2000, len(x)))
    scores = ((draws >= rate) * x / (1 - rate) * weights).sum(axis=1) + b
    return np.maximum(0, scores).mean()


def heads(counts):
    return lambda n, wins: sum(math.comb(n, k) for k in counts(n, wins)) / 2**n


def with_price(price, factor=lambda rate: rate / (1 - rate)):
    def expected(X, y, w, rate):
        error = (X * w).sum(axis=1) - y
        return np.mean(error * error) + factor(rate) * price(X, w)

    return expected


def noise(X, w):
    return ((X * w) ** 2).sum(axis=1).mean()


def by_drawing(X, y, w, rate):
    draws = np.random.RandomState(0).random_sample((500, *X.shape))
    scores = ((draws >= rate) * X / (1 - rate) * w).sum(axis=2)
    return np.mean((scores - y) ** 2)


HOURS = 2 * np.pi / 31 * np.arange(31)


def wave(hours, phase=lambda phases: phases, shape=np.cos):
    """A row for each phase; ``hours`` and ``phase`` say what becomes of either."""
    return lambda k, phases: shape(hours * k + phase(phases)[:, np.newaxis])


WRONG = {
    "regularization-shrink": [
        (-1, "what L2 alone would leave"),
        (-0.84, "what L1 alone would leave"),
        (0.7, "the sign of a is lost"),
        (-0.7636, "there is a 2 in the divisor"),
        (-0.3818, "the 2 belongs to lambda_2 alone"),
        (-0.1, "before lambda_1 is subtracted"),
        (-0.12, "in the numerator"),
        (-1.3, "brings the weight closer to 0"),
        (-1.2, "without any price"),
        (0, "so something is left"),
        (0.1, "it is too large"),
        (-0.65, "it is too"),
        ("-0.7", "leave out the quotes"),
    ],
    "regularization-noise": [
        (5.0625, "its root"),
        (1.44, "and so is their spread"),
        (4, "exchanged"),
        (3, "that is the mean"),
        (1.6875, "the root of r / (1 - r) is missing"),
        (0.5625, "there is a 3, and a root"),
        (0.75, "multiply it by the input"),
        (6.75, "its square belongs to the variance"),
        (4.6875, "neither of these"),
        (3.75, "the square of the mean together"),
        (1.08, "times 3"),
        (2.4, "it is too large"),
        (-2.25, "sign"),
    ],
    "regularization-zeros": [
        (lambda w, g, r, p: w - r * (g + p * np.sign(w)), "pushed across it"),
        (lambda w, g, r, p: soft(w - r * g, p), "the rate times l1"),
        (lambda w, g, r, p: soft(w, r * p) - r * g, "take the step first"),
        (lambda w, g, r, p: w - r * g, "the penalty is missing"),
        (lambda w, g, r, p: soft(w, r * p), "against the gradient is missing"),
        (lambda w, g, r, p: soft(w + r * g, r * p), "subtract it"),
        (lambda w, g, r, p: soft(w - g, r * p), "multiplied by the rate"),
        (lambda w, g, r, p: np.abs(soft(w - r * g, r * p)), "the sign is lost"),
        (
            lambda w, g, r, p: np.sign(w) * np.maximum(np.abs(w - r * g) - r * p, 0),
            "is not always that after it",
        ),
        (
            lambda w, g, r, p: w - r * g - r * p * np.sign(w - r * g),
            "not to change its sign",
        ),
        (
            lambda w, g, r, p: np.where(np.abs(w - r * g) < r * p, 0, w - r * g),
            "has to be moved, too",
        ),
        (lambda w, g, r, p: (1 - r * p) * w - r * g, "that is what L2 does"),
        (in_place, "it changes the array"),
        (
            lambda w, g, r, p: (
                np.sign(w - r * g) * np.maximum(np.abs(w - r * g) - r * p, 1e-8)
            ),
            "not exactly 0",
        ),
    ],
    "regularization-average": [
        (nothing_dropped, "ReLU of the mean score"),
        (networks(inverse, stays, after=lambda z: z), "ReLU is missing"),
        (networks(lambda rate: 1, stays), "has to be divided by 1 - rate"),
        (networks(lambda rate: 1 / rate, lambda rate: rate), "exchanged with 1 - rate"),
        (networks(inverse, lambda rate: 0.5), "not equally likely"),
        (networks(inverse, lambda rate: rate), "the probabilities are exchanged"),
        (networks(inverse, stays, bias=False), "the bias is missing"),
        (bias_dropped, "the bias is no input"),
        (relu_of_the_mean, "ReLU comes before the mean"),
        (networks(stays, stays), "and not multiplied"),
        (some_networks, "Called with"),
        (lambda x, w, b, rate: x * w + b, "shape"),
    ],
    "regularization-signs": [
        (heads(lambda n, wins: [wins]), "exactly so many"),
        (heads(lambda n, wins: range(wins + 1, n + 1)), "not more than"),
        (heads(lambda n, wins: range(wins + 1)), "that is at most so many"),
        (heads(lambda n, wins: range(wins)), "that is fewer than so many"),
        (heads(lambda n, wins: range(wins, n)), "n itself is missing"),
        (
            lambda n, wins: sum(math.comb(n, k) for k in range(wins, n + 1)),
            "divide by 2**n",
        ),
        (
            lambda n, wins: min(1, 2 * heads(lambda n, w: range(w, n + 1))(n, wins)),
            "both directions",
        ),
        (lambda n, wins: wins / n, "the share of wins"),
        (lambda n, wins: (n - wins + 1) / (n + 1), "not the n + 1 counts"),
        (lambda n, wins: 2.0**-wins, "count the ways"),
        (lambda n, wins: 0.5, "Called with"),
    ],
    "regularization-subtract": [
        (wave(HOURS), "turn the sign of the hour alone"),
        (wave(HOURS, lambda p: p + np.pi), "not to the weight"),
        (wave(HOURS[::-1], lambda p: -p), "Called with"),
        (wave(-HOURS, np.negative), "that adds"),
        (wave(-HOURS, np.zeros_like), "the phases are missing"),
        (wave(-HOURS, lambda p: p + p), "as in the last layer"),
        (lambda k, phases: wave(-HOURS)(1, phases), "k is missing"),
        (wave(-HOURS, shape=np.sin), "a cosine"),
        (wave(-HOURS / 2), "a 2 missing"),
        (wave(-2 * np.pi / 31 * np.arange(1, 32)), "from 0 to 30"),
        (wave(-2 * np.pi / 30 * np.arange(31)), "the clock has 31 hours"),
        (lambda k, phases: wave(-HOURS)(k, phases).T, "a row for each phase"),
        (lambda k, phases: wave(-HOURS)(k, phases)[0], "shape"),
    ],
    "regularization-price": [
        (with_price(lambda X, w: 0), "without dropout: the noise adds to it"),
        (lambda X, y, w, r: r / (1 - r) * noise(X, w), "the noise alone"),
        (with_price(noise, lambda r: r), "not r"),
        (with_price(noise, lambda r: r * (1 - r)), "what stays is divided by 1 - r"),
        (with_price(noise, lambda r: (1 - r) / r), "r and 1 - r"),
        (with_price(noise, lambda r: 1 / (1 - r)), "is not the variance"),
        (with_price(noise, lambda r: math.sqrt(r / (1 - r))), "without a root"),
        (with_price(lambda X, w: ((X * w) ** 2).sum()), "missing in the noise"),
        (
            with_price(lambda X, w: ((X * w) ** 2).mean()),
            "take the sum over the inputs",
        ),
        (
            with_price(lambda X, w: (X.mean(axis=0) * w) @ (X.mean(axis=0) * w)),
            "not the square of its mean",
        ),
        (
            with_price(lambda X, w: (w**2 * X.std(axis=0) ** 2).sum()),
            "not its variance",
        ),
        (with_price(lambda X, w: np.sum(w * w)), "depends on the data"),
        (
            with_price(lambda X, w: np.mean((X * w).sum(axis=1) ** 2)),
            "square each product",
        ),
        (
            with_price(lambda X, w: (X * X * w).sum(axis=1).mean()),
            "the weights have to",
        ),
        (with_price(lambda X, w: (X * w * w).sum(axis=1).mean()), "the inputs have to"),
        (lambda *all: with_price(noise)(*all) * len(all[0]), "not a sum"),
        (lambda *all: with_price(noise)(*all) / 2, "one half"),
        (by_drawing, "Called with"),
    ],
}
