"""The gradient checker passes what is right, and names what is wrong."""

import copy

import numpy as np
import pytest

from nnfs_lib import (
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
)
from nnfs_lib.base import Layer
from nnfs_lib.book.paper_table import Residual
from nnfs_lib.gradcheck import GradientRow, check_gradients
from nnfs_lib.parameters import Parameter


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def inputs(rng):
    return rng.random((5, 4)) + 0.1


class Square:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs * inputs

    def backward(self, dvalues):
        self.dinputs = 2 * self.inputs * dvalues


def dense_whose_backward(spoil):
    """A dense layer whose gradients are spoiled after they have been computed."""

    class Spoiled(Dense):
        def backward(self, dvalues):
            super().backward(dvalues)
            spoil(self)

    return Spoiled(4, 3, rng=np.random.default_rng(1))


def problem_of(spoil, inputs, gradient="dweights"):
    check = check_gradients(dense_whose_backward(spoil), inputs)
    assert not check
    (problem,) = [row.problem for row in check.rows if row.problem]
    assert [row.name for row in check.rows if row.problem] == [gradient]
    assert problem in repr(check)
    return problem


@pytest.mark.parametrize(
    "layer",
    [
        Dense(4, 3),
        Dense(4, 3, l1=0.1, l2=0.2, penalize_biases=True),
        ReLU(),
        Softmax(),
        Dropout(0.4),
    ],
    ids=repr,
)
def test_the_librarys_layers_pass(layer, inputs):
    assert check_gradients(layer, inputs - 0.6)


@pytest.mark.parametrize("labels", [[0, 3, 1, 1, 2], np.eye(4)[[0, 3, 1, 1, 2]]])
def test_the_librarys_losses_pass(labels, inputs):
    probabilities = Softmax().forward(inputs)
    assert check_gradients(CategoricalCrossEntropy(), probabilities, labels)
    assert check_gradients(SoftmaxCrossEntropy(), inputs, labels)


def test_the_error_of_a_right_gradient_is_tiny(inputs):
    # central differences with a step of 1e-5 reach about 1e-8 where the loss is smooth
    check = check_gradients(Dense(4, 3), inputs)
    assert check.subject == "Dense"
    assert [(row.name, row.shape) for row in check.rows] == [
        ("dinputs", (5, 4)),
        ("dweights", (4, 3)),
        ("dbiases", (1, 3)),
    ]
    assert max(row.error for row in check.rows) < 1e-7


def test_a_readers_class_in_the_notebooks_protocol_passes(inputs):
    assert check_gradients(Square(), inputs)


@pytest.mark.parametrize("mean", [False, True])
def test_a_readers_loss_passes(mean, inputs):
    class SquaredError:
        def forward(self, y_pred, y_true):
            self.output = ((y_pred - y_true) ** 2).sum(axis=1)  # not probabilities
            return self.output.mean() if mean else self.output

        def backward(self, y_pred, y_true):
            self.dinputs = 2 * (y_pred - y_true) / len(y_pred)

    targets = (inputs * inputs).tolist()  # the class has to be given an array
    assert check_gradients(SquaredError(), inputs, targets)


def test_a_readers_combined_loss_gets_its_output_back(inputs):
    class Combined:
        def forward(self, logits, y_true):
            self.loss = SoftmaxCrossEntropy()
            loss = self.loss.forward(logits, y_true)
            self.output = self.loss.output
            return loss

        def backward(self, dvalues, y_true):
            self.dinputs = self.loss.backward(dvalues, y_true)

    assert check_gradients(Combined(), inputs, [0, 3, 1, 1, 2])


def test_lists_of_parameters_are_checked_too(inputs):
    class Neuron:
        def __init__(self):
            self.weights, self.biases = [[0.2], [0.8], [-0.5], [1.0]], [[2.0]]

        def forward(self, inputs):
            self.inputs = inputs
            self.output = inputs @ self.weights + self.biases

        def backward(self, dvalues):
            self.dweights = self.inputs.T @ dvalues
            self.dbiases = dvalues.sum(axis=0, keepdims=True)
            self.dinputs = dvalues @ np.transpose(self.weights)

    neuron = Neuron()
    check = check_gradients(neuron, inputs)
    assert check
    assert len(check.rows) == 3
    assert neuron.weights == [[0.2], [0.8], [-0.5], [1.0]]


class Scale:
    """``gamma * inputs + beta``, in float32, with gradients that exist once backward has run."""

    def __init__(self, spoil=1):
        self.gamma = np.array([1, 2, 3, 4], dtype=np.float32)
        self.beta = np.ones((1, 4), dtype=np.float32)
        self.spoil = spoil

    def forward(self, inputs):
        self.inputs = inputs
        self.output = self.gamma * inputs + self.beta

    def backward(self, dvalues):
        self.dgamma = self.spoil * (self.inputs * dvalues).sum(axis=0)
        self.dbeta = dvalues.sum(axis=0, keepdims=True)
        self.dinputs = self.gamma * dvalues


class ListedScale(Scale):
    def __init__(self, spoil=1):
        super().__init__(spoil)
        self.dgamma = self.dbeta = None

    def parameters(self):
        return [
            Parameter("gamma", self.gamma, self.dgamma),
            Parameter("beta", self.beta, self.dbeta),
        ]


@pytest.mark.parametrize("layer", [Scale, ListedScale])
def test_parameters_of_any_name_are_checked(layer, inputs):
    check = check_gradients(layer(), inputs)
    assert check, check
    assert [(row.name, row.shape) for row in check.rows] == [
        ("dinputs", (5, 4)),
        ("dgamma", (4,)),
        ("dbeta", (1, 4)),
    ]


