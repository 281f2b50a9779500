"""Data-parallel training on real MPI processes: the same bits for any number, and what happens when one fails."""

import json
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

pytest.importorskip("mpi4py")

import on_ranks
from on_ranks import SAME
from test_model import X, y

from nnfs_lib import (
    SGD,
    Dense,
    Dropout,
    MeanSquaredError,
    ReLU,
    SoftmaxCrossEntropy,
    parallel,
)
from nnfs_lib.book.ranks import on_ranks as call_on_ranks
from nnfs_lib.book.ranks import start_ranks
from nnfs_lib.model import Model
from nnfs_lib.parallel import DataParallel, data_parallel

SCRIPT = Path(on_ranks.__file__)


def run_on(n_ranks, folder, *scenarios):
    return start_ranks(n_ranks, str(SCRIPT), str(folder), *scenarios, timeout=300)


@pytest.fixture(scope="module")
def alone():
    """What `Model` itself computes."""
    return {name: getattr(on_ranks, name)(lambda m: m) for name in SAME}


@pytest.fixture(scope="module", params=[1, 2, 3, 5])
def ranks(request, tmp_path_factory):
    """The results of each rank in each scenario; the ranks are started once for all."""
    folder = tmp_path_factory.mktemp("ranks")
    process = run_on(request.param, folder, *SAME)
    assert process.returncode == 0, process.stderr
    return {
        name: [
            json.loads((folder / f"{name}-{rank}.json").read_text())
            for rank in range(request.param)
        ]
        for name in SAME
    }


@pytest.mark.parametrize("scenario", SAME)
def test_any_number_of_ranks_gives_the_bits_of_the_model_alone(ranks, scenario, alone):
    expected = json.loads(json.dumps(alone[scenario]))
    assert ranks[scenario] == [expected] * len(ranks[scenario])


def test_plain_sums_would_depend_on_the_number_of_ranks():
    """The test above can fail: float32 gradients added part by part differ."""
    rng = np.random.RandomState(0)
    inputs = rng.standard_normal((300, 16)).astype(np.float32)
    dvalues = rng.standard_normal((300, 8)).astype(np.float32)
    whole = inputs.T @ dvalues
    halves = inputs[:150].T @ dvalues[:150] + inputs[150:].T @ dvalues[150:]
    assert not np.array_equal(whole, halves)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("raises", ["rank 1 of 3 has failed", "ZeroDivisionError: on purpose"]),
        ("dies", ["signal 9"]),
        ("drifted", ["do not agree on the parameters"]),
        ("not_saved", ["rank 1 says: the model's settings or its history"]),
    ],
)
def test_a_rank_that_fails_ends_all_and_leaves_the_checkpoint(scenario, said, tmp_path):
    process = run_on(3, tmp_path, scenario)
    assert process.returncode != 0
    for text in said:
        assert text in process.stdout + process.stderr
    if scenario in ("raises", "dies"):
        loaded = Model.load(tmp_path / "model.npz")
        assert len(loaded.history["loss"]) >= 1
        assert np.isfinite(loaded.predict(X)).all()


@pytest.mark.parametrize(
    ("scenario", "what"),
    [
        ("other_data", "X"),
        ("other_weights", "the parameters"),
        ("other_masks", "the random streams"),
        ("other_settings", "the model"),
        ("other_options", "the options"),
        ("other_validation", "the options"),
    ],
)
def test_ranks_that_differ_are_told_so_before_they_start(scenario, what, tmp_path):
    process = run_on(2, tmp_path, scenario)
    assert process.returncode != 0
    message = f"RuntimeError: the ranks do not agree on {what}: rank 0 has"
    assert process.stderr.count(message) == 2


def test_a_step_that_fails_leaves_no_part_of_a_batch_behind(tmp_path):
    process = run_on(2, tmp_path, "left_parts")
    assert process.returncode == 0, process.stderr
    assert process.stderr.count("is as it was") == 2


def test_a_mistake_that_all_ranks_make_is_the_usual_error(tmp_path):
    process = run_on(2, tmp_path, "bad_labels")
    assert process.returncode != 0
    assert "the number of classes is 3" in process.stderr
    assert "has failed" not in process.stderr


