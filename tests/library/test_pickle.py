"""Layers, activations, losses and optimizers can be copied and pickled."""

import copy
import pickle

import numpy as np
import pytest

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    ReLU,
    RMSProp,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
)
from nnfs_lib.base import Layer

rng = np.random.default_rng(0)
BATCH = rng.standard_normal((500, 4))
UPSTREAM = rng.standard_normal((500, 4))
LABELS = rng.integers(0, 4, 500)
PROBABILITIES = np.full((500, 4), 0.25)


def dense():
    return Dense(4, 4, rng=np.random.default_rng(1))


class Same:
    """Draws the same each time."""

    def random_sample(self, shape):
        return np.random.RandomState(5).random_sample(shape)


def dropout():
    return Dropout(0.3, rng=Same())


LAYERS = [dense, ReLU, Sigmoid, Softmax, dropout]
LOSSES = [(CategoricalCrossEntropy, PROBABILITIES), (SoftmaxCrossEntropy, BATCH)]
OPTIMIZERS = [SGD, AdaGrad, RMSProp, Adam]
stored = pytest.mark.parametrize(
    "again", [copy.deepcopy, copy.copy, lambda one: pickle.loads(pickle.dumps(one))]
)


def results(layer):
    output = layer.forward(BATCH).tobytes()
    dinputs = layer.backward(UPSTREAM).tobytes()
    gradients = [gradient.tobytes() for _, _, gradient in layer.parameters()]
    return output, dinputs, gradients


@stored
@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize("used", [False, True])
def test_a_stored_layer_computes_the_same(make, used, again):
    layer = make()
    if used:
        results(layer)
    assert results(again(layer)) == results(layer)


@stored
@pytest.mark.parametrize(("make", "predictions"), LOSSES)
@pytest.mark.parametrize("used", [False, True])
def test_a_stored_loss_computes_the_same(make, predictions, used, again):
    loss = make()
    if used:
        loss.calculate(predictions, LABELS)
    other = again(loss)
    for one in (loss, other):
        one.mean = one.calculate(predictions, LABELS)
        one.backward(PROBABILITIES, LABELS)
    assert other.mean == loss.mean
    assert other.dinputs.tobytes() == loss.dinputs.tobytes()
    assert other.gradient().tobytes() == loss.gradient().tobytes()


@pytest.mark.parametrize("make", LAYERS)
def test_a_deep_copy_between_forward_and_backward_goes_on_from_there(make):
    layer = make()
    layer.forward(BATCH)
    duplicate = copy.deepcopy(layer)
    layer.forward(-BATCH)  # what is done to the one does not concern the other
    dinputs = duplicate.backward(UPSTREAM)
    layer.forward(BATCH)
    assert dinputs.tobytes() == layer.backward(UPSTREAM).tobytes()
    for one, other in zip(duplicate.parameters(), layer.parameters()):
        assert one.gradient.tobytes() == other.gradient.tobytes()
        assert not np.shares_memory(one.value, other.value)


@pytest.mark.parametrize(("make", "predictions"), LOSSES)
def test_a_deep_copy_of_a_loss_goes_on_from_there(make, predictions):
    loss = make()
    loss.calculate(predictions, LABELS)
    duplicate = copy.deepcopy(loss)
    assert duplicate.gradient().tobytes() == loss.gradient().tobytes()


