"""The library and PyTorch agree, in float64, on every layer, activation, loss, optimizer and on whole training runs.

What PyTorch computed is recorded in ``pytorch/values.json``; ``make verify`` computes it anew.
"""

import pytest
from pytorch import comparison

from nnfs_lib.book import verified

VALUES = comparison.read()
QUANTITIES = [
    (subject, case, quantity)
    for subject in comparison.SUBJECTS
    for case, entry in VALUES[subject]["cases"].items()
    for quantity in entry["pytorch"]
]


@pytest.fixture(scope="module")
def found():
    return {
        (subject, case, quantity): difference
        for subject in comparison.SUBJECTS
        for case, quantity, difference in comparison.differences(VALUES, subject)
    }


@pytest.mark.parametrize(("subject", "case", "quantity"), QUANTITIES)
def test_the_library_agrees_with_pytorch(found, subject, case, quantity):
    assert found[subject, case, quantity] <= comparison.TOLERANCE


def test_every_class_is_compared():
    compared = {case.split(",")[0] for subject, case, _ in QUANTITIES}
    assert compared >= {
        *("Dense", "penalties", "ReLU", "Softmax", "Sigmoid", "Dropout"),
        *("CategoricalCrossEntropy", "SoftmaxCrossEntropy", "BinaryCrossEntropy"),
        *("SigmoidCrossEntropy", "MeanSquaredError", "MeanAbsoluteError"),
        *("SGD", "momentum", "AdaGrad", "RMSProp", "Adam", "weight decay"),
    }


def test_an_array_of_another_shape_is_infinitely_far():
    for measure in (comparison.entrywise, comparison.to_the_largest):
        assert measure([[1.0, 2.0]], [1.0, 2.0]) == float("inf")
        assert measure([1.0, 2.0], [1.0, 2.5]) == pytest.approx(0.2)


def test_the_record_that_the_book_shows_is_up_to_date():
    record = verified.load("pytorch")
    assert record["worst"] == comparison.worst_differences(VALUES)
    assert record["versions"] == VALUES["versions"]
