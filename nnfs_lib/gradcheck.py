"""Check a ``backward`` against numerical derivatives, and say in words what is wrong with it.

>>> import numpy as np
>>> from nnfs_lib import Dense
>>> from nnfs_lib.gradcheck import check_gradients
>>> bool(check_gradients(Dense(4, 3), np.ones((5, 4))))
True
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import diagnosis, validation
from .diagnosis import GradientCheck, GradientRow
from .validation import FloatArray

__all__ = ["GradientCheck", "GradientRow", "check_gradients"]


def check_gradients(
    subject: Any,
    inputs: ArrayLike,
    y_true: ArrayLike | None = None,
    *,
    seed: int | np.random.Generator = 0,
    step: float = 1e-5,
    tolerance: float = 1e-5,
) -> GradientCheck:
    """Compare what ``subject.backward`` says with central differences, in float64.

    Every entry of the inputs, and of ``weights`` and ``biases`` if there are any, is moved
    up and down by ``step``, and the change of the loss is compared with the gradient. For a
    layer or an activation the loss is a random mixture of all outputs. (With their plain
    sum, softmax would have the gradient 0, and a ``backward`` that returns zeros would
    pass.) The subject itself is left as it is: a copy with float64 parameters is checked.

    An entry at a kink, such as ReLU's at 0, has no derivative. It is left out if the gradient
    there lies between the slopes on the two sides, and the table counts such entries.

    Parameters
    ----------
    subject : object
        A layer or activation with ``forward(inputs)`` and ``backward(dvalues)``, or a loss
        with ``forward(y_pred, y_true)`` and ``backward(y_pred, y_true)``; also one of your
        own. ``backward`` stores ``dinputs`` (and ``dweights``, ``dbiases``). A loss that
        stores ``output`` gets that back as the first argument of ``backward``, as
        `SoftmaxCrossEntropy` does.
    inputs : array_like, shape (n_samples, n_features)
        Where to check: ``y_pred`` or logits, for a loss. A few samples are enough, and
        numbers around 1 are best, because the step is the same for all.
    y_true : array_like, shape (n_samples,) or (n_samples, n_classes), optional
        The labels, for a loss.
    seed : int or numpy.random.Generator
        For the mixture of the outputs.
    step : float, above 0
        Where it does not confirm a gradient, steps 16 times larger and smaller are tried: a
        larger one suffers less from rounding, a smaller one less from curvature.
    tolerance : float, above 0
        Largest relative error that counts as right.

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError
        If ``subject`` has no ``forward`` and ``backward``, is a class and not an object, or
        ``forward`` takes labels and none are given, or gives no output.
    ValueError
        If ``inputs`` is not a matrix of finite numbers, a number is out of range, or ``forward``
        gives NaN, or not the same result when called again.
    """
    _check_methods(subject, takes_labels=y_true is not None)
    step = validation.number("step", step, above=0)
    tolerance = validation.number("tolerance", tolerance, above=0)
    inputs = validation.matrix("inputs", inputs).astype(np.float64)
    run = _Run(subject, inputs, y_true, _generator(seed))
    run.check_loss()
    once, twice = run.gradients(), run.gradients()
    rows = tuple(
        _row(run, name, once[name], twice[name], step, tolerance)
        for name in run.variables
    )
    return GradientCheck(type(subject).__name__, rows)


class _Run:
    """A float64 copy of the subject, and the number whose derivatives are checked: its loss."""

    def __init__(
        self,
        subject: Any,
        inputs: FloatArray,
        y_true: ArrayLike | None,
        rng: np.random.Generator,
    ) -> None:
        self.subject, self.rng = copy.deepcopy(subject), rng
        self.labels = None if y_true is None else validation.array("y_true", y_true)
        self.mixture: FloatArray | None = None
        self.changed_argument = ""
        self.variables = {"dinputs": inputs}
        for name in ("weights", "biases"):
            if getattr(self.subject, name, None) is not None:
                values = np.array(getattr(self.subject, name), dtype=np.float64)
                setattr(self.subject, name, values)
                self.variables["d" + name] = values

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
        return float((output * self.mixture).sum())

    def gradients(self) -> dict[str, Any]:
        """What ``backward`` stores."""
        upstream = self.mixture
        if upstream is None:  # a loss: the probabilities that it stores, or its inputs
            upstream = self.variables["dinputs"]
            output = getattr(self.subject, "output", None)
            if output is not None and np.shape(output) == upstream.shape:
                upstream = np.asarray(output)
        self._call("backward", upstream)
        return {
            name: copy.copy(getattr(self.subject, name, None))
            for name in self.variables
        }

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

    def _call(self, method: str, argument: FloatArray) -> Any:
        given = argument.copy()
        labels = () if self.labels is None else (self.labels.copy(),)
        result = getattr(self.subject, method)(given, *labels)
        if (given != argument).any():
            self.changed_argument = f"{method} changes the array that it is given: let it work on a copy of it"
        return result


def _row(
    run: _Run, name: str, got: Any, again: Any, step: float, tolerance: float
) -> GradientRow:
    """Compare one gradient with differences of the loss."""
    values, n_samples = run.variables[name], len(run.variables["dinputs"])
    problem = diagnosis.not_comparable(got, values.shape, n_samples)
    if problem:
        return GradientRow(name, values.shape, np.inf, 0, problem)
    got = np.asarray(got, dtype=np.float64)
    expected, jump = _slopes(run.loss, values, step)
    errors = diagnosis.relative_errors(got, expected)
    wrong, kink = ~(errors <= tolerance), np.zeros(got.shape, dtype=np.bool_)
    clear, far = ~kink, expected
    if wrong.any():  # only what every step contradicts is wrong
        near, _ = _slopes(run.loss, values, step / 16)
        far, far_jump = _slopes(run.loss, values, step * 16)
        for other in (near, far):
            errors = np.fmin(errors, diagnosis.relative_errors(got, other))
        # the slopes of a smooth loss part 16 times further; those at a kink stay apart
        kink = (errors > tolerance) & (abs(got - expected) <= 0.501 * abs(jump))
        kink &= (abs(jump) <= 4 * abs(far_jump)) & (abs(far_jump) <= 4 * abs(jump))
        errors[kink] = 0
        wrong = ~(errors <= tolerance)
        # a numerical derivative whose error may be as large as the gradient's proves nothing
        clear = abs(far - expected) <= abs(got - expected) / 2
    problem = diagnosis.of_repetition(got, np.asarray(again), expected)
    worst = np.where(wrong, abs(got - expected), 0).argmax()
    unclear = not problem and bool(
        kink.all() or (wrong.any() and not clear.flat[worst])
    )
    if kink.all():
        problem = "every entry is at a kink: check at other inputs"
    elif unclear:
        problem = diagnosis.of_unclear(expected, far, int(worst))
    elif wrong.any() and not problem:
        smooth = abs(jump) <= 0.1 * abs(expected)
        problem = diagnosis.of_mistake(got, expected, smooth, wrong, n_samples)
    if name == "dinputs":
        problem = problem or run.changed_argument
    errors[np.isnan(errors) | kink.all()] = np.inf
    error = float(errors.max())
    return GradientRow(name, got.shape, error, int(kink.sum()), problem, unclear)


def _slopes(
    loss: Callable[[], float], values: FloatArray, step: float
) -> tuple[FloatArray, FloatArray]:
    """The slope of the loss in each entry, and by how much it is steeper ahead than behind.

    NaN where ``forward`` refuses what is a step away, as a probability below 0.
    """
    middle = loss()
    ahead, behind = np.empty_like(values), np.empty_like(values)
    for place in np.ndindex(values.shape):
        original = values[place]
        for slopes, signed_step in ((ahead, step), (behind, -step)):
            values[place] = original + signed_step
            try:
                slopes[place] = (loss() - middle) / signed_step
            except ValueError:
                slopes[place] = np.nan
        values[place] = original
    return (ahead + behind) / 2, ahead - behind


def _check_methods(subject: Any, *, takes_labels: bool) -> None:
    if isinstance(subject, type):
        raise TypeError(
            f"subject is the class {subject.__name__}: pass an object of it"
        )
    if not all(
        callable(getattr(subject, name, None)) for name in ("forward", "backward")
    ):
        raise TypeError(
            f"subject must have the methods forward and backward: {subject!r}"
        )
    name = type(subject).__name__
    try:
        inspect.signature(subject.forward).bind(*[None] * (1 + takes_labels))
    except TypeError:
        if takes_labels:
            raise TypeError(
                f"y_true is given, but {name}.forward takes no labels"
            ) from None
        raise TypeError(
            f"y_true is missing: {name}.forward needs more than its inputs"
        ) from None


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"seed must be an integer of at least 0 or a Generator, but it is {seed!r}"
        ) from None
