"""Compute with PyTorch, in float64, what the library is compared with, and write it to a file.

values.py FILE    needs torch and numpy, not the library

Numbers are written with all their digits, which JSON keeps exactly. What goes in are uniform draws, which NumPy makes
of integers, so that they are the same wherever this is run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

N_STEPS, EVERY = 200, 20
Values = dict[str, Any]


def draws(rng: np.random.RandomState, *shape: int, scale: float = 1.0) -> list[Any]:
    """Numbers between -2 and 2 times the scale."""
    return (4 * scale * (rng.random_sample(shape) - 0.5)).tolist()


def tensor(values: Any, *, grad: bool = False) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=grad)


def plain(**tensors: torch.Tensor) -> Values:
    return {name: values.detach().tolist() for name, values in tensors.items()}


def dense(rng: np.random.RandomState) -> Values:
    cases = {}
    for n, m, p in ((5, 4, 3), (1, 1, 1), (7, 2, 6), (40, 30, 1), (3, 600, 2)):
        given = {
            "inputs": draws(rng, n, m),
            "weights": draws(rng, m, p),
            "biases": draws(rng, 1, p),
            "dvalues": draws(rng, n, p),
        }
        inputs = tensor(given["inputs"], grad=True)
        layer = torch.nn.Linear(m, p, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(tensor(given["weights"]).T)
            layer.bias.copy_(tensor(given["biases"])[0])
        output = layer(inputs)
        output.backward(tensor(given["dvalues"]))
        cases[f"Dense, {n} samples, {m} inputs, {p} neurons"] = {
            "given": given,
            "pytorch": plain(
                output=output,
                dinputs=inputs.grad,
                dweights=layer.weight.grad.T,
                dbiases=layer.bias.grad[None],
            ),
        }
    return {"given": {}, "cases": {**cases, **penalties(rng)}}


def penalties(rng: np.random.RandomState) -> Values:
    """A layer whose parameters are part of the loss; autograd knows nothing of the formula for their gradient."""
    cases = {}
    for l1, l2, biases in ((0.1, 0.0, False), (0.0, 0.2, False), (0.1, 0.2, True)):
        given = {
            "inputs": draws(rng, 5, 4),
            "weights": draws(rng, 4, 3),
            "biases": draws(rng, 1, 3),
            "dvalues": draws(rng, 5, 3),
        }
        inputs, weights, bias, dvalues = (tensor(given[name]) for name in given)
        for each in (weights, bias):
            each.requires_grad_()
        penalty = torch.zeros((), dtype=torch.float64)
        for each in (weights, bias)[: 1 + biases]:
            penalty = penalty + l1 * each.abs().sum() + l2 * (each * each).sum()
        (((inputs @ weights + bias) * dvalues).sum() + penalty).backward()
        settings = {"l1": l1, "l2": l2, "penalize_biases": biases}
        cases[f"penalties, {', '.join(f'{k}={v}' for k, v in settings.items())}"] = {
            "given": {**given, **settings},
            "pytorch": plain(penalty=penalty, dweights=weights.grad, dbiases=bias.grad),
        }
    return cases


def activation(rng: np.random.RandomState) -> Values:
    cases = {}
    functions = {
        "ReLU": torch.relu,
        "Softmax": lambda z: functional.softmax(z, dim=1),
        "Sigmoid": torch.sigmoid,
    }
    for kind, function in functions.items():
        for scale in (1.0, 30.0):
            given = {
                "inputs": draws(rng, 6, 5, scale=scale),
                "dvalues": draws(rng, 6, 5),
            }
            inputs = tensor(given["inputs"], grad=True)
            output = function(inputs)
            output.backward(tensor(given["dvalues"]))
            cases[f"{kind}, inputs of size {scale:g}"] = {
                "given": {"kind": kind, **given},
                "pytorch": plain(output=output, dinputs=inputs.grad),
            }
    return {"given": {}, "cases": cases}


def loss(rng: np.random.RandomState) -> Values:
    cases = {}
    sparse = np.arange(6) % 4
    one_hot = np.eye(4, dtype=int)[sparse]
    scores = draws(rng, 6, 4, scale=2.0)
    positive = 0.01 + rng.random_sample((6, 4))
    y_pred = (positive / positive.sum(axis=1, keepdims=True)).tolist()
    for labels, y_true in (("sparse", sparse), ("one-hot", one_hot)):
        for kind, source in (
            ("CategoricalCrossEntropy", y_pred),
            ("SoftmaxCrossEntropy", scores),
        ):
            values = tensor(source, grad=True)
            targets = torch.tensor(sparse)
            if labels == "one-hot":  # PyTorch takes probabilities as targets, too
                targets = tensor(one_hot)
            if kind == "SoftmaxCrossEntropy":
                mean = functional.cross_entropy(values, targets)
                quantities = plain(mean=mean)
            else:
                right = tensor(one_hot)
                losses = -(right * values.log()).sum(dim=1)
                mean = losses.mean()
                quantities = plain(losses=losses, mean=mean)
            mean.backward()
            cases[f"{kind}, {labels} labels"] = {
                "given": {"kind": kind, "y_pred": source, "y_true": y_true.tolist()},
                "pytorch": {**quantities, **plain(dinputs=values.grad)},
            }
    return {"given": {}, "cases": {**cases, **losses_of_several_outputs(rng)}}


def losses_of_several_outputs(rng: np.random.RandomState) -> Values:
    """Two classes, several labels for each sample, and numbers."""
    cases = {}
    functions = {
        "BinaryCrossEntropy": functional.binary_cross_entropy,
        "SigmoidCrossEntropy": functional.binary_cross_entropy_with_logits,
        "MeanSquaredError": functional.mse_loss,
        "MeanAbsoluteError": functional.l1_loss,
    }
    for kind, function in functions.items():
        for n_outputs in (1, 3):
            y_pred = draws(rng, 6, n_outputs, scale=2.0)
            if kind == "BinaryCrossEntropy":
                y_pred = (0.01 + 0.98 * rng.random_sample((6, n_outputs))).tolist()
            y_true = draws(rng, 6, n_outputs)
            if "Entropy" in kind:
                y_true = rng.randint(0, 2, (6, n_outputs)).tolist()
            values, targets = tensor(y_pred, grad=True), tensor(y_true)
            losses = function(values, targets, reduction="none").mean(dim=1)
            mean = function(values, targets)
            mean.backward()
            cases[f"{kind}, {n_outputs} outputs"] = {
                "given": {"kind": kind, "y_pred": y_pred, "y_true": y_true},
                "pytorch": plain(losses=losses, mean=mean, dinputs=values.grad),
            }
    return cases


def rule(kind: str, settings: dict[str, float], parameters: list[torch.Tensor]) -> Any:
    """PyTorch's optimizer with our settings, and what sets its learning rate before each step."""
    rate, decay = settings["learning_rate"], settings.get("decay", 0.0)
    epsilon = settings.get("epsilon", 1e-7)
    made = {
        "SGD": lambda: torch.optim.SGD(
            parameters, lr=rate, momentum=settings.get("momentum", 0.0)
        ),
        "AdaGrad": lambda: torch.optim.Adagrad(parameters, lr=rate, eps=epsilon),
        "RMSProp": lambda: torch.optim.RMSprop(
            parameters, lr=rate, alpha=settings.get("rho", 0.9), eps=epsilon
        ),
        # its first parameter is the weights, which decay; biases do not
        "Adam": lambda: torch.optim.AdamW(
            [
                {
                    "params": [each],
                    "weight_decay": 0.0 if place else settings.get("weight_decay", 0.0),
                }
                for place, each in enumerate(parameters)
            ],
            lr=rate,
            betas=(settings.get("beta_1", 0.9), settings.get("beta_2", 0.999)),
            eps=epsilon,
        ),
    }[kind]()
    schedule = torch.optim.lr_scheduler.LambdaLR(made, lambda t: 1 / (1 + decay * t))
    return made, schedule


