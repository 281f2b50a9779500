"""What the answers of the chapter on generalisation are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...validation import FloatArray
from .answers import Answer, Function, Value


def paired(right_a: FloatArray, right_b: FloatArray, ddof: int = 0) -> Any:
    """The difference of two accuracies on the same samples, and its standard error."""
    d = _differences(right_a, right_b)
    return d.mean(), d.std(ddof=ddof) / math.sqrt(len(d))


def _differences(right_a: FloatArray, right_b: FloatArray) -> FloatArray:
    return right_a.astype(np.float64) - right_b


def _with_error(error: Callable[..., Any]) -> Callable[..., Any]:
    """The right difference, with another idea of its standard error."""
    return lambda a, b: (_differences(a, b).mean(), error(a, b))


def _independent(a: FloatArray, b: FloatArray) -> float:
    return math.sqrt((a.var() + b.var()) / len(a))


def _of_those_that_differ(a: FloatArray, b: FloatArray) -> Any:
    d = _differences(a, b)[a != b]
    return d.mean(), d.std() / math.sqrt(len(d))


def standardised(X_train: FloatArray, X_new: FloatArray) -> Any:
    """Both, by mean and standard deviation of the training samples."""
    return _by(X_train)(X_train, X_new)


def _by(
    samples: FloatArray, axis: int | None = 0, ddof: int = 0
) -> Callable[..., tuple[FloatArray, ...]]:
    """Standardise arrays by mean and standard deviation of these samples."""
    keep = axis == 1
    mean = samples.mean(axis=axis, keepdims=keep)
    deviation = samples.std(axis=axis, ddof=ddof, keepdims=keep)
    return lambda *arrays: tuple((array - mean) / deviation for array in arrays)


def _each_by_itself(X_train: FloatArray, X_new: FloatArray) -> Any:
    return *_by(X_train)(X_train), *_by(X_new)(X_new)


def _new_as_they_are(X_train: FloatArray, X_new: FloatArray) -> Any:
    return *_by(X_train)(X_train), X_new


def _by_all(X_train: FloatArray, X_new: FloatArray) -> Any:
    return _by(np.concatenate([X_train, X_new]))(X_train, X_new)


def _by_variance(X_train: FloatArray, X_new: FloatArray) -> Any:
    mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
    return (X_train - mean) / variance, (X_new - mean) / variance


def _to_0_and_1(X_train: FloatArray, X_new: FloatArray) -> Any:
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    return (X_train - low) / (high - low), (X_new - low) / (high - low)


def _mean_alone(X_train: FloatArray, X_new: FloatArray) -> Any:
    mean = X_train.mean(axis=0)
    return X_train - mean, X_new - mean


def _deviation_alone(X_train: FloatArray, X_new: FloatArray) -> Any:
    deviation = X_train.std(axis=0)
    return X_train / deviation, X_new / deviation


def _divided_first(X_train: FloatArray, X_new: FloatArray) -> Any:
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / deviation, X_new - mean / deviation


def mean_of_best(a: float, n: int, n_networks: int) -> float:
    """The mean of the largest of ``n_networks`` accuracies, each measured on ``n`` samples."""
    at_most = np.cumsum(_binomial(a, n))[:n]
    return float(np.sum(1 - at_most**n_networks) / n)


def _binomial(a: float, n: int) -> FloatArray:
    return np.array([math.comb(n, r) * a**r * (1 - a) ** (n - r) for r in range(n + 1)])


def _of_counts(weights: Callable[[FloatArray, int, int], Any]) -> Callable[..., Any]:
    """A function of F(0), ..., F(n), n and K in place of the right one."""
    return lambda a, n, n_networks: weights(np.cumsum(_binomial(a, n)), n, n_networks)


_draws = np.random.RandomState(5)
_SAMPLE = _draws.random_sample((4, 60))
_RIGHT = (_SAMPLE[0] < 0.8, (_SAMPLE[0] < 0.7) ^ (_SAMPLE[1] < 0.1))
_FEATURES = _draws.random_sample((9, 3)) * [1, 20, 0.1] + [5, -3, 0]
_NEW = _draws.random_sample((4, 3)) * [2, 10, 0.3] + [4, 1, 0.5]

EXERCISES: dict[str, Answer] = {
    "generalization-samples": Value(
        3458,
        {
            "the 1.96 is missing: one standard deviation would be enough for 68% only": 900,
            "one point either way: the half-width is 0.01, not the whole width": 13829.76,
            "the 1.96 has to be squared, too": 1764,
            "the root of a (1 - a) has to be squared, too": 11524.8,
            "that is for an accuracy of one half, the worst case": 9604,
            "one percentage point is 0.01, not one percent of 0.9": 4268.4,
            "the variance is a (1 - a), not a": 34574.4,
            "the variance is a (1 - a), not 1 - a": 3841.6,
            "the 0.01 has to be squared, too": 34.5744,
            "the root of n was asked to be 1.96 * 0.3 / 0.01: square it": 58.8,
            "take 1.96 and not 2": 3600,
            "that many are not quite enough: round up": 3457,
        },
        tolerance=2e-4,
    ),
    "generalization-none-wrong": Value(
        1 - 0.05 ** (1 / 200),
        {
            "that is far too small: with this error rate all 200 would be right with a probability of 95%, not 5%": 0.05
            / 200,
            "that is the true accuracy: the error rate was asked for": 0.05
            ** (1 / 200),
            "as a fraction, please, and not in percent": 100 - 100 * 0.05 ** (1 / 200),
            "no mistake in 200 does not mean that there never is one": 0,
            "with one mistake in 200, all 200 would be right with a probability of more than a third": 1
            / 200,
            "that is the end of Wilson's interval; here the probability can be had exactly": 3.8416
            / 203.8416,
            "with this error rate there would be no mistake with a probability of 2.5%; 5% was asked for": 1
            - 0.025 ** (1 / 200),
            "the probability is (1 - e) to the power of 200, and not 1 - 200 e": 0.95
            / 200,
            "that is the probability that one answer is wrong, if it is 5%: what of 200 answers?": 0.05,
            "that is the number of mistakes in 200: divide by 200": 3,
            "that is 1.96 divided by 200: the probability of 200 right answers is (1 - e) to the power of 200": 1.96
            / 200,
        },
        tolerance=0.01,
    ),
    "generalization-paired": Function(
        paired,
        (
            _RIGHT,
            _RIGHT[::-1],
            (_SAMPLE[2][:25] < 0.9, _SAMPLE[3][:25] < 0.6),
            (_SAMPLE[1] < 0.5, _SAMPLE[2] < 0.5),
        ),
        {
            "this error would be right if the two were independent: take the spread of the d": _with_error(
                _independent
            ),
            "this adds the two standard errors: take the spread of the d": _with_error(
                lambda a, b: (a.std() + b.std()) / math.sqrt(len(a))
            ),
            "that is the standard deviation of one d: divide by the root of n": _with_error(
                lambda a, b: _differences(a, b).std()
            ),
            "divide by the root of n, not by n": _with_error(
                lambda a, b: _differences(a, b).std() / len(a)
            ),
            "that is the variance of the mean: its root is missing": _with_error(
                lambda a, b: _differences(a, b).var() / len(a)
            ),
            "the root was taken of n alone: the standard deviation, not the variance, is divided by it": _with_error(
                lambda a, b: _differences(a, b).var() / math.sqrt(len(a))
            ),
            "the mean of the d has to be subtracted before they are squared; std() does it": _with_error(
                lambda a, b: math.sqrt((_differences(a, b) ** 2).mean() / len(a))
            ),
            "first less second: the sign is turned round": lambda a, b: paired(b, a),
            "the accuracies are fractions of all samples, also of those on which both agree": _of_those_that_differ,
            "the difference of the accuracies is the mean of the d, not their sum": lambda a, b: (
                _differences(a, b).sum(),
                paired(a, b)[1],
            ),
            "the difference has a sign: do not take its absolute value": lambda a, b: (
                abs(paired(a, b)[0]),
                paired(a, b)[1],
            ),
            "d is -1 where only the second is right: with absolute values it is lost": lambda a, b: (
                (a != b).mean(),
                (a != b).std() / math.sqrt(len(a)),
            ),
            "that is 1.96 standard errors: one was asked for": _with_error(
                lambda a, b: 1.96 * paired(a, b)[1]
            ),
        },
        others=(lambda a, b: paired(a, b, ddof=1),),
    ),
    "generalization-scaling": Function(
        standardised,
        (
            (_FEATURES, _NEW),
            (_NEW, _FEATURES),
            (_FEATURES[:4], _NEW[:1]),
            (_FEATURES[:, :2], _FEATURES[:3, :2]),
        ),
        {
            "the new samples are scaled by themselves: use mean and deviation of the training samples": _each_by_itself,
            "the new samples leak into the mean: compute it from the training samples alone": _by_all,
            "the training samples are scaled by the new ones: it is the other way round": lambda X, new: (
                _by(new)(X, new)
            ),
            "the new samples have to be treated as the training samples are": _new_as_they_are,
            "each feature has a mean of its own: axis=0": lambda X, new: _by(X, None)(
                X, new
            ),
            "divide by the standard deviation, not by the variance": _by_variance,
            "this moves each feature to the range from 0 to 1: take mean and standard deviation": _to_0_and_1,
            "divide by the standard deviation, too": _mean_alone,
            "subtract the mean, too": _deviation_alone,
            "subtract first, then divide: parentheses are missing": _divided_first,
            "take the standard deviation that std gives, without ddof": lambda X, new: (
                _by(X, ddof=1)(X, new)
            ),
            "the two arrays are exchanged": lambda X, new: standardised(X, new)[::-1],
        },
    ),
    "generalization-best-of": Function(
        mean_of_best,
        (
            (0.9, 20, 5),
            (0.5, 10, 3),
            (0.7, 15, 1),
            (0.3, 8, 10),
            (0.8, 1, 4),
            (0.95, 100, 30),
        ),
        {
            "that is the mean of one network, without any choice": lambda a, n, k: a,
            "that is the mean of the worst: all are at most r with probability F(r)**K": _of_counts(
                lambda F, n, k: np.sum((1 - F[:n]) ** k) / n
            ),
            "that is the bound of the theorem: the exact mean was asked for": lambda a, n, k: (
                a + math.sqrt(math.log(k) / (2 * n))
            ),
            "that is the mean number of right answers: divide by n": _of_counts(
                lambda F, n, k: np.sum(1 - F[:n] ** k)
            ),
            "the sum begins with r = 0: more than 0, more than 1, ...": _of_counts(
                lambda F, n, k: np.sum(1 - F[1:n] ** k) / n
            ),
            "there are n of these probabilities, from r = 0 to n - 1: divide by n": _of_counts(
                lambda F, n, k: np.sum(1 - F[:n] ** k) / (n + 1)
            ),
            "F(r) is the probability of at most r right answers: add the probabilities up": lambda a, n, k: (
                float(np.sum(1 - _binomial(a, n)[:n] ** k) / n)
            ),
            "F(r) has to be raised to the power of K, not multiplied by it": _of_counts(
                lambda F, n, k: np.sum(1 - k * F[:n]) / n
            ),
            "the best has more than r with probability 1 - F(r)**K, and not F(r)**K": _of_counts(
                lambda F, n, k: np.sum(F[:n] ** k) / n
            ),
            "1 - F(r) is for one network: take F(r) to the power of K first": _of_counts(
                lambda F, n, k: k * np.sum(1 - F[:n]) / n
            ),
            "the mean is the sum over all r, not the largest or the most probable value": _of_counts(
                lambda F, n, k: np.argmax(np.diff(np.append(0, F**k))) / n
            ),
            "that is what the bell curve would give at most: the exact mean was asked for": lambda a, n, k: (
                a + math.sqrt(2 * math.log(k) * a * (1 - a) / n)
            ),
        },
    ),
}
