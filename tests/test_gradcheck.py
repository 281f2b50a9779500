"""The gradient checker passes what is right, and names what is wrong."""

import copy

import numpy as np
import pytest

from nnfs_lib import CategoricalCrossEntropy, Dense, ReLU, Softmax, SoftmaxCrossEntropy
from nnfs_lib.gradcheck import check_gradients


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def inputs(rng):
    return rng.random((5, 4)) + 0.1


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


@pytest.mark.parametrize("layer", [Dense(4, 3), ReLU(), Softmax()], ids=repr)
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
    assert [row.name for row in check.rows] == ["dinputs", "dweights", "dbiases"]
    assert max(row.error for row in check.rows) < 1e-7


def test_a_readers_class_in_the_notebooks_protocol_passes(inputs):
    class Square:
        def forward(self, inputs):
            self.inputs = inputs
            self.output = inputs * inputs

        def backward(self, dvalues):
            self.dinputs = 2 * self.inputs * dvalues

    assert check_gradients(Square(), inputs)


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


def test_an_entry_at_a_kink_is_left_out_and_counted():
    check = check_gradients(ReLU(), [[0.0, 1.0, -1.0]])
    assert check
    assert check.rows[0].left_out == 1
    assert "1 at a kink left out" in repr(check)


def test_only_kinks_is_not_a_pass():
    assert not check_gradients(ReLU(), np.zeros((2, 2)))


def test_the_subject_is_left_as_it_was(inputs):
    layer = Dense(4, 3)
    before = copy.deepcopy(vars(layer))
    check_gradients(layer, inputs)
    assert vars(layer).keys() == before.keys()
    assert layer.weights.dtype == np.float32
    np.testing.assert_array_equal(layer.weights, before["weights"])
    assert layer.dweights is None


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


@pytest.mark.parametrize("name", ["step", "tolerance"])
def test_a_step_or_tolerance_of_zero_is_refused(name, inputs):
    with pytest.raises(ValueError, match=name):
        check_gradients(ReLU(), inputs, **{name: 0})


def test_inputs_that_are_no_matrix_are_refused():
    with pytest.raises(ValueError, match="inputs must be a matrix"):
        check_gradients(ReLU(), [1.0, 2.0])
