"""What the answers of the chapter on the model are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...activations import ReLU
from ...layers import Dense
from ...validation import FloatArray
from .answers import Answer, Function, Value


def stops_after(losses: Sequence[float], patience: int) -> int:
    """After how many epochs training stops."""
    best, since_best = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        best, since_best = (loss, 0) if loss < best else (best, since_best + 1)
        if since_best == patience:
            return epoch
    return len(losses)


def outputs(layers: Sequence[Any], X: FloatArray) -> tuple[FloatArray, ...]:
    """The outputs of all layers."""
    found = []
    for layer in layers:
        returned = layer.forward(X)
        X = layer.output if returned is None else returned
        found.append(X)
    return tuple(found)


def in_pieces(
    predict: Callable[[FloatArray], FloatArray], X: FloatArray, size: int
) -> FloatArray:
    """The predictions for all rows, at most ``size`` of them at a time."""
    starts = range(0, len(X), size)
    return np.concatenate([predict(X[start : start + size]) for start in starts])


class _Stored:
    """A layer that stores its output and returns nothing, as the notebook's do."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def forward(self, inputs: FloatArray) -> None:
        self.inputs, self.output = inputs, self.inner.forward(inputs)

    def __repr__(self) -> str:
        return f"{self.inner!r}, which returns nothing"


class _Predict:
    """Predicts a few rows, and refuses more."""

    def __init__(self, size: int, n_outputs: int = 2) -> None:
        self.size, self.n_outputs = size, n_outputs

    def __call__(self, X: FloatArray) -> FloatArray:
        if not 0 < len(X) <= self.size:
            raise ValueError(
                f"{len(X)} rows came, but from 1 to {self.size} are possible"
            )
        return X[:, :1] * np.arange(1, 1 + self.n_outputs) - X[:, 1:2]

    def __repr__(self) -> str:
        return "predict"


def _dense(n: int, m: int) -> Dense:
    return Dense(n, m, init=1.0, rng=np.random.RandomState(n + m))


def _waits(
    losses: Sequence[float],
    patience: int,
    *,
    equal: bool = False,
    late: int = 0,
    total: bool = False,
) -> int:
    """Early stopping with a mistake."""
    best, since_best = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best or (equal and loss == best):
            best, since_best = loss, since_best if total else 0
        else:
            since_best += 1
        if since_best == patience + late:
            return epoch
    return len(losses)


def _since_the_last(losses: Sequence[float], patience: int) -> int:
    """Compares with the epoch before, not with the best."""
    rises = 0
    for epoch in range(1, len(losses)):
        rises = rises + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if rises == patience:
            return epoch + 1
    return len(losses)


_rng = np.random.RandomState(12)
_X = _rng.random_sample((5, 3))
_LAYERS = [_dense(3, 4), _Stored(ReLU()), _Stored(_dense(4, 2))]
_ROWS = _rng.random_sample((10, 3))