@pytest.mark.parametrize("layer", [Scale, ListedScale])
def test_a_wrong_gradient_of_any_name_is_caught(layer, inputs):
    check = check_gradients(layer(spoil=1.001), inputs)
    problems = {row.name: row.problem for row in check.rows}
    assert problems == {
        "dinputs": "",
        "dgamma": "it is off by a factor of 1.001",
        "dbeta": "",
    }


def test_parameters_of_any_name_are_left_as_they_were(inputs):
    layer = Scale()
    before = copy.deepcopy(vars(layer))
    check_gradients(layer, inputs)
    assert vars(layer).keys() == before.keys()
    assert layer.gamma.dtype == np.float32
    np.testing.assert_array_equal(layer.gamma, before["gamma"])


def test_a_gradient_that_is_never_stored_is_missed_if_the_layer_lists_it(inputs):
    class Forgetful(ListedScale):
        def backward(self, dvalues):
            super().backward(dvalues)
            self.dbeta = None

    row = check_gradients(Forgetful(), inputs).rows[2]
    assert (row.name, row.problem) == ("dbeta", "backward does not store it")


def test_a_layer_of_weights_alone_passes(inputs):
    class Product:
        def __init__(self):
            self.weights = np.array([[1.0], [2.0], [3.0], [4.0]])

        def forward(self, inputs):
            self.inputs = inputs
            return inputs @ self.weights

        def backward(self, dvalues):
            self.dweights = self.inputs.T @ dvalues
            self.dinputs = dvalues @ self.weights.T

    check = check_gradients(Product(), inputs)
    assert check
    assert [row.name for row in check.rows] == ["dinputs", "dweights"]


class LeakyReLU:
    """Its slope below 0 is a parameter."""

    def __init__(self, alpha, spoil=1):
        self.alpha, self.spoil = alpha, spoil

    def forward(self, inputs):
        self.inputs = inputs
        return np.where(inputs > 0, inputs, self.alpha * inputs)

    def backward(self, dvalues):
        below = self.inputs < 0
        self.dalpha = self.spoil * (dvalues * self.inputs)[below].sum()
        self.dinputs = np.where(below, self.alpha * dvalues, dvalues)


@pytest.mark.parametrize("alpha", [0.25, np.array(0.25), np.float32(0.25), [0.25]])
def test_a_single_number_may_be_a_parameter(alpha, inputs):
    x = inputs - 0.6
    spoiled = check_gradients(LeakyReLU(alpha, spoil=5), x)
    assert [row.name for row in spoiled.rows] == ["dinputs", "dalpha"]
    assert not spoiled
    if np.ndim(alpha) == 0:
        assert check_gradients(LeakyReLU(alpha), x)
        assert "factor of 5, the number of samples" in spoiled.rows[1].problem


def test_parameters_made_by_forward_are_checked(inputs):
    class Late(Scale):
        def __init__(self):
            self.made = False

        def forward(self, inputs):
            if not self.made:
                super().__init__(spoil=3)
                self.made = True
            super().forward(inputs)

    problems = {row.name: row.problem for row in check_gradients(Late(), inputs).rows}
    assert problems["dgamma"] == "it is off by a factor of 3"


def test_what_forward_computes_anew_is_no_parameter(inputs):
    class TwoSteps:
        def forward(self, inputs):
            self.z = inputs * inputs
            return self.z * self.z

        def backward(self, dvalues):
            self.dz = 2 * self.z * dvalues
            self.dinputs = self.dz * 2 * np.sqrt(self.z)

    used = TwoSteps()
    used.forward(inputs)
    used.backward(inputs)
    for subject in (TwoSteps(), used):
        check = check_gradients(subject, inputs)
        assert check, check
        assert [row.name for row in check.rows] == ["dinputs"]


def test_what_only_backward_stores_is_no_parameter(inputs):
    class Verbose(Square):
        def backward(self, dvalues):
            self.upstream = self.dupstream = dvalues
            super().backward(dvalues)

    check = check_gradients(Verbose(), inputs)
    assert check, check
    assert [row.name for row in check.rows] == ["dinputs"]


def test_a_parameter_that_forward_makes_into_a_row_is_checked(inputs):
    class Reshaping(Scale):
        def forward(self, inputs):
            self.gamma = self.gamma.reshape(-1)
            super().forward(inputs)

    problems = [row.problem for row in check_gradients(Reshaping(3), inputs).rows]
    assert problems == ["", "it is off by a factor of 3", ""]


def test_weights_and_biases_that_forward_replaces_are_not_passed_over(inputs):
    class Replacing:
        weights, biases = np.ones((4, 3)), np.zeros((1, 3))

        def forward(self, inputs):
            self.inputs = inputs
            self.weights, self.biases = self.weights + 0.0, self.biases + 0.0
            self.output = inputs @ self.weights + self.biases

        def backward(self, dvalues):
            self.dweights = self.inputs.T @ dvalues
            self.dbiases = dvalues.sum(axis=0, keepdims=True)
            self.dinputs = dvalues @ self.weights.T

    rows = check_gradients(Replacing(), inputs).rows
    assert [(row.name, row.unclear) for row in rows] == [
        ("dinputs", False),
        ("dweights", True),
        ("dbiases", True),
    ]


