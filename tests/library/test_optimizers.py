"""Each optimizer takes the steps of its formula, number by number."""

import inspect
import math
import re

import numpy as np
import pytest
from snapshots import snapshot

from nnfs_lib import SGD, AdaGrad, Adam, Dense, RMSProp
from nnfs_lib.book.paper_table import Residual
from nnfs_lib.optimizer_base import Optimizer

N_STEPS = 12
OPTIMIZERS = [SGD, AdaGrad, RMSProp, Adam]


# Each formula for a single number: takes the settings and the sequence of gradients, and
# gives what is subtracted at each step. t is counted from 0.
def decayed(learning_rate, decay, t):
    return learning_rate / (1 + decay * t)


def sgd(gradients, learning_rate=1.0, decay=0.0, momentum=0.0):
    v = 0.0
    for t, g in enumerate(gradients):
        v = momentum * v + decayed(learning_rate, decay, t) * g
        yield v


def adagrad(gradients, learning_rate=1.0, decay=0.0, epsilon=1e-7):
    cache = 0.0
    for t, g in enumerate(gradients):
        cache += g**2
        yield decayed(learning_rate, decay, t) * g / (math.sqrt(cache) + epsilon)


def rmsprop(gradients, learning_rate=0.001, decay=0.0, epsilon=1e-7, rho=0.9):
    cache = 0.0
    for t, g in enumerate(gradients):
        cache = rho * cache + (1 - rho) * g**2
        yield decayed(learning_rate, decay, t) * g / (math.sqrt(cache) + epsilon)


def adam(
    gradients, learning_rate=0.001, decay=0.0, epsilon=1e-7, beta_1=0.9, beta_2=0.999
):
    m = v = 0.0
    for t, g in enumerate(gradients):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1 ** (t + 1)), v / (1 - beta_2 ** (t + 1))
        yield decayed(learning_rate, decay, t) * m_hat / (math.sqrt(v_hat) + epsilon)


FORMULAS = {SGD: sgd, AdaGrad: adagrad, RMSProp: rmsprop, Adam: adam}
SETTINGS = [
    (SGD, {}),
    (SGD, {"learning_rate": 0.1, "decay": 0.5}),
    (SGD, {"momentum": 0.9}),
    (SGD, {"learning_rate": 0.1, "decay": 0.5, "momentum": 0.5}),
    (AdaGrad, {}),
    (AdaGrad, {"learning_rate": 0.1, "decay": 0.5, "epsilon": 0.1}),
    (RMSProp, {}),
    (RMSProp, {"learning_rate": 0.1, "decay": 0.5, "epsilon": 0.1, "rho": 0.5}),
    (RMSProp, {"rho": 0}),
    (Adam, {}),
    (Adam, {"learning_rate": 0.1, "decay": 0.5, "epsilon": 0.1}),
    (Adam, {"beta_1": 0.5, "beta_2": 0.75}),
    (Adam, {"beta_1": 0, "beta_2": 0}),
]
NAMES = [f"{kind.__name__}, {settings}" for kind, settings in SETTINGS]


def layer_and_gradients(dtype=np.float64, seed=0, n_steps=N_STEPS):
    """A layer, and gradients of its parameters; some entries are 0, or tiny."""
    rng = np.random.default_rng(seed)
    layer = Dense(3, 2, rng=rng, dtype=dtype)
    gradients = []
    for _ in range(n_steps):
        for shape in (layer.weights.shape, layer.biases.shape):
            gradients.append(rng.standard_normal(shape).astype(dtype))
        gradients[-2][0] = [0, 1e-8 * gradients[-2][0, 1]]
    return layer, list(zip(gradients[::2], gradients[1::2]))


def two_layers():
    """Two layers, and for each step a pair of gradients for each of them."""
    layers, gradients = zip(*[layer_and_gradients(seed=seed) for seed in (1, 2)])
    return list(layers), list(zip(*gradients))


def give(layers, gradients):
    for layer, (dweights, dbiases) in zip(layers, gradients):
        layer.dweights, layer.dbiases = dweights, dbiases


def train(optimizer, layer, gradients):
    for pair in gradients:
        give([layer], [pair])
        optimizer.step([layer])