EXERCISES: dict[str, Answer] = {
    "model-steps": Value(
        1600,
        {
            "the samples that are left over at the end of an epoch are a batch, too": 1550,
            "that is the number of steps in one epoch": 32,
            "that is the number of full batches in one epoch": 31,
            "divide epoch by epoch: a batch does not reach into the next one": 1562.5,
            "batches do not reach from one epoch into the next: round up in each of them": 1563,
            "that is the number of samples that are seen in all, not of steps": 50000,
            "that is the number of epochs; each has many steps": 50,
        },
        tolerance=0,
    ),
    "model-file": Value(
        14430,
        {
            "those are the parameters alone; Adam's running means are missing": 4810,
            "each parameter counts three times: itself, and two running means": 9620,
            "those are the weights alone: the biases are missing": 3
            * (64 * 64 + 64 * 10),
            "those are bytes; numbers were asked for": 4 * 14430,
            "the second layer has 64 inputs and 10 neurons": 3
            * (64 * 64 + 64 + 10 * 10 + 10),
            "each layer has one bias for each neuron, not for each input": 3
            * (64 * 64 + 64 + 64 * 10 + 64),
        },
        tolerance=0,
    ),
    "model-patience": Function(
        stops_after,
        (
            ([0.9, 0.5, 0.6, 0.4, 0.5, 0.4, 0.3], 2),
            ([0.9, 0.5, 0.6, 0.4, 0.5, 0.45, 0.44, 0.3], 3),
            ([3.0, 2.0, 1.0], 1),
            ([1.0, 2.0, 3.0], 1),
            ([1.0, 2.0, 0.5, 2.0, 0.4, 2.0, 2.0], 2),
            ([1.0, 1.0, 1.0, 1.0], 2),
            ([5.0, 6.0, 5.5, 5.4, 5.3, 1.0], 4),
            ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2),
            ([1.0, 2.0, 3.0, 0.5, 0.6], 2),
            ([1.0], 1),
            ([2.0, 3.0], 5),
            ([5e9, 6e9, 3e9, 4e9, 5e9, 1.0], 2),
        ),
        {
            "a loss equal to the best is not better": lambda losses, patience: _waits(
                losses, patience, equal=True
            ),
            "it stops one epoch too late": lambda losses, patience: _waits(
                losses, patience, late=1
            ),
            "it stops one epoch too early": lambda losses, patience: _waits(
                losses, patience, late=-1
            ),
            "the count has to go back to 0 at each new best": lambda losses, patience: (
                _waits(losses, patience, total=True)
            ),
            "compare with the best loss so far, not with that of the epoch before": _since_the_last,
            "this is the best epoch; asked is after which epoch training stops": lambda losses, patience: (
                1 + int(np.argmin(losses[: stops_after(losses, patience)]))
            ),
            "this is the best epoch of all, which training may never see": lambda losses, patience: (
                1 + int(np.argmin(losses))
            ),
            "the best of all losses may never be seen: look for the best *so far*": lambda losses, patience: (
                min(len(losses), 1 + int(np.argmin(losses)) + patience)
            ),
            "epochs are counted from 1 here": lambda losses, patience: (
                stops_after(losses, patience) - 1
            ),
            "this never stops: it always trains all epochs": lambda losses, patience: (
                len(losses)
            ),
        },
    ),
    "model-forward": Function(
        outputs,
        ((_LAYERS, _X), (_LAYERS[:1], _X), ([*_LAYERS, ReLU()], _X[:1])),
        {
            "the outputs of all layers were asked for, and these are those of the last": lambda layers, X: (
                outputs(layers, X)[-1]
            ),
            "one array for each layer was asked for: do not join them": lambda layers, X: (
                np.concatenate(outputs(layers, X), axis=1)
            ),
            "X itself is no output of a layer: leave it out": lambda layers, X: (
                X,
                *outputs(layers, X),
            ),
            "the first layer's output comes first": lambda layers, X: outputs(
                layers, X
            )[::-1],
            "the output of the last layer is missing": lambda layers, X: outputs(
                layers, X
            )[:-1],
            "these are the inputs of the layers": lambda layers, X: (
                X,
                *outputs(layers, X)[:-1],
            ),
        },
    ),
    "model-pieces": Function(
        in_pieces,
        (
            (_Predict(3), _ROWS, 3),
            (_Predict(5), _ROWS, 5),
            (_Predict(20), _ROWS, 20),
            (_Predict(4, n_outputs=5), _ROWS, 4),
            (_Predict(1), _ROWS[:2], 1),
            (_Predict(4), _ROWS[:1], 4),
        ),
        {
            "the rows of the last piece, which is shorter, are missing": lambda predict, X, size: (
                np.concatenate(
                    [
                        *(
                            predict(X[k : k + size])
                            for k in range(0, len(X) - size + 1, size)
                        ),
                    ]
                )
            ),
            "this is the first piece alone": lambda predict, X, size: predict(X[:size]),
            "this is the last piece alone": lambda predict, X, size: predict(
                X[(len(X) - 1) // size * size :]
            ),
            "the pieces are put side by side; they belong one below the other": lambda predict, X, size: (
                np.concatenate(
                    [predict(X[k : k + size]) for k in range(0, len(X), size)], axis=1
                )
            ),
            "the pieces are in reverse order": lambda predict, X, size: np.concatenate(
                [predict(X[k : k + size]) for k in range(0, len(X), size)][::-1]
            ),
            "all rows at once are too many: predict takes at most size": lambda predict, X, size: (
                predict(X)
            ),
        },
    ),
}
