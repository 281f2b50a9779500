"""Sigmoid, the losses for two classes, several labels and numbers, and what is measured beside them."""

import formulas
import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from nnfs_lib import (
    SGD,
    BinaryCrossEntropy,
    Dense,
    MeanAbsoluteError,
    MeanSquaredError,
    Model,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    accuracy,
    binary_accuracy,
    confusion_matrix,
)
from nnfs_lib.gradcheck import check_gradients

FLOATS = [np.float32, np.float64]
N, K = 40, 3
RNG = np.random.RandomState(0)
SCORES = RNG.standard_normal((N, K)) * 3
LABELS = RNG.randint(0, 2, (N, K))
NUMBERS = RNG.standard_normal((N, K))
PROBABILITIES = Sigmoid().forward(SCORES)
# Each loss, with predictions and targets that suit it.
LOSSES = {
    BinaryCrossEntropy: (PROBABILITIES, LABELS),
    SigmoidCrossEntropy: (SCORES, LABELS),
    MeanSquaredError: (SCORES, NUMBERS),
    MeanAbsoluteError: (SCORES, NUMBERS),
}
each_loss = pytest.mark.parametrize("kind", LOSSES)
each_type = pytest.mark.parametrize("dtype", FLOATS)


def batch(kind, dtype):
    predictions, targets = LOSSES[kind]
    return predictions.astype(dtype), targets


@each_loss
@each_type
@pytest.mark.parametrize("narrow", [np.uint8, np.bool_, np.float16, np.float32])
def test_the_type_of_targets_changes_nothing(kind, dtype, narrow):
    predictions, targets = batch(kind, dtype)
    targets = np.abs(targets) > 0.5
    wide, given = kind(), kind()
    losses = [
        loss.calculate(predictions, targets.astype(each)).tobytes()
        for loss, each in ((wide, np.float64), (given, narrow))
    ]
    assert losses[0] == losses[1]
    assert given.gradient().dtype == dtype
    assert given.gradient().tobytes() == wide.gradient().tobytes()


@each_loss
@each_type
def test_what_is_added_to_the_mean_is_in_float64(kind, dtype):
    losses, of_predictions, _ = kind()._evaluate(*batch(kind, dtype))
    assert (losses.dtype, of_predictions) == (np.float64, dtype)
    rounded = losses.astype(np.float32).astype(np.float64)
    assert not np.array_equal(losses, rounded)  # and was there computed


# --- formulas ---------------------------------------------------------------------------------------------------------

z, p, y, t = sympy.symbols("z p y t", real=True)
SIGMOID = formulas.sigmoid(z)
SQUARED, ABSOLUTE = formulas.squared_and_absolute_error([y], [z])
FORMULAS = {
    BinaryCrossEntropy: (p, formulas.binary_cross_entropy(y, p)),
    SigmoidCrossEntropy: (z, formulas.binary_cross_entropy(y, SIGMOID)),
    MeanSquaredError: (z, SQUARED),
    MeanAbsoluteError: (z, ABSOLUTE),
}


def test_the_slope_and_the_symmetry_of_the_sigmoid():
    mirrored, slope = formulas.sigmoid_mirrored_and_slope(SIGMOID)
    assert sympy.simplify(formulas.sigmoid(-z) - mirrored) == 0
    assert sympy.simplify(sympy.diff(SIGMOID, z) - slope) == 0


@pytest.mark.parametrize("label", [0, 1])
def test_the_binary_loss_from_the_score(label):
    loss = formulas.binary_loss_from_score(z, label)
    through = formulas.binary_cross_entropy(label, SIGMOID)
    assert sympy.simplify(sympy.exp(loss) - sympy.exp(through)) == 0
    slope = sympy.diff(loss, z)
    assert sympy.simplify(slope - formulas.binary_gradient(label, SIGMOID)) == 0
    for sign in (1, -1):
        score = sign * sympy.Symbol("t", positive=True)
        one = formulas.binary_loss_without_overflow(score, label)
        other = formulas.binary_loss_from_score(score, label)
        assert sympy.simplify(sympy.exp(one) - sympy.exp(other)) == 0


