"""Validation of what a model is made of and trained on, and its table."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import validation
from .activations import ReLU, Sigmoid, Softmax
from .layers import Dense
from .loss_base import Loss
from .optimizer_base import Optimizer
from .parameters import flattened, values_of
from .regularization import Dropout
from .validation import FloatArray

SCALES = 1e4
"""If the scales of two features differ by a larger factor, `Model.fit` warns."""

_KEEP_THE_WIDTH = [kind.forward for kind in (ReLU, Sigmoid, Softmax, Dropout)]


def layers(value: Iterable[Any]) -> list[Any]:
    """The layers as a list, if all are layers and none is listed twice."""
    if not isinstance(value, Iterable):
        raise TypeError(f"layers must be a list of layers, but it is {value!r}")
    listed = list(value)
    if not listed:
        raise ValueError("layers is empty: a model needs at least one")
    for position, layer in enumerate(listed):
        if isinstance(layer, type):
            raise TypeError(
                f"layers[{position}] is the class {layer.__name__}: pass an object of it"
            )
        if not validation.has_forward_and_backward(layer):
            raise TypeError(
                f"a layer must have forward and backward, but layers[{position}] is {layer!r}"
            )
        if isinstance(layer, Loss):
            raise TypeError(f"layers[{position}] is a loss: pass it as loss={layer!r}")
        first = next(k for k, other in enumerate(listed) if other is layer)
        if first < position:
            raise ValueError(
                f"layers holds {layer!r} twice, at positions {first} and {position}: "
                "each place in the row needs a layer of its own"
            )
    seen: set[int] = set()
    for layer in flattened(listed):
        if id(layer) in seen:
            raise ValueError(
                f"{layer!r} is in two places, one of them inside another layer: each needs a layer of its own"
            )
        seen.add(id(layer))
    return listed


def loss(value: Any) -> Loss:
    """The loss, if it is one."""
    if not isinstance(value, Loss):
        raise TypeError(
            f"loss must be an object of one of the library's losses, such as SoftmaxCrossEntropy(), but it is {value!r}"
        )
    return value


def optimizer(value: Any) -> Optimizer | None:
    """The optimizer, if it is one, or None."""
    if value is not None and not isinstance(value, Optimizer):
        raise TypeError(
            f"optimizer must be an object of one of the library's optimizers, such as Adam(), but it is {value!r}"
        )
    return value


def rng(value: Any) -> Any:
    """The random stream that shuffles: a new one for None, otherwise what can shuffle and be saved."""
    if value is None:
        return np.random.RandomState(0)
    if value is np.random:
        return np.random.mtrand._rand
    if not isinstance(value, (np.random.RandomState, np.random.Generator)):
        raise TypeError(
            f"rng must be a numpy.random.RandomState or Generator, but it is {value!r}"
        )
    return value


def data(model: Any, X: ArrayLike, y: ArrayLike) -> tuple[FloatArray, NDArray[Any]]:
    """Inputs and targets as arrays that fit the model and each other."""
    inputs = features(X)
    targets = validation.array("y", y)
    if targets.ndim == 0 or len(targets) != len(inputs):
        raise ValueError(
            f"X has {len(inputs)} samples, but y has shape {targets.shape}: one target for each sample is needed"
        )
    for dtype in {value.dtype for value in values_of(model.layers)}:
        validation.converted("X", inputs, dtype)  # which raises if it cannot be
        if targets.dtype.kind == "f":
            validation.converted("y", targets, dtype)
    # All targets at once, against one output: targets that the loss or its metrics do not accept are rejected here.
    trial = copy.copy(model)
    trial.layers = _for_a_trial(model.layers)
    with _unchanged(trial.layers):
        output = np.repeat(trial.forward(inputs[:1]), len(inputs), axis=0)
        model.loss.sample_losses(output, targets)
        model._metrics(model.loss.predictions(output), targets)
    return inputs, targets


def _for_a_trial(layers: list[Any]) -> list[Any]:
    """The layers, those of other classes than the library's as copies: they may change more than their attributes."""
    memo: dict[int, Any] = {  # a copy refers to these themselves
        id(layer): layer
        for layer in flattened(layers)
        if type(layer).__module__.startswith(f"{__package__}.")
    }
    trial = []
    for layer in layers:
        with suppress(Exception):  # what cannot be copied is tried itself
            layer = copy.deepcopy(layer, memo)
        trial.append(layer)
    return trial