def expected(kind, settings, start, gradients):
    """The parameter after the formula's steps, entry by entry."""
    result = np.empty(start.shape)
    for place in np.ndindex(start.shape):
        value = float(start[place])
        for step in FORMULAS[kind]([float(g[place]) for g in gradients], **settings):
            value -= step
        result[place] = value
    return result


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=NAMES)
def test_the_steps_are_those_of_the_formula(kind, settings, dtype):
    layer, gradients = layer_and_gradients(dtype)
    weights, biases = layer.weights.copy(), layer.biases.copy()
    train(kind(**settings), layer, gradients)
    dweights, dbiases = zip(*gradients)
    # a few roundings a step, and parameters that stay below 30
    tolerance = 4 * N_STEPS * 30 * np.finfo(dtype).eps
    for name, start, steps in [
        ("weights", weights, dweights),
        ("biases", biases, dbiases),
    ]:
        np.testing.assert_allclose(
            getattr(layer, name),
            expected(kind, settings, start, steps),
            rtol=0,
            atol=tolerance,
        )


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_defaults_are_those_of_the_formula(kind):
    formula = inspect.signature(FORMULAS[kind]).parameters.values()
    defaults = {p.name: p.default for p in formula if p.name != "gradients"}
    optimizer = kind()
    assert {name: getattr(optimizer, name) for name in defaults} == defaults


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_settings_may_be_given_by_position(kind):
    names = list(inspect.signature(FORMULAS[kind]).parameters)[1:]
    values = [0.5 / (1 + i) for i in range(len(names))]
    optimizer = kind(*values)
    assert [getattr(optimizer, name) for name in names] == values


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=NAMES)
def test_a_step_is_the_three_calls(kind, settings):
    results = []
    for whole in (True, False):
        optimizer = kind(**settings)
        layers, gradients = two_layers()
        for pairs in gradients:
            give(layers, pairs)
            if whole:
                optimizer.step(layers)
            else:
                optimizer.pre_update_params()
                for layer in layers:
                    optimizer.update_params(layer)
                optimizer.update_iter()
        results.append(snapshot([layers, optimizer.iterations]))
    assert results[0] == results[1]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_two_layers_are_trained_as_each_alone(kind):
    together, gradients = two_layers()
    optimizer = kind()
    for pairs in gradients:
        give(together, pairs)
        optimizer.step(together)
    apart, gradients = two_layers()
    for layer, pairs in zip(apart, zip(*gradients)):
        train(kind(), layer, pairs)
    assert snapshot(together) == snapshot(apart)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_new_optimizer_does_not_inherit_the_state_of_another(kind):
    layer, gradients = layer_and_gradients(n_steps=2)
    fresh, _ = layer_and_gradients(n_steps=2)
    train(kind(), layer, gradients[:1])
    fresh.weights[:], fresh.biases[:] = layer.weights, layer.biases
    train(kind(), layer, gradients[1:])
    train(kind(), fresh, gradients[1:])
    assert snapshot(layer) == snapshot(fresh)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_layer_gets_no_new_attributes(kind):
    layer, gradients = layer_and_gradients()
    before = set(vars(layer))
    train(kind(), layer, gradients)
    assert set(vars(layer)) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_parameters_are_changed_in_place(kind):
    layer, gradients = layer_and_gradients()
    weights, biases, before = layer.weights, layer.biases, layer.weights.copy()
    train(kind(), layer, gradients)
    assert layer.weights is weights
    assert layer.biases is biases
    assert (weights != before).any()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_gradients_of_a_wider_type_are_rounded_to_that_of_the_parameters(kind):
    layer, gradients = layer_and_gradients(np.float32)
    same, _ = layer_and_gradients(np.float32)
    train(kind(), layer, gradients)
    wide = [[part.astype(np.float64) for part in pair] for pair in gradients]
    train(kind(), same, wide)
    assert layer.weights.tobytes() == same.weights.tobytes()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_gradients_are_left_as_they_are(kind):
    layer, gradients = layer_and_gradients()
    for pair in gradients:
        for gradient in pair:
            gradient.flags.writeable = False
    train(kind(), layer, gradients)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_zero_gradient_moves_nothing_at_first(kind):
    layer, _ = layer_and_gradients()
    layer.dweights, layer.dbiases = np.zeros((3, 2)), np.zeros((1, 2))
    before = layer.weights.tobytes(), layer.biases.tobytes()
    kind().step([layer])
    assert (layer.weights.tobytes(), layer.biases.tobytes()) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_rate_decays_with_the_iterations(kind):
    optimizer = kind(learning_rate=0.5, decay=0.25)
    rates = []
    for _ in range(5):
        optimizer.pre_update_params()
        rates.append(optimizer.current_learning_rate)
        optimizer.update_iter()
    expected_rates = [0.5 / (1 + 0.25 * t) for t in range(5)]
    # the library multiplies by a rounded reciprocal: one rounding more
    np.testing.assert_allclose(rates, expected_rates, rtol=2**-52)
    assert (optimizer.iterations, optimizer.learning_rate) == (5, 0.5)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_before_the_first_step_the_rate_is_the_initial_one(kind):
    assert kind(learning_rate=0.5, decay=0.25).current_learning_rate == 0.5


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient():
    layer, _ = layer_and_gradients()
    layer.weights[:], layer.biases[:] = 0, 0
    layer.dweights, layer.dbiases = np.full((3, 2), 1e-3), np.full((1, 2), -1e3)
    Adam(learning_rate=0.5, epsilon=1e-30).step([layer])
    # g / sqrt(g**2), with a few roundings
    np.testing.assert_allclose(layer.weights, -0.5, rtol=2**-49)
    np.testing.assert_allclose(layer.biases, 0.5, rtol=2**-49)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_layers_may_come_from_a_generator(kind):
    layer, gradients = layer_and_gradients()
    same, _ = layer_and_gradients()
    for one in (layer, same):
        give([one], gradients[:1])
    kind().step(one for one in [layer])
    kind().step([same])
    assert snapshot(layer) == snapshot(same)


