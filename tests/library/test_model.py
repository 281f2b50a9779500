"""The model object: training, prediction, what it says before it starts."""

import math
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tqdm.auto  # noqa: F401 (before a test pretends to be a notebook)

import nnfs_lib
from nnfs_lib import (
    SGD,
    Adam,
    Dense,
    Dropout,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    model_validation,
)
from nnfs_lib.callbacks import EarlyStopping
from nnfs_lib.model import PIECE, Model


def spiral(n_per_class=20, seed=0):
    rng = np.random.RandomState(seed)
    y = np.repeat(np.arange(3), n_per_class)
    radius = np.tile(np.arange(n_per_class) / n_per_class, 3)
    angle = 4 * (radius + y) + 0.2 * rng.random_sample(len(y))
    X = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    return X.astype(np.float32), y


X, y = spiral()


def model(optimizer=None, seed=0, layers=None):
    rng = np.random.RandomState(seed)
    layers = layers or [
        Dense(2, 16, init="he", rng=rng),
        ReLU(),
        Dense(16, 3, init="he", rng=rng),
    ]
    return Model(layers, loss=SoftmaxCrossEntropy(), optimizer=optimizer or Adam(0.02))


def parameters(trained):
    return [
        value.tobytes()
        for layer in trained.layers
        for _, value, _ in layer.parameters()
    ]


class Recorder:
    """Stores, and returns nothing: the notebook's protocol."""

    def __init__(self, inner):
        self.inner = inner

    def forward(self, inputs):
        self.output = self.inner.forward(inputs)

    def backward(self, dvalues):
        self.dinputs = self.inner.backward(dvalues)


class Twice:
    """A layer made of layers."""

    def __init__(self, layers):
        self.layers = layers

    def __repr__(self):
        return "Twice"

    def forward(self, inputs):
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    def backward(self, dvalues):
        for layer in reversed(self.layers):
            dvalues = layer.backward(dvalues)
        return dvalues


def test_an_epoch_of_one_batch_is_the_loop_that_a_reader_writes():
    X, y = spiral()
    trained = model(SGD(0.5, decay=1e-3, momentum=0.9))
    history = trained.fit(X, y, batch_size=None, epochs=10)
    dense1, relu, dense2 = model().layers
    loss, optimizer = SoftmaxCrossEntropy(), SGD(0.5, decay=1e-3, momentum=0.9)
    losses, accuracies = [], []
    for _ in range(10):
        dense1.forward(X)
        relu.forward(dense1.output)
        dense2.forward(relu.output)
        losses.append(float(loss.forward(dense2.output, y)))
        accuracies.append(nnfs_lib.accuracy(loss.output, y))
        loss.backward(loss.output, y)
        dense2.backward(loss.dinputs)
        relu.backward(dense2.dinputs)
        dense1.backward(relu.dinputs)
        optimizer.step([dense1, dense2])
    assert history["loss"] == losses
    assert history["accuracy"] == pytest.approx(accuracies, abs=1e-15)
    assert parameters(trained) == [
        value.tobytes()
        for layer in (dense1, dense2)
        for _, value, _ in layer.parameters()
    ]


def test_mini_batches_are_drawn_from_the_models_own_stream():
    X, y = spiral()
    trained = model()
    trained.fit(X, y, batch_size=16, epochs=3)
    by_hand = model()
    rng = np.random.RandomState(0)
    for _ in range(3):
        order = rng.permutation(len(X))
        for start in range(0, len(X), 16):
            rows = order[start : start + 16]
            by_hand.train_step(X[rows], y[rows])
    assert parameters(trained) == parameters(by_hand)


def test_the_first_layers_input_gradient_is_not_computed():
    trained = model()
    trained.train_step(*spiral())
    first, _, last = trained.layers
    assert hasattr(last, "dinputs")
    assert not hasattr(first, "dinputs")


def test_batches_are_of_32_unless_another_size_is_named():
    plain, named = model(), model()
    plain.fit(X, y)
    named.fit(X, y, batch_size=32)
    assert parameters(plain) == parameters(named)


def test_training_learns():
    X, y = spiral()
    trained = model()
    history = trained.fit(X, y, epochs=200)
    assert history["loss"][-1] < 0.2 * history["loss"][0]
    assert trained.evaluate(X, y)["accuracy"] > 0.9


