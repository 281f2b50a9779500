"""Data to train on: the same numbers everywhere, without a download and without SciPy."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .elementary import exp
from .partial_sums import exact_sum
from .validation import FloatArray

Labels = NDArray[np.int64]

DIGITS_SHA256 = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
MNIST1D_SHA256 = "e051c8bd6bf115350c592615ee38c8e61442875a67da419c4dd8db4c1fdc7436"


def digits() -> tuple[FloatArray, Labels]:
    """Load pictures of handwritten digits: 8 x 8 pixels, in the order in which scikit-learn has them.

    Returns
    -------
    X : ndarray of float32, shape (1797, 64)
        Pixels from 0 to 16, row after row.
    y : ndarray of int64, shape (1797,)
        The digits, 0 to 9.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49 (CC BY 4.0); its test set.
    """
    path = resources.files(__package__) / "digits.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    _require(DIGITS_SHA256, images, labels)
    return images.astype(np.float32), labels.astype(np.int64)


def mnist1d() -> tuple[FloatArray, Labels, FloatArray, Labels]:
    """Make MNIST-1D: ten shapes, each a line of 40 numbers, which is stretched, shifted, sheared and noisy.

    Returns
    -------
    X_train : ndarray of float32, shape (4000, 40)
    y_train : ndarray of int64, shape (4000,)
    X_test : ndarray of float32, shape (1000, 40)
    y_test : ndarray of int64, shape (1000,)

    Raises
    ------
    RuntimeError
        If the numbers made on this machine are not those of the paper's file.

    References
    ----------
    S. Greydanus and D. Kobak, "Scaling down deep learning with MNIST-1D", ICML 2024; their shapes and settings
    (https://github.com/greydanus/mnist1d, Apache License 2.0), written anew without SciPy.
    """
    arrays = _mnist1d()
    return tuple(array.copy() for array in arrays)  # type: ignore[return-value]


SHAPES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)
"""The digits as lines of 12 points."""

N_POINTS, N_PADDED, N_PER_CLASS = 40, 72, 500


@functools.cache
def _mnist1d() -> tuple[FloatArray, Labels, FloatArray, Labels]:
    draws = np.random.RandomState(42)
    shapes = SHAPES - SHAPES.mean(axis=1, keepdims=True)
    shapes /= shapes.std(axis=1, keepdims=True)
    shapes = (shapes - shapes[:, :1]) / 6.0
    lines = [_line(shape, draws) for shape in shapes for _ in range(N_PER_CLASS)]
    labels = np.repeat(np.arange(len(shapes)), N_PER_CLASS)
    order = draws.permutation(len(labels))
    X, y = np.stack(lines)[order], labels[order]
    X -= exact_sum(X.ravel()).sum() / X.size
    squares = exact_sum((X * X).ravel()).sum()
    X = (X / np.sqrt(squares / X.size)).astype(np.float32)
    n_train = len(y) * 4 // 5
    made = X[:n_train], y[:n_train], X[n_train:], y[n_train:]
    as_published = made[0], made[1].astype(np.uint8), made[2], made[3].astype(np.uint8)
    _require(MNIST1D_SHA256, *as_published)
    return made


def _line(shape: FloatArray, draws: np.random.RandomState) -> FloatArray:
    """A shape as it is seen: padded, stretched, shifted, sheared, and with two kinds of noise."""
    padding = np.zeros(36 + int(draws.random_sample() * 25))
    line = _resampled(np.concatenate([shape + 1e-8, padding]), N_PADDED)
    line = line * (1 + 0.4 * (draws.random_sample() - 0.5))
    shift = draws.choice(48)
    line = np.concatenate([line[-shift:], line[:-shift]])
    drawn = line != 0
    background = _smoothed(0.25 * draws.standard_normal(N_PADDED))
    line = drawn * line + (1 - drawn) * background
    line = line + 0.02 * draws.standard_normal(N_PADDED)
    slope = 0.75 * (draws.random_sample() - 0.5)
    line = line - slope * np.linspace(-0.5, 0.5, N_PADDED)
    return _resampled(line, N_POINTS)


def _resampled(line: FloatArray, n: int) -> FloatArray:
    """Linear interpolation at n evenly spaced points."""
    places = np.linspace(0, 1, n) * (len(line) - 1)
    left = np.minimum(places.astype(np.intp), len(line) - 2)
    return line[left] + (line[left + 1] - line[left]) * (places - left)


def _smoothed(line: FloatArray, sigma: float = 2.0, radius: int = 8) -> FloatArray:
    """Weighted means of neighbours, with Gaussian weights; the ends are mirrored."""
    offsets = np.arange(-radius, radius + 1)
    weights = exp(-0.5 / sigma**2 * offsets**2)
    weights /= weights.sum()
    mirrored = np.concatenate([line[:radius][::-1], line, line[-radius:][::-1]])
    total = np.zeros_like(line)
    for k, weight in enumerate(weights):
        total = total + weight * mirrored[k : k + len(line)]
    return total


def _require(sha256: str, *arrays: NDArray[Any]) -> None:
    """Raise unless the bytes of the arrays, in the order of little-endian machines, have this digest."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    if digest.hexdigest() != sha256:
        raise RuntimeError(
            "these are not the published data: `python -m nnfs_lib` shows what this machine computes differently"
        )
