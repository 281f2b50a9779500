"""Right answers to the exercises of the chapter on optimizers."""

from fractions import Fraction

import numpy as np

from nnfs_lib import SGD


def in_place(gradient, longest):
    result = gradient.copy()
    length = np.linalg.norm(result)
    if length > longest:
        result *= longest
        result /= length
    return result


def first_step_by_hand(beta_1, beta_2):
    mean, mean_square = 1 - beta_1, 1 - beta_2
    return mean / mean_square**0.5


class NesterovOfBothVelocities(SGD):
    def update(self, gradient, state):
        old = state.get("v", np.zeros_like(gradient))
        state["v"] = self.momentum * old + self.current_learning_rate * gradient
        return state["v"] - self.momentum * old + self.momentum * state["v"]


class NesterovOfSGD(SGD):
    def update(self, gradient, state):
        ahead = super().update(gradient, state)
        return self.current_learning_rate * gradient + ahead * self.momentum


class NesterovByParts(SGD):
    def update(self, gradient, state):
        step = self.current_learning_rate * gradient
        if not state:
            state["velocity"] = step
            return step + self.momentum * step
        velocity = np.multiply(state["velocity"], self.momentum)
        state["velocity"] = np.add(velocity, step, out=velocity)
        return step + self.momentum * velocity


class NesterovWithoutDefaults(NesterovByParts):
    def __init__(self, learning_rate, decay, momentum):
        super().__init__(learning_rate=learning_rate, decay=decay, momentum=momentum)

    def pre_update_params(self):
        super().pre_update_params()
        self.rate = self.current_learning_rate

    def update(self, gradient, state):
        assert self.rate > 0
        return super().update(gradient, state)


RIGHT = {
    "optimizers-rate": [1 / 8, Fraction(1, 8), np.float32(0.125), np.array(0.125)],
    "optimizers-decay": [
        lambda fraction, decay: (1 - fraction) / (fraction * decay),
        lambda fraction, decay: np.float32(1 / (fraction * decay) - 1 / decay),
        lambda fraction, decay: (fraction**-1 - 1) * decay**-1,
    ],
    "optimizers-momentum": [
        (0.1, 0.15, -0.025),
        np.array([0.1, 0.15, -0.025], dtype=np.float32),
        [Fraction(1, 10), 0.5 * 0.1 + 0.1, 0.5 * 0.15 - 0.1],
    ],
    "optimizers-first-step": [
        first_step_by_hand,
        lambda beta_1, beta_2: (1 - beta_1) * (1 - beta_2) ** -0.5,
        lambda beta_1, beta_2: np.float32(np.sqrt((1 - beta_1) ** 2 / (1 - beta_2))),
    ],
    "optimizers-penalty": [
        lambda w, dw, strength: strength * w + dw,
        lambda w, dw, strength: (dw + strength / 2 * 2 * w).astype(np.float32),
        lambda w, dw, strength: np.add(dw, np.multiply(w, strength)).tolist(),
    ],
    "optimizers-clip": [
        in_place,
        lambda g, m: g * min(1, m / np.linalg.norm(g)),
        lambda g, m: g / max(1, np.linalg.norm(g) / m),
        lambda g, m: m * g / max(np.sqrt((g**2).sum()), m),
    ],
    "optimizers-nesterov": [
        NesterovOfBothVelocities,
        NesterovOfSGD,
        NesterovByParts,
        NesterovWithoutDefaults,
    ],
}
