"""What a reader might answer wrongly: for each exercise, answers and part of the sentence that must come."""

from importlib import import_module

from nnfs_lib.book import exercises

NAMES = [chapter.__name__.rpartition(".")[2] for chapter in exercises.CHAPTERS]
CHAPTERS = [import_module(f"{__name__}.{name}") for name in NAMES]

WRONG_ANSWERS = [
    (name, answer, words)
    for chapter in CHAPTERS
    for name, answers in chapter.WRONG.items()
    for answer, words in answers
]
