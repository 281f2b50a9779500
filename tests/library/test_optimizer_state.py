"""An optimizer keeps a state for each parameter of each layer: by identity, weakly, and it can be stored."""

import copy
import gc
import pickle
import warnings
import weakref

import numpy as np
import pytest
from snapshots import refused, snapshot

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    Dense,
    ReLU,
    RMSProp,
    Softmax,
    SoftmaxCrossEntropy,
)

SETTINGS = {
    "SGD": (SGD, {"decay": 0.1}),
    "SGD with momentum": (SGD, {"decay": 0.1, "momentum": 0.9}),
    "AdaGrad": (AdaGrad, {"decay": 0.1}),
    "RMSProp": (RMSProp, {"decay": 0.1}),
    "Adam": (Adam, {"decay": 0.1}),
}
each_optimizer = pytest.mark.parametrize("name", SETTINGS)


def make(name):
    kind, settings = SETTINGS[name]
    return kind(**settings)


def layer_with_gradients(seed=0, n_inputs=3, n_neurons=2, kind=Dense):
    rng = np.random.default_rng(seed)
    layer = kind(n_inputs, n_neurons, rng=rng)
    layer.dweights = rng.standard_normal(layer.weights.shape).astype(np.float32)
    layer.dbiases = rng.standard_normal(layer.biases.shape).astype(np.float32)
    return layer


def network():
    rng = np.random.default_rng(0)
    return [Dense(2, 5, rng=rng), ReLU(), Dense(5, 3, rng=rng), SoftmaxCrossEntropy()]


def train(layers, optimizer, steps):
    """Train on one batch; the loss is the last layer."""
    *layers, loss = layers
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((7, 2)), rng.integers(0, 3, 7)
    for _ in range(steps):
        values = x
        for layer in layers:
            values = layer.forward(values)
        loss.forward(values, y)
        gradient = loss.backward(loss.output, y)
        for layer in reversed(layers):
            gradient = layer.backward(gradient)
        optimizer.step(layers)


def parameters(layers):
    return [
        array.tobytes()
        for layer in layers
        if isinstance(layer, Dense)
        for array in (layer.weights, layer.biases)
    ]


def through_state_dict(layers, optimizer):
    layers, restored = copy.deepcopy(layers), type(optimizer)()
    restored.load_state_dict(optimizer.state_dict(), layers[:-1])
    return layers, restored


def through_pickle(*pair):
    return pickle.loads(pickle.dumps(pair))


def through_deepcopy(*pair):
    return copy.deepcopy(pair)


@pytest.mark.parametrize(
    "stored", [through_state_dict, through_pickle, through_deepcopy]
)
@each_optimizer
def test_training_goes_on_bit_for_bit_after_it_was_stored(name, stored):
    at_once, optimizer = network(), make(name)
    train(at_once, optimizer, 10)
    layers, first = network(), make(name)
    train(layers, first, 5)
    restored_layers, restored = stored(layers, first)
    assert snapshot(restored.state_dict()) == snapshot(first.state_dict())
    train(restored_layers, restored, 5)
    assert parameters(restored_layers) == parameters(at_once)
    assert snapshot(restored.state_dict()) == snapshot(optimizer.state_dict())
    train(layers, first, 5)  # the copy has not disturbed the original
    assert parameters(layers) == parameters(at_once)


@each_optimizer
def test_the_three_calls_go_on_bit_for_bit_in_the_middle_of_an_iteration(name):
    layers, optimizer = [layer_with_gradients(0), layer_with_gradients(1)], make(name)
    optimizer.step(layers)
    optimizer.pre_update_params()
    optimizer.update_params(layers[0])
    copies, restored = copy.deepcopy(layers), make(name)
    restored.load_state_dict(optimizer.state_dict(), copies)
    optimizer.update_params(layers[1])
    restored.update_params(copies[1])
    assert parameters(copies) == parameters(layers)


