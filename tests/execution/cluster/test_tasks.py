"""What is handed to a cluster: tasks of seconds, a bounded number of them, small on the wire."""

from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import replace
from itertools import islice
from queue import Queue

import cloudpickle
import pytest

from sweep import RECIPES, Axis, Study
from sweep.console.progress import Progress
from sweep.execution.backend import Backend
from sweep.execution.cluster import MOST_BLOCKS
from sweep.execution.cluster_job import job_of, run_job
from sweep.execution.dispatch import MOST_TASKS, Workers
from sweep.store import open_store
from sweep.study import DRAW_BLOCK, plan

STUDY = Study(RECIPES["gustaw"], (Axis("hidden_std_dev", (0.5, 0.7)),), repeats=DRAW_BLOCK * 50_000)


class Pretended(Backend):
    """Workers that train nothing and say that they did, the task that waits longest first."""

    most_blocks = MOST_BLOCKS
    cluster = "tcp://pretended"
    description = ""
    n_workers = 0

    def __init__(self, n_workers):
        self.n_workers = n_workers
        self.waiting, self.sizes, self.trained = [], [], Counter()
        self.most_waiting = 0

    def task(self, blocks):
        raise AssertionError("nothing is run")

    def open(self):
        return PretendedExecutor(self)

    def close(self):
        pass


class PretendedExecutor(Executor):
    def __init__(self, backend):
        self._backend = backend

    def submit(self, function, /, blocks):
        backend, future = self._backend, Future()
        backend.waiting.append((future, blocks))
        backend.most_waiting = max(backend.most_waiting, len(backend.waiting))
        return future


def finish_one(backend):
    future, blocks = backend.waiting.pop(0)
    backend.sizes.append(len(blocks))
    backend.trained.update((block.point, block.start) for block in blocks)
    future.set_result([block.n_trainings for block in blocks])


@pytest.fixture
def handed_out(monkeypatch, tmp_path):
    """Run a study on pretended workers; what they were given."""

    def run(study, n_workers):
        backend = Pretended(n_workers)

        class Done(Queue):
            def get(self, timeout):
                finish_one(backend)
                return super().get()

        monkeypatch.setattr("sweep.execution.tasks.SimpleQueue", Done)
        with (
            open_store(str(tmp_path / "store.db"), create=True) as store,
            Progress(study.n_trainings, 0, quiet=True) as progress,
            Workers(study, store, backend, progress) as workers,
        ):
            workers.run(plan(study, {}), study.n_trainings)
        return backend

    return run


def test_however_many_blocks_some_thousand_tasks_are_outstanding(handed_out):
    backend = handed_out(STUDY, 5000)
    assert backend.most_waiting == MOST_TASKS
    assert max(backend.sizes) == 10
    assert len(backend.trained) == sum(backend.sizes) == 100_000


def test_a_hundred_thousand_tasks_one_after_the_other_are_all_handed_out(handed_out, monkeypatch):
    monkeypatch.setattr(Pretended, "most_blocks", 1)
    backend = handed_out(STUDY, 1)
    assert backend.most_waiting == 4
    assert len(backend.trained) == len(backend.sizes) == 100_000


def test_tasks_are_seconds_long_and_get_shorter_towards_the_end(handed_out):
    backend = handed_out(replace(STUDY, repeats=DRAW_BLOCK * 500), 4)
    assert backend.most_waiting == 16
    assert backend.sizes[0] == MOST_BLOCKS
    assert backend.sizes[-7:] == [1] * 7
    assert backend.sizes == sorted(backend.sizes, reverse=True)
    assert set(backend.trained.values()) == {1}
    assert len(backend.trained) == 1000


def test_a_small_study_is_shared_by_all(handed_out):
    backend = handed_out(replace(STUDY, repeats=DRAW_BLOCK * 20), 10)
    assert max(backend.sizes) == 2


def test_only_descriptions_and_numbers_travel():
    task = list(islice(plan(STUDY, {}), MOST_BLOCKS))
    assert len(task) == MOST_BLOCKS
    assert len(cloudpickle.dumps((run_job, job_of("mongodb://somewhere/study"), task))) < 5000
    assert len(cloudpickle.dumps([DRAW_BLOCK] * MOST_BLOCKS)) < 200
