"""Saved models: resumed bit for bit, and files that are not what they should be."""

import io
import json
import math
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from test_model import Twice, X, parameters, y

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    ReLU,
    RMSProp,
    Softmax,
    SoftmaxCrossEntropy,
)
from nnfs_lib.model import Model
from nnfs_lib.model_file import FORMAT
from nnfs_lib.parameters import Parameter

OPTIMIZERS = {
    "SGD": lambda: SGD(0.5, decay=1e-3, momentum=0.9),
    "AdaGrad": lambda: AdaGrad(0.1),
    "RMSProp": lambda: RMSProp(0.01, decay=1e-4),
    "Adam": lambda: Adam(0.02, decay=1e-4),
}


class Noise(ReLU):
    """Draws from a stream of its own, as dropout does."""

    def __init__(self, size, rng=None):
        self.size, self.rng = size, rng
        self.training = True

    def forward(self, inputs):
        output = super().forward(inputs)
        if self.training:
            output += np.float32(self.size) * self.rng.random_sample(
                output.shape
            ).astype(output.dtype)
        return output


def model(optimizer=None, dtype=np.float32, noise=None):
    rng = np.random.RandomState(3)
    noise = noise or np.random.RandomState(4)
    layers = [
        Dense(2, 16, init="he", rng=rng, dtype=dtype),
        Noise(0.01, noise),
        Dense(16, 8, init="he", rng=rng, dtype=dtype),
        Noise(0.02, noise),
        Dense(8, 3, init="glorot", rng=rng, dtype=dtype),
    ]
    return Model(
        layers,
        loss=SoftmaxCrossEntropy(),
        optimizer=optimizer,
        rng=np.random.RandomState(5),
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_interrupted_training_goes_on_bit_for_bit(name, dtype, path):
    whole = model(OPTIMIZERS[name](), dtype)
    whole.fit(X, y, batch_size=16, epochs=6, validation_data=(X[:9], y[:9]))
    first = model(OPTIMIZERS[name](), dtype)
    first.fit(X, y, batch_size=16, epochs=2, validation_data=(X[:9], y[:9]))
    first.save(path)
    second = Model.load(path, classes=[Noise])
    assert parameters(second) == parameters(first)
    second.fit(X, y, batch_size=16, epochs=4, validation_data=(X[:9], y[:9]))
    assert parameters(second) == parameters(whole)
    assert second.history == whole.history
    assert second.predict(X).tobytes() == whole.predict(X).tobytes()
    first.fit(X, y, batch_size=16, epochs=4, validation_data=(X[:9], y[:9]))
    assert parameters(first) == parameters(whole)  # saving changes nothing


IN_ANOTHER_PROCESS = """
import sys, numpy as np
sys.path[:0] = [sys.argv[1]]
from nnfs_lib.model import Model
from test_model import X, y
from test_model_file import Noise
trained = Model.load(sys.argv[2], classes=[Noise])
trained.fit(X, y, batch_size=16, epochs=35)
trained.save(sys.argv[2])
"""


def test_25_epochs_and_35_in_another_process_are_60(path):
    whole, first = model(Adam(0.02)), model(Adam(0.02))
    whole.fit(X, y, batch_size=16, epochs=60)
    first.fit(X, y, batch_size=16, epochs=25)
    first.save(path)
    here = os.path.dirname(__file__)
    subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, here, str(path)], check=True
    )
    second = Model.load(path, classes=[Noise])
    assert parameters(second) == parameters(whole)
    assert second.history == whole.history


class Frozen(Dense):
    """Not to be trained."""

    def parameters(self):
        return []


class Scale:
    """A layer without the library's base class, whose gradient comes with backward."""

    def __init__(self):
        self.gamma = np.random.RandomState(None).random_sample((1, 3))

    def forward(self, inputs):
        self.inputs = inputs
        return inputs * self.gamma

    def backward(self, dvalues):
        self.dgamma = (dvalues * self.inputs).sum(axis=0, keepdims=True)
        self.dinputs = dvalues * self.gamma