class MomentumWithDecay:
    """``v = m v + rate g; parameter -= v``, as the book has it.

    PyTorch's own multiplies by the rate outside the velocity, which is another rule once the rate decays.
    """

    def __init__(
        self, settings: dict[str, float], parameters: list[torch.Tensor]
    ) -> None:
        self.settings, self.parameters = settings, parameters
        self.velocities = [torch.zeros_like(parameter) for parameter in parameters]
        self.t = 0

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        rate = self.settings["learning_rate"] / (1 + self.settings["decay"] * self.t)
        self.t += 1
        with torch.no_grad():
            for parameter, velocity in zip(self.parameters, self.velocities):
                velocity.mul_(self.settings["momentum"]).add_(
                    parameter.grad, alpha=rate
                )
                parameter.sub_(velocity)


def stepper(
    kind: str, settings: dict[str, float], parameters: list[torch.Tensor]
) -> Any:
    """(clear the gradients, take a step) for our settings."""
    if kind == "SGD" and settings.get("momentum") and settings.get("decay"):
        own = MomentumWithDecay(settings, parameters)
        return own.zero_grad, own.step
    made, schedule = rule(kind, settings, parameters)

    def step() -> None:
        made.step()
        schedule.step()

    return made.zero_grad, step


OPTIMIZERS: dict[str, tuple[str, dict[str, float]]] = {
    "SGD": ("SGD", {"learning_rate": 0.5}),
    "SGD, decay": ("SGD", {"learning_rate": 0.5, "decay": 0.01}),
    "momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "momentum, decay": ("SGD", {"learning_rate": 0.1, "decay": 0.01, "momentum": 0.9}),
    "AdaGrad": ("AdaGrad", {"learning_rate": 1.0}),
    "AdaGrad, decay": ("AdaGrad", {"learning_rate": 1.0, "decay": 0.01}),
    "RMSProp": ("RMSProp", {"learning_rate": 0.001}),
    "RMSProp, decay": ("RMSProp", {"learning_rate": 0.02, "decay": 0.01, "rho": 0.999}),
    "Adam": ("Adam", {"learning_rate": 0.001}),
    "Adam, decay": (
        "Adam",
        {"learning_rate": 0.05, "decay": 0.01, "beta_1": 0.8, "beta_2": 0.99},
    ),
    "weight decay": ("Adam", {"learning_rate": 0.01, "weight_decay": 0.3}),
    "weight decay, decay": (
        "Adam",
        {"learning_rate": 0.05, "decay": 0.01, "weight_decay": 0.1},
    ),
}


