"""Wrong answers to the exercises of the chapter on generalisation."""

import math

import numpy as np


def pairs(error, difference=None):
    """A difference of accuracies with this error; both are functions of the d."""

    def compared(right_a, right_b):
        d = right_a * 1 - right_b * 1
        return (d.mean() if difference is None else difference(d)), error(d)

    return compared


def sharp(d):
    return d.std() / np.sqrt(len(d))


def as_if_independent(right_a, right_b):
    a, b, n = right_a.mean(), right_b.mean(), len(right_a)
    return a - b, np.sqrt(a * (1 - a) / n + b * (1 - b) / n)


def sum_of_errors(right_a, right_b):
    a, b, n = right_a.mean(), right_b.mean(), len(right_a)
    return a - b, np.sqrt(a * (1 - a) / n) + np.sqrt(b * (1 - b) / n)


def second_less_first(right_a, right_b):
    d = right_b * 1 - right_a * 1
    return d.mean(), sharp(d)


def only_where_they_differ(right_a, right_b):
    d = (right_a * 1 - right_b * 1)[right_a != right_b]
    return d.mean(), sharp(d)


def subtracts_booleans(right_a, right_b):
    return sharp(right_a - right_b)


def changes_what_it_gets(right_a, right_b):
    d = right_a * 1 - right_b * 1
    right_a[:] = False
    return d.mean(), sharp(d)


def error_alone(right_a, right_b):
    return sharp(right_a * 1 - right_b * 1)


def scaled(mean, deviation, of=lambda X_train, X_new: X_train):
    """Standardised, by these functions of some samples."""

    def standardised(X_train, X_new):
        samples = of(X_train, X_new)
        m, s = mean(samples), deviation(samples)
        return (X_train - m) / s, (X_new - m) / s

    return standardised


def by_column(function):
    return lambda samples: getattr(samples, function)(axis=0)


def each_by_itself(X_train, X_new):
    return tuple((X - X.mean(axis=0)) / X.std(axis=0) for X in (X_train, X_new))


def new_untouched(X_train, X_new):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0), X_new


def training_alone(X_train, X_new):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0)


def in_place(X_train, X_new):
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    X_train -= mean
    return X_train / deviation, (X_new - mean) / deviation


def exchanged(X_train, X_new):
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_new - mean) / deviation, (X_train - mean) / deviation


def no_parentheses(X_train, X_new):
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / deviation, X_new - mean / deviation


def probabilities(a, n):
    return np.array([math.comb(n, r) * a**r * (1 - a) ** (n - r) for r in range(n + 1)])


def of_counts(function):
    """A function of F(0), ..., F(n), n and K in place of the exact mean."""
    return lambda a, n, k: function(np.cumsum(probabilities(a, n)), n, k)


def simulated(a, n, k):
    draws = np.random.RandomState(0).random_sample((2000, k, n))
    return np.count_nonzero(draws < a, axis=2).max(axis=1).mean() / n


