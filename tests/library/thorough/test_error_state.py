"""What the library computes does not depend on NumPy's error state, and raises nothing that is harmless."""

import warnings
from functools import cache

import numpy as np
import pytest

from nnfs_lib import (
    SGD,
    AdaGrad,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    Dropout,
    ReLU,
    RMSProp,
    Softmax,
    SoftmaxCrossEntropy,
    accuracy,
)
from nnfs_lib.elementary import exp, log
from nnfs_lib.gradcheck import check_gradients
from nnfs_lib.numerics import matmul

FLOATS = [np.float32, np.float64]
LABELS = np.array([0, 1, 2, 1])
ONE_HOT = np.eye(3)[LABELS]


def tiny(dtype):
    return float(np.finfo(dtype).smallest_subnormal)


def huge(dtype):
    return float(np.finfo(dtype).max) / 16


# The inputs themselves are made in silence.
made = np.errstate(all="ignore")


@made
def scores(dtype):
    """Far apart, tiny, huge, and of both signs."""
    large = huge(dtype)
    return np.array(
        [[0, -800, -90], [tiny(dtype), -tiny(dtype), 0], [large, -large, 1], [-0.0, 700, 1e-30]],
        dtype=dtype,
    )  # fmt: skip


@made
def extremes(dtype, shape):
    """From subnormal to large, so that products of two of them underflow."""
    smallest = np.finfo(dtype).minexp
    exponents = np.linspace(smallest - 20, 0, int(np.prod(shape)))
    signs = np.resize([1.0, -1.0, 1.0], shape)
    return (signs * np.ldexp(1.0, exponents.astype(int)).reshape(shape)).astype(dtype)


@made
def probabilities(dtype):
    small = tiny(dtype)
    rows = [[1, 0, 0], [1 - 1e-5, small, 1e-5], [small, small, 1], [0.5, 0.5, 0]]
    return np.array(rows, dtype=dtype)


@made
def dense(dtype):
    layer = Dense(3, 3, dtype=dtype, rng=np.random.default_rng(0))
    layer.weights[:] = extremes(dtype, (3, 3))
    layer.biases[:] = tiny(dtype)
    return layer


def with_dense(dtype):
    layer = dense(dtype)
    output = layer.forward(extremes(dtype, (4, 3)))
    dinputs = layer.backward(extremes(dtype, (4, 3)))
    return output, dinputs, layer.dweights, layer.dbiases


def with_large_dense(dtype):
    """Inputs near the end of the type."""
    layer = dense(dtype)
    output = layer.forward(np.full((4, 3), huge(dtype) / 16, dtype=dtype))
    return output, layer.backward(extremes(dtype, (4, 3))[::-1]), layer.dweights


def with_parts_of_a_batch(dtype):
    layer, inputs = dense(dtype), extremes(dtype, (4, 3))
    layer.forward(inputs)
    powers = layer.column_powers(inputs)
    layer.finish(layer.partial_sums(inputs, powers))
    return *powers, layer.dweights, layer.dbiases, layer.input_gradient(inputs)


def with_wide_dense(dtype):
    """Long rows and a batch of several blocks."""
    layer = Dense(600, 3, dtype=dtype, rng=np.random.default_rng(0))
    x = np.tile(extremes(dtype, (1, 600)), (700, 1))
    output = layer.forward(x)
    return output, layer.backward(output), layer.dweights, layer.dbiases


def with_penalties(dtype):
    layer = Dense(
        3,
        4,
        l1=1e-3,
        l2=1e-3,
        penalize_biases=True,
        dtype=dtype,
        rng=np.random.RandomState(0),
    )
    layer.weights[...] = extremes(dtype, layer.weights.shape)
    layer.forward(scores(dtype))
    layer.backward(np.ones((4, 4), dtype))
    return layer.penalty(), layer.dweights, layer.dbiases


def with_activation(kind):
    def run(dtype):
        layer = kind()
        output = layer.forward(scores(dtype))
        return output, layer.backward(extremes(dtype, (4, 3)))

    return run


def with_loss(kind, predictions):
    def run(dtype):
        results = []
        for labels in (LABELS, ONE_HOT):
            loss, y_pred = kind(), predictions(dtype)
            results += [loss.calculate(y_pred, labels), loss.gradient()]
            results += [loss.calculate(y_pred, labels, 2**62), loss.gradient()]
            results += [loss.forward(y_pred, labels)]
            results += [loss.backward(probabilities(dtype), labels)]
            results += [loss.backward(probabilities(dtype), labels, 2**62)]
        return results

    return run


def with_gradcheck(dtype):
    x = np.array([[0, -8, -0.9], [1e-300, 7, 2]], dtype=dtype)
    checks = [
        check_gradients(Dense(3, 2, rng=np.random.default_rng(0)), x),
        check_gradients(ReLU(), x + 1),
        check_gradients(Softmax(), 100 * x),
        check_gradients(SoftmaxCrossEntropy(), 100 * x, LABELS[:2]),
        check_gradients(CategoricalCrossEntropy(), np.full((2, 3), 1 / 3), LABELS[:2]),
    ]
    return [str(check) for check in checks]


