"""Train, and multiply, and print what came out; run by tests, in a process of its own.

``python spiral_run.py data.npz [init]``: a line for each run, with its name, the SHA-256
of all parameters and the last loss; then one for each product, with its first entry. With
``init``, ``nnfs.init()`` is called before.
"""

import hashlib
import sys

import numpy as np

from nnfs_lib import SGD, AdaGrad, Adam, Dense, ReLU, RMSProp, SoftmaxCrossEntropy
from nnfs_lib.numerics import matmul

EPOCHS = 1000
RUNS = {
    "SGD": (SGD(learning_rate=1.0, decay=1e-3, momentum=0.9), np.float32),
    "AdaGrad": (AdaGrad(learning_rate=1.0, decay=1e-4), np.float32),
    "RMSProp": (RMSProp(learning_rate=0.02, decay=1e-5, rho=0.999), np.float32),
    "Adam": (Adam(learning_rate=0.02, decay=1e-5), np.float32),
    "Adam in float64": (Adam(learning_rate=0.02, decay=1e-5), np.float64),
}


def train(optimizer, dtype, data):
    """The layers after training, and the last loss."""
    hidden = Dense(2, 64, rng=Drawn(data), dtype=dtype)
    last = Dense(64, 3, rng=Drawn(data), dtype=dtype)
    relu, loss = ReLU(), SoftmaxCrossEntropy()
    for _ in range(EPOCHS):
        scores = last.forward(relu.forward(hidden.forward(data["X"])))
        value = loss.forward(scores, data["y"])
        loss.backward(loss.output, data["y"])
        hidden.backward(relu.backward(last.backward(loss.dinputs)))
        optimizer.step([hidden, last])
    return [hidden, last], value


class Drawn:
    """Numbers drawn beforehand: another machine's logarithm cannot change them."""

    def __init__(self, data):
        self.draws = data["draws"]

    def standard_normal(self, shape):
        return self.draws[: np.prod(shape)].reshape(shape)


def digest_of(layers):
    parameters = [array for layer in layers for array in (layer.weights, layer.biases)]
    assert all(np.isfinite(array).all() for array in parameters)
    return hashlib.sha256(b"".join(array.tobytes() for array in parameters)).hexdigest()


PRODUCTS = {
    f"product of length {k}, {a.__name__} times {b.__name__}": (k, a, b)
    for k in (3, 64, 512, 5000)
    for a in (np.float32, np.float64)
    for b in (np.float32, np.float64)
}


def product(k, *dtypes):
    """Sums of positive terms: whatever is rounded on the way is rounded every time."""
    rng = np.random.default_rng(k)  # its uniform numbers are made of integers
    a, b = rng.random((40, k)).astype(dtypes[0]), rng.random((k, 30)).astype(dtypes[1])
    return matmul(a, b)


def main(path, *options):
    if "init" in options:
        import nnfs

        nnfs.init()
    data = dict(np.load(path))
    for name, (optimizer, dtype) in RUNS.items():
        layers, loss = train(optimizer, dtype, data)
        print(name, digest_of(layers), float(loss), sep="; ")
    for name, arguments in PRODUCTS.items():
        result = product(*arguments)
        digest = hashlib.sha256(result.tobytes()).hexdigest()
        print(name, digest, float(result[0, 0]), sep="; ")


if __name__ == "__main__":
    main(*sys.argv[1:])
