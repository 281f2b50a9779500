"""Check a ``backward`` against numerical derivatives, and say in words what is wrong with it.

>>> import numpy as np
>>> from nnfs_lib import Dense
>>> from nnfs_lib.gradcheck import check_gradients
>>> bool(check_gradients(Dense(4, 3), np.ones((5, 4))))
True
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .checks import FloatArray


@dataclass(frozen=True)
class GradientRow:
    """The verdict on one gradient: its largest relative error, and what is wrong, if anything."""

    name: str
    shape: tuple[int, ...]
    error: float
    left_out: int
    problem: str


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found. Prints as a small table; true if every gradient is right."""

    subject: str
    rows: tuple[GradientRow, ...]

    @property
    def passed(self) -> bool:
        """Whether every gradient agrees with its numerical derivative."""
        return not any(row.problem for row in self.rows)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        lines = [self.subject, f"  {'gradient':10}{'shape':10}{'largest error':15}"]
        for row in self.rows:
            verdict = "WRONG" if row.problem else "right"
            kinks = f" ({row.left_out} at a kink left out)" if row.left_out else ""
            shape = str(row.shape)
            lines.append(f"  {row.name:10}{shape:10}{row.error:<15.0e}{verdict}{kinks}")
        lines += [f"  {row.name}: {row.problem}" for row in self.rows if row.problem]
        return "\n".join(lines)


def check_gradients(
    subject: Any,
    inputs: ArrayLike,
    y_true: ArrayLike | None = None,
    *,
    seed: int = 0,
    step: float = 1e-5,
    tolerance: float = 1e-5,
) -> GradientCheck:
    """Compare what ``subject.backward`` says with central differences, in float64.

    Every entry of the inputs, and of ``weights`` and ``biases`` if there are any, is moved
    up and down by ``step``, and the change of the loss is compared with the gradient. For a
    layer or an activation the loss is a random mixture of all outputs. (With their plain
    sum, softmax would have the gradient 0, and a ``backward`` that returns zeros would
    pass.) The subject itself is left as it is: a copy with float64 parameters is checked.

    Parameters
    ----------
    subject : object
        A layer or activation with ``forward(inputs)`` and ``backward(dvalues)``, or a loss
        with ``forward(y_pred, y_true)`` and ``backward(y_pred, y_true)``; also one of your
        own. ``backward`` stores ``dinputs`` (and ``dweights``, ``dbiases``). A loss that
        stores ``output`` gets that back as the first argument of ``backward``, as
        `SoftmaxCrossEntropy` does.
    inputs : array_like, shape (n_samples, n_features)
        Where to check. A few samples are enough.
    y_true : array_like, shape (n_samples,) or (n_samples, n_classes), optional
        The labels, for a loss.
    seed : int
        For the mixture of the outputs.
    step : float, above 0
    tolerance : float, above 0
        Largest relative error that counts as right.

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError
        If ``subject`` has no ``forward`` and ``backward``, or is a class and not an object.
    ValueError
        If ``inputs`` is not a matrix of finite numbers, or a number is out of range.
    """
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
    step = checks.number("step", step, above=0)
    tolerance = checks.number("tolerance", tolerance, above=0)
    inputs = checks.matrix("inputs", inputs).astype(np.float64)
    subject = copy.deepcopy(subject)
    variables = {"dinputs": inputs}
    for parameter in ("weights", "biases"):
        if getattr(subject, parameter, None) is not None:
            values = np.array(getattr(subject, parameter), dtype=np.float64)
            setattr(subject, parameter, values)
            variables["d" + parameter] = values

    loss, backward = _layer(subject, inputs, seed)
    if y_true is not None:
        loss, backward = _loss(subject, inputs, y_true)
    loss()
    once, twice = [_gradients_after(backward, subject, variables) for _ in range(2)]
    rows = []
    for gradient, values in variables.items():
        got = once[gradient]
        expected, smooth = _central_differences(loss, values, step)
        error, problem = _compare(got, expected, smooth, tolerance, len(inputs))
        if not problem and not _close(twice[gradient], got, tolerance):
            error, problem = (
                1.0,
                (
                    "a second call of backward changes it: assign the gradient, do not add to it"
                ),
            )
        rows.append(
            GradientRow(gradient, values.shape, error, int((~smooth).sum()), problem)
        )
    return GradientCheck(type(subject).__name__, tuple(rows))


Loss = Callable[[], float]
Backward = Callable[[], object]


def _layer(subject: Any, inputs: FloatArray, seed: int) -> tuple[Loss, Backward]:
    """The loss that mixes a layer's outputs, and the call of its ``backward``."""
    mixture: list[FloatArray] = []

    def loss() -> float:
        output = subject.forward(inputs)
        output = np.asarray(subject.output if output is None else output)
        if not mixture:
            rng = np.random.default_rng(seed)
            mixture.append(2 * rng.random(output.shape) - 1)
        return float((output * mixture[0]).sum())

    return loss, lambda: subject.backward(mixture[0].copy())