def test_the_gradient_of_squared_errors_behind_a_sigmoid():
    slope = sympy.diff((SIGMOID - y) ** 2, z)
    assert sympy.simplify(slope - formulas.mismatched_gradient(y, SIGMOID)) == 0


@each_loss
def test_loss_and_gradient_are_the_formulas(kind):
    variable, formula = FORMULAS[kind]
    values = sympy.lambdify((variable, y), formula, "mpmath")
    slopes = sympy.lambdify((variable, y), sympy.diff(formula, variable), "mpmath")
    predictions, targets = LOSSES[kind]
    expected = [
        [float(values(a, b)) for a, b in zip(*row)] for row in zip(predictions, targets)
    ]
    gradient = [
        [float(slopes(a, b)) for a, b in zip(*row)] for row in zip(predictions, targets)
    ]
    loss = kind()
    assert_allclose(
        loss.sample_losses(predictions, targets), np.mean(expected, axis=1), rtol=1e-12
    )
    mean = loss.calculate(predictions, targets)
    assert mean == pytest.approx(np.mean(expected), rel=1e-12)
    assert_allclose(loss.gradient(), np.array(gradient) / (N * K), rtol=1e-9)


def test_sigmoid_is_its_formula():
    exact = sympy.lambdify(z, SIGMOID, "mpmath")
    expected = [[float(exact(each)) for each in row] for row in SCORES]
    assert_allclose(Sigmoid().forward(SCORES), expected, rtol=1e-15)


def test_the_sigmoid_of_a_score_is_the_softmax_of_it_and_0():
    two = np.stack([np.zeros(N), SCORES[:, 0]], axis=1)
    assert_allclose(
        Softmax().forward(two)[:, 1], Sigmoid().forward(SCORES[:, :1])[:, 0], rtol=1e-14
    )
    one = SigmoidCrossEntropy().calculate(SCORES[:, :1], LABELS[:, 0])
    assert one == pytest.approx(
        SoftmaxCrossEntropy().calculate(two, LABELS[:, 0]), rel=1e-14
    )


def test_both_ways_to_two_classes_agree():
    combined, separate, sigmoid = SigmoidCrossEntropy(), BinaryCrossEntropy(), Sigmoid()
    mean = combined.calculate(SCORES, LABELS)
    assert separate.calculate(sigmoid.forward(SCORES), LABELS) == pytest.approx(
        mean, rel=1e-12
    )
    assert_allclose(
        sigmoid.backward(separate.gradient()), combined.gradient(), rtol=1e-12
    )


# --- gradients --------------------------------------------------------------------------------------------------------


@each_loss
def test_the_checker_finds_the_gradients_right(kind):
    predictions, targets = LOSSES[kind]
    check = check_gradients(kind(), predictions[:5], targets[:5])
    assert check, check


def test_the_checker_finds_sigmoid_right():
    assert check_gradients(Sigmoid(), SCORES[:5])


def test_the_slope_of_the_absolute_value_at_0_is_0():
    loss = MeanAbsoluteError()
    loss.calculate([[1.0, 2.0]], [[1.0, 1.0]])
    assert loss.gradient().tolist() == [[0, 0.5]]


@each_loss
@each_type
def test_the_notebooks_forms_are_those_of_the_contract(kind, dtype):
    predictions, targets = batch(kind, dtype)
    one, other = kind(), kind()
    one.calculate(predictions, targets)
    forward = other.forward(predictions, targets)
    given = other.output if kind is SigmoidCrossEntropy else predictions
    assert np.array_equal(other.backward(given, targets), one.gradient())
    assert one.gradient().dtype == forward.dtype == dtype
    if kind is not SigmoidCrossEntropy:
        assert np.array_equal(forward, one.sample_losses(predictions, targets))


# --- the promises -----------------------------------------------------------------------------------------------------


