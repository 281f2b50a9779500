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


class RenewsACopy(SGD):
    def update(self, gradient, state):
        velocity = state.get("velocity", np.zeros_like(gradient)).copy()
        velocity *= self.momentum
        velocity += self.current_learning_rate * gradient
        return self.momentum * velocity + self.current_learning_rate * gradient


class OldVelocity(SGD):
    def update(self, gradient, state):
        old = state.get("velocity", 0.0)
        rate = self.current_learning_rate
        state["velocity"] = self.momentum * old + rate * gradient
        return self.momentum * old + rate * gradient


class KeepsItToItself(SGD):
    velocity = 0.0

    def update(self, gradient, state):
        rate = self.current_learning_rate
        self.velocity = self.momentum * self.velocity + rate * gradient
        return self.momentum * self.velocity + rate * gradient


class FirstRate(SGD):
    def update(self, gradient, state):
        velocity = self.momentum * state.get("velocity", 0.0)
        state["velocity"] = velocity + self.learning_rate * gradient
        return self.momentum * state["velocity"] + self.learning_rate * gradient


class RateOutside(SGD):
    def update(self, gradient, state):
        state["v"] = self.momentum * state.get("v", 0) + gradient
        return self.current_learning_rate * (gradient + self.momentum * state["v"])


class KeepsTheStep(SGD):
    def update(self, gradient, state):
        step = self.current_learning_rate * gradient
        state["v"] = self.momentum * (self.momentum * state.get("v", 0) + step) + step
        return state["v"]


class ExpectsTheVelocity(SGD):
    def update(self, gradient, state):
        velocity = self.momentum * state["velocity"]
        state["velocity"] = velocity + self.current_learning_rate * gradient
        return self.momentum * velocity + self.current_learning_rate * gradient


class ChangesTheVelocity(SGD):
    def update(self, gradient, state):
        velocity = state.setdefault("velocity", np.zeros_like(gradient))
        velocity *= self.momentum
        velocity += self.current_learning_rate * gradient
        return self.momentum * velocity + self.current_learning_rate * gradient


class ChangesTheGradient(SGD):
    def update(self, gradient, state):
        gradient *= self.current_learning_rate
        state["velocity"] = self.momentum * state.get("velocity", 0.0) + gradient
        return self.momentum * state["velocity"] + gradient


class ReturnsZeros(SGD):
    def update(self, gradient, state):
        state["velocity"] = gradient
        return np.zeros_like(gradient)


def length(gradient):
    return np.sqrt((gradient * gradient).sum())


def clip_with(length):
    return lambda g, m: g * np.minimum(1, m / np.maximum(length(g), 1e-300))


