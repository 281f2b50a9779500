"""Saving and loading models.

A file is an ``.npz`` of NumPy, uncompressed and without pickle: ``description``, the bytes of a JSON text (layers,
settings, history, random streams), and an array for each parameter and each part of the optimizer's state. Reading it
executes nothing, and takes no more memory than the size of the file.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import shutil
import struct
import tokenize
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np

from . import (
    activations,
    binary_losses,
    layers,
    losses,
    optimizers,
    regression_losses,
    regularization,
    validation,
)
from .archive import Archive, Arrays, Damaged
from .base import Layer
from .parameters import (
    flattened,
    parameter_names,
    parameters_of,
    with_parameters,
)
from .settings import Streams, rebuilt, settings_of, stream

FORMAT, VERSION = "nnfs_lib model", 1

_SIGNS_OF_DAMAGE = (
    *(
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
    ),
    *(RecursionError, SyntaxError, TypeError, ValueError),
    *(struct.error, tokenize.TokenError, zipfile.BadZipFile),
)


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Write a model to a file; if that fails, a file that was there stays as it was.

    The file is read again before it takes its place: what `load` would refuse, or give back otherwise, is not saved.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError, ValueError
        If a layer, the loss or the optimizer cannot be rebuilt from its settings, a layer holds arrays that are not
        among its parameters and would be lost, or the optimizer has also updated layers that are not the model's. (Of
        arrays, those are noticed that a new object of the class has as well: let ``__init__`` make them.)
    """
    known = _known(_classes(model))
    streams, arrays = Streams(), Arrays()
    description = {
        "format": FORMAT,
        "version": VERSION,
        "layers": [settings_of(layer, streams) for layer in model.layers],
        "loss": settings_of(model.loss, streams),
        "optimizer": _optimizer_state(model, arrays),
        "rng": streams.number(model.rng),
        "history": model.history,
        "streams": streams.states(),
    }
    with _global_stream_kept():
        copies = [stream(state) for state in description["streams"]]
        _require_nothing_lost(
            model, [rebuilt(each, known, copies) for each in description["layers"]]
        )
    for k, layer in enumerate(flattened(model.layers)):
        for name, value, _ in parameters_of(layer):
            arrays[f"layers.{k}.{name}"] = value
    try:
        text = json.dumps(description).encode()
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"the model's settings or its history cannot be saved: {error}"
        ) from error
    arrays["description"] = np.frombuffer(text, np.uint8)

    def write(file: BinaryIO) -> None:
        np.savez(file, **arrays)  # type: ignore[arg-type]
        file.flush()
        with _global_stream_kept():
            _require_loadable(file.name, known)

    write_whole(Path(path), write)


def _classes(model: Any) -> list[type]:
    """The classes that a model is made of, none of which may pass for one of the library's."""
    things = *flattened(model.layers), model.loss, model.optimizer
    kinds = [type(thing) for thing in things if thing is not None]
    _known(kinds)
    return kinds


def _require_nothing_lost(model: Any, again: Iterable[Any]) -> None:
    """Raise unless layers made from settings list the same parameters, and hold no other arrays than the model's."""
    for layer, new in zip(flattened(model.layers), flattened(again)):
        names, listed = parameter_names(layer), parameter_names(new)
        if names != listed:
            raise TypeError(
                f"{layer!r} cannot be saved: its parameters are {names}, but those of a new {type(layer).__name__} "
                f"are {listed}. Write a method parameters() that lists them"
            )
        for name, value in vars(new).items():
            is_kept = not isinstance(value, np.ndarray) or name in names
            if not is_kept and not np.array_equal(value, getattr(layer, name)):
                raise TypeError(
                    f"{layer!r} cannot be saved: its array {name} is not among its parameters(), and would be lost"
                )


def _require_loadable(path: str, known: Mapping[str, type]) -> None:
    try:
        with open(path, "rb") as file:
            _loaded(lambda layers, **others: SimpleNamespace(), file, known)
    except _SIGNS_OF_DAMAGE as error:
        raise ValueError(
            f"the model cannot be saved, because it could not be loaded: {error}"
        ) from error