@pytest.mark.parametrize("layer", [Dense, ListedScale])
def test_a_parameter_that_forward_replaces_cannot_be_checked(layer, inputs):
    name = "weights" if layer is Dense else "gamma"

    class Replacing(layer):
        def forward(self, inputs):
            setattr(self, name, np.clip(getattr(self, name), -1, 1))
            return super().forward(inputs)

    row = check_gradients(Replacing(*[4, 3][: 2 * (layer is Dense)]), inputs).rows[1]
    assert row.unclear
    assert row.problem == (
        f"it cannot be checked: forward or backward puts a new array in place of {name}"
    )


def test_weights_that_are_no_numbers_are_refused(inputs):
    class Wordy(Square):
        weights = np.array(["a", "b"])

    with pytest.raises(TypeError, match=r"^weights must hold real numbers"):
        check_gradients(Wordy(), inputs)


def test_a_softmax_that_returns_zeros_is_caught(inputs):
    class Lazy(Softmax):
        def backward(self, dvalues):
            self.dinputs = np.zeros_like(dvalues)

    assert "0 everywhere" in check_gradients(Lazy(), inputs).rows[0].problem


def test_a_tenth_of_a_percent_is_caught(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights * 1.001

    assert "factor of 1.001" in problem_of(spoil, inputs)


def test_a_forgotten_mean_is_named(inputs):
    class Forgetful(CategoricalCrossEntropy):
        def backward(self, y_pred, y_true):
            super().backward(y_pred, y_true)
            self.dinputs = self.dinputs * len(y_pred)

    check = check_gradients(Forgetful(), Softmax().forward(inputs), [0, 1, 2, 3, 0])
    assert "factor of 5, the number of samples" in check.rows[0].problem


def test_a_mean_taken_twice_is_named(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights / 5

    assert "one over the number of samples" in problem_of(spoil, inputs)


def test_an_opposite_sign_is_named(inputs):
    def spoil(layer):
        layer.dinputs = -layer.dinputs

    assert "opposite sign" in problem_of(spoil, inputs, "dinputs")


def test_an_opposite_sign_with_a_factor_is_named(inputs):
    def spoil(layer):
        layer.dinputs = -2 * layer.dinputs

    problem = problem_of(spoil, inputs, "dinputs")
    assert "factor of 2" in problem
    assert "opposite sign" in problem


def test_exchanged_rows_and_columns_are_named_by_shape(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights.T

    assert "rows and columns are exchanged" in problem_of(spoil, inputs)


def test_exchanged_rows_and_columns_are_named_in_a_square(rng):
    class Square(Dense):
        def backward(self, dvalues):
            super().backward(dvalues)
            self.dweights = self.dweights.T

    check = check_gradients(Square(4, 4), rng.random((5, 4)))
    assert "rows and columns are exchanged" in check.rows[1].problem


def test_another_shape_is_named(inputs):
    def spoil(layer):
        layer.dbiases = layer.dbiases.ravel()

    problem = problem_of(spoil, inputs, "dbiases")
    assert "(3,)" in problem
    assert "(1, 3)" in problem


def test_a_lost_axis_is_named(inputs):
    def spoil(layer):
        layer.dbiases = layer.dbiases[0]

    assert "keepdims=True" in problem_of(spoil, inputs, "dbiases")


def test_a_sum_along_the_other_axis_is_named(inputs):
    class Sideways(Dense):
        def backward(self, dvalues):
            super().backward(dvalues)
            self.dbiases = dvalues.sum(axis=1, keepdims=True)

    problem = check_gradients(Sideways(4, 3), inputs).rows[2].problem
    assert "5 is the number of samples, was the sum taken along the other axis?" in (
        problem
    )


@pytest.mark.parametrize(
    "bad", ["no", [["1"] * 4] * 5, [[1], [2, 3]], [[None] * 4] * 5]
)
def test_what_are_no_numbers_is_named(bad, inputs):
    def spoil(layer):
        layer.dinputs = bad

    problem = problem_of(spoil, inputs, "dinputs")
    assert "does not hold real numbers" in problem or "differ in length" in problem


def test_a_factor_of_a_single_number_is_named_if_it_has_a_meaning(inputs):
    class Neuron(Dense):
        factor = 5

        def backward(self, dvalues):
            super().backward(dvalues)
            self.dbiases = self.factor * self.dbiases

    layer = Neuron(4, 1)
    assert "the number of samples" in check_gradients(layer, inputs).rows[2].problem
    layer.factor = 3
    assert "one entry is wrong" in check_gradients(layer, inputs).rows[2].problem


def test_one_huge_entry_does_not_hide_the_others(inputs):
    def spoil(layer):
        layer.dweights = 1.5 * layer.dweights
        layer.dweights[0, 0] = 1e9

    assert "12 of 12 entries are wrong" in problem_of(spoil, inputs)


def test_one_wrong_entry_is_found(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights.copy()
        layer.dweights[2, 1] += 1

    assert "one entry is wrong: at (2, 1)" in problem_of(spoil, inputs)


@pytest.mark.parametrize(
    ("place", "name"), [(np.s_[2], "row 2"), (np.s_[:, 1], "column 1")]
)
def test_a_wrong_row_or_column_is_found(place, name, inputs):
    def spoil(layer):
        layer.dweights = layer.dweights.copy()
        layer.dweights[place] += [1, 2, 3] if name == "row 2" else [1, 2, 3, 4]

    assert f"{name} is wrong" in problem_of(spoil, inputs)


def test_a_gradient_of_one_row_has_no_wrong_row(inputs):
    def spoil(layer):
        layer.dbiases = layer.dbiases + np.arange(3)

    assert "2 of 3 entries are wrong" in problem_of(spoil, inputs, "dbiases")


def test_several_wrong_entries_are_counted(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights.copy()
        layer.dweights[[0, 1, 2], [0, 1, 2]] += [1, 2, 3]

    problem = problem_of(spoil, inputs)
    assert "3 of 12 entries are wrong: at (2, 2)" in problem


def test_a_gradient_that_is_not_stored_is_named(inputs):
    def spoil(layer):
        layer.dbiases = None

    assert "does not store it" in problem_of(spoil, inputs, "dbiases")


def test_a_gradient_that_is_only_returned_is_named(inputs):
    class Returning:
        def forward(self, inputs):
            return 2 * inputs

        def backward(self, dvalues):
            return 2 * dvalues

    (row,) = check_gradients(Returning(), inputs).rows
    assert row.problem == "backward does not store it"


def returning(result):
    """x², with a ``backward`` that returns what ``result`` makes of the layer."""

    class Returning(Square):
        def backward(self, dvalues):
            super().backward(dvalues)
            return result(self)

    return Returning()


NOT_DINPUTS = "the result of backward is not self.dinputs: "


@pytest.mark.parametrize(
    "result",
    [
        lambda layer: layer.dinputs,
        lambda layer: layer.dinputs.copy(),
        lambda layer: layer.dinputs.astype(np.float32),
        lambda layer: layer.dinputs.tolist(),
    ],
)
@pytest.mark.parametrize("must_return", [False, True])
def test_a_backward_that_returns_what_it_stores_passes(result, must_return, inputs):
    check = check_gradients(returning(result), inputs, must_return=must_return)
    assert check, check


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (lambda layer: layer.inputs, "its numbers differ"),
        (lambda layer: 1.0001 * layer.dinputs, "its numbers differ"),
        (lambda layer: layer.dinputs * np.nan, "it is nan at (0, 0)"),
        (lambda layer: layer.dinputs.T, "its shape is (4, 5), expected (5, 4): rows and columns are exchanged"),
        (lambda layer: layer.dinputs.sum(), "it is one number, expected an array of shape (5, 4)"),
        (lambda layer: 0, "it is one number, expected an array of shape (5, 4)"),
        (lambda layer: [[1], [2, 3]], "its rows differ in length"),
        (lambda layer: (layer.dinputs, layer.inputs), "it is of type tuple"),
        (lambda layer: (layer.dinputs, 1), "it is of type tuple"),
        (lambda layer: layer, "it is of type Returning"),
        (lambda layer: "dinputs", "it is of type str"),
    ],
)  # fmt: skip
def test_a_backward_that_returns_anything_else_is_wrong(result, what, inputs):
    (row,) = check_gradients(returning(result), inputs).rows
    assert row.problem == NOT_DINPUTS + what
    assert not row.unclear


def test_a_layer_that_returns_the_gradient_of_its_weights_is_wrong(inputs):
    class Mistaken(Dense):
        def backward(self, dvalues):
            super().backward(dvalues)
            return self.dweights

    problems = [row.problem for row in check_gradients(Mistaken(4, 3), inputs).rows]
    shapes = "its shape is (4, 3), expected (5, 4)"
    assert problems == [NOT_DINPUTS + shapes, "", ""]


def test_a_backward_may_store_without_returning(inputs):
    assert check_gradients(Square(), inputs)


def test_a_backward_that_must_return_has_to(inputs):
    (row,) = check_gradients(Square(), inputs, must_return=True).rows
    assert row.problem == NOT_DINPUTS + "it is None (was return forgotten?)"


def test_a_result_that_changes_at_the_second_call_is_wrong(inputs):
    calls = []

    def result(layer):
        calls.append(layer)
        return layer.dinputs if len(calls) % 2 else layer.inputs

    assert not check_gradients(returning(result), inputs)


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        (0, "it is one number, expected an array of shape (5, 4)"),
        ([[1], [2, 3]], "its rows differ in length"),
        (None, "backward does not store it"),
        (np.zeros((5, 4)), "it is 0 everywhere"),
    ],
)
def test_a_wrong_gradient_is_named_before_a_wrong_result(stored, problem, inputs):
    class Wrong(Square):
        def backward(self, dvalues):
            self.dinputs = stored
            return 7

    (row,) = check_gradients(Wrong(), inputs).rows
    assert row.problem == problem


@pytest.mark.parametrize("must_return", [False, True])
def test_the_librarys_classes_return_their_gradients(must_return, inputs):
    labels = [0, 3, 1, 1, 2]
    for layer in (Dense(4, 3), ReLU(), Softmax()):
        assert check_gradients(layer, inputs, must_return=must_return)
    assert check_gradients(
        SoftmaxCrossEntropy(), inputs, labels, must_return=must_return
    )


def test_what_cannot_be_compared_has_an_infinite_error_and_its_parameters_shape(inputs):
    def spoil(layer):
        layer.dweights = layer.dweights.T

    row = check_gradients(dense_whose_backward(spoil), inputs).rows[1]
    assert row == GradientRow("dweights", (4, 3), np.inf, 0, row.problem)


def test_truth_values_are_compared_as_the_numbers_0_and_1(inputs):
    class Positive(ReLU):
        def backward(self, dvalues):
            self.dinputs = dvalues > 0

    (row,) = check_gradients(Positive(), inputs).rows
    assert "entries are wrong: at" in row.problem


def test_nan_is_named_with_its_place(inputs):
    def spoil(layer):
        layer.dinputs = layer.dinputs.copy()
        layer.dinputs[3, 2] = np.nan

    assert "nan at (3, 2)" in problem_of(spoil, inputs, "dinputs")


def test_a_gradient_that_adds_up_is_named(inputs):
    class Accumulating(Dense):
        def backward(self, dvalues):
            before = self.dweights
            super().backward(dvalues)
            self.dweights = self.dweights + (0 if before is None else before)

    check = check_gradients(Accumulating(4, 3), inputs)
    assert "do not add to it" in check.rows[1].problem


def test_a_gradient_from_before_is_seen_to_be_added(inputs):
    class Accumulating(Dense):
        def backward(self, dvalues):
            before = self.dweights
            super().backward(dvalues)
            self.dweights = self.dweights + (0 if before is None else before)

    layer = Accumulating(4, 3)
    layer.forward(inputs)
    layer.backward(inputs[:, :3])
    assert "do not add to it" in check_gradients(layer, inputs).rows[1].problem


def test_a_wrong_gradient_that_adds_up_is_seen_to_add_up(inputs):
    class Accumulating(Square):
        dinputs = 0

        def backward(self, dvalues):
            self.dinputs = self.dinputs + 3 * self.inputs * dvalues

    (row,) = check_gradients(Accumulating(), inputs).rows
    assert "do not add to it" in row.problem


def test_another_result_at_the_second_call_is_named(inputs):
    class Moody(Square):
        sign = 1

        def backward(self, dvalues):
            super().backward(dvalues)
            self.dinputs = self.sign * self.dinputs
            self.sign = -self.sign

    (row,) = check_gradients(Moody(), inputs).rows
    assert row.problem == "a second call of backward gives another result"


def test_truth_values_that_change_at_the_second_call_are_named(inputs):
    class Moody(ReLU):
        right = False

        def backward(self, dvalues):
            self.right = not self.right
            self.dinputs = (dvalues > 0) == self.right

    (row,) = check_gradients(Moody(), inputs).rows
    assert row.problem == "a second call of backward gives another result"


def test_a_forward_that_works_in_place_is_named(inputs):
    class InPlace(ReLU):
        def forward(self, inputs):
            inputs[inputs < 0] = 0
            return super().forward(inputs)

    (row,) = check_gradients(InPlace(), inputs - 0.6).rows
    assert "forward changes the array that it is given" in row.problem


def test_what_works_in_place_is_said_once(inputs):
    class InPlace(Dense):
        def forward(self, inputs):
            inputs += 1
            return super().forward(inputs)

    problems = [row.problem for row in check_gradients(InPlace(4, 3), inputs).rows]
    assert [bool(problem) for problem in problems] == [True, False, False]


def test_a_backward_that_works_in_place_is_named(inputs):
    class InPlace(ReLU):
        def backward(self, dvalues):
            self.dinputs = dvalues
            self.dinputs[self.inputs <= 0] = 0

    (row,) = check_gradients(InPlace(), inputs - 0.6).rows
    assert "backward changes the array that it is given" in row.problem


def test_an_entry_at_a_kink_is_left_out_and_counted():
    check = check_gradients(ReLU(), [[0.0, 1.0, -1.0]])
    assert check
    assert check.rows[0].left_out == 1
    assert "1 at a kink left out" in repr(check)


@pytest.mark.parametrize("seed", range(20))
def test_a_kink_is_found_however_small_its_part_in_the_mixture(seed):
    x = np.linspace(-1, 1, 21).reshape(7, 3)  # its middle is 0
    (row,) = check_gradients(ReLU(), x, seed=seed).rows
    assert (row.left_out, row.problem) == (1, "")


@pytest.mark.parametrize("x", [1e-6, 4e-6, 9e-6, -3e-6])
def test_a_kink_within_a_step_does_not_spoil_the_check(x):
    assert check_gradients(ReLU(), [[x, 1.0, -1.0]])


@pytest.mark.parametrize("slope", [2, -1])
def test_a_gradient_outside_the_slopes_at_a_kink_is_wrong(slope):
    class Steep(ReLU):
        def backward(self, dvalues):
            super().backward(dvalues)
            self.dinputs[self.inputs == 0] = slope * dvalues[self.inputs == 0]

    (row,) = check_gradients(Steep(), [[0.0, 1.0, -1.0]]).rows
    assert "one entry is wrong: at (0, 0)" in row.problem
    (row,) = check_gradients(Steep(), [[0.0, 0.0]]).rows
    assert "2 of 2 entries are wrong" in row.problem or "factor" in row.problem


def test_strong_curvature_is_not_taken_for_a_kink():
    class Steep(Square):
        def forward(self, inputs):
            self.inputs = inputs
            return 1e4 * inputs * inputs

        def backward(self, dvalues):
            self.dinputs = (2e4 * self.inputs + 0.05) * dvalues

    (row,) = check_gradients(Steep(), [[0.0, 1e-5]]).rows
    assert row.left_out == 0
    assert "2 of 2 entries are wrong" in row.problem


def test_a_kink_does_not_hide_an_opposite_sign():
    class Opposite(ReLU):
        def backward(self, dvalues):
            self.dinputs = -dvalues * (self.inputs >= 0)

    (row,) = check_gradients(Opposite(), [[0.0, 1.0, -1.0, 2.0]]).rows
    assert "opposite sign" in row.problem


def test_a_slight_kink_does_not_hide_an_opposite_sign():
    class Bent:
        """Slope 0.5 below 0 and 1 above."""

        def forward(self, inputs):
            self.slopes = np.where(inputs < 0, 0.5, 1.0)
            return self.slopes * inputs

        def backward(self, dvalues):
            self.dinputs = -self.slopes * dvalues

    (row,) = check_gradients(Bent(), [[0.0, 1.0, -1.0, 2.0]]).rows
    assert row.problem == "it has the opposite sign"


def test_a_small_entry_is_checked_as_closely_as_a_large_one():
    class Slightly(Square):
        def backward(self, dvalues):
            self.dinputs = 2 * self.inputs * dvalues * [[1, 1.00005]]

    (row,) = check_gradients(Slightly(), [[1.0, 0.01]]).rows
    assert "one entry is wrong: at (0, 1)" in row.problem


def test_a_smaller_step_is_tried_where_the_loss_ends():
    check = check_gradients(
        CategoricalCrossEntropy(), [[2e-6, 1 - 2e-6], [0.5, 0.5]], [1, 0]
    )
    assert check


def test_what_one_step_does_not_confirm_is_tried_with_one_16_times_larger_and_smaller():
    steps = set()

    class Wrong(Square):
        def forward(self, inputs):
            steps.add(abs(float(inputs[0, 0]) - 1))
            return super().forward(inputs)

        def backward(self, dvalues):
            self.dinputs = self.inputs * dvalues

    check_gradients(Wrong(), [[1.0]], step=2.0**-10)
    assert steps == {0.0, 2.0**-14, 2.0**-10, 2.0**-6}


def test_only_kinks_is_not_a_pass():
    check = check_gradients(ReLU(), np.zeros((2, 2)))
    assert not check
    (row,) = check.rows
    assert row.unclear
    assert row.problem == "every entry is at a kink: check at other inputs"
    assert row.error == np.inf


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3, 1e4])
def test_right_gradients_pass_at_inputs_of_any_usual_size(size, inputs):
    assert check_gradients(Dense(4, 3), size * inputs)
    assert check_gradients(ReLU(), size * inputs)
    assert check_gradients(Square(), size * inputs)


