"""Matrices of symbols, and exact numbers to put in their place."""

import numpy as np
import sympy


def matrix(name, rows, columns, **assumptions):
    """A matrix of symbols, ``name_11`` at the top left."""
    return sympy.Matrix(
        rows,
        columns,
        lambda i, j: sympy.Symbol(f"{name}_{i + 1}{j + 1}", **assumptions),
    )


def gradient(L, variables):
    """The derivatives of L, in the shape of the variables."""
    return variables.applyfunc(lambda variable: sympy.diff(L, variable))


def is_zero(expression):
    """Whether a matrix, or a number, is 0 whatever its symbols stand for."""
    entries = getattr(expression, "flat", lambda: [expression])()
    return all(sympy.simplify(entry) == 0 for entry in entries)


def random_numbers(seed, *variables, low=-64, high=64):
    """A fraction with the denominator 32 for each symbol: float32 holds it exactly."""
    rng = np.random.default_rng(seed)
    return {
        symbol: sympy.Rational(int(rng.integers(low, high + 1)), 32)
        for one in variables
        for symbol in one
    }


def evaluated(expression, numbers, dtype=np.float64):
    """The array of a matrix with numbers for its symbols: exact, then rounded once."""
    values = expression.subs(numbers).evalf(30).tolist()
    return np.array(values, dtype=np.float64).astype(dtype)