WRONG = {
    "optimizers-rate": [
        (0.25, "half of the steeper curvature"),
        (1 / 3, "the steeper direction diverges"),
        (0.0625, "the best rate for the steeper"),
        (0.1667, "the best rate for the flatter"),
        (2 / 3, "a curvature of 3"),
        (0.0909, "the best rate for both"),
        (16, "that is a curvature"),
        (8, "upside down"),
        (0.2, "too large"),
        (-0.125, "the opposite sign"),
    ],
    "optimizers-decay": [
        (lambda f, d: 1 / (f * d), "mind the 1"),
        (lambda f, d: (1 - f) / d, "the same amount"),
        (lambda f, d: 1 / f - 1 / d, "the parentheses are missing"),
        (lambda f, d: 1 / f - d, "needs parentheses"),
        (lambda f, d: -np.log(f) / d, "decays exponentially"),
        (lambda f, d: np.log(f) / np.log(1 - d), "multiplied by 1 - decay"),
        (lambda f, d: (1 / f - 1) * d, "do not multiply"),
        (lambda f, d: (1 / f + 1) / d, "not added"),
        (lambda f, d: 1 / (1 + f * d), "the number of steps was asked for"),
        (lambda f, d: (1 - 1 / f) / d, "the opposite sign"),
        (lambda f, d: round((1 / f - 1) / d), "it is 0. (Called with 0.8, 0.5.)"),
        (lambda f, d: f / d - 1, "it is 4, expected 10"),
        (9000, "pass its name"),
    ],
    "optimizers-momentum": [
        ([0.1, 0.1, -0.1], "without momentum"),
        ([0.1, 0.25, 0.225], "sums of the velocities"),
        ([-0.1, -0.15, 0.025], "has the sign of the gradient"),
        ([0.1, 0.15, 0.175], "the last gradient is negative"),
        ([0.1, 0.2, 0.1], "the whole previous velocity"),
        ([0.05, 0.075, -0.0125], "only the previous velocity is"),
        ([0.1, 0.15, -0.05], "half of the previous gradient"),
        ([1, 1.5, -0.25], "the learning rate is missing"),
        ([0.15, 0.175, -0.0125], "the first velocity"),
        ([0.1, 0.15, 0.025], "one entry is wrong"),
        ([0.1, 0.15], "its shape is (2,), expected (3,)"),
    ],
    "optimizers-first-step": [
        (lambda b, c: (1 - b) / (1 - c), "the denominator is a root"),
        (lambda b, c: b / np.sqrt(c), ", not beta_1 g"),
        (lambda b, c: b / np.sqrt(1 - c), "; c is right"),
        (lambda b, c: (1 - b) / np.sqrt(c), "; m is right"),
        (lambda b, c: np.sqrt(1 - c) / (1 - b), "upside down"),
        (lambda b, c: np.sqrt((1 - b) / (1 - c)), "the denominator alone"),
        (lambda b, c: (1 - b) * np.sqrt(1 - c), "multiplies the two means"),
        (lambda b, c: (1 - c) / np.sqrt(1 - b), "they are swapped"),
        (lambda b, c: 1.0, "that is with the hats"),
        (lambda b, c: 3.16, "it is 3.16, expected 3.16228"),
        (lambda b, c: -(1 - b) / np.sqrt(1 - c), "the opposite sign"),
        (lambda b, c: 0.001 * (1 - b) / np.sqrt(1 - c), "it is 0.00316"),
    ],
    "optimizers-penalty": [
        (lambda w, d, s: d + 2 * s * w, "cancel"),
        (lambda w, d, s: d + s * w / 2, "is missing"),
        (lambda w, d, s: d - s * w, "away from 0"),
        (lambda w, d, s: s * w, "the penalty's part alone"),
        (lambda w, d, s: s * (d + w), "not to the gradient of the loss"),
        (lambda w, d, s: d + w, "the strength multiplies"),
        (lambda w, d, s: d + s * w / w.size, "not a mean"),
        (lambda w, d, s: d + s * w / len(w), "do not divide by len(weights)"),
        (lambda w, d, s: d + s * w * w, "these are the squares"),
        (lambda w, d, s: d + s * np.sign(w), "the sign alone"),
        (lambda w, d, s: w + s * d, "are swapped"),
        (lambda w, d, s: d + s / 2 * (w * w).sum(), "the penalty for all"),
        (lambda w, d, s: d.__iadd__(s * w), "changes the array"),
        (lambda w, d, s: (d + s * w) / len(w), "it is off by a factor of 0.25."),
    ],
    "optimizers-clip": [
        (np.clip, "raises TypeError"),
        (lambda g, m: np.clip(g, -m, m), "each entry is clipped by itself"),
        (clip_with(lambda g: np.sqrt((g * g).sum(1, keepdims=True))), "each row"),
        (clip_with(lambda g: np.sqrt((g * g).sum(0))), "each column"),
        (lambda g, m: g * m / length(g), "left as it is"),
        (lambda g, m: g / length(g) if length(g) > m else g, "it should become"),
        (lambda g, m: g / length(g), "even that of a short gradient"),
        (lambda g, m: g * min(1, m / (g * g).sum()), "the root of the sum"),
        (clip_with(lambda g: abs(g).sum()), "not the sum of magnitudes"),
        (clip_with(lambda g: abs(g).max()), "not the largest entry"),
        (clip_with(lambda g: np.sqrt((g * g).mean())), "takes their mean"),
        (clip_with(lambda g: np.linalg.norm(g, 2)), "largest singular value"),
        (lambda g, m: g * (length(g) <= m), "not set to 0"),
        (lambda g, m: g, "nothing is clipped"),
        (lambda g, m: g * (m / length(g)) if length(g) > 1 else g, "factor of"),
        (lambda g, m: -g * min(1, m / length(g)), "the opposite sign"),
        (
            lambda g, m: g.__imul__(min(1, m / length(g))),
            "changes the array",
        ),
    ],
    "optimizers-nesterov": [
        (SGD, "does not look ahead"),
        (OldVelocity, "does not look ahead"),
        (of_velocity(lambda v, m, r, g: v + r * g), "multiplied by the momentum"),
        (of_velocity(lambda v, m, r, g: m * v + g), "the learning rate"),
        (of_velocity(lambda v, m, r, g: m * v), "the gradient is missing"),
        (of_velocity(lambda v, m, r, g: v + m * v), "not the velocity again"),
        (of_velocity(lambda v, m, r, g: v - m * v), "a sign is wrong"),
        (of_velocity(lambda v, m, r, g: -(m * v + r * g)), "the opposite sign"),
        (of_velocity(lambda v, m, r, g: v + m * r * g), "entries are wrong"),
        (ForgetsTheVelocity, "put the new one into state"),
        (RenewsACopy, "put the new one into state"),
        (FirstRate, "current_learning_rate"),
        (RateOutside, "inside the velocity"),
        (KeepsTheStep, "state has to hold the velocity"),
        (ExpectsTheVelocity, "state is empty at the first update"),
        (ChangesTheVelocity, "it changes the array state['velocity'] in place"),
        (ChangesTheGradient, "it changes the gradient that it is given in place"),
        (ReturnsZeros, "it is 0 everywhere"),
        (KeepsItToItself, "a velocity of its own"),
        (SGD(), "a class was expected"),
        (0.5, "a class was expected"),
    ],
}
