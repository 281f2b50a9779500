"""Wrong answers to the exercises of the chapter on optimizers."""

import numpy as np

from nnfs_lib import SGD


def of_velocity(step):
    """An optimizer that subtracts ``step(velocity, momentum, rate, gradient)``."""

    class Made(SGD):
        def update(self, gradient, state):
            velocity = super().update(gradient, state)
            return step(velocity, self.momentum, self.current_learning_rate, gradient)

    return Made


class ForgetsTheVelocity(SGD):
    def update(self, gradient, state):
        return (1 + self.momentum) * self.current_learning_rate * gradient


def length(gradient):
    return np.sqrt((gradient * gradient).sum())


WRONG = {
    "optimizers-rate": [
        (0.25, "curvature of 16"),
        (0.5, "the steeper direction diverges"),
        (0.0625, "the best rate"),
        (0.2, "too large"),
        (-0.125, "the opposite sign"),
    ],
    "optimizers-decay": [
        (lambda f, d: 1 / (f * d), "mind the 1"),
        (lambda f, d: (1 - f) / d, "the same amount"),
        (lambda f, d: f / d - 1, "it is 4, expected 10"),
        (9000, "pass its name"),
    ],
    "optimizers-momentum": [
        ([0.1, 0.1, -0.1], "without momentum"),
        ([0.1, 0.25, 0.225], "not the velocities"),
        ([-0.1, -0.15, 0.025], "opposite sign"),
        ([0.1, 0.15, 0.175], "the last gradient is negative"),
        ([1, 1.5, -0.25], "off by a factor of 10"),
    ],
    "optimizers-first-step": [
        (lambda b, c: (1 - b) / (1 - c), "the denominator is a root"),
        (lambda b, c: b / np.sqrt(c), "and not beta_1 g"),
        (lambda b, c: np.sqrt(1 - c) / (1 - b), "turned over"),
        (lambda b, c: 1.0, "it is 1, expected 3.16228"),
    ],
    "optimizers-penalty": [
        (lambda w, d, s: d + 2 * s * w, "cancel"),
        (lambda w, d, s: d - s * w, "away from 0"),
        (lambda w, d, s: s * w, "the penalty's part alone"),
        (lambda w, d, s: d + s * w * w, "entries are wrong"),
        (lambda w, d, s: d.__iadd__(s * w), "changes the array"),
    ],
    "optimizers-clip": [
        (np.clip, "raises TypeError"),
        (lambda g, m: np.clip(g, -m, m), "turns the gradient"),
        (lambda g, m: g * m / length(g), "left as it is"),
        (lambda g, m: g * min(1, m / (g * g).sum()), "the root of the sum"),
    ],
    "optimizers-nesterov": [
        (SGD, "does not look ahead"),
        (of_velocity(lambda v, m, r, g: v + r * g), "the factor of the momentum"),
        (of_velocity(lambda v, m, r, g: m * v + g), "the learning rate"),
        (of_velocity(lambda v, m, r, g: -(m * v + r * g)), "the opposite sign"),
        (ForgetsTheVelocity, "entries are wrong"),
    ],
}
