"""What the library says when it refuses, word for word: readers meet these sentences more often than docstrings."""

import numpy as np
import pytest
from test_bad_input import MATRIX, dense, used
from test_bad_settings import read_only

from nnfs_lib import (
    SGD,
    CategoricalCrossEntropy,
    Dense,
    MeanSquaredError,
    ReLU,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    accuracy,
    numerics,
    validation,
)
from nnfs_lib.gradcheck import check_gradients


def with_weights(weights):
    layer = dense()
    layer.weights = weights
    return layer


def with_a_gradient_of(value):
    layer = dense()
    layer.dweights[1, 2] = value
    return layer


def step_with_a_layer_of_another_shape_than_before():
    layer, optimizer = dense(), SGD()
    optimizer.step([layer])
    layer.weights, layer.dweights = layer.weights[:2].copy(), layer.dweights[:2]
    optimizer.step([layer])


def sum_of_ones(times):
    return numerics.PartialSum.of_product(times * np.ones((2, 3)), np.ones((2, 1)))


class Slots:
    """A layer to which no weak reference can be made."""

    __slots__ = ("dweights", "weights")

    def __init__(self):
        self.weights = self.dweights = np.ones((1, 2))

    def forward(self, inputs): ...

    def backward(self, dvalues): ...


class Table:
    """What a table of pandas is to the library."""

    def __init__(self, entry, dtype):
        self.entries = np.array([[entry]], dtype)

    def __array__(self, dtype=None, copy=None):
        return self.entries

    def to_numpy(self): ...


def with_the_gradient(dweights):
    layer = dense()
    layer.dweights = dweights
    return layer


def load(given=None, **changes):
    """Load the state of one layer, with these changes, for that layer or for others."""
    optimizer, layer = SGD(), dense()
    optimizer.step([layer])
    SGD().load_state_dict({**optimizer.state_dict(), **changes}, given or [layer])


