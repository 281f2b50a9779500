"""The networks of the paper's table are what the chapter says, and its record is complete."""

import formulas
import numpy as np
import pytest
import sympy
from symbols import evaluated, gradient, is_zero, matrix, random_numbers

from nnfs_lib.book import paper_table
from nnfs_lib.book.paper_table import Convolution, Residual
from nnfs_lib.gradcheck import check_gradients
from nnfs_lib.layers import Dense
from nnfs_lib.parameters import parameters_of, with_parameters

DRAWS = np.random.RandomState(3)


def convolved(layer, inputs, size, stride):
    """The formula, one window after the other."""
    rows = []
    for line in inputs.reshape(len(inputs), layer.length, layer.channels):
        zeros = np.zeros((layer.padding, layer.channels))
        padded = np.concatenate([zeros, line, zeros])
        starts = range(0, len(padded) - size + 1, stride)
        windows = [padded[start : start + size].ravel() for start in starts]
        rows.append([window @ layer.weights + layer.biases[0] for window in windows])
    return np.array(rows).reshape(len(inputs), -1)


@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(3, 1, 0), (3, 2, 1), (5, 3, 2), (1, 2, 0)]
)
def test_a_convolution_is_its_formula_and_its_gradient_is_right(size, stride, padding):
    layer = Convolution(
        *(9, 2, 4), size=size, stride=stride, padding=padding, rng=DRAWS
    )
    layer.biases[:] = DRAWS.standard_normal((1, 4))
    inputs = DRAWS.standard_normal((3, 18)).astype(np.float32)
    expected = convolved(layer, inputs, size, stride)
    # float32: seven digits of sums of at most ten products
    np.testing.assert_allclose(layer.forward(inputs), expected, atol=1e-5)
    assert check_gradients(layer, inputs, must_return=True)


@pytest.mark.parametrize("q", [1, 2])
def test_the_gradients_of_a_convolution_follow_from_its_formula(q):
    x, w, b = matrix("x", 7, 1), matrix("w", 3, 1), sympy.Symbol("b")
    z = formulas.convolution(x, w, b, q)
    D = matrix("D", len(z), 1)
    L = sum(d * each for d, each in zip(D, z))
    dw, db, dx = formulas.convolution_gradients(x, w, D, q)
    assert is_zero(gradient(L, w) - dw)
    assert is_zero(sympy.diff(L, b) - db)
    assert is_zero(gradient(L, x) - dx)

    layer = Convolution(7, 1, 1, size=3, stride=q, rng=DRAWS)
    numbers = random_numbers(q, x, w, D)
    layer.weights[:] = evaluated(w, numbers)
    # numbers of few digits: no product or sum is rounded
    output = layer.forward(evaluated(x.T, numbers))
    assert np.array_equal(output.T, evaluated(z.subs(b, 0), numbers))
    assert np.array_equal(
        layer.backward(evaluated(D.T, numbers)).T, evaluated(dx, numbers)
    )
    assert np.array_equal(layer.dweights, evaluated(dw, numbers))


def test_the_gradient_of_what_is_added_to_its_input_is_right():
    dense = Dense(3, 3, init=1.0, rng=DRAWS, dtype=np.float64)
    check = check_gradients(Residual([dense]), DRAWS.standard_normal((4, 3)))
    assert not check.rows[0].problem


@pytest.mark.parametrize(
    ("kind", "more", "n_parameters"),
    [
        *[("logistic", {}, 410), ("mlp", {}, 15_210), ("convolution", {}, 5_210)],
        ("mlp", {"width": 256}, 78_858),  # 41 * 256 + 257 * 256 + 257 * 10
    ],
)
def test_the_networks_have_as_many_parameters_as_the_papers(kind, more, n_parameters):
    layers = with_parameters(paper_table.network(kind, seed=0, **more).layers)
    sizes = [each.value.size for layer in layers for each in parameters_of(layer)]
    assert sum(sizes) == n_parameters


def test_first_weights_are_spread_as_pytorchs():
    dense = Dense(25, 400)
    paper_table.as_pytorch([dense], np.random.RandomState(0))
    for values in (dense.weights, dense.biases):
        # 1 / sqrt(25), which 400 draws and more come near to
        assert 0.19 < abs(values).max() <= 0.2
        assert values.min() < -0.19


def test_the_record_holds_every_run():
    record = paper_table.recorded()
    assert list(record) == list(paper_table.ARMS)
    for name, runs in record.items():
        settings = paper_table.ARMS[name]
        steps = settings.get("steps", paper_table.STEPS)
        columns = 4 if settings.get("n_held_out") else 3
        shape = (len(paper_table.SEEDS[name]), steps // paper_table.EVERY, columns)
        assert np.shape(runs) == shape, name


def test_a_run_is_the_record_from_its_first_steps_on():
    for name in ("logistic regression", "MLP, held out, l2", "MLP, 256 neurons"):
        begun = paper_table.run(name, seed=1, steps=250)
        assert begun == paper_table.recorded()[name][1][:1]