@contextmanager
def _global_stream_kept() -> Iterator[None]:
    """What is done inside may draw from NumPy's global stream, and changes nothing there."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)


def _optimizer_state(model: Any, arrays: Arrays) -> dict[str, Any] | None:
    """The optimizer's state without its arrays, which are added to ``arrays``."""
    if model.optimizer is None:
        return None
    state: dict[str, Any] = model.optimizer.state_dict()
    trained = with_parameters(model.layers)
    n_updated = len(state["layers"])
    states = model.optimizer.states_of(trained)
    if n_updated and (n_updated != len(trained) or not all(states)):
        which = "" if n_updated != len(trained) else ", which are others"
        raise ValueError(
            f"the optimizer has updated {n_updated} layers, but the model has {len(trained)} with parameters{which}: "
            "give each model an optimizer of its own"
        )
    if n_updated:
        state["layers"] = states  # in the order of the model
    for k, of_layer in enumerate(state["layers"]):
        for parameter, kept in of_layer.items():
            for name, value in kept.items():
                if isinstance(value, (np.ndarray, np.generic)):
                    arrays[f"optimizer.{k}.{parameter}.{name}"] = np.asarray(value)
                    kept[name] = None
    return state


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write beside the file, and put that into its place when it is complete; a symbolic link stays one."""
    path = path.resolve()
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def load(cls: Any, path: str | os.PathLike[str], classes: Sequence[type] = ()) -> Any:
    """Read a model that `save` wrote.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a saved model, or is damaged.
    """
    if not isinstance(classes, Sequence) or not all(
        isinstance(each, type) for each in classes
    ):
        raise TypeError(f"classes must be a list of classes, but it is {classes!r}")
    known = _known(classes)
    with open(path, "rb") as file:
        try:
            return _loaded(cls, file, known)
        except _SIGNS_OF_DAMAGE as error:
            raise ValueError(
                f"{os.fspath(path)} is not a saved model, or is damaged: {error}"
            ) from error


def _loaded(cls: Any, file: BinaryIO, known: Mapping[str, type]) -> Any:
    with zipfile.ZipFile(file) as zipped:
        archive = Archive(zipped, os.fstat(file.fileno()).st_size)
        description = _description(archive)
        streams = [stream(state) for state in description["streams"]]
        if _n_weights(description["layers"]) * 4 > archive.bytes_left:
            raise Damaged("its layers have more weights than the file holds")
        listed = [rebuilt(each, known, streams) for each in description["layers"]]
        _fill(listed, archive)
        optimizer = _rebuilt_optimizer(description["optimizer"], known, listed, archive)
        archive.require_all_taken()
    number = description["rng"]
    model = cls(
        listed,
        loss=rebuilt(description["loss"], known, streams),
        optimizer=optimizer,
        rng=np.random.mtrand._rand if number is None else streams[number],
    )
    model.history = _history(description["history"])
    return model


def _known(classes: Sequence[type]) -> dict[str, type]:
    """The library's layers, losses and optimizers, and further classes, by their names.

    Raises
    ------
    TypeError
        If two of them have one name.
    """
    modules = (
        *(layers, activations, regularization, optimizers),
        *(losses, binary_losses, regression_losses),
    )
    own = [each for module in modules for each in vars(module).values()]
    kinds = Layer, optimizers.Optimizer
    known = {
        each.__name__: each
        for each in own
        if isinstance(each, type) and issubclass(each, kinds)
    }
    for each in classes:
        other = known.setdefault(each.__name__, each)
        if other is not each:
            raise TypeError(
                f"{each.__module__}.{each.__qualname__} has the same name as {other.__module__}.{other.__qualname__}, "
                "and a file knows classes by their names: give it another (or, if its cell was run twice, make the "
                "layers anew)"
            )
    return known


def _n_weights(described: Iterable[Any]) -> int:
    """How many weights layers will have, by their descriptions."""
    total = 0
    for each in described:
        sizes = [each["settings"].get(name, 0) for name in ("n_inputs", "n_neurons")]
        if min(sizes) < 0:
            raise Damaged(f"a layer has the sizes {sizes}")
        total += math.prod(sizes)
        total += _n_weights(each.get("layers", ()))
    return total


def _description(archive: Archive) -> dict[str, Any]:
    description = json.loads(archive.take("description", np.dtype(np.uint8)).tobytes())
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise Damaged(f'its description is not that of a "{FORMAT}"')
    if description["version"] != VERSION:
        raise Damaged(
            f"its version is {description['version']}, but this library reads version {VERSION}"
        )
    return description


def _fill(listed: list[Any], archive: Archive) -> None:
    """Give the layers the parameters of the file."""
    for k, layer in enumerate(flattened(listed)):
        for name, value, _ in parameters_of(layer):
            saved = archive.take(f"layers.{k}.{name}", value.dtype, value.shape)
            if not validation.all_finite(saved):
                raise Damaged(f"{name} of {layer!r} holds NaN or infinity")
            value[...] = saved


def _rebuilt_optimizer(
    state: Any, known: Mapping[str, Any], listed: list[Any], archive: Archive
) -> Any:
    if state is None:
        return None
    kind = known[state["optimizer"]]
    if not issubclass(kind, optimizers.Optimizer):
        raise Damaged(f"{state['optimizer']!r} is not an optimizer")
    trained = with_parameters(listed)
    for k, (layer, of_layer) in enumerate(zip(trained, state["layers"])):
        values = {name: value for name, value, _ in parameters_of(layer)}
        for parameter, kept in of_layer.items():
            for name, value in kept.items():
                if value is None:
                    like = values[parameter]
                    kept[name] = archive.take(
                        f"optimizer.{k}.{parameter}.{name}", like.dtype, like.shape
                    )
    optimizer = kind(**state["settings"])
    optimizer.load_state_dict(state, listed)
    return optimizer


def _history(value: Any) -> dict[str, list[float]]:
    if not isinstance(value, dict) or not all(
        isinstance(each, list) and all(type(number) in (int, float) for number in each)
        for each in value.values()
    ):
        raise Damaged("its history does not consist of lists of numbers")
    return value
