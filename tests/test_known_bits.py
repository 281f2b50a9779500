"""The bits that every machine gets, written down: test_bits compares settings of one machine.

What goes in consists of integers and powers of two. If you change the arithmetic on purpose, write the new
digests here, and record the chapters again; a digest that differs on another machine is a mistake.
"""

import hashlib

import numpy as np
import pytest

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    RMSProp,
    Softmax,
    SoftmaxCrossEntropy,
    numerics,
)

N_STEPS = 20


def digest(*arrays):
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[
        :16
    ]


def numbers(shape, dtype, seed, low=-12):
    """Numbers of both signs from ``2**low`` to 1, with all of their digits, from integers."""
    rng = np.random.default_rng(seed)
    digits = rng.integers(2**52, 2**53, shape) * rng.choice([-1, 1], shape)
    return np.ldexp(digits.astype(float), rng.integers(low, 1, shape) - 53).astype(
        dtype
    )


def train(optimizer, dtype):
    """Every class at work; all parameters at the end, and both losses."""
    x, y = numbers((30, 2), dtype, 1, low=-2), np.arange(30) % 3
    hidden, last = Dense(2, 16, dtype=dtype), Dense(16, 3, dtype=dtype)
    hidden.weights[:], last.weights[:] = (
        numbers(layer.weights.shape, dtype, 2, low=-3) for layer in (hidden, last)
    )
    relu, softmax = ReLU(), Softmax()
    loss, separate = SoftmaxCrossEntropy(), CategoricalCrossEntropy()
    for _ in range(N_STEPS):
        scores = last.forward(relu.forward(hidden.forward(x)))
        total = loss.forward(scores, y)
        mean = separate.calculate(softmax.forward(scores), y)
        dscores = softmax.backward(separate.backward(softmax.output, y))
        dscores = (dscores + loss.backward(loss.output, y)) / 2
        hidden.backward(relu.backward(last.backward(dscores)))
        optimizer.step([hidden, last])
    return hidden.weights, hidden.biases, last.weights, last.biases, total, mean


ELEMENTARY = {
    (numerics.exp, np.float32): "fd3e25848b337718",
    (numerics.exp, np.float64): "9b5da55ef8da4f81",
    (numerics.log, np.float32): "bafbdf95005a3ad7",
    (numerics.log, np.float64): "e9861e446e15109a",
}


@pytest.mark.parametrize(("function", "dtype"), ELEMENTARY)
def test_exp_and_log_have_the_known_bits(function, dtype):
    x = numbers(20_000, dtype, 0, low=-60)
    x = np.concatenate([x, 64 * x, 700 * x])
    result = function(x if function is numerics.exp else abs(x))
    assert digest(result) == ELEMENTARY[function, dtype]


PRODUCTS = {
    (np.float32, 2): "d5ac74ffcbf1d598",
    (np.float32, 64): "57082196c5edefcb",
    (np.float32, 3000): "d4f61e96940023c7",
    (np.float64, 2): "5261f2785149c203",
    (np.float64, 64): "0d91a26a9e1d1c86",
    (np.float64, 3000): "f0e7068720467b16",
}


@pytest.mark.parametrize(("dtype", "k"), PRODUCTS)
def test_a_product_has_the_known_bits(dtype, k):
    a, b = numbers((600, k), dtype, 1), numbers((k, 7), dtype, 2)
    assert digest(numerics.matmul(a, b)) == PRODUCTS[dtype, k]


RUNS = {
    ("SGD", np.float32): "a553b66e965e1ff4",
    ("SGD", np.float64): "4b84ee932a97b9f4",
    ("AdaGrad", np.float32): "93ac6600e8516a3f",
    ("AdaGrad", np.float64): "75b06143d6d32e37",
    ("RMSProp", np.float32): "0833d68d696e32ba",
    ("RMSProp", np.float64): "aa0d810483559b0a",
    ("Adam", np.float32): "214ba20dd593a911",
    ("Adam", np.float64): "b1b768e70395620d",
}


@pytest.mark.parametrize(("name", "dtype"), RUNS)
def test_training_has_the_known_bits(name, dtype):
    optimizer = {
        "SGD": SGD(learning_rate=1.0, decay=1e-3, momentum=0.9),
        "AdaGrad": AdaGrad(learning_rate=0.5, decay=1e-3),
        "RMSProp": RMSProp(learning_rate=0.02, decay=1e-3),
        "Adam": Adam(learning_rate=0.02, decay=1e-3),
    }[name]
    assert digest(*train(optimizer, dtype)) == RUNS[name, dtype]