def test_without_mpi_it_is_the_model_itself(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    alone, wrapped = on_ranks.model(), on_ranks.model()
    run = parallel.DataParallel(wrapped)
    assert (run.rank, run.n_ranks) == (0, 1)
    assert run.fit(X, y, epochs=2) == alone.fit(X, y, epochs=2)
    assert on_ranks.digest(alone) == on_ranks.digest(wrapped)
    assert np.array_equal(run.predict(X), alone.predict(X))
    assert wrapped.history is run.history


class Several:
    """So many ranks, as far as a constructor asks."""

    def __init__(self, n_ranks):
        self.n_ranks = n_ranks

    def Get_rank(self):
        return 0

    def Get_size(self):
        return self.n_ranks


class Scale(ReLU):
    """A layer with a parameter and without stages."""

    def __init__(self):
        self.gamma, self.dgamma = np.ones((1, 3), np.float32), None

    def parameters(self):
        return [("gamma", self.gamma, self.dgamma)]


class Inside:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, values):
        return values

    backward = forward


class Clipped(Dense):
    def backward(self, dvalues):
        super().backward(dvalues)
        self.dweights = self.dweights.clip(-1e-3, 1e-3)
        return self.dinputs


class Halved(Dense):
    def input_gradient(self, dvalues):
        return super().input_gradient(dvalues) / 2


def replaced():
    layer = Dense(3, 3)
    layer.backward = lambda dvalues: dvalues
    return layer


@pytest.mark.parametrize("n_ranks", [1, 2])
@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (Scale(), "backward"),
        (Inside([Dense(3, 3)]), "backward"),
        (Clipped(3, 3), "backward"),
        (Halved(3, 3), "input_gradient"),
        (replaced(), "backward"),
    ],
    ids=["alone", "inside", "derived", "stage", "replaced"],
)
def test_gradients_that_cannot_be_summed_are_refused(layer, name, n_ranks):
    model = Model([Dense(2, 3), layer], loss=SoftmaxCrossEntropy())
    said = f"{type(layer).__name__} has parameters and a {name} of its own, .* summed"
    with pytest.raises(TypeError, match=said):
        DataParallel(model, Several(n_ranks))


class Noise(ReLU):
    def __init__(self, rng=None):
        self.rng = rng

    def forward(self, inputs):
        draw = np.random if self.rng is None else self.rng
        return super().forward(inputs + draw.standard_normal(inputs.shape))


class Rarely(Dropout):
    def forward(self, inputs):
        return super().forward(inputs) if self.rng.random() < 0.1 else inputs


@pytest.mark.parametrize("n_ranks", [1, 2])
@pytest.mark.parametrize(
    "layer",
    [
        Noise(),
        Noise(np.random.RandomState(0)),
        Noise(np.random.default_rng(0)),
        Rarely(0.5, rng=np.random.default_rng(0)),
        Inside([Noise()]),
    ],
    ids=["global", "RandomState", "Generator", "Dropout", "inside"],
)
def test_random_numbers_that_depend_on_the_ranks_are_refused(layer, n_ranks):
    model = Model([Dense(2, 3), layer], loss=SoftmaxCrossEntropy())
    said = "(Noise|Rarely) has an rng and a forward of its own"
    with pytest.raises(TypeError, match=said):
        DataParallel(model, Several(n_ranks))


class Halfway(Dropout):
    """Its masks are those of `Dropout`."""

    def __init__(self, rng):
        super().__init__(0.5, rng=rng)


class Seeded(Dense):
    """Keeps the stream of its weights, and draws no more from it."""

    def __init__(self, n_inputs, n_neurons, rng):
        super().__init__(n_inputs, n_neurons, rng=rng)
        self.rng = rng


def test_layers_whose_random_numbers_do_not_depend_on_the_ranks_are_accepted():
    rng = np.random.RandomState(0)
    layers = [Seeded(2, 3, rng), Halfway(rng)]
    model = Model(layers, loss=SoftmaxCrossEntropy())
    assert DataParallel(model, Several(2)).layers == layers


class Smoothed(SoftmaxCrossEntropy):
    def gradient(self):
        return 0.9 * super().gradient()


class Twice(Model):
    def train_step(self, X, y):
        super().train_step(X, y)
        return super().train_step(X, y)


