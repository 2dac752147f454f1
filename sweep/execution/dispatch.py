"""Runs the blocks of a study that are not yet stored: blocks -> workers -> store."""

import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import contextmanager
from itertools import chain
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from sweep.console.progress import Progress, say
from sweep.console.words import plural
from sweep.errors import StoreUnavailableError, WorkerError
from sweep.execution.backend import CAUSES, Backend, LostError
from sweep.execution.spill import keep
from sweep.execution.worker import Unstored
from sweep.store import Store
from sweep.study import Block, Repeats, Study, plan

TASKS_PER_WORKER = 4
"""Handed out ahead, so that no worker waits for the next while the list of what is under way stays short."""
MOST_TASKS = 4000
"""Under way at a time, however many workers there are."""
SECONDS_TO_FINISH = 1.2
"""How long an interrupt waits for blocks that are being trained; a block takes some 0.1 s."""
SECONDS_TO_GIVE_UP = 20.0
"""How long a run that has failed waits for them: pymongo notices within 17 s that a connection has fallen silent."""
MOST_CRASHES = 3
"""Processes in a row that one block may take with it."""
MOST_REFUSALS = 5
"""Times that one block may come back unstored while this process reaches the store."""
CRASHES = (BrokenExecutor, MemoryError)


def execute(study: Study, store: Store, stored: dict[str, Repeats], backend: Backend, progress: Progress) -> None:
    """Train every block that `stored` lacks and put its records into the store.

    Args:
        study: what is asked for.
        store: takes what a worker could not store; it may wait.
        stored: what `stored_repeats` gave.
        backend: its workers open connections of their own to the same store.
        progress: is told of the trainings of every block that was stored.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a block took its worker process with it MOST_CRASHES times in a row.
        FailedError: the workers are gone and do not come back.
        KeyboardInterrupt: after the blocks that were being trained have been stored, or been given up.
    """
    n_trainings = study.n_trainings - sum(map(len, stored.values()))
    with Workers(study, store, backend) as workers:
        workers.run(plan(study, stored), n_trainings, progress)