def optimizer(rng: np.random.RandomState) -> Values:
    """200 steps with gradients that are given, so that each rule is seen alone."""
    given = {
        "weights": draws(rng, 3, 2),
        "biases": draws(rng, 1, 2),
        "dweights": draws(rng, N_STEPS, 3, 2),
        "dbiases": draws(rng, N_STEPS, 1, 2),
        "every": EVERY,
    }
    cases = {}
    for name, (kind, settings) in OPTIMIZERS.items():
        parameters = [tensor(given[part], grad=True) for part in ("weights", "biases")]
        _, step = stepper(kind, settings, parameters)
        path: Values = {"weights": [], "biases": []}
        for t in range(N_STEPS):
            parameters[0].grad = tensor(given["dweights"][t])
            parameters[1].grad = tensor(given["dbiases"][t])
            step()
            if (t + 1) % EVERY == 0:
                for part, parameter in zip(path, parameters):
                    path[part].append(parameter.detach().tolist())
        cases[name] = {"given": {"kind": kind, "settings": settings}, "pytorch": path}
    return {"given": given, "cases": cases}


RUNS: dict[str, tuple[str, dict[str, float], int]] = {
    "SGD": ("SGD", {"learning_rate": 1.0, "decay": 0.001}, 500),
    "momentum": ("SGD", {"learning_rate": 1.0, "decay": 0.001, "momentum": 0.9}, 100),
    "momentum, small steps": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}, 400),
    "AdaGrad": ("AdaGrad", {"learning_rate": 0.02}, 100),
    "RMSProp": ("RMSProp", {"learning_rate": 0.001}, 200),
    "Adam": ("Adam", {"learning_rate": 0.001}, 200),
}


def run(rng: np.random.RandomState) -> Values:
    """Training of a 2-64-3 network on three spirals, as long as the two can be followed."""
    radius, y = np.tile(np.arange(100) / 99, 3), np.repeat(np.arange(3), 100)
    angle = 2.5 * (4 * (radius + y) + 0.6 * (rng.random_sample(300) - 0.5))
    X = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    given = {
        "X": (
            np.rint(X * 4096) / 4096
        ).tolist(),  # sine and cosine differ in the last place
        "y": y.tolist(),
        "weights_1": draws(rng, 2, 64, scale=0.05),
        "weights_2": draws(rng, 64, 3, scale=0.05),
        "every": 10,
    }
    X, y = tensor(given["X"]), torch.tensor(given["y"])
    cases = {}
    for name, (kind, settings, epochs) in RUNS.items():
        model = torch.nn.Sequential(
            torch.nn.Linear(2, 64), torch.nn.ReLU(), torch.nn.Linear(64, 3)
        ).double()
        with torch.no_grad():
            for layer, part in ((model[0], "weights_1"), (model[2], "weights_2")):
                layer.weight.copy_(tensor(given[part]).T)
                layer.bias.zero_()
        zero_grad, step = stepper(kind, settings, list(model.parameters()))
        losses = []
        for epoch in range(epochs + 1):
            zero_grad()
            value = functional.cross_entropy(model(X), y)
            if epoch % given["every"] == 0:
                losses.append(value.item())
            if epoch < epochs:
                value.backward()
                step()
        cases[name] = {
            "given": {"kind": kind, "settings": settings, "epochs": epochs},
            "pytorch": {
                "losses": losses,
                **plain(
                    weights_1=model[0].weight.T,
                    biases_1=model[0].bias[None],
                    weights_2=model[2].weight.T,
                    biases_2=model[2].bias[None],
                ),
            },
        }
    return {"given": given, "cases": cases}


def dropout(rng: np.random.RandomState) -> Values:
    """PyTorch's masks are part of what is given: it draws them in a way of its own."""
    cases = {}
    torch.manual_seed(0)
    for rate in (0.2, 0.5):
        given = {"inputs": draws(rng, 6, 5), "dvalues": draws(rng, 6, 5)}
        inputs = tensor(given["inputs"], grad=True)
        output = functional.dropout(inputs, rate)
        output.backward(tensor(given["dvalues"]))
        kept = (output != 0).tolist()
        cases[f"Dropout, rate {rate}"] = {
            "given": {**given, "rate": rate, "kept": kept},
            "pytorch": plain(output=output, dinputs=inputs.grad),
        }
    return {"given": {}, "cases": cases}


SUBJECTS = (dense, activation, loss, optimizer, run, dropout)


def main(path: str) -> None:
    torch.set_num_threads(1)
    values: Values = {"versions": {"torch": torch.__version__, "numpy": np.__version__}}
    for seed, subject in enumerate(SUBJECTS):
        values[subject.__name__] = subject(np.random.RandomState(seed))
    Path(path).write_text(json.dumps(values) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
