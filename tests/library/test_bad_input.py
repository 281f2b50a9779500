"""Bad arrays and labels are refused by name, and a call that fails changes nothing."""

import warnings

import numpy as np
import pytest
from snapshots import refused

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
    accuracy,
    numerics,
    validation,
)
from nnfs_lib.gradcheck import check_gradients

N_SAMPLES, N_INPUTS, N_CLASSES = 4, 3, 3
MATRIX = np.linspace(-1, 1, N_SAMPLES * N_CLASSES).reshape(N_SAMPLES, N_CLASSES)
PROBABILITIES = np.tile([0.2, 0.3, 0.5], (N_SAMPLES, 1))
LABELS = np.array([0, 1, 2, 1])
ONE_HOT = np.eye(N_CLASSES)[LABELS]


def used(subject, *args):
    """The subject after a good forward and backward, so that there is state to spoil."""
    subject.forward(MATRIX if not args else PROBABILITIES, *args)
    subject.backward(PROBABILITIES, *args)
    return subject


def dense():
    return used(Dense(N_INPUTS, N_CLASSES, rng=np.random.default_rng(0)))


def model():
    layers = [Dense(N_INPUTS, N_CLASSES, rng=np.random.default_rng(0)), ReLU()]
    return used(nnfs_lib.Model(layers, loss=SoftmaxCrossEntropy()))


def cross_entropy():
    return used(CategoricalCrossEntropy(), LABELS)


def softmax_cross_entropy():
    return used(SoftmaxCrossEntropy(), LABELS)


def changed(array, value):
    """A copy of ``array`` with one entry replaced."""
    copy = np.array(array)
    copy[1, 2] = value
    return copy


