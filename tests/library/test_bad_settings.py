"""Bad settings and calls in the wrong order are refused, and change nothing."""

import fractions
import inspect
import re

import numpy as np
import pytest
from snapshots import refused, snapshot
from test_bad_input import LABELS, MATRIX, dense

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    ReLU,
    RMSProp,
    Softmax,
    SoftmaxCrossEntropy,
    optimizers,
)
from nnfs_lib.batches import batches
from nnfs_lib.callbacks import EarlyStopping
from nnfs_lib.gradcheck import check_gradients
from nnfs_lib.model import Model

OPTIMIZERS = [SGD, AdaGrad, RMSProp, Adam]
EACH_SETTING = [
    (kind, name) for kind in OPTIMIZERS for name in inspect.signature(kind).parameters
]
NO_NUMBERS = {
    "NaN": np.nan,
    "infinity": np.inf,
    "negative": -0.1,
    "a string": "0.1",
    "bytes": b"0.1",
    "None": None,
    "a list": [0.1],
    "an array": np.array([0.1, 0.2]),
    "a truth value": True,
    "complex": 0.1 + 0j,
    "beyond float64": 10**400,
}


def test_every_optimizer_is_among_them():
    rules = vars(optimizers).values()
    found = {rule for rule in rules if isinstance(rule, type) and hasattr(rule, "step")}
    assert set(OPTIMIZERS) == found - {optimizers.Optimizer}


@pytest.mark.parametrize("bad", NO_NUMBERS)
@pytest.mark.parametrize(("kind", "name"), EACH_SETTING)
def test_an_optimizer_refuses_a_bad_setting(kind, name, bad):
    with refused(f"^{name}"):
        kind(**{name: NO_NUMBERS[bad]})


@pytest.mark.parametrize(
    ("kind", "name"), [e for e in EACH_SETTING if e[1] in ("learning_rate", "epsilon")]
)
def test_what_must_be_above_zero_may_not_be_zero(kind, name):
    with refused(f"^{name}"):
        kind(**{name: 0})


@pytest.mark.parametrize(
    ("kind", "name"), [e for e in EACH_SETTING if e[1][:3] in ("mom", "rho", "bet")]
)
def test_a_fraction_that_is_kept_lies_below_one(kind, name):
    with refused(f"^{name}"):
        kind(**{name: 1.0})


@pytest.mark.parametrize(
    ("kind", "name"),
    [e for e in EACH_SETTING if e[1] not in ("learning_rate", "epsilon")],
)
def test_what_may_be_zero_may_be_zero(kind, name):
    assert getattr(kind(**{name: 0}), name) == 0


@pytest.mark.parametrize("rate", [1, np.float32(0.5), fractions.Fraction(1, 2)])
def test_any_real_number_is_a_learning_rate(rate):
    assert SGD(rate).learning_rate == rate


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_update_params_before_backward_is_refused(kind):
    optimizer, layer = kind(), Dense(2, 2, rng=np.random.default_rng(0))
    with refused("backward", optimizer, layer, error=RuntimeError):
        optimizer.update_params(layer)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_step_with_a_second_layer_before_backward_changes_nothing(kind):
    layers = [dense(), Dense(3, 2, rng=np.random.default_rng(0))]
    optimizer = kind()
    with refused("backward", optimizer, layers, error=RuntimeError):
        optimizer.step(layers)


BAD_GRADIENTS = {
    "NaN": np.full((3, 3), np.nan),
    "infinity": np.full((3, 3), np.inf),
    "another shape": np.zeros((3, 2)),
    "one axis": np.zeros(9),
    "empty": np.zeros((0, 3)),
    "a string": "zeros",
    "ragged": [[0.0], [0.0, 1.0], [0.0]],
    "complex": np.zeros((3, 3), dtype=complex),
    "too large for float32": np.full((3, 3), 1e300),
}