@each_optimizer
def test_a_stored_state_does_not_change_in_later_steps(name):
    layer, optimizer = layer_with_gradients(), make(name)
    optimizer.step([layer])
    state = optimizer.state_dict()
    before = snapshot(state)
    optimizer.step([layer])
    restored = make(name)
    restored.load_state_dict(state, [layer])
    restored.step([layer])
    assert snapshot(state) == before


@each_optimizer
def test_whoever_changes_a_stored_state_does_not_change_the_optimizer(name):
    layer, optimizer, restored = layer_with_gradients(), make(name), make(name)
    optimizer.step([layer])
    state = optimizer.state_dict()
    restored.load_state_dict(state, [layer])
    before = snapshot(optimizer.state_dict())
    for kept in state["layers"][0]["weights"].values():
        if isinstance(kept, np.ndarray):
            kept[:] = 7
    assert snapshot(optimizer.state_dict()) == before
    assert snapshot(restored.state_dict()) == before


def test_adam_counts_the_updates_of_each_parameter():
    """A layer that is added late is corrected as one of its own age."""
    early, late = layer_with_gradients(0), layer_with_gradients(1)
    alone, optimizer = copy.deepcopy(late), Adam()
    for _ in range(10):
        optimizer.step([early])
    optimizer.step([early, late])
    Adam().step([alone])
    assert parameters([late]) == parameters([alone])


def test_the_iterations_are_counted_once_per_step_and_shared():
    early, late = layer_with_gradients(0), layer_with_gradients(1)
    optimizer = SGD(learning_rate=1.0, decay=1.0)
    optimizer.step([early])
    before = late.biases.copy()
    optimizer.step([early, late])
    assert optimizer.iterations == 2
    np.testing.assert_array_equal(late.biases, before - np.float32(0.5) * late.dbiases)


class AllEqual(Dense):
    """Layers of which Python thinks that they are all the same; they cannot be hashed."""

    def __eq__(self, other):
        return True

    __hash__ = None


class AllEqualWithHash(AllEqual):
    def __hash__(self):
        return 1


@pytest.mark.parametrize("kind", [AllEqual, AllEqualWithHash])
@each_optimizer
def test_layers_that_compare_equal_have_states_of_their_own(name, kind):
    odd = [layer_with_gradients(seed, kind=kind) for seed in (0, 1)]
    plain = [layer_with_gradients(seed) for seed in (0, 1)]
    optimizer, same = make(name), make(name)
    for _ in range(3):
        optimizer.step(odd)
        same.step(plain)
    assert parameters(odd) == parameters(plain)
    assert len(optimizer.state_dict()["layers"]) == 2


@each_optimizer
def test_a_dropped_layer_is_not_kept_alive(name):
    optimizer, kept, dropped = make(name), layer_with_gradients(), Dense(3, 2)
    dropped.dweights, dropped.dbiases = kept.dweights, kept.dbiases
    optimizer.step([kept, dropped])
    reference = weakref.ref(dropped)
    del dropped
    gc.collect()
    assert reference() is None
    assert len(optimizer.state_dict()["layers"]) == 1
    optimizer.step([kept])
    assert len(optimizer._states._by_id) == 1  # its state is gone, too


def test_a_layer_does_not_inherit_the_state_of_a_dropped_one_with_the_same_id():
    optimizer, inherited = SGD(momentum=0.9), 0
    expected = layer_with_gradients()
    SGD(momentum=0.9).step([expected])
    for _ in range(500):
        if inherited:
            break
        layer = layer_with_gradients()
        address = id(layer)
        optimizer.step([layer])
        assert parameters([layer]) == parameters([expected])
        del layer
        blank = Dense.__new__(Dense)  # nothing in between takes the place
        inherited += id(blank) == address
        vars(blank).update(vars(layer_with_gradients()))
        optimizer.step([blank])
        assert parameters([blank]) == parameters([expected])
        del blank
    assert inherited  # the case did arise


