"""Python's side of the playground, without a browser: the printed runs, and files of all kinds."""

from pathlib import Path

import pytest
from playing import PRINTED, network, numbers, spirals

from nnfs_lib import (
    SGD,
    Adam,
    Dense,
    MeanSquaredError,
    Model,
    ReLU,
    SoftmaxCrossEntropy,
)
from web import printed_runs
from web.python import playground


@pytest.fixture
def at_home(monkeypatch, tmp_path):
    """Python's side of the playground, without a browser, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    playground.start(None)
    return playground


@pytest.mark.parametrize(
    "call",
    [
        "SGD(learning_rate=print('executed'))",
        "__import__('os').getcwd()",
        "Dense(n_inputs=2, n_neurons=3)",
        "SGD(**{})",
        "SGD",
    ],
)
def test_a_printed_run_is_read_not_executed(call, capsys):
    with pytest.raises(ValueError, match=r"is not an optimizer|malformed node"):
        printed_runs.optimizer(call)
    assert capsys.readouterr().out == ""


def test_all_six_runs_print_their_line(at_home):
    assert len(PRINTED) == 6
    for name, printed in PRINTED.items():
        optimizer = printed_runs.optimizer(name.split(", 64 neurons")[0])
        settings = {
            key: getattr(optimizer, key)
            for key in ("learning_rate", "decay", "momentum", "rho")
            if hasattr(optimizer, key)
        }
        kind = type(optimizer).__name__.lower()
        answer = at_home.begin(optimizer=kind, seed=0, batch_size=300, **settings)
        assert answer["name"] == name
        assert answer["line"] == printed["0"]
        assert at_home.train(1500)["line"] == printed["1000"]


def saved(model, path="made.npz"):
    model.save(path)
    return Path(path).read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda good: b"", "is not a saved model, or is damaged"),
        (lambda good: good[: len(good) // 2], "or is damaged"),
        (lambda good: good.replace(b"nnfs_lib model", b"nnfs_lib modem"), "or is damaged"),
        (lambda good: bytes([*good[:900], good[900] ^ 1, *good[901:]]), "or is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(at_home, change, said):
    good = saved(network(SGD()))
    answer = at_home.begin(change(good), file="mine.npz", seed=0, batch_size=300)
    assert set(answer) == {"refused"}
    assert answer["refused"].startswith("mine.npz")
    assert said in answer["refused"]


@pytest.mark.parametrize(
    ("layers", "settings", "said"),
    [
        ([Dense(40, 3)], {"optimizer": SGD()}, "tells three classes apart by two features"),
        ([Dense(2, 4)], {"optimizer": SGD()}, "It has 4 outputs."),
        ([Dense(2, 3)], {"optimizer": SGD(), "loss": MeanSquaredError()}, "does not fit"),
        ([Dense(2, 1)], {"optimizer": SGD(), "loss": MeanSquaredError()}, "It has 1 outputs."),
        ([Dense(2, 3)], {}, "mine.npz has no optimizer, which training needs."),
    ],
)  # fmt: skip
def test_a_model_of_another_kind_is_refused(at_home, layers, settings, said):
    model = Model(layers, **{"loss": SoftmaxCrossEntropy(), **settings})
    answer = at_home.begin(saved(model), file="mine.npz", seed=0, batch_size=300)
    assert said in answer["refused"]


def test_a_deeper_model_can_be_opened(at_home):
    layers = [Dense(2, 8), ReLU(), Dense(8, 8), ReLU(), Dense(8, 3)]
    model = Model(layers, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01))
    answer = at_home.begin(saved(model), file="mine.npz", seed=4, batch_size=30)
    training, held_out = spirals(4)
    assert answer["numbers"] == numbers(model, training, held_out)[1:]
    assert answer["name"] == ""
    assert "model = Model.load('mine.npz')" in answer["code"]
    model.fit(*training, batch_size=30, epochs=2)
    assert at_home.train(2)["numbers"] == numbers(model, training, held_out)[1:]
    Path("again.npz").write_bytes(at_home.save())
    again = Model.load("again.npz")
    assert numbers(again, training, held_out) == numbers(model, training, held_out)
