"""Three steps of each optimizer, unrolled: as the papers define them, as the chapter says, as the classes compute.

The definitions are sums over all gradients so far; the chapter's rules and the classes keep a memory instead.
"""

import inspect

import numpy as np
import optimizer_formulas as formulas
import pytest
import sympy
from sympy import Rational, sqrt

from nnfs_lib import SGD, AdaGrad, Adam, Dense, RMSProp

T = 3
HALF = Rational(1, 2)
g = sympy.symbols("g_1:4", real=True)
theta = sympy.Symbol("theta", real=True)
eta, decay, epsilon = sympy.symbols("eta decay epsilon", positive=True)
mu, rho, beta_1, beta_2 = sympy.symbols("mu rho beta_1 beta_2", positive=True)


def fading_mean(values, kept):
    """The sum that a running mean stands for: each value's weight fades by a factor a step."""
    n = len(values)
    return (1 - kept) * sum(
        kept ** (n - i) * value for i, value in enumerate(values, 1)
    )


# What is subtracted at step t, counted from 1, by its definition; g holds all the gradients.
def decayed_rate(t, learning_rate, decay):
    return learning_rate / (1 + (t - 1) * decay)


def sgd_step(t, g, learning_rate=eta, decay=decay, momentum=mu):
    return sum(
        momentum ** (t - i) * decayed_rate(i, learning_rate, decay) * g[i - 1]
        for i in range(1, t + 1)
    )


def adagrad_step(t, g, learning_rate=eta, decay=decay, epsilon=epsilon):
    sum_of_squares = sum(value**2 for value in g[:t])
    return (
        decayed_rate(t, learning_rate, decay)
        * g[t - 1]
        / (sqrt(sum_of_squares) + epsilon)
    )


def rmsprop_step(t, g, learning_rate=eta, decay=decay, epsilon=epsilon, rho=rho):
    mean_square = fading_mean([value**2 for value in g[:t]], rho)
    return (
        decayed_rate(t, learning_rate, decay) * g[t - 1] / (sqrt(mean_square) + epsilon)
    )


def adam_step(
    t, g, learning_rate=eta, decay=decay, epsilon=epsilon, beta_1=beta_1, beta_2=beta_2
):
    mean = fading_mean(g[:t], beta_1) / (1 - beta_1**t)
    mean_square = fading_mean([value**2 for value in g[:t]], beta_2) / (1 - beta_2**t)
    return decayed_rate(t, learning_rate, decay) * mean / (sqrt(mean_square) + epsilon)


# The chapter's rules: from the parameter and the memory, to the same.
def sgd_rule(t, g, eta, theta, v=0):
    return formulas.momentum(theta, v, g, eta, mu)


def adagrad_rule(t, g, eta, theta, c=0):
    return formulas.adagrad(theta, c, g, eta, epsilon)


def rmsprop_rule(t, g, eta, theta, c=0):
    return formulas.rmsprop(theta, c, g, eta, epsilon, rho)


def adam_rule(t, g, eta, theta, m=0, c=0):
    return formulas.adam(theta, m, c, g, t, eta, epsilon, beta_1, beta_2)


STEPS = {SGD: sgd_step, AdaGrad: adagrad_step, RMSProp: rmsprop_step, Adam: adam_step}
RULES = {SGD: sgd_rule, AdaGrad: adagrad_rule, RMSProp: rmsprop_rule, Adam: adam_rule}


def is_zero(expression):
    """Whether it is 0 for all symbols; equal roots look equal once they are in factors."""
    roots = expression.atoms(sympy.Pow)
    factored = {
        root: sqrt(sympy.factor(root.base)) for root in roots if root.exp == HALF
    }
    return sympy.simplify(expression.xreplace(factored)) == 0


@pytest.mark.parametrize("kind", STEPS)
def test_the_chapters_rule_takes_the_steps_of_the_definition(kind):
    state = (theta,)
    for t in range(1, T + 1):
        rate = formulas.decayed(eta, decay, t - 1)
        before, state = state[0], RULES[kind](t, g[t - 1], rate, *state)
        assert is_zero(before - state[0] - STEPS[kind](t, g))