# What takes a matrix: the subject, how to call it with one, the argument's name.
TAKES_A_MATRIX = {
    "Dense.forward": (dense, lambda s, m: s.forward(m), "inputs"),
    "Dense.backward": (dense, lambda s, m: s.backward(m), "dvalues"),
    "ReLU.forward": (lambda: used(ReLU()), lambda s, m: s.forward(m), "inputs"),
    "ReLU.backward": (lambda: used(ReLU()), lambda s, m: s.backward(m), "dvalues"),
    "Dropout.forward": (
        lambda: used(Dropout(0.5, rng=np.random.RandomState(0))),
        lambda s, m: s.forward(m),
        "inputs",
    ),
    "Dropout.backward": (
        lambda: used(Dropout(0.5, rng=np.random.RandomState(0))),
        lambda s, m: s.backward(m),
        "dvalues",
    ),
    "Model.forward": (model, lambda s, m: s.forward(m), "inputs"),
    "Model.backward": (model, lambda s, m: s.backward(m), "dvalues"),
    "Sigmoid.forward": (lambda: used(Sigmoid()), lambda s, m: s.forward(m), "inputs"),
    "Sigmoid.backward": (
        lambda: used(Sigmoid()),
        lambda s, m: s.backward(m),
        "dvalues",
    ),
    "BinaryCrossEntropy.forward": (
        lambda: used(BinaryCrossEntropy(), ONE_HOT),
        lambda s, m: s.forward(m, ONE_HOT),
        "y_pred",
    ),
    "BinaryCrossEntropy.calculate": (
        lambda: used(BinaryCrossEntropy(), ONE_HOT),
        lambda s, m: s.calculate(m, ONE_HOT),
        "y_pred",
    ),
    "BinaryCrossEntropy.backward": (
        lambda: used(BinaryCrossEntropy(), ONE_HOT),
        lambda s, m: s.backward(m, ONE_HOT),
        "y_pred",
    ),
    "SigmoidCrossEntropy.forward": (
        lambda: used(SigmoidCrossEntropy(), ONE_HOT),
        lambda s, m: s.forward(m, ONE_HOT),
        "logits",
    ),
    "SigmoidCrossEntropy.calculate": (
        lambda: used(SigmoidCrossEntropy(), ONE_HOT),
        lambda s, m: s.calculate(m, ONE_HOT),
        "logits",
    ),
    "SigmoidCrossEntropy.backward": (
        lambda: used(SigmoidCrossEntropy(), ONE_HOT),
        lambda s, m: s.backward(m, ONE_HOT),
        "output",
    ),
    "MeanSquaredError.forward": (
        lambda: used(MeanSquaredError(), ONE_HOT),
        lambda s, m: s.forward(m, ONE_HOT),
        "y_pred",
    ),
    "MeanSquaredError.calculate": (
        lambda: used(MeanSquaredError(), ONE_HOT),
        lambda s, m: s.calculate(m, ONE_HOT),
        "y_pred",
    ),
    "MeanSquaredError.backward": (
        lambda: used(MeanSquaredError(), ONE_HOT),
        lambda s, m: s.backward(m, ONE_HOT),
        "y_pred",
    ),
    "MeanAbsoluteError.forward": (
        lambda: used(MeanAbsoluteError(), ONE_HOT),
        lambda s, m: s.forward(m, ONE_HOT),
        "y_pred",
    ),
    "MeanAbsoluteError.calculate": (
        lambda: used(MeanAbsoluteError(), ONE_HOT),
        lambda s, m: s.calculate(m, ONE_HOT),
        "y_pred",
    ),
    "MeanAbsoluteError.backward": (
        lambda: used(MeanAbsoluteError(), ONE_HOT),
        lambda s, m: s.backward(m, ONE_HOT),
        "y_pred",
    ),
    "Softmax.forward": (lambda: used(Softmax()), lambda s, m: s.forward(m), "inputs"),
    "Softmax.backward": (
        lambda: used(Softmax()),
        lambda s, m: s.backward(m),
        "dvalues",
    ),
    "CategoricalCrossEntropy.forward": (
        cross_entropy,
        lambda s, m: s.forward(m, LABELS),
        "y_pred",
    ),
    "CategoricalCrossEntropy.calculate": (
        cross_entropy,
        lambda s, m: s.calculate(m, LABELS),
        "y_pred",
    ),
    "CategoricalCrossEntropy.backward": (
        cross_entropy,
        lambda s, m: s.backward(m, LABELS),
        "y_pred",
    ),
    "SoftmaxCrossEntropy.forward": (
        softmax_cross_entropy,
        lambda s, m: s.forward(m, LABELS),
        "logits",
    ),
    "SoftmaxCrossEntropy.backward": (
        softmax_cross_entropy,
        lambda s, m: s.backward(m, LABELS),
        "output",
    ),
    "accuracy": (lambda: None, lambda s, m: accuracy(m, LABELS), "y_pred"),
    "SoftmaxCrossEntropy.calculate": (
        softmax_cross_entropy,
        lambda s, m: s.calculate(m, LABELS),
        "logits",
    ),
    "matmul, first": (lambda: None, lambda s, m: numerics.matmul(m, MATRIX.T), "a"),
    "matmul, second": (lambda: None, lambda s, m: numerics.matmul(MATRIX, m), "b"),
    "check_gradients": (
        lambda: used(ReLU()),
        lambda s, m: check_gradients(s, m),
        "inputs",
    ),
}
BAD_MATRICES = {
    "a number": 1.0,
    "three axes": MATRIX[None],
    "an empty batch": np.zeros((0, N_CLASSES)),
    "no columns": np.zeros((N_SAMPLES, 0)),
    "an empty list": [],
    "NaN": changed(PROBABILITIES, np.nan),
    "infinity": changed(PROBABILITIES, np.inf),
    "minus infinity": changed(PROBABILITIES, -np.inf),
    "a string": "0.5",
    "strings": [["0.1", "0.2", "0.7"]] * N_SAMPLES,
    "None": None,
    "None inside": [[0.1, None, 0.9]] * N_SAMPLES,
    "ragged rows": [[0.1, 0.9], [0.2, 0.3, 0.5]],
    "complex numbers": PROBABILITIES + 0j,
    "a dict": {"inputs": MATRIX},
}


def test_every_method_that_takes_a_matrix_is_among_them():
    methods = {
        f"{public}.{method}"
        for public in nnfs_lib.__all__
        for method in ("forward", "calculate", "backward")
        if hasattr(getattr(nnfs_lib, public), method)
    }
    assert methods < TAKES_A_MATRIX.keys()


@pytest.mark.parametrize("bad", BAD_MATRICES)
@pytest.mark.parametrize("entry", TAKES_A_MATRIX)
def test_a_bad_matrix_is_refused(entry, bad):
    make, call, name = TAKES_A_MATRIX[entry]
    subject, argument = make(), BAD_MATRICES[bad]
    with refused(f"^{name}", subject, argument, MATRIX, PROBABILITIES, LABELS):
        call(subject, argument)


