"""Losses and their gradients, by differentiation: as the chapters say, as the classes compute."""

import formulas
import numpy as np
import pytest
import sympy
from formulas import CLIP
from symbols import evaluated, gradient, is_zero, matrix, random_numbers
from test_symbolic_layers import FLOATS, SEEDS, N, S, Z

from nnfs_lib import CategoricalCrossEntropy, SoftmaxCrossEntropy
from nnfs_lib.losses import CLIP as CLIP_OF_THE_CLASS

C = 3  # classes
Y = matrix("y", N, C)
P = matrix("p", N, C, positive=True)
ALL_LABELS = [[j, k] for j in range(C) for k in range(C)]


def one_hot(labels):
    return sympy.Matrix(N, C, lambda i, j: int(labels[i] == j))


def mean_cross_entropy(y, predicted):
    return sum(formulas.cross_entropy(y, predicted, i) for i in range(N)) / N


@pytest.mark.parametrize("labels", ALL_LABELS)
def test_one_hot_labels_give_the_loss_of_sparse_ones(labels):
    sparse = formulas.mean_loss([P[i, labels[i]] for i in range(N)])
    assert is_zero(mean_cross_entropy(one_hot(labels), P) - sparse)


def test_the_gradient_of_cross_entropy():
    expected = sympy.Matrix(
        N, C, lambda i, j: formulas.cross_entropy_gradient(Y, P, i, j)
    )
    assert is_zero(expected - gradient(mean_cross_entropy(Y, P), P))


def rows_that_sum_to_1():
    rows = [[3, 19, 10], [1, 2, 29], [16, 11, 5], [7, 24, 1]][:N]
    assert all(sum(row) == 32 for row in rows)
    return {P[i, j]: sympy.Rational(rows[i][j], 32) for i in range(N) for j in range(C)}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("labels", ALL_LABELS)
def test_categorical_cross_entropy_computes_it(labels, dtype):
    numbers = rows_that_sum_to_1()
    L = mean_cross_entropy(one_hot(labels), P)
    loss, p = CategoricalCrossEntropy(), evaluated(P, numbers, dtype)
    eps = np.finfo(dtype).eps
    # each logarithm is off by an ulp, their mean by the rounding of a sum more
    np.testing.assert_allclose(
        loss.calculate(p, labels),
        evaluated(sympy.Matrix([L]), numbers)[0, 0],
        rtol=2 * eps,
    )
    # two divisions, each off by half an ulp
    exact = evaluated(gradient(L, P), numbers)
    np.testing.assert_allclose(loss.backward(p, labels), exact, rtol=eps)


# The clip: constant, as it is, constant. On each piece a positive t runs through the confidences.
t = sympy.Symbol("t", positive=True)
BELOW = CLIP / (1 + t)
INSIDE = (CLIP + (1 - CLIP) * t) / (1 + t)  # between the two edges
ABOVE = 1 - CLIP / (1 + t)


def slope_of_the_loss(confidence):
    """dL/dp by way of t: (dL/dt) / (dp/dt)."""
    L = formulas.mean_loss([formulas.clipped(confidence)])
    return sympy.diff(L, t) / sympy.diff(confidence, t)


def test_the_clipped_loss_is_level_outside_and_has_the_slope_of_the_logarithm_inside():
    assert is_zero(slope_of_the_loss(BELOW))
    assert is_zero(slope_of_the_loss(ABOVE))
    assert is_zero(slope_of_the_loss(INSIDE) + 1 / INSIDE)


SLOPE_AT_THE_EDGE = {  # from inside, where the confidence tends to the edge
    CLIP: sympy.limit(-1 / INSIDE, t, 0),
    1 - CLIP: sympy.limit(-1 / INSIDE, t, sympy.oo),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("p", "edge"),
    [
        (0, CLIP),
        (CLIP / 2, CLIP),
        (CLIP, CLIP),
        (1 - CLIP, 1 - CLIP),
        (1 - CLIP / 4, 1 - CLIP),
        (1, 1 - CLIP),
    ],
)
def test_outside_the_class_has_loss_and_slope_of_the_edge(p, edge, dtype):
    assert formulas.clipped(sympy.sympify(p)) == edge
    y_pred = evaluated(sympy.Matrix([[p, 1 - p]]), {}, dtype)
    loss = CategoricalCrossEntropy()
    got = loss.forward(y_pred, [0])[0], loss.backward(y_pred, [0])[0, 0]
    exact = [sympy.log(1 / edge).evalf(30), SLOPE_AT_THE_EDGE[edge].evalf(30)]
    # The edge itself is a number of the type, rounded: by half an ulp, below 1 by eps / 4.
    # Of log, which is about 1e-7 at the upper edge, that is a larger part.
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(got[0], float(exact[0]), rtol=eps, atol=eps / 4)
    np.testing.assert_allclose(got[1], float(exact[1]), rtol=2 * eps)


def test_the_edge_of_the_class_is_the_edge_of_the_chapter():
    assert float(CLIP) == CLIP_OF_THE_CLASS


def labels_that_sum_to_1():
    """Any labels, one-hot or not, as the theorem has them."""
    return sympy.Matrix(
        N, C, lambda i, j: Y[i, j] if j < C - 1 else 1 - sum(Y[i, : C - 1])
    )


def test_the_gradient_of_softmax_and_cross_entropy_together():
    y = labels_that_sum_to_1()
    for i in range(N):
        L_i = formulas.cross_entropy(y, S, i)
        for k in range(C):
            expected = formulas.combined_gradient(y, S, i, k)
            assert is_zero(expected - sympy.diff(L_i, Z[i, k]))


def is_equal_logarithm(one, other):
    """exp is one-to-one, so it is enough to compare exp(one) with exp(other)."""
    return is_zero(sympy.exp(one) / sympy.exp(other) - 1)


@pytest.mark.parametrize("right", range(C))
def test_the_loss_from_the_scores(right):
    z = Z[0, :]
    definition = -sympy.log(formulas.softmax(z, right))
    assert is_equal_logarithm(formulas.loss_from_scores(z, right), definition)


def test_a_shift_can_be_taken_out_of_log_sum_exp():
    z, m = Z[0, :], sympy.Symbol("m", real=True)
    definition = sympy.log(sum(sympy.exp(z_l) for z_l in z))
    assert is_equal_logarithm(formulas.log_sum_exp(z, m), definition)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_cross_entropy_computes_both(seed, dtype):
    numbers = random_numbers(seed, Z)
    logits, labels = evaluated(Z, numbers, dtype), ALL_LABELS[seed]
    L = mean_cross_entropy(one_hot(labels), S)
    loss, eps = SoftmaxCrossEntropy(), np.finfo(dtype).eps
    # Scores are at most 4 apart, so a loss is below 4 + log 3 < 6: an ulp there is 4 eps, and
    # there are three terms.
    exact = evaluated(sympy.Matrix([L]), numbers)[0, 0]
    np.testing.assert_allclose(
        loss.forward(logits, labels), exact, rtol=0, atol=12 * eps
    )
    # Probabilities off by 4 eps, as softmax has them; minus 1, over n.
    dinputs = loss.backward(loss.output, labels)
    exact = evaluated(gradient(L, Z), numbers)
    np.testing.assert_allclose(dinputs, exact, rtol=0, atol=5 * eps)
