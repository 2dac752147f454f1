"""Trains blocks in processes of this machine."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from threading import Thread, main_thread
from threading import enumerate as enumerate_threads
from typing import Any

from sweep.console.words import plural
from sweep.errors import StoreError, StoreUnavailableError
from sweep.execution.backend import Backend
from sweep.execution.worker import SECONDS_TO_CONNECT, Piece, Result, Unstored, store_piece, train_block
from sweep.recipe.problem import is_at_hand
from sweep.store import Store, open_store
from sweep.store.data_sets import have_data
from sweep.study import Block


class Processes(Backend):
    """A pool of processes on this machine.

    Processes are spawned, not forked: safe beside threads and open connections, and the same on every system.
    """

    most_blocks = 1
    cluster = None

    def __init__(self, workers: int, url: str) -> None:
        self.task = run_blocks
        self._workers, self._url = workers, url

    @property
    def n_workers(self) -> int:
        """See Backend."""
        return self._workers

    @property
    def description(self) -> str:
        """See Backend."""
        return plural(self._workers, "worker")

    def open(self) -> Executor:
        """See Backend."""
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, context, initializer=start_worker, initargs=(self._url,))

    def close(self) -> None:
        """See Backend; a pool's processes end with its executor."""


def usable_cores() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_worker: dict[str, Any] = {}


def start_worker(url: str) -> None:
    """Prepare a worker process; a Ctrl-C at the terminal reaches it too, but is the main process's to answer."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Processes fill the cores; threads that a user's libraries start in each would only wait for one another.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Finalize(None, stop_worker, exitpriority=1)
        Finalize(None, _leave_threads, exitpriority=0)
        try:
            Thread(target=_end_with, args=(parent,), daemon=True).start()
        except RuntimeError:  # the system gives this process none: it must not outlive a run
            os._exit(1)
    _worker.update(url=url)


def stop_worker() -> None:
    """Close the worker's store; a worker process does so when it ends."""
    if "store" in _worker:
        _worker["store"].close()
    _worker.clear()


def _leave_threads() -> None:
    """End this process where threads that a user's function began would keep it alive."""
    if any(not thread.daemon and thread is not main_thread() for thread in enumerate_threads()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def run_blocks(blocks: Sequence[Block]) -> list[Result]:
    """Train blocks and store their records in a process of a pool; see `run_block`."""
    return [run_block(block) for block in blocks]


def run_block(block: Block) -> Result:
    """Train one block and store its records; return how many were new, or the records where that failed.

    Raises:
        StoreError: the store does not hold what the block is trained on.
        FunctionError: see `train_block`.
    """
    lacking = without_data(block)
    return lacking if lacking else stored(block, train_block(block))


def without_data(block: Block) -> Unstored | None:
    """Have at hand what the block is trained on; the block, where the store is away.

    Raises:
        StoreError: the store does not hold it.
    """
    problem = block.point.recipe.data_set
    try:
        if problem is not None and not is_at_hand(problem):
            have_data(_store(), [problem])
    except StoreUnavailableError as error:
        return Unstored(block, None, str(error))
    return None


def stored(block: Block, piece: Piece) -> Result:
    """Store what came of a block; say how many records were new, or give the records back where that failed."""
    try:
        return store_piece(_store(), block, piece)
    except StoreError as error:
        return Unstored(block, piece.records, str(error))


def _store() -> Store:
    """This worker's store, opened when it is first needed."""
    if "store" not in _worker:
        _worker["store"] = open_store(_worker["url"], seconds=SECONDS_TO_CONNECT)
    return _worker["store"]  # type: ignore[no-any-return]


def _end_with(parent: BaseProcess) -> None:
    """End this process when the main process is gone; it would wait for the next block without end."""
    parent.join()
    os._exit(1)
