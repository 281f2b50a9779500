"""Does this machine compute the book's numbers? ``python -m nnfs_lib`` answers.

Each check computes something from integers and compares the SHA-256 of its bits with the one written down here, which
is the same on every machine that the book was tried on. They go from the ground up: a check rests on those above it, so
the first that differs is the one to look at.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import __version__, datasets, numerics
from .activations import ReLU, Sigmoid, Softmax, sum_over_classes
from .binary_losses import BinaryCrossEntropy, SigmoidCrossEntropy
from .layers import Dense
from .losses import CategoricalCrossEntropy, SoftmaxCrossEntropy
from .model import Model
from .optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp
from .parameters import values_of
from .partial_sums import exact_sum
from .regression_losses import MeanAbsoluteError, MeanSquaredError
from .regularization import Dropout
from .validation import FloatArray

Arrays = Iterable[NDArray[Any]]

N_EPOCHS, N_EPOCHS_SHORT, REGULARIZED_EPOCHS = 2000, 100, 20
REGULARIZED = "dropout, penalties and mini-batches"

_ROUNDING = (
    "The processor does not round as IEEE 754 says. Was something loaded that was compiled with -ffast-math? That "
    "makes the smallest numbers 0 in the whole process."
)
_SUMS = "NumPy adds the rows of an array in another order than up to version 2.4."
_DRAWS = "NumPy's legacy generator, or the logarithm that it takes from the C library, gives other numbers."
_LIBRARY = "If all above is the same, this is a mistake of nnfs_lib: please report it, with what is printed here."


class Check(NamedTuple):
    """Something to compute, and why its bits may not be the known ones."""

    name: str
    compute: Callable[[], Arrays]
    reason: str

    @property
    def known(self) -> str:
        """The digest on every machine."""
        return KNOWN[self.name]

    def digest(self) -> str:
        """The digest here."""
        return digest_of(self.compute())


def digest_of(arrays: Arrays) -> str:
    """SHA-256 of the arrays' bits, its first 16 digits, whatever the order of bytes on this machine."""
    bits = b"".join(
        array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays
    )
    return hashlib.sha256(bits).hexdigest()[:16]


def numbers(
    shape: tuple[int, ...], dtype: type, seed: int, lowest: int = -12
) -> FloatArray:
    """Numbers of both signs from ``2**lowest`` to 1, with all their digits, made of NumPy's uniform numbers.

    Those are integers divided by a power of two, from a generator that NumPy has frozen.
    """
    uniform = np.random.RandomState(seed).random_sample((3, *shape))
    exponents = np.floor(uniform[0] * (1 - lowest)).astype(np.int32)
    signs = np.where(uniform[1] < 0.5, -1.0, 1.0)
    return np.ldexp(signs * (uniform[2] + 1) / 2, -exponents).astype(dtype)


def spirals(n_samples: int) -> tuple[FloatArray, NDArray[np.int64]]:
    """Three spirals of ``n_samples`` points each, without sine and cosine: each point is the last one, turned."""
    tangent = 0.02  # of half the angle
    cosine, sine = (1 - tangent**2) / (1 + tangent**2), 2 * tangent / (1 + tangent**2)
    x, y, points = 1.0, 0.0, []
    for i in range(3 * n_samples):
        x, y = cosine * x - sine * y, sine * x + cosine * y
        radius = (i % n_samples) / n_samples
        points.append((radius * x, radius * y))
    noise = numbers((3 * n_samples, 2), np.float64, 0, lowest=-3) / 16
    return (np.array(points) + noise).astype(np.float32), np.arange(
        3 * n_samples
    ) // n_samples


def _rounding() -> Arrays:
    """Sums, products, quotients and roots, down to the smallest numbers that there are."""
    for dtype, smallest in ((np.float32, -149), (np.float64, -1074)):
        a, b = numbers((2, 1000), dtype, 1, lowest=-40)
        tiny = np.ldexp(a, smallest + 45)
        yield from (
            a + b,
            a - b,
            a * b,
            a / b,
            np.sqrt(abs(a)),
            tiny / 3,
            tiny + tiny[::-1],
        )


def _sums() -> Arrays:
    """Sums over classes, and exact sums over samples."""
    for dtype in (np.float32, np.float64):
        for n_samples in (1, 2, 67):
            yield sum_over_classes(numbers((301, n_samples), dtype, 2))
        a, b = numbers((1300, 5), dtype, 6), numbers((1300, 3), dtype, 7)
        yield numerics.PartialSum.of_product(a, b).rounded()
    yield np.array(exact_sum(numbers((5000,), np.float64, 8)))


def _draws() -> Arrays:
    state = np.random.RandomState(0)
    yield from (
        state.random_sample(1000),
        state.standard_normal(10_000).astype(np.float32),
    )


