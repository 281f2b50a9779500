"""Right answers to the exercises, other than the chapters' own: ``RIGHT`` of each module."""

from importlib import import_module

from nnfs_lib.book import exercises

NAMES = [chapter.__name__.rpartition(".")[2] for chapter in exercises.CHAPTERS]
CHAPTERS = [import_module(f"{__name__}.{name}") for name in NAMES]

RIGHT_ANSWERS = [
    (name, answer)
    for chapter in CHAPTERS
    for name, answers in chapter.RIGHT.items()
    for answer in answers
]
