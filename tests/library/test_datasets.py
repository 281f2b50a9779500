"""The data are the published ones."""

import hashlib

import numpy as np
import pytest

from nnfs_lib import datasets


@pytest.fixture(autouse=True)
def _made_anew():
    datasets._mnist1d.cache_clear()


def test_mnist1d_is_the_papers():
    X_train, y_train, X_test, y_test = datasets.mnist1d()
    assert X_train.shape == (4000, 40)
    assert X_test.shape == (1000, 40)
    assert X_train.dtype == X_test.dtype == np.float32
    assert np.bincount(np.concatenate([y_train, y_test])).tolist() == [500] * 10
    digest = hashlib.sha256()
    for x, y in ((X_train, y_train), (X_test, y_test)):
        digest.update(x.astype("<f4").tobytes() + y.astype("u1").tobytes())
    assert digest.hexdigest() == datasets.MNIST1D_SHA256


def test_digits_are_those_of_scikit_learn():
    X, y = datasets.digits()
    assert X.shape == (1797, 64)
    assert (X.dtype, y.dtype) == (np.float32, np.int64)
    assert (X.min(), X.max()) == (0, 16)
    assert sorted(set(y.tolist())) == list(range(10))
    # of data and target of scikit-learn 1.9's load_digits(), as bytes
    scikit_learns = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    digest = hashlib.sha256(X.astype("u1").tobytes() + y.astype("u1").tobytes())
    assert digest.hexdigest() == scikit_learns


@pytest.mark.parametrize("load", [datasets.mnist1d, datasets.digits])
def test_what_is_changed_stays_with_whoever_changed_it(load):
    expected = [array.copy() for array in load()]
    for array in load():
        array[...] = 7
    for array, same in zip(load(), expected):
        assert np.array_equal(array, same)


def test_other_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(datasets, "DIGITS_SHA256", "0" * 64)
    with pytest.raises(
        RuntimeError, match=r"^these are not the published data: .* differently$"
    ):
        datasets.digits()
