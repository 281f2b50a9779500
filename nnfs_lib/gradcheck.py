"""Check a ``backward`` against numerical derivatives, and say in words what is wrong with it.

>>> import numpy as np
>>> from nnfs_lib import Dense
>>> from nnfs_lib.gradcheck import check_gradients
>>> bool(check_gradients(Dense(4, 3), np.ones((5, 4))))
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import diagnosis, validation
from .diagnosis import GradientCheck, GradientRow
from .gradcheck_run import Run, require_methods
from .parameters import flattened, parameters_of
from .settings import set_random_state
from .validation import FloatArray

__all__ = ["GradientCheck", "GradientRow", "check_gradients"]

_NOT_LOOKED_AT = "it was not looked at: check this layer on its own"


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
    require_methods(subject, takes_labels=y_true is not None)
    step = validation.number("step", step, above=0)
    tolerance = validation.number("tolerance", tolerance, above=0)
    must_return = validation.boolean("must_return", must_return)
    inputs = np.array(validation.matrix("inputs", inputs), np.float64)
    run = Run(subject, inputs, y_true, _generator(seed), must_return)
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


def _row(
    run: Run, name: str, got: Any, again: Any, step: float, tolerance: float
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
        clear = abs(far - expected) + _rounding(run.loss(), values, step) <= (
            abs(got - expected) / 2
        )
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


def _rounding(loss: float, values: FloatArray, step: float) -> FloatArray:
    """By how much a slope may be off because the loss, or an entry itself, is rounded when a step is added."""
    far = 16 * step
    is_lost = abs((values + far) - values - far) > far / 100
    return np.where(is_lost, np.inf, 2.0**-40 * abs(loss) / far)


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    try:
        if seed is None:  # which would be other numbers each time
            raise TypeError
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"seed must be an integer of at least 0 or a Generator, but it is {seed!r}"
        ) from None