def test_a_second_fit_goes_on_where_the_first_stopped():
    X, y = spiral()
    once, twice = model(), model()
    once.fit(X, y, epochs=7)
    twice.fit(X, y, epochs=3)
    history = twice.fit(X, y, epochs=4)
    assert parameters(once) == parameters(twice)
    assert history == once.history
    assert len(history["loss"]) == 7


def test_layers_that_store_and_return_nothing_do():
    X, _ = spiral()
    plain = model()
    stored = model(layers=[Recorder(layer) for layer in model().layers])
    gradient = np.ones((len(X), 3), np.float32)
    assert np.array_equal(stored.forward(X), plain.forward(X))
    stored.backward(gradient)
    plain.backward(gradient)
    for mine, other in zip(stored.layers, plain.layers):
        for own, theirs in zip(mine.inner.parameters(), other.parameters()):
            assert np.array_equal(own.gradient, theirs.gradient)


def test_a_layer_made_of_layers_is_trained_as_they_would_be_in_a_row():
    X, y = spiral()
    row, nested = model(), model()
    nested.layers = [nested.layers[0], Twice(nested.layers[1:])]
    row.fit(X, y, epochs=2)
    nested.fit(X, y, epochs=2)
    assert np.array_equal(row.predict(X), nested.predict(X))


class Flag(ReLU):
    training = True

    def forward(self, inputs):
        self.seen = self.training
        return super().forward(inputs)


def test_the_training_flag_is_set_in_training_alone():
    X, y = spiral()
    flag = Flag()
    trained = model(layers=[Dense(2, 4), Twice([flag]), Dense(4, 3)])
    trained.train_step(X, y)
    assert flag.seen is True
    trained.predict(X)
    assert flag.seen is False
    trained.evaluate(X, y)
    assert flag.seen is False


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sample_is_predicted_alike_in_any_company(dtype):
    rng = np.random.RandomState(0)
    X = rng.random_sample((2 * PIECE + 3, 2)).astype(dtype)
    trained = model(layers=[Dense(2, 5, dtype=dtype), ReLU(), Dense(5, 3, dtype=dtype)])
    together = trained.predict(X)
    assert together.shape == (len(X), 3)
    for k in (0, PIECE - 1, PIECE, len(X) - 1):
        assert np.array_equal(trained.predict(X[k : k + 1])[0], together[k])


@pytest.mark.parametrize("name", ["predict", "evaluate"])
def test_inputs_that_are_no_matrix_are_called_X(name):
    arguments = [y] if name == "evaluate" else []
    with pytest.raises(ValueError, match=r"^X must be a matrix"):
        getattr(model(), name)(X[0], *arguments)


def test_numpys_error_state_does_not_matter():
    flat = model(layers=[Dense(2, 3, init=0), Dense(3, 3, init=0)])
    flat.layers[1].biases[:] = [0, -95, -3e38]
    with np.errstate(all="raise"):
        assert flat.predict(X)[0].tolist() == [1, pytest.approx(5.5e-42, rel=1e-3), 0]
        assert flat.evaluate(X, np.zeros(len(X), int))["loss"] == 0


def test_evaluation_does_not_depend_on_order_or_pieces():
    rng = np.random.RandomState(0)
    X = rng.random_sample((PIECE + 100, 2)).astype(np.float32)
    y = rng.randint(0, 3, len(X))
    trained = model()
    expected = trained.evaluate(X, y)
    order = rng.permutation(len(X))
    assert trained.evaluate(X[order], y[order]) == expected
    whole = trained.loss.calculate(trained.forward(X), y)
    assert expected["loss"] == float(whole)


def test_validation_data_are_measured_and_not_trained_on():
    X, y = spiral()
    with_it, without = model(), model()
    history = with_it.fit(X, y, epochs=3, validation_data=(X[::2], y[::2]))
    without.fit(X, y, epochs=3)
    assert parameters(with_it) == parameters(without)
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    expected = with_it.evaluate(X[::2], y[::2])
    assert history["val_loss"][-1] == expected["loss"]
    assert history["val_accuracy"][-1] == expected["accuracy"]


