"""What the gradient checker runs: a copy of its subject in float64, once it has the methods that it needs."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import diagnosis, validation
from .parameters import flattened, parameter_names, parameters_method
from .settings import random_state, set_random_state
from .validation import FloatArray

_LABELS = re.compile(r"[yt]|y_.*|.*(true|truth|label|target|class|expected).*")
"""What the labels are usually called in a loss."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Run:
    """A float64 copy of the subject, and the number whose derivatives are checked: its loss."""

    def __init__(
        self,
        subject: Any,
        inputs: FloatArray,
        y_true: ArrayLike | None,
        rng: np.random.Generator,
        must_return: bool,
    ) -> None:
        self.subject, self.rng = copy.deepcopy(subject), rng
        self.drawn_from = random_state(self.subject)
        self.must_return = must_return
        self.labels = None if y_true is None else validation.array("y_true", y_true)
        self.mixture: FloatArray | None = None
        self.changed_argument = self.wrong_result = ""
        self.variables = {"dinputs": inputs}
        self._adopt(parameter_names(self.subject))
        for layer in flattened([self.subject])[1:]:
            for name in parameter_names(layer):
                setattr(layer, name, np.array(getattr(layer, name), np.float64))

    def loss(self) -> float:
        """The mean of a loss over the samples; for a layer, a mixture of its outputs."""
        result = self._call("forward", self.variables["dinputs"])
        if result is None:
            result = getattr(self.subject, "output", None)
        if result is None:
            name = type(self.subject).__name__
            raise TypeError(
                f"{name}.forward must return its output, or store it as output"
            )
        output = np.asarray(result)
        if output.dtype.kind == "f" and output.itemsize < 8:
            raise ValueError(
                f"forward rounds to {output.dtype}, although it is given float64: its differences would be all "
                "rounding (after nnfs.init(), np.dot does so: take @)"
            )
        if self.labels is not None:
            return float(output.sum() / output.size)
        if self.mixture is None:
            self.mixture = 2 * self.rng.random(output.shape) - 1
        penalty = getattr(self.subject, "penalty", None)
        added = float(penalty()) if callable(penalty) else 0.0
        return float((output * self.mixture).sum()) + added

    def gradients(self) -> dict[str, Any]:
        """What ``backward`` stores; look at what it returns, too."""
        upstream = self.mixture
        if upstream is None:  # a loss: the probabilities that it stores, or its inputs
            upstream = self.variables["dinputs"]
            output = getattr(self.subject, "output", None)
            if output is not None and np.shape(output) == upstream.shape:
                upstream = np.asarray(output)
        returned = self._call("backward", upstream)
        stored = {
            name: copy.copy(getattr(self.subject, name, None))
            for name in self.variables
        }
        self.wrong_result = self.wrong_result or diagnosis.of_result(
            returned, stored["dinputs"], required=self.must_return
        )
        return stored

    def check_loss(self) -> None:
        """Raise an error if the loss has no derivatives that could be measured."""
        name, value = type(self.subject).__name__, self.loss()
        if not np.isfinite(value):
            raise ValueError(
                f"{name}.forward gives NaN or infinity for these inputs: there is nothing to compare with"
            )
        if self.loss() != value:
            raise ValueError(
                f"{name}.forward gives another result when it is called again with the same inputs "
                "(dropout?): let it draw the same random numbers each time"
            )

    def find_parameters(self) -> None:
        """Find the parameters that only show once forward and backward have run; drop what forward computes anew."""
        # Of a copy, because backward may add to gradients.
        trial = copy.deepcopy(self)
        trial.gradients()
        self._adopt(parameter_names(trial.subject))
        self.loss()
        if not parameters_method(self.subject):
            certain = "dweights", "dbiases"
            self.variables = {
                name: values
                for name, values in self.variables.items()
                if name in certain or not self.is_detached(name)
            }

    def is_detached(self, name: str) -> bool:
        """Whether the subject has another array now in place of the parameter with this gradient."""
        values = getattr(self.subject, name[1:], None)
        return name != "dinputs" and not (
            isinstance(values, np.ndarray)
            and np.shares_memory(values, self.variables[name])
        )

    def _adopt(self, names: list[str]) -> None:
        """Turn these parameters of the subject into float64, and add them to the variables."""
        for name in names:
            given = getattr(self.subject, name, None)
            if given is not None and "d" + name not in self.variables:
                values = np.array(validation.floats(name, given), np.float64)
                setattr(self.subject, name, values)
                self.variables["d" + name] = values

    def _call(self, method: str, argument: FloatArray) -> Any:
        if method == "forward":  # the same random numbers each time
            set_random_state(self.subject, self.drawn_from)
        given = argument.copy()
        labels = () if self.labels is None else (self.labels.copy(),)
        result = getattr(self.subject, method)(given, *labels)
        if (given != argument).any() or any(
            (each != self.labels).any() for each in labels
        ):
            self.changed_argument = f"{method} changes the array that it is given: let it work on a copy of it"
        return result


def require_methods(subject: Any, *, takes_labels: bool) -> None:
    """Raise a `TypeError` unless the subject has a forward and a backward that can be called as the check does."""
    if isinstance(subject, type):
        raise TypeError(
            f"subject is the class {subject.__name__}: pass an object of it"
        )
    if not validation.has_forward_and_backward(subject):
        raise TypeError(
            f"subject must have the methods forward and backward: {subject!r}"
        )
    for method, argument in (("forward", "inputs"), ("backward", "dvalues")):
        _check_arguments(subject, method, argument, takes_labels)


def _check_arguments(
    subject: Any, method: str, argument: str, takes_labels: bool
) -> None:
    """Raise an error if the method cannot be called with its first argument, or with that and labels."""
    name, given = f"{type(subject).__name__}.{method}", 1 + takes_labels
    n_places, missing = _needs(getattr(subject, method), given)
    if n_places == 0:
        raise TypeError(f"{name} takes no {argument} (was self forgotten?)")
    if n_places < given:
        raise TypeError(f"y_true is given, but {name} takes no labels")
    if not missing:
        return
    if not takes_labels and _LABELS.fullmatch(missing[0]):
        raise TypeError(f"y_true is missing: {name} needs more than its inputs")
    advice = (
        "give it a default value" if len(missing) == 1 else "give them default values"
    )
    call = f"{method}(y_pred, y_true)" if takes_labels else f"{method}({argument})"
    is_loss = (
        not takes_labels and method == "forward" and _needs(subject.backward, 1)[1]
    )
    hint = "; or is this a loss? Its labels are y_true" if is_loss else ""
    raise TypeError(
        f"{name} also needs {' and '.join(missing)}: {advice}, for the check calls {call}{hint}"
    )


def _needs(method: Callable[..., Any], given: int) -> tuple[float, list[str]]:
    """How many arguments the method takes by position, and which it needs beyond those given."""
    try:
        arguments = list(inspect.signature(method).parameters.values())
    except ValueError:  # compiled, and so unknown
        return np.inf, []
    kinds = [one.kind for one in arguments]
    any_number = inspect.Parameter.VAR_POSITIONAL in kinds
    named = [one for one in arguments[given:] if one.kind not in _VARIADIC]
    missing = [one.name for one in named if one.default is one.empty]
    n_places = sum(
        kind not in (*_VARIADIC, inspect.Parameter.KEYWORD_ONLY) for kind in kinds
    )
    return np.inf if any_number else n_places, missing