def _elementary(
    function: Callable[[FloatArray], FloatArray], dtype: type
) -> Callable[[], Arrays]:
    x = numbers((20_000,), dtype, 3, lowest=-60)
    x = np.concatenate([x, 64 * x, 700 * x])
    return lambda: [function(x if function is numerics.exp else abs(x))]


def _product(k: int, a: type, b: type) -> Callable[[], Arrays]:
    return lambda: [numerics.matmul(numbers((600, k), a, 4), numbers((k, 7), b, 5))]


def _alone() -> Arrays:
    """Each sample by itself, and then all of them in one batch, through what has sums over features or classes."""
    for dtype in (np.float32, np.float64):
        for width in (2, 64, 700):
            dense = Dense(width, width, dtype=dtype, rng=np.random.RandomState(0))
            softmax = Softmax()
            x, upstream = numbers((2, 5, width), dtype, 9)
            batches = [*np.split(x, 5), x], [*np.split(upstream, 5), upstream]
            for inputs, dvalues in zip(*batches):
                yield softmax.forward(dense.forward(inputs))
                yield dense.backward(softmax.backward(dvalues))


def train(make: Callable[[], Optimizer], dtype: type, n_epochs: int) -> Arrays:
    """Train a 2-64-3 network on the spirals; all parameters, and its loss computed in both ways."""
    X, y = spirals(100)
    optimizer = make()
    draws = np.random.RandomState(0)
    hidden, last = (
        Dense(2, 64, rng=draws, dtype=dtype),
        Dense(64, 3, rng=draws, dtype=dtype),
    )
    relu, loss = ReLU(), SoftmaxCrossEntropy()
    for _ in range(n_epochs):
        scores = last.forward(relu.forward(hidden.forward(X)))
        combined = loss.calculate(scores, y)
        hidden.backward(relu.backward(last.backward(loss.gradient())))
        optimizer.step([hidden, last])
    separate = CategoricalCrossEntropy().calculate(Softmax().forward(scores), y)
    return (
        hidden.weights,
        hidden.biases,
        last.weights,
        last.biases,
        np.array([combined, separate]),
    )


def _other_outputs() -> Arrays:
    """Two classes, several labels, and numbers."""
    for dtype in (np.float32, np.float64):
        for width in (1, 3, 301):
            scores, targets = 8 * numbers((2, 20, width), dtype, 10)
            sigmoid, labels = Sigmoid(), (targets > 0).astype(np.int64)
            probabilities = sigmoid.forward(scores)
            yield probabilities
            yield sigmoid.backward(targets)
            for loss, y_pred, y_true in (
                (BinaryCrossEntropy(), probabilities, labels),
                (SigmoidCrossEntropy(), scores, labels),
                (MeanSquaredError(), scores, targets),
                (MeanAbsoluteError(), scores, targets),
            ):
                yield np.array(loss.calculate(y_pred, y_true))
                yield loss.gradient()


def _mnist1d() -> Arrays:
    X_train, _, X_test, _ = datasets.mnist1d()
    yield from (X_train, X_test)


def regularized_model(dtype: type) -> Model:
    """A small network with dropout, penalties and weight decay."""
    draws = np.random.RandomState(0)
    layers = [
        Dense(2, 16, init="he", l2=1e-3, rng=draws, dtype=dtype),
        ReLU(),
        Dropout(0.1, rng=draws),
        Dense(16, 3, l1=1e-3, penalize_biases=True, rng=draws, dtype=dtype),
    ]
    optimizer = Adam(0.01, weight_decay=0.1)
    return Model(layers, loss=SoftmaxCrossEntropy(), optimizer=optimizer)


def train_regularized(model: Model, epochs: int) -> None:
    """Train it in mini-batches."""
    model.fit(*spirals(40), batch_size=32, epochs=epochs, verbose=False)


def learned(model: Model) -> Arrays:
    """All parameters, and the history."""
    yield from values_of(model.layers)
    history = model.history
    yield np.array([history[name] for name in ("loss", "accuracy", "penalty")])


def regularized(wrap: Callable[[Model], Model] = lambda model: model) -> Arrays:
    """Mini-batches, dropout, penalties and weight decay, through `Model` or what ``wrap`` makes of it."""
    for dtype in (np.float32, np.float64):
        model = wrap(regularized_model(dtype))
        train_regularized(model, REGULARIZED_EPOCHS)
        yield from learned(model)


OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "SGD": lambda: SGD(learning_rate=1.0, decay=1e-3),
    "momentum": lambda: SGD(learning_rate=1.0, decay=1e-3, momentum=0.9),
    "AdaGrad": lambda: AdaGrad(learning_rate=1.0, decay=1e-4),
    "RMSProp": lambda: RMSProp(learning_rate=0.02, decay=1e-5, rho=0.999),
    "Adam": lambda: Adam(learning_rate=0.02, decay=1e-5),
}


