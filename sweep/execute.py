"""Runs the blocks of a study that are not yet stored: blocks -> processes -> store."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Self

from sweep.command import plural
from sweep.errors import WorkerError
from sweep.progress import Progress, say
from sweep.spill import keep
from sweep.store import Store
from sweep.study import Block, Repeats, Study, compact, plan
from sweep.worker import Unstored, run_block, start_worker

MakeExecutor = Callable[..., Executor]

BLOCKS_PER_WORKER = 4
"""Blocks handed out ahead, so that no worker waits for the next while the list of what is under way stays short."""
SECONDS_TO_FINISH = 1.2
"""How long an interrupt waits for blocks that are being trained; a block takes some 0.1 s."""
SECONDS_TO_GIVE_UP = 20.0
"""How long a run that has failed waits for them: pymongo notices within 17 s that a connection has fallen silent."""
MOST_CRASHES = 3
"""Processes in a row that one block may take with it."""
CRASHES = (BrokenExecutor, MemoryError)
CAUSES = "killed from outside, or for want of memory"


def usable_cores() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_pool(workers: int) -> MakeExecutor:
    """A maker of process pools.

    Processes are spawned, not forked: safe beside threads and open connections, and the same on every system.
    """
    return partial(ProcessPoolExecutor, workers, multiprocessing.get_context("spawn"))


def stored_repeats(store: Store, study: Study, repeats: Mapping[str, int] | None = None) -> dict[str, Repeats]:
    """Point identity -> the repeats asked for that are stored, as `plan` needs it; `repeats` is as `plan` has it."""
    repeats = {point.identity: study.repeats for point in study.points} if repeats is None else repeats
    together: dict[int, list[str]] = {}
    for identity, below in repeats.items():
        together.setdefault(below, []).append(identity)
    return {
        identity: range(below) if count == below else compact(store.repeats(identity)[:count])
        for below, identities in together.items()
        for identity, count in store.counts(identities, below).items()
    }


def execute(
    study: Study,
    store: Store,
    url: str,
    stored: dict[str, Repeats],
    make_executor: MakeExecutor,
    progress: Progress,
    ahead: int,
) -> None:
    """Train every block that `stored` lacks and put its records into the store.

    Args:
        study: what is asked for.
        store: takes what a worker could not store; it may wait.
        url: of the same store; every worker opens a connection of its own.
        stored: what `stored_repeats` gave.
        make_executor: called with initializer and initargs, as concurrent.futures' executors are.
        progress: is told of the trainings of every block that was stored.
        ahead: how many blocks are handed to the executor at a time.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a block took its worker process with it MOST_CRASHES times in a row.
        KeyboardInterrupt: after the blocks that were being trained have been stored, or been given up.
    """
    with Workers(study, store, url, make_executor, ahead) as workers:
        workers.run(plan(study, stored), progress)


class Workers:
    """Workers that train blocks and store them, one plan after another; a context that ends them.

    What a worker cannot store, this process stores, and hands out no more meanwhile. After an error or an interrupt
    within the context, what is trained and not stored is kept in a file. Arguments and errors are those of `execute`.
    """

    def __init__(self, study: Study, store: Store, url: str, make_executor: MakeExecutor, ahead: int) -> None:
        self._study, self._store, self._ahead = study, store, ahead
        self._make_executor = partial(make_executor, initializer=start_worker, initargs=(url,))
        self._executor = self._make_executor()
        self._under_way: dict[Future[int | Unstored], Block] = {}

    def run(self, blocks: Iterator[Block], progress: Progress) -> None:
        """Train the blocks and store their records; returns when the last is stored."""
        while True:
            self._submit(islice(blocks, self._ahead - len(self._under_way)))
            if not self._under_way:
                return
            finished = wait(self._under_way, return_when=FIRST_COMPLETED).done
            try:
                for future in finished:
                    self._finish(future, progress)
            except CRASHES:
                self._recover(progress)

    def _submit(self, blocks: Iterable[Block]) -> None:
        with _interrupts_held_back():
            for block in blocks:
                try:
                    future = self._executor.submit(run_block, block)
                except BrokenExecutor as error:  # it broke a moment ago; the block shares the fate of those under way
                    future = Future()
                    future.set_exception(error)
                self._under_way[future] = block

    def _finish(self, future: Future[int | Unstored], progress: Progress) -> None:
        result = future.result()
        n_new = self._store.insert(*result) if isinstance(result, Unstored) else result
        del self._under_way[future]
        progress.update(n_new)

    def _recover(self, progress: Progress) -> None:
        """Train again what was lost, one block at a time: a broken pool does not say which block broke it."""
        lost = []
        for future in list(self._under_way):
            try:
                self._finish(future, progress)
            except CRASHES:
                lost.append(self._under_way.pop(future))
        say(f"A worker process died ({CAUSES}); what was under way is trained again: {plural(len(lost), 'block')}.")
        self._restart()
        for block in lost:
            self._run_alone(block, progress)

    def _run_alone(self, block: Block, progress: Progress) -> None:
        for n_crashes in range(1, MOST_CRASHES + 1):
            self._submit([block])
            (future,) = self._under_way
            try:
                return self._finish(future, progress)
            except CRASHES as error:
                del self._under_way[future]
                if n_crashes == MOST_CRASHES:
                    raise WorkerError(
                        f"a worker process died {n_crashes} times in a row ({CAUSES}) while it trained "
                        f"{self._describe(block)}; what is stored is kept"
                    ) from error
            self._restart()
        return None

    def _restart(self) -> None:
        self._executor.shutdown(wait=False)
        self._executor = self._make_executor()

    def _describe(self, block: Block) -> str:
        values = [f"{axis.field} = {getattr(block.point.recipe, axis.field)}" for axis in self._study.axes]
        return ", ".join([*values, f"repeats {block.start:,} to {block.stop - 1:,}"])

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
            results = [future.result() for future in trained if future.exception() is None]
            unstored = [result for result in results if isinstance(result, Unstored)]
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
