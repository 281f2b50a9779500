"""What a reader might answer wrongly: for each exercise, answers and part of the sentence that must come."""

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

WRONG_ANSWERS = [
    (name, answer, words)
    for chapter in CHAPTERS
    for name, answers in chapter.WRONG.items()
    for answer, words in answers
]
