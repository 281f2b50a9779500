"""Wrong answers to the exercises of the chapter on the model."""

import numpy as np


def stops(losses, patience):
    best, since_best = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best:
            best, since_best = loss, 0
        else:
            since_best += 1
        if since_best == patience:
            return epoch
    return len(losses)


def equal_is_better(losses, patience):
    best, since_best = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        if loss <= best:
            best, since_best = loss, 0
        else:
            since_best += 1
        if since_best == patience:
            return epoch
    return len(losses)


def counts_in_all(losses, patience):
    best, worse = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        worse += loss >= best
        best = min(best, loss)
        if worse == patience:
            return epoch
    return len(losses)


def against_the_epoch_before(losses, patience):
    rises = 0
    for epoch in range(1, len(losses)):
        rises = rises + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if rises == patience:
            return epoch + 1
    return len(losses)


def too_late(losses, patience):
    return stops(losses, patience + 1)


def through(layers, X):
    found = []
    for layer in layers:
        returned = layer.forward(X)
        X = layer.output if returned is None else returned
        found.append(X)
    return found


def after_the_best_of_all(losses, patience):
    return min(int(np.argmin(losses)) + 1 + patience, len(losses))


def no_end(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch + 1


def what_forward_returns(layers, X):
    found = []
    for layer in layers:
        found.append(layer.forward(X))
        X = layer.output
    return found


def last_alone(layers, X):
    return through(layers, X)[-1]


def returned_alone(layers, X):
    found = []
    for layer in layers:
        X = layer.forward(X)
        found.append(X)
    return found


def with_the_input(layers, X):
    return [X, *through(layers, X)]


def without_the_last(layers, X):
    return through(layers, X)[:-1]


def from_behind(layers, X):
    return through(layers, X)[::-1]


def all_from_the_data(layers, X):
    for layer in layers:
        layer.forward(X)
    return [layer.output for layer in layers]


def by_truth(layers, X):
    found = []
    for layer in layers:
        X = layer.forward(X) or layer.output
        found.append(X)
    return found


def with_inputs_attribute(layers, X):
    through(layers, X)
    return [layer.inputs for layer in layers]


def joined(layers, X):
    return np.concatenate(through(layers, X), axis=1)


def cut_by_columns(layers, X):
    return [column.reshape(-1, 1) for column in joined(layers, X).T]


def two_columns(predict, X, size):
    found = np.empty((len(X), 2))
    for k in range(0, len(X), size):
        found[k : k + size] = predict(X[k : k + size])
    return found


def full_pieces(predict, X, size):
    return np.concatenate(
        [predict(X[k * size : (k + 1) * size]) for k in range(len(X) // size)]
    )


def pieces(predict, X, size):
    return [predict(X[k : k + size]) for k in range(0, len(X), size)]


def one_piece_more(predict, X, size):
    return np.concatenate(
        [predict(X[k : k + size]) for k in range(0, len(X) + size, size)]
    )


def step_of_one(predict, X, size):
    return np.concatenate([predict(X[k : k + size]) for k in range(len(X))])


def from_a_thousand(losses, patience):
    best, since = 1000, 0
    for epoch, loss in enumerate(losses, 1):
        best, since = (loss, 0) if loss < best else (best, since + 1)
        if since == patience:
            return epoch
    return len(losses)


def taking_layers_away(layers, X):
    found = []
    while layers:
        layer = layers.pop(0)
        returned = layer.forward(X)
        X = layer.output if returned is None else returned
        found.append(X)
    return found


WRONG = {
    "model-steps": [
        (50 * 31, "left over"),
        (32, "in one epoch"),
        (31, "full batches in one epoch"),
        (50000 / 32, "does not reach into the next"),
        (1563, "round up in each"),
        (50000, "samples that are seen"),
        (50, "each has many steps"),
        (1601, "too large"),
        ("1600", "leave out the quotes"),
        (-1600, "too small"),
    ],
    "model-file": [
        (4810, "running means are missing"),
        (9620, "counts three times"),
        (14208, "the biases are missing"),
        (57720, "bytes"),
        (12810, "64 inputs and 10 neurons"),
        (14592, "one bias for each neuron"),
        (4810 * 4, "too large"),
        (0, "it is 0"),
        (14430 // 2, "too small"),
    ],
    "model-patience": [
        (from_a_thousand, "Called with [5000000000.0"),
        (equal_is_better, "not better"),
        (counts_in_all, "back to 0"),
        (against_the_epoch_before, "not with that of the epoch before"),
        (too_late, "too late"),
        (lambda losses, patience: stops(losses, patience) - 1, "counted from 1"),
        (lambda losses, patience: len(losses), "never stops"),
        (lambda losses, patience: int(np.argmin(losses)) + 1, "best epoch"),
        (
            lambda losses, patience: (
                int(np.argmin(losses[: stops(losses, patience)])) + 1
            ),
            "best epoch",
        ),
        (lambda losses, patience: patience, ""),
        (after_the_best_of_all, "the best *so far*"),
        (no_end, "it returns nothing here"),
    ],
    "model-forward": [
        (taking_layers_away, "it changes the list"),
        (what_forward_returns, "a part of what it returns is None"),
        (last_alone, "those of the last"),
        (returned_alone, "raises"),
        (with_the_input, "no output of a layer"),
        (without_the_last, "the last layer is missing"),
        (from_behind, "comes first"),
        (all_from_the_data, "raises"),
        (by_truth, "raises"),
        (with_inputs_attribute, "the inputs of the layers"),
        (joined, "do not join them"),
        (lambda layers, X: [joined(layers, X)], "3 results were expected, but 1 came"),
        (cut_by_columns, "3 results were expected, but 10 came"),
        (lambda layers, X: [each.T for each in through(layers, X)], "exchanged"),
    ],
    "model-pieces": [
        (full_pieces, "last piece"),
        (lambda predict, X, size: predict(X[:size]), "first piece alone"),
        (
            lambda predict, X, size: predict(X[(len(X) - 1) // size * size :]),
            "last piece alone",
        ),
        (lambda predict, X, size: predict(X), "at most size"),
        (pieces, ""),
        (
            lambda predict, X, size: np.concatenate(pieces(predict, X, size)[::-1]),
            "reverse order",
        ),
        (
            lambda predict, X, size: np.concatenate(pieces(predict, X, size), axis=1),
            "side by side",
        ),
        (one_piece_more, "raises"),
        (step_of_one, "shape"),
        (two_columns, "raises"),
    ],
}