@each_loss
@each_type
@pytest.mark.parametrize("layout", ["C", "F"])  # NumPy adds in another order
@pytest.mark.parametrize("width", [1, 2, 3, 150, 1025])
def test_a_samples_numbers_do_not_depend_on_the_others(kind, dtype, width, layout):
    rng = np.random.RandomState(width)
    predictions = rng.standard_normal((N, width)).astype(dtype, order=layout) * 3
    targets = rng.randint(0, 2, (N, width))
    if kind is BinaryCrossEntropy:
        predictions = Sigmoid().forward(predictions)
    order = rng.permutation(N)
    loss = kind()
    mean, gradient = loss.calculate(predictions, targets, N), loss.gradient()
    losses = loss.sample_losses(predictions, targets)
    assert loss.calculate(predictions[order], targets[order], N) == mean
    assert np.array_equal(loss.gradient(), gradient[order])
    for k in range(0, N, 7):
        row = slice(k, k + 1)
        assert loss.sample_losses(predictions[row], targets[row])[0] == losses[k]
        loss.calculate(predictions[row], targets[row], N)
        assert np.array_equal(loss.gradient()[0], gradient[k])


@each_type
def test_a_samples_sigmoid_does_not_depend_on_the_others(dtype):
    scores, upstream = SCORES.astype(dtype), NUMBERS.astype(dtype)
    whole, one = Sigmoid(), Sigmoid()
    output, dinputs = whole.forward(scores), whole.backward(upstream)
    for k in range(N):
        assert np.array_equal(one.forward(scores[k : k + 1])[0], output[k])
        assert np.array_equal(one.backward(upstream[k : k + 1])[0], dinputs[k])


@each_loss
def test_what_the_gradient_needs_belongs_to_the_loss(kind):
    predictions, targets = (np.array(each) for each in LOSSES[kind])
    loss = kind()
    loss.calculate(predictions, targets)
    expected = loss.gradient().copy()
    loss.calculate(predictions, targets)
    predictions[...] = 0.5
    targets[...] = 0
    if kind is SigmoidCrossEntropy:
        loss.output[...] = 0
    assert np.array_equal(loss.gradient(), expected)


@each_type
def test_the_ends_of_the_scores_are_harmless_under_every_error_state(dtype):
    end = np.finfo(dtype).max
    scores = np.array([[0, 800.0], [-800.0, 1e4], [end, -end]], dtype)
    labels = np.array([[0, 1], [0, 1], [1, 0]])
    with np.errstate(all="raise"):
        loss, sigmoid = SigmoidCrossEntropy(), Sigmoid()
        mean = loss.calculate(scores, labels)
        gradient = loss.gradient()
        output = sigmoid.forward(scores)
        sigmoid.backward(output)
        wrong = loss.sample_losses(scores, 1 - labels)
        separate = BinaryCrossEntropy()
        separate.calculate(output, 1 - labels)
        separate.gradient()
    assert mean == pytest.approx(np.log(2) / 6)
    assert gradient[0, 0] == pytest.approx(0.5 / 6)
    assert abs(gradient[1:]).max() < 1e-30
    assert output[:, 1].tolist() == [1, 1, pytest.approx(0, abs=1e-300)]
    assert wrong[0] == pytest.approx((np.log(2) + 800) / 2)
    assert wrong[1] == pytest.approx((800 + 1e4) / 2)


def test_small_losses_keep_their_digits():
    losses = SigmoidCrossEntropy().sample_losses(
        np.array([[5.0], [30.0], [40.0], [300.0]]), [1, 1, 1, 1]
    )
    assert_allclose(losses, np.log1p(np.exp([-5.0, -30.0, -40.0, -300.0])), rtol=1e-12)


@each_type
def test_probabilities_of_0_and_1_are_clipped(dtype):
    loss = BinaryCrossEntropy()
    probabilities, labels = np.array([[0], [1], [0], [1]], dtype), [1, 0, 0, 1]
    losses = loss.sample_losses(probabilities, labels)
    assert_allclose(losses[:2], -np.log(1e-7), rtol=1e-6)
    assert_allclose(losses[2:], -np.log1p(-1e-7), rtol=0.2)  # float32 has 2**-24 there
    loss.calculate(probabilities, labels, 1)
    expected = [[-1e7], [1e7], [1 / (1 - 1e-7)], [-1 / (1 - 1e-7)]]
    assert_allclose(loss.gradient(), expected, rtol=1e-6)


