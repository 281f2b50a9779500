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
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import diagnosis, validation
from .diagnosis import GradientCheck, GradientRow
from .parameters import flattened, parameter_names, parameters_of
from .settings import random_state, set_random_state
from .validation import FloatArray

__all__ = ["GradientCheck", "GradientRow", "check_gradients"]

_LABELS = re.compile(r"[yt]|y_.*|.*(true|truth|label|target|class|expected).*")
"""What the labels are usually called in a loss."""

_NOT_LOOKED_AT = "it was not looked at: check this layer on its own"

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def check_gradients(
    subject: Any,
    inputs: ArrayLike,
    y_true: ArrayLike | None = None,
    *,
    seed: int | np.random.Generator = 0,
    step: float = 1e-5,
    tolerance: float = 1e-5,
    must_return: bool = False,
) -> GradientCheck:
    """Compare what ``subject.backward`` says with central differences, in float64.

    Every entry of the inputs and of the parameters is moved up and down by ``step``, and
    the change of the loss is compared with the gradient. For a layer or an activation the
    loss is a random mixture of all outputs. (With their plain sum, softmax would have the
    gradient 0, and a ``backward`` that returns zeros would pass.) The subject itself is left
    as it is: a copy with float64 parameters is checked.

    What ``forward`` draws from a stream that the subject holds as ``rng`` is the same each time, so
    dropout can be checked. If the subject has a ``penalty()``, that is part of the loss.

    The parameters are those that the subject's method ``parameters`` lists. If it has none,
    they are ``weights``, ``biases`` and every other attribute that has a gradient of its name
    beside it after ``backward``, as ``gamma`` has ``dgamma``.

    Of a subject that is made of layers, in a list ``layers``, the gradient of the inputs is
    checked. Those of the layers' parameters are unclear: check each layer on its own.

    If ``backward`` returns anything, it has to be the gradient of the inputs.

    An entry at a kink, such as ReLU's at 0, has no derivative. It is left out if the gradient
    there lies between the slopes on the two sides, and the table counts such entries.

    Parameters
    ----------
    subject : object
        A layer or activation with ``forward(inputs)`` and ``backward(dvalues)``, or a loss
        with ``forward(y_pred, y_true)`` and ``backward(y_pred, y_true)``; also one of your
        own. ``backward`` stores ``dinputs`` (and ``dweights``, ``dbiases``, or whatever its
        parameters are called). A loss that stores ``output`` gets that back as the first
        argument of ``backward``, as `SoftmaxCrossEntropy` does.
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
    must_return : bool
        Whether ``backward`` has to return the gradient of the inputs, and not only store it.

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError
        If ``subject`` has no ``forward`` and ``backward``, or is a class and not an object; if
        one of these methods needs labels and none are given, or needs anything else; or if
        ``forward`` gives no output.
    ValueError
        If ``inputs`` is not a matrix of finite numbers, a number is out of range, or ``forward``
        gives NaN, or not the same result when called again.
    """
    _check_methods(subject, takes_labels=y_true is not None)
    step = validation.number("step", step, above=0)
    tolerance = validation.number("tolerance", tolerance, above=0)
    inputs = np.array(validation.matrix("inputs", inputs), np.float64)
    run = _Run(subject, inputs, y_true, _generator(seed), must_return)
    try:
        run.check_loss()
        run.find_parameters()
        once, twice = run.gradients(), run.gradients()
        rows = tuple(
            _row(run, name, once[name], twice[name], step, tolerance)
            for name in run.variables
        )
    finally:  # the stream may be NumPy's global one
        set_random_state(run.subject, run.drawn_from)
    return GradientCheck(type(subject).__name__, (*rows, *_rows_of_inner(subject)))


def _rows_of_inner(subject: Any) -> list[GradientRow]:
    """A verdict for each parameter of the layers that the subject is made of."""
    return [
        GradientRow(
            f"d{name} of {layer!r}",
            value.shape,
            np.inf,
            0,
            _NOT_LOOKED_AT,
            unclear=True,
        )
        for layer in flattened([subject])[1:]
        for name, value, _ in parameters_of(layer)
    ]


class _Run:
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
        trial = copy.deepcopy(
            self
        )  # backward may add to gradients: not to the subject's
        trial.gradients()
        self._adopt(parameter_names(trial.subject))
        self.loss()
        if not callable(getattr(self.subject, "parameters", None)):
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
    if run.is_detached(name):
        return GradientRow(
            name, values.shape, np.inf, 0, diagnosis.of_detached(name), unclear=True
        )
    got = np.asarray(got, dtype=np.float64)
    expected, jump = _slopes(run.loss, values, step)
    errors = np.asarray(diagnosis.relative_errors(got, expected))
    wrong, kink = ~(errors <= tolerance), np.zeros(got.shape, dtype=np.bool_)
    clear, far = ~kink, expected
    if wrong.any():  # only what every step contradicts is wrong
        near, _ = _slopes(run.loss, values, step / 16)
        far, far_jump = _slopes(run.loss, values, step * 16)
        for other in (near, far):
            errors = np.asarray(np.fmin(errors, diagnosis.relative_errors(got, other)))
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
        problem = problem or run.changed_argument or run.wrong_result
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


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"seed must be an integer of at least 0 or a Generator, but it is {seed!r}"
        ) from None
