"""A network as one object: layers in a row, a loss, and an optimizer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import model_file, model_onnx, model_validation, model_weights, validation
from .batches import batches
from .layers import Dense
from .loss_base import Loss
from .optimizer_base import Optimizer
from .parameters import flattened
from .partial_sums import exact_mean
from .progress import progress
from .validation import FloatArray

PIECE = 4096
"""How many samples are predicted at a time."""

Callback = Callable[["Model"], object]


class Model:
    """Layers in a row, a loss, and an optimizer.

    Parameters
    ----------
    layers : list
        Objects with ``forward`` and ``backward``, no object twice. A layer made of others lists them in an attribute
        ``layers``.
    loss : Loss
        It also says what the last layer's output means: `SoftmaxCrossEntropy` takes scores, so `predict` turns them
        into probabilities.
    optimizer : Optimizer, optional
        Needed by `fit` alone.
    rng : numpy.random.RandomState or Generator, optional
        Shuffles the samples; by default a RandomState with seed 0, of the model's own.

    Attributes
    ----------
    history : dict of lists of float
        What `fit` has measured in each epoch: "loss", and "accuracy" where the loss has one, as means over its batches;
        "penalty", if layers have penalties, which "loss" does not include; and, if there is validation data, "val_loss"
        and "val_accuracy" after the epoch. So the lists differ in length if only some calls of `fit` had such data.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of the kind above, or a layer is listed twice.
    """

    def __init__(
        self,
        layers: Iterable[Any],
        *,
        loss: Loss,
        optimizer: Optimizer | None = None,
        rng: np.random.RandomState | np.random.Generator | None = None,
    ) -> None:
        self.layers: list[Any] = model_validation.layers(layers)
        self.loss: Loss = model_validation.loss(loss)
        self.optimizer = model_validation.optimizer(optimizer)
        self.rng = model_validation.rng(rng)
        self.history: dict[str, list[float]] = {}

    def forward(self, X: ArrayLike, *, training: bool = False) -> Any:
        """Pass a batch through all layers, and return the output of the last.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
        training : bool
            Whether layers that behave differently in training, such as `Dropout`, do so now.
        """
        for layer in flattened(self.layers):
            if hasattr(layer, "training"):
                layer.training = training
        values: Any = X
        for layer in self.layers:
            returned = layer.forward(values)
            values = layer.output if returned is None else returned
        return values

    def backward(self, gradient: FloatArray) -> None:
        """Pass the gradient of the loss with respect to the output back through all layers, which store theirs.

        Parameters
        ----------
        gradient : ndarray, shape of the output

        Notes
        -----
        If the first layer is `Dense`, the gradient of the data is not computed, since nobody needs it. (A class derived
        from `Dense` that has a ``backward`` of its own gets it called.)
        """
        first, *others = self.layers
        for layer in reversed(others):
            returned = layer.backward(gradient)
            gradient = layer.dinputs if returned is None else returned
        if getattr(first.backward, "__func__", None) is Dense.backward:
            first.finish(first.partial_sums(gradient))
        else:
            first.backward(gradient)

    def train_step(self, X: FloatArray, y: NDArray[Any]) -> dict[str, float]:
        """Take one step of the optimizer on a batch.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
        y : ndarray
            What the loss takes as ``y_true``.

        Returns
        -------
        dict
            The batch's mean loss, metrics and penalty, as they were before the step.

        Raises
        ------
        RuntimeError, TypeError, ValueError
            If there is no optimizer, or layers, loss or optimizer refuse what they are given.
        """
        output = self.forward(X, training=True)
        loss = self.loss.calculate(output, y)
        # What the loss has made of its scores need not be computed again.
        predictions = getattr(self.loss, "output", output)
        measured = {"loss": float(loss), **self._metrics(predictions, y)}
        self.backward(self.loss.gradient())
        measured |= self._penalty()
        self._optimizer().step(self.layers)
        return measured

    def _metrics(self, predictions: FloatArray, y: NDArray[Any]) -> dict[str, float]:
        return {
            name: metric(predictions, y) for name, metric in self.loss.metrics.items()
        }

    def _penalty(self) -> dict[str, float]:
        """The sum of the layers' penalties, if a layer has one."""
        penalties = [
            float(layer.penalty())
            for layer in flattened(self.layers)
            if callable(getattr(layer, "penalty", None))
            and any(getattr(layer, strength, True) for strength in ("l1", "l2"))
        ]
        return {"penalty": sum(penalties)} if penalties else {}

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        batch_size: SupportsIndex | None = 32,
        epochs: SupportsIndex = 1,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        callbacks: Sequence[Callback] = (),
        verbose: bool | str = "auto",
    ) -> dict[str, list[float]]:
        """Train, and return `history`. A second call continues where the first one stopped.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
        y : array_like
            What the loss takes as ``y_true``.
        batch_size : int, optional
            Samples per step; the last step of an epoch may have fewer. None: all samples in one step, not shuffled.
        epochs : int
            Passes over all samples.
        validation_data : tuple (X, y), optional
            Measured after each epoch, and never trained on.
        callbacks : list of functions
            Each is called with the model after each epoch; if one returns True, training stops.
        verbose : bool or "auto"
            Whether to show a progress bar, which needs the package tqdm; "auto": on a terminal and in JupyterLab.

        Raises
        ------
        RuntimeError
            If the model has no optimizer.
        TypeError, ValueError
            If the data do not fit the model or each other, or values are missing. The model is then unchanged.

        Warns
        -----
        UserWarning
            If the features differ so much in scale that training will suffer.
        """
        self._optimizer()
        epochs = validation.positive_integer("epochs", epochs)
        callbacks = model_validation.callbacks(callbacks)
        X, y = model_validation.training_data(self, X, y)
        if batch_size is not None:
            batch_size = validation.positive_integer("batch_size", batch_size)
        if validation_data is not None:
            validation_data = model_validation.validation_data(self, validation_data)
        with progress(epochs, verbose) as show:
            for _ in range(epochs):
                measured = self._epoch(X, y, batch_size)
                if validation_data is not None:
                    results = self.evaluate(*validation_data)
                    measured |= {f"val_{name}": each for name, each in results.items()}
                for name, value in measured.items():
                    self.history.setdefault(name, []).append(value)
                show(measured)
                answers = [callback(self) for callback in callbacks]
                if any(answer is True or answer is np.True_ for answer in answers):
                    break
        return self.history

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
        """Measure the mean loss, and the loss's metrics, on data.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
        y : array_like
            What the loss takes as ``y_true``.

        Returns
        -------
        dict
            "loss", and "accuracy" where the loss has one. They are computed piece by piece, and equal to those of all
            samples at once.

        Raises
        ------
        TypeError, ValueError
            If the data do not fit the model or each other, or values are missing.
        """
        X, y = model_validation.data(self, X, y)
        outputs = self._outputs(X)
        with np.errstate(all="ignore"):
            losses, dtype, _ = self.loss._evaluate(outputs, y)
            mean = dtype.type(exact_mean(losses, len(losses)))
        predictions = self.loss.predictions(outputs)
        return {"loss": float(mean), **self._metrics(predictions, y)}

    def predict(self, X: ArrayLike) -> FloatArray:
        """Return what the model says about each sample: the same, to the last bit, whatever the other samples are.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            As many as fit into memory: they are predicted piece by piece.

        Returns
        -------
        ndarray, shape (n_samples, n_outputs)
            Probabilities if the loss takes scores; otherwise the output of the last layer.
        """
        return self.loss.predictions(self._outputs(validation.matrix("X", X)))

    def _outputs(self, X: FloatArray) -> FloatArray:
        pieces = [
            self.forward(X[start : start + PIECE]) for start in range(0, len(X), PIECE)
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def summary(self) -> None:
        """Print a table of the layers: the shape of the output, and the number of parameters."""
        print(model_validation.table(self.layers))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything that a later step depends on to a file: see `model_file`.

        Raises
        ------
        TypeError, ValueError
            If a layer, the loss or the optimizer cannot be rebuilt from its settings.
        """
        model_file.save(self, path)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, classes: Sequence[type] = ()
    ) -> Model:
        """Read a model that `save` wrote; training goes on from there as if it had never stopped, bit for bit.

        Parameters
        ----------
        path : str or path
        classes : list of classes
            The classes of layers, loss and optimizer that are not the library's own.

        Raises
        ------
        OSError
            If the file cannot be read.
        TypeError
            If ``classes`` is not a list of classes, or two classes have one name.
        ValueError
            If it is not a saved model, or is damaged.
        """
        loaded: Model = model_file.load(cls, path, classes)
        return loaded

    def load_weights(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Take over weights that PyTorch or Keras trained, in a model with layers of the same shapes.

        Parameters
        ----------
        arrays : dict of array_like
            PyTorch's ``state_dict()``, as arrays: names end in ``weight`` and ``bias``. Its weights have the shape
            (n_outputs, n_inputs), and are transposed. Or Keras's, whose names end in ``kernel`` and ``bias`` and whose
            kernels have our shape. The layers' order is that of the dict.

        Raises
        ------
        TypeError, ValueError
            If ``arrays`` is not a dict, or names, number or shapes do not fit. Nothing is changed then.
        """
        model_weights.load(self, arrays)

    def export_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write what `predict` computes as an ONNX file, which other programs can run; it needs the package onnx.

        They add in an order of their own, so their numbers agree to about seven digits (float32), not to the bit.

        Parameters
        ----------
        path : str or path
            Its input is called ``X``, shape (n_samples, n_features), of the type of the parameters.

        Raises
        ------
        ModuleNotFoundError
            If onnx is not installed.
        TypeError, ValueError
            If a layer has no counterpart in ONNX, none is `Dense`, or their types differ. Nothing is written then.

        References
        ----------
        https://onnx.ai/onnx/operators/
        """
        model_onnx.export(self, path)

    def _epoch(
        self, X: FloatArray, y: NDArray[Any], batch_size: int | None
    ) -> dict[str, float]:
        """The means over the samples of what `train_step` measures."""
        totals: dict[str, float] = {}
        whole = [(X, y)]
        parts = whole if batch_size is None else batches(X, y, batch_size, rng=self.rng)
        for X_batch, y_batch in parts:
            for name, value in self.train_step(X_batch, y_batch).items():
                totals[name] = totals.get(name, 0.0) + value * len(X_batch)
        return {name: total / len(X) for name, total in totals.items()}

    def _optimizer(self) -> Optimizer:
        if self.optimizer is None:
            raise RuntimeError(
                "this model has no optimizer, which training needs: Model(layers, loss=..., optimizer=...)"
            )
        return self.optimizer

    def __repr__(self) -> str:
        return f"Model({self.layers}, loss={self.loss}, optimizer={self.optimizer})"