@pytest.mark.parametrize("entry", [e for e in TAKES_A_MATRIX if e != "accuracy"])
def test_a_single_sample_without_its_axis_is_refused_with_advice(entry):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(rf"pass np.reshape\({name}, \(1, -1\)\)", subject):
        call(subject, PROBABILITIES[0])


@pytest.mark.parametrize(
    "entry",
    [
        "Dense.forward",
        "Dense.backward",
        "ReLU.backward",
        "Dropout.backward",
        "Softmax.backward",
    ],
)
def test_a_wrong_number_of_columns_is_refused(entry):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(f"^{name}", subject):
        call(subject, MATRIX[:, :2])


@pytest.mark.parametrize(
    "entry", ["Dense.backward", "ReLU.backward", "Dropout.backward", "Softmax.backward"]
)
@pytest.mark.parametrize("rows", [1, N_SAMPLES - 1])
def test_a_gradient_of_another_batch_is_refused(entry, rows):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(f"^{name}", subject):
        call(subject, MATRIX[:rows])


def test_transposed_inputs_are_refused_with_a_guess():
    with refused("inputs has .* exchanged"):
        dense().forward(MATRIX.T)


@pytest.mark.parametrize("entry", TAKES_A_MATRIX)
def test_the_first_place_that_is_not_finite_is_told(entry):
    make, call, name = TAKES_A_MATRIX[entry]
    argument = np.array(PROBABILITIES)
    argument[1, 2], argument[3, 0] = np.nan, np.inf
    with refused(rf"{name} holds nan at \(1, 2\)"):
        call(make(), argument)


@pytest.mark.parametrize(
    "entry", ["Dense.backward", "ReLU.backward", "Dropout.backward", "Softmax.backward"]
)
def test_a_transposed_gradient_is_refused_with_a_guess(entry):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(f"{name} has .* exchanged", subject):
        call(subject, MATRIX.T)


@pytest.mark.parametrize("value", [-0.1, 1.1, 7.0])
@pytest.mark.parametrize(
    "entry",
    [
        e
        for e in TAKES_A_MATRIX
        if "CrossEntropy" in e and "logits" not in TAKES_A_MATRIX[e]
    ],
)
def test_what_is_no_probability_is_refused(entry, value):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(f"{name} holds {value}", subject):
        call(subject, changed(PROBABILITIES, value))


@pytest.mark.parametrize("entry", ["Dense.forward", "Dense.backward"])
def test_a_number_beyond_float32_is_refused(entry):
    make, call, name = TAKES_A_MATRIX[entry]
    subject = make()
    with refused(rf"^{name} holds 1e\+39 at \(1, 2\), .* too large", subject):
        call(subject, changed(MATRIX, 1e39))


def test_matrices_that_do_not_fit_are_refused():
    with refused("cannot multiply .*4, 3.* by .*4, 3", MATRIX):
        numerics.matmul(MATRIX, MATRIX)


@pytest.mark.parametrize("function", [numerics.exp, numerics.log])
@pytest.mark.parametrize(
    "bad",
    ["a string", "strings", "None", "None inside", "ragged rows", "complex numbers"],
)
def test_what_is_not_real_has_no_exp_and_no_log(function, bad):
    argument = BAD_MATRICES[bad]
    with refused("x", argument):
        function(argument)


@pytest.mark.parametrize("name", ["weights", "biases"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_layer_whose_parameters_are_not_finite_is_refused(name, bad):
    layer = dense()
    getattr(layer, name)[0, 1] = bad
    with refused(name, layer):
        layer.forward(2 * MATRIX)


@pytest.mark.parametrize(
    "bad",
    [np.zeros(3), np.zeros((1, 2)), np.zeros((3, 1)), None, "zeros"],
    ids=["3", "1x2", "3x1", "None", "text"],
)
def test_a_layer_whose_biases_have_another_shape_is_refused(bad):
    layer = dense()
    layer.biases = bad
    with refused("biases", layer):
        layer.forward(2 * MATRIX)


def test_a_number_too_large_for_the_type_is_refused_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="too large for float32"):
            validation.matrix("inputs", [[1e39]], dtype=np.float32)