class Centred(ReLU):
    """Keeps a running mean, which training does not change by a gradient."""

    def __init__(self):
        self.mean = np.zeros(2)

    def forward(self, inputs):
        self.mean = 0.9 * self.mean + 0.1 * inputs.mean(axis=0)
        return super().forward(inputs - self.mean)


class NamedDense(Dense):
    """Another Dense."""


NamedDense.__name__ = "Dense"


class Drawing(ReLU):
    """Its making draws from NumPy's global stream."""

    def __init__(self):
        np.random.standard_normal(3)


def changed(change, *layers, optimizer=None):
    """A model that can be trained and that cannot be saved once it is changed."""
    made = Model(
        list(layers) or [Dense(2, 3)], loss=SoftmaxCrossEntropy(), optimizer=optimizer
    )
    change(made)
    return made


NOT_SAVED = {
    "parameters that are not listed": (
        lambda: changed(lambda m: None, Frozen(2, 3)),
        r"^Frozen\(2, 3\) cannot be saved: its array weights is not among its parameters\(\), and would be lost$",
    ),
    "parameters without a gradient yet": (
        lambda: changed(lambda m: None, Dense(2, 3), Scale()),
        r"^<.*Scale.*> cannot be saved: its array gamma is not among",
    ),
    "parameters that come with a gradient": (
        lambda: changed(lambda m: m.fit(X, y), Dense(2, 3), Scale(), optimizer=SGD()),
        r"^<.*Scale.*> cannot be saved: its parameters are \['gamma'\], but those of a new Scale are \[\]\. Write",
    ),
    "a running mean": (
        lambda: changed(lambda m: m.forward(X), Centred(), Dense(2, 3)),
        r"^Centred\(\) cannot be saved: its array mean is not among",
    ),
    "a class called like the library's": (
        lambda: changed(lambda m: None, NamedDense(2, 3)),
        r"NamedDense has the same name as nnfs_lib\.layers\.Dense, and a file knows classes by their names: ",
    ),
    "a learning rate of 0": (
        lambda: changed(
            lambda m: setattr(m.optimizer, "learning_rate", 0.0), optimizer=SGD()
        ),
        r"^the model cannot be saved, because it could not be loaded: learning_rate is 0.0",
    ),
    "a text in the history": (
        lambda: changed(lambda m: m.history.update(loss=["low"])),
        r"^the model cannot be saved, because it could not be loaded: its history does not",
    ),
    "an array in the history": (
        lambda: changed(lambda m: m.history.update(loss=[np.zeros(2)])),
        r"^the model's settings or its history cannot be saved: ",
    ),
}


def test_a_model_without_parameters_comes_back(path):
    Model([ReLU(), ReLU()], loss=SoftmaxCrossEntropy()).save(path)
    assert len(Model.load(path).layers) == 2


def test_an_array_that_a_new_layer_has_as_well_is_not_lost(path):
    Model([Centred(), Dense(2, 3)], loss=SoftmaxCrossEntropy()).save(path)
    again = Model.load(path, classes=[Centred])
    assert again.layers[0].mean.tolist() == [0, 0]


@pytest.mark.parametrize("kind", NOT_SAVED)
def test_what_could_not_be_loaded_is_not_saved(kind, path):
    make, message = NOT_SAVED[kind]
    path.write_text("as it was")
    with pytest.raises((TypeError, ValueError), match=message):
        make().save(path)
    assert path.read_text() == "as it was"
    assert list(path.parent.iterdir()) == [path]


def test_saving_leaves_the_global_stream_alone(path):
    made = Model([Drawing(), Dense(2, 3)], loss=SoftmaxCrossEntropy())
    before = np.random.get_state()[1:3]
    made.save(path)
    after = np.random.get_state()[1:3]
    assert before[1] == after[1]
    assert np.array_equal(before[0], after[0])


