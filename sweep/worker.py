"""What a worker process does: train a block, and put its records into the store."""

import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from threading import Thread
from typing import Any, NamedTuple

import numpy as np

from sweep.errors import StoreError
from sweep.store import Records, open_store
from sweep.study import Block, Point

SECONDS_TO_CONNECT = 1.0
"""How long a worker looks for a server: short, since the main process does the waiting."""

_worker: dict[str, Any] = {}


class Unstored(NamedTuple):
    """A trained block that its worker could not store; the main process waits for the store and tries again."""

    point: Point
    records: Records


def start_worker(url: str) -> None:
    """Prepare a worker process; a Ctrl-C at the terminal reaches it too, but is the main process's to answer."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Finalize(None, stop_worker, exitpriority=1)
        Thread(target=_end_with, args=(parent,), daemon=True).start()
    _worker.update(url=url)


def stop_worker() -> None:
    """Close the worker's store; a worker process does so when it ends."""
    if "store" in _worker:
        _worker["store"].close()
    _worker.clear()


def run_block(block: Block) -> int | Unstored:
    """Train one block and store its records; return how many were new, or the records where that failed."""
    from sweep.draws import initial_parameters
    from sweep.kernel import train

    trained = train(block.point.recipe, initial_parameters(block.point, block.start, block.stop))
    records = Records(
        repeat=np.arange(block.start, block.stop),
        loss=trained.loss,
        final_loss=trained.final_loss,
        solved=trained.solved,
        solved_epoch=trained.solved_epoch,
        diverged=trained.diverged,
    )
    try:
        if "store" not in _worker:
            _worker["store"] = open_store(_worker["url"], seconds=SECONDS_TO_CONNECT)
        return _worker["store"].insert(block.point, records)  # type: ignore[no-any-return]
    except StoreError:
        return Unstored(block.point, records)


def _end_with(parent: BaseProcess) -> None:
    """End this process when the main process is gone; it would wait for the next block without end."""
    parent.join()
    os._exit(1)