@contextmanager
def _unchanged(layers: list[Any]) -> Iterator[None]:
    """Give the layers back the attributes that they had."""
    found = [layer for layer in flattened(layers) if hasattr(layer, "__dict__")]
    before = [vars(layer).copy() for layer in found]
    try:
        yield
    finally:
        for layer, attributes in zip(found, before):
            vars(layer).clear()
            vars(layer).update(attributes)


def validation_data(model: Any, pair: Any) -> tuple[FloatArray, NDArray[Any]]:
    """`data` of the pair that `Model.fit` measures after each epoch."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        came = (
            f"of length {len(pair)}" if isinstance(pair, (tuple, list)) else repr(pair)
        )
        raise TypeError(f"validation_data must be a pair (X, y), but it is {came}")
    try:
        return data(model, *pair)
    except (TypeError, ValueError) as error:
        raise type(error)(f"validation_data: {error}") from error


def callbacks(value: Any) -> list[Any]:
    """The callbacks as a list, if each can be called."""
    if not isinstance(value, Iterable):
        raise TypeError(f"callbacks must be a list of functions, but it is {value!r}")
    listed = list(value)
    for position, each in enumerate(listed):
        if not callable(each) or isinstance(each, type):
            raise TypeError(
                f"callbacks[{position}] must be a function of the model, but it is {each!r}"
            )
    return listed


def features(X: ArrayLike) -> FloatArray:
    """Inputs as a matrix without missing values."""
    inputs = validation.matrix("X", X, finite=False)
    missing = ~np.isfinite(inputs)
    if missing.any():
        columns = np.flatnonzero(missing.any(axis=0)).tolist()
        row, column = np.argwhere(missing)[0].tolist()
        raise ValueError(
            f"X holds {inputs[row, column]} at {(row, column)}, and {np.count_nonzero(missing)} such values in all, "
            f"in the columns {columns[:10]}: leave these samples out, or fill the gaps (with a column's mean, say)"
        )
    return inputs


def training_data(
    model: Any, X: ArrayLike, y: ArrayLike
) -> tuple[FloatArray, NDArray[Any]]:
    """`data`, with a warning if it is hard to train on."""
    inputs, targets = data(model, X, y)
    scales = np.abs(inputs).max(axis=0)
    used = scales[scales > 0]
    # As numbers of Python, which overflow in silence.
    if used.size and float(used.max()) > SCALES * float(used.min()):
        largest, smallest = (
            int(scales.argmax()),
            int(np.where(scales > 0, scales, np.inf).argmin()),
        )
        warnings.warn(
            f"the features differ in scale: column {largest} of X reaches {scales[largest]:.3g}, "
            f"column {smallest} only {scales[smallest]:.3g}. Standardise them: subtract each column's mean "
            "and divide by its standard deviation, both of the training data",
            stacklevel=3,
        )
    return inputs, targets


def table(layers: list[Any]) -> str:
    """A table of layers, shapes and numbers of parameters."""
    rows = [("layer", "output", "parameters")]
    total, width = 0, "n_inputs"
    for layer, following in zip(layers, [*layers[1:], None]):
        width = _width(layer, width, following)
        count = sum(each.size for each in values_of([layer]))
        total += count
        rows.append((repr(layer), f"(n, {width})", f"{count:,}"))
    rows.append(("total", "", f"{total:,}"))
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    lines = [
        f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}"
        for name, shape, count in rows
    ]
    rule = "-" * (sum(widths) + 4)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _width(layer: Any, before: str, following: Any) -> str:
    """Columns of the output, as far as they are known: of a reader's layer, what a dense one that follows takes."""
    if _forward(layer) is Dense.forward:
        return str(layer.n_neurons)
    if _forward(layer) in _KEEP_THE_WIDTH:
        return before
    return str(following.n_inputs) if _forward(following) is Dense.forward else "?"


def _forward(layer: Any) -> Any:
    """The function that computes the output, which a derived class may have replaced."""
    return getattr(type(layer), "forward", None)
