"""What an exercise rules out is found in an answer and in its helper functions, and nowhere else."""

import math

import numpy as np
import pytest

from nnfs_lib.book.exercises.code import without_loop, without_names

without_log = without_names("log", "@", "T", instead="build it")


def counts_down(x):
    while x > 0:
        x -= 1
    return x


def helper(x):
    return [entry for entry in x]


def calls_itself(x):
    return x if len(x) == 1 else calls_itself(x[1:])


def has_a_function_that_calls_itself(x):
    def inner(x):
        return x if len(x) == 1 else inner(x[1:])

    return inner(x)


def has_a_function(x):
    def inner(x):
        return x[1:]

    return inner(x)


class LoopsBackward:
    def forward(self, x):
        return x

    def backward(self, x):
        for row in x:
            row += 1


def log(x):
    return x


LOOPS = [
    *[counts_down, lambda x: helper(x), lambda x: list(map(abs, x)), LoopsBackward],
    *[calls_itself, has_a_function_that_calls_itself],
]
NO_LOOPS = [
    *[np.sum, lambda x: x.sum(axis=0) if x is not None else 0, int],
    has_a_function,
]
USES = [math.log, np.log, lambda x: np.log(x), lambda a, b: a @ b, lambda a: a.T]
USES_NOT = [log, lambda x: log(x), lambda x: x * math.log(2), np.exp]


@pytest.mark.parametrize("answer", LOOPS)
def test_a_loop_is_found(answer):
    assert "a loop" in without_loop(answer)


@pytest.mark.parametrize("answer", NO_LOOPS)
def test_no_loop_is_found_where_there_is_none(answer):
    assert not without_loop(answer)


@pytest.mark.parametrize("answer", USES)
def test_an_excluded_operation_is_found(answer):
    assert "build it" in without_log(answer)


@pytest.mark.parametrize("answer", USES_NOT)
def test_a_function_of_the_readers_own_and_one_of_a_constant_are_allowed(answer):
    assert not without_log(answer)
