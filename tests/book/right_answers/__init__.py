"""Right answers to the exercises, other than the chapters' own: ``RIGHT`` of each module."""

from . import (
    activations,
    backprop,
    basics,
    bits,
    dense,
    generalization,
    loss,
    minibatches,
    model,
    optimizers,
    parallel,
)

CHAPTERS = (
    basics,
    dense,
    activations,
    loss,
    backprop,
    optimizers,
    minibatches,
    model,
    generalization,
    bits,
    parallel,
)

RIGHT_ANSWERS = [
    (name, answer)
    for chapter in CHAPTERS
    for name, answers in chapter.RIGHT.items()
    for answer in answers
]
