"""Layers with parameters."""

from __future__ import annotations

import math
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import validation
from .base import Layer
from .grid import by_columns, empty, leading_powers
from .numerics import MAX_SAMPLES, PartialSum, product, quick_product
from .parameters import Parameter
from .regularization import penalty, penalty_gradient
from .validation import FloatArray


class Dense(Layer):
    """A fully connected layer: every neuron sees every input.

    ``output = inputs @ weights + biases``

    Parameters
    ----------
    n_inputs : int
        Features of a sample, the columns of ``inputs``.
    n_neurons : int
        Neurons, the columns of ``output``.
    init : float, "he" or "glorot"
        Standard deviation of the initial weights: a number; ``sqrt(2 / n_inputs)``, which keeps the spread of values
        that pass through layers with ReLU; or ``sqrt(2 / (n_inputs + n_neurons))``. The biases start at 0.
    l1, l2 : float, in [0, 1e30)
        Strengths of the penalties ``l1 sum |w| + l2 sum w**2`` on the weights: `penalty` returns it, to be added to the
        loss, and `backward` adds its gradient.
    penalize_biases : bool
        Whether the biases are penalized as well.
    rng : numpy.random.Generator or RandomState, optional
        Where the normal draws for the weights come from. By default NumPy's global stream, which ``nnfs.init()`` and
        ``np.random.seed`` seed.
    dtype : float32 or float64
        Type of the parameters and of everything computed. Inputs are converted to it.

    Attributes
    ----------
    weights, dweights : ndarray, shape (n_inputs, n_neurons)
    biases, dbiases : ndarray, shape (1, n_neurons)
    inputs, dinputs : ndarray, shape (n_samples, n_inputs)
        ``inputs`` is a copy of the layer's own, and read-only.
    output : ndarray, shape (n_samples, n_neurons)

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive integer, ``init``, ``l1``, ``l2`` or ``penalize_biases`` is none of the above, or
        ``rng`` cannot draw normal numbers.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", ICCV 2015. X. Glorot and Y. Bengio,
    "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    """

    @np.errstate(all="ignore")
    def __init__(
        self,
        n_inputs: SupportsIndex,
        n_neurons: SupportsIndex,
        *,
        init: float | str = 0.01,
        l1: float = 0.0,
        l2: float = 0.0,
        penalize_biases: bool = False,
        rng: np.random.Generator | np.random.RandomState | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        shape = (
            validation.positive_integer("n_inputs", n_inputs),
            validation.positive_integer("n_neurons", n_neurons),
        )
        dtype = validation.dtype(dtype)
        self.l1 = validation.number("l1", l1, at_least=0, below=1e30)
        self.l2 = validation.number("l2", l2, at_least=0, below=1e30)
        self.penalize_biases = validation.boolean("penalize_biases", penalize_biases)
        deviation = np.float32(_initial_deviation(init, *shape))
        # float32 at once: the last bits of normal draws depend on the C library's logarithm
        draws = _standard_normal(rng, shape).astype(np.float32)
        self.weights: FloatArray = np.asarray(deviation * draws, dtype)
        self.biases: FloatArray = np.zeros((1, shape[1]), dtype=dtype)
        self.dweights: FloatArray | None = None
        self.dbiases: FloatArray | None = None

    @property
    def n_inputs(self) -> int:
        """Features of a sample."""
        return self.weights.shape[0]

    @property
    def n_neurons(self) -> int:
        """Neurons."""
        return self.weights.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the parameters."""
        return self.weights.dtype

    def parameters(self) -> list[Parameter]:
        """``weights`` and ``biases``, with their gradients."""
        return [
            Parameter("weights", self.weights, self.dweights),
            Parameter("biases", self.biases, self.dbiases),
        ]

    @np.errstate(all="ignore")
    def forward(self, inputs: ArrayLike) -> FloatArray:
        """Compute ``inputs @ weights + biases`` for a batch.

        A sample's output is the same, to the last bit, in every batch.

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
        weights = validation.parameter("weights", self.weights)
        inputs = validation.matrix(
            "inputs", inputs, columns=len(weights), dtype=weights.dtype, finite=False
        )
        inputs_and_one = _with_ones(inputs)
        inputs = inputs_and_one[:, :-1]
        inputs.flags.writeable = False
        biases = validation.matrix(
            "biases",
            self.biases,
            shape=(1, weights.shape[1]),
            dtype=weights.dtype,
            finite=False,
        )
        output = quick_product(inputs, weights)
        output += biases
        if not validation.all_finite(output):
            output = product(inputs, weights, ("inputs", "weights"))
            output += validation.matrix("biases", biases)
        self.inputs, self.output = inputs, output
        self._inputs_and_one, self._weights = inputs_and_one, weights.copy()
        self._biases = biases.copy()
        return output

    @np.errstate(all="ignore")
    def backward(self, dvalues: ArrayLike) -> FloatArray:
        """Turn the gradient of the output into the gradients of weights, biases and inputs.

        ``dweights = inputs.T @ dvalues``, ``dbiases`` = column sums of ``dvalues``, ``dinputs = dvalues @ weights.T``

        It consists of three stages, which can be called on their own: `partial_sums`, `finish` and `input_gradient`.

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
        inputs, dvalues = self._batch(dvalues)
        sums = _partial_sums(inputs, dvalues, None)
        self.dinputs: FloatArray = self._input_gradient(dvalues)
        self.finish(sums)
        return self.dinputs

    @np.errstate(all="ignore")
    def column_powers(self, dvalues: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Leading powers of the columns of this part of a batch: of the inputs, with a column of ones, and of dvalues.

        The parts of a batch take the elementwise maximum of theirs, so that their `partial_sums` can be added.

        Returns
        -------
        tuple of ndarray, shapes (1, n_inputs + 1) and (1, n_neurons)
        """
        inputs, dvalues = self._batch(dvalues)
        return leading_powers(inputs, 0), leading_powers(dvalues, 0)

    @np.errstate(all="ignore")
    def partial_sums(
        self, dvalues: ArrayLike, powers: tuple[FloatArray, FloatArray] | None = None
    ) -> list[PartialSum]:
        """First stage of `backward`: the sums over the samples, not rounded yet.

        The biases are the weights of an input that is always 1, so one product gives both gradients: a sum has the
        shape (n_inputs + 1, n_neurons), with ``dbiases`` in its last row.

        Parameters
        ----------
        dvalues : array_like, shape (n_samples, n_neurons)
        powers : tuple of ndarray, optional
            What `column_powers` gives for the whole batch, if this is a part of one.

        Returns
        -------
        list of PartialSum
            One sum; for more than `MAX_SAMPLES` samples one for each run of that many.
        """
        return _partial_sums(*self._batch(dvalues), powers)

    @np.errstate(all="ignore")
    def finish(self, sums: list[PartialSum]) -> None:
        """Second stage of `backward`: round the sums to ``dweights`` and ``dbiases``, and add the penalty's gradient.

        A sum is rounded once. Several, for runs of `MAX_SAMPLES` samples, are then added in order.

        Parameters
        ----------
        sums : list of PartialSum
            What `partial_sums` gave, or the totals over all parts of a batch.
        """
        gradients, *others = (run.rounded() for run in sums)
        for gradient in others:
            gradients += gradient
        if self.l1 or self.l2:
            gradients[:-1] += penalty_gradient(self._weights, self.l1, self.l2)
            if self.penalize_biases:
                gradients[-1:] += penalty_gradient(self._biases, self.l1, self.l2)
        self.dweights, self.dbiases = gradients[:-1], gradients[-1:]

    @np.errstate(all="ignore")
    def penalty(self) -> float:
        """``l1 sum |w| + l2 sum w**2`` over the weights (and the biases, if they are penalized), in float64."""
        if not (self.l1 or self.l2):
            return 0.0
        total = penalty(self.weights, self.l1, self.l2)
        if self.penalize_biases:
            total += penalty(self.biases, self.l1, self.l2)
        return total

    @np.errstate(all="ignore")
    def input_gradient(self, dvalues: ArrayLike) -> FloatArray:
        """Third stage of `backward`: ``dinputs = dvalues @ weights.T``.

        The first layer of a network can do without it.

        Parameters
        ----------
        dvalues : array_like, shape (n_samples, n_neurons)

        Returns
        -------
        ndarray, shape (n_samples, n_inputs)
        """
        _, dvalues = self._batch(dvalues)
        self.dinputs = self._input_gradient(dvalues)
        return self.dinputs

    def _input_gradient(self, dvalues: FloatArray) -> FloatArray:
        return product(dvalues, self._weights.T, ("dvalues", "weights"))

    def _batch(self, dvalues: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The inputs of `forward`, with a column of ones, and the checked gradient that belongs to them."""
        inputs = validation.computed(self, "_inputs_and_one")
        shape = len(inputs), self._weights.shape[1]
        return inputs, validation.matrix(
            "dvalues", dvalues, shape=shape, dtype=inputs.dtype, finite=False
        )

    def __repr__(self) -> str:
        penalties = "".join(
            f", {name}={value:g}"
            for name, value in (("l1", self.l1), ("l2", self.l2))
            if value
        )
        return f"{type(self).__name__}({self.n_inputs}, {self.n_neurons}{penalties})"


def _partial_sums(
    inputs: FloatArray,
    dvalues: FloatArray,
    powers: tuple[FloatArray, FloatArray] | None,
) -> list[PartialSum]:
    """One sum for each run of `MAX_SAMPLES` samples."""
    return [
        PartialSum.of_product(
            inputs[start : start + MAX_SAMPLES],
            dvalues[start : start + MAX_SAMPLES],
            powers,
            ("inputs", "dvalues"),
        )
        for start in range(0, len(inputs), MAX_SAMPLES)
    ]


def _with_ones(inputs: FloatArray) -> FloatArray:
    """A copy with a column of ones at the end, stored by columns if rows are short: NumPy is fast along long lines."""
    n_samples, n_inputs = inputs.shape
    columns_first = n_inputs < 32 or by_columns(inputs)
    shape = n_samples, n_inputs + 1
    result = empty(shape, inputs.dtype, columns_first=columns_first)
    result[:, :-1], result[:, -1] = inputs, 1
    return result


def _initial_deviation(init: float | str, n_inputs: int, n_neurons: int) -> float:
    """Standard deviation of the initial weights."""
    if isinstance(init, str):
        if init == "he":
            return math.sqrt(2 / n_inputs)
        if init == "glorot":
            return math.sqrt(2 / (n_inputs + n_neurons))
        raise ValueError(f'init is {init!r}, but it must be "he", "glorot" or a number')
    return validation.number("init", init, at_least=0, below=1e30)


def _standard_normal(rng: Any, shape: tuple[int, int]) -> FloatArray:
    return np.asarray(validation.drawing(rng, "standard_normal")(shape))