def test_the_means_of_an_epoch_weigh_a_short_last_batch_by_its_samples():
    X, y = spiral(7)  # 21 samples: batches of 16 and of 5
    trained, by_hand = model(), model()
    history = trained.fit(X, y, batch_size=16)
    order = np.random.RandomState(0).permutation(21)
    parts = [by_hand.train_step(X[rows], y[rows]) for rows in (order[:16], order[16:])]
    for name in ("loss", "accuracy"):
        expected = (parts[0][name] * 16 + parts[1][name] * 5) / 21
        assert history[name] == [expected]


def test_callbacks_see_each_epoch_and_can_stop_it():
    X, y = spiral()
    seen = []

    def third(trained):
        seen.append(len(trained.history["loss"]))
        return len(seen) == 3

    also = []
    model().fit(X, y, epochs=9, callbacks=[third, lambda trained: also.append(1)])
    assert seen == [1, 2, 3]
    assert also == [1, 1, 1]  # a callback after the one that stops is called, too


def test_what_is_true_but_not_True_does_not_stop():
    X, y = spiral()
    history = model().fit(X, y, epochs=3, callbacks=[lambda trained: "no"])
    assert len(history["loss"]) == 3


def test_early_stopping_waits_and_goes_back_to_the_best():
    X, y = spiral()
    trained = model(SGD(30.0))
    stop = EarlyStopping("loss", patience=2)
    bests = []

    def best(trained):
        bests.append(parameters(trained))

    history = trained.fit(X, y, epochs=50, callbacks=[best, stop])["loss"]
    at = int(np.argmin(history))
    assert len(history) == at + 3 < 50
    assert parameters(trained) == bests[at]


def test_early_stopping_can_keep_the_last():
    X, y = spiral()
    trained = model(SGD(30.0))
    last = []
    stop = EarlyStopping("loss", patience=2, restore_best=False)
    trained.fit(X, y, epochs=50, callbacks=[lambda m: last.append(parameters(m)), stop])
    assert parameters(trained) == last[-1]


def test_early_stopping_counts_a_rise_of_accuracy_as_better():
    X, y = spiral()
    trained = model()
    stop = EarlyStopping("accuracy", patience=30)
    history = trained.fit(X, y, epochs=100, callbacks=[stop])["accuracy"]
    assert len(history) > 31
    assert max(history) == history[int(np.argmax(history))]
    assert stop.best == max(history)


def test_early_stopping_says_what_can_be_watched():
    X, y = spiral()
    message = r"^val_loss .*'loss', 'accuracy': is validation_data missing\?$"
    with pytest.raises(ValueError, match=message):
        model().fit(X, y, callbacks=[EarlyStopping()])
    with pytest.raises(ValueError, match=r"^patience"):
        EarlyStopping(patience=0)


@pytest.mark.parametrize(
    ("monitor", "values", "at"),
    [
        ("loss", [3, 2, 2, 2, 1], 4),  # the same again is not better
        ("accuracy", [3, 4, 4, 4, 5], 4),
        ("loss", [3, 2, 4, 1, 2, 2], 6),
        ("loss", [math.nan, math.nan, 1], 2),
        ("loss", [math.inf, math.inf, 1], 2),
        ("accuracy", [5, 4, 6, 5], None),
    ],
)
def test_early_stopping_counts_the_epochs_without_a_new_best(monitor, values, at):
    watched = SimpleNamespace(layers=[Dense(2, 3)], history={monitor: []})
    stop = EarlyStopping(monitor, patience=2)
    ends = []
    for value in values:
        watched.history[monitor].append(value)
        ends.append(stop(watched))
    assert (ends.index(True) + 1 if True in ends else None) == at


def watch(stop, history, *values):
    """What a stopper says after each of these epochs."""
    watched = SimpleNamespace(layers=[Dense(2, 3)], history=history)
    answers = []
    for value in values:
        watched.history.setdefault("loss", []).append(value)
        answers.append(stop(watched))
    return answers


def test_early_stopping_starts_anew_with_another_model():
    stop = EarlyStopping("loss", patience=2)
    assert watch(stop, {}, 1, 2) == [False, False]
    assert watch(stop, {}, 5, 6, 4, 7, 8) == [False, False, False, False, True]
    assert stop.best == 4


