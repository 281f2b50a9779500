"""A deep picture of an object, to see whether a call changed anything; NumPy restored."""

import contextlib

import numpy as np
import pytest


def snapshot(thing):
    """Everything reachable from ``thing``, as nested tuples that compare equal by value."""
    if isinstance(thing, np.ndarray):
        return str(thing.dtype), thing.shape, thing.strides, thing.tobytes()
    if isinstance(thing, (list, tuple)):
        return type(thing).__name__, [snapshot(entry) for entry in thing]
    if isinstance(thing, dict):
        return [(snapshot(key), snapshot(value)) for key, value in thing.items()]
    if isinstance(thing, np.random.RandomState):
        return snapshot(thing.get_state())
    if isinstance(thing, np.random.Generator):
        return snapshot(thing.bit_generator.state)
    if type(thing).__module__.startswith("nnfs_lib"):
        slots = getattr(type(thing), "__slots__", ())
        values = {name: getattr(thing, name) for name in slots}
        return type(thing).__name__, snapshot(values | getattr(thing, "__dict__", {}))
    return repr(thing)


@contextlib.contextmanager
def refused(name, *bystanders, error=(ValueError, TypeError)):
    """The block raises, the message names the argument, and nothing has changed."""
    before = snapshot(bystanders)
    stream = snapshot(np.random.get_state())
    with pytest.raises(error, match=rf"(?<!\w){name}(?!\w)"):
        yield
    assert snapshot(bystanders) == before
    assert snapshot(np.random.get_state()) == stream


@contextlib.contextmanager
def numpy_restored():
    """Take back, at the end, what ``nnfs.init()`` changes: functions, and the stream."""
    names = [(np, "dot"), (np, "eye"), (np, "zeros"), (np.random, "randn")]
    functions = [getattr(module, name) for module, name in names]
    state = np.random.get_state()
    try:
        yield
    finally:
        for (module, name), function in zip(names, functions):
            setattr(module, name, function)
        np.random.set_state(state)
