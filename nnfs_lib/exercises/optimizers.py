"""What the answers of the chapter on optimizers are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..optimizers import SGD, State
from ..validation import FloatArray
from .answers import Answer, Function, Value


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


class _WithoutMomentum(SGD):
    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        return super().update(gradient, state) + self.current_learning_rate * gradient


class _WithoutRate(SGD):
    def update(self, gradient: FloatArray, state: State) -> FloatArray:
        return self.momentum * super().update(gradient, state) + gradient


def _steps(optimizer_class: Any) -> Callable[..., Any]:
    """The updates that an optimizer of this class makes of some gradients, one per row."""

    def steps(gradients: FloatArray, learning_rate: float, momentum: float) -> Any:
        optimizer = optimizer_class(
            learning_rate=learning_rate, decay=0.1, momentum=momentum
        )
        state: State = {}
        rows = []
        for gradient in gradients:
            optimizer.pre_update_params()
            rows.append(optimizer.update(gradient.copy(), state))
            if rows[-1] is None:
                return None
            rows[-1] = np.array(rows[-1])
            optimizer.update_iter()
        return np.array(rows)

    return steps


_normal = np.random.default_rng(7).standard_normal

EXERCISES: dict[str, Answer] = {
    "optimizers-rate": Value(
        0.125,
        {
            "the loss is half the curvature times the square: 8 stands for a curvature of 16": 0.25,
            "with this rate the steeper direction diverges: ask it first": 0.5,
            "that is the best rate for the steeper direction; it converges up to twice that": 0.0625,
            "that would be for the curvatures 2 and 8, in the flatter direction": 1,
        },
    ),
    "optimizers-decay": Function(
        lambda fraction, decay: (1 / fraction - 1) / decay,
        ((0.5, 0.1), (0.1, 1e-3), (0.25, 0.02)),
        {
            "mind the 1 in the denominator: after 1 / decay steps the rate has halved": lambda fraction, decay: (
                1 / fraction / decay
            ),
            "the rate does not fall by the same amount at each step": lambda fraction, decay: (
                (1 - fraction) / decay
            ),
        },
    ),
    "optimizers-momentum": Value(
        [0.1, 0.15, -0.025],
        {
            "these are the steps without momentum: keep half of the last velocity": [
                *[0.1, 0.1, -0.1]
            ],
            "the last gradient is negative: it turns against the velocity": [
                *[0.1, 0.15, 0.175]
            ],
            "the whole last velocity is kept, and not half of it": [0.1, 0.2, 0.1],
            "these are the places, and not the velocities: add nothing up": [
                *[0.1, 0.25, 0.225]
            ],
        },
    ),
    "optimizers-first-step": Function(
        first_step,
        ((0.9, 0.999), (0.5, 0.75), (0.8, 0.9)),
        {
            "the denominator is a root": lambda beta_1, beta_2: (
                (1 - beta_1) / (1 - beta_2)
            ),
            "after one step m is (1 - beta_1) g, and not beta_1 g": lambda beta_1, beta_2: (
                beta_1 / np.sqrt(beta_2)
            ),
            "the fraction is turned over": lambda beta_1, beta_2: (
                np.sqrt(1 - beta_2) / (1 - beta_1)
            ),
        },
    ),
    "optimizers-penalty": Function(
        lambda w, dw, strength: dw + strength * w,
        tuple(
            (_normal(shape), _normal(shape), strength)
            for shape, strength in (((4, 3), 0.1), ((2, 5), 0.5))
        ),
        {
            "the 2 from the square and the 1/2 of the penalty cancel": lambda w, dw, strength: (
                dw + 2 * strength * w
            ),
            "this pushes the weights away from 0: the penalty's gradient is added": lambda w, dw, strength: (
                dw - strength * w
            ),
            "this is the penalty's part alone: the gradient of the loss belongs to it": lambda w, dw, strength: (
                strength * w
            ),
        },
    ),
    "optimizers-clip": Function(
        clipped,
        tuple(
            (size * _normal(shape), 1.0)
            for size, shape in ((3, (4, 3)), (0.1, (2, 5)), (20, (3, 2)))
        ),
        {
            "each entry is clipped by itself, which turns the gradient: shorten all by one factor": lambda g, longest: (
                np.clip(g, -longest, longest)
            ),
            "a short gradient should be left as it is": lambda g, longest: (
                g * longest / np.sqrt(np.sum(g * g))
            ),
            "the length is the root of the sum of squares": lambda g, longest: (
                g * min(1.0, longest / np.sum(g * g))
            ),
        },
    ),
    "optimizers-nesterov": Function(
        _steps(Nesterov),
        ((_normal((5, 3)), 0.1, 0.9), (_normal((3, 4)), 1.0, 0.5)),
        {
            "that is the momentum of the chapter: it does not look ahead": _steps(SGD),
            "the velocity in what is subtracted needs the factor of the momentum": _steps(
                _WithoutMomentum
            ),
            "the gradient in what is subtracted needs the learning rate": _steps(
                _WithoutRate
            ),
        },
        through=_steps,
    ),
}
