"""What a worker does: train blocks, and put their records into the store."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from threading import Thread
from typing import Any, NamedTuple

import numpy as np

from sweep.errors import FailedError, StoreError, StoreUnavailableError
from sweep.redact import redact
from sweep.store import Records, file_of, open_store
from sweep.store.provenance import SOURCES, project_version
from sweep.study import Block

SECONDS_TO_CONNECT = 1.0
"""How long a worker looks for a server: short, since the main process does the waiting."""

_worker: dict[str, Any] = {}


class Unstored(NamedTuple):
    """A block that its worker could not store; the main process waits for the store and tries again.

    Attributes:
        block: what was to be trained and stored.
        records: what came of it, or None where it is trained again: records do not travel through a cluster.
        reason: why it could not be stored.
    """

    block: Block
    records: Records | None
    reason: str


class Job(NamedTuple):
    """What a worker of a cluster must know of a run.

    Attributes:
        url: of the store.
        version: of this project, where the run was started.
        host: the only one that can write the store; empty for a server, which all can.
    """

    url: str
    version: str
    host: str

    def __repr__(self) -> str:
        """Without the password: Dask logs what a task that fails was given."""
        return f"Job({redact(self.url)!r}, {self.version!r}, {self.host!r})"


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


def run_blocks(blocks: Sequence[Block]) -> list[int | Unstored]:
    """Train blocks and store their records in a process of a pool; see `run_block`."""
    return [run_block(block) for block in blocks]


def run_block(block: Block) -> int | Unstored:
    """Train one block and store its records; return how many were new, or the records where that failed."""
    records = train_block(block)
    try:
        if "store" not in _worker:
            _worker["store"] = open_store(_worker["url"], seconds=SECONDS_TO_CONNECT)
        return _worker["store"].insert(block.point, records)  # type: ignore[no-any-return]
    except StoreError as error:
        return Unstored(block, records, str(error))


def run_job(job: Job, blocks: Sequence[Block]) -> list[int | Unstored]:
    """Train blocks and store their records on a cluster, in any thread of any process.

    The connection lasts as long as the task, some seconds: a cluster serves many runs, and does not say when one ends.

    Raises:
        FailedError: this worker may not take part; see `admit`.
        StoreError: the store refuses, for a reason that does not pass.
    """
    admit(job)
    results: list[int | Unstored] = []
    try:
        with open_store(job.url, seconds=SECONDS_TO_CONNECT) as store:
            for block in blocks:
                results.append(store.insert(block.point, train_block(block)))
    except StoreUnavailableError as error:
        reason = f"on {socket.gethostname()}: {error}"
        results += [Unstored(block, None, reason) for block in blocks[len(results) :]]
    return results


def check_version(job: Job) -> None:
    """Make sure that this process would compute what the run asks for.

    Raises:
        FailedError: it has other sources of this project than where the run was started.
    """
    if job.version != _version():
        raise FailedError(
            f"{socket.gethostname()} has version {_version()} of this project, the run was started with {job.version}; "
            "install the same on all hosts, and start scheduler and workers again"
        )


def admit(job: Job) -> None:
    """Make sure that this worker can compute and store what the run asks for.

    Raises:
        FailedError: it has another version of this project, or the store is a file elsewhere.
    """
    check_version(job)
    here = socket.gethostname()
    if job.host and job.host != here:
        raise FailedError(
            f"the store is a file on {job.host}, which a worker on {here} cannot write; give --store "
            "mongodb://HOST, a server that all hosts reach"
        )


def job_of(url: str) -> Job:
    """The job of a run that this process starts."""
    path = file_of(url)
    return Job(url, _version(), "") if path is None else Job(os.path.abspath(path), _version(), socket.gethostname())


def _version() -> str:
    return f"{project_version()} (sources {SOURCES})"


def train_block(block: Block) -> Records:
    """Train the block's networks."""
    from sweep.kernel import train
    from sweep.study.draws import initial_parameters

    trained = train(block.point.recipe, initial_parameters(block.point, block.start, block.stop))
    return Records(
        repeat=np.arange(block.start, block.stop),
        loss=trained.loss,
        final_loss=trained.final_loss,
        solved=trained.solved,
        solved_epoch=trained.solved_epoch,
        diverged=trained.diverged,
    )


def _end_with(parent: BaseProcess) -> None:
    """End this process when the main process is gone; it would wait for the next block without end."""
    parent.join()
    os._exit(1)
