"""What the answers of the chapter on optimizers are compared with."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ...optimizers import SGD, State
from ...validation import FloatArray
from .answers import Answer, Function, Value
from .comparison import same


def first_step(beta_1: float, beta_2: float) -> float:
    """How long Adam's first step would be without the hats, in learning rates."""
    return (1 - beta_1) / np.sqrt(1 - beta_2)


def clipped(gradient: FloatArray, longest: float) -> FloatArray:
    """The gradient, shortened to the length ``longest`` if it is longer."""
    length = np.sqrt(np.sum(gradient * gradient))
    return gradient * (longest / length) if length > longest else gradient


class Nesterov(SGD):
    """Momentum whose gradient is taken where the momentum leads."""

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        velocity = super().update(gradient, state)
        return self.momentum * velocity + self.current_learning_rate * gradient


class _KeepsTheStep(Nesterov):
    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        state["velocity"] = super().update(gradient, state)
        return np.array(state["velocity"])


class _RateOutside(SGD):
    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        velocity = self.momentum * state.get("velocity", 0.0) + gradient
        state["velocity"] = velocity
        return self.current_learning_rate * (self.momentum * velocity + gradient)


def _of_velocity(step: Callable[..., Any]) -> Callable[..., Any]:
    """The updates if ``step(velocity, momentum, rate, gradient)`` is subtracted."""

    class Optimizer(SGD):
        def update(self, gradient: FloatArray, state: State) -> Any:
            velocity = super().update(gradient, state)
            return step(velocity, self.momentum, self.current_learning_rate, gradient)

    return _steps(Optimizer)


class _OnItself(SGD):
    """Nesterov's momentum with one velocity for all parameters."""

    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        self.velocity: Any = self.momentum * getattr(self, "velocity", 0.0)
        self.velocity = self.velocity + self.current_learning_rate * gradient
        step: Any = self.momentum * self.velocity
        return np.asarray(step + self.current_learning_rate * gradient)


class _State(dict[str, Any]):
    """Says how to take what is not there yet."""

    def __missing__(self, name: str) -> Any:
        raise KeyError(
            f"state is empty at the first update: take state.get({name!r}, 0.0)"
        )


def _steps(optimizer_class: Any, decay: float = 0.1) -> Callable[..., Any]:
    """The updates that an optimizer of this class makes of some gradients, one per row, for two parameters in turn."""

    def steps(gradients: FloatArray, learning_rate: float, momentum: float) -> Any:
        optimizer = optimizer_class(
            learning_rate=learning_rate, decay=decay, momentum=momentum
        )
        states = _State(), _State()
        rows = []
        for gradient in gradients:
            optimizer.pre_update_params()
            for state, sign in zip(states, (1, -2)):
                rows.append(optimizer.update(sign * gradient, state))
                if rows[-1] is None:
                    return None
                rows[-1] = np.array(rows[-1])
            optimizer.update_iter()
        return np.array(rows)

    return steps


def _in_place(optimizer_class: Any) -> str:
    """An objection if the class changes what it is given, or has kept, in place ("" if it does not)."""
    optimizer = optimizer_class(learning_rate=0.1, decay=0.1, momentum=0.9)
    state = _State()
    for _ in range(2):
        optimizer.pre_update_params()
        arrays = {"the gradient that it is given": np.ones(3)}
        arrays |= {f"the array state[{name!r}]": kept for name, kept in state.items()}
        before = copy.deepcopy(arrays)
        optimizer.update(arrays["the gradient that it is given"], state)
        for which, array in arrays.items():
            if not same(array, before[which]):
                return f"the numbers are right, but it changes {which} in place: make a new array"
    return ""


def _length(gradient: FloatArray) -> Any:
    return np.sqrt(np.sum(gradient * gradient))


def _clipped_by(length: Callable[..., Any]) -> Callable[..., Any]:
    """Clipping with another idea of what the length is."""
    return lambda gradient, longest: (
        gradient * np.minimum(1, longest / length(gradient))
    )


_normal = np.random.default_rng(7).standard_normal
_ROWS = _normal((3, 4)) * [[0.1], [1], [10]]
_JUST_ABOVE = np.array([[0.6, 0.6], [0.6, 0.6]])

