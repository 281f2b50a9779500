"""Many runs side by side, and what becomes of those that fail or are stopped."""

import json
import multiprocessing
import os
import pickle
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nnfs_lib import Adam, Dense, SoftmaxCrossEntropy
from nnfs_lib.model import Model
from nnfs_lib.parallel import RunsFailed, run_many, runs


def square(setting):
    return setting**2


def square_if_even(setting):
    if setting % 2:
        raise ArithmeticError(f"{setting} is odd")
    return setting**2


def process_of(_):
    return os.getpid()


def blas_threads(_=None):
    return {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"}


def last_loss(setting):
    rng = np.random.RandomState(setting["seed"])
    X = rng.random_sample((20, 2)).astype(np.float32)
    y = rng.randint(0, 2, 20)
    model = Model(
        [Dense(2, 2, rng=rng)],
        loss=SoftmaxCrossEntropy(),
        optimizer=Adam(setting["rate"]),
    )
    return model.fit(X, y, epochs=3)["loss"]


def test_results_come_in_the_order_of_the_settings():
    assert run_many(square, range(20)) == [k**2 for k in range(20)]
    assert run_many(square, []) == []


def test_runs_are_in_other_processes():
    assert os.getpid() not in run_many(process_of, range(4))


def test_each_process_multiplies_on_one_thread():
    with threadpool_limits(2, "blas"):
        assert blas_threads() == {2}
        assert run_many(blas_threads, range(4)) == [{1}] * 4
        assert blas_threads() == {2}


def test_training_gives_the_same_bits_in_any_process():
    settings = [{"seed": seed, "rate": 0.1} for seed in range(3)]
    assert run_many(last_loss, settings) == [last_loss(each) for each in settings]


def test_another_executor_is_used_and_left_open():
    with ThreadPoolExecutor(2) as executor:
        assert run_many(process_of, range(3), executor=executor) == [os.getpid()] * 3
        assert executor.submit(square, 3).result() == 9


def test_a_failed_run_is_named_and_loses_none_of_the_others():
    with pytest.raises(RunsFailed, match=r"2 of 5 runs failed") as caught:
        run_many(square_if_even, [0, 1, 2, 3, 4])
    assert str(caught.value).splitlines() == [
        "2 of 5 runs failed:",
        "  1: ArithmeticError: 1 is odd",
        "  3: ArithmeticError: 3 is odd",
    ]
    assert caught.value.results == [0, None, 4, None, 16]
    assert sorted(caught.value.failures) == [1, 3]


class NeedsTwo(Exception):
    """Unpickled with one argument, it raises a TypeError, which ends the pool of processes."""

    def __init__(self, size, limit):
        super().__init__(f"{size} is over {limit}")


def square_below_three(setting):
    if setting >= 3:
        raise NeedsTwo(setting, 2)
    return setting**2


def test_an_exception_that_cannot_be_pickled_fails_its_own_run_alone():
    with pytest.raises(RunsFailed) as caught:
        run_many(square_below_three, [0, 3, 1, 2])
    assert caught.value.results == [0, None, 1, 4]
    assert str(caught.value).endswith("  3: RuntimeError: NeedsTwo: 3 is over 2")


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path):
    path = tmp_path / "squares.jsonl"
    with pytest.raises(RunsFailed):
        run_many(square_if_even, [0, 1, 2], path=path)
    assert len(path.read_text().splitlines()) == 2
    path.write_text(path.read_text().replace('"result": 4', '"result": 5'))
    # what is there is not run again (the 5 stays), what failed is
    assert run_many(square, [0, 1, 2, 3], path=path) == [0, 1, 5, 9]
    assert run_many(square_if_even, [0, 1, 2, 3], path=path) == [0, 1, 5, 9]


def test_a_line_that_was_cut_short_is_run_again(tmp_path):
    path = tmp_path / "squares.jsonl"
    run_many(square, [1, 2], path=path)
    whole = path.read_text()
    path.write_text(whole[:-4])
    assert run_many(square, [1, 2], path=path) == [1, 4]
    assert sorted(path.read_text().splitlines()) == sorted(whole.splitlines())


def test_numbers_come_back_to_the_last_bit(tmp_path):
    path = tmp_path / "losses.jsonl"
    settings = [{"seed": np.int64(seed), "rate": 0.1} for seed in range(2)]
    first = run_many(last_loss, settings, path=path)
    assert run_many(last_loss, settings, path=path) == first
    assert first == [last_loss(each) for each in settings]
    assert [json.loads(line)["setting"]["rate"] for line in path.open()] == [0.1, 0.1]


