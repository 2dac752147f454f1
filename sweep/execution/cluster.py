"""Trains blocks on a Dask cluster, through the same interface as the pool of processes."""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sweep.console.progress import say
from sweep.console.words import plural
from sweep.errors import FailedError, UsageError, WorkerError
from sweep.execution.backend import CAUSES, Backend, LostError
from sweep.execution.cluster_job import Job, admit, check_version, job_of, run_job
from sweep.store.provenance import project_version

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

MOST_BLOCKS = 32
"""Blocks in one task: seconds of training, where scheduler and client spend milliseconds on it."""
SECONDS_TO_CONNECT = 5.0
SECONDS_TO_ANSWER = 60.0
"""How long a result may take from its worker to here."""
SECONDS_BETWEEN_COUNTS = 2.0
"""Seconds after which the cluster's workers are counted again."""
ALLOWED = "an address such as tcp://HOST:8786, or the file that `dask scheduler --scheduler-file FILE` writes"


class Cluster(Backend):
    """The workers of a Dask cluster, which may come and go meanwhile.

    Args:
        place: address of the scheduler, or path of a scheduler file.
        url: of the store, which every worker opens.
        seconds: how long to wait for a scheduler that went away.

    Raises:
        UsageError: `place` is neither.
        FailedError: Dask is not installed, no scheduler answers, or the scheduler or a worker may not take part.
    """

    most_blocks = MOST_BLOCKS
    cluster: str

    def __init__(self, place: str, url: str, seconds: float) -> None:
        self.cluster, self._seconds = place, seconds
        job = job_of(url)
        self.task = partial(run_job, job)
        self._client: Client | None = _connect(place)
        self._n_workers, self._counted = 0, float("-inf")
        try:
            self._admit_all(self._client, job)
        except BaseException:
            self.close()
            raise
        if not self.n_workers:
            say(f"The cluster at {place} has no workers yet; the trainings wait for the first.")

    @property
    def n_workers(self) -> int:
        """Number of threads that train, over all workers, counted now and then."""
        if self._client is not None and time.monotonic() - self._counted > SECONDS_BETWEEN_COUNTS:
            with suppress(OSError):  # a lost connection is told by the futures; the last count serves until then
                self._n_workers = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return self._n_workers

    @property
    def description(self) -> str:
        """See Backend."""
        return f"{plural(self.n_workers, 'thread')} of the cluster at {self.cluster}"

    def open(self) -> Executor:
        """See Backend."""
        if self._client is None:
            self._client = self._connect_again()
        return _ClusterExecutor(self._client, self.close)

    def _admit_all(self, client: "Client", job: Job) -> None:
        try:
            client.run_on_scheduler(check_version, job)
        except FailedError:
            raise
        except Exception as error:  # whatever a scheduler without this project makes of it
            raise _unfit(f"the scheduler at {self.cluster}", error) from error
        for worker, answer in client.run(admit, job, on_error="return").items():
            if isinstance(answer, BaseException):
                raise answer if isinstance(answer, FailedError) else _unfit(f"the worker at {worker}", answer)

    def close(self) -> None:
        """Leave the cluster; it drops what has not begun."""
        if self._client is not None:
            client, self._client = self._client, None
            client.close()

    def _connect_again(self) -> "Client":
        say(f"The scheduler at {self.cluster} is gone. Waiting for up to {self._seconds:g} s; what is stored is kept.")
        start = time.monotonic()
        while True:
            try:
                client = _connect(self.cluster)
            except (FailedError, UsageError):
                if time.monotonic() - start >= self._seconds:
                    raise
                time.sleep(0.2)
            else:
                say(f"A scheduler answers again after {time.monotonic() - start:.1f} s; going on.")
                return client


class _ClusterExecutor(Executor):
    """What a Dask client offers itself leaves futures undone that were being fetched while the scheduler went away."""

    def __init__(self, client: "Client", close: Callable[[], None]) -> None:
        self._client, self._close = client, close
        self._futures: set[Future[Any]] = set()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        self._client.submit(function, *arguments, **named, pure=False).add_done_callback(partial(_pass_on, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            for future in list(self._futures):
                future.cancel()
        self._close()


def _pass_on(future: Future[Any], done: "DaskFuture[Any]") -> None:
    """Give a future what became of Dask's, in Dask's thread for callbacks."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        if done.status == "error":
            future.set_exception(_translated(done.exception(timeout=SECONDS_TO_ANSWER)))
            return
        result = done.result(timeout=SECONDS_TO_ANSWER)
    except Exception as error:  # cancelled, disconnected, too late: not a word of the task itself
        future.set_exception(LostError(str(error)))
    else:
        future.set_result(result)


def _translated(error: BaseException) -> BaseException:
    """The error in terms of this project, where it is none of its own."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return WorkerError(f"a worker process died {error.allowed_failures + 1} times in a row ({CAUSES})")
    return error


def _unfit(worker: str, error: BaseException) -> FailedError:
    return FailedError(f"{worker} cannot run this project ({error}); install version {project_version()} on all hosts")


def _connect(place: str) -> "Client":
    address = _address(place)
    try:
        import distributed
    except ImportError as error:
        raise FailedError(
            f"cluster was given, which needs Dask ({error}); install this project with its extra: "
            "python -m pip install '.[cluster]'"
        ) from error
    for name in ("distributed", "distributed.client", "distributed.core"):  # what matters of it is said here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client = distributed.Client.__new__(distributed.Client)
    try:
        client.__init__(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        return client
    except (OSError, TimeoutError) as error:
        raise FailedError(
            f"no scheduler answers at {place} within {SECONDS_TO_CONNECT:g} s; start one with: dask scheduler"
        ) from error
    except ValueError as error:
        raise UsageError(f"cluster was given as {place!r} ({error}); allowed is {ALLOWED}") from error
    finally:
        # Left to the garbage collector, it may end while Dask holds the lock to begin another, and wait for that lock.
        if client.status != "running":
            with suppress(OSError):  # the error that led here says more
                client.close()


def _address(place: str) -> str:
    """The scheduler's address, read from the scheduler file where `place` is one."""
    if "://" in place:
        return place
    try:
        with open(place) as file:
            return str(json.load(file)["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"cluster was given as {place!r} ({error}); allowed is {ALLOWED}") from error
