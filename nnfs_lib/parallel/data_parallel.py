"""Data-parallel training: each worker takes a part of every batch, and all of them hold the same network.

In most libraries the network depends on the number of workers, because another number adds the gradients in another
order. Here the gradients are a `PartialSum`, made of integers, and the order of a sum of integers makes no difference.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import __version__, model_validation, validation
from ..layers import Dense
from ..metrics import accuracy, binary_accuracy
from ..model import Callback, Model
from ..numerics import MAX_SAMPLES, PartialSum
from ..parameters import flattened, parameters_of, values_of
from ..partial_sums import exact_mean, exact_sum
from ..regularization import Dropout
from ..settings import Streams, as_json, random_state, settings_of
from ..validation import FloatArray

STAGES = "backward", "column_powers", "partial_sums", "input_gradient"
"""What a layer with parameters must have from `Dense`. Its `finish`, which gets the whole sum, may be its own."""


class DataParallel(Model):
    """A model that several MPI processes ("ranks") train together, each on its part of every batch.

    It becomes, bit for bit, the model that one process would have trained, for any number of ranks. Every rank makes
    the same model and has all the data. A step takes a maximum and a sum over the ranks, and two small ones for the
    loss. All methods have to be called on all ranks.

    Parameters
    ----------
    model : Model
        This very model is trained: afterwards it can be used on its own.
    comm : mpi4py.MPI.Comm, optional
        By default all ranks of the job. Without mpi4py, or with one rank, everything is as with the model itself.

    Attributes
    ----------
    rank, n_ranks : int

    Raises
    ------
    TypeError
        If the numbers would depend on the ranks: a layer with parameters has a ``backward`` of its own, a layer other
        than `Dropout` draws random numbers, or the loss measures something other than an accuracy.

    References
    ----------
    J. Demmel and H. D. Nguyen, "Parallel reproducible summation", IEEE Transactions on Computers 64, 2015.
    """

    def __init__(self, model: Model, comm: Any = None) -> None:
        if not isinstance(model, Model):
            raise TypeError(f"model must be a Model, but it is {model!r}")
        _require_independence(model)
        vars(self).update(vars(model))
        self.comm = _world() if comm is None else comm
        self.rank: int = self.comm.Get_rank() if self.comm else 0
        self.n_ranks: int = self.comm.Get_size() if self.comm else 1
        self._has_begun = False

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        callbacks: Sequence[Callback] = (),
        verbose: bool | str = "auto",
        **options: Any,
    ) -> dict[str, list[float]]:
        """Train as `Model.fit` does, with its arguments; the progress bar is rank 0's.

        Callbacks are called on every rank, and see the same numbers there. If a rank fails, its traceback is printed,
        and the whole job ends.

        Raises
        ------
        RuntimeError
            If the ranks do not agree on library, NumPy, data or model.
        """
        callbacks = model_validation.callbacks(callbacks)
        if self.n_ranks == 1:
            return super().fit(X, y, callbacks=callbacks, verbose=verbose, **options)
        self._require_agreement(
            {
                "the version of nnfs_lib": __version__,
                "the version of NumPy": np.__version__,
                "X": _digest(np.asarray(X)),
                "y": _digest(np.asarray(y)),
                "the options": str(
                    {name: _as_text(value) for name, value in options.items()}
                ),
                "the model": self._description(),
                "the parameters": self._digest(),
                "the random streams": self._streams(),
            }
        )
        self._has_begun = False
        try:
            return super().fit(
                X,
                y,
                callbacks=[lambda _: self._check_parameters(), *callbacks],
                verbose=verbose if self.rank == 0 else False,
                **options,
            )
        except BaseException:
            if self._has_begun:  # the others are waiting for this rank
                print(
                    f"rank {self.rank} of {self.n_ranks} has failed:", file=sys.stderr
                )
                traceback.print_exc()
                sys.stderr.flush()
                self.comm.Abort(1)
            raise

    def train_step(self, X: FloatArray, y: NDArray[Any]) -> dict[str, float]:
        """Take one step on a batch: every rank has all of it, and works on its own part.

        Raises
        ------
        ValueError
            If the batch has more than `MAX_SAMPLES` samples: the integers of one sum would overflow.
        """
        if self.n_ranks == 1:
            return super().train_step(X, y)
        self._has_begun, n_samples = True, len(X)
        if n_samples > MAX_SAMPLES:
            raise ValueError(
                f"a batch of {n_samples} samples is too large for one exact sum: at most {MAX_SAMPLES} fit"
            )
        rows, share = self._rows(n_samples)
        dropouts = [
            each for each in flattened(self.layers) if isinstance(each, Dropout)
        ]
        try:
            for layer in dropouts:
                layer.part = rows, n_samples
            output = self.forward(X[rows], training=True)
        finally:
            for layer in dropouts:
                layer.part = None
        with np.errstate(all="ignore"):
            losses, dtype, remembered = self.loss._evaluate(output, y[rows])
            gradient = self.loss._derivative(*remembered, n_samples)
        self._sum_gradients(self._propagate(gradient), share, n_samples)
        measured = self._measured(losses, dtype, output, y, rows, share)
        measured |= self._penalty()
        self._optimizer().step(self.layers)
        return measured

    def _rows(self, n_samples: int) -> tuple[slice, int]:
        """The rows of this rank, and 1. A rank without rows works on the first row, and its share is 0."""
        start, stop = (
            n_samples * k // self.n_ranks for k in (self.rank, self.rank + 1)
        )
        return (slice(start, stop), 1) if start < stop else (slice(0, 1), 0)

    def _propagate(self, gradient: FloatArray) -> list[tuple[Any, FloatArray]]:
        """Pass the gradient back through this rank's rows, and return the layers with parameters and their dvalues."""
        found = []
        for position, layer in reversed([*enumerate(self.layers)]):
            if parameters_of(layer):
                found.append((layer, gradient))
                if position:
                    gradient = layer.input_gradient(gradient)
            else:
                returned = layer.backward(gradient)
                gradient = layer.dinputs if returned is None else returned
        return found

    def _sum_gradients(
        self, found: list[tuple[Any, FloatArray]], share: int, n_samples: int
    ) -> None:
        """Sum the gradients of the parameters over all ranks: one maximum of powers, and one sum of integers."""
        if not found:
            return
        powers = [
            power for each, gradient in found for power in each.column_powers(gradient)
        ]
        shared = iter(self._reduced(powers, "MAX"))
        parts = []
        for layer, gradient in found:
            (part,) = layer.partial_sums(gradient, (next(shared), next(shared)))
            parts.append(part)
        sums = self._reduced([part.units * share for part in parts], "SUM")
        for (layer, _), part, units in zip(found, parts, sums):
            layer.finish([PartialSum(units, part.exponents, n_samples, part.dtype)])

    def _measured(
        self,
        losses: FloatArray,
        dtype: np.dtype[Any],
        output: FloatArray,
        y: NDArray[Any],
        rows: slice,
        share: int,
    ) -> dict[str, float]:
        """The mean loss and the metrics over all ranks' rows."""
        losses = losses[: share * len(losses)]
        (largest,) = self._reduced(
            [np.abs(losses).max(initial=0.0, keepdims=True)], "MAX"
        )
        predictions, metrics = self.loss.predictions(output), self.loss.metrics
        # Each metric is a fraction: of the samples, or of their outputs.
        n_outputs = np.shape(output)[1]
        counts = [
            round(each(predictions, y[rows]) * len(losses) * n_outputs)
            for each in metrics.values()
        ]
        total, *all_counts = self._reduced(
            [exact_sum(losses, largest.item()), *np.array(counts, np.float64)], "SUM"
        )
        mean = (total[0] + total[1]) / len(y)
        if math.isinf(total[0]) and math.isfinite(largest.item()):  # as in exact_mean
            scaled = exact_sum(losses / len(y), largest.item() / len(y))
            (total,) = self._reduced([scaled], "SUM")
            mean = min(total[0] + total[1], sys.float_info.max)
        return {"loss": float(dtype.type(mean))} | {
            name: count.item() / (len(y) * n_outputs)
            for name, count in zip(metrics, all_counts)
        }

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
        """Measure the mean loss and the metrics, each rank on its part.

        Parameters, results and errors are those of `Model.evaluate`.
        """
        if self.n_ranks == 1:
            return super().evaluate(X, y)
        X, y = model_validation.data(self, X, y)
        rows, share = self._rows(len(X))
        output = self._outputs(X[rows])
        with np.errstate(all="ignore"):
            losses, dtype, _ = self.loss._evaluate(output, y[rows])
            measured = self._measured(losses, dtype, output, y, rows, share)
            if len(X) > MAX_SAMPLES:  # the parts' sums no longer add up exactly
                own = losses[: share * len(losses)]
                every_loss = np.concatenate(self.comm.allgather(own))
                measured["loss"] = float(dtype.type(exact_mean(every_loss, len(X))))
        return measured

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predict, each rank for its part of the samples; every rank returns all predictions.

        Parameters and results are those of `Model.predict`.
        """
        if self.n_ranks == 1:
            return super().predict(X)
        X = validation.matrix("X", X)
        rows, share = self._rows(len(X))
        own = super().predict(X[rows])[: share * len(X)]
        return np.concatenate(self.comm.allgather(own))

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, classes: Sequence[type] = ()
    ) -> DataParallel:
        """Read a model that was saved, as `Model.load` does, on every rank of the job."""
        return cls(Model.load(path, classes=classes))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the model, from rank 0.

        Raises
        ------
        OSError, TypeError, ValueError
            As `Model.save`, on all ranks.
        """
        failure = None
        if self.rank == 0:
            try:
                super().save(path)
            except Exception as error:
                failure = error
        if self.n_ranks > 1:  # which waits until it is saved
            failure = self.comm.bcast(failure)
        if failure is not None:
            raise failure

    def _reduced(
        self, arrays: list[NDArray[Any]], operation: str
    ) -> list[NDArray[Any]]:
        """The elementwise maxima or sums of arrays over all ranks, as one message."""
        from mpi4py import MPI

        own = np.concatenate([np.ravel(each) for each in arrays])
        result = np.empty_like(own)
        self.comm.Allreduce(own, result, op=getattr(MPI, operation))
        ends = np.cumsum([np.size(each) for each in arrays])[:-1]
        return [
            part.reshape(np.shape(like)).astype(like.dtype, copy=False)
            for part, like in zip(np.split(result, ends), arrays)
        ]

    def _check_parameters(self) -> None:
        self._require_agreement({"the parameters": self._digest()})

    def _description(self) -> str:
        """Classes and settings of what the model is made of."""
        streams = Streams()
        parts = [*flattened(self.layers), self.loss]
        described = ", ".join(_described(part, streams) for part in parts)
        names = self.optimizer._setting_names() if self.optimizer else []
        optimizer = {name: getattr(self.optimizer, name) for name in names}
        return f"{described}, {type(self.optimizer).__name__}, {optimizer}"

    def _digest(self) -> str:
        return _digest(*values_of(self.layers))

    def _streams(self) -> str:
        """A digest of the states of the streams that shuffle and drop."""
        holders = [self, *flattened(self.layers)]
        states = json.dumps([as_json(random_state(each)) for each in holders])
        return hashlib.sha256(states.encode()).hexdigest()[:16]

    def _require_agreement(self, facts: dict[str, str]) -> None:
        """Raise, on every rank, unless all have the same facts."""
        everyone: list[dict[str, str]] = self.comm.allgather(facts)
        for rank, theirs in enumerate(everyone):
            for name, value in everyone[0].items():
                if theirs[name] != value:
                    raise RuntimeError(
                        f"the ranks do not agree on {name}: rank 0 has {value}, rank {rank} has {theirs[name]}"
                    )