@pytest.mark.parametrize("name", ["dweights", "dbiases"])
@pytest.mark.parametrize("bad", BAD_GRADIENTS)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_bad_gradient_in_the_second_layer_changes_nothing(kind, bad, name):
    layers = [dense(), dense()]
    optimizer = kind()
    optimizer.step(layers)  # so that there is a state to spoil
    setattr(layers[1], name, BAD_GRADIENTS[bad])
    with refused(f"^{name}", optimizer, layers):
        optimizer.step(layers)
    with refused(f"^{name}", optimizer, layers):
        optimizer.update_params(layers[1])


NO_LAYERS = [None, 3, "dense", np.ones((2, 2)), object(), {}, [dense()]]


@pytest.mark.parametrize("bad", NO_LAYERS, ids=lambda bad: type(bad).__name__)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_what_is_no_layer_is_refused(kind, bad):
    optimizer, layer = kind(), dense()
    with refused("a layer must have", optimizer, layer, error=TypeError):
        optimizer.update_params(bad)
    with refused("a layer must have", optimizer, layer, error=TypeError):
        optimizer.step([layer, bad])


@pytest.mark.parametrize("bad", [Dense, ReLU])
def test_a_class_is_no_layer(bad):
    optimizer, layer = SGD(), dense()
    with refused("class", optimizer, layer, error=TypeError):
        optimizer.step([layer, bad])
    with refused("class", optimizer, layer, error=TypeError):
        optimizer.update_params(bad)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_layers_without_parameters_are_skipped(kind):
    class Doubling:
        def forward(self, inputs): ...

        def backward(self, dvalues): ...

    layer, same = dense(), dense()
    others = [ReLU(), Softmax(), SoftmaxCrossEntropy(), Doubling()]
    optimizer = kind()
    optimizer.step([others[0], layer, *others[1:]])
    kind().step([same])
    for other in others:
        optimizer.update_params(other)
    assert snapshot(layer) == snapshot(same)
    assert len(optimizer.state_dict()["layers"]) == 1


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    "bad", [None, dense(), 3, SGD], ids=["None", "a layer", "a number", "a class"]
)
def test_what_is_no_list_of_layers_is_refused(kind, bad):
    optimizer = kind()
    with refused("layers", optimizer, bad, error=TypeError):
        optimizer.step(bad)


def test_a_string_is_no_list_of_layers():
    with refused("a layer must have", error=TypeError):
        SGD().step("dense")


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_layer_that_is_listed_twice_is_refused(kind):
    layer, other, optimizer = dense(), dense(), kind()
    sentence = r"layers holds Dense\(3, 3\) twice, at positions 0 and 2"
    with refused(sentence, layer, other, optimizer, error=ValueError):
        optimizer.step([layer, other, layer])


@pytest.mark.parametrize(
    "subject", [Dense(3, 3, rng=np.random.default_rng(0)), ReLU(), Softmax()], ids=repr
)
def test_backward_before_forward_is_refused(subject):
    with refused("forward", subject, error=RuntimeError):
        subject.backward(MATRIX)