def test_optimizers_tell_their_settings():
    assert (
        repr(SGD(0.5, momentum=0.9)) == "SGD(learning_rate=0.5, decay=0, momentum=0.9)"
    )
    assert repr(AdaGrad()) == "AdaGrad(learning_rate=1, decay=0, epsilon=1e-07)"
    assert "rho=0.9" in repr(RMSProp())
    assert "beta_2=0.999" in repr(Adam())


@pytest.mark.parametrize("shape", [(3, 1), (2, 3)])
def test_biases_may_have_another_shape_than_a_row(shape):
    class Layer:
        def __init__(self):
            self.weights, self.dweights = np.ones((2, 3)), np.ones((2, 3))
            self.biases = np.zeros(shape)
            self.dbiases = np.arange(self.biases.size, dtype=float).reshape(shape)

    layer = Layer()
    SGD(learning_rate=0.5).step([layer])
    np.testing.assert_array_equal(layer.biases, -0.5 * layer.dbiases)


class Scale:
    """A layer with one parameter of any shape, found without a method ``parameters``."""

    def __init__(self, gamma, dgamma):
        self.gamma, self.dgamma = gamma, dgamma


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_parameter_may_have_any_shape(kind, shape, dtype):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal(shape), rng.standard_normal((3, *shape))
    layer = Scale(np.array(start, dtype=dtype), None)
    flat = Scale(layer.gamma.reshape(1, -1).copy(), None)
    optimizer, other = kind(), kind()
    gamma = layer.gamma
    for gradient in gradients.astype(dtype):
        layer.dgamma, flat.dgamma = np.array(gradient), gradient.reshape(1, -1)
        optimizer.step([layer])
        other.step([flat])
    assert layer.gamma is gamma
    assert (gamma.shape, gamma.dtype) == (shape, dtype)
    assert gamma.tobytes() == flat.gamma.tobytes()


@pytest.mark.parametrize(
    "convert",
    [
        np.ndarray.tolist,
        lambda gradient: gradient.astype(np.float64),
        lambda gradient: gradient.astype(np.longdouble),
        lambda gradient: gradient.astype(np.int8),
        lambda gradient: gradient.astype(bool),
        lambda gradient: np.asfortranarray(gradient),
        lambda gradient: np.repeat(gradient, 2, axis=1)[:, ::2],
    ],
)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_gradient_may_be_of_any_type_of_real_numbers(kind, convert):
    gradient = np.array([[1, 0, 1], [0, 1, 1]], dtype=np.float32)
    layer = Scale(np.ones((2, 3), dtype=np.float32), gradient)
    same = Scale(np.ones((2, 3), dtype=np.float32), convert(gradient))
    for one in (layer, same):
        kind().step([one])
    assert same.gamma.dtype == np.float32
    assert same.gamma.tobytes() == layer.gamma.tobytes()


@pytest.mark.parametrize("gradient", [0.5, np.float64(0.5), np.array(0.5)])
def test_a_single_number_is_the_gradient_of_a_single_number(gradient):
    layer = Scale(np.array(2.0), gradient)
    SGD().step([layer])
    assert layer.gamma == 1.5