def test_the_order_of_a_settings_names_does_not_matter(tmp_path):
    path = tmp_path / "losses.jsonl"
    run_many(last_loss, [{"seed": 1, "rate": 0.1}], path=path)
    run_many(last_loss, [{"rate": 0.1, "seed": 1}], path=path)
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("held", "line", "shown"),
    [
        (b"x" * 100 + b"\n", 1, "x" * 80),
        (b"a note without an end", 1, "a note without an end"),
        (b'{"setting": 1, "result": 1}\n{"set": 2', 2, '{"set": 2'),
        (b'{"setting": 1, "result": 1}\n\xff\n', 2, "\ufffd"),
        (b'{"setting": 1}\n', 1, '{"setting": 1}'),
    ],
)
def test_another_file_is_not_taken_for_results_and_stays_as_it_was(
    tmp_path, held, line, shown
):
    path = tmp_path / "notes.txt"
    path.write_bytes(held)
    message = f"line {line} of {path} is not a result of run_many: {shown!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        run_many(square, [1], path=path)
    assert path.read_bytes() == held


def unprintable(_):
    return object()


def noted_and_unprintable(path):
    Path(path).touch()
    time.sleep(0.05)
    return object()


def test_what_waits_is_not_run_any_more_after_an_error(tmp_path):
    settings = [str(tmp_path / f"{k} was run") for k in range(30)]
    with pytest.raises(TypeError, match="leave path out"):
        run_many(noted_and_unprintable, settings, path=tmp_path / "x.jsonl")
    assert 0 < len(list(tmp_path.glob("* was run"))) < 30


def test_no_run_is_begun_if_its_result_cannot_be_kept(tmp_path):
    setting = str(tmp_path / "was run")
    with pytest.raises(FileNotFoundError):
        run_many(noted_and_unprintable, [setting], path=tmp_path / "no" / "x.jsonl")
    assert not Path(setting).exists()


MADE_HERE = []


def made_here(_):
    return list(MADE_HERE)


@pytest.fixture
def _spawning():
    """Processes that start from nothing, as they do by default on some systems."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("spawn", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("_spawning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_processes_know_what_a_notebook_has_made(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "MADE_HERE", [7])
    assert run_many(made_here, [0]) == [[7]]


def test_the_bar_counts_the_runs_that_are_missing(tmp_path, capsys):
    path = tmp_path / "squares.jsonl"
    run_many(square, [1, 2], path=path)
    run_many(square, [1, 2, 3, 4, 5], path=path, verbose=True)
    assert re.search(r"3/3 \[.*[\d?]run/s", capsys.readouterr().err)


def test_what_json_cannot_hold_is_said(tmp_path):
    with (
        ThreadPoolExecutor() as executor,
        pytest.raises(TypeError, match="leave path out"),
    ):
        run_many(unprintable, [1], executor=executor, path=tmp_path / "x.jsonl")


def test_a_report_of_failures_can_be_pickled():
    with pytest.raises(RunsFailed) as caught:
        run_many(square_if_even, [1, 2])
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.results == [None, 4]


def test_a_last_line_without_its_end_is_kept_if_it_is_whole(tmp_path):
    path = tmp_path / "squares.jsonl"
    run_many(square, [1], path=path)
    path.write_text(path.read_text().rstrip("\n").replace('"result": 1', '"result": 7'))
    assert run_many(square, [1, 2], path=path) == [7, 4]
    lines = '{"setting": 1, "result": 7}\n{"setting": 2, "result": 4}\n'
    assert path.read_text() == lines


def test_a_line_of_json_that_is_no_result_is_not_deleted(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text('{"setting": "mine"}')
    with pytest.raises(ValueError, match="is not a result of run_many"):
        run_many(square, [1], path=path)
    assert path.read_text() == '{"setting": "mine"}'


def test_threads_get_the_settings_and_their_exceptions_are_named():
    with ThreadPoolExecutor(2) as executor, pytest.raises(RunsFailed) as caught:
        run_many(square_below_three, [1, 2, 3], executor=executor)
    assert caught.value.results == [1, 4, None]
    assert str(caught.value).endswith("  3: RuntimeError: NeedsTwo: 3 is over 2")
    assert isinstance(caught.value.failures[2].__cause__, NeedsTwo)


def test_a_plain_exception_stays_what_it_is():
    with (
        ThreadPoolExecutor(2) as executor,
        pytest.raises(RunsFailed, match="ArithmeticError: 1 is odd"),
    ):
        run_many(square_if_even, [1], executor=executor)


def test_a_worker_multiplies_on_one_thread_if_it_knows_how(monkeypatch):
    with threadpool_limits(2, "blas"):
        runs._use_one_thread()
        assert blas_threads() == {1}
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    runs._use_one_thread()  # without it, each may use them all
