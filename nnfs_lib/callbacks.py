"""Callbacks for `Model.fit`: functions that are called with the model after each epoch, and may stop it."""

from __future__ import annotations

import math
from typing import Any, SupportsIndex

from . import validation
from .parameters import values_of


class EarlyStopping:
    """Stops when a quantity has not improved for a while.

    It starts anew after it has stopped a run, and with another model.

    Parameters
    ----------
    monitor : str
        What to watch: a key of the model's ``history``. If it ends in "loss", lower is better; otherwise higher is.
        What is measured in training ("loss") is a mean over the epoch's steps, before each of them: it is not that of
        the parameters at the end of the epoch, which are the ones that are restored.
    patience : int
        Training stops after this many epochs without a new best.
    restore_best : bool
        Whether the model gets back the parameters of its best epoch when training is stopped. If the epochs run out
        before, it keeps those of the last one.

    Attributes
    ----------
    best : float
        The best value so far.

    References
    ----------
    L. Prechelt, "Early stopping - but when?", in Neural Networks: Tricks of the Trade, Springer, 1998.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        *,
        patience: SupportsIndex = 10,
        restore_best: bool = True,
    ) -> None:
        if not isinstance(monitor, str):
            raise TypeError(
                f"monitor must be a key of the history, such as 'val_loss', but it is {monitor!r}"
            )
        self.monitor = monitor
        self.patience = validation.positive_integer("patience", patience)
        self.restore_best = validation.boolean("restore_best", restore_best)
        self._start()

    def _start(self) -> None:
        self.best = math.inf if self.monitor.endswith("loss") else -math.inf
        self._since_best = 0
        self._parameters: list[Any] = []
        self._watched: list[float] = []  # the list of the history
        self._seen: list[float] = []  # what it held after the last epoch
        self._has_stopped = False

    def __call__(self, model: Any) -> bool:
        """Look at the last epoch, and say whether training should stop.

        Raises
        ------
        ValueError
            If the quantity was not measured.
        """
        if self.monitor not in model.history:
            raise ValueError(
                f"{self.monitor} is not in the history, which holds {str(list(model.history))[1:-1]}: "
                "is validation_data missing?"
            )
        values = model.history[self.monitor]
        if values is self._watched and len(values) == len(self._seen):
            raise ValueError(
                f"{self.monitor} was not measured in this epoch: is validation_data missing?"
            )
        if self._has_stopped or values[:-1] != self._seen:
            self._start()
        self._watched, self._seen, value = values, values.copy(), values[-1]
        current = values_of(model.layers)
        if value < self.best if self.monitor.endswith("loss") else value > self.best:
            self.best, self._since_best = value, 0
            self._parameters = [each.copy() for each in current]
            return False
        self._since_best += 1
        if self._since_best < self.patience:
            return False
        self._has_stopped = True
        if self.restore_best:
            for each, best in zip(current, self._parameters):
                each[...] = best
        return True
