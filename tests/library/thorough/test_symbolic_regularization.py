"""Penalties, dropout, early stopping and weight decay: as the chapter says, as the classes compute."""

import formulas
import numpy as np
import optimizer_formulas
import pytest
import sympy
from symbols import evaluated, gradient, is_zero, matrix, random_numbers
from sympy import Abs, Rational, Symbol, cos, diff, integrate, sin

from nnfs_lib import Adam, Dense, Dropout

L1, L2 = Rational(3, 8), Rational(5, 4)
ETA = Rational(1, 4)
SEEDS = range(5)


@pytest.mark.parametrize("a", [Rational(-7, 3), Rational(1, 5), Rational(11, 4)])
@pytest.mark.parametrize("h", [Rational(1, 2), Rational(3)])
def test_the_best_weight_has_no_better_neighbours(a, h):
    w = Symbol("w", real=True)
    total = h / 2 * (w - a) ** 2 + L1 * Abs(w) + L2 * w**2
    best = formulas.best_weight(a, h, L1, L2)
    if best:
        assert is_zero(diff(total, w).subs(w, best))
    else:  # at the kink: the slopes on both sides lead upwards
        slopes = [diff(total.subs(Abs(w), side * w), w).subs(w, 0) for side in (-1, 1)]
        assert slopes[0] <= 0 <= slopes[1]


def test_both_cases_of_the_best_weight_are_tried():
    assert formulas.best_weight(Rational(1, 5), Rational(1, 2), L1, L2) == 0
    assert formulas.best_weight(Rational(-7, 3), Rational(3), L1, L2) < 0


def test_the_gradient_of_the_penalties():
    W = matrix("w", 2, 3, nonzero=True, real=True)
    penalty = sum(L1 * Abs(w) + L2 * w**2 for w in W)
    none = sympy.zeros(2, 3)
    difference = formulas.penalized_gradient(none, W, L1, L2) - gradient(penalty, W)
    assert is_zero(difference)


@pytest.mark.parametrize("seed", SEEDS)
def test_dense_computes_it(seed):
    W, X, D = matrix("w", 3, 2), matrix("x", 2, 3), matrix("d", 2, 2)
    numbers = random_numbers(seed, W, X, D)
    layer = Dense(3, 2, l1=float(L1), l2=float(L2), rng=np.random.RandomState(0))
    layer.weights[:] = evaluated(W, numbers)
    layer.forward(evaluated(X, numbers))
    layer.backward(evaluated(D, numbers))
    exact = formulas.penalized_gradient(X.T * D, W, L1, L2)
    # With so few digits nothing is rounded.
    np.testing.assert_array_equal(layer.dweights, evaluated(exact, numbers))


def test_dropout_keeps_the_mean_and_adds_this_variance():
    x, u = Symbol("x", real=True), Symbol("u", real=True)
    for rate in (Rational(1, 4), Rational(2, 3)):
        output = formulas.dropout(x, u, rate)
        mean = integrate(output, (u, 0, 1))
        variance = integrate(output**2, (u, 0, 1)) - mean**2
        assert is_zero(mean - x)
        assert is_zero(variance - rate / (1 - rate) * x**2)


@pytest.mark.parametrize("seed", SEEDS)
def test_dropout_computes_it(seed):
    X = matrix("x", 4, 3)
    numbers = random_numbers(seed, X)
    u = np.random.RandomState(seed).random_sample((4, 3))
    layer = Dropout(0.5, rng=np.random.RandomState(seed))
    exact = [
        [formulas.dropout(X[i, j], u[i, j], Rational(1, 2)) for j in range(3)]
        for i in range(4)
    ]
    got = layer.forward(evaluated(X, numbers))
    np.testing.assert_array_equal(got, evaluated(sympy.Matrix(exact), numbers))


def test_the_stopped_weight_is_that_of_so_many_steps():
    a, h, eta = sympy.symbols("a h eta", positive=True)
    w = sympy.Integer(0)
    for t in range(1, 5):
        w = w - eta * h * (w - a)
        assert is_zero(formulas.stopped_weight(a, h, eta, t) - w)


def test_adam_decays_weights_before_its_step_and_leaves_biases():
    optimizer = Adam(float(ETA), weight_decay=float(L1))
    weights = np.array([[0.5, -3.0, 0.0]], dtype=np.float32)
    decayed = optimizer_formulas.decoupled_decay(sympy.Matrix(weights), ETA, L1)
    expected = np.array(decayed.tolist(), dtype=np.float64)
    np.testing.assert_array_equal(optimizer.before_step("weights", weights), expected)
    np.testing.assert_array_equal(optimizer.before_step("biases", weights), weights)


def test_waves_add():
    middle, half, c = sympy.symbols("s d c", real=True)  # of a and b
    left, right = formulas.sum_by_waves(middle + half, middle - half, c, 1)
    difference = sympy.expand_trig(sympy.expand(left - right))
    for angle in (middle, half, c):
        difference = difference.expand().subs(sin(angle) ** 2, 1 - cos(angle) ** 2)
    assert difference.expand() == 0


@pytest.mark.parametrize("p", [3, 5, 31])
def test_the_largest_output_is_the_sum(p):
    for k in {1, 2, p - 1}:
        a, b, c = np.mgrid[:p, :p, :p]
        omega = 2 * np.pi * k / p
        outputs = np.cos(omega * (a - b) / 2) ** 2 * np.cos(omega * (a + b - c))
        best, second = np.sort(outputs, axis=2)[:, :, [-1, -2]].transpose(2, 0, 1)
        assert (outputs.argmax(axis=2) == (a + b)[:, :, 0] % p).all()
        assert (best - second).min() > 1e-5


@pytest.mark.parametrize("seed", range(3))
def test_the_powers_of_the_waves_add_up_to_the_squared_length(seed):
    f = [sympy.Integer(int(v)) for v in np.random.RandomState(seed).randint(-9, 9, 31)]
    f = [value - Rational(sum(f), 31) for value in f]
    powers = [formulas.power(f, k).evalf(30) for k in range(1, 16)]
    assert abs(sum(powers) - sum(value**2 for value in f)) < 1e-20


def test_a_wave_has_no_power_but_its_own():
    wave = [cos(2 * sympy.pi * 4 * t / 31 + 1) for t in range(31)]
    for k in range(1, 16):
        exact = Rational(31, 2) if k == 4 else 0
        assert abs(formulas.power(wave, k).evalf(30) - exact) < 1e-20
