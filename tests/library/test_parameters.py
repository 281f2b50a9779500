"""The parameters of a layer are those it lists, or those that a convention finds."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from nnfs_lib import SGD, Dense, ReLU, Softmax, parameters
from nnfs_lib.base import Layer
from nnfs_lib.parameters import Parameter, parameter_names, parameters_of


class Scale:
    """Multiplies each feature by its own factor, and lists that factor as its parameter."""

    def __init__(self):
        self.gamma, self.dgamma = np.array([[2.0, 3.0]]), None

    def parameters(self):
        return [Parameter("gamma", self.gamma, self.dgamma)]


def listing(parameters, **attributes):
    """A layer with these attributes, whose method ``parameters`` returns what is given."""
    return SimpleNamespace(parameters=lambda: parameters, **attributes)


def names(layer):
    return [parameter.name for parameter in parameters_of(layer)]


ONE, TWO = np.ones((1, 2)), np.full((1, 2), 2.0)


def test_a_layer_lists_its_parameters():
    layer = Scale()
    ((name, value, gradient),) = parameters_of(layer)
    assert name == "gamma"
    assert value is layer.gamma
    assert gradient is None


def test_the_gradient_is_listed_once_it_is_known():
    layer = Scale()
    layer.dgamma = ONE
    (parameter,) = parameters_of(layer)
    assert parameter.gradient is ONE


def test_only_what_a_layer_lists_is_a_parameter():
    layer = Scale()
    layer.weights, layer.beta, layer.dbeta = ONE, ONE, ONE
    assert names(layer) == parameter_names(layer) == ["gamma"]


def test_weights_and_biases_are_found_in_slots_too():
    class Slots:
        __slots__ = ("biases", "weights")

    layer = Slots()
    layer.weights, layer.biases = TWO, ONE
    assert names(layer) == parameter_names(layer) == ["weights", "biases"]


def test_plain_triples_become_parameters():
    (parameter,) = parameters_of(listing([("gamma", ONE, None)], gamma=ONE))
    assert parameter == Parameter("gamma", ONE, None)
    assert isinstance(parameter, Parameter)


def test_a_list_may_be_empty():
    assert parameters_of(listing([], weights=ONE)) == []


@pytest.mark.parametrize("layer", [Dense(2, 3), Dense(2, 3, dtype=np.float64)])
def test_a_dense_layer_has_weights_and_biases(layer):
    found = parameters_of(layer)
    assert [(p.name, p.gradient) for p in found] == [
        ("weights", None),
        ("biases", None),
    ]
    assert found[0].value is layer.weights
    assert found[1].value is layer.biases


def test_a_used_dense_layer_has_their_gradients():
    layer = Dense(2, 3)
    layer.forward(np.ones((4, 2)))
    layer.backward(np.ones((4, 3)))
    weights, biases = parameters_of(layer)
    assert weights.gradient is layer.dweights
    assert biases.gradient is layer.dbiases


@pytest.mark.parametrize("activation", [ReLU(), Softmax()])
def test_an_activation_has_no_parameters(activation):
    assert parameters_of(activation) == []
    activation.forward(np.ones((4, 3)))
    activation.backward(np.ones((4, 3)))
    assert parameters_of(activation) == []


def test_weights_and_biases_count_before_their_gradients_exist():
    layer = SimpleNamespace(biases=ONE, weights=TWO)
    assert names(layer) == ["weights", "biases"]


def test_a_layer_may_have_weights_alone():
    assert names(SimpleNamespace(weights=ONE, biases=None)) == ["weights"]


def test_an_array_with_a_gradient_beside_it_is_a_parameter():
    layer = SimpleNamespace(gamma=ONE, dgamma=TWO, beta=TWO, dbeta=None)
    assert parameters_of(layer) == [
        Parameter("gamma", ONE, TWO),
        Parameter("beta", TWO, None),
    ]


def test_an_array_without_a_gradient_is_none():
    assert names(SimpleNamespace(running_mean=ONE, weights=ONE)) == ["weights"]


@pytest.mark.parametrize("name", ["inputs", "output", "x"])
def test_what_flows_through_a_layer_is_none(name):
    assert names(SimpleNamespace(**{name: ONE, f"d{name}": ONE})) == []


def test_an_array_of_words_is_none():
    assert names(SimpleNamespace(ays=np.array(["Monday"]), days=ONE)) == []


def test_two_plain_numbers_are_none():
    assert names(SimpleNamespace(t=0.0, dt=0.1)) == []


@pytest.mark.parametrize("value", [[1.0, 1.0], 1.0, np.float32(1)])
def test_numbers_with_a_gradient_cannot_be_updated_in_place(value):
    layer = SimpleNamespace(gamma=value, dgamma=ONE)
    assert parameter_names(layer) == ["gamma"]
    kind = type(value).__name__
    sentence = f"gamma must be an array of float32 or float64, but it is of type {kind}"
    with pytest.raises(TypeError, match=f"^{sentence}$"):
        parameters_of(layer)


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (Scale, "layer is the class Scale: pass an object of it"),
        (
            listing(None),
            "SimpleNamespace.parameters must return a list, but it returned None (was return forgotten?)",
        ),
        (
            listing(iter([])),
            "SimpleNamespace.parameters must return a list, but it returned an object of type list_iterator",
        ),
        (
            listing(Parameter("gamma", ONE, None), gamma=ONE),
            "SimpleNamespace.parameters must return a list, but it returned an object of type Parameter",
        ),
        (
            listing([("gamma", [1.0], None)], gamma=[1.0]),
            "gamma must be an array of float32 or float64, but it is of type list",
        ),
    ],
)
def test_no_list_of_arrays_is_refused(layer, sentence):
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        parameters_of(layer)


@pytest.mark.parametrize("entry", [ONE, "abc", ("gamma", ONE), (ONE, "gamma", None)])
def test_a_list_of_anything_but_triples_is_refused(entry):
    sentence = (
        "SimpleNamespace.parameters must list triples Parameter(name, value, gradient), "
        f"but it lists {entry!r}"
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        parameters_of(listing([entry], gamma=ONE))


@pytest.mark.parametrize(
    ("listed", "attribute"),
    [
        (("gamma", TWO, ONE), "gamma"),
        (("gamma", ONE, TWO), "dgamma"),
        (("beta", ONE, None), "beta"),
    ],
)
def test_a_listed_array_has_to_be_the_attribute(listed, attribute):
    sentence = (
        f"SimpleNamespace.parameters lists an array that is not the attribute {attribute}: "
        "list the array itself, not a copy"
    )
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        parameters_of(listing([listed], gamma=ONE, dgamma=ONE))


@pytest.mark.parametrize("names", [["gamma", "gamma"], ["gamma", "inputs"]])
def test_each_parameter_is_listed_once_and_inputs_are_none(names):
    layer = listing([(name, ONE, None) for name in names], gamma=ONE, inputs=ONE)
    sentence = (
        f"SimpleNamespace.parameters lists {names}: list each parameter once, "
        "and not what flows through the layer"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parameters_of(layer)


def test_what_the_librarys_own_layers_list_is_not_checked_again(monkeypatch):
    monkeypatch.setattr(parameters, "_checked", None)
    layer = Dense(2, 3)
    assert all(value is getattr(layer, name) for name, value, _ in parameters_of(layer))
    with pytest.raises(TypeError):
        parameters_of(Scale())


class Written(Layer):
    """A reader's layer, derived from the library's, without a method ``parameters``."""

    def __init__(self):
        self.weights = np.ones((2, 2), np.float32)

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weights

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        return dvalues @ self.weights.T


def test_a_layer_derived_from_the_librarys_has_its_weights_trained():
    layer = Written()
    assert names(layer) == parameter_names(layer) == ["weights"]
    layer.forward(np.ones((1, 2), np.float32))
    layer.backward(np.ones((1, 2), np.float32))
    SGD(0.5).step([layer])
    assert (layer.weights == 0.5).all()
    assert names(ReLU()) == names(Softmax()) == []
