"""Workers that die at the very end keep nobody waiting."""

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor, wait
from threading import Event, Thread

import pytest

from sweep.console.scarcity import what_is_scarce
from sweep.execution.backend import Backend
from sweep.execution.tasks import TasksUnderWay

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process is stopped there")


class Sleepers(Backend):
    """Two processes that sleep, which need nothing of this project."""

    most_blocks, cluster, n_workers, description, task = 1, None, 2, "2 workers", staticmethod(time.sleep)

    def open(self):
        return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))

    def close(self):
        """Nothing."""


@pytest.mark.parametrize("end", [TasksUnderWay.finish, lambda tasks: tasks.stop(1.0)], ids=["finish", "stop"])
@pytest.mark.parametrize("victim", [0, 1])
def test_a_worker_that_is_killed_while_it_waits_for_the_end_holds_up_nobody(end, victim):
    """An idle worker holds the lock of the queue by which all are told the end; it may be either of the two."""
    tasks = TasksUnderWay(Sleepers())
    for task in [tasks.submit(0.2) for _ in range(2)]:
        wait([task])
        tasks.end(task)
    time.sleep(0.1)  # both are idle then
    _, workers = tasks._pool()
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    ending = Thread(target=end, args=[tasks], daemon=True)
    ending.start()
    time.sleep(0.2)
    os.kill(workers[victim].pid, signal.SIGKILL)
    os.kill(workers[1 - victim].pid, signal.SIGCONT)
    ending.join(10)
    left = [worker for worker in workers if worker.is_alive()]
    for worker in left:
        worker.kill()
    assert not ending.is_alive()
    assert not left


def test_a_pool_that_has_lost_its_thread_is_not_waited_for():
    """As where the system gives a process no more threads: nobody says any more that a task is done."""
    tasks = TasksUnderWay(Sleepers())
    task = tasks.submit(60)
    _, workers = tasks._pool()
    tasks._executor._executor_manager_thread = Thread()
    with pytest.raises(OSError, match="the thread of the pool of workers has ended"):
        tasks.wait_for(task)
    with pytest.raises(OSError, match="the thread of the pool of workers has ended") as caught:
        tasks.next_done()
    assert what_is_scarce(caught.value) == "processes or threads"
    tasks.stop(0)
    deadline = time.monotonic() + 5
    while any(worker.is_alive() for worker in workers):  # not known at once where the pool's own thread asks, too
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fill(tasks, seconds):
    """Submit 20 tasks, and wait until the workers and the one place beside them are taken."""
    submitted = [tasks.submit(seconds) for _ in range(20)]
    while sum(task.running() or task.done() for task in submitted) < 3:
        time.sleep(0.01)
    return submitted


def test_workers_that_go_while_a_run_is_stopped_are_no_traceback(monkeypatch):
    """As where SIGTERM reaches a run and its workers alike."""
    told, shutdown = [], ProcessPoolExecutor.shutdown
    monkeypatch.setattr("threading.excepthook", told.append)
    tasks = TasksUnderWay(Sleepers())
    under_way = fill(tasks, 60)
    thread, workers = tasks._pool()

    def go_first(executor, *arguments, **named):
        for worker in workers:
            worker.terminate()
        thread.join(10)
        shutdown(executor, *arguments, **named)

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", go_first)
    tasks.stop(10)
    assert not told
    assert not thread.is_alive()
    assert all(task.done() for task in under_way)


def test_what_has_not_begun_is_called_off_and_what_has_is_waited_for():
    tasks = TasksUnderWay(Sleepers())
    under_way = fill(tasks, 0.5)
    tasks.stop(30)
    ended = [task for task in under_way if not task.cancelled()]
    assert 3 <= len(ended) < 10
    assert all(task.result() is None for task in ended)


def test_an_interrupt_while_workers_are_started_comes_when_they_are():
    """Though another thread would take it: between a worker's start and what it is told it would be an orphan."""

    class Interrupted(Sleepers):
        def open(self):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
            opened.append(super().open())
            return opened[0]

    opened, others_end = [], Event()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    Thread(target=others_end.wait).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            TasksUnderWay(Interrupted())
        assert opened
    finally:
        others_end.set()
        signal.signal(signal.SIGINT, before)