def test_two_layers_with_one_array_both_change_it():
    weights = np.zeros((1, 2))
    first, second = Scale(weights, np.ones((1, 2))), Scale(weights, np.ones((1, 2)))
    SGD(learning_rate=0.5).step([first, second])
    assert (weights == -1).all()


def message_of(optimizer, layer):
    """What a step that is refused says; it has changed nothing."""
    before = snapshot([vars(layer), optimizer.state_dict()])
    with pytest.raises(ValueError, match="gamma") as caught:
        optimizer.step([layer])
    assert snapshot([vars(layer), optimizer.state_dict()]) == before
    return str(caught.value)


OVERFLOWING = {
    AdaGrad: ("cache", 1e20),
    RMSProp: ("cache", 1e20),
    Adam: ("mean_square", 1e21),
}


@pytest.mark.parametrize("n_steps", [0, 2])
@pytest.mark.parametrize("shape", [(), (2,), (2, 3)])
@pytest.mark.parametrize("kind", OVERFLOWING)
def test_a_gradient_whose_square_overflows_is_refused(kind, shape, n_steps):
    """The cache would be infinite, and the parameter would never move again."""
    name, large = OVERFLOWING[kind]
    gradient = np.full(shape, 0.5, dtype=np.float32)
    layer, optimizer = Scale(np.ones(shape, dtype=np.float32), gradient), kind()
    for _ in range(n_steps):
        optimizer.step([layer])
    place = tuple(length - 1 for length in shape)
    layer.dgamma = gradient.copy()
    layer.dgamma[place] = large
    message = message_of(optimizer, layer)
    start = f"{name} of gamma would become inf at {place}, where dgamma is {layer.dgamma[place]}: "
    assert message.startswith(start + "too large for float32 (")
    assert "learning rate" in message


def test_a_velocity_that_overflows_is_named():
    layer = Scale(np.ones((1, 2)), np.array([[1.0, 1e200]]))
    message = message_of(SGD(learning_rate=1e200), layer)
    assert message.startswith("velocity of gamma would become inf at (0, 1)")


def test_a_parameter_that_overflows_is_named():
    layer = Scale(np.full((1, 2), -1e308), np.array([[1.0, 1e308]]))
    message = message_of(SGD(), layer)
    assert message.startswith("gamma would become -inf at (0, 1)")


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_nan_in_a_gradient_is_not_blamed_on_the_learning_rate(kind):
    layer = Scale(np.ones((2, 2)), np.array([[1.0, np.nan], [1.0, np.nan]]))
    message = message_of(kind(), layer)
    assert message.startswith("dgamma holds nan at (0, 1); ")
    assert "NaN in the data" in message
    assert "learning rate" not in message


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_infinity_in_a_gradient_is_refused(kind, infinite):
    layer = Scale(np.ones((2, 2)), np.array([[1.0, 1.0], [infinite, 1.0]]))
    assert message_of(kind(), layer).startswith(f"dgamma holds {infinite} at (1, 0); ")


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_parameter_that_is_not_finite_is_not_blamed_on_the_gradient(kind):
    layer = Scale(np.array([[1.0, np.nan]]), np.ones((1, 2)))
    assert message_of(kind(), layer).startswith("gamma holds nan at (0, 1); ")


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_gradient_beyond_the_type_of_its_parameter_is_refused(kind):
    layer = Scale(np.ones((1, 2), dtype=np.float32), np.array([[1.0, 1e300]]))
    message = (
        "dgamma holds 1e+300 at (0, 1): too large for gamma, which is of type float32"
    )
    assert message_of(kind(), layer) == message


class Rule(SGD):
    """A reader's own rule."""

    def __init__(self, rule):
        super().__init__()
        self.rule = rule

    def update(self, gradient, state):
        return self.rule(gradient, state)


def test_a_rule_without_return_is_named():
    optimizer, layer = Rule(lambda g, state: None), Scale(np.ones(2), np.ones(2))
    sentence = "Rule.update returned None (was return forgotten?)"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        optimizer.step([layer])


def test_a_rule_in_float64_changes_a_parameter_of_float32():
    layer = Scale(np.ones(2, dtype=np.float32), np.ones(2, dtype=np.float32))
    Rule(lambda g, state: 0.5 * g.astype(np.float64)).step([layer])
    assert layer.gamma.tolist() == [0.5, 0.5]
    message = message_of(Rule(lambda g, state: g.astype(np.float64) * 1e300), layer)
    assert message.startswith("gamma would become -inf at (0,)")


