"""What keeps a network from memorising its samples: dropout, and penalties on parameters.

The penalties are part of `Dense`, and weight decay is one of `Adam`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import validation
from .base import Layer
from .partial_sums import exact_sum
from .validation import FloatArray


class Dropout(Layer):
    """Sets entries to 0 at random in training, each with probability ``rate``, and divides the others by ``1 - rate``.

    The expected output is then the input ("inverted" dropout). Outside training the inputs pass unchanged.

    ``output = inputs * mask``, ``mask = (u >= rate) / (1 - rate)`` with uniform ``u`` from 0 to 1, drawn anew for each
    batch

    Parameters
    ----------
    rate : float, in [0, 1)
        The fraction that is set to 0.
    rng : numpy.random.RandomState or Generator, optional
        Where u comes from. By default NumPy's global stream, which ``nnfs.init()`` and ``np.random.seed`` seed.

    Attributes
    ----------
    training : bool
        Whether `forward` drops anything; `Model` sets it.
    part : tuple (slice, int), optional
        Set while `forward` gets only some rows of a batch: which ones, and how many the batch has. The mask is then
        drawn for the whole batch, so that each row has the same mask however the batch is cut.
    inputs, output, dinputs : ndarray, shape (n_samples, n_neurons)

    Raises
    ------
    TypeError, ValueError
        If ``rate`` is not such a number, or ``rng`` cannot draw.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: a simple way to prevent neural
    networks from overfitting", JMLR 15, 2014.
    """

    part: tuple[slice, int] | None = None

    def __init__(
        self,
        rate: float,
        *,
        rng: np.random.Generator | np.random.RandomState | None = None,
    ) -> None:
        self.rate = validation.number("rate", rate, at_least=0, below=1)
        _uniform(rng, (0, 0))
        stream: Any = rng
        # None is the same stream as the module numpy.random, which cannot be copied.
        self.rng, self.training = (None if stream is np.random else rng), True

    @np.errstate(all="ignore")
    def forward(self, inputs: ArrayLike) -> FloatArray:
        """In training, multiply by a new mask; otherwise return a copy of the inputs.

        Parameters
        ----------
        inputs : array_like, shape (n_samples, n_neurons)

        Returns
        -------
        ndarray, shape (n_samples, n_neurons)

        Raises
        ------
        ValueError
            If ``inputs`` is not a matrix, is empty, or holds NaN or infinity, or its rows are not as many as those of
            ``part``.
        """
        inputs = validation.matrix("inputs", inputs)
        mask = np.ones_like(inputs)
        if self.training and self.rate > 0:
            kept = self._draw(*inputs.shape) >= self.rate
            mask = kept * inputs.dtype.type(1 / (1 - self.rate))
        self.inputs, self.output, self._dropped = inputs, inputs * mask, mask
        return self.output

    @np.errstate(all="ignore")
    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Multiply by the mask of the last `forward`.

        Parameters
        ----------
        dvalues : array_like, shape (n_samples, n_neurons)
            Derivative of the loss with respect to ``output``.

        Returns
        -------
        ndarray, shape (n_samples, n_neurons)
            ``dinputs``, the derivative of the loss with respect to ``inputs``.

        Raises
        ------
        RuntimeError
            If ``forward`` has not been called.
        ValueError
            If the shape is not that of ``output``, or NaN or infinity is found.
        """
        mask = validation.computed(self, "_dropped")
        dvalues = validation.matrix("dvalues", dvalues, shape=mask.shape)
        self.dinputs: FloatArray = dvalues * mask
        return self.dinputs

    def _draw(self, n_rows: int, width: int) -> FloatArray:
        """Numbers for these rows: for a part of a batch, those that its rows have in the whole."""
        rows, n_samples = self.part or (slice(None), n_rows)
        expected = len(range(n_samples)[rows])
        if n_rows != expected:
            raise ValueError(
                f"inputs has {n_rows} rows, but part is {self.part}, and so {expected} are expected"
            )
        return _uniform(self.rng, (n_samples, width))[rows]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.rate:g})"


def _uniform(rng: Any, shape: tuple[int, int]) -> FloatArray:
    """Numbers in [0, 1) in float64, which agree everywhere: 53 random bits over ``2**53``."""
    is_new = isinstance(rng, np.random.Generator)
    draw = validation.drawing(rng, "random" if is_new else "random_sample")
    return np.asarray(draw(shape))


def penalty(values: FloatArray, l1: float, l2: float) -> float:
    """``l1 sum |w| + l2 sum w**2``, whose sums have no order; at strength 0, one counts as 0 even if it is infinite."""
    wide = np.asarray(values, np.float64).ravel()
    magnitudes = l1 * float(exact_sum(np.abs(wide)).sum()) if l1 else 0.0
    squares = l2 * float(exact_sum(wide * wide).sum()) if l2 else 0.0
    return magnitudes + squares


def penalty_gradient(values: FloatArray, l1: float, l2: float) -> FloatArray:
    """``l1 sign(w) + 2 l2 w``; at 0, where ``|w|`` has no derivative, that of l1 counts as 0."""
    return l1 * np.sign(values) + 2 * l2 * values
