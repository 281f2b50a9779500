"""Activation functions: what a layer's output passes through before the next layer sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import elementary, validation
from .numerics import add_up
from .validation import FloatArray

LOWEST = -700.0
"""A score further below the largest counts as this far: ``exp(-700)``, about 1e-304, is nearly the least there is."""


class ReLU:
    """Rectified linear unit: ``output = max(0, inputs)``, entry by entry.

    Attributes
    ----------
    inputs, output, dinputs : ndarray, shape (n_samples, n_neurons)
    """

    def forward(self, inputs: ArrayLike) -> FloatArray:
        """Replace negative entries by 0.

        Parameters
        ----------
        inputs : array_like, shape (n_samples, n_neurons)

        Returns
        -------
        ndarray, shape (n_samples, n_neurons)

        Raises
        ------
        ValueError
            If ``inputs`` is not a matrix, is empty, or holds NaN or infinity.
        """
        inputs = validation.matrix("inputs", inputs)
        self.inputs = inputs
        # An array of zeros is faster than one zero. + 0.0 makes 0.0 of -0.0: which of the two is the maximum depends on
        # the processor.
        self.output: FloatArray = np.maximum(inputs, np.zeros_like(inputs)) + 0.0
        return self.output

    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Let the gradient through where the input was positive; elsewhere it is 0 (at the kink, too).

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
        inputs = validation.computed(self, "inputs")
        dvalues = validation.matrix("dvalues", dvalues, shape=inputs.shape)
        dinputs: FloatArray = (inputs > 0).astype(dvalues.dtype)
        dinputs *= dvalues
        self.dinputs = dinputs
        return self.dinputs

    def __repr__(self) -> str:
        return "ReLU()"


class Softmax:
    """Turns each row of scores into probabilities: ``exp(z_j) / sum_l exp(z_l)``.

    Attributes
    ----------
    inputs, output, dinputs : ndarray, shape (n_samples, n_classes)
    """

    output: FloatArray | None = None

    def forward(self, inputs: ArrayLike) -> FloatArray:
        """Compute the probabilities of each sample's classes.

        The row's maximum is subtracted first: that changes nothing in exact arithmetic and keeps ``exp`` from
        overflowing.

        Parameters
        ----------
        inputs : array_like, shape (n_samples, n_classes)

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Each row sums to 1.

        Raises
        ------
        ValueError
            If ``inputs`` is not a matrix, is empty, or holds NaN or infinity.
        """
        inputs = validation.matrix("inputs", inputs)
        with np.errstate(over="ignore"):
            _, exponentials, sums = shifted_exponentials(inputs)
        self.inputs = inputs
        self.output = probabilities(exponentials, sums, inputs.dtype)
        return self.output

    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Multiply each sample's gradient by its Jacobian ``diag(s) - s s.T``, without building it.

        ``dinputs = s * (dvalues - sum_j dvalues_j s_j)``, row by row.

        Parameters
        ----------
        dvalues : array_like, shape (n_samples, n_classes)
            Derivative of the loss with respect to ``output``.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            ``dinputs``, the derivative of the loss with respect to ``inputs``.

        Raises
        ------
        RuntimeError
            If ``forward`` has not been called.
        ValueError
            If the shape is not that of ``output``, or NaN or infinity is found.
        """
        s = validation.computed(self, "output")
        dvalues = validation.matrix("dvalues", dvalues, shape=s.shape)
        self.dinputs: FloatArray = s * (
            dvalues - add_up(dvalues * s, axis=1, keepdims=True)
        )
        return self.dinputs

    def __repr__(self) -> str:
        return "Softmax()"


def shifted_exponentials(
    inputs: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What softmax and its loss are made of, classes first: NumPy reduces fastest over the first axis.

    Returns each row's maximum, shape (n_samples,), ``exp(inputs - row maximum)``, shape (n_classes, n_samples), and the
    sums of the exponentials, shape (n_samples,); all float64.
    """
    z = inputs.T.astype(np.float64, order="C")
    largest = z.max(axis=0)
    z -= largest  # what is too large for float64 becomes -inf
    np.maximum(z, LOWEST, out=z)
    exponentials = elementary.exp_float64(z, inputs.dtype)
    return largest, exponentials, add_up(exponentials)


def probabilities(
    exponentials: FloatArray, sums: FloatArray, dtype: np.dtype[Any]
) -> FloatArray:
    """``exponentials / sums``, samples first again, in the type asked for."""
    result = np.empty(exponentials.shape[::-1], dtype=dtype)
    np.divide(exponentials, sums, out=result.T, casting="same_kind")
    return result