def test_early_stopping_starts_anew_after_it_has_stopped():
    stop, history = EarlyStopping("loss", patience=1), {}
    assert watch(stop, history, 1, 2) == [False, True]
    assert stop.best == 1
    assert watch(stop, history, 3, 2, 4) == [False, False, True]
    assert stop.best == 2


def test_early_stopping_goes_on_where_a_run_ended_before_it_did():
    stop, history = EarlyStopping("loss", patience=3), {}
    assert watch(stop, history, 1, 2) == [False, False]
    assert watch(stop, history, 2, 2) == [False, True]


def test_early_stopping_does_not_watch_what_is_not_measured_any_more():
    X, y = spiral()
    trained = model()
    trained.fit(X, y, validation_data=(X, y))
    message = r"^val_loss was not measured in this epoch: is validation_data missing\?$"
    with pytest.raises(ValueError, match=message):
        trained.fit(X, y, epochs=9, callbacks=[EarlyStopping(patience=1)])


@pytest.mark.parametrize("monitor", [None, 3, ["loss"]])
def test_early_stopping_watches_a_key_of_the_history(monitor):
    with pytest.raises(TypeError, match=r"^monitor must be a key of the history"):
        EarlyStopping(monitor)


def test_numpys_true_stops_and_callbacks_may_be_generated():
    X, y = spiral()
    seen = []
    callbacks = (each for each in [lambda m: seen.append(1), lambda m: np.True_])
    assert len(model().fit(X, y, epochs=3, callbacks=callbacks)["loss"]) == 1
    model().fit(X, y, epochs=3, callbacks=(each for each in [seen.append]))
    assert len(seen) == 4


NOT_CALLBACKS = {
    "None": (None, r"^callbacks must be a list of functions, but it is None$"),
    "a function": (print, r"^callbacks must be a list of functions, but it is <built-in"),
    "a stopper": (EarlyStopping("loss"), r"^callbacks must be a list of functions"),
    "None in a list": ([print, None], r"^callbacks\[1\] must be a function of the model, but it is None$"),
    "a class": ([EarlyStopping], r"^callbacks\[0\] must be a function of the model, but it is <class"),
}  # fmt: skip
ODD_PAIRS = {
    "a share": (0.2, r"^validation_data must be a pair \(X, y\), but it is 0\.2$"),
    "three": ((X, y, y), r"^validation_data must be a pair \(X, y\), but it is of length 3$"),
    "a mapping": ({"X": X, "y": y}, r"^validation_data must be a pair"),
    "too few targets": ((X, y[:3]), r"^validation_data: X has .* but y has shape \(3,\)"),
    "missing values": ((X * np.nan, y), r"^validation_data: X holds nan"),
    "a number too large": ((X.astype(float) * 1e39, y), r"^validation_data: X holds .* which is too large for float32"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        *(("callbacks", *each) for each in NOT_CALLBACKS.values()),
        *(("validation_data", *each) for each in ODD_PAIRS.values()),
    ],
    ids=[*NOT_CALLBACKS, *ODD_PAIRS],
)
def test_what_cannot_be_used_is_found_before_training(name, value, message):
    trained = model()
    before = parameters(trained)
    with pytest.raises((TypeError, ValueError), match=message):
        trained.fit(X, y, **{name: value})
    assert parameters(trained) == before
    assert trained.history == {}


@pytest.mark.parametrize(
    ("loss", "spoil", "message"),
    [
        (SoftmaxCrossEntropy, "X", r"^X holds 1e\+39 at \(29, 1\), which is too large"),
        (MeanSquaredError, "y", r"^y holds 1e\+39 at \(29, 1\), which is too large"),
    ],
)
def test_a_number_that_is_too_large_for_the_layers_is_found_before_training(
    loss, spoil, message
):
    rng = np.random.RandomState(0)
    data = {"X": rng.random_sample((30, 2)), "y": rng.random_sample((30, 2))}
    if loss is SoftmaxCrossEntropy:
        data["y"] = np.arange(30) % 2
    data[spoil][29, 1] = 1e39
    trained = Model([Dense(2, 2)], loss=loss(), optimizer=SGD())
    before = parameters(trained)
    with pytest.raises(ValueError, match=message):
        trained.fit(**data, batch_size=3)
    assert parameters(trained) == before


