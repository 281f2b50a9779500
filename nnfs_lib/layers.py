"""Layers with parameters."""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import validation
from .numerics import GridMatrix, add_up
from .validation import FloatArray


class Dense:
    """A fully connected layer: every neuron sees every input.

    ``output = inputs @ weights + biases``

    Parameters
    ----------
    n_inputs : int
        Features of a sample, the columns of ``inputs``.
    n_neurons : int
        Neurons, the columns of ``output``.
    rng : numpy.random.Generator or RandomState, optional
        Where the initial weights, ``0.01`` times standard normal draws, come from. By default NumPy's global
        stream, which ``nnfs.init()`` and ``np.random.seed`` seed.
    dtype : float32 or float64
        Type of the parameters and of everything computed. Inputs are converted to it.

    Attributes
    ----------
    weights, dweights : ndarray, shape (n_inputs, n_neurons)
    biases, dbiases : ndarray, shape (1, n_neurons)
    inputs, dinputs : ndarray, shape (n_samples, n_inputs)
    output : ndarray, shape (n_samples, n_neurons)

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive integer, or ``rng`` cannot draw normal numbers.
    """

    def __init__(
        self,
        n_inputs: SupportsIndex,
        n_neurons: SupportsIndex,
        *,
        rng: np.random.Generator | np.random.RandomState | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        shape = (
            validation.positive_integer("n_inputs", n_inputs),
            validation.positive_integer("n_neurons", n_neurons),
        )
        dtype = validation.dtype(dtype)
        draws = _standard_normal(rng, shape).astype(
            np.float32
        )  # rounded at the source: see numerics
        self.weights: FloatArray = np.float32(0.01) * draws
        self.weights = self.weights.astype(dtype, copy=False)
        self.biases: FloatArray = np.zeros((1, shape[1]), dtype=dtype)
        self.dweights: FloatArray | None = None
        self.dbiases: FloatArray | None = None

    def forward(self, inputs: ArrayLike) -> FloatArray:
        """Compute ``inputs @ weights + biases`` for a batch.

        Parameters
        ----------
        inputs : array_like, shape (n_samples, n_inputs)

        Returns
        -------
        ndarray, shape (n_samples, n_neurons)

        Raises
        ------
        ValueError
            If the shape is another, the batch is empty, or NaN or infinity is found in inputs or parameters.
        """
        w = GridMatrix(validation.parameter("weights", self.weights), "weights")
        n_inputs, n_neurons = w.values.shape
        x = GridMatrix(inputs, "inputs", columns=n_inputs, dtype=w.values.dtype)
        biases = validation.matrix("biases", self.biases, shape=(1, n_neurons))
        output = x @ w
        output += biases
        self.inputs, self.output, self._rounded = x.values, output, (x, w)
        return output

    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Turn the gradient of the loss at the output into the gradients at weights, biases and inputs.

        ``dweights = inputs.T @ dvalues``, ``dbiases`` = column sums of ``dvalues``,
        ``dinputs = dvalues @ weights.T``

        Parameters
        ----------
        dvalues : array_like, shape (n_samples, n_neurons)
            Derivative of the loss with respect to ``output``.

        Returns
        -------
        ndarray, shape (n_samples, n_inputs)
            ``dinputs``, the derivative of the loss with respect to ``inputs``.

        Raises
        ------
        RuntimeError
            If ``forward`` has not been called.
        ValueError
            If the shape is not that of ``output``, or NaN or infinity is found.
        """
        x, w = validation.computed(self, "_rounded")
        d = GridMatrix(
            dvalues, "dvalues", shape=self.output.shape, dtype=self.weights.dtype
        )
        dweights = x.T @ d
        dbiases = add_up(d.values, keepdims=True)
        dinputs = d @ w.T
        self.dweights, self.dbiases, self.dinputs = dweights, dbiases, dinputs
        return dinputs

    def __repr__(self) -> str:
        n_inputs, n_neurons = self.weights.shape
        return f"Dense({n_inputs}, {n_neurons})"


def _standard_normal(rng: Any, shape: tuple[int, int]) -> FloatArray:
    if rng is None:
        rng = np.random
    draw = getattr(rng, "standard_normal", None)
    if draw is None:
        raise TypeError(
            f"rng must be a numpy.random.Generator or RandomState, but it is {rng!r}"
        )
    return np.asarray(draw(shape))
