"""What layers, activations and losses share."""

from __future__ import annotations

import copy
from typing import Any

from .parameters import Parameter

_OF_THE_LAST_BATCH = {
    "nnfs_lib.base.Layer": {"inputs", "output", "dinputs"},
    "nnfs_lib.layers.Dense": {"_inputs_and_one", "_weights", "_biases"},
    "nnfs_lib.activations.ReLU": {"_positive"},
    "nnfs_lib.activations.Sigmoid": {"_kept"},
    "nnfs_lib.activations.Softmax": {"_kept"},
    "nnfs_lib.regularization.Dropout": {"_dropped", "part"},
    "nnfs_lib.loss_base.Loss": {"_remembered", "_kept"},
}
"""Attributes that ``forward`` and ``backward`` of these classes set anew: a stored layer does without them."""


class Layer:
    """A step of a network, with ``forward`` and ``backward``."""

    def parameters(self) -> list[Parameter]:
        """What training changes: nothing, in the library's own activations and losses.

        A derived class that does not define the method has what an object without it has: see
        `parameters.parameters_of`. One whose ``weights`` are fixed returns an empty list.
        """
        return []

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: everything except the last batch."""
        kinds = [f"{kind.__module__}.{kind.__name__}" for kind in type(self).__mro__]
        left = {name for kind in kinds for name in _OF_THE_LAST_BATCH.get(kind, ())}
        return {name: value for name, value in vars(self).items() if name not in left}

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A copy in memory includes the last batch: ``backward`` goes on from there."""
        duplicate = type(self).__new__(type(self))
        memo[id(self)] = duplicate
        vars(duplicate).update(copy.deepcopy(vars(self), memo))
        return duplicate

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