def test_a_penalty_of_0_is_in_the_history_like_any_other():
    X, y = spiral()
    layers = [Dense(2, 3, init=0.0, l2=0.1)]
    trained = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=SGD())
    penalties = trained.fit(X, y, epochs=3, batch_size=None)["penalty"]
    assert len(penalties) == 3
    assert penalties[0] == 0 < penalties[1]


def test_early_stopping_has_ten_epochs_of_patience():
    stop = EarlyStopping()
    assert (stop.monitor, stop.patience, stop.restore_best) == ("val_loss", 10, True)


def test_summary_is_a_table(capsys):
    layers = [Twice([ReLU(), Dense(4, 5), Dense(5, 4)]), Dense(4, 300, l2=0.5)]
    wide = model(layers=[ReLU(), Dense(2, 4), *layers])
    wide.summary()
    assert capsys.readouterr().out.splitlines() == [
        "layer                  output         parameters",
        "------------------------------------------------",
        "ReLU()                 (n, n_inputs)           0",
        "Dense(2, 4)            (n, 4)                 12",
        "Twice                  (n, 4)                 49",
        "Dense(4, 300, l2=0.5)  (n, 300)            1,500",
        "------------------------------------------------",
        "total                                      1,561",
    ]


class Block:
    """A layer made of others, which says nothing about its width."""

    def __init__(self, *layers):
        self.layers = layers

    forward, backward = Twice.forward, Twice.backward

    def __repr__(self):
        return "Block"


class Scale:
    """A layer whose weights are no matrix."""

    def __init__(self, n_inputs):
        self.weights, self.dweights = np.ones(n_inputs), None

    def forward(self, inputs):
        return inputs * self.weights

    def backward(self, dvalues):
        return dvalues * self.weights

    def __repr__(self):
        return "Scale"


def test_summary_says_which_widths_are_unknown(capsys):
    keep = ReLU, Sigmoid, Softmax, lambda: Dropout(0.5)
    before, after = ([kind() for kind in keep] for _ in range(2))
    block, last = Block(Dense(8, 5)), Dense(5, 2)
    model(layers=[Dense(2, 8), *before, block, *after, last]).summary()
    widths = re.findall(r"\(n, (.)\)", capsys.readouterr().out)
    assert "".join(widths) == "88888?????2"


class Windows(Dense):
    """Dense on each window of a sample: neither side has the width of the weights."""

    def forward(self, inputs):
        windows = np.reshape(inputs, (-1, self.n_inputs))
        return super().forward(windows).reshape(len(inputs), -1)


def test_summary_does_not_take_weights_for_a_width(capsys):
    layers = [Dense(2, 8), Block(), Windows(4, 3), Dense(6, 5), Scale(5), Dense(5, 3)]
    model(layers=[*layers, Scale(3)]).summary()
    widths = re.findall(r"\(n, (.)\)", capsys.readouterr().out)
    assert "".join(widths) == "8?6553?"


def test_the_width_of_a_block_is_what_the_next_dense_layer_takes(capsys):
    model(layers=[Dense(2, 8), Block(Dense(8, 5)), Dense(5, 3)]).summary()
    assert re.findall(r"\(n, (.)\)", capsys.readouterr().out) == ["8", "5", "3"]