def test_the_optimizers_states_are_the_layers_own_whatever_the_order(path):
    trained = Model(
        [Dense(2, 3), Dense(3, 3), Dense(3, 3)],
        loss=SoftmaxCrossEntropy(),
        optimizer=Adam(0.01),
    )
    for layer in trained.layers:
        layer.weights += np.random.RandomState(1).random_sample(layer.weights.shape)
    trained.forward(X)
    trained.loss.calculate(trained.layers[-1].output, y)
    trained.backward(trained.loss.gradient())
    for layer in reversed(trained.layers):
        trained.optimizer.update_params(layer)
    trained.save(path)
    again = Model.load(path)
    for each in (trained, again):
        each.fit(X, y, batch_size=None)
    assert parameters(again) == parameters(trained)


def test_an_optimizer_of_another_model_is_not_saved(path):
    optimizer = Adam()
    mine, other = model(optimizer), model(optimizer)
    other.fit(X, y)
    message = r"^the optimizer has updated 3 layers, but the model has 3 with parameters, which are others: give"
    with pytest.raises(ValueError, match=message):
        mine.save(path)


@pytest.mark.parametrize("classes", [Noise, 7, ["Noise"], None])
def test_classes_are_a_list_of_classes(classes, path):
    model().save(path)
    with pytest.raises(
        TypeError, match=r"^classes must be a list of classes, but it is "
    ):
        Model.load(path, classes=classes)


def test_a_stream_that_two_layers_share_is_shared_again(path):
    model().save(path)
    loaded = Model.load(path, classes=[Noise])
    assert loaded.layers[1].rng is loaded.layers[3].rng is not loaded.rng


class NoisyLoss(SoftmaxCrossEntropy):
    def __init__(self, rng=None):
        self.rng = rng


def test_a_stream_is_shared_with_layers_inside_and_the_loss(path):
    rng = np.random.RandomState(0)
    layers = [Twice([Dense(2, 3), Noise(np.float64(0.25), rng)])]
    Model(layers, loss=NoisyLoss(rng), rng=rng).save(path)
    loaded = Model.load(path, classes=[Noise, NoisyLoss, Twice])
    noise = loaded.layers[0].layers[1]
    assert noise.rng is loaded.loss.rng is loaded.rng
    assert noise.size == 0.25


def test_numpys_global_stream_is_neither_saved_nor_drawn_from(path):
    model(noise=np.random.mtrand._rand).save(path)
    np.random.seed(7)
    loaded = Model.load(path, classes=[Noise])
    assert loaded.layers[1].rng is None
    drawn = np.random.random_sample()
    np.random.seed(7)
    assert drawn == np.random.random_sample()


@pytest.mark.parametrize("stream", [np.random, np.random.mtrand._rand])
def test_a_model_may_shuffle_with_numpys_global_stream(stream, path):
    saved = Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), rng=stream)
    saved.save(path)
    assert Model.load(path).rng is np.random.mtrand._rand


@pytest.mark.parametrize("kind", ["MT19937", "PCG64", "Philox", "SFC64"])
def test_the_streams_of_generators_are_kept(kind, path):
    rng = np.random.Generator(getattr(np.random, kind)(3))
    rng.random(5, dtype=np.float32)
    kept = model(noise=rng)
    kept.save(path)
    loaded = Model.load(path, classes=[Noise])
    assert np.array_equal(loaded.layers[1].rng.random(9), rng.random(9))