def test_the_order_of_the_states_is_that_of_the_first_updates():
    a, b, c = (layer_with_gradients(seed, n_inputs=2 + seed) for seed in range(3))
    optimizer = SGD()
    optimizer.step([b])
    optimizer.step([a, b, ReLU()])
    optimizer.step([c, a, b])
    shapes = [
        states["weights"]["velocity"].shape
        for states in optimizer.state_dict()["layers"]
    ]
    assert shapes == [b.weights.shape, a.weights.shape, c.weights.shape]


def test_a_dropped_layer_in_between_leaves_the_others_in_order():
    layers = [layer_with_gradients(seed, n_inputs=2 + seed) for seed in range(3)]
    optimizer = SGD(momentum=0.9)
    optimizer.step(layers)
    del layers[1]
    gc.collect()
    copies, restored = copy.deepcopy(layers), SGD()
    restored.load_state_dict(optimizer.state_dict(), copies)
    optimizer.step(layers)
    restored.step(copies)
    assert parameters(copies) == parameters(layers)


def test_layers_without_parameters_do_not_count():
    layers, optimizer = [layer_with_gradients(0), layer_with_gradients(1)], Adam()
    optimizer.step(layers)
    copies, restored = copy.deepcopy(layers), Adam()
    restored.load_state_dict(
        optimizer.state_dict(), [copies[0], ReLU(), copies[1], Softmax()]
    )
    optimizer.step(layers)
    restored.step(copies)
    assert parameters(copies) == parameters(layers)


def test_a_state_from_before_the_first_step_fits_any_layers():
    layers, restored = [layer_with_gradients()], SGD()
    restored.load_state_dict(SGD(learning_rate=0.25).state_dict(), layers)
    assert (restored.learning_rate, restored.current_learning_rate) == (0.25, 0.25)


def test_a_layer_that_was_not_updated_has_no_state():
    """It must not get that of its neighbour."""
    layers, optimizer = [layer_with_gradients(seed) for seed in range(3)], SGD()
    optimizer.step([layers[0], layers[2]])
    with refused("2 layers, but 3", layers, optimizer):
        SGD().load_state_dict(optimizer.state_dict(), layers)


def replaced(state, *path_and_value):
    """A copy of a state with one entry replaced, or deleted if the value is `...`."""
    *path, last, value = path_and_value
    state = inner = copy.deepcopy(state)
    for key in path:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return state


WEIGHTS = ("layers", 0, "weights")
BAD_STATES = {
    "None": (lambda s: None, "state_dict"),
    "a list": (lambda s: [s], "state_dict"),
    "an empty dictionary": (lambda s: {}, "state_dict"),
    "a missing entry": (lambda s: replaced(s, "iterations", ...), "state_dict"),
    "an unknown entry": (lambda s: replaced(s, "epoch", 3), "epoch"),
    "another class": (lambda s: SGD().state_dict(), "SGD"),
    "an unknown setting": (lambda s: replaced(s, "settings", "rho", 0.5), "rho"),
    "a bad setting": (lambda s: replaced(s, "settings", "beta_1", 1.5), "beta_1"),
    "settings that are none": (lambda s: replaced(s, "settings", None), "damaged"),
    "iterations below 0": (lambda s: replaced(s, "iterations", -1), "iterations"),
    "half an iteration": (lambda s: replaced(s, "iterations", 0.5), "iterations"),
    "no rate": (
        lambda s: replaced(s, "current_learning_rate", None),
        "current_learning_rate",
    ),
    "too few layers": (
        lambda s: replaced(s, "layers", s["layers"][:1]),
        "1 layers, but 2",
    ),
    "too many layers": (
        lambda s: replaced(s, "layers", 2 * s["layers"]),
        "4 layers, but 2",
    ),
    "no list of layers": (lambda s: replaced(s, "layers", 3), "layers"),
    "layers exchanged": (
        lambda s: replaced(s, "layers", s["layers"][::-1]),
        "shape",
    ),
    "a layer that is none": (lambda s: replaced(s, "layers", 0, 3), "dictionary"),
    "an unknown parameter": (lambda s: replaced(s, "layers", 0, "gamma", {}), "gamma"),
    "a parameter without state": (lambda s: replaced(s, *WEIGHTS, {}), "mean"),
    "a parameter with a number": (lambda s: replaced(s, *WEIGHTS, 3), "mean"),
    "an unknown name": (lambda s: replaced(s, *WEIGHTS, "velocity", 0.0), "velocity"),
    "another shape": (
        lambda s: replaced(s, *WEIGHTS, "mean", np.zeros((2, 3), np.float32)),
        "shape",
    ),
    "another type": (
        lambda s: replaced(s, *WEIGHTS, "mean", np.zeros((3, 2))),
        "float64",
    ),
    "words": (lambda s: replaced(s, *WEIGHTS, "mean", "words"), "mean"),
    "a product that is None": (
        lambda s: replaced(s, *WEIGHTS, "beta_1_to_t", None),
        "beta_1_to_t",
    ),
    "NaN": (
        lambda s: replaced(s, *WEIGHTS, "mean", np.full((3, 2), np.nan, np.float32)),
        "NaN",
    ),
}