def _require_independence(model: Model) -> None:
    """Raise a `TypeError` if what the model computes would depend on the number of ranks."""
    for layer in model.layers:
        if any(map(parameters_of, flattened([layer]))):
            for name in STAGES:
                if not _has_from(Dense, layer, name):
                    raise TypeError(
                        f"{type(layer).__name__} has parameters and a {name} of its own, so its gradients cannot be "
                        "summed over ranks: that takes Dense.backward, made of partial_sums, finish and input_gradient"
                    )
    for layer in flattened(model.layers):
        draws = hasattr(layer, "rng") and not _has_from(Dense, layer, "forward")
        if draws and not _has_from(Dropout, layer, "forward"):
            raise TypeError(
                f"{type(layer).__name__} has an rng and a forward of its own, so its random numbers would depend on "
                "the number of ranks: only those of Dropout.forward do not"
            )
    for part, names in (
        (model.loss, ("calculate", "gradient")),
        (model, ("forward", "backward", "train_step", "fit", "evaluate", "predict")),
    ):
        for name in names:
            if not getattr(part, name).__module__.startswith("nnfs_lib."):
                raise TypeError(
                    f"{type(part).__name__} has a {name} of its own, which several ranks would not call"
                )
    for name, metric in model.loss.metrics.items():
        if metric not in (accuracy, binary_accuracy):
            raise TypeError(
                f"{type(model.loss).__name__} measures {name!r}, which cannot be summed over ranks: "
                "only accuracy and binary_accuracy, which count, can be"
            )


def _has_from(owner: type, layer: Any, name: str) -> bool:
    """Whether a layer's method is the one of a class, not overridden or replaced."""
    method = getattr(layer, name, None)
    return getattr(method, "__func__", None) is getattr(owner, name)


def _described(part: Any, streams: Streams) -> str:
    """Class and settings, or the class alone if they are not all plain values: a text without addresses."""
    try:
        return str(settings_of(part, streams))
    except (TypeError, ValueError):
        return type(part).__name__


def _as_text(option: Any) -> str:
    """An option of `fit`: of a pair of arrays, their digest."""
    if isinstance(option, (tuple, list)):
        return _digest(*map(np.asarray, option))
    return repr(option)


def _digest(*arrays: NDArray[Any]) -> str:
    result = hashlib.sha256()
    for array in arrays:
        result.update(f"{array.shape} {array.dtype}".encode())
        result.update(np.ascontiguousarray(array).tobytes())
    return result.hexdigest()[:16]


def _world() -> Any:
    """All ranks of the job; None without mpi4py."""
    try:
        from mpi4py import MPI
    except ImportError:
        return None
    return MPI.COMM_WORLD
