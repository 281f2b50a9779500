"""A step that is interrupted anywhere changes everything or nothing."""

import sys
from pathlib import Path

import numpy as np
import pytest
from snapshots import snapshot

import nnfs_lib
from nnfs_lib import SGD, AdaGrad, Adam, Dense, RMSProp

LIBRARY = str(Path(nnfs_lib.__file__).parent)
OPTIMIZERS = [SGD, AdaGrad, RMSProp, Adam]


class Scale:
    """A layer of a reader's own, without the method ``parameters``."""

    def __init__(self):
        self.gamma, self.dgamma = np.ones((1, 2)), np.full((1, 2), 0.25)

    def forward(self, inputs):
        return inputs * self.gamma

    def backward(self, dvalues):
        return dvalues * self.gamma


def layers_with_gradients():
    rng = np.random.default_rng(0)
    layers = [Dense(3, 2, rng=rng), Scale(), Dense(2, 2, rng=rng)]
    for layer in (layers[0], layers[2]):
        layer.dweights = rng.standard_normal(layer.weights.shape).astype(np.float32)
        layer.dbiases = rng.standard_normal(layer.biases.shape).astype(np.float32)
    return layers


def situation(kind, n_steps):
    """Layers and an optimizer after some steps."""
    layers, optimizer = layers_with_gradients(), kind(decay=0.5)
    for _ in range(n_steps):
        optimizer.step(layers)
    return layers, optimizer


def visible(layers, optimizer):
    """Everything that a user, or a later step, can see."""
    arrays = [
        array for layer in layers for array in vars(layer).values() if array is not None
    ]
    return snapshot([arrays, optimizer.state_dict(), optimizer.current_learning_rate])


def interrupted(call, nth, event):
    """Raise a KeyboardInterrupt at the n-th event in the library's code; whether one was raised."""
    count = 0

    def trace(frame, kind, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(LIBRARY):
            return None
        frame.f_trace_opcodes = event == "opcode"
        if kind == event:
            count += 1
            if count == nth:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


CALLS = {
    "step": lambda layers, optimizer: optimizer.step(layers),
    "update_params": lambda layers, optimizer: optimizer.update_params(layers[2]),
}
EVENTS = [(kind, "line") for kind in OPTIMIZERS] + [(SGD, "opcode")]


@pytest.mark.parametrize("n_steps", [0, 2])
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("kind", "event"), EVENTS)
def test_an_interrupted_call_changes_everything_or_nothing(kind, event, name, n_steps):
    call = CALLS[name]
    before = visible(*situation(kind, n_steps))
    layers, optimizer = situation(kind, n_steps)
    call(layers, optimizer)
    after = visible(layers, optimizer)
    assert after != before
    nth, outcomes = 0, []
    while True:
        nth += 1
        layers, optimizer = situation(kind, n_steps)
        raised = interrupted(lambda: call(layers, optimizer), nth, event)  # noqa: B023
        outcome = visible(layers, optimizer)
        assert outcome in (before, after), f"half a step at event {nth}"
        outcomes.append(outcome)
        call(layers, optimizer)  # it can go on
        if not raised:
            break
    assert len(outcomes) > 40  # the interrupts did come
    assert outcomes[0] == before
    assert outcomes[-1] == after


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_an_interrupt_in_a_readers_own_rule_changes_nothing(nth):
    class Interrupted(SGD):
        calls = 0

        def update(self, gradient, state):
            self.calls += 1
            if self.calls == nth:
                raise KeyboardInterrupt
            return super().update(gradient, state)

    layers, optimizer = layers_with_gradients(), Interrupted(momentum=0.5)
    before = visible(layers, optimizer)
    with pytest.raises(KeyboardInterrupt):
        optimizer.step(layers)
    assert visible(layers, optimizer) == before
    assert optimizer.calls == 0


def test_a_mistake_in_the_last_layer_leaves_the_first_as_it_was():
    layers, optimizer = situation(Adam, 2)
    layers[2].dbiases = np.full((1, 2), np.nan)
    before = visible(layers, optimizer)
    with pytest.raises(ValueError, match="dbiases"):
        optimizer.step(layers)
    assert visible(layers, optimizer) == before