def test_probabilities_and_nested_layers_are_kept(path):
    rng = np.random.RandomState(0)
    nested = Model(
        [Twice([Dense(2, 4, rng=rng), ReLU()]), Dense(4, 3, rng=rng), Softmax()],
        loss=CategoricalCrossEntropy(),
        optimizer=SGD(0.1),
    )
    nested.fit(X, y, epochs=2)
    nested.save(path)
    loaded = Model.load(path, classes=[Twice])
    assert np.array_equal(loaded.predict(X), nested.predict(X))
    assert repr(loaded.layers[1:]) == repr(nested.layers[1:])


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    model().save(path)
    before = path.read_bytes()

    def out_of_disk(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", out_of_disk)
    with pytest.raises(OSError, match="no space"):
        model(Adam()).save(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_that_is_missing_is_named(path):
    with pytest.raises(FileNotFoundError, match="nowhere") as caught:
        model().save(path.parent / "nowhere" / "model.npz")
    assert caught.value.__context__ is None


def test_epochs_that_overflowed_do_not_keep_a_model_from_being_saved(path):
    trained = model()
    trained.history = {"loss": [math.inf, math.nan, 0.5]}
    trained.save(path)
    again = Model.load(path, classes=[Noise]).history["loss"]
    np.testing.assert_array_equal(again, trained.history["loss"])


class Slots(ReLU):
    def __init__(self, size):
        self.other = size


class Function(ReLU):
    def __init__(self, function):
        self.function = function


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Slots(3), "no attribute|not an attribute 'size'"),
        (Function(abs), "^Function cannot be saved: function is <built-in"),
    ],
    ids=["no attribute", "a function"],
)
def test_a_layer_that_cannot_be_made_again_is_not_saved(layer, message, path):
    with pytest.raises(TypeError, match=message):
        Model([Dense(2, 3), layer], loss=SoftmaxCrossEntropy()).save(path)
    assert not path.exists()


def test_an_optimizer_of_other_layers_too_is_not_saved(path):
    optimizer = SGD(0.1)
    one = model(optimizer)
    other = Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), optimizer=optimizer)
    one.fit(X, y)
    other.fit(X, y)
    message = r"^.* updated 4 layers, but the model has 3 with parameters: give each model an optimizer of its own$"
    with pytest.raises(ValueError, match=message):
        one.save(path)


def test_a_class_that_is_not_named_is_asked_for(path):
    model().save(path)
    with pytest.raises(ValueError, match=r"'Noise' is unknown: pass it with classes"):
        Model.load(path)


def test_a_file_that_is_not_there_is_an_OSError(path):
    with pytest.raises(FileNotFoundError):
        Model.load(path)


def saved(path):
    """The members of a saved model, by their names."""
    trained = Model(
        [Dense(2, 4), ReLU(), Dense(4, 3)], loss=SoftmaxCrossEntropy(), optimizer=Adam()
    )
    trained.fit(X, y)
    trained.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npy(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), **options)
    return file.getvalue()


def described(members, change):
    """The members with another description."""
    text = np.lib.format.read_array(io.BytesIO(members["description.npy"])).tobytes()
    description = json.loads(text)
    change(description)
    new = json.dumps(description).encode()
    return {**members, "description.npy": npy(np.frombuffer(new, np.uint8))}


