"""The parameters of a layer: what an optimizer updates and the gradient checker checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .validation import FloatArray

FLOWING = frozenset({"input", "inputs", "output", "outputs", "x", "X"})
"""Attributes that hold what flows through a layer, which may be the training data itself: never parameters."""


class Parameter(NamedTuple):
    """An array that training changes, and the derivative of the loss with respect to it.

    ``name`` is the attribute of the layer that holds the array, such as ``"weights"``. Its gradient, None before
    ``backward``, is in the attribute with a d before that name, ``dweights``.
    """

    name: str
    value: FloatArray
    gradient: FloatArray | None


def parameters_of(layer: Any) -> list[Parameter]:
    """List the parameters of a layer; an activation has none.

    They are what the layer's method ``parameters`` lists, a list of `Parameter`. If its class does not define one, they
    are ``weights`` and ``biases``, and every other array with a gradient beside it, as ``gamma`` with ``dgamma``.

    Raises
    ------
    TypeError, ValueError
        If ``layer`` is a class, its list is not one of such triples, lists a name twice, or an array that is not the
        layer's attribute of that name; or if a parameter is not an array.
    """
    if isinstance(layer, type):
        raise TypeError(f"layer is the class {layer.__name__}: pass an object of it")
    if method := parameters_method(layer):
        listed = method()
        return listed if _is_own(layer, method) else _checked(layer, listed)
    names = parameter_names(layer)
    gradients = [getattr(layer, "d" + name, None) for name in names]
    values = [getattr(layer, name) for name in names]
    return _checked(layer, [*map(Parameter, names, values, gradients)])


def flattened(listed: Iterable[Any]) -> list[Any]:
    """Layers, each followed by those that it is made of: a list in its attribute ``layers``."""
    found: list[Any] = []
    for layer in listed:
        found.append(layer)
        inner = getattr(layer, "layers", None)
        if isinstance(inner, (list, tuple)):
            found += flattened(inner)
    return found


def with_parameters(listed: Iterable[Any]) -> list[Any]:
    """The layers among them that have parameters, `flattened`."""
    return [layer for layer in flattened(listed) if parameters_of(layer)]


def values_of(layers: Iterable[Any]) -> list[FloatArray]:
    """The arrays of all parameters of layers, `flattened`."""
    return [
        parameter.value
        for layer in flattened(layers)
        for parameter in parameters_of(layer)
    ]


def parameter_names(layer: Any) -> list[str]:
    """Names of the parameters of a layer, also of those that are lists or numbers and should be arrays."""
    if parameters_method(layer):
        return [parameter.name for parameter in parameters_of(layer)]
    names = dict.fromkeys(("weights", "biases", *getattr(layer, "__dict__", ())))
    return [name for name in names if _is_parameter(layer, name)]


def _is_parameter(layer: Any, name: str) -> bool:
    value = getattr(layer, name, None)
    if value is None or name in FLOWING:
        return False
    if name in ("weights", "biases"):
        return True
    if isinstance(value, np.ndarray):
        return hasattr(layer, "d" + name) and value.dtype.kind in "fiu"
    # Two plain numbers, as t and dt, may be anything; NumPy's beside one is a gradient.
    gradient = getattr(layer, "d" + name, None)
    numbers = isinstance(value, (list, int, float, np.number))
    return numbers and isinstance(gradient, (np.ndarray, np.number))


_OWN_MODULES = frozenset(
    f"{__package__}.{name}"
    for name in (
        *("activations", "base", "layers", "regularization"),
        *("loss_base", "losses", "binary_losses", "regression_losses"),
    )
)


def parameters_method(layer: Any) -> Any:
    """The method ``parameters`` of a layer, or None: that of `Layer` lists none, and does not count elsewhere."""
    method = getattr(layer, "parameters", None)
    is_default = getattr(method, "__module__", None) == f"{__package__}.base"
    if not callable(method) or (
        is_default and type(layer).__module__ not in _OWN_MODULES
    ):
        return None
    return method


def _is_own(layer: Any, method: Any) -> bool:
    """Whether layer and method are the library's own, which lists what it should: checking that would cost time."""
    modules = type(layer).__module__, getattr(method, "__module__", None)
    return modules[0] in _OWN_MODULES and modules[1] in _OWN_MODULES


def _checked(layer: Any, listed: Any) -> list[Parameter]:
    if type(listed) is not list:
        came = f"an object of type {type(listed).__name__}"
        came = "None (was return forgotten?)" if listed is None else came
        raise TypeError(
            f"{type(layer).__name__}.parameters must return a list, but it returned {came}"
        )
    found = [_parameter(layer, entry) for entry in listed]
    names = [name for name, _, _ in found]
    if len(set(names)) < len(names) or not FLOWING.isdisjoint(names):
        raise ValueError(
            f"{type(layer).__name__}.parameters lists {names}: list each parameter once, "
            "and not what flows through the layer"
        )
    return found


def _parameter(layer: Any, entry: Any) -> Parameter:
    """``entry`` as a `Parameter`, if its arrays are the layer's attributes of these names."""
    if not (isinstance(entry, tuple) and len(entry) == 3 and type(entry[0]) is str):
        raise TypeError(
            f"{type(layer).__name__}.parameters must list triples Parameter(name, value, gradient), "
            f"but it lists {entry!r}"
        )
    name, value, gradient = entry
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name} must be an array of float32 or float64, but it is of type {type(value).__name__}"
        )
    is_value = getattr(layer, name, None) is value
    if not is_value or getattr(layer, "d" + name, None) is not gradient:
        attribute = "d" + name if is_value else name
        raise ValueError(
            f"{type(layer).__name__}.parameters lists an array that is not the attribute {attribute}: "
            "list the array itself, not a copy"
        )
    return entry if isinstance(entry, Parameter) else Parameter(*entry)
