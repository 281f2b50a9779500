"""A model that is written as ONNX says in another runtime what it says here."""

import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from nnfs_lib import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    MeanAbsoluteError,
    MeanSquaredError,
    Model,
    ReLU,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
)

ENDS = {
    "scores of classes": ([], SoftmaxCrossEntropy),
    "probabilities of classes": ([Softmax], CategoricalCrossEntropy),
    "scores of labels": ([], SigmoidCrossEntropy),
    "probabilities of labels": ([Sigmoid], BinaryCrossEntropy),
    "numbers": ([], MeanSquaredError),
    "numbers, absolute error": ([], MeanAbsoluteError),
}


def model_of(end, dtype, n_outputs=3):
    rng = np.random.RandomState(0)
    options = {"init": "he", "rng": rng, "dtype": dtype}
    activations, loss = ENDS[end]
    layers = [Dense(4, 16, **options), ReLU(), Dropout(0.5), Dense(16, 8, **options)]
    layers += [Sigmoid(), Dense(8, n_outputs, **options), *(a() for a in activations)]
    for layer in layers:
        if isinstance(layer, Dense):
            layer.biases[:] = rng.standard_normal(layer.biases.shape)
    return Model(layers, loss=loss())


def X_of(dtype, n_samples=50):
    return np.random.RandomState(1).standard_normal((n_samples, 4)).astype(dtype)


@pytest.mark.parametrize(("dtype", "tolerance"), [("f4", 2e-6), ("f8", 1e-9)])
@pytest.mark.parametrize("end", ENDS)
def test_another_runtime_predicts_the_same(tmp_path, end, dtype, tolerance):
    model, X = model_of(end, dtype), X_of(dtype)
    model.export_onnx(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    for part in (X, X[:1]):  # the number of samples is free
        (theirs,) = session.run(None, {"X": part})
        ours = model.predict(part)
        assert theirs.dtype == ours.dtype
        assert np.allclose(theirs, ours, rtol=tolerance, atol=tolerance)
    assert np.ptp(ours) > 0.01


def test_the_file_says_what_it_holds(tmp_path):
    model_of("numbers", "f4").export_onnx(tmp_path / "model.onnx")
    written = onnx.load(tmp_path / "model.onnx")
    assert (written.producer_name, written.graph.name) == ("nnfs_lib", "model")
    versions = [(each.domain, each.version) for each in written.opset_import]
    assert (written.ir_version, versions) == (8, [("", 13)])
    for values, width in ((written.graph.input, 4), (written.graph.output, 3)):
        (described,) = values
        n_samples, columns = described.type.tensor_type.shape.dim
        assert (n_samples.dim_param, columns.dim_value) == ("n_samples", width)


def test_the_file_is_of_the_model_as_it_was_written(tmp_path):
    model, X = model_of("numbers", "f4"), X_of("f4")
    before = model.predict(X)
    model.export_onnx(tmp_path / "model.onnx")
    model.layers[0].weights += 1
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    assert np.allclose(session.run(None, {"X": X})[0], before, atol=2e-6)


class Doubled(Dense):
    """Not a Dense layer, whatever it derives from."""

    def forward(self, inputs):
        return 2 * super().forward(inputs)


@pytest.mark.parametrize(
    ("layers", "kind", "message"),
    [
        (
            [Dense(4, 3), Doubled(3, 3)],
            TypeError,
            r"^Doubled.* has no counterpart in ONNX",
        ),
        (
            [Dense(4, 3), Dense(3, 3, dtype=np.float64)],
            ValueError,
            r"^the layers' types are float32 and float64, but ONNX .* same dtype$",
        ),
        ([ReLU()], ValueError, r"^a model without a Dense layer .* down$"),
    ],
)
def test_what_onnx_cannot_say_is_refused_and_nothing_written(
    tmp_path, layers, kind, message
):
    with pytest.raises(kind, match=message):
        Model(layers, loss=SoftmaxCrossEntropy()).export_onnx(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_without_onnx_the_message_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(
        ModuleNotFoundError, match=r'^export_onnx .*: pip install "nnfs-lib\[onnx\]"$'
    ):
        model_of("numbers", "f4").export_onnx(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


class Smoothed(SoftmaxCrossEntropy):
    """What it makes of scores may be anything."""


class Squared(MeanSquaredError):
    """It takes predictions as they are."""


def test_a_loss_that_makes_something_unknown_of_its_scores_is_refused(tmp_path):
    whole = Model([Dense(4, 3)], loss=Smoothed())
    message = (
        r"^what Smoothed\(\) makes of its scores has no counterpart in ONNX: SoftmaxCrossEntropy and "
        r"SigmoidCrossEntropy have, and losses that take predictions as they are$"
    )
    with pytest.raises(TypeError, match=message):
        whole.export_onnx(tmp_path / "x.onnx")
    assert not list(tmp_path.iterdir())
    Model([Dense(4, 3)], loss=Squared()).export_onnx(tmp_path / "x.onnx")