def claiming(shape, kind="<f4"):
    """An array whose head claims a shape and which holds four bytes."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": kind, "fortran_order": False, "shape": shape}
    )
    return file.getvalue() + b"\0\0\0\0"


def with_setting(name, value):
    def change(description):
        description["layers"][0]["settings"][name] = value

    return lambda members: described(members, change)


def with_entry(name, value):
    return lambda members: described(members, lambda d: d.update({name: value}))


def without(name):
    return lambda members: {key: each for key, each in members.items() if key != name}


def replaced(name, value):
    return lambda members: {**members, name: value}


def with_layers_inside(members):
    large = {"class": "Dense", "settings": {"n_inputs": 10**5, "n_neurons": 10**5}}
    return described(members, lambda d: d["layers"][1].update(layers=[large]))


def with_more(members):
    return {**members, **{f"{k}.npy": npy(np.zeros(3)) for k in range(5)}}


def other_class(name):
    return lambda members: described(
        members, lambda d: d["layers"][1].update({"class": name})
    )


WEIGHTS = "layers.0.weights.npy"
NAN = np.full((2, 4), np.nan, np.float32)
DAMAGES = {
    "another format": (replaced(WEIGHTS, npy(np.zeros((2, 4)), version=(2, 0))), "weights has an unknown format$"),
    "an object array": (replaced(WEIGHTS, npy(np.array([[{}] * 4] * 2), allow_pickle=True)), "type object"),
    "an absurd shape": (replaced(WEIGHTS, claiming((10**9, 10**9))), "are needed"),
    "a description of an absurd shape": (replaced("description.npy", claiming((10**12,), "|u1")), "cut short"),
    "the right shape and no data": (replaced(WEIGHTS, claiming((2, 4))), "cut short"),
    "another shape": (replaced(WEIGHTS, npy(np.zeros((4, 2), np.float32))), r"\(2, 4\)"),
    "another type": (replaced(WEIGHTS, npy(np.zeros((2, 4), complex))), "complex"),
    "not a number": (replaced(WEIGHTS, npy(NAN)), "NaN"),
    "an optimizer's NaN": (replaced("optimizer.0.weights.mean_square.npy", npy(NAN)), "NaN"),
    "more data than the head says": (replaced(WEIGHTS, npy(np.zeros((2, 4), np.float32)) + b"!"), "too long"),
    "no array": (replaced(WEIGHTS, b"weights"), "damaged"),
    "an array too few": (without(WEIGHTS), "missing"),
    "an array too many": (replaced("more.npy", npy(np.zeros(3))), "no model has"),
    "many arrays too many": (with_more, r"no model has: \['0.npy', '1.npy', '2.npy'\]$"),
    "no description": (without("description.npy"), "description is missing"),
    "a description that is not JSON": (replaced("description.npy", npy(np.zeros(9, np.uint8))), "damaged"),
    "a list for a description": (replaced("description.npy", npy(np.frombuffer(b"[]", np.uint8))), FORMAT),
    "very deep JSON": (replaced("description.npy", npy(np.frombuffer(b"[" * 10**5, np.uint8))), "damaged"),
    "another kind of file": (with_entry("format", "onnx"), FORMAT),
    "a later version": (with_entry("version", 2), "version is 2"),
    "no layers": (with_entry("layers", []), "0 with parameters"),
    "another class": (other_class("Softmaxx"), "unknown"),
    "a function for a class": (other_class("leading_powers"), "unknown"),
    "a module for a class": (other_class("math"), "unknown"),
    "absurd sizes": (with_setting("n_inputs", 10**9), "more weights than the file holds$"),
    "absurd sizes inside": (with_layers_inside, "more weights than the file holds$"),
    "a negative size": (with_setting("n_neurons", -4), r"the sizes \[2, -4\]$"),
    "a text for a size": (with_setting("n_neurons", "4"), "damaged"),
    "an unknown setting": (with_setting("colour", 1), "colour"),
    "a loss for a layer": (other_class("SoftmaxCrossEntropy"), "loss"),
    "no loss": (with_entry("loss", {"class": "ReLU", "settings": {}}), "loss"),
    "no stream": (with_entry("rng", 7), "damaged"),
    "half a stream": (with_entry("streams", [{"kind": "RandomState", "state": {}}]), "random stream is not complete$"),
    "a strange stream": (with_entry("streams", [{"kind": "seed", "state": {}}]), "no random stream"),
    "a strange history": (with_entry("history", {"loss": ["low"]}), "does not consist of lists of numbers$"),
    "a strange optimizer": (with_entry("optimizer", {"optimizer": "ReLU"}), "not an optimizer"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_by_name_and_reason(damage, path):
    change, reason = DAMAGES[damage]
    members = change(saved(path))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match=f"model.npz is not a saved model.*({reason})"):
        Model.load(path)


def test_each_damage_is_done_to_a_file_that_loads(path):
    members = saved(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    Model.load(path)


def test_a_zip_bomb_is_not_unpacked(path):
    members = saved(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="compressed"):
        Model.load(path)


def test_members_that_lie_on_top_of_each_other_are_refused(path):
    saved(path)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    text = path.read_bytes()
    # The same entry of the directory again and again, each time for the same bytes.
    at = text.rindex(b"PK\5\6")
    start = text.index(b"PK\1\2")
    many = text[:start] + text[start:at] * 3 + text[at:]
    count = (len(infos) * 3).to_bytes(2, "little")
    size = ((at - start) * 3).to_bytes(4, "little")
    at = many.rindex(b"PK\5\6")
    path.write_bytes(many[: at + 8] + count * 2 + size + many[at + 16 :])
    with pytest.raises(ValueError, match=r"twice|Overlapped"):
        Model.load(path)


def test_members_that_claim_more_than_the_file_are_refused(path):
    saved(path)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\1\2") + 24  # where the directory has the first one's size
    content[at : at + 4] = (10**9).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r": its parts are longer than the whole$"):
        Model.load(path)


def test_arrays_may_lie_by_columns(path):
    members = saved(path)
    weights = np.arange(8, dtype=np.float32).reshape(2, 4)
    members[WEIGHTS] = npy(np.asfortranarray(weights))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert np.array_equal(Model.load(path).layers[0].weights, weights)


@pytest.mark.parametrize("kept", [0, 1, 10, 500, -1, -30, -400])
def test_a_file_that_is_cut_short_is_refused(kept, path):
    saved(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="is not a saved model"):
        Model.load(path)


def test_a_flipped_bit_is_noticed_or_harmless(path):
    saved(path)
    original = path.read_bytes()
    expected = parameters(Model.load(path))
    rng = np.random.RandomState(0)
    refused = 0
    for position in rng.permutation(len(original))[:300]:
        flipped = bytearray(original)
        flipped[position] ^= 1 << rng.randint(8)
        path.write_bytes(flipped)
        try:
            loaded = Model.load(path)
        except ValueError:
            refused += 1
        else:
            assert parameters(loaded) == expected
    assert refused > 200


def other_weights(model):
    rng = np.random.RandomState(8)
    return [
        (
            rng.random_sample(layer.weights.shape).astype(np.float32),
            rng.random_sample(layer.biases.shape[1]).astype(np.float32),
        )
        for layer in model.layers
        if isinstance(layer, Dense)
    ]


def small():
    return Model([Dense(2, 4), ReLU(), Dense(4, 3)], loss=SoftmaxCrossEntropy())


def test_the_weights_of_pytorch_are_transposed():
    """torch.nn.Linear computes ``inputs @ weight.T + bias``."""
    (first, one), (second, two) = other_weights(small())
    state = {"0.weight": first.T, "0.bias": one, "2.weight": second.T, "2.bias": two}
    ours = small()
    ours.load_weights(state)
    hidden = np.maximum(X @ state["0.weight"].T + one, 0)
    expected = hidden @ state["2.weight"].T + two
    assert np.allclose(ours.forward(X), expected, atol=1e-6)


def test_weights_in_both_orientations_are_the_same():
    new = other_weights(small())
    pytorch, keras = small(), small()
    names = ["net.0", "net.2"]
    pytorch.load_weights(
        {
            f"{n}.{kind}": value
            for n, (w, b) in zip(names, new)
            for kind, value in (("weight", w.T), ("bias", b))
        }
    )
    keras.load_weights(
        {
            f"dense_{n}/{kind}": value
            for n, (w, b) in zip(names, new)
            for kind, value in (("kernel:0", w), ("bias:0", b))
        }
    )
    assert parameters(pytorch) == parameters(keras)
    assert np.array_equal(pytorch.layers[0].weights, new[0][0])
    assert np.array_equal(pytorch.layers[2].biases[0], new[1][1])


class Leaky(ReLU):
    """With a parameter that neither PyTorch's Linear nor Keras's Dense has."""

    slope = np.zeros((1, 1))

    def parameters(self):
        return [Parameter("slope", self.slope, None)]


def test_only_dense_layers_have_weights_elsewhere():
    ours = Model([Leaky()], loss=SoftmaxCrossEntropy())
    message = r"^Leaky\(\) has no counterpart there: only Dense layers have one$"
    with pytest.raises(TypeError, match=message):
        ours.load_weights({"0.weight": np.ones((3, 3)), "0.bias": np.ones(3)})


def test_a_layer_without_bias_gets_zeros():
    ours = small()
    ours.layers[0].biases += 1
    (w, _), (v, b) = other_weights(ours)
    ours.load_weights({"0.weight": w.T, "2.weight": v.T, "2.bias": b})
    assert not ours.layers[0].biases.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("2.weight"), "of 1 layers, but the model has 2"),
        (
            lambda a: a.update({"3.running_mean": np.zeros(3)}),
            r"^the array '3.running_mean' .* \(Keras\), each followed by its bias$",
        ),
        (
            lambda a: a.update({"0.weight": a["0.weight"].T}),
            r"^arrays\['0.weight'\] has shape \(2, 4\), but Dense\(2, 4\) needs \(4, 2\) \(rows and columns exch",
        ),
        (
            lambda a: a.update({"2.bias": np.zeros(4)}),
            r"^arrays\['2.bias'\] has shape \(4,\), but Dense\(4, 3\) needs \(3,\)$",
        ),
        (
            lambda a: a.update({"2.bias": np.full(3, np.nan)}),
            r"^biases of Dense\(4, 3\) .*nan",
        ),
        (
            lambda a: a.update({"2.weight": np.full((3, 4), 1e39)}),
            r"^weights of Dense\(4, 3\) .*float32",
        ),
    ],
    ids=["too few", "kind", "not transposed", "shape", "NaN", "too large"],
)
def test_weights_that_do_not_fit_change_nothing(change, message):
    ours = small()
    (w, c), (v, b) = other_weights(ours)
    arrays = {"0.weight": w.T, "0.bias": c, "2.weight": v.T, "2.bias": b}
    change(arrays)
    if "2.weight" not in arrays:
        arrays.pop("2.bias")
    before = parameters(ours)
    with pytest.raises(ValueError, match=message):
        ours.load_weights(arrays)
    assert parameters(ours) == before


def test_layers_may_exchange_their_weights():
    ours = Model([Dense(3, 3), Dense(3, 3)], loss=SoftmaxCrossEntropy())
    one, two = (layer.weights.copy() for layer in ours.layers)
    first, second = (layer.weights for layer in ours.layers)
    ours.load_weights({"a.kernel": second, "b.kernel": first})
    assert np.array_equal(first, two)
    assert np.array_equal(second, one)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            None,
            "^arrays must be a dict of arrays by their names, but .* type NoneType$",
        ),
        ([np.zeros((3, 4))], "^arrays must be a dict .* but it is of type list$"),
        (
            {
                "0.weight": np.ma.masked_array(np.zeros((4, 2))),
                "2.weight": np.zeros((3, 4)),
            },
            r"^arrays\['0.weight'\] is a masked array",
        ),
        ({0: np.zeros((4, 2))}, "^the array 0 is not one of a dense layer"),
        (
            {
                "0.weight": np.zeros((4, 2)),
                "0.bias": np.zeros(4),
                "1.bias": np.zeros(4),
                "2.weight": np.zeros((3, 4)),
            },
            "^the array '1.bias' is a second bias for one layer: each weight .* its bias$",
        ),
    ],
    ids=["None", "a list", "a masked array", "a number", "two biases"],
)
def test_what_are_no_arrays_by_their_names_is_refused(arrays, message):
    with pytest.raises((TypeError, ValueError), match=message):
        small().load_weights(arrays)


@pytest.mark.parametrize(
    ("rng", "place", "position"),
    [
        (np.random.RandomState(0), "pos", 10**9),
        (np.random.RandomState(0), "pos", 625),
        (np.random.RandomState(0), "pos", -1),
        (np.random.Generator(np.random.Philox(0)), "buffer_pos", 5),
    ],
)
def test_a_position_outside_a_random_stream_is_refused(tmp_path, rng, place, position):
    """NumPy would take it, and read memory that is not its own."""
    model = Model([Dense(2, 3)], loss=SoftmaxCrossEntropy(), rng=rng)
    model.save(tmp_path / "model.npz")
    arrays = dict(np.load(tmp_path / "model.npz"))
    text = arrays["description"].tobytes().decode()
    changed_text = re.sub(rf'"{place}": \d+', f'"{place}": {position}', text)
    assert changed_text != text
    arrays["description"] = np.frombuffer(changed_text.encode(), np.uint8)
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(ValueError, match=f"position {position} in a random stream"):
        Model.load(tmp_path / "model.npz")


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators link")
def test_saving_through_a_symbolic_link_writes_the_file_that_it_names(path, tmp_path):
    link = tmp_path / "latest.npz"
    link.symlink_to(path)
    model().save(link)
    assert link.is_symlink()
    assert not path.is_symlink()
    assert Model.load(link, classes=[Noise]).layers[0].n_inputs == 2


class Scaled(ReLU):
    """A layer whose setting is called as that of the library's first weights is."""

    def __init__(self, init=1.0):
        self.init = init

    def forward(self, inputs):
        return super().forward(inputs) * np.float32(self.init)