@pytest.mark.parametrize("n_ranks", [1, 2])
@pytest.mark.parametrize(
    ("kind", "loss", "said"),
    [
        (Model, Smoothed, "Smoothed has a gradient of its own"),
        (Twice, SoftmaxCrossEntropy, "Twice has a train_step of its own"),
    ],
)
def test_steps_that_ranks_would_not_take_are_refused(kind, loss, said, n_ranks):
    with pytest.raises(TypeError, match=said):
        DataParallel(kind([Dense(2, 3)], loss=loss()), Several(n_ranks))


def rmse(y_pred, y_true):
    return np.sqrt(np.mean((y_pred - y_true) ** 2))


class WithError(MeanSquaredError):
    metrics: ClassVar = {"rmse": rmse}


@pytest.mark.parametrize("n_ranks", [1, 2])
def test_measures_that_are_no_counts_are_refused(n_ranks):
    """On ranks each would be rounded to a number of samples."""
    model = Model([Dense(2, 1)], loss=WithError())
    with pytest.raises(TypeError, match="WithError measures 'rmse'"):
        DataParallel(model, Several(n_ranks))


def test_too_large_a_batch_is_refused(monkeypatch):
    monkeypatch.setattr(data_parallel, "MAX_SAMPLES", 9)
    run = DataParallel(on_ranks.model())
    run.n_ranks = 2
    with pytest.raises(ValueError, match="60 samples is too large"):
        run.train_step(X, y)


def place(text):
    from mpi4py import MPI

    return [text, MPI.COMM_WORLD.Get_rank(), MPI.COMM_WORLD.Get_size()]


def fails():
    raise ZeroDivisionError("on purpose")


def test_a_function_is_called_on_each_rank():
    assert call_on_ranks(3, place, "a") == [["a", rank, 3] for rank in range(3)]


def test_a_function_that_fails_on_the_ranks_is_quoted():
    with pytest.raises(RuntimeError, match="ZeroDivisionError: on purpose"):
        call_on_ranks(2, fails)


@pytest.mark.parametrize("n_ranks", [1, 2])
def test_what_is_no_model_cannot_be_shared(n_ranks):
    with pytest.raises(TypeError, match=r"^model must be a Model, but it is 5$"):
        DataParallel(5, Several(n_ranks))


@pytest.mark.parametrize("name", ["fit", "evaluate", "predict"])
def test_a_model_with_a_method_of_its_own_is_refused(name):
    own = type(
        "Own", (Model,), {name: lambda self, *arguments: None, "__module__": "mine"}
    )
    getattr(own, name).__module__ = "mine"
    with pytest.raises(TypeError, match=f"^Own has a {name} of its own"):
        DataParallel(own([Dense(2, 3)], loss=SoftmaxCrossEntropy()))


def test_a_saved_model_is_loaded_as_one_that_is_shared(tmp_path):
    path = tmp_path / "model.npz"
    whole = Model([Dense(2, 3)], loss=SoftmaxCrossEntropy())
    DataParallel(whole).save(path)
    loaded = DataParallel.load(path)
    assert type(loaded) is DataParallel
    np.testing.assert_array_equal(loaded.layers[0].weights, whole.layers[0].weights)


def test_settings_that_differ_in_the_last_digit_are_told_apart():
    descriptions = [
        DataParallel(
            Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), optimizer=SGD(rate))
        )._description()
        for rate in (0.1, 0.1000000001)
    ]
    assert descriptions[0] != descriptions[1]


@pytest.mark.parametrize("callbacks", [None, print])
def test_what_is_no_list_of_callbacks_is_refused_on_each_rank(callbacks):
    shared = DataParallel(
        Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), optimizer=SGD()), Several(2)
    )
    with pytest.raises(TypeError, match=r"^callbacks must be a list of functions"):
        shared.fit(np.zeros((2, 2)), [0, 1], callbacks=callbacks)


def test_layers_may_draw_from_one_stream_by_two_generators():
    """Such a model cannot be saved, but nothing hinders several ranks from training it."""
    source = np.random.PCG64(0)
    drops = [Dropout(0.5, rng=np.random.Generator(source)) for _ in range(2)]
    model = Model([Dense(2, 3), *drops], loss=SoftmaxCrossEntropy(), optimizer=SGD())
    assert "Dropout" in DataParallel(model, Several(2))._description()
