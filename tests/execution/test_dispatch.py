"""However a study is run, its records are the same."""

import signal
import sqlite3
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from functools import partial

import pytest

from sweep import RECIPES, Axis, Study
from sweep.console.progress import Progress
from sweep.execution.backend import LostError
from sweep.execution.dispatch import TASKS_PER_WORKER, Workers, execute
from sweep.execution.processes import Processes, start_worker, stop_worker
from sweep.store import open_store
from sweep.store.records import RECORD_FIELDS
from sweep.store.stored import stored_repeats
from sweep.study import plan
from tests import commands

STUDY = Study(
    replace(RECIPES["gustaw"], epochs=40),
    (Axis("hidden_std_dev", (0.0, 0.7, 54.6)), Axis("loss", ("bce", "mse"))),
    repeats=1100,
)


class InProcess(Executor):
    """Runs every task at once in this process, where a mocked database can be reached."""

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # as every executor does: the future carries it to whoever asks
            future.set_exception(error)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        stop_worker()


class Here(Processes):
    """Trains in this process."""

    def __init__(self, url):
        super().__init__(1, url)

    def open(self):
        start_worker(self._url)
        return InProcess()


def run(study, url, make_backend=Here):
    with open_store(url, create=True) as store:
        stored = stored_repeats(store, study)
        with Progress(study.n_trainings, 0, quiet=True) as progress:
            execute(study, store, stored, make_backend(url), progress)