@pytest.mark.parametrize("bad", BAD_STATES)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(bad):
    change, word = BAD_STATES[bad]
    layers = [layer_with_gradients(0), layer_with_gradients(1, 4, 2)]
    optimizer = Adam(decay=0.1)
    optimizer.step(layers)
    state = change(optimizer.state_dict())
    with refused(word, layers, state, optimizer.state_dict(), error=ValueError):
        optimizer.load_state_dict(state, layers)
    before = snapshot(optimizer.state_dict())
    with pytest.raises(ValueError):  # noqa: PT011, the message was checked above
        optimizer.load_state_dict(state, layers)
    assert snapshot(optimizer.state_dict()) == before


@pytest.mark.parametrize("bad", [None, [None, None], "layers"], ids=repr)
def test_what_is_no_list_of_layers_cannot_have_a_state(bad):
    optimizer = SGD()
    with refused("layers?", optimizer, error=TypeError):
        optimizer.load_state_dict(SGD().state_dict(), bad)


def test_one_layer_cannot_have_two_states():
    layers, optimizer = [layer_with_gradients(0), layer_with_gradients(1)], SGD()
    optimizer.step(layers)
    with refused("twice", layers):
        SGD().load_state_dict(optimizer.state_dict(), [layers[0], layers[0]])


def test_a_layer_without_weak_references_is_refused_before_anything_changes():
    class Slots:
        __slots__ = ("dweights", "weights")

        def forward(self, inputs): ...

        def backward(self, dvalues): ...

    layer, other, optimizer = Slots(), layer_with_gradients(), SGD()
    layer.weights, layer.dweights = np.ones((2, 2)), np.ones((2, 2))
    with refused("Slots", other, optimizer, error=TypeError):
        optimizer.step([other, layer])
    assert (layer.weights == 1).all()


def test_a_parameter_that_is_not_listed_for_a_while_keeps_its_state():
    class Frozen(Dense):
        frozen = False

        def parameters(self):
            return super().parameters()[: 1 if self.frozen else 2]

    layer = layer_with_gradients(kind=Frozen)
    optimizer = SGD(momentum=0.5)
    optimizer.step([layer])
    layer.frozen = True
    optimizer.step([layer])
    layer.frozen, before = False, layer.biases.copy()
    optimizer.step([layer])
    expected = before - np.float32(1.5) * layer.dbiases
    np.testing.assert_allclose(layer.biases, expected, rtol=2**-20)


def test_a_layer_that_holds_its_optimizer_can_be_pickled():
    layer = layer_with_gradients()
    layer.optimizer = SGD(momentum=0.9)
    layer.optimizer.step([layer])
    for restored in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        restored.optimizer.step([restored])
        again = copy.deepcopy(layer)
        again.optimizer.step([again])
        assert parameters([restored]) == parameters([again])
    assert len(layer.optimizer.state_dict()["layers"]) == 1


def test_the_check_of_a_state_warns_of_nothing():
    """It calls ``update`` with a gradient of zeros, by which a rule may divide."""

    class Signed(SGD):
        def update(self, gradient, state):
            state["sign"] = gradient / abs(gradient)
            return self.current_learning_rate * state["sign"]

    layer, optimizer = layer_with_gradients(), Signed()
    optimizer.step([layer])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Signed().load_state_dict(optimizer.state_dict(), [layer])


