"""The library prints what the learner's notebook printed, digit for digit.

``notebook_numbers.json`` holds the notebook's numbers. Those under "exact" do not depend
on the machine; a training run is the same everywhere only at its first epoch, before
differences in rounding have grown.
"""

import json
import math
from pathlib import Path

import nnfs
import numpy as np
import pytest
from nnfs.datasets import spiral_data

from nnfs_lib import (
    SGD,
    AdaGrad,
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
    accuracy,
    numerics,
)

NUMBERS = json.loads(
    Path(__file__).with_name("notebook_numbers.json").read_text(encoding="utf-8")
)
SCORES = [4.8, 1.21, 2.385]
SCORE_MATRIX = [SCORES, [8.9, -1.81, 0.2], [1.41, 1.051, 0.026]]
CONFIDENCES = np.array([[0.7, 0.1, 0.2], [0.1, 0.5, 0.4], [0.02, 0.9, 0.08]])
LABELS = np.array([0, 1, 1])
ONE_HOT = np.eye(3)[LABELS]


def printed(value, form):
    """``value`` after being printed in this form and read again; lists entry by entry."""
    if isinstance(value, (list, tuple)) or np.ndim(value):
        return [printed(entry, form) for entry in value]
    return float(format(float(value), form))


def rounding_of_a_sum(terms, type, largest):
    """How far off a sum is that the notebook rounded after each term; the library rounds it once.

    Each addition is off by up to half a unit in the last place of the largest partial sum (for a mean: divided by the
    number of terms), and errors of either sign grow with the root of their number.
    """
    return math.sqrt(terms) * float(np.spacing(np.dtype(type).type(largest))) / 2


def first_layer():
    nnfs.init()
    X, _ = spiral_data(100, 3)
    return Dense(2, 3).forward(X)[:5]


def sums():
    ones = np.ones((3, 1))
    rows = numerics.matmul(SCORE_MATRIX, ones)
    columns = numerics.matmul(ones.T, SCORE_MATRIX)
    return numerics.matmul(columns, ones).item(), columns[0], rows[:, 0]


def untrained_network():
    """Cell 145: the second data set and the second layer of the session."""
    first_layer()
    X, y = spiral_data(100, 3)
    hidden, activation, last = Dense(2, 3), ReLU(), Dense(3, 3)
    scores = last.forward(activation.forward(hidden.forward(X)))
    return Softmax().forward(scores), y


def confidences_and_losses():
    losses = CategoricalCrossEntropy().forward(CONFIDENCES, LABELS)
    mean = CategoricalCrossEntropy().calculate(CONFIDENCES, LABELS)
    return numerics.exp(-losses), losses, float(f"{mean:.2f}")


def cross_entropies():
    loss = CategoricalCrossEntropy()
    return [loss.calculate(CONFIDENCES, labels) for labels in (LABELS, ONE_HOT)]


def relu_mask():
    z = np.array([[1, 2, -3, -4], [2, -7, -1, 3], [-1, 2, 5, -1]])
    relu = ReLU()
    relu.forward(z)
    return relu.backward(np.ones(z.shape))


def softmax_jacobian():
    softmax = Softmax()
    softmax.output = np.tile([0.7, 0.1, 0.2], (3, 1))
    return softmax.backward(np.eye(3))  # each row of upstream picks one row of it


def classes_of_one_hot():
    """Which column the combined loss takes 1 from is the class that it reads."""
    one_hot = np.eye(3)[[0, 2, 1]]
    gradient = SoftmaxCrossEntropy().backward(np.full((3, 3), 1 / 3), one_hot)
    return gradient.ravel().argmin(), gradient.argmin(axis=1)


def trained_once():
    """Cells 160 and 161: loss, then the gradients of the 2-3-3 network."""
    nnfs.init()
    X, y = spiral_data(100, 3)
    hidden, activation, last = Dense(2, 3), ReLU(), Dense(3, 3)
    loss = SoftmaxCrossEntropy()
    value = loss.forward(last.forward(activation.forward(hidden.forward(X))), y)
    loss.backward(loss.output, y)
    hidden.backward(activation.backward(last.backward(loss.dinputs)))
    return value, hidden.dweights, hidden.dbiases, last.dweights, last.dbiases


