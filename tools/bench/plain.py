"""The network in plain NumPy, as in a notebook: no checks, BLAS products, NumPy's exp and log.

The library is measured against it; its last bits depend on the machine.
"""

import numpy as np


class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = np.float32(0.01) * np.random.standard_normal(
            (n_inputs, n_neurons)
        ).astype(np.float32)
        self.biases = np.zeros((1, n_neurons), dtype=np.float32)

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T


class ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class SoftmaxCrossEntropy:
    def forward(self, inputs, y_true):
        exponentials = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exponentials / np.sum(exponentials, axis=1, keepdims=True)
        clipped = np.clip(self.output, 1e-7, 1 - 1e-7)
        return np.mean(-np.log(clipped[range(len(inputs)), y_true]))

    def backward(self, dvalues, y_true):
        n_samples = len(dvalues)
        self.dinputs = dvalues.copy()
        self.dinputs[range(n_samples), y_true] -= 1
        self.dinputs = self.dinputs / n_samples


class SGD:
    def __init__(self, learning_rate=1.0, decay=0.0, momentum=0.0):
        self.learning_rate = self.current_learning_rate = learning_rate
        self.decay, self.momentum, self.iterations = decay, momentum, 0

    def step(self, layers):
        self.current_learning_rate = self.learning_rate * (
            1.0 / (1.0 + self.decay * self.iterations)
        )
        for layer in layers:
            if not hasattr(layer, "weight_momentums"):
                layer.weight_momentums = np.zeros_like(layer.weights)
                layer.bias_momentums = np.zeros_like(layer.biases)
            rate = self.current_learning_rate
            layer.weight_momentums = (
                self.momentum * layer.weight_momentums + rate * layer.dweights
            )
            layer.bias_momentums = (
                self.momentum * layer.bias_momentums + rate * layer.dbiases
            )
            layer.weights -= layer.weight_momentums
            layer.biases -= layer.bias_momentums
        self.iterations += 1