CASES = {
    "Dense": with_dense,
    "Dense with large inputs": with_large_dense,
    "Dense in parts": with_parts_of_a_batch,
    "wide Dense": with_wide_dense,
    "ReLU": with_activation(ReLU),
    "Softmax": with_activation(Softmax),
    "Dropout": with_activation(lambda: Dropout(0.4, rng=np.random.RandomState(0))),
    "penalties": with_penalties,
    "CategoricalCrossEntropy": with_loss(CategoricalCrossEntropy, probabilities),
    "SoftmaxCrossEntropy": with_loss(SoftmaxCrossEntropy, scores),
    "accuracy": lambda dtype: [accuracy(scores(dtype), LABELS)],
    "matmul": lambda dtype: [
        matmul(extremes(dtype, (4, k)), extremes(dtype, (k, 4))) for k in (1, 2, 3, 600)
    ],
    "matmul that overflows": lambda dtype: [
        matmul(np.full((2, k), huge(dtype), dtype), np.full((k, 2), huge(dtype), dtype))
        for k in (1, 2, 3)
    ],
    "exp": lambda dtype: [exp(np.array([-1e30, -800, -100, -87.5, 0, tiny(dtype), 88, 700, 1e30], dtype))],
    "log": lambda dtype: [log(np.array([tiny(dtype), 1e-30, 1, huge(dtype)], dtype))],
    "gradcheck": with_gradcheck,
}  # fmt: skip


def under(state, run):
    """The bits that ``run`` computes under this error state, with warnings as errors."""
    with warnings.catch_warnings(), np.errstate(all=state):
        warnings.simplefilter("error")
        results = run()
    return [
        result if isinstance(result, (str, float)) else np.asarray(result).tobytes()
        for result in results
    ]


states = pytest.mark.parametrize("state", ["raise", "warn"])


@states
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("case", CASES)
def test_the_error_state_changes_nothing(case, dtype, state):
    def run():
        return CASES[case](dtype)

    assert under(state, run) == under("ignore", run)


@states
@pytest.mark.parametrize("dtype", FLOATS)
def test_losses_of_samples_do_not_depend_on_the_error_state(dtype, state):
    def run():
        return [
            CategoricalCrossEntropy().sample_losses(probabilities(dtype), LABELS),
            SoftmaxCrossEntropy().sample_losses(scores(dtype), LABELS),
        ]

    assert under(state, run) == under("ignore", run)


OPTIMIZERS = {
    "SGD": lambda: SGD(decay=1e-3),
    "SGD with momentum": lambda: SGD(momentum=0.5),
    "AdaGrad": lambda: AdaGrad(decay=1e-3),
    "RMSProp": lambda: RMSProp(rho=0.5),
    "Adam": lambda: Adam(beta_1=0.5, beta_2=0.5),
}


def train(optimizer, dtype):
    """500 steps, in which some gradients vanish: what is kept of them decays below the smallest number."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 2)), rng.integers(0, 3, 6)
    hidden = Dense(2, 4, rng=rng, dtype=dtype, init="he")
    last = Dense(4, 3, rng=rng, dtype=dtype)
    hidden.biases[0, 0] = -20  # after the first steps this neuron is dead
    activation, loss = ReLU(), SoftmaxCrossEntropy()
    hidden.dweights, hidden.dbiases = np.ones((2, 4)), np.zeros((1, 4))
    optimizer.update_params(hidden)
    for _ in range(500):
        output = last.forward(activation.forward(hidden.forward(x)))
        mean = loss.forward(output, y)
        dvalues = last.backward(loss.backward(loss.output, y))
        hidden.backward(activation.backward(dvalues))
        optimizer.step([hidden, last])
    states = [
        kept
        for layer in optimizer.state_dict()["layers"]
        for state in layer.values()
        for kept in state.values()
    ]
    return hidden.weights, hidden.biases, last.weights, last.biases, mean, *states


@cache
def trained_in_silence(name, dtype):
    return under("ignore", lambda: train(OPTIMIZERS[name](), dtype))


@states
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_does_not_depend_on_the_error_state(name, dtype, state):
    results = under(state, lambda: train(OPTIMIZERS[name](), dtype))
    assert results == trained_in_silence(name, dtype)


@states
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_one_layer_is_updated_under_any_error_state(name, dtype, state):
    def run():
        layer, optimizer = dense(dtype), OPTIMIZERS[name]()
        layer.dweights, layer.dbiases = layer.weights.copy(), layer.biases.copy()
        for _ in range(3):
            optimizer.update_params(layer)
        return layer.weights, layer.biases

    assert under(state, run) == under("ignore", run)


class Normalised(SGD):
    """A rule of a reader's own, which divides by zero if the gradient is zero."""

    def update(self, gradient, state):
        state["direction"] = gradient / abs(gradient).max()
        return self.current_learning_rate * state["direction"]


@states
def test_a_state_is_loaded_under_any_error_state(state):
    def run():
        layer, optimizer, restored = dense(np.float32), Normalised(), Normalised()
        layer.dweights, layer.dbiases = layer.weights.copy(), layer.biases.copy()
        optimizer.step([layer])
        restored.load_state_dict(optimizer.state_dict(), [layer])
        restored.step([layer])
        return [layer.weights]

    assert under(state, run) == under("ignore", run)


@states
def test_a_refused_step_says_why_under_any_error_state(state):
    layer = dense(np.float32)
    layer.dweights, layer.dbiases = np.full((3, 3), 1e300), layer.biases
    with np.errstate(all=state), pytest.raises(ValueError, match="too large for"):
        Adam().step([layer])


@states
def test_the_error_state_of_the_caller_is_left_as_it_is(state):
    with np.errstate(all=state):
        before = np.geterr()
        for case in CASES.values():
            case(np.float32)
        train(Adam(), np.float32)
        assert np.geterr() == before
