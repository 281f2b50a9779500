"""What objects are made of, as JSON, and objects made of it: layers, losses, and random streams."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

POSITIONS = {"MT19937": ("pos", 624), "Philox": ("buffer_pos", 4)}
"""The largest position in the numbers that a bit generator has ready: NumPy does not check it, and would read past
their end."""

BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")

Random = np.random.RandomState | np.random.Generator


class Streams:
    """The random streams of a model, each counted once, however many layers draw from it."""

    def __init__(self) -> None:
        self._found: list[Random] = []

    def number(self, rng: Any) -> int | None:
        """Return the position of a stream in `states`; None for NumPy's global one, which no model owns.

        Raises
        ------
        TypeError, ValueError
            If ``rng`` is no stream of NumPy's, or shares the numbers of another one, which a copy would not.
        """
        if rng is None or rng is np.random or rng is np.random.mtrand._rand:
            return None
        if not isinstance(rng, Random):
            raise TypeError(
                f"rng is {rng!r}, but only a numpy.random.RandomState or Generator can be saved"
            )
        for position, found in enumerate(self._found):
            if found is rng:
                return position
            if _source(found) is _source(rng):
                raise ValueError(
                    f"{rng!r} and {found!r} draw from one bit generator, and could not be told apart once they are "
                    "saved: use one of them for both"
                )
        self._found.append(rng)
        return len(self._found) - 1

    def states(self) -> list[dict[str, Any]]:
        """Return the states, as JSON."""
        return [
            {"kind": type(rng).__name__, "state": as_json(_state(rng))}
            for rng in self._found
        ]


def _source(rng: Any) -> Any:
    """The bit generator that a stream draws from."""
    return rng._bit_generator


def _state(rng: Random) -> Any:
    if isinstance(rng, np.random.RandomState):
        return rng.get_state(legacy=False)
    return rng.bit_generator.state


def random_state(thing: Any) -> Any:
    """Return the state of the stream that an object holds as ``rng``: with None there, of NumPy's global one.

    None, if it holds no stream.
    """
    if not hasattr(thing, "rng"):
        return None
    rng = np.random.mtrand._rand if thing.rng is None else thing.rng
    return _state(rng) if isinstance(rng, Random) else None


def set_random_state(thing: Any, state: Any) -> None:
    """Set the stream back to where it was when `random_state` returned this state."""
    if state is None:
        return
    rng = np.random.mtrand._rand if thing.rng is None else thing.rng
    if isinstance(rng, np.random.RandomState):
        rng.set_state(state)
    else:
        rng.bit_generator.state = state


def as_json(value: Any) -> Any:
    """Return ``value`` with lists in place of arrays."""
    if isinstance(value, Mapping):
        return {name: as_json(inner) for name, inner in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _arrays(value: Any, like: Any) -> Any:
    """``value`` with arrays in place of lists, where ``like`` has them."""
    if isinstance(like, Mapping):
        if not isinstance(value, Mapping) or value.keys() != like.keys():
            raise ValueError("the state of a random stream is not complete")
        return {name: _arrays(value[name], like[name]) for name in like}
    return np.array(value, like.dtype) if isinstance(like, np.ndarray) else value


def _require_position(state: Mapping[str, Any]) -> None:
    """Raise a `ValueError` if the position is outside the numbers that it is a position in."""
    name, largest = POSITIONS.get(state["bit_generator"], ("", 0))
    # It stands in the state itself, or beside the numbers in it.
    position = {**state, **state["state"]}.get(name, 0)
    if type(position) is not int or not 0 <= position <= largest:
        raise ValueError(
            f"the position {position!r} in a random stream is not one from 0 to {largest}"
        )


def stream(description: Mapping[str, Any]) -> Random:
    """Return the random stream that `Streams.states` described."""
    kind, state = description["kind"], description["state"]
    if kind == "RandomState":
        legacy = np.random.RandomState()
        complete = _arrays(state, _state(legacy))
        _require_position(state)
        legacy.set_state(complete)
        return legacy
    if kind != "Generator" or state["bit_generator"] not in BIT_GENERATORS:
        raise ValueError(f"there is no random stream of the kind {kind!r}")
    generator = np.random.Generator(getattr(np.random, state["bit_generator"])())
    _require_position(state)
    generator.bit_generator.state = _arrays(state, _state(generator))
    return generator


def settings_of(thing: Any, streams: Streams) -> dict[str, Any]:
    """The class of a layer or loss and the arguments that make another one of it.

    Each argument is an attribute of the same name. ``rng`` is a random stream, ``layers`` a list of layers; all others
    are numbers, texts, None or types.

    Raises
    ------
    TypeError
        If an argument has no attribute, or the attribute is none of these.
    """
    kind = type(thing).__name__
    described: dict[str, Any] = {"class": kind, "settings": {}}
    for name, parameter in inspect.signature(type(thing)).parameters.items():
        # Once weights exist, how they were drawn does not matter.
        if name in ("init", "rng") and not hasattr(thing, name):
            continue
        if name == "init" and callable(getattr(thing, name)):
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or not (
            hasattr(thing, name)
        ):
            raise TypeError(
                f"{kind} cannot be saved: its argument {parameter} is not an attribute {name!r} of the object"
            )
        value = getattr(thing, name)
        if name == "rng":
            described["rng"] = streams.number(value)
        elif name == "layers":
            described["layers"] = [settings_of(layer, streams) for layer in value]
        else:
            described["settings"][name] = _plain(kind, name, value)
    return described


def _plain(kind: str, name: str, value: Any) -> Any:
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, np.generic):
        value = value.item()
    if value is not None and type(value) not in (bool, int, float, str):
        raise TypeError(
            f"{kind} cannot be saved: {name} is {value!r}, but numbers and texts alone can be"
        )
    return value


def rebuilt(
    description: Mapping[str, Any], known: Mapping[str, type], streams: Sequence[Random]
) -> Any:
    """Make the object that `settings_of` described, with new parameters.

    Parameters
    ----------
    description : dict
    known : dict
        Classes by their names.
    streams : list
    """
    kind = known.get(description["class"])
    if kind is None:
        raise ValueError(
            f"the class {description['class']!r} is unknown: pass it with classes=[...] if it is your own"
        )
    arguments = dict(description["settings"])
    if "rng" in description:
        number = description["rng"]
        arguments["rng"] = None if number is None else streams[number]
    elif "rng" in inspect.signature(kind).parameters:
        arguments["rng"] = np.random.RandomState()  # for weights that are replaced
    if "layers" in description:
        arguments["layers"] = [
            rebuilt(each, known, streams) for each in description["layers"]
        ]
    return kind(**arguments)