def test_of_many_columns_with_gaps_ten_are_named():
    gaps = np.full((5, 12), np.nan)
    with pytest.raises(ValueError, match=r"columns \[0, 1, .* 8, 9\]: leave"):
        model(layers=[Dense(12, 3)]).fit(gaps, [0, 1, 2, 0, 1])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], r"^layers is empty: a model needs at least one$"),
        (3, "list of layers"),
        ([Dense(2, 3), ReLU], "class ReLU"),
        ([Dense(2, 3), "relu"], "forward and backward"),
        ([Dense(2, 3), SoftmaxCrossEntropy()], "pass it as loss"),
    ],
    ids=["none", "a number", "a class", "a text", "a loss"],
)
def test_what_is_no_list_of_layers_is_refused(layers, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Model(layers, loss=SoftmaxCrossEntropy())


def test_a_layer_that_is_listed_twice_is_refused():
    relu = ReLU()
    with pytest.raises(ValueError, match=r"twice, at positions 1 and 3: .* its own$"):
        Model([Dense(2, 3), relu, Dense(3, 3), relu], loss=SoftmaxCrossEntropy())


def test_loss_optimizer_and_stream_have_to_be_such():
    with pytest.raises(TypeError, match="loss"):
        Model([Dense(2, 3)], loss="softmax")
    with pytest.raises(TypeError, match="optimizer"):
        Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), optimizer=Adam)
    with pytest.raises(TypeError, match="RandomState or Generator, but it is 3"):
        Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), rng=3)
    with pytest.raises(
        RuntimeError, match=r"^this model has no optimizer, .*: Model\(.*\)$"
    ):
        Model([Dense(2, 3)], loss=SoftmaxCrossEntropy()).fit(*spiral())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, y[:-1]), "60 samples, but y has shape"),
        ((X, y + 1), "number of classes is 3"),
        ((X, y.astype(str)), "integers"),
        ((X[:, :1], y), "2 columns"),
        (
            (np.where(np.arange(60)[:, None] == 7, np.nan, X), y),
            r"X holds nan at \(7, 0\).*2 such values .* columns \[0, 1\]:",
        ),
        (
            (np.where([False, True], np.inf, X), y),
            r"X holds inf at \(0, 1\).*60 such values .* columns \[1\]:",
        ),
        ((np.ma.masked_array(X), y), "X is a masked array"),
        ((X, np.ma.masked_array(y)), "y is a masked array"),
        ((X, 3), "shape"),
    ],
    ids=[
        *("too few targets", "labels from 1", "texts", "features", "gaps"),
        *("infinity", "masked inputs", "masked targets", "a number"),
    ],
)
def test_bad_data_are_refused_before_anything_changes(arguments, message):
    trained = model()
    trained.fit(X, y)
    before = parameters(trained), trained.rng.get_state()[2]
    with pytest.raises((TypeError, ValueError), match=message):
        trained.fit(*arguments)
    with pytest.raises((TypeError, ValueError), match=message):
        trained.fit(X, y, validation_data=arguments)
    assert (parameters(trained), trained.rng.get_state()[2]) == before
    assert len(trained.history["loss"]) == 1


@pytest.mark.parametrize(
    "setting",
    [{"epochs": 0}, {"batch_size": 0}, {"epochs": 1.5}, {"verbose": "yes"}],
    ids=str,
)
def test_bad_settings_are_refused_before_anything_changes(setting):
    trained = model()
    before = parameters(trained)
    with pytest.raises((TypeError, ValueError), match=f"^{next(iter(setting))} "):
        trained.fit(X, y, **setting)
    assert parameters(trained) == before


def test_scales_that_hurt_are_warned_of_once(recwarn):
    wild = np.zeros((60, 4), np.float32)
    wild[::3, 1:] = 0.5, 0.0625, 1000
    layers = [Dense(4, 3)]
    model(SGD(1e-8), layers=layers).fit(wild, y, epochs=3)
    (warning,) = recwarn
    assert str(warning.message) == (
        "the features differ in scale: column 3 of X reaches 1e+03, column 2 only 0.0625. Standardise them: "
        "subtract each column's mean and divide by its standard deviation, both of the training data"
    )


def test_scales_may_differ_by_ten_thousand(recwarn):
    ends = np.float32([[1, 10_000], [0, 0]])
    model(SGD(1e-9), layers=[Dense(2, 3)]).fit(ends, [0, 1])
    assert not list(recwarn)


def test_how_far_scales_may_differ_does_not_depend_on_the_unit(recwarn):
    model(SGD(1e-8)).fit(X * np.float32([1e-3, 1]), y)
    model(SGD(1e-8)).fit(X * np.float32([1, 1e3]) * np.float32(1e3), y)
    assert not list(recwarn)
    with pytest.warns(UserWarning, match="differ in scale"):
        model(SGD(1e-8)).fit(X * np.float32([1e-6, 1]), y)


