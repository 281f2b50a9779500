"""Activation functions: what a layer's output passes through before the next layer sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import elementary, validation
from .base import Layer
from .validation import FloatArray

LOWEST = -700.0
"""A score further below the largest counts as this far: ``exp(-700)``, about 1e-304, is nearly the least there is."""


class ReLU(Layer):
    """Rectified linear unit: ``output = max(0, inputs)``, entry by entry.

    Attributes
    ----------
    inputs, output, dinputs : ndarray, shape (n_samples, n_neurons)
    """

    @np.errstate(all="ignore")
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
        output = np.maximum(inputs, 0.0)
        # Which of 0.0 and -0.0 is the maximum depends on the processor: this makes it 0.0.
        output += 0.0
        self.inputs, self.output, self._positive = inputs, output, inputs > 0
        return output

    @np.errstate(all="ignore")
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
        positive = validation.computed(self, "_positive")
        dvalues = validation.matrix("dvalues", dvalues, shape=positive.shape)
        self.dinputs: FloatArray = dvalues * positive
        return self.dinputs


class Sigmoid(Layer):
    """Turns each score into a probability of its own: ``1 / (1 + exp(-z))``, entry by entry.

    Computed with ``exp(-|z|)``, which cannot overflow.

    Attributes
    ----------
    inputs, output, dinputs : ndarray, shape (n_samples, n_neurons)
    """

    output: FloatArray | None = None
    _kept: tuple[Any, Any] = None, None  # the output, and a copy for `backward`

    @np.errstate(all="ignore")
    def forward(self, inputs: ArrayLike) -> FloatArray:
        """Compute the probabilities.

        Parameters
        ----------
        inputs : array_like, shape (n_samples, n_neurons)

        Returns
        -------
        ndarray, shape (n_samples, n_neurons)
            From 0 to 1.

        Raises
        ------
        ValueError
            If ``inputs`` is not a matrix, is empty, or holds NaN or infinity.
        """
        inputs = validation.matrix("inputs", inputs)
        z = np.asarray(inputs, np.float64)
        e = elementary.exp_float64(np.maximum(-abs(z), LOWEST), inputs.dtype)
        output = (np.where(z >= 0, 1.0, e) / (1.0 + e)).astype(inputs.dtype)
        self.inputs, self.output, self._kept = inputs, output, (output, output.copy())
        return output

    @np.errstate(all="ignore")
    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Multiply by the slope ``s (1 - s)``, where s is the output.

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
        s = _own_output(self)
        dvalues = validation.matrix("dvalues", dvalues, shape=s.shape)
        self.dinputs: FloatArray = dvalues * (s * (1 - s))
        return self.dinputs


class Softmax(Layer):
    """Turns each row of scores into probabilities: ``exp(z_j) / sum_l exp(z_l)``.

    Attributes
    ----------
    inputs, output, dinputs : ndarray, shape (n_samples, n_classes)
    """

    output: FloatArray | None = None
    _kept: tuple[Any, Any] = None, None  # the output, and a copy for `backward`

    @np.errstate(all="ignore")
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
        _, exponentials, sums = shifted_exponentials(inputs)
        output = probabilities(exponentials, sums, inputs.dtype)
        self.inputs, self.output, self._kept = inputs, output, (output, output.copy())
        return output

    @np.errstate(all="ignore")
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
        s = _own_output(self)
        dvalues = validation.matrix("dvalues", dvalues, shape=s.shape)
        means = sum_over_classes((dvalues * s).T)
        self.dinputs: FloatArray = s * (dvalues - means[:, np.newaxis])
        return self.dinputs


def _own_output(layer: Any) -> FloatArray:
    """The output as ``forward`` left it, whatever has become of the array that it returned."""
    output = validation.computed(layer, "output")
    returned, kept = layer._kept
    return kept if output is returned else validation.matrix("output", output)


def shifted_exponentials(
    scores: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What softmax and its loss are made of, in float64 and with the classes first.

    Returns the scores less each sample's largest, and their exponentials, both of shape (n_classes, n_samples), and the
    sums of the exponentials, shape (n_samples,).
    """
    shifted = np.array(scores.T, np.float64, order="C")
    shifted -= shifted.max(axis=0)  # what is too large for float64 becomes -inf
    exponentials = elementary.exp_float64(np.maximum(shifted, LOWEST), scores.dtype)
    return shifted, exponentials, sum_over_classes(exponentials)


def sum_over_classes(values: FloatArray) -> FloatArray:
    """``values.sum(axis=0)`` in an order that does not depend on the number of samples, shape (n_samples,).

    NumPy adds the rows of a C-ordered matrix one after the other, unless each of them is a single number: then it adds
    in pairs. So one sample is given a companion.
    """
    if values.shape[1] == 1:
        values = np.repeat(values, 2, axis=1)
        return values.sum(axis=0)[:1]
    return np.ascontiguousarray(values).sum(axis=0)


def probabilities(
    exponentials: FloatArray, sums: FloatArray, dtype: np.dtype[Any]
) -> FloatArray:
    """``exponentials / sums``, samples first again, in the type asked for."""
    result = np.empty(exponentials.shape[::-1], dtype=dtype)
    np.divide(exponentials, sums, out=result.T)
    return result