def test_tiny_inputs_are_not_taken_for_kinks():
    assert check_gradients(Square(), [[1e-7, -1e-7]]).rows[0].left_out == 0


def test_a_gradient_that_is_truly_zero_passes(inputs):
    class Constant:
        def forward(self, inputs):
            return np.ones_like(inputs) + inputs * 0

        def backward(self, dvalues):
            self.dinputs = 1e-17 * dvalues  # as rounding may leave

    assert check_gradients(Constant(), inputs)


def test_a_gradient_that_should_be_zero_is_named(inputs):
    class Constant:
        def forward(self, inputs):
            return np.ones_like(inputs)

        def backward(self, dvalues):
            self.dinputs = dvalues

    (row,) = check_gradients(Constant(), inputs).rows
    assert row.problem == "it should be 0 everywhere"


def test_where_the_loss_ends_the_verdict_is_unclear():
    check = check_gradients(CategoricalCrossEntropy(), [[0.0, 1.0], [0.5, 0.5]], [0, 0])
    assert not check
    assert check.rows[0].unclear
    assert "refuses its inputs, a step away from (0, 0)" in check.rows[0].problem
    assert check.rows[0].error == np.inf
    assert "unclear" in repr(check)


def test_rounding_in_forward_makes_the_verdict_unclear(inputs):
    class Rounding(Square):
        def forward(self, inputs):
            self.inputs = inputs
            self.output = np.round(inputs * inputs, 6)

    (row,) = check_gradients(Rounding(), inputs).rows
    assert row.unclear
    assert row.left_out == 0
    assert "with one step and" in row.problem


