"""Where blocks are trained: an executor, and what it is given to do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Self

from sweep.execution.worker import Result
from sweep.study import Block

Task = Callable[[Sequence[Block]], list[Result]]

CAUSES = "killed from outside, or for want of memory"
"""What kills a worker process, in words."""


class LostError(Exception):
    """The connection to the workers is lost, and with it all tasks under way, whatever they were."""


class Backend(ABC):
    """What `sweep.execution.dispatch.Workers` hands tasks to; a context that lets the workers go.

    Attributes:
        most_blocks: that one task may consist of.
        task: what runs on a worker; for every block the number of new records, or why they are not stored.
        cluster: where the workers are, None for this machine.
        device: the graphics card that they train on, None for processors.
    """

    most_blocks: int
    task: Task
    cluster: str | None
    device: str | None = None

    @property
    @abstractmethod
    def n_workers(self) -> int:
        """Number of trainings that may run at a time, at present."""

    @property
    @abstractmethod
    def description(self) -> str:
        """Who the workers are, in words."""

    @abstractmethod
    def open(self) -> Executor:
        """A new executor, also after the last one broke or was lost.

        Its futures may raise LostError; WorkerError where workers died one after another of this very task; and
        BrokenExecutor where one died, of this task or of another.

        Raises:
            FailedError: there is none.
        """

    @abstractmethod
    def close(self) -> None:
        """Let the workers go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