def test_a_readers_setting_called_init_is_kept(path):
    scaled = Model([Dense(2, 3), Scaled(3.0)], loss=SoftmaxCrossEntropy())
    scaled.save(path)
    again = Model.load(path, classes=[Scaled])
    assert again.layers[1].init == 3.0
    np.testing.assert_array_equal(again.predict(X), scaled.predict(X))


def another(size):
    class Noise(ReLU):
        """What a notebook's cell leaves behind that is run twice."""

        def forward(self, inputs):
            return super().forward(inputs) * np.float32(size)

    return Noise


def test_two_classes_of_one_name_are_not_taken_for_each_other(path):
    one, two = another(2), another(3)
    both = Model([Dense(2, 2), one(), Dense(2, 2), two()], loss=SoftmaxCrossEntropy())
    kind = r"test_model_file\..*Noise"
    sentence = f"^{kind} has the same name as {kind}, .*, make the layers anew\\)$"
    with pytest.raises(TypeError, match=sentence):
        both.save(path)
    assert not path.exists()
    single = Model([Dense(2, 2), one()], loss=SoftmaxCrossEntropy())
    single.save(path)
    with pytest.raises(TypeError, match=sentence):
        Model.load(path, classes=[one, two])
    assert Model.load(path, classes=[one, one]).layers[1].__class__ is one