def test_a_deep_copy_of_a_loss_still_knows_its_own_output():
    """`backward` uses the probabilities of `forward`, whatever has become of ``output``."""
    loss = SoftmaxCrossEntropy()
    loss.forward(BATCH, LABELS)
    duplicate = copy.deepcopy(loss)
    duplicate.output[:] = 0
    expected = loss.backward(loss.output, LABELS)
    got = duplicate.backward(duplicate.output, LABELS)
    assert got.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "make", [*LAYERS, *(kind for kind, _ in LOSSES)], ids=lambda make: make.__name__
)
def test_a_pickled_layer_does_not_take_its_last_batch_along(make):
    layer = make()
    if hasattr(layer, "gradient"):
        layer.calculate(PROBABILITIES, LABELS)
        layer.gradient()
        layer.forward(PROBABILITIES, LABELS)
        layer.backward(PROBABILITIES, LABELS)
    else:
        results(layer)
    arrays = [
        array for one in layer.parameters() for array in (one.value, one.gradient)
    ]
    restored = pickle.loads(pickle.dumps(layer))
    assert vars(restored).keys() == vars(make()).keys()
    assert len(pickle.dumps(layer)) < 600 + sum(array.nbytes for array in arrays)


def test_a_pickled_layer_says_that_forward_has_to_come_first():
    layer = dense()
    layer.forward(BATCH)
    with pytest.raises(RuntimeError, match="forward"):
        pickle.loads(pickle.dumps(layer)).backward(UPSTREAM)


def test_a_pickled_layer_keeps_its_gradients():
    """The next step of an optimizer needs them."""
    layer = dense()
    results(layer)
    restored = pickle.loads(pickle.dumps(layer))
    for one in (layer, restored):
        SGD().step([one])
    assert restored.weights.tobytes() == layer.weights.tobytes()


class Masked(Dense):
    """A reader's layer with private attributes of its own."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self._mask = np.ones((4, 4))


def test_private_attributes_of_a_readers_layer_are_kept():
    restored = pickle.loads(pickle.dumps(Masked(4, 4)))
    assert (restored._mask == 1).all()


SETTINGS = (
    "part",
    "_dropped",
    "_weights",
    "_biases",
    "_positive",
    "_kept",
    "_remembered",
)


class Own:
    """Settings that have the names of what other classes compute."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        for name in SETTINGS:
            setattr(self, name, "mine")


class OwnDense(Own, Dense):
    pass


class OwnReLU(Own, ReLU):
    pass


class OwnLayer(Own, Layer):
    pass


class Dropout_(Own, Layer):
    """Called as the library's is, below, but not made of it."""


Dropout_.__name__ = "Dropout"


@pytest.mark.parametrize(
    ("layer", "lost"),
    [
        (OwnDense(4, 4), {"_weights", "_biases"}),
        (OwnReLU(), {"_positive"}),
        (OwnLayer(), set()),
        (Dropout_(), set()),
    ],
)
def test_a_class_drops_only_what_it_computes_itself(layer, lost):
    assert set(SETTINGS) - layer.__getstate__().keys() == lost


def test_a_pickled_layer_of_a_readers_own_does_without_its_last_batch():
    layer = OwnLayer()
    layer.inputs = layer.output = layer.dinputs = BATCH
    assert vars(pickle.loads(pickle.dumps(layer))).keys() == set(SETTINGS)


@stored
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_unused_optimizer_may_be_stored(kind, again):
    layers = [dense(), dense()]
    for layer, optimizer in zip(layers, (kind(), again(kind()))):
        results(layer)
        optimizer.step([layer])
    assert layers[0].weights.tobytes() == layers[1].weights.tobytes()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_shallow_copy_of_an_optimizer_goes_its_own_way(kind):
    layer, optimizer = dense(), kind(decay=0.1)
    results(layer)
    optimizer.step([layer])
    other, same = copy.copy(optimizer), copy.deepcopy(layer)
    optimizer.step([layer])
    layer.weights[:], layer.biases[:] = same.weights, same.biases
    other.step([layer])
    expected = kind(decay=0.1)
    twin = dense()
    results(twin)
    for _ in range(2):
        expected.step([twin])
    assert layer.weights.tobytes() == twin.weights.tobytes()


def test_layers_of_a_network_that_share_an_array_still_share_it_in_a_deep_copy():
    first, second = dense(), dense()
    second.weights = first.weights
    first, second = copy.deepcopy([first, second])
    assert second.weights is first.weights
