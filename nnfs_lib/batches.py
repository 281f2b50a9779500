def batches(X, y, size, *, rng):
    order = rng.permutation(len(X))
    for s in range(0, len(X), size):
        yield X[order[s : s + size]], y[order[s : s + size]]