@pytest.mark.parametrize("size", [1e6, 1e8, 1e9, 1e10, 1e12, 1e15, 1e20])
def test_where_rounding_swallows_the_step_a_right_gradient_is_not_called_wrong(size):
    inputs = size * np.random.RandomState(0).randn(5, 4)
    for subject in (Dense(4, 3), ReLU()):
        for row in check_gradients(subject, inputs).rows:
            assert row.unclear or not row.problem
    (row,) = check_gradients(Softmax(), np.full((1, 2), size)).rows
    assert row.unclear == (size >= 1e8)
    assert size < 1e15 or "with each step, but numbers are so large" in row.problem


def test_a_mistake_at_inputs_of_a_million_is_named():
    class Mistaken(ReLU):
        def backward(self, dvalues):
            super().backward(dvalues)
            self.dinputs *= -1

    inputs = 1e6 * np.random.RandomState(0).randn(5, 4)
    (row,) = check_gradients(Mistaken(), inputs).rows
    assert not row.unclear
    assert row.problem.startswith("15 of 20 entries are wrong")  # the others are at 0


def test_a_mistake_larger_than_what_rounding_leaves_unclear_is_named():
    class Rounding(Square):
        def forward(self, inputs):
            super().forward(inputs)
            self.output[0, 1:] = np.round(self.output[0, 1:], 6)

        def backward(self, dvalues):
            super().backward(dvalues)
            self.dinputs[0, 0] *= -1

    (row,) = check_gradients(Rounding(), [[1.0, 1.23456, 0.98713, 1.32179]]).rows
    assert not row.unclear
    assert "at (0, 0) it is" in row.problem