class Workers:
    """Workers that train blocks and store them, one plan after another; a context that ends them.

    A task is one block or several. What a worker cannot store, this process stores or has trained again, and hands
    out no more meanwhile. After an error or an interrupt within the context, what is trained and not stored is kept in
    a file. Arguments and errors are those of `execute`.
    """

    def __init__(self, study: Study, store: Store, backend: Backend) -> None:
        self._study, self._store, self._backend = study, store, backend
        self._executor = backend.open()
        self._under_way: dict[Future[list[int | Unstored]], list[Block]] = {}
        self._done: SimpleQueue[Future[list[int | Unstored]]] = SimpleQueue()
        self._blocks: Iterator[Block] = iter(())
        self._again: deque[Block] = deque()
        self._n_left = 0
        self._refusals: Counter[Block] = Counter()

    def run(self, blocks: Iterator[Block], n_trainings: int, progress: Progress) -> None:
        """Train the blocks, of so many trainings, and store their records; returns when the last is stored."""
        self._blocks, self._n_left = blocks, n_trainings
        while True:
            most = min(TASKS_PER_WORKER * max(self._backend.n_workers, 1), MOST_TASKS)
            while len(self._under_way) < most and (task := self._next_task()):
                self._submit(task)
            if not self._under_way:
                return
            future = self._done.get()
            if future not in self._under_way:  # taken care of in a recovery
                continue
            try:
                self._finish(future, progress)
            except LostError:
                self._recover_lost(progress)
            except CRASHES:
                self._recover_crashed(progress)

    def _next_task(self) -> list[Block]:
        """As many blocks as the backend allows, fewer towards the end, so that all workers end together."""
        share = self._n_left / (2 * max(self._backend.n_workers, 1))
        task: list[Block] = []
        n_trainings = 0
        while block := self._again.popleft() if self._again else next(self._blocks, None):
            task.append(block)
            n_trainings += block.n_trainings
            if len(task) == self._backend.most_blocks or n_trainings >= share:
                break
        self._n_left -= n_trainings
        return task

    def _submit(self, task: list[Block]) -> None:
        with _interrupts_held_back():
            try:
                future = self._executor.submit(self._backend.task, task)
            except BrokenExecutor as error:  # it broke a moment ago; the task shares the fate of those under way
                future = Future()
                future.set_exception(error)
            self._under_way[future] = task
            future.add_done_callback(self._done.put)

    def _finish(self, future: Future[list[int | Unstored]], progress: Progress) -> None:
        try:
            results = future.result()
        except WorkerError as error:
            raise WorkerError(self._died(str(error), self._under_way[future])) from error
        n_new = 0
        for result in results:
            if not isinstance(result, Unstored):
                n_new += result
            elif result.records is not None:
                n_new += self._store.insert(result.block.point, result.records)
        again = [result for result in results if isinstance(result, Unstored) and result.records is None]
        if again:
            self._wait_for_store(again)
        del self._under_way[future]
        self._put_back([result.block for result in again])
        progress.update(n_new)

    def _wait_for_store(self, refused: Sequence[Unstored]) -> None:
        first = refused[0]
        self._store.counts([first.block.point.identity], 1)  # returns as soon as the store answers here
        self._refusals[first.block] += 1
        if self._refusals[first.block] == MOST_REFUSALS:
            raise StoreUnavailableError(
                f"a worker {first.reason}; it answers here, so give --store an address that all workers reach"
            )

    def _put_back(self, blocks: Sequence[Block]) -> None:
        self._again.extend(blocks)
        self._n_left += sum(block.n_trainings for block in blocks)

    def _recover_lost(self, progress: Progress) -> None:
        """Submit again what was under way when the connection to the workers was lost."""
        lost = self._give_up([future for future in self._under_way if not future.done()], progress)
        self._restart()
        self._put_back(lost)

    def _recover_crashed(self, progress: Progress) -> None:
        """Train again what was lost, one block at a time: a broken pool does not say which block broke it."""
        lost = self._give_up([], progress)
        say(f"A worker process died ({CAUSES}); what was under way is trained again: {plural(len(lost), 'block')}.")
        self._restart()
        for block in lost:
            self._run_alone(block, progress)

    def _give_up(self, silent: Sequence[Future[list[int | Unstored]]], progress: Progress) -> list[Block]:
        """Blocks under way of which no result came, those of silent futures among them; what came is stored."""
        lost = [block for future in silent for block in self._under_way.pop(future)]
        for future in list(self._under_way):
            try:
                self._finish(future, progress)
            except (*CRASHES, LostError):
                lost += self._under_way.pop(future)
        return lost

    def _run_alone(self, block: Block, progress: Progress) -> None:
        for n_crashes in range(1, MOST_CRASHES + 1):
            self._submit([block])
            (future,) = self._under_way
            try:
                return self._finish(future, progress)
            except LostError:
                return self._recover_lost(progress)
            except CRASHES as error:
                del self._under_way[future]
                if n_crashes == MOST_CRASHES:
                    died = f"a worker process died {n_crashes} times in a row ({CAUSES})"
                    raise WorkerError(self._died(died, [block])) from error
            self._restart()
        return None

    def _restart(self) -> None:
        self._executor.shutdown(wait=False)
        self._executor = self._backend.open()

    def _died(self, cause: str, task: Sequence[Block]) -> str:
        point = task[0].point.recipe
        values = [f"{axis.field} = {getattr(point, axis.field)}" for axis in self._study.axes]
        block = ", ".join([*values, f"repeats {task[0].start:,} to {task[0].stop - 1:,}"])
        more = f" and {plural(len(task) - 1, 'block')} after it" if len(task) > 1 else ""
        return f"{cause} while it trained {block}{more}; what is stored is kept"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            self._executor.shutdown()
            return
        try:
            self._stop(SECONDS_TO_FINISH if isinstance(error, KeyboardInterrupt) else SECONDS_TO_GIVE_UP)
        finally:
            trained = [future for future in self._under_way if future.done() and not future.cancelled()]
            results = chain.from_iterable(future.result() for future in trained if future.exception() is None)
            unstored = [
                (result.block.point, result.records)
                for result in results
                if isinstance(result, Unstored) and result.records is not None
            ]
            if unstored:
                keep(self._store, unstored)

    def _stop(self, seconds: float) -> None:
        # What is cancelled here is never reported as done, so only the rest is waited for.
        running = {future for future in self._under_way if not future.cancel()}
        self._executor.shutdown(wait=False, cancel_futures=True)
        if wait(running, timeout=seconds).not_done:
            for process in multiprocessing.active_children():
                process.kill()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C meanwhile is delivered afterwards; processes spawned meanwhile never get it, even while they start."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)