def test_the_velocity_is_the_sum_that_the_chapter_prints():
    assert is_zero(sgd_step(T, g, decay=0) - formulas.momentum_sum(g, eta, mu))


def test_momentum_is_polyaks_heavy_ball():
    """There a step is the gradient's, plus mu times the last step."""
    for t in range(2, T + 1):
        heavy_ball = decayed_rate(t, eta, decay) * g[t - 1] + mu * sgd_step(t - 1, g)
        assert is_zero(heavy_ball - sgd_step(t, g))


def test_without_momentum_a_step_is_the_rate_times_the_gradient():
    for t in range(1, T + 1):
        step = sgd_step(t, g, decay=0, momentum=sympy.Integer(0))
        assert is_zero(theta - step - formulas.sgd(theta, g[t - 1], eta))


def test_after_one_over_decay_steps_the_rate_has_halved():
    assert is_zero(formulas.decayed(eta, decay, 1 / decay) - eta / 2)


@pytest.mark.parametrize("t", range(1, 6))
def test_the_weights_of_a_fading_mean_add_up_to_what_adam_divides_by(t):
    assert is_zero(fading_mean([1] * t, beta_1) - (1 - beta_1**t))


@pytest.mark.parametrize("t", range(1, 6))
def test_if_the_gradient_stays_the_same_adams_steps_are_of_one_length(t):
    """Both corrected means are exact then, from the first step on."""
    constant = [sympy.Symbol("g", positive=True)] * t
    step = adam_step(t, constant, decay=0)
    assert is_zero(step - eta * constant[0] / (constant[0] + epsilon))


@pytest.mark.parametrize("t", range(1, 6))
def test_if_the_gradient_stays_the_same_adagrads_steps_shrink_with_the_root(t):
    constant = [sympy.Symbol("g", positive=True)] * t
    step = adagrad_step(t, constant, decay=0, epsilon=0)
    assert is_zero(step - eta / sqrt(t))


def test_a_quiet_parameter_may_jump_under_rmsprop():
    jump = rmsprop_step(T, (0, 0, sympy.Symbol("g", positive=True)), decay=0, epsilon=0)
    assert is_zero(jump - eta / sqrt(1 - rho))


SETTINGS = [
    (SGD, {}),
    (SGD, {"learning_rate": 0.3, "decay": 0.1}),
    (SGD, {"learning_rate": 0.3, "decay": 0.1, "momentum": 0.9}),
    (AdaGrad, {}),
    (AdaGrad, {"learning_rate": 0.3, "decay": 0.1, "epsilon": 0.01}),
    (RMSProp, {}),
    (RMSProp, {"learning_rate": 0.3, "decay": 0.1, "epsilon": 0.01, "rho": 0.7}),
    (Adam, {}),
    (Adam, {"learning_rate": 0.3, "decay": 0.1, "epsilon": 0.01, "beta_1": 0.7, "beta_2": 0.8}),
]  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("kind", "settings"), SETTINGS, ids=[f"{k.__name__}, {s}" for k, s in SETTINGS]
)
def test_the_class_takes_the_steps_of_the_definition(kind, settings, dtype):
    rng = np.random.default_rng(0)
    layer, optimizer = Dense(2, 3, rng=rng, dtype=dtype), kind(**settings)
    layer.weights[:] = layer.biases[:] = 0
    # Two rows of weights, one of biases.
    gradients = rng.integers(-64, 65, (T, 3, 3)) / 32
    for gradient in gradients:
        layer.dweights, layer.dbiases = gradient[:2], gradient[2:]
        optimizer.step([layer])
    got = np.concatenate([layer.weights, layer.biases])
    # each setting as the exact value of its float64
    names = inspect.signature(STEPS[kind]).parameters.keys() - {"t", "g"}
    exact = {name: Rational(getattr(optimizer, name)) for name in names}
    # Three steps of at most 4 (the velocity; others are shorter) with a dozen roundings each.
    tolerance = 3 * 4 * 12 / 2 * np.finfo(dtype).eps
    for place in np.ndindex(got.shape):
        sequence = [Rational(gradient[place]) for gradient in gradients]
        total = sum(STEPS[kind](t, sequence, **exact) for t in range(1, T + 1))
        assert abs(got[place] + total.evalf(30)) <= tolerance
