"""The learner's notebook runs with one import in place of its class definitions."""

import numpy as np
import pytest

PRELUDE = """
import nnfs
import numpy as np
from nnfs.datasets import spiral_data
from nnfs_lib.book.notebook import *
"""

ONE_LAYER = """
nnfs.init()
X, y = spiral_data(samples=100, classes=3)
layer = Dense(2, 3)
layer.forward(X)
relu = ActivationReLU()
relu.forward(layer.output)
"""

FORWARD = """
nnfs.init()
X, y = spiral_data(samples=100, classes=3)
first, relu, second = Dense(2, 3), ActivationReLU(), Dense(3, 3)
first.forward(X)
relu.forward(first.output)
second.forward(relu.output)
"""

SEPARATE_LOSS = """
softmax = ActivationSoftmax()
softmax.forward(second.output)
loss = CatCrossEntropy().calculate(softmax.output, y)
"""

BACKWARD = """
head = SoftmaxCCE()
loss = head.forward(second.output, y)
head.backward(head.output, y)
second.backward(head.dinputs)
relu.backward(second.dinputs)
first.backward(relu.dinputs)
"""

TWO_GRADIENTS = """
softmax_outputs = np.array([[0.7, 0.1, 0.2], [0.1, 0.5, 0.4], [0.02, 0.9, 0.08]])
targets = np.array([0, 1, 1])
combined = SoftmaxCCE()
combined.backward(softmax_outputs, targets)
activation = ActivationSoftmax()
activation.output = softmax_outputs
loss = CatCrossEntropy()
loss.backward(softmax_outputs, targets)
activation.backward(loss.dinputs)
"""

TRAINING = """
nnfs.init()
X, y = spiral_data(samples=100, classes=3)
dense_1 = Dense(2, 64)
activation_1 = ActivationReLU()
dense_2 = Dense(64, 3)
loss_activation = SoftmaxCCE()
optim = {optimizer}
losses = []
for epoch in range(101):
    dense_1.forward(X)
    activation_1.forward(dense_1.output)
    dense_2.forward(activation_1.output)
    losses.append(loss_activation.forward(dense_2.output, y))
    predictions = np.argmax(loss_activation.output, axis=1)
    correct = np.mean(predictions == y)
    loss_activation.backward(loss_activation.output, y)
    dense_2.backward(loss_activation.dinputs)
    activation_1.backward(dense_2.dinputs)
    dense_1.backward(activation_1.dinputs)
    optim.pre_update_params()
    optim.update_params(dense_1)
    optim.update_params(dense_2)
    optim.update_iter()
"""

OPTIMIZERS = [
    "StocGradDescent()",
    "StocGradDescent(decay=1e-3)",
    "StocGradDescent(decay=1e-3, momentum=0.9)",
    "AdaGrad(decay=1e-4)",
]


def run(*cells):
    names = {}
    for cell in (PRELUDE, *cells):
        exec(cell, names)
    return names


def test_the_activations_have_their_names():
    names = run(ONE_LAYER, "softmax = ActivationSoftmax(); softmax.forward(X)")
    output, rectified = names["layer"].output, names["relu"].output
    np.testing.assert_array_equal(rectified, np.where(output > 0, output, 0))
    sums = names["softmax"].output.sum(axis=1)
    np.testing.assert_allclose(sums, 1, rtol=1e-6)  # three roundings of 6e-8


def test_the_optimizers_have_their_names():
    names = run()
    first = [repr(names[name]()) for name in ("StocGradDescent", "AdaGrad")]
    assert first == [
        "StocGradDescent(learning_rate=1, decay=0, momentum=0)",
        "AdaGrad(learning_rate=1, decay=0, epsilon=1e-07)",
    ]


def test_forward_stores_its_output():
    names = run(ONE_LAYER)
    assert names["layer"].output.shape == names["relu"].output.shape == (300, 3)


def test_the_loss_of_an_untrained_network_is_that_of_guessing():
    loss = run(FORWARD, SEPARATE_LOSS)["loss"]
    assert abs(loss - np.log(3)) < 1e-4  # scores of 1e-4 move it by no more than that


def test_the_loss_does_not_depend_on_which_class_computes_it():
    separate = run(FORWARD, SEPARATE_LOSS)["loss"]
    combined = run(FORWARD, BACKWARD)["loss"]
    assert abs(separate - combined) < 1e-6  # float32: a few units of 1.2e-7


def test_backward_stores_the_gradients_of_every_layer():
    names = run(FORWARD, BACKWARD)
    for layer in (names["first"], names["second"]):
        assert layer.dweights.shape == layer.weights.shape
        assert layer.dbiases.shape == layer.biases.shape
        assert layer.dinputs.shape == layer.inputs.shape


def test_an_activation_may_be_given_its_output():
    names = run(TWO_GRADIENTS)
    np.testing.assert_allclose(
        names["activation"].dinputs,
        names["combined"].dinputs,
        atol=1e-15,  # float64, numbers below 1
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_training_loop_lowers_the_loss(optimizer):
    losses = run(TRAINING.format(optimizer=optimizer))["losses"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS[1:])
def test_the_learning_rate_is_read_under_the_notebooks_name(optimizer):
    names = run(TRAINING.format(optimizer=optimizer), "rate = optim.current_lr")
    assert names["rate"] == names["optim"].current_learning_rate < 1
