"""Runs the blocks of a study that are not yet stored: blocks -> processes -> store."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Self

import numpy as np

from sweep.errors import WorkerError
from sweep.progress import Progress
from sweep.store import Records, Store, open_store
from sweep.study import Block, Study, plan

MakeExecutor = Callable[..., Executor]

BLOCKS_PER_WORKER = 4
"""Blocks handed out ahead, so that no worker waits for the next while the list of what is under way stays short."""
SECONDS_TO_FINISH = 1.2
"""How long an interrupt waits for blocks that are being trained; a block takes some 0.1 s."""


def usable_cores() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_pool(workers: int) -> MakeExecutor:
    """A maker of process pools.

    Processes are spawned, not forked: safe beside threads and open connections, and the same on every system.
    """
    return partial(ProcessPoolExecutor, workers, multiprocessing.get_context("spawn"))


def stored_repeats(store: Store, study: Study, repeats: Mapping[str, int] | None = None) -> dict[str, Set[int] | range]:
    """Point identity -> the repeats asked for that are stored, as `plan` needs it; `repeats` is as `plan` has it."""
    repeats = {point.identity: study.repeats for point in study.points} if repeats is None else repeats
    together: dict[int, list[str]] = {}
    for identity, below in repeats.items():
        together.setdefault(below, []).append(identity)
    return {
        identity: range(below) if count == below else {r for r in store.repeats(identity).tolist() if r < below}
        for below, identities in together.items()
        for identity, count in store.counts(identities, below).items()
    }


def execute(
    study: Study,
    url: str,
    stored: dict[str, Set[int] | range],
    make_executor: MakeExecutor,
    progress: Progress,
    ahead: int,
) -> None:
    """Train every block that `stored` lacks and put its records into the store.

    Args:
        study: what is asked for.
        url: of a store that exists; every worker opens a connection of its own.
        stored: what `stored_repeats` gave.
        make_executor: called with initializer and initargs, as concurrent.futures' executors are.
        progress: is told of the trainings of every block that was stored.
        ahead: how many blocks are handed to the executor at a time.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a worker process died.
        KeyboardInterrupt: after the blocks that were being trained have been stored, or been given up.
    """
    with Workers(url, make_executor, ahead) as workers:
        workers.run(plan(study, stored), progress)


class Workers:
    """Workers that train blocks and store them, one plan after another; a context that ends them.

    Args and errors are those of `execute`; an error or an interrupt within the context ends the workers at once.
    """

    def __init__(self, url: str, make_executor: MakeExecutor, ahead: int) -> None:
        self._executor = make_executor(initializer=start_worker, initargs=(url,))
        self._ahead = ahead
        self._under_way: set[Future[int]] = set()

    def run(self, blocks: Iterator[Block], progress: Progress) -> None:
        """Train the blocks and store their records; returns when the last is stored."""
        self._submit(islice(blocks, self._ahead))
        while self._under_way:
            finished, self._under_way = wait(self._under_way, return_when=FIRST_COMPLETED)
            self._submit(islice(blocks, len(finished)))
            for future in finished:
                progress.update(future.result())

    def _submit(self, blocks: Iterator[Block]) -> None:
        with _interrupts_held_back():
            self._under_way |= {self._executor.submit(run_block, block) for block in blocks}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            self._executor.shutdown()
            return
        # What is cancelled here is never reported as done, so only the rest is waited for.
        running = {future for future in self._under_way if not future.cancel()}
        self._executor.shutdown(wait=False, cancel_futures=True)
        if wait(running, timeout=SECONDS_TO_FINISH).not_done:
            for process in multiprocessing.active_children():
                process.kill()
        if isinstance(error, BrokenExecutor):
            raise WorkerError(
                "a worker process died, killed from outside or for want of memory; what it had stored is kept"
            ) from error


_worker: dict[str, Any] = {}


def start_worker(url: str) -> None:
    """Prepare a worker process; a Ctrl-C at the terminal reaches it too, but is the main process's to answer."""
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Finalize(None, stop_worker, exitpriority=1)
    _worker.update(url=url)


def stop_worker() -> None:
    """Close the worker's store; a worker process does so when it ends."""
    if "store" in _worker:
        _worker["store"].close()
    _worker.clear()


def run_block(block: Block) -> int:
    """Train one block and store its records; return how many were new."""
    from sweep.draws import initial_parameters
    from sweep.kernel import train

    if "store" not in _worker:
        _worker["store"] = open_store(_worker["url"])
    trained = train(block.point.recipe, initial_parameters(block.point, block.start, block.stop))
    records = Records(
        repeat=np.arange(block.start, block.stop),
        loss=trained.loss,
        final_loss=trained.final_loss,
        solved=trained.solved,
        solved_epoch=trained.solved_epoch,
        diverged=trained.diverged,
    )
    return _worker["store"].insert(block.point, records)  # type: ignore[no-any-return]


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