EXERCISES: dict[str, Answer] = {
    "optimizers-rate": Value(
        0.125,
        {
            "8 is half of the steeper curvature: read it off after writing the loss with 1/2 in front": 0.25,
            "with this rate the steeper direction diverges: both have to converge": 1
            / 3,
            "that is the best rate for the steeper direction; it converges up to twice that": 0.0625,
            "that is the best rate for the flatter direction; the steeper one diverges with it": 1
            / 6,
            "that would be for a curvature of 3, in the flatter direction": 2 / 3,
            "that is the best rate for both together; they converge up to a larger one": 1
            / 11,
            "that is a curvature: the rate is 2 over the curvature": 16,
            "the fraction is upside down: the limit is 2 over the curvature": 8,
        },
    ),
    "optimizers-decay": Function(
        lambda fraction, decay: (1 / fraction - 1) / decay,
        ((0.5, 0.1), (0.1, 1e-3), (0.25, 0.02), (0.8, 0.5), (1.0, 0.3)),
        {
            "mind the 1 in the denominator: after 1 / decay steps the rate has halved": lambda fraction, decay: (
                1 / fraction / decay
            ),
            "the rate does not fall by the same amount at each step": lambda fraction, decay: (
                (1 - fraction) / decay
            ),
            "divide by the decay at the end: the parentheses are missing": lambda fraction, decay: (
                1 / fraction - 1 / decay
            ),
            "divide by the decay at the end; 1 / fraction - 1 needs parentheses": lambda fraction, decay: (
                1 / fraction - 1 * decay
            ),
            "that would be for a rate that decays exponentially": lambda fraction, decay: (
                -np.log(fraction) / decay
            ),
            "that would be for a rate that is multiplied by 1 - decay at each step": lambda fraction, decay: (
                np.log(fraction) / np.log(1 - decay)
            ),
            "divide by the decay, do not multiply": lambda fraction, decay: (
                (1 / fraction - 1) * decay
            ),
            "this is the fraction after so many steps; the number of steps was asked for": lambda fraction, decay: (
                1 / (1 + decay * fraction)
            ),
            "the 1 is subtracted from 1 / fraction, not added": lambda fraction, decay: (
                (1 / fraction + 1) / decay
            ),
        },
    ),
    "optimizers-momentum": Value(
        [0.1, 0.15, -0.025],
        {
            "these are the steps without momentum: keep half of the previous velocity": [
                *[0.1, 0.1, -0.1]
            ],
            "the last gradient is negative: it turns against the velocity": [
                *[0.1, 0.15, 0.175]
            ],
            "the whole previous velocity is kept, not half of it": [0.1, 0.2, 0.1],
            "these are sums of the velocities; the velocities themselves were asked for": [
                *[0.1, 0.25, 0.225]
            ],
            "the gradient is not halved: only the previous velocity is": [
                *[0.05, 0.075, -0.0125]
            ],
            "each velocity contains half of the previous gradient; take half of the previous velocity": [
                *[0.1, 0.15, -0.05]
            ],
            "the learning rate is missing": [1, 1.5, -0.25],
            "the first velocity has no previous one: it is 0.1 times the gradient": [
                *[0.15, 0.175, -0.0125]
            ],
            "the velocity has the sign of the gradient; the step subtracts it": [
                *[-0.1, -0.15, 0.025]
            ],
        },
    ),
    "optimizers-first-step": Function(
        first_step,
        ((0.9, 0.999), (0.5, 0.75), (0.8, 0.9), (0.7, 0.6), (0.0, 0.99)),
        {
            "the denominator is a root": lambda beta_1, beta_2: (
                (1 - beta_1) / (1 - beta_2)
            ),
            "after one step m is (1 - beta_1) g, not beta_1 g": lambda beta_1, beta_2: (
                beta_1 / np.sqrt(beta_2)
            ),
            "after one step m is (1 - beta_1) g; c is right": lambda beta_1, beta_2: (
                beta_1 / np.sqrt(1 - beta_2)
            ),
            "after one step c is (1 - beta_2) g**2; m is right": lambda beta_1, beta_2: (
                (1 - beta_1) / np.sqrt(beta_2)
            ),
            "the fraction is upside down": lambda beta_1, beta_2: (
                np.sqrt(1 - beta_2) / (1 - beta_1)
            ),
            "that is with the hats: without them it depends on the betas": lambda beta_1, beta_2: (
                1.0
            ),
            "the root belongs to the denominator alone": lambda beta_1, beta_2: np.sqrt(
                (1 - beta_1) / (1 - beta_2)
            ),
            "this multiplies the two means: divide": lambda beta_1, beta_2: (
                (1 - beta_1) * np.sqrt(1 - beta_2)
            ),
            "beta_1 belongs to m, beta_2 to c: they are swapped": lambda beta_1, beta_2: (
                first_step(beta_2, beta_1)
            ),
        },
    ),
    "optimizers-penalty": Function(
        lambda w, dw, strength: dw + strength * w,
        tuple(
            (_normal(shape), _normal(shape), strength)
            for shape, strength in (((4, 3), 0.1), ((2, 5), 0.5), ((3, 3), 2.0))
        ),
        {
            "the 2 from the square and the 1/2 of the penalty cancel": lambda w, dw, strength: (
                dw + 2 * strength * w
            ),
            "the 2 from the square is missing: it cancels the 1/2 of the penalty": lambda w, dw, strength: (
                dw + strength * w / 2
            ),
            "this pushes the weights away from 0: the penalty's gradient is added": lambda w, dw, strength: (
                dw - strength * w
            ),
            "this is the penalty's part alone: add the gradient of the loss": lambda w, dw, strength: (
                strength * w
            ),
            "the strength belongs to the penalty alone, not to the gradient of the loss": lambda w, dw, strength: (
                strength * (dw + w)
            ),
            "the strength multiplies the weights": lambda w, dw, strength: dw + w,
            "the penalty is a sum over all weights, not a mean": lambda w, dw, strength: (
                dw + strength * w / w.size
            ),
            "the penalty does not depend on the number of samples or inputs: do not divide by len(weights)": (
                lambda w, dw, strength: dw + strength * w / len(w)
            ),
            "the gradient of a square is twice its base; these are the squares": lambda w, dw, strength: (
                dw + strength * w * w
            ),
            "the sign alone belongs to a penalty on absolute values": lambda w, dw, strength: (
                dw + strength * np.sign(w)
            ),
            "weights and gradient are swapped": lambda w, dw, strength: (
                w + strength * dw
            ),
            "each weight has a gradient of its own: this is the penalty for all of them": lambda w, dw, strength: (
                dw + strength / 2 * np.sum(w * w)
            ),
        },
    ),
    "optimizers-clip": Function(
        clipped,
        (
            (3 * _normal((4, 3)), 1.0),
            (0.1 * _normal((2, 5)), 1.0),
            (20 * _normal((3, 2)), 5.0),
            (_normal((3, 3)), 0.25),
            (_ROWS, 4.0),
            (_normal((2, 3)), 7.0),
            (_JUST_ABOVE, 1.0),
            (np.zeros((2, 2)), 0.5),
        ),
        {
            "each entry is clipped by itself, which turns the gradient: shorten all by one factor": lambda g, longest: (
                np.clip(g, -longest, longest)
            ),
            "each row is clipped by itself, which turns the gradient: shorten all by one factor": _clipped_by(
                lambda g: np.sqrt((g * g).sum(axis=1, keepdims=True))
            ),
            "each column is clipped by itself, which turns the gradient: shorten all by one factor": _clipped_by(
                lambda g: np.sqrt((g * g).sum(axis=0))
            ),
            "a short gradient should be left as it is": lambda g, longest: (
                g * longest / _length(g)
            ),
            "the length becomes 1 here; it should become longest": lambda g, longest: (
                g / max(_length(g), 1e-300) if _length(g) > longest else g
            ),
            "the length becomes 1 here, even that of a short gradient": lambda g, longest: (
                g / _length(g)
            ),
            "the length is the root of the sum of squares": _clipped_by(
                lambda g: np.sum(g * g)
            ),
            "the length is the root of the sum of squares, not the sum of magnitudes": _clipped_by(
                lambda g: np.sum(abs(g))
            ),
            "the length is the root of the sum of squares, not the largest entry": _clipped_by(
                lambda g: np.max(abs(g))
            ),
            "the sum of squares was asked for; this takes their mean": _clipped_by(
                lambda g: np.sqrt(np.mean(g * g))
            ),
            "with 2, np.linalg.norm gives the largest singular value of a matrix: leave the 2 out": _clipped_by(
                lambda g: np.linalg.norm(g, 2)
            ),
            "a long gradient is shortened, not set to 0": lambda g, longest: (
                g * (_length(g) <= longest)
            ),
            "nothing is clipped here": lambda g, longest: g,
        },
    ),
    "optimizers-nesterov": Function(
        _steps(Nesterov),
        (
            (_normal((5, 3)), 0.1, 0.9),
            (_normal((3, 4)), 1.0, 0.5),
            (_normal((4, 2)), 0.3, 0.0),
        ),
        {
            "that is the momentum of the chapter: it does not look ahead": _steps(SGD),
            "the velocity has to be multiplied by the momentum in what is subtracted": _of_velocity(
                lambda v, m, rate, g: v + rate * g
            ),
            "the gradient has to be multiplied by the learning rate in what is subtracted": _of_velocity(
                lambda v, m, rate, g: m * v + g
            ),
            "the gradient is missing in what is subtracted": _of_velocity(
                lambda v, m, rate, g: m * v
            ),
            "the gradient is added to the momentum's part, not the velocity again": _of_velocity(
                lambda v, m, rate, g: m * v + v
            ),
            "a sign is wrong: the new velocity's part is added": _of_velocity(
                lambda v, m, rate, g: v - m * v
            ),
            "the velocity is not kept: put the new one into state": _of_velocity(
                lambda v, m, rate, g: m * rate * g + rate * g
            ),
            "each parameter has a velocity of its own: keep it in state, not in the optimizer": _steps(
                _OnItself
            ),
            "state has to hold the velocity, not what is subtracted": _steps(
                _KeepsTheStep
            ),
            "take the learning rate of this step, which decays: current_learning_rate": _steps(
                Nesterov, decay=0.0
            ),
            "the learning rate belongs inside the velocity, each gradient with the rate of its own step": _steps(
                _RateOutside
            ),
        },
        through=_steps,
        is_class=True,
        written=_in_place,
    ),
}