def _loss(subject: Any, inputs: FloatArray, y_true: ArrayLike) -> tuple[Loss, Backward]:
    """The mean of a loss over the samples, and the call of its ``backward``."""

    def loss() -> float:
        losses = np.asarray(subject.forward(inputs, y_true), dtype=np.float64)
        return float(losses.sum() / losses.size)

    def backward() -> object:
        output = getattr(subject, "output", None)
        return subject.backward(inputs if output is None else output, y_true)

    return loss, backward


def _gradients_after(
    backward: Backward, subject: Any, variables: dict[str, FloatArray]
) -> dict[str, Any]:
    backward()
    return {name: copy.copy(getattr(subject, name, None)) for name in variables}


def _central_differences(
    loss: Loss, values: FloatArray, step: float
) -> tuple[FloatArray, np.ndarray[Any, np.dtype[np.bool_]]]:
    """The numerical gradient, and where the loss has no kink within a step."""
    middle = loss()
    forward, backward = np.empty_like(values), np.empty_like(values)
    for place in np.ndindex(values.shape):
        original = values[place]
        values[place] = original + step
        forward[place] = (loss() - middle) / step
        values[place] = original - step
        backward[place] = (middle - loss()) / step
        values[place] = original
    loss()  # leaves the subject as it was found
    scale = np.maximum(abs(forward), abs(backward)).max()
    return (forward + backward) / 2, abs(forward - backward) <= 0.05 * scale


def _compare(
    got: Any, expected: FloatArray, smooth: Any, tolerance: float, n_samples: int
) -> tuple[float, str]:
    """The largest relative error, and what is wrong ("" if nothing is)."""
    if got is None:
        return np.inf, "backward does not store it"
    got = np.asarray(got)
    if got.shape != expected.shape:
        hint = (
            ": rows and columns are exchanged"
            if got.shape == expected.shape[::-1]
            else ""
        )
        return np.inf, f"its shape is {got.shape}, expected {expected.shape}{hint}"
    if not np.isfinite(got).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(got))[0])
        return np.inf, f"it is {got[place]} at {place}"
    if not smooth.any():
        return np.inf, "every entry is at a kink: check at other inputs"
    errors = np.where(smooth, _relative_errors(got, expected), 0)
    error = float(errors.max())
    if error <= tolerance:
        return error, ""
    return error, _diagnose(got, expected, smooth, errors > tolerance, n_samples)


def _diagnose(
    got: FloatArray, expected: FloatArray, smooth: Any, wrong: Any, n_samples: int
) -> str:
    """Name the mistake that turns the expected gradient into the one that came."""
    if not got.any():
        return "it is 0 everywhere"
    if got.shape == got.shape[::-1] and _close(got.T[smooth], expected[smooth]):
        return "rows and columns are exchanged"
    large = smooth & (abs(expected) > 1e-3 * abs(expected).max())
    factors = got[large] / expected[large]
    factor = float(factors[0])
    if len(factors) > 1 and _close(got[smooth], factor * expected[smooth]):
        sign = "it has the opposite sign" if factor < 0 else ""
        size = abs(factor)
        if abs(size - 1) < 1e-4:
            return sign
        text = f"it is off by a factor of {size:.4g}"
        if abs(size / n_samples - 1) < 1e-4:
            text += ", the number of samples: was the mean forgotten?"
        elif abs(size * n_samples - 1) < 1e-4:
            text += ", one over the number of samples: was the mean taken twice?"
        return f"{text} And {sign}." if sign else text
    places = np.argwhere(wrong)
    worst = tuple(int(i) for i in places[abs(got - expected)[wrong].argmax()])
    example = f"at {worst} it is {got[worst]:.6g}, expected {expected[worst]:.6g}"
    if len(places) == 1:
        return f"one entry is wrong: {example}"
    for axis, kind in enumerate(("row", "column")):
        lines = np.unique(places[:, axis])
        if len(lines) == 1 and got.shape[axis] > 1:
            return f"{kind} {lines[0]} is wrong: {example}"
    return f"{len(places)} of {got.size} entries are wrong: {example}"


def _relative_errors(got: FloatArray, expected: FloatArray) -> FloatArray:
    """Errors relative to the entry, or to a thousandth of the largest where that is more."""
    size = np.maximum(abs(got), abs(expected))
    return abs(got - expected) / np.maximum(size, max(1e-3 * size.max(), 1e-300))


def _close(got: Any, expected: FloatArray, tolerance: float = 1e-4) -> bool:
    return bool((_relative_errors(np.asarray(got), expected) <= tolerance).all())