class Dice:
    """Draws, and is no stream of NumPy's."""

    def random_sample(self, shape):
        return np.full(shape, 0.5)


def test_a_stream_that_cannot_be_saved_is_refused(path):
    for rng, error, said in (
        (Dice(), TypeError, "^rng is <.*Dice.*>, but only a numpy.random.RandomState"),
        (
            np.random.Generator(SHARED),
            ValueError,
            r"draw from one bit generator, .* saved: use one of them for both$",
        ),
    ):
        drops = [Dropout(0.5, rng=rng), Dropout(0.5, rng=np.random.Generator(SHARED))]
        with pytest.raises(error, match=said):
            Model([Dense(2, 2), *drops], loss=SoftmaxCrossEntropy()).save(path)
        assert not path.exists()


SHARED = np.random.PCG64(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_file_that_is_replaced_keeps_its_permissions(path):
    model().save(path)
    path.chmod(0o600)
    model().save(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_layer_that_draws_from_numpys_global_stream_does_so_again(path):
    for rng in (None, np.random, np.random.mtrand._rand):
        dropout = Dropout(0.5, rng=rng)
        Model([Dense(2, 2), dropout], loss=SoftmaxCrossEntropy()).save(path)
        assert Model.load(path).layers[1].rng is None


def test_biases_may_be_given_as_a_row():
    ours = small()
    (w, c), (v, b) = other_weights(ours)
    row = np.reshape(b, (1, -1))
    ours.load_weights({"0.weight": w.T, "0.bias": c, "2.weight": v.T, "2.bias": row})
    np.testing.assert_array_equal(ours.layers[-1].biases, np.float32(row))


class Prepared(ReLU):
    """Keeps the function that has made its first weights, which it does without once they are there."""

    def __init__(self, init=None, size=1):
        self.init, self.size = init, size


def test_a_function_that_has_made_the_first_weights_is_not_saved(path):
    layers = [Dense(2, 2), Prepared(np.ones, size=3)]
    Model(layers, loss=SoftmaxCrossEntropy()).save(path)
    again = Model.load(path, classes=[Prepared]).layers[1]
    assert (again.init, again.size) == (None, 3)