def test_what_lists_its_parameters_is_a_layer_even_if_there_are_none():
    class Empty:
        def parameters(self):
            return []

    SGD().step([Empty()])


def state_of_a_step(kind, **settings):
    layer, optimizer = layer_with_gradients(), kind(**settings)
    optimizer.step([layer])
    return layer, optimizer.state_dict()


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam])
def test_a_cache_below_zero_is_refused(kind):
    layer, state = state_of_a_step(kind)
    name = "mean_square" if kind is Adam else "cache"
    state["layers"][0]["weights"][name][0] = -1
    with pytest.raises(ValueError, match="damaged: a step from it gives NaN"):
        kind().load_state_dict(state, [layer])


DAMAGES = {
    "no settings": (lambda s: s.update(settings={}), "are needed"),
    "too many iterations": (lambda s: s.update(iterations=10**400), "too large"),
    "two names": (lambda s: s.update(optimizer=np.array(["SGD", "b"])), "the state is"),
    "weights alone": (lambda s: s["layers"][0].pop("biases"), "its parameters are"),
    "a mask": (
        lambda s: s["layers"][0]["weights"].update(
            velocity=np.ma.masked_array(s["layers"][0]["weights"]["velocity"])
        ),
        "masked",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_refused(damage):
    layer, state = state_of_a_step(SGD, momentum=0.9)
    change, words = DAMAGES[damage]
    change(state)
    optimizer = SGD(momentum=0.9)
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(state, [layer])
    assert optimizer.state_dict() == before


@pytest.mark.parametrize("kind", [SGD, AdaGrad, RMSProp, Adam])
def test_a_setting_of_numpys_type_keeps_the_state_in_the_type_of_the_layer(kind):
    layer, optimizer = layer_with_gradients(), kind()
    layer.weights = layer.weights.astype(np.float32)
    optimizer.learning_rate = np.float64(0.03)
    optimizer.step([layer])
    assert type(optimizer.learning_rate) is float
    optimizer.load_state_dict(optimizer.state_dict(), [layer])


def test_a_list_in_place_of_an_array_is_refused():
    layer = Dense(2, 2, dtype=np.float64)
    layer.forward(np.ones((1, 2)))
    layer.backward(np.ones((1, 2)))
    optimizer = Adam()
    optimizer.step([layer])
    state = optimizer.state_dict()
    first = state["layers"][0]["weights"]
    name = next(name for name, value in first.items() if isinstance(value, np.ndarray))
    first[name] = first[name].tolist()
    said = f"^{name} of weights of Dense.* is of type list, but an array is needed$"
    with pytest.raises(ValueError, match=said):
        optimizer.load_state_dict(state, [layer])


def stepped():
    layer, optimizer = Dense(2, 2, dtype=np.float64), Adam()
    layer.forward(np.ones((1, 2)))
    layer.backward(np.ones((1, 2)))
    optimizer.step([layer])
    return layer, optimizer


def test_an_infinity_in_a_state_is_named():
    layer, optimizer = stepped()
    state = optimizer.state_dict()
    name = next(
        name
        for name, value in state["layers"][0]["weights"].items()
        if isinstance(value, np.ndarray)
    )
    state["layers"][0]["weights"][name][0, 0] = np.inf
    said = f"^{name} of weights of Dense.* holds NaN or infinity$"
    with pytest.raises(ValueError, match=said):
        optimizer.load_state_dict(state, [layer])


def test_the_number_of_iterations_is_one_that_a_float_holds():
    layer, optimizer = stepped()
    state = optimizer.state_dict()
    optimizer.load_state_dict({**state, "iterations": 2**53}, [layer])
    assert optimizer.iterations == 2**53
    with pytest.raises(ValueError, match="too large"):
        optimizer.load_state_dict({**state, "iterations": 2**53 + 1}, [layer])