@pytest.mark.parametrize("scale", [1e305, 1e-305, 5e-324])
def test_the_check_of_scales_does_not_depend_on_the_error_state(scale, recwarn):
    dense = Dense(2, 3, dtype=np.float64, rng=np.random.RandomState(0))
    with np.errstate(all="raise"):
        model(SGD(1e-3), layers=[dense]).fit(np.full((4, 2), scale), [0, 1, 2, 0])
    assert not list(recwarn)


def test_a_warning_names_the_line_that_called_fit():
    with pytest.warns(UserWarning, match="tandardise") as warnings:
        model(SGD(1e-8)).fit(X * np.float32([1, 1e5]), y)
    assert warnings[0].filename == __file__


def test_usual_data_are_not_warned_of(recwarn):
    model().fit(X * np.float32([1, 1e3]), y)
    constant = X.copy()
    constant[:, 1] = 0
    model().fit(constant, y)
    assert not list(recwarn)


def test_the_progress_bar_is_shown_when_asked_for_and_not_in_a_pipe(
    capsys, monkeypatch
):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model().fit(X, y, epochs=2)
    assert capsys.readouterr().err == ""
    model().fit(X, y, epochs=2, verbose=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown


@pytest.mark.parametrize(
    ("verbose", "is_shown"),
    [(0, False), (np.False_, False), (1, True), (np.True_, True)],
)
def test_0_and_1_count_as_false_and_true(verbose, is_shown, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model().fit(X, y, epochs=2, verbose=verbose)
    assert ("2/2" in capsys.readouterr().err) == is_shown


def test_the_progress_bar_is_shown_on_a_terminal_unless_tqdm_is_disabled(
    capsys, monkeypatch
):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    model().fit(X, y, epochs=2)
    assert capsys.readouterr().err == ""
    monkeypatch.delenv("TQDM_DISABLE")
    model().fit(X, y, epochs=2)
    assert "2/2" in capsys.readouterr().err


def test_the_progress_bar_is_shown_in_a_notebook(capsys, monkeypatch):
    shell = SimpleNamespace(kernel="of a notebook")
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell)
    )
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model().fit(X, y, epochs=2)
    assert "2/2" in capsys.readouterr().err
    del shell.kernel
    model().fit(X, y, epochs=2)
    assert capsys.readouterr().err == ""


def test_without_tqdm_there_is_no_bar(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    model().fit(X, y, epochs=2, verbose=True)
    assert capsys.readouterr().err == ""


def test_a_first_layer_derived_from_dense_keeps_its_own_backward():
    class Counted(Dense):
        calls = 0

        def backward(self, dvalues):
            self.calls += 1
            return super().backward(dvalues)

    first = Counted(4, 3, rng=np.random.RandomState(0))
    model = Model([first], loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1))
    model.fit(np.ones((2, 4)), [0, 2], epochs=3)
    assert first.calls == 3


def with_dropout():
    draws = np.random.RandomState(0)
    layers = [Dense(2, 8, rng=draws), Dropout(0.5, rng=np.random.RandomState(3))]
    layers += [Dense(8, 1, rng=draws)]
    return Model(layers, loss=SoftmaxCrossEntropy(), optimizer=SGD())


def test_a_fit_that_is_refused_leaves_the_last_batch_where_it_was():
    model = with_dropout()
    model.forward(np.ones((20, 2)), training=True)
    before = [vars(layer).copy() for layer in model.layers]
    state = model.layers[1].rng.get_state(legacy=False)["state"]["key"].tolist()
    with pytest.raises(ValueError, match="labels run from 0 to 0"):
        model.fit(np.ones((20, 2)), np.full(20, 9), verbose=False)
    with pytest.raises(ValueError, match="take binary_accuracy"):
        model.fit(np.ones((20, 2)), np.zeros(20, int), verbose=False)
    for layer, attributes in zip(model.layers, before):
        assert vars(layer).keys() == attributes.keys()
        assert all(vars(layer)[name] is value for name, value in attributes.items())
    kept = model.layers[1].rng.get_state(legacy=False)["state"]["key"].tolist()
    assert kept == state


