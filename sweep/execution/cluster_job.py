"""What the workers of a cluster are given to do, and who of them may do it."""

import os
import socket
from collections.abc import Sequence
from typing import NamedTuple

from sweep.errors import FailedError, StoreUnavailableError
from sweep.execution.worker import SECONDS_TO_CONNECT, Result, Unstored, store_piece, train_block
from sweep.redact import redact
from sweep.store import file_of, open_store
from sweep.store.data_sets import have_data
from sweep.store.provenance import SOURCES, project_version
from sweep.study import Block


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


def run_job(job: Job, blocks: Sequence[Block]) -> list[Result]:
    """Train blocks and store their records on a cluster, in any thread of any process.

    The connection lasts as long as the task, some seconds: a cluster serves many runs, and does not say when one ends.

    Raises:
        FailedError: this worker may not take part; see `admit`.
        StoreError: the store refuses, for a reason that does not pass.
        FunctionError: see `train_block`.
    """
    admit(job)
    results: list[Result] = []
    try:
        with open_store(job.url, seconds=SECONDS_TO_CONNECT) as store:
            for block in blocks:
                have_data(store, [block.point.recipe.data_set])
                results.append(store_piece(store, block, train_block(block)))
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