@each_loss
def test_a_part_of_a_batch_is_divided_by_the_samples_of_the_whole(kind):
    predictions, targets = LOSSES[kind]
    loss = kind()
    whole = loss.calculate(predictions, targets)
    assert loss.calculate(predictions, targets, 2 * N) == whole / 2
    if kind is SigmoidCrossEntropy:
        assert loss.forward(predictions, targets, 2 * N) == whole / 2
        combined = SoftmaxCrossEntropy()
        mean = combined.calculate(predictions, targets[:, 0])
        assert combined.forward(predictions, targets[:, 0], 2 * N) == mean / 2


@each_loss
def test_the_mean_over_labels_and_samples_is_one(kind):
    predictions, targets = LOSSES[kind]
    loss = kind()
    whole = loss.calculate(predictions, targets)
    columns = [loss.calculate(predictions[:, [k]], targets[:, k]) for k in range(K)]
    assert whole == pytest.approx(np.mean(columns), rel=1e-14)


def test_predictions_that_are_no_matrix_are_named():
    with pytest.raises(ValueError, match=r"^y_pred must be a matrix"):
        MeanSquaredError().predictions(NUMBERS[0])


@each_loss
@pytest.mark.parametrize("shape", [(N,), (N, 1)])
def test_one_output_takes_targets_in_a_row_or_a_column(kind, shape):
    predictions, targets = LOSSES[kind]
    loss = kind()
    value = loss.calculate(predictions[:, :1], targets[:, 0].reshape(shape))
    assert value == loss.calculate(predictions[:, :1], targets[:, :1])


# --- refusals ---------------------------------------------------------------------------------------------------------


@each_loss
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t[:-1],
            r"y_true has shape \(39, 3\), .* shape \(40, 3\): one target .* of them$",
        ),
        (lambda t: t[:, 0], r"y_true has shape \(40,\)"),
        (lambda t: np.where(t == t[3, 1], np.nan, t), "y_true holds nan"),
        (lambda t: t.astype(str), "y_true .* real numbers"),
        (lambda t: np.ma.masked_equal(t, t[3, 1]), "y_true is a masked"),
        (lambda t: None, "y_true .*None"),
    ],
    ids=["rows", "columns", "NaN", "text", "masked", "None"],
)
def test_targets_that_do_not_fit_are_refused(kind, change, message):
    predictions, targets = LOSSES[kind]
    loss = kind()
    loss.calculate(predictions, targets)
    expected = loss.gradient().copy()
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        loss.calculate(predictions, change(targets.astype(float)))
    assert np.array_equal(loss.gradient(), expected)  # and nothing has changed


@pytest.mark.parametrize("kind", [BinaryCrossEntropy, SigmoidCrossEntropy])
@pytest.mark.parametrize("wrong", [-1, 2, 0.5])
def test_labels_are_0_or_1(kind, wrong):
    labels = LABELS.astype(float)
    labels[2, 1] = wrong
    with pytest.raises(
        ValueError,
        match=rf"^y_true holds {wrong}, .* 0 or 1 \(.* SoftmaxCrossEntropy\)$",
    ):
        kind().calculate(LOSSES[kind][0], labels)


@pytest.mark.parametrize("wrong", [-0.1, 1.5])
def test_scores_are_not_taken_for_probabilities(wrong):
    probabilities = PROBABILITIES.copy()
    probabilities[0] = wrong, 0, 1
    for name, call in (
        ("y_pred", BinaryCrossEntropy().calculate),
        ("output", SigmoidCrossEntropy().backward),
        ("y_pred", binary_accuracy),
    ):
        message = f"^{name} holds {wrong}, but probabilities .* SigmoidCrossEntropy.forward\\)$"
        with pytest.raises(ValueError, match=message):
            call(probabilities, LABELS)