def test_the_subject_is_left_as_it_was(inputs):
    layer = Dense(4, 3)
    before = copy.deepcopy(vars(layer))
    check_gradients(layer, inputs)
    assert vars(layer).keys() == before.keys()
    assert layer.weights.dtype == np.float32
    np.testing.assert_array_equal(layer.weights, before["weights"])
    assert layer.dweights is None


def test_what_the_subject_is_made_of_is_left_as_it_was(inputs):
    class Wrapped:
        def __init__(self):
            self.layer = Square()

        def forward(self, inputs):
            self.layer.forward(inputs)
            return self.layer.output

        def backward(self, dvalues):
            self.layer.backward(dvalues)
            self.dinputs = self.layer.dinputs

    wrapped = Wrapped()
    assert check_gradients(wrapped, inputs)
    assert vars(wrapped.layer) == {}


def test_the_mixture_of_the_outputs_has_both_signs_and_weights_of_at_most_one():
    upstream = []

    class Recording(Square):
        def backward(self, dvalues):
            upstream.append(dvalues)
            super().backward(dvalues)

    check_gradients(Recording(), np.ones((20, 20)))
    mixture = upstream[0]
    assert -1 <= mixture.min() < -0.9
    assert 0.9 < mixture.max() <= 1


def test_the_inputs_are_left_as_they_were(inputs):
    before = inputs.copy()
    check_gradients(ReLU(), inputs)
    np.testing.assert_array_equal(inputs, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Dense, [[1.0]]), "class Dense"),
        ((3, [[1.0]]), "forward and backward"),
    ],
)
def test_what_cannot_be_checked_is_refused(arguments, message):
    with pytest.raises(TypeError, match=message):
        check_gradients(*arguments)


