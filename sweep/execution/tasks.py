"""Tasks that are under way: handed to an executor, and not yet known to be over."""

import errno
import math
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from threading import Thread
from types import ModuleType

from sweep.console.signals import requests_held_back
from sweep.execution.backend import Backend
from sweep.execution.worker import Result
from sweep.study import Block

Results = list[Result]
"""What becomes of a task, in the order of its blocks."""


SECONDS_TO_END = 1.0
"""How long the thread of a pool whose workers are gone is waited for; it takes some 0.01 s."""
SECONDS_TO_LOOK = 0.1
"""Between two looks at a pool that may be gone."""


class TasksUnderWay:
    """The tasks that a backend's workers have been given, each a list of blocks, with the executor that runs them.

    Whoever takes a task's result also says that it is over (`end`); until then it counts as under way, also when its
    workers or the connection to them are gone.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._executor = self._open()
        self._blocks: dict[Future[Results], list[Block]] = {}
        self._done: SimpleQueue[Future[Results]] = SimpleQueue()

    def _open(self) -> Executor:
        with _interrupts_held_back():  # a pool starts a process of multiprocessing's own
            return self._backend.open()

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> Iterator[Future[Results]]:
        return iter(list(self._blocks))

    def blocks(self, task: Future[Results]) -> list[Block]:
        """The blocks of a task."""
        return self._blocks[task]

    def submit(self, blocks: list[Block]) -> Future[Results]:
        """Hand out a task."""
        with _interrupts_held_back(), _main_out_of_sight():
            try:
                task = self._executor.submit(self._backend.task, blocks)
            except BrokenExecutor as error:  # it broke a moment ago; the task shares the fate of those under way
                task = Future()
                task.set_exception(error)
            self._blocks[task] = blocks
            task.add_done_callback(self._done.put)
        return task

    def next_done(self) -> Future[Results]:
        """The next task under way that is done, well or not; waits for it.

        Raises:
            OSError: the pool of workers has lost the thread that would say so, for want of others.
        """
        while True:
            is_lost = self._has_lost_thread()  # before a last look at what it has said
            try:
                task = self._done.get(timeout=SECONDS_TO_LOOK)
            except Empty:
                if is_lost:
                    raise _no_thread() from None
            else:
                if task in self._blocks:  # else a recovery has taken care of it
                    return task

    def wait_for(self, task: Future[Results]) -> None:
        """Wait until a task is done, well or not; errors are those of `next_done`."""
        is_lost = False
        while not wait([task], timeout=SECONDS_TO_LOOK).done:
            if is_lost:
                raise _no_thread()
            is_lost = self._has_lost_thread()

    def _has_lost_thread(self) -> bool:
        ending, _ = self._pool()
        return ending is not None and not ending.is_alive()

    def end(self, task: Future[Results]) -> list[Block]:
        """Say that a task is over; return its blocks."""
        return self._blocks.pop(task)

    def restart(self) -> None:
        """Go on with new workers, or a new connection to them."""
        self._executor.shutdown(wait=False)
        self._executor = self._open()

    def finish(self) -> None:
        """Let the workers end what they have begun, then let them go."""
        ending, workers = self._pool()
        self._executor.shutdown(wait=ending is None)
        _see_off(ending, workers, math.inf)

    def stop(self, seconds: float) -> None:
        """Begin no more, wait so long for what has begun, and give up the rest."""
        # Whoever else called off a task would surprise the thread of a pool whose workers go at this moment.
        deadline, (ending, workers) = time.monotonic() + seconds, self._pool()
        self._executor.shutdown(wait=False, cancel_futures=True)
        while self._waits_for_any() and (left := deadline - time.monotonic()) > 0:
            with suppress(Empty):
                self._done.get(timeout=min(left, SECONDS_TO_LOOK))
        if self._waits_for_any():
            kill(workers)
        # At its own end Python wakes the thread of a pool, and shows a traceback where that is ending at this moment.
        _see_off(ending, workers, SECONDS_TO_END)

    def _waits_for_any(self) -> bool:
        """Whether a task has begun and is not done, or is to be called off by a thread that is there."""
        is_lost = self._has_lost_thread()
        return any(task.running() or not (task.done() or is_lost) for task in self._blocks)

    def _pool(self) -> tuple[Thread | None, list[BaseProcess]]:
        """Of a pool of processes the thread that ends after them, and the processes."""
        processes = getattr(self._executor, "_processes", None) or {}
        return getattr(self._executor, "_executor_manager_thread", None), list(processes.values())

    def results(self) -> Results:
        """What came of all blocks under way whose tasks are done and did not fail."""
        done = [task for task in self._blocks if task.done() and not task.cancelled()]
        return [result for task in done if task.exception() is None for result in task.result()]


def _no_thread() -> OSError:
    return OSError(errno.EAGAIN, "the thread of the pool of workers has ended")


def kill(processes: Iterable[BaseProcess]) -> None:
    """Kill those that have not ended."""
    for process in processes:
        process.kill()


def _see_off(ending: Thread | None, workers: list[BaseProcess], seconds: float) -> None:
    """Wait so long for the end of a pool that was told to end, of which all tasks are done."""
    deadline = time.monotonic() + seconds
    while ending is not None and ending.is_alive() and time.monotonic() < deadline:
        ending.join(SECONDS_TO_LOOK)
        # An idle worker that was killed may hold the lock behind which the others wait to be told.
        if any(worker.exitcode for worker in workers):
            kill(workers)
    if ending is not None and not ending.is_alive():  # it may have been lost, or never have begun
        kill(workers)


@contextmanager
def _main_out_of_sight() -> Iterator[None]:
    """Processes spawned meanwhile do not import what this one was started from: they need nothing of it, and a script
    without a guard would begin again in each."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A request to end meanwhile is delivered afterwards; processes spawned meanwhile never get a Ctrl-C, or the end of
    a terminal, even while they start."""
    with requests_held_back():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)
