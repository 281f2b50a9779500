"""Results do not depend on whether ``nnfs.init()`` was called (test_bits trains, too)."""

import nnfs
import numpy as np
import pytest
from nnfs.datasets import spiral_data
from snapshots import snapshot

from nnfs_lib import (
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
    accuracy,
    numerics,
)
from nnfs_lib.gradcheck import check_gradients


def everything(dtype):
    """What every public name computes of data that is given."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 3)).astype(dtype), rng.integers(0, 3, 6)
    one_hot = (y[:, None] == np.arange(3)).astype(np.float64)
    subjects = [Dense(3, 3, rng=rng, dtype=dtype), ReLU(), Softmax()]
    for subject in subjects:
        subject.forward(x)
        subject.backward(x)
    p = subjects[-1].output
    losses = [CategoricalCrossEntropy(), SoftmaxCrossEntropy()]
    values = [losses[0].forward(p, y), losses[0].calculate(p, one_hot)]
    values += [losses[1].forward(x, y), losses[1].forward(x, one_hot)]
    values += [loss.backward(p, one_hot) for loss in losses]
    values += [accuracy(p, y), accuracy(p, one_hot)]
    values += [numerics.exp(x), numerics.log(p), numerics.matmul(x, x.T)]
    checks = [check_gradients(subject, x) for subject in subjects]
    return snapshot([subjects, losses, values, [repr(check) for check in checks]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_changes_with_nnfs_init(dtype):
    before = everything(dtype)
    nnfs.init()
    assert everything(dtype) == before


def test_nnfs_init_decides_the_weights_that_come_from_the_global_stream():
    weights = []
    for _ in range(2):
        nnfs.init()
        spiral_data(100, 3)
        weights.append(Dense(2, 3).weights)
    np.testing.assert_array_equal(*weights)


def test_a_float64_layer_is_float64_after_nnfs_init():
    nnfs.init()
    layer = Dense(2, 3, dtype=np.float64)
    assert layer.weights.dtype == layer.biases.dtype == np.float64