def bits(study, url):
    """Every record of a study as bytes."""
    with open_store(url) as store:
        records = {point.identity: store.records(point.identity, 10**9) for point in study.points}
    return {identity: [getattr(one, name).tobytes() for name in RECORD_FIELDS] for identity, one in records.items()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    url = str(tmp_path_factory.mktemp("expected") / "store.db")
    run(STUDY, url)
    return bits(STUDY, url)


def test_two_workers_give_the_same_records(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(STUDY, url, partial(Processes, 2))
    assert bits(STUDY, url) == expected


def test_every_store_holds_the_same_records(url, expected):
    run(STUDY, url)
    assert bits(STUDY, url) == expected


def test_two_workers_and_the_real_mongodb_give_the_same_records(mongodb_url, expected):
    run(STUDY, mongodb_url, partial(Processes, 2))
    assert bits(STUDY, mongodb_url) == expected


def test_a_study_that_grows_keeps_its_records_and_adds_the_missing(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(replace(STUDY, axes=(STUDY.axes[0], Axis("loss", ("mse",))), repeats=30), url)
    run(replace(STUDY, repeats=1050), url)
    run(STUDY, url)
    assert bits(STUDY, url) == expected


def test_a_block_with_holes_is_filled(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(STUDY, url)
    with sqlite3.connect(url) as connection:
        connection.execute("DELETE FROM trainings WHERE repeat % 7 = 3 OR repeat > 1090")
    connection.close()
    run(STUDY, url)
    assert bits(STUDY, url) == expected


SLOW = ["--set", "epochs=8000", "--axis", "hidden_std_dev=log:0.1:10:40", "--repeats", "150", "--workers", "1",
        "--store", "store.db"]  # fmt: skip


def wait_for_records(process, path, more_than=0):
    """Wait until the store holds a part of the records; return how many."""
    while process.poll() is None:
        if path.exists():
            connection = sqlite3.connect(path)
            n_tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'trainings'").fetchone()[0]
            n_records = connection.execute("SELECT count(*) FROM trainings").fetchone()[0] if n_tables else 0
            connection.close()
            if more_than < n_records < 6_000:
                return n_records
        time.sleep(0.01)
    return pytest.fail(f"the run ended before it could be stopped: {process.communicate()}")


@pytest.fixture(scope="module")
def slow_records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    assert commands.run("sweep.run", *SLOW, folder=folder).returncode == 0
    return all_rows(folder / "store.db")


def all_rows(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM results ORDER BY point, repeat").fetchall()
    finally:
        connection.close()


def interrupt_at_terminal(folder):
    process = commands.start("sweep.run", *SLOW, folder=folder, real=True)
    wait_for_records(process, folder / "store.db")
    commands.signal_group(process, signal.SIGINT)
    return process


def terminate(folder):
    process = commands.start("sweep.run", *SLOW, folder=folder, real=True)
    wait_for_records(process, folder / "store.db")
    process.send_signal(signal.SIGTERM)
    return process


def terminate_in_background(folder):
    """As a shell starts a job with `&`: a Ctrl-C changes nothing."""
    process = commands.start("sweep.run", *SLOW, folder=folder, interrupt=signal.SIG_IGN)
    n_stored = wait_for_records(process, folder / "store.db")
    commands.signal_group(process, signal.SIGINT)
    wait_for_records(process, folder / "store.db", n_stored)
    process.send_signal(signal.SIGTERM)
    return process


@pytest.mark.parametrize("interrupt", [interrupt_at_terminal, terminate, terminate_in_background])
def test_an_interrupt_says_what_is_stored_and_how_to_continue(tmp_path, slow_records, interrupt):
    process = interrupt(tmp_path)
    _, error = process.communicate()  # ends when all who inherited standard error have ended
    n_stored = len(all_rows(tmp_path / "store.db"))
    assert process.returncode == 130
    assert 0 < n_stored < 6_000
    assert commands.one_sentence(error) == (
        f"Interrupted: {n_stored:,} of 6,000 trainings are stored in store.db, {6_000 - n_stored:,} are missing. "
        f"Continue with: python -m sweep.run {' '.join(SLOW)}"
    )
    assert "interrupted" in commands.run("sweep.status", "--store", "store.db", folder=tmp_path).stdout
    assert commands.run("sweep.run", *SLOW, folder=tmp_path).returncode == 0
    assert all_rows(tmp_path / "store.db") == slow_records


class Failing(Here):
    """Fails as an executor would: at the first task, and again at the first after those that are handed out ahead."""

    def __init__(self, url):
        super().__init__(url)
        self.errors = [BrokenExecutor(), *[None] * (TASKS_PER_WORKER - 1), LostError()]

    def open(self):
        executor = super().open()
        train = executor.submit

        def submit(*args):
            error = self.errors.pop(0) if self.errors else None
            if error is None:
                return train(*args)
            future = Future()
            future.set_exception(error)
            return future

        executor.submit = submit
        return executor


def test_workers_that_are_lost_while_a_block_is_trained_alone_are_waited_for(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(STUDY, url, Failing)
    assert bits(STUDY, url) == expected


def test_what_a_worker_cannot_store_the_main_process_stores(tmp_path, expected):
    url, nowhere = str(tmp_path / "store.db"), str(tmp_path / "gone.db")
    progress = Progress(STUDY.n_trainings, 0, quiet=True)
    with open_store(url, create=True) as store, progress, Workers(STUDY, store, Here(nowhere), progress) as workers:
        workers.run(plan(STUDY, {}), STUDY.n_trainings)
    assert bits(STUDY, url) == expected


class InterruptedAtOnce(Progress):
    """Ctrl-C as soon as anything is stored."""

    def update(self, n):
        raise KeyboardInterrupt


def test_no_thread_of_the_pool_is_left_when_an_interrupt_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr("sweep.execution.tasks.SECONDS_TO_END", 60)  # on a busy machine it takes over a second
    url = str(tmp_path / "store.db")
    with open_store(url, create=True) as store, InterruptedAtOnce(1, 0, quiet=True) as progress:
        before = set(threading.enumerate())
        with pytest.raises(KeyboardInterrupt):
            execute(STUDY, store, {}, Processes(2, url), progress)
        left = [thread.name for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert not [name for name in left if not name.startswith("QueueFeeder")]