def test_weights_are_loaded_into_all_layers_or_none():
    model = Model([Dense(2, 3), ReLU(), Dense(3, 1)], loss=SoftmaxCrossEntropy())
    model.layers[-1].weights.flags.writeable = False
    before = model.layers[0].weights.copy()
    given = {"a.weight": np.ones((3, 2)), "a.bias": np.ones(3)}
    given |= {"b.weight": np.ones((1, 3)), "b.bias": np.ones(1)}
    with pytest.raises(
        ValueError,
        match=r"^biases of Dense\(3, 1\) .*read-only|^weights of Dense\(3, 1\) .*read-only",
    ):
        model.load_weights(given)
    np.testing.assert_array_equal(model.layers[0].weights, before)
    given["a.bias"] = np.ones((3, 1))
    with pytest.raises(ValueError, match=r"^arrays\['a.bias'\] has shape \(3, 1\)"):
        model.load_weights(given)


def test_a_backward_that_replaces_that_of_the_first_layer_is_called():
    first, calls = Dense(2, 3), []

    def backward(dvalues):
        calls.append(dvalues.shape)
        return Dense.backward(first, dvalues)

    first.backward = backward
    model(layers=[first]).fit(X, y, batch_size=None, verbose=False)
    assert calls == [(60, 3)]


class Wandering(ReLU):
    """Draws and counts whenever it is asked, in training or not."""

    def __init__(self):
        self.rng, self.mean = np.random.RandomState(0), np.zeros(1)

    def forward(self, inputs):
        self.mean += inputs.mean()
        return super().forward(inputs) + self.rng.random_sample()


def test_a_refused_fit_leaves_a_readers_layer_as_it_was():
    layer = Wandering()
    before = layer.rng.get_state()[2]
    with pytest.raises(ValueError, match="label"):
        model(layers=[Dense(2, 3), layer]).fit(X, y + 1, verbose=False)
    assert layer.rng.get_state()[2] == before
    assert layer.mean == 0


def test_a_layer_that_cannot_be_copied_can_be_trained():
    layer = Wandering()
    layer.tools = math  # a module
    model(layers=[Dense(2, 3), layer]).fit(X, y, verbose=False)
    assert layer.mean != 0


def test_a_layer_may_not_be_in_the_row_and_inside_another():
    inner = Dense(2, 2)
    with pytest.raises(ValueError, match=r"^Dense\(2, 2\) is in two places"):
        model(layers=[Twice([inner]), inner])


@pytest.mark.parametrize("layers", [3, "abc", None])
def test_the_table_is_printed_if_an_attribute_layers_is_no_list(layers, capsys):
    odd = ReLU()
    odd.layers = layers
    model(layers=[Dense(2, 3), odd]).summary()
    assert "ReLU()" in capsys.readouterr().out


def test_penalties_of_numpys_type_become_plain_numbers_in_the_history():
    class Priced(ReLU):
        def penalty(self):
            return np.float32(0.5)

    class Labelled(ReLU):
        penalty = "none"

    trained = model(layers=[Dense(2, 3), Priced(), Labelled()])
    assert type(trained.fit(X, y, verbose=False)["penalty"][0]) is float


class Skip:
    """Adds what an earlier layer gave: it refers to that layer, and cannot do without it."""

    def __init__(self, source):
        self.source = source

    def forward(self, inputs):
        return inputs + self.source.output

    def backward(self, dvalues):
        return dvalues


def test_a_layer_may_refer_to_an_earlier_one():
    source = Dense(2, 3)
    trained = model(layers=[source, ReLU(), Skip(source)])
    trained.fit(X, y, epochs=2, validation_data=(X[:5], y[:5]), verbose=False)
    expected = np.maximum(source.forward(X), 0) + source.output
    np.testing.assert_array_equal(trained.forward(X), expected)


class NoCopies(ReLU):
    def __deepcopy__(self, memo):
        raise RuntimeError("there is only one of me")


def test_a_layer_that_refuses_to_be_copied_can_be_trained():
    assert model(layers=[Dense(2, 3), NoCopies()]).fit(X, y, verbose=False)


def test_the_librarys_own_layers_are_tried_themselves_and_others_as_copies():
    """A copy would take as much memory as the last batch."""
    own, inside, readers = Dense(2, 3), Dense(3, 3), Wandering()
    block = Twice([inside])
    trial = model_validation._for_a_trial([own, block, readers])
    assert trial[0] is own
    assert trial[1] is not block
    assert trial[1].layers[0] is inside
    assert trial[2] is not readers