MESSAGES = {
    "complex numbers": (
        lambda: ReLU().forward([[1j]]),
        "inputs must hold real numbers, but its entries are of type complex128",
    ),
    "objects": (
        lambda: ReLU().forward(np.array([[None]])),
        "inputs must hold real numbers, but its entries are of type object",
    ),
    "a table of numbers and words": (
        lambda: ReLU().forward(Table("one", object)),
        "inputs must hold real numbers, but its entries are of type object (for a table of "
        "numbers, pass inputs.to_numpy(dtype=float))",
    ),
    "a table of words": (
        lambda: ReLU().forward(Table("one", str)),
        "inputs must hold real numbers, but its entries are of type <U3",
    ),
    "None": (
        lambda: ReLU().forward(None),
        "inputs must be an array, but it is None (has forward been called?)",
    ),
    "None for labels": (
        lambda: SoftmaxCrossEntropy().calculate([[1.0, 2.0]], None),
        "y_true must be an array, but it is None",
    ),
    "masked rows in a list": (
        lambda: ReLU().forward([np.ma.array([1.0, 2.0], mask=[False, True])]),
        "inputs is a masked array, whose hidden values would be computed with: leave "
        "their rows out, or replace them, as the method filled does",
    ),
    "masked weights": (
        lambda: with_weights(np.ma.array([[1.0]], mask=[[True]])).forward([[1.0]]),
        "weights is a masked array, whose hidden values would be computed with: leave "
        "their rows out, or replace them, as the method filled does",
    ),
    "NaN in the targets": (
        lambda: MeanSquaredError().calculate([[1.0]], [[np.nan]]),
        "y_true holds nan at (0, 0), but only finite numbers are allowed (a missing "
        "value in the data?)",
    ),
    "labels -1 and 1": (
        lambda: SigmoidCrossEntropy().calculate([[1.0], [2.0]], [1, -1]),
        "y_true holds -1, but each label is 0 or 1 (for labels -1 and 1, pass "
        "(y_true + 1) / 2)",
    ),
    "whole numbers as floats": (
        lambda: SoftmaxCrossEntropy().calculate([[1.0, 2.0]], [1.0]),
        "y_true must hold integers, the indices of classes, but its type is float64; "
        "pass np.asarray(y_true, int)",
    ),
    "a penalty that float32 cannot hold": (
        lambda: Dense(2, 2, l2=1e300),
        "l2 is 1e+300, but it must be below 1e+30",
    ),
    "one axis": (
        lambda: ReLU().forward([1.0, 2.0]),
        (
            "inputs must be a matrix (one row per sample), but it has shape (2,); "
            "pass np.reshape(inputs, (1, -1)) for one sample, "
            "np.reshape(inputs, (-1, 1)) for samples of one feature"
        ),
    ),
    "three axes": (
        lambda: ReLU().forward(np.ones((1, 2, 3))),
        ("inputs must be a matrix (one row per sample), but it has shape (1, 2, 3)"),
    ),
    "an empty batch": (
        lambda: ReLU().forward(np.ones((0, 3))),
        ("inputs is empty: its shape is (0, 3), and at least one sample is needed"),
    ),
    "NaN": (
        lambda: ReLU().forward([[1.0, 2.0], [3.0, np.nan]]),
        (
            "inputs holds nan at (1, 1), but only finite numbers are allowed (a missing "
            "value in the data? A learning rate so large that training diverged?)"
        ),
    ),
    "NaN in a gradient": (
        lambda: SGD().step([with_a_gradient_of(np.nan)]),
        "dweights holds nan at (1, 2); only finite numbers are allowed (is there NaN in the "
        "data, or a division by zero in backward?)",
    ),
    "infinity in a gradient": (
        lambda: SGD().step([with_a_gradient_of(np.inf)]),
        "dweights holds inf at (1, 2); only finite numbers are allowed (is the learning rate "
        "too large, or is there a division by zero in backward?)",
    ),
    "samples of one feature": (
        lambda: Dense(1, 2).forward([1.0, 2.0]),
        "inputs must be a matrix (one row per sample), but it has shape (2,); for samples "
        "of one feature, pass np.reshape(inputs, (-1, 1))",
    ),
    "one sample of one feature": (
        lambda: Dense(1, 2).forward([1.0]),
        "inputs must be a matrix (one row per sample), but it has shape (1,); for one "
        "sample, pass np.reshape(inputs, (1, -1))",
    ),
    "one axis where the shape is known": (
        lambda: used(ReLU()).backward(np.ones(3)),
        "dvalues must be a matrix (one row per sample), but it has shape (3,); for one "
        "sample, pass np.reshape(dvalues, (1, -1))",
    ),
    "too large for float32": (
        lambda: Dense(2, 2).forward([[1.0, 1e39]]),
        "inputs holds 1e+39 at (0, 1), which is too large for float32: scale the data, "
        "or make the layer with dtype=np.float64",
    ),
    "a masked array": (
        lambda: ReLU().forward(np.ma.masked_invalid([[1.0, np.nan]])),
        "inputs is a masked array, whose hidden values would be computed with: leave "
        "their rows out, or replace them, as the method filled does",
    ),
    "probabilities that do not sum to 1": (
        lambda: SoftmaxCrossEntropy().backward([[0.2, 0.1, 0.05]], [0]),
        "row 0 of output sums to 0.35, but probabilities of a sample's classes sum to 1 "
        "(are these logits? They go to SoftmaxCrossEntropy.forward)",
    ),
    "another number of columns": (
        lambda: Dense(2, 3).forward(np.ones((4, 3))),
        "inputs has shape (4, 3), but 2 columns are expected",
    ),
    "columns exchanged": (
        lambda: Dense(2, 3).forward(np.ones((2, 4))),
        (
            "inputs has shape (2, 4), but 2 columns are expected (rows and columns "
            "exchanged?)"
        ),
    ),
    "another shape": (
        lambda: used(ReLU()).backward(np.ones((2, 4))),
        "dvalues has shape (2, 4), but (4, 3) is expected",
    ),
    "the shape exchanged": (
        lambda: used(ReLU()).backward(MATRIX.T),
        (
            "dvalues has shape (3, 4), but (4, 3) is expected (rows and columns "
            "exchanged?)"
        ),
    ),
    "before forward": (
        lambda: ReLU().backward([[1.0]]),
        "ReLU.backward needs what ReLU.forward computes: call ReLU.forward(...) first",
    ),
    "before backward": (
        lambda: SGD().update_params(Dense(2, 3)),
        "Dense.dweights has not been computed: call Dense.backward(...) first",
    ),
    "a product that does not fit": (
        lambda: numerics.matmul(np.ones((2, 3)), np.ones((4, 5))),
        (
            "cannot multiply (2, 3) by (4, 5): the first matrix has 3 columns, the "
            "second 4 rows, and the two must be equal (does one of them need "
            "transposing?)"
        ),
    ),
    "sums on different grids": (
        lambda: sum_of_ones(1.0) + sum_of_ones(2.0),
        "partial sums on different grids cannot be added: give all of them the leading "
        "powers of the whole batch, and one type",
    ),
    "scores for probabilities": (
        lambda: CategoricalCrossEntropy().forward([[0.0, 2.0]], [0]),
        (
            "y_pred holds 2.0, but probabilities lie between 0 and 1 (are these "
            "logits? They go to SoftmaxCrossEntropy.forward)"
        ),
    ),
    "a negative probability": (
        lambda: CategoricalCrossEntropy().forward([[-1.0, 2.0]], [0]),
        (
            "y_pred holds -1.0, but probabilities lie between 0 and 1 (are these "
            "logits? They go to SoftmaxCrossEntropy.forward)"
        ),
    ),
    "too many labels": (
        lambda: accuracy(np.ones((2, 3)), [0, 1, 2]),
        (
            "y_true has shape (3,), but the predictions have shape (2, 3): labels "
            "are class indices of shape (2,) or one-hot rows of shape (2, 3)"
        ),
    ),
    "a column of labels": (
        lambda: accuracy(np.ones((2, 3)), [[0], [1]]),
        (
            "y_true has shape (2, 1), but the predictions have shape (2, 3): labels are "
            "class indices of shape (2,) or one-hot rows of shape (2, 3); pass "
            "np.ravel(y_true)"
        ),
    ),
    "labels that are floats": (
        lambda: accuracy(np.ones((2, 3)), [0.5, 1.0]),
        ("y_true must hold integers, the indices of classes, but its type is float64"),
    ),
    "a label too large": (
        lambda: accuracy(np.ones((2, 3)), [0, 3]),
        (
            "y_true holds the label 3, but the number of classes is 3: labels run from 0 to 2"
        ),
    ),
    "a label below 0": (
        lambda: accuracy(np.ones((2, 3)), [-1, 3]),
        (
            "y_true holds the label -1, but the number of classes is 3: labels run from 0 to 2"
        ),
    ),
    "a prediction too large": (
        lambda: accuracy([0, 3], [[1, 0, 0], [1, 0, 0]]),
        (
            "y_pred holds the label 3, but the number of classes is 3: labels run from 0 to 2"
        ),
    ),
    "a prediction below 0, beside class numbers": (
        lambda: accuracy([-1, 0], [0, 1]),
        (
            "y_pred holds the label -1, but the number of classes is 2: labels run from 0 to 1"
        ),
    ),
    "no predictions": (
        lambda: accuracy([], []),
        "y_pred is empty: at least one sample is needed",
    ),
    "not one-hot": (
        lambda: accuracy(np.ones((2, 3)), [[0, 1, 0], [1, 1, 0]]),
        (
            "y_true is not one-hot: row 1 is [1, 1, 0], but each row needs exactly "
            "one 1 among zeros, and so the sum 1"
        ),
    ),
    "halves of ones": (
        lambda: accuracy(np.ones((2, 2)), [[0, 1], [0.5, 0.5]]),
        "y_true is not one-hot: row 1 is [0.5, 0.5], but each row needs exactly one 1 "
        "among zeros, and so the sum 1",
    ),
    "one-hot complex numbers": (
        lambda: accuracy(np.ones((1, 2)), [[0j, 1]]),
        "y_true must hold the numbers 0 and 1, but its type is complex128",
    ),
    "no number": (
        lambda: SGD(learning_rate="1"),
        "learning_rate must be a number, but it is '1'",
    ),
    "a number that is not finite": (
        lambda: check_gradients(ReLU(), [[1.0]], step=np.inf),
        "step is inf, but it must be finite",
    ),
    "a number out of one bound": (
        lambda: SGD(learning_rate=0),
        "learning_rate is 0, but it must be above 0",
    ),
    "a number out of two bounds": (
        lambda: SGD(momentum=np.nan),
        "momentum is nan, but it must be at least 0 and below 1",
    ),
    "no integer": (lambda: Dense(2.0, 3), "n_inputs must be an integer, but it is 2.0"),
    "no positive integer": (
        lambda: Dense(2, 0),
        "n_neurons is 0, but at least 1 is needed",
    ),
    "another type": (
        lambda: Dense(2, 3, dtype=np.float16),
        "dtype is <class 'numpy.float16'>, but it must be float32 or float64",
    ),
    "no type": (
        lambda: Dense(2, 3, dtype="nonsense"),
        "dtype is 'nonsense', but it must be float32 or float64",
    ),
    "no generator": (
        lambda: Dense(2, 3, rng=0),
        "rng must be a numpy.random.RandomState or Generator, but it is 0",
    ),
    "no list of layers": (
        lambda: SGD().step(None),
        "layers must be a list of layers, but it is None",
    ),
    "no layer": (
        lambda: SGD().step([None]),
        "a layer must have forward and backward, or list its parameters, but it is None",
    ),
    "weights that are a list": (
        lambda: SGD().step([with_weights([[1.0]])]),
        ("weights must be an array of float32 or float64, but it is of type list"),
    ),
    "weights that are integers": (
        lambda: SGD().step([with_weights(np.ones((3, 3), dtype=int))]),
        ("weights must be an array of float32 or float64, but it is of type int64"),
    ),
    "weights that are read-only": (
        lambda: SGD().step([with_weights(read_only(np.ones((3, 3))))]),
        "weights is read-only, and so cannot be updated",
    ),
    "weights of another shape": (
        step_with_a_layer_of_another_shape_than_before,
        "weights has shape (2, 3), but had (3, 3) when this optimizer last updated it: "
        "make a new optimizer",
    ),
    "a gradient of another shape": (
        lambda: SGD().step([with_the_gradient(np.ones((1, 3), np.float32))]),
        "dweights has shape (1, 3), but weights has shape (3, 3)",
    ),
    "no weak references": (
        lambda: SGD().step([Slots()]),
        "an optimizer needs weak references to its layers, which Slots does not allow: write "
        "the layer as a class, without __slots__ or with '__weakref__' among them",
    ),
    "no state": (
        lambda: SGD().load_state_dict(3, []),
        "the state must be what state_dict returns, a dictionary with "
        "['current_learning_rate', 'iterations', 'layers', 'optimizer', 'settings'], but it is 3",
    ),
    "a state with other names": (
        lambda: SGD().load_state_dict({"layers": 3}, []),
        "the state must be what state_dict returns, a dictionary with "
        "['current_learning_rate', 'iterations', 'layers', 'optimizer', 'settings'], "
        "but it is ['layers']",
    ),
    "the state of fewer layers": (
        lambda: load([dense(), dense()]),
        "the state is that of 1 layers, but 2 with parameters are given: pass those that "
        "were updated, in the order in which they first were",
    ),
    "a rate below 0": (
        lambda: load(current_learning_rate=-1.0),
        "the state is damaged: current_learning_rate is -1.0, but it must be at least 0",
    ),
    "the state of a parameter that is a number": (
        lambda: load(layers=[{"weights": 3}]),
        "the state of weights of Dense(3, 3) must hold ['velocity'], but it is 3",
    ),
    "the state of a parameter with other names": (
        lambda: load(layers=[{"weights": {"v": 3, "a": 3}}]),
        "the state of weights of Dense(3, 3) must hold ['velocity'], but it is ['a', 'v']",
    ),
    "the state of an unknown parameter": (
        lambda: load(layers=[{"gamma": {}}]),
        "the state holds 'gamma', but the parameters of Dense(3, 3) are ['weights', 'biases']",
    ),
    "a standard deviation too large": (
        lambda: Dense(2, 3, init=1e30),
        "init is 1e+30, but it must be below 1e+30",
    ),
    "a class": (
        lambda: check_gradients(ReLU, [[1.0]]),
        "subject is the class ReLU: pass an object of it",
    ),
    "no methods": (
        lambda: check_gradients(3, [[1.0]]),
        "subject must have the methods forward and backward: 3",
    ),
    "labels for a layer": (
        lambda: check_gradients(ReLU(), [[1.0]], [0]),
        "y_true is given, but ReLU.forward takes no labels",
    ),
    "no labels for a loss": (
        lambda: check_gradients(SoftmaxCrossEntropy(), [[1.0, 2.0]]),
        ("y_true is missing: SoftmaxCrossEntropy.forward needs more than its inputs"),
    ),
    "no seed": (
        lambda: check_gradients(ReLU(), [[1.0]], seed=-1),
        "seed must be an integer of at least 0 or a Generator, but it is -1",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_the_message_is(case):
    call, message = MESSAGES[case]
    with pytest.raises((RuntimeError, TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("mode", ["ignore", "raise"])
def test_a_number_too_large_for_float64_is_infinite_whatever_numpys_error_state_is(
    mode,
):
    huge = np.array([1], np.longdouble) * 2 * np.finfo(np.float64).max
    with np.errstate(all=mode):
        assert np.isinf(validation.floats("x", huge)).all()