def decayed_rates():
    sgd = SGD(learning_rate=1, decay=0.1)
    for _ in range(20):
        sgd.pre_update_params()
        yield sgd.current_learning_rate
        sgd.update_iter()


# In the order of the file: how to compute an entry, and how the notebook printed it.
# NumPy prints 8 decimals of an array; with the scientific notation, 9 digits.
EXACT = [
    (first_layer, ".8e"),
    (lambda: ReLU().forward(first_layer()), ".8f"),
    (lambda: numerics.exp(SCORES), ".8f"),
    (lambda: Softmax().forward([SCORES])[0], ".8f"),
    (sums, ".8f"),
    (lambda: untrained_network()[0][:5], ".8f"),
    (confidences_and_losses, ".8f"),
    (cross_entropies, ".17g"),
    (lambda: CategoricalCrossEntropy().calculate(*untrained_network()), ".2f"),
    (lambda: accuracy(*untrained_network()), ".17g"),
    (relu_mask, ".8f"),
    (softmax_jacobian, ".8f"),
    (classes_of_one_hot, ".8f"),
    (lambda: CategoricalCrossEntropy().backward(CONFIDENCES, LABELS), ".8f"),
    (lambda: SoftmaxCrossEntropy().backward(CONFIDENCES, LABELS), ".8f"),
    (lambda: trained_once()[0], ".7f"),
    (lambda: trained_once()[1], None),
    (lambda: trained_once()[2], None),
    (lambda: trained_once()[3], None),
    (lambda: trained_once()[4], None),
    (lambda: list(decayed_rates()), ".3f"),
]


def test_every_entry_of_the_file_is_computed():
    assert len(EXACT) == len(NUMBERS["exact"])


@pytest.mark.parametrize(
    ("entry", "compute", "form"),
    [
        pytest.param(entry, *exact, id=f"cell {entry['cell']}, {entry['what']}")
        for entry, exact in zip(NUMBERS["exact"], EXACT)
    ],
)
def test_the_notebooks_number_comes_out(entry, compute, form):
    if "sum" in entry:
        allowed = rounding_of_a_sum(**entry["sum"])
        np.testing.assert_allclose(compute(), entry["value"], rtol=0, atol=allowed)
    elif form is None:  # the notebook's own rounding is seen: rtol says how much of it
        np.testing.assert_allclose(compute(), entry["value"], rtol=entry["rtol"])
    else:
        assert printed(compute(), form) == printed(entry["value"], ".17g")


RUNS = {
    "SGD": SGD(),
    "SGD(decay=1e-3)": SGD(decay=1e-3),
    "SGD(decay=1e-3, momentum=0.9)": SGD(decay=1e-3, momentum=0.9),
    "AdaGrad(decay=1e-4)": AdaGrad(decay=1e-4),
}


def test_every_training_run_of_the_file_is_tried():
    assert list(RUNS) == list(NUMBERS["training"])


@pytest.mark.parametrize("run", RUNS)
def test_a_training_run_starts_as_in_the_notebook(run):
    nnfs.init()
    X, y = spiral_data(100, 3)
    hidden, activation, last = Dense(2, 64), ReLU(), Dense(64, 3)
    loss = SoftmaxCrossEntropy()
    value = loss.forward(last.forward(activation.forward(hidden.forward(X))), y)
    row = {
        "epoch": 0,
        "accuracy": f"{accuracy(loss.output, y):.3f}",
        "loss": f"{value:.3f}",
        "lr": f"{RUNS[run].current_learning_rate:.3f}",
    }
    expected = NUMBERS["training"][run]["rows"][0]
    assert row == {"lr": "1.000", **expected}  # plain SGD's rows do not print the rate