def checks(*, short: bool = False) -> list[Check]:
    """All checks, from the ground up; ``short`` trains for 100 epochs instead of 2,000."""
    n_epochs = N_EPOCHS_SHORT if short else N_EPOCHS
    narrow, wide = np.float32, np.float64
    return [
        Check("rounding", _rounding, _ROUNDING),
        Check("random numbers", _draws, _DRAWS),
        Check("sums", _sums, _SUMS),
        *(
            Check(
                f"{function.__name__}, {dtype.__name__}",
                _elementary(function, dtype),
                _LIBRARY,
            )
            for function in (numerics.exp, numerics.log)
            for dtype in (narrow, wide)
        ),
        *(
            Check(
                f"product of length {k}, {a.__name__} and {b.__name__}",
                _product(k, a, b),
                _LIBRARY,
            )
            for k in (2, 64, 3000)
            for a, b in ((narrow, narrow), (narrow, wide), (wide, wide))
        ),
        Check("each sample alone", _alone, _LIBRARY),
        Check("sigmoid, and losses for labels and numbers", _other_outputs, _LIBRARY),
        Check("MNIST-1D", _mnist1d, _DRAWS),
        Check(REGULARIZED, regularized, _LIBRARY),
        *(
            Check(
                f"{n_epochs} epochs of {name}, {dtype.__name__}",
                partial(train, make, dtype, n_epochs),
                _LIBRARY,
            )
            for dtype in (narrow, wide)
            for name, make in OPTIMIZERS.items()
        ),
    ]


def machine() -> str:
    """What this runs on, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"nnfs_lib {__version__}, NumPy {np.__version__}, {python}, {platform.system()} {platform.machine()}"


KNOWN = {
    "rounding": "7e133ea633222654",
    "random numbers": "141c65ec18b4fc01",
    "sums": "0198d73fecca4c52",
    "exp, float32": "aa7b50e350d9a854",
    "exp, float64": "a0e6768de9e05785",
    "log, float32": "ab0b37cf7ecf293c",
    "log, float64": "cbb9cbe878679451",
    "product of length 2, float32 and float32": "1546b1b03f7611ec",
    "product of length 2, float32 and float64": "42d7d4247da44e22",
    "product of length 2, float64 and float64": "c2a469932d258ac0",
    "product of length 64, float32 and float32": "0a3d0105d6d28c78",
    "product of length 64, float32 and float64": "ec10572dd52c536e",
    "product of length 64, float64 and float64": "a6f483423b8cb715",
    "product of length 3000, float32 and float32": "c5668422f1a35620",
    "product of length 3000, float32 and float64": "40bf57bba38bb2e0",
    "product of length 3000, float64 and float64": "69008ac5575a1359",
    "each sample alone": "3f76ad9a9c9a7b0e",
    "sigmoid, and losses for labels and numbers": "3d158c67ee156e16",
    "MNIST-1D": "0b2b548d14a498bf",
    REGULARIZED: "73076f1f66919224",
    "2000 epochs of SGD, float32": "f13a30ebe199dab3",
    "2000 epochs of momentum, float32": "a815227e41201743",
    "2000 epochs of AdaGrad, float32": "27488b7e64fba5cb",
    "2000 epochs of RMSProp, float32": "56e1107c49c7f5c7",
    "2000 epochs of Adam, float32": "6ab01084715dc89d",
    "2000 epochs of SGD, float64": "a7842fc59f75bcdd",
    "2000 epochs of momentum, float64": "f64f0abf3b65a9e9",
    "2000 epochs of AdaGrad, float64": "5fe32bc8b94b41e1",
    "2000 epochs of RMSProp, float64": "2f3e9abba8ae7245",
    "2000 epochs of Adam, float64": "89e2bbc28670d305",
    "100 epochs of SGD, float32": "8109632710f41e16",
    "100 epochs of momentum, float32": "f9080d556cf79421",
    "100 epochs of AdaGrad, float32": "19b35c2da7eda4f5",
    "100 epochs of RMSProp, float32": "3144c44617d5355c",
    "100 epochs of Adam, float32": "827506929ba586c3",
    "100 epochs of SGD, float64": "3d607222e9b92492",
    "100 epochs of momentum, float64": "bc7ec0c9d7336836",
    "100 epochs of AdaGrad, float64": "b10954d073a64ed1",
    "100 epochs of RMSProp, float64": "875bed70bd6fe5c3",
    "100 epochs of Adam, float64": "9d5fa38b4e49f460",
}
"""The digest of each check. If you change the arithmetic on purpose, write the new ones here and record the chapters
again; one that differs on another machine is a mistake."""
