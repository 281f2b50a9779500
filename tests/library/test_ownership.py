"""What ``backward`` needs belongs to the layer: no array that came in or went out can spoil it."""

import ast
from pathlib import Path

import numpy as np
import pytest

import nnfs_lib
from nnfs_lib import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
)


class Same:
    """Draws the same each time."""

    def random_sample(self, shape):
        return np.random.RandomState(5).random_sample(shape)


LAYERS = {
    "Dense": lambda: Dense(3, 4, init=1.0, rng=np.random.RandomState(0)),
    "Dense of two features": lambda: Dense(2, 4, rng=np.random.RandomState(0)),
    "ReLU": ReLU,
    "Softmax": Softmax,
    "Dropout": lambda: Dropout(0.4, rng=Same()),
    "Dense with penalties": lambda: Dense(
        3, 4, l1=0.1, l2=0.2, rng=np.random.RandomState(0)
    ),
}
OF_CLASSES = [CategoricalCrossEntropy, SoftmaxCrossEntropy]
LOSSES = [
    *OF_CLASSES,
    *(BinaryCrossEntropy, SigmoidCrossEntropy),
    *(MeanSquaredError, MeanAbsoluteError),
]


def gradients(layer, upstream):
    layer.backward(upstream)
    arrays = layer.dinputs, *(p.gradient for p in layer.parameters())
    return [array.tolist() for array in arrays]


@pytest.mark.parametrize("what", ["inputs", "output", "parameters"])
@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_changed_after_forward_does_not_change_backward(name, what, dtype):
    rng = np.random.RandomState(1)
    layer, width = LAYERS[name](), 2 if "two" in name else 3
    inputs = rng.standard_normal((5, width)).astype(dtype)
    output = layer.forward(inputs)
    upstream = rng.standard_normal(output.shape)
    expected = gradients(layer, upstream)
    output = layer.forward(inputs)
    if what == "inputs":
        inputs -= 10
    elif what == "output":
        output[output < 0.5] = 0
    for parameter in layer.parameters() if what == "parameters" else []:
        parameter.value[...] += 1
    assert gradients(layer, upstream) == expected


@pytest.mark.parametrize("what", ["predictions", "labels", "output"])
@pytest.mark.parametrize("kind", LOSSES)
def test_an_array_changed_after_calculate_does_not_change_the_gradient(kind, what):
    loss, y = kind(), np.array([0, 1, 2]) if kind in OF_CLASSES else np.eye(3)
    given = np.array([[0.5, 0.25, 0.25], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]])
    loss.calculate(given, y)
    expected = loss.gradient().tolist()
    loss.calculate(given, y)
    if what == "predictions":
        given[:] = 1 / 3
    elif what == "labels":
        y[:] = 0
    elif hasattr(loss, "output"):
        loss.output[loss.output < 0.5] = 0
    assert loss.gradient().tolist() == expected


def test_an_output_that_was_changed_does_not_change_backward_of_the_loss():
    loss, y = SoftmaxCrossEntropy(), [0, 1]
    loss.forward([[2.0, 1.0], [0.0, 3.0]], y)
    expected = loss.backward(loss.output, y).tolist()
    loss.output[loss.output < 0.5] = 0
    assert loss.backward(loss.output, y).tolist() == expected


def test_a_softmax_may_be_given_its_output():
    softmax = Softmax()
    softmax.forward([[1.0, 2.0]])
    softmax.output = np.array([[0.25, 0.75]])
    np.testing.assert_array_equal(
        softmax.backward([[1.0, 0.0]]), [[0.25 * 0.75, -0.75 * 0.25]]
    )


def test_the_inputs_that_a_layer_keeps_cannot_be_changed_by_mistake():
    layer = LAYERS["Dense"]()
    layer.forward(np.ones((2, 3)))
    with pytest.raises(ValueError, match="read-only"):
        layer.inputs[0, 0] = 5


def test_blas_is_called_for_exact_products_alone():
    """With several threads, a check or a reduction by BLAS costs more than all the rest."""
    names = {"dot", "vdot", "inner", "einsum", "matmul", "tensordot", "linalg"}
    folder, found = Path(nnfs_lib.__file__).parent, set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
            of_numpy = isinstance(node, ast.Attribute) and (
                isinstance(node.value, ast.Name) and node.value.id == "np"
            )
            if product or (of_numpy and node.attr in names):
                found.add(path.name)
    assert found == {"grid.py", "partial_sums.py"}


@pytest.mark.parametrize("kind", [Sigmoid, Softmax])
def test_an_output_of_ones_own_is_checked(kind):
    layer = kind()
    layer.forward([[1.0, 2.0]])
    layer.output = np.ones(2)
    with pytest.raises(ValueError, match=r"^output must be a matrix"):
        layer.backward([[1.0, 2.0]])
