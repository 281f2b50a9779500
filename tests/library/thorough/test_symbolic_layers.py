"""Gradients of layers and activations, by differentiation: as the chapters say, as the classes compute."""

from itertools import product

import formulas
import numpy as np
import pytest
import sympy
from symbols import evaluated, gradient, is_zero, matrix, random_numbers

from nnfs_lib import Dense, ReLU, Softmax, layers

N, M, P = 2, 3, 2  # samples, inputs, neurons
X, W, b = matrix("x", N, M, real=True), matrix("w", M, P, real=True), matrix("b", 1, P)
Z = matrix("z", N, 3, real=True)
FLOATS = [np.float32, np.float64]
SEEDS = range(5)


def loss_behind(output):
    """A loss whose derivative at each output is a symbol, and these symbols.

    By the chain rule every other loss with these derivatives has the same gradient.
    """
    D = matrix("d", *output.shape, real=True)
    return sum(d * a for d, a in zip(D, output)), D


def test_the_gradients_of_a_dense_layer():
    L, D = loss_behind(formulas.dense(X, W, b))
    dweights, dbiases, dinputs = formulas.dense_gradients(X, W, D)
    assert is_zero(dweights - gradient(L, W))
    assert is_zero(dbiases - gradient(L, b))
    assert is_zero(dinputs - gradient(L, X))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_dense_computes_them(seed, dtype):
    L, D = loss_behind(formulas.dense(X, W, b))
    numbers = random_numbers(seed, X, W, b, D)
    layer = Dense(M, P, rng=np.random.default_rng(0), dtype=dtype)
    layer.weights[:], layer.biases[:] = evaluated(W, numbers), evaluated(b, numbers)
    output = layer.forward(evaluated(X, numbers, dtype))
    dinputs = layer.backward(evaluated(D, numbers, dtype))
    # With so few digits nothing is rounded: neither on the grid nor in a sum.
    for got, exact in [
        (output, formulas.dense(X, W, b)),
        (layer.dweights, gradient(L, W)),
        (layer.dbiases, gradient(L, b)),
        (dinputs, gradient(L, X)),
    ]:
        np.testing.assert_array_equal(got, evaluated(exact, numbers))


def test_the_gradient_of_relu():
    positive, negative = (
        matrix("p", N, 2, positive=True),
        matrix("q", N, 2, negative=True),
    )
    mixed = positive.row_join(negative)
    L, D = loss_behind(mixed.applyfunc(formulas.relu))
    for d, z in zip(D, mixed):
        assert is_zero(formulas.relu_gradient(d, z) - sympy.diff(L, z))


def test_relu_has_a_kink_where_the_chapter_chooses_0():
    h = sympy.Symbol("h", positive=True)
    slope_below = (formulas.relu(0) - formulas.relu(-h)) / h
    slope_above = (formulas.relu(h) - formulas.relu(0)) / h
    assert (slope_below, slope_above) == (0, 1)
    assert formulas.relu_gradient(1, sympy.Integer(0)) == slope_below


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_relu_computes_it(seed, dtype):
    D = matrix("d", N, 3)
    numbers = random_numbers(seed, Z, D, low=-2, high=2)  # 0 is among them
    activation = ReLU()
    output = activation.forward(evaluated(Z, numbers, dtype))
    dinputs = activation.backward(evaluated(D, numbers, dtype))
    exact = sympy.Matrix(N, 3, [formulas.relu_gradient(d, z) for d, z in zip(D, Z)])
    np.testing.assert_array_equal(
        output, evaluated(Z.applyfunc(formulas.relu), numbers)
    )
    np.testing.assert_array_equal(dinputs, evaluated(exact, numbers))


def softmax(scores):
    return sympy.Matrix(*scores.shape, lambda i, j: formulas.softmax(scores[i, :], j))


S = softmax(Z)


def test_softmax_gives_positive_numbers_that_sum_to_1():
    assert all(s.is_positive for s in S)
    assert all(is_zero(sum(S[i, :]) - 1) for i in range(N))


def test_softmax_is_unchanged_by_a_shift():
    z, c = Z[0, :], sympy.Symbol("c", real=True)
    for j in range(3):
        assert is_zero(formulas.shifted_softmax(z, c, j) - formulas.softmax(z, j))


def test_the_odds_of_two_classes_depend_on_the_difference_of_their_scores():
    z = Z[0, :]
    for j in range(3):
        for other in range(3):
            quotient = formulas.softmax(z, j) / formulas.softmax(z, other)
            assert is_zero(formulas.odds(z, j, other) - quotient)


def test_the_jacobian_of_softmax():
    z, s = Z[0, :], S[0, :]
    for j in range(3):
        for k in range(3):
            exact = sympy.diff(s[j], z[k])
            assert is_zero(formulas.softmax_jacobian(s, j, k) - exact)


@pytest.mark.parametrize(
    "formula", [formulas.softmax_backward, formulas.softmax_vectorised]
)
def test_the_gradient_at_the_scores(formula):
    L, D = loss_behind(S)
    expected = sympy.Matrix(N, 3, lambda i, k: formula(D, S, i, k))
    assert is_zero(expected - gradient(L, Z))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_computes_it(seed, dtype):
    L, D = loss_behind(S)
    numbers = random_numbers(seed, Z, D)
    activation = Softmax()
    output = activation.forward(evaluated(Z, numbers, dtype))
    dinputs = activation.backward(evaluated(D, numbers, dtype))
    eps = np.finfo(dtype).eps
    # an ulp of each exponential, two additions, a division
    np.testing.assert_allclose(output, evaluated(S, numbers), rtol=4 * eps)
    # that error of S and a few roundings, of numbers up to max |d| = 2
    exact = evaluated(gradient(L, Z), numbers)
    np.testing.assert_allclose(dinputs, exact, rtol=0, atol=2 * 16 * eps)


@pytest.mark.parametrize("inputs", [[3], [2, -1], [1, 5, -2], [4, 1, 1, -3]])
def test_he_weights_keep_the_expected_square_through_relu(inputs):
    m = len(inputs)
    deviation = sympy.sqrt(formulas.he_variance(m))
    # The simplest weights of this variance: each is plus or minus the deviation, all choices of signs equally likely.
    scores = [
        deviation * sum(sign * x for sign, x in zip(signs, inputs))
        for signs in product((-1, 1), repeat=m)
    ]
    squares = [formulas.relu(z) ** 2 for z in scores]
    mean_square = sympy.Rational(sum(x * x for x in inputs), m)
    assert is_zero(sum(squares) / len(squares) - mean_square)


@pytest.mark.parametrize(("m", "p"), [(2, 64), (64, 3), (10, 10)])
def test_glorot_weights_lie_between_keeping_the_size_forward_and_backward(m, p):
    v = formulas.glorot_variance(m, p)
    forward, backward = m * v, p * v  # what a layer multiplies squares by
    assert forward + backward == 2
    assert (forward - 1) * (backward - 1) <= 0


@pytest.mark.parametrize(("m", "p"), [(2, 64), (64, 3), (10, 10)])
def test_dense_computes_the_variances_of_the_book(m, p):
    for init, variance in (
        ("he", formulas.he_variance(m)),
        ("glorot", formulas.glorot_variance(m, p)),
    ):
        deviation = layers._initial_deviation(init, m, p)
        assert deviation**2 == pytest.approx(float(variance), rel=1e-15)