def test_a_rule_may_return_a_single_number():
    layer = Scale(np.ones((2, 2)), np.ones((2, 2)))
    Rule(lambda g, state: 0.5).step([layer])
    assert (layer.gamma == 0.5).all()


def test_a_rule_may_not_return_more_than_the_parameter_holds():
    layer = Scale(np.ones((1, 2)), np.ones((1, 2)))
    optimizer = Rule(lambda g, state: np.ones((2, 2)))
    with pytest.raises(ValueError, match="shape"):
        optimizer.step([layer])
    assert (layer.gamma == 1).all()
    assert optimizer.iterations == 0


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("factor", "grows"), [(0.99, False), (1.01, True)])
def test_on_a_bowl_momentum_moves_the_limit_of_the_rate(momentum, factor, grows):
    """The chapter on equal numbers: steps overshoot more and more where rate x curvature > 2 (1 + momentum)."""
    curvature = factor * 2 * (1 + momentum)
    optimizer, state, weight = SGD(1.0, momentum=momentum), {}, np.ones(1)
    for _ in range(2000):
        weight = weight - optimizer.update(curvature * weight, state)
    assert (abs(weight.item()) > 1e6) == grows


@pytest.mark.parametrize("how", ["step", "update_params"])
def test_a_layer_made_of_others_is_trained_with_them(how):
    (first, second), gradients = two_layers()
    block = Residual([first, Residual([second])])
    (one, two), _ = two_layers()
    ours, apart = SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.9)
    for pairs in gradients:
        give([first, second], pairs)
        give([one, two], pairs)
        ours.step([block]) if how == "step" else ours.update_params(block)
        apart.step([one, two])
    assert snapshot([first, second]) == snapshot([one, two])
    again = SGD()
    again.load_state_dict(ours.state_dict(), [block])
    assert snapshot(again.states_of([first, second])) == snapshot(
        ours.states_of([first, second])
    )


def test_a_layer_inside_another_may_not_be_listed_again():
    layer, _ = layer_and_gradients(seed=1)
    with pytest.raises(ValueError, match="twice, at positions 1 and 2"):
        SGD().step([Residual([layer]), layer])


def test_a_number_of_layers_is_not_layers():
    layer, gradients = layer_and_gradients(seed=1)
    layer.layers = 3
    give([layer], gradients[:1])
    SGD().step([layer])


def test_an_update_that_would_be_repeated_for_each_row_is_refused():
    layer = Scale(np.ones((2, 2)), np.ones((2, 2)))
    said = r"^Rule.update returned an update of shape \(2,\), but gamma has shape \(2, 2\)$"
    with pytest.raises(ValueError, match=said):
        Rule(lambda g, state: g.sum(axis=0)).step([layer])
    assert (layer.gamma == 1).all()


def test_an_optimizer_with_a_text_for_a_setting_can_be_shown():
    class Named(SGD):
        def __init__(self, mode="fast", nesterov=True, rate=0.125):
            super().__init__(rate)
            self.mode, self.nesterov, self.rate = mode, nesterov, rate

    assert repr(Named()) == "Named(mode='fast', nesterov=True, rate=0.125)"


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam])
def test_an_epsilon_that_float32_would_make_0_is_refused(kind):
    with pytest.raises(ValueError, match=r"^epsilon is 1e-50"):
        kind(epsilon=1e-50)
    layer = Scale(np.ones(2, np.float32), np.zeros(2, np.float32))
    kind(epsilon=1e-37).step([layer])
    assert (layer.gamma == 1).all()


def test_a_rule_that_is_not_written_yet_is_named():
    class Empty(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match=r"^Empty does not define update$"):
        Empty(1.0, 0.0).step([Scale(np.ones(2), np.ones(2))])


def test_a_parameter_without_entries_takes_part():
    empty, other = (
        Scale(np.ones((0, 2)), np.ones((0, 2))),
        Scale(np.ones(2), np.ones(2)),
    )
    Adam(0.5).step([empty, other])
    assert empty.gamma.shape == (0, 2)
    assert (other.gamma < 1).all()


def test_an_optimizer_that_does_not_keep_its_arguments_can_be_shown():
    class Loose(SGD):
        def __init__(self, *rates):
            super().__init__(rates[0])

    assert repr(Loose(0.5)) == "Loose(rates=None)"