# --- measures ---------------------------------------------------------------------------------------------------------


def test_binary_accuracy_counts_labels_on_the_right_side():
    assert binary_accuracy([[0.2, 0.7], [0.6, 0.5]], [[0, 1], [0, 0]]) == 0.75
    assert binary_accuracy([[0.2], [0.9]], [0, 0]) == 0.5


def test_accuracy_of_one_column_asks_for_binary_accuracy():
    with pytest.raises(ValueError, match="binary_accuracy"):
        accuracy([[0.2], [0.9]], [0, 1])


def test_the_confusion_matrix_has_a_row_for_each_true_class():
    counts = confusion_matrix([0, 2, 2, 1, 0], [0, 1, 2, 1, 2])
    assert counts.tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 1]]
    scores = np.eye(4)[[0, 3, 3]]
    assert confusion_matrix(scores, np.eye(4)[[0, 3, 1]])[1, 3] == 1
    assert confusion_matrix(scores, [0, 3, 1]).shape == (4, 4)


def test_the_confusion_matrix_has_the_classes_that_are_not_met_too():
    counts = confusion_matrix(np.eye(4)[[0, 1]], [0, 0])
    assert counts.dtype == np.int64
    assert counts.tolist() == [[1, 1, 0, 0], [0] * 4, [0] * 4, [0] * 4]


@pytest.mark.parametrize("label", [2**15, 20240131, 6074001000, 2**62, 2**63])
def test_a_label_that_numbers_no_class_has_no_confusion_matrix(label):
    message = f"^the labels in y_pred and y_true go up to {label}, but .* 32768 classes"
    for predicted, right in ([0], [label]), ([label], [0]):
        predicted, right = np.array([predicted, right], np.uint64)
        with pytest.raises(ValueError, match=message):
            confusion_matrix(predicted, right)
        assert accuracy(predicted, right) == 0


def test_a_label_is_below_the_number_of_classes():
    with pytest.raises(ValueError, match="6074001000, but the number of classes is 3"):
        confusion_matrix(np.eye(3)[[0]], [6074001000])


def test_the_diagonal_of_the_confusion_matrix_is_the_accuracy():
    scores, classes = RNG.random_sample((200, 5)), RNG.randint(0, 5, 200)
    counts = confusion_matrix(scores, classes)
    assert counts.sum() == 200
    assert np.trace(counts) / 200 == accuracy(scores, classes)
    assert counts.sum(axis=1).tolist() == np.bincount(classes, minlength=5).tolist()
    assert (
        counts.sum(axis=0).tolist()
        == np.bincount(scores.argmax(1), minlength=5).tolist()
    )


@pytest.mark.parametrize(
    ("layers", "loss", "targets", "names"),
    [
        (1, SigmoidCrossEntropy, LABELS[:, 0], {"loss", "accuracy"}),
        (K, SigmoidCrossEntropy, LABELS, {"loss", "accuracy"}),
        (1, MeanSquaredError, NUMBERS[:, 0], {"loss"}),
        (K, MeanAbsoluteError, NUMBERS, {"loss"}),
    ],
)
def test_a_model_trains_and_is_saved_with_each_loss(
    layers, loss, targets, names, tmp_path
):
    model = Model(
        [Dense(K, layers, rng=np.random.RandomState(0))],
        loss=loss(),
        optimizer=SGD(0.01),
    )
    history = model.fit(SCORES, targets, epochs=30, batch_size=None)
    assert set(history) == names
    assert history["loss"][-1] < history["loss"][0]
    predicted = model.predict(SCORES)
    assert predicted.shape == (N, layers)
    if loss is SigmoidCrossEntropy:
        assert predicted.min() > 0
        assert predicted.max() < 1
        assert model.evaluate(SCORES, targets)["accuracy"] == binary_accuracy(
            predicted, targets
        )
    model.save(tmp_path / "model.npz")
    assert np.array_equal(Model.load(tmp_path / "model.npz").predict(SCORES), predicted)