@pytest.mark.parametrize("subject", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
def test_a_loss_needs_no_forward_before_backward(subject):
    probabilities = np.full(MATRIX.shape, 1 / 3)
    assert subject.backward(probabilities, LABELS).shape == MATRIX.shape


@pytest.mark.parametrize("bad", [0, -1, 2.0, np.nan, "2", None, True, [2], 2 + 0j])
@pytest.mark.parametrize("name", ["n_inputs", "n_neurons"])
def test_a_layer_of_no_size_is_refused(name, bad):
    sizes = {"n_inputs": 2, "n_neurons": 3, name: bad}
    rng = np.random.default_rng(0)
    with refused(f"^{name}", rng):
        Dense(**sizes, rng=rng)


@pytest.mark.parametrize("bad", [0, "seed", object(), [1.0]])
def test_what_draws_no_numbers_is_no_rng(bad):
    with refused("^rng"):
        Dense(2, 3, rng=bad)


@pytest.mark.parametrize(
    "bad", [int, np.float16, np.complex64, "bytes", "nonsense", object, 7]
)
def test_another_dtype_is_refused(bad):
    rng = np.random.default_rng(0)
    with refused("^dtype", rng):
        Dense(2, 3, rng=rng, dtype=bad)


@pytest.mark.parametrize("bad", [Dense, None, 3, "Dense", object()])
def test_the_gradient_checker_refuses_what_has_no_backward(bad):
    with refused("^subject"):
        check_gradients(bad, MATRIX)


@pytest.mark.parametrize("bad", [*NO_NUMBERS, "zero"])
@pytest.mark.parametrize("name", ["step", "tolerance"])
def test_the_gradient_checker_refuses_bad_settings(name, bad):
    subject = dense()
    with refused(f"^{name}", subject):
        check_gradients(subject, MATRIX, **{name: {"zero": 0, **NO_NUMBERS}[bad]})


def test_the_snapshots_see_a_change():
    layer = dense()
    before = snapshot([layer])
    layer.biases[0, 0] += 1
    assert snapshot([layer]) != before


def read_only(values):
    values.flags.writeable = False
    return values


@pytest.mark.parametrize(
    "bad",
    [np.ones((3, 3), dtype=int), np.ones((3, 3)).tolist(), read_only(np.ones((3, 3)))],
    ids=["integers", "a list", "read-only"],
)
def test_weights_that_cannot_be_updated_stop_the_step_before_it_changes_anything(bad):
    layers, optimizer = [dense(), dense()], SGD()
    layers[1].weights = bad
    with refused("weights", optimizer, layers):
        optimizer.step(layers)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_parameters_of_a_new_shape_stop_the_step_before_it_changes_anything(kind):
    layers, optimizer = [dense(), dense()], kind()
    optimizer.step(layers)
    layers[1].weights = layers[1].dweights = np.zeros((4, 3))
    with refused("weights", optimizer, layers):
        optimizer.step(layers)


class Copying(Dense):
    """Gives a copy of its weights to whoever asks: to change it changes nothing."""

    @property
    def weights(self):
        return self._weights_of_its_own.copy()

    @weights.setter
    def weights(self, value):
        self._weights_of_its_own = value


def test_a_layer_that_hides_its_weights_is_refused():
    layer = Copying(3, 3)
    layer.dweights, layer.dbiases = np.ones((3, 3)), np.ones((1, 3))
    with refused("not a copy", layer, error=ValueError):
        SGD().step([layer])


def test_a_list_that_was_put_on_a_dense_layer_is_checked():
    layer = dense()
    layer.parameters = lambda: [("weights", layer.weights.copy(), layer.dweights)]
    with refused("not a copy", error=ValueError):
        SGD().step([layer])


@pytest.mark.parametrize("bad", ["no", "", 0, 1, None, [True]])
@pytest.mark.parametrize(
    ("kind", "arguments", "name"),
    [(Dense, (2, 3), "penalize_biases"), (EarlyStopping, (), "restore_best")],
)
def test_a_truth_value_is_true_or_false(kind, arguments, name, bad):
    with refused(f"^{name} must be True or False, but it is {re.escape(repr(bad))}"):
        kind(*arguments, **{name: bad})


TAKES_LAYERS = {
    "check_gradients": lambda thing: check_gradients(thing, MATRIX),
    "Model": lambda thing: Model([thing], loss=SoftmaxCrossEntropy()),
    "step": lambda thing: SGD().step([thing]),
}


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("take", TAKES_LAYERS.values(), ids=TAKES_LAYERS)
def test_what_has_only_one_of_the_two_methods_is_no_layer(take, method):
    half = type("Half", (), {method: lambda self, values: values})()
    with pytest.raises(TypeError, match=r"must have .*forward and backward"):
        take(half)


@pytest.mark.parametrize("kind", [np.random.RandomState, np.random.Generator])
def test_a_class_in_place_of_a_generator_is_refused(kind):
    """Called without an object, some of its methods end the interpreter."""
    for make in (
        lambda: Dense(2, 2, rng=kind),
        lambda: Dropout(0.5, rng=kind),
        lambda: batches(np.ones((2, 2)), np.ones(2), 1, rng=kind),
    ):
        with pytest.raises(TypeError, match="rng must be a numpy"):
            make()