WRONG = {
    "generalization-samples": [
        (900, "the 1.96 is missing"),
        (13830, "the half-width is 0.01"),
        (1764, "the 1.96 has to be squared"),
        (11525, "the root of a (1 - a) has to be squared"),
        (9604, "the worst case"),
        (4268, "not one percent of 0.9"),
        (34575, "the variance is a (1 - a), not a"),
        (3842, "not 1 - a"),
        (35, "it is too small"),
        (34.57, "the 0.01 has to be squared"),
        (58.8, "square it"),
        (3600, "take 1.96 and not 2"),
        (3457, "round up"),
        (3459, "it is too large"),
        (100_000, "it is too large"),
        ("3458", "leave out the quotes"),
    ],
    "generalization-none-wrong": [
        (0.00025, "a probability of 95%, not 5%"),
        (1 - 0.95 ** (1 / 200), "a probability of 95%, not 5%"),
        (0.98513, "that is the true accuracy"),
        (1.487, "not in percent"),
        (1.5, "not in percent"),
        (0, "does not mean that there never is one"),
        (0.005, "more than a third"),
        (0.01885, "Wilson's interval"),
        (0.01828, "a probability of 2.5%; 5% was asked for"),
        (0.00475, "not 1 - 200 e"),
        (0.05, "what of 200 answers?"),
        (3, "divide by 200"),
        (0.0098, "that is 1.96 divided by 200"),
        (-0.0149, "sign"),
    ],
    "generalization-paired": [
        (as_if_independent, "if the two were independent"),
        (sum_of_errors, "adds the two standard errors"),
        (pairs(np.std), "the standard deviation of one d"),
        (pairs(lambda d: d.std() / len(d)), "not by n"),
        (pairs(lambda d: d.var() / len(d)), "its root is missing"),
        (pairs(lambda d: d.var() / np.sqrt(len(d))), "the root was taken of n alone"),
        (pairs(lambda d: np.sqrt(np.mean(d * d) / len(d))), "has to be subtracted"),
        (second_less_first, "the sign is turned round"),
        (only_where_they_differ, "fractions of all samples"),
        (pairs(sharp, np.sum), "the mean of the d, not their sum"),
        (pairs(sharp, lambda d: abs(d.mean())), "the difference has a sign"),
        (pairs(lambda d: 1.96 * sharp(d)), "one was asked for"),
        (lambda a, b: pairs(sharp)(a ^ b, a & ~a), "with absolute values it is lost"),
        (error_alone, "2 results were expected"),
        (subtracts_booleans, "it raises TypeError"),
        (changes_what_it_gets, "it changes the array"),
    ],
    "generalization-scaling": [
        (each_by_itself, "scaled by themselves"),
        (new_untouched, "have to be treated as the training samples"),
        (
            scaled(by_column("mean"), by_column("std"), lambda *both: np.vstack(both)),
            "leak into the mean",
        ),
        (
            scaled(by_column("mean"), by_column("std"), lambda X, new: new),
            "it is the other way round",
        ),
        (scaled(np.mean, np.std), "each feature has a mean of its own"),
        (scaled(by_column("mean"), by_column("var")), "not by the variance"),
        (scaled(by_column("min"), by_column("ptp")), "it raises AttributeError"),
        (scaled(by_column("min"), lambda X: np.ptp(X, axis=0)), "from 0 to 1"),
        (scaled(by_column("mean"), lambda X: 1), "divide by the standard deviation"),
        (scaled(lambda X: 0, by_column("std")), "subtract the mean, too"),
        (scaled(by_column("mean"), lambda X: X.std(axis=0, ddof=1)), "without ddof"),
        (no_parentheses, "parentheses are missing"),
        (exchanged, "exchanged"),
        (training_alone, "2 results were expected"),
        (in_place, "it changes the array"),
    ],
    "generalization-best-of": [
        (lambda a, n, k: a, "without any choice"),
        (of_counts(lambda F, n, k: np.sum((1 - F[:n]) ** k) / n), "the worst"),
        (
            lambda a, n, k: a + np.sqrt(np.log(k) / (2 * n)),
            "that is the bound of the theorem",
        ),
        (of_counts(lambda F, n, k: np.sum(1 - F[:-1] ** k)), "divide by n"),
        (of_counts(lambda F, n, k: np.sum(1 - F[1:] ** k) / n), "begins with r = 0"),
        (of_counts(lambda F, n, k: np.mean(1 - F**k)), "there are n of these"),
        (
            lambda a, n, k: np.sum(1 - probabilities(a, n)[:n] ** k) / n,
            "add the probabilities up",
        ),
        (of_counts(lambda F, n, k: np.sum(1 - k * F[:n]) / n), "not multiplied by it"),
        (of_counts(lambda F, n, k: np.sum(F[:n] ** k) / n), "and not F(r)**K"),
        (
            of_counts(lambda F, n, k: k * np.sum(1 - F[:n]) / n),
            "take F(r) to the power of K first",
        ),
        (
            lambda a, n, k: a + np.sqrt(2 * np.log(k) * a * (1 - a) / n),
            "what the bell curve would give",
        ),
        (simulated, "Called with"),
        (lambda a, n, k: 1.0, "Called with"),
    ],
}