class NoOutput(ReLU):
    def forward(self, inputs):
        pass


class Lost(ReLU):
    def forward(self, inputs):
        return inputs * np.nan


class ForgetfulDropout(ReLU):
    def forward(self, inputs):
        return inputs * (np.random.random(inputs.shape) < 0.5)


class Short(ReLU):
    def forward(self, inputs):
        return super().forward(inputs).astype(np.float32)


@pytest.mark.parametrize(
    ("subject", "error", "message"),
    [
        (NoOutput(), TypeError, "NoOutput.forward must return its output, or store it as output"),
        (
            Lost(),
            ValueError,
            "Lost.forward gives NaN or infinity for these inputs: there is nothing to compare with",
        ),
        (
            ForgetfulDropout(),
            ValueError,
            "ForgetfulDropout.forward gives another result when it is called again with the same inputs (dropout?): "
            "let it draw the same random numbers each time",
        ),
        (
            Short(),
            ValueError,
            "forward rounds to float32, although it is given float64: its differences would be all rounding "
            "(after nnfs.init(), np.dot does so: take @)",
        ),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_forward_without_derivatives_is_refused(subject, error, message, inputs):
    with pytest.raises(error) as caught:
        check_gradients(subject, inputs)
    assert str(caught.value) == message


def test_labels_for_what_takes_none_are_refused(inputs):
    with pytest.raises(TypeError, match=r"y_true is given, but ReLU.forward takes no"):
        check_gradients(ReLU(), inputs, [0, 1, 2, 3, 0])


class Training(ReLU):
    def forward(self, inputs, training):
        return super().forward(inputs)


class Rate(ReLU):
    def backward(self, dvalues, learning_rate):
        return super().backward(dvalues)


class Keyword(ReLU):
    def forward(self, inputs, *, scale, shift):
        return super().forward(inputs)


class Lenient(ReLU):
    def forward(self, inputs=None, *, training):
        return super().forward(inputs)


class Weighted(SoftmaxCrossEntropy):
    def forward(self, logits, y_true, sample_weights):
        return super().forward(logits, y_true)


class Selfless(ReLU):
    @staticmethod
    def forward():
        return np.ones((5, 4))


class Distance:
    def forward(self, here, there):
        return ((here - there) ** 2).sum(axis=1)

    def backward(self, here, there):
        self.dinputs = 2 * (here - there) / len(here)


DEFAULT = "give it a default value, for the check calls"


@pytest.mark.parametrize(
    ("subject", "y_true", "message"),
    [
        (Training(), None, f"Training.forward also needs training: {DEFAULT} forward(inputs)"),
        (Rate(), None, f"Rate.backward also needs learning_rate: {DEFAULT} backward(dvalues)"),
        (Lenient(), None, f"Lenient.forward also needs training: {DEFAULT} forward(inputs)"),
        (
            Keyword(),
            None,
            "Keyword.forward also needs scale and shift: give them default values, for the check calls forward(inputs)",
        ),
        (
            Weighted(),
            [0, 1, 2, 3, 0],
            f"Weighted.forward also needs sample_weights: {DEFAULT} forward(y_pred, y_true)",
        ),
        (
            Distance(),
            None,
            f"Distance.forward also needs there: {DEFAULT} forward(inputs); or is this a loss? Its labels are y_true",
        ),
        (Training(), [0], "y_true is given, but Training.backward takes no labels"),
        (Selfless(), None, "Selfless.forward takes no inputs (was self forgotten?)"),
        (Selfless(), [0], "Selfless.forward takes no inputs (was self forgotten?)"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_methods_that_cannot_be_called_are_refused(subject, y_true, message, inputs):
    with pytest.raises(TypeError) as caught:
        check_gradients(subject, inputs, y_true)
    assert str(caught.value) == message


def test_what_the_messages_advise_helps(inputs):
    class Trained(Training):
        def forward(self, inputs, training=True):
            return super().forward(inputs, training)

    assert check_gradients(Trained(), inputs)
    assert check_gradients(Distance(), inputs, 1 - inputs)


@pytest.mark.parametrize(
    "name", ["y", "t", "y_true", "labels", "targets", "true_class"]
)
def test_labels_are_missed_under_their_usual_names(name, inputs):
    loss = type("Loss", (SoftmaxCrossEntropy,), {})
    names = {}
    exec(f"def forward(self, z, {name}): pass", names)
    loss.forward = names["forward"]
    with pytest.raises(
        TypeError, match=r"^y_true is missing: Loss\.forward needs more"
    ):
        check_gradients(loss(), inputs)


def test_labels_that_backward_alone_needs_are_missed(inputs):
    class Forgiving(SoftmaxCrossEntropy):
        def forward(self, logits, y_true=None):
            return logits

    with pytest.raises(
        TypeError, match=r"^y_true is missing: Forgiving\.backward needs"
    ):
        check_gradients(Forgiving(), inputs)


def test_any_arguments_will_do(inputs):
    class Anything(Square):
        def forward(self, *args, **kwargs):
            return super().forward(*args, **kwargs)

    assert check_gradients(Anything(), inputs)


def test_missing_labels_are_refused(inputs):
    with pytest.raises(TypeError, match="y_true is missing"):
        check_gradients(SoftmaxCrossEntropy(), inputs)


@pytest.mark.parametrize("seed", [-1, "seed", 0.5])
def test_a_bad_seed_is_refused(seed, inputs):
    with pytest.raises((TypeError, ValueError), match="seed must be an integer"):
        check_gradients(ReLU(), inputs, seed=seed)


def test_a_mistake_of_the_readers_own_is_not_hidden(inputs):
    class Broken(ReLU):
        def backward(self, dvalues):
            return dvalues / self.no_such_thing

    with pytest.raises(AttributeError, match="no_such_thing"):
        check_gradients(Broken(), inputs)


def test_the_same_seed_gives_the_same_table(inputs):
    layer = Dense(4, 3)
    tables = [repr(check_gradients(layer, inputs, seed=seed)) for seed in (3, 3)]
    assert tables[0] == tables[1]
    assert check_gradients(layer, inputs) == check_gradients(layer, inputs, seed=0)


def test_labels_are_left_as_they_were(inputs):
    class Meddling(SoftmaxCrossEntropy):
        def forward(self, logits, y_true):
            loss = super().forward(logits, y_true)
            y_true[:] = 0
            return loss

    labels = np.array([0, 3, 1, 1, 2])
    check_gradients(Meddling(), inputs, labels)
    assert labels.tolist() == [0, 3, 1, 1, 2]


@pytest.mark.parametrize("name", ["step", "tolerance"])
def test_a_step_or_tolerance_of_zero_is_refused(name, inputs):
    with pytest.raises(ValueError, match=name):
        check_gradients(ReLU(), inputs, **{name: 0})


def test_inputs_that_are_no_matrix_are_refused():
    with pytest.raises(ValueError, match="inputs must be a matrix"):
        check_gradients(ReLU(), [1.0, 2.0])


def test_the_parameters_of_layers_inside_are_not_called_right(inputs):
    check = check_gradients(Residual([Dense(4, 4, dtype=np.float64), ReLU()]), inputs)
    of_inputs, *others = check.rows
    assert not of_inputs.problem
    advice = "it was not looked at: check this layer on its own"
    assert others == [
        GradientRow(f"d{name} of Dense(4, 4)", shape, np.inf, 0, advice, unclear=True)
        for name, shape in (("weights", (4, 4)), ("biases", (1, 4)))
    ]
    assert not check
    assert "dbiases of Dense(4, 4): it was not looked at: check this layer" in str(
        check
    )
    assert check_gradients(Residual([ReLU(), Softmax()]), inputs)


def test_numpys_global_stream_is_left_as_it_was(inputs):
    before = np.random.get_state()[1:3]
    assert check_gradients(Dropout(0.3), inputs)
    assert str(np.random.get_state()[1:3]) == str(before)


class Block:
    """Made of layers, which it passes everything through."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, inputs):
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    def backward(self, dvalues):
        for layer in reversed(self.layers):
            dvalues = layer.backward(dvalues)
        self.dinputs = dvalues
        return dvalues


def test_a_layer_made_of_layers_in_float32_is_checked_in_float64(inputs):
    dense = Dense(4, 3)
    row = check_gradients(Block(dense, ReLU()), inputs).rows[0]
    assert (row.name, row.problem) == ("dinputs", "")
    assert dense.weights.dtype == np.float32  # its own are left alone


def test_numpys_module_of_random_numbers_may_be_a_dropouts_stream(inputs):
    dropout = Dropout(0.5, rng=np.random)
    assert check_gradients(dropout, inputs)
    assert copy.deepcopy(dropout).rng is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"seed": None}, "^seed must be an integer of at least 0"),
        ({"must_return": "no"}, "^must_return must be True or False"),
    ],
)
def test_arguments_of_other_kinds_are_refused(arguments, said, inputs):
    with pytest.raises(TypeError, match=said):
        check_gradients(ReLU(), inputs, **arguments)


class Intermediate(Layer):
    """Derived from the library's `Layer`; keeps what it computes on the way, with its gradient."""

    def __init__(self):
        self.weights = np.ones((4, 2))

    def forward(self, inputs):
        self.inputs, self.z = inputs, inputs @ self.weights
        return self.z * self.z

    def backward(self, dvalues):
        self.dz = 2 * self.z * dvalues
        self.dweights = self.inputs.T @ self.dz
        self.dinputs = self.dz @ self.weights.T
        return self.dinputs


def test_what_forward_computes_anew_is_no_parameter_of_a_derived_layer(inputs):
    check = check_gradients(Intermediate(), inputs)
    assert [row.name for row in check.rows] == ["dinputs", "dweights"]
    assert check


class Loaded(ReLU):
    """Holds a source of numbers that is no stream of NumPy's."""

    def __init__(self):
        self.rng = iter([])


def test_a_source_of_numbers_of_ones_own_is_left_alone(inputs):
    assert check_gradients(Loaded(), inputs)
