"""What becomes of the blocks under way when workers die or the connection to them is lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future

from sweep.console.progress import say
from sweep.console.words import plural
from sweep.errors import WorkerError
from sweep.execution.backend import CAUSES, LostError
from sweep.execution.tasks import Results, TasksUnderWay
from sweep.study import Block

MOST_CRASHES = 3
"""Processes in a row that one block may take with it."""
CRASHES = (BrokenExecutor, MemoryError)


class Recovery:
    """Saves what came of the tasks under way, and starts the workers again.

    Args:
        tasks: those under way.
        finish: stores what came of a task, and ends it; raises LostError or one of CRASHES where nothing came.
        whereabouts: says in words what blocks were being trained.
    """

    def __init__(
        self,
        tasks: TasksUnderWay,
        finish: Callable[[Future[Results]], None],
        whereabouts: Callable[[Sequence[Block]], str],
    ) -> None:
        self._tasks, self._finish, self._whereabouts = tasks, finish, whereabouts

    def from_loss(self) -> list[Block]:
        """After the connection to the workers was lost: the blocks that are to be handed out again."""
        lost = self._save([task for task in self._tasks if not task.done()])
        self._tasks.restart()
        return lost

    def from_crash(self) -> list[Block]:
        """After a worker process died: train what was lost one block at a time, since a broken pool does not say which
        block broke it; the blocks that are to be handed out again because the connection was lost meanwhile.

        Raises:
            WorkerError: a block took its worker process with it MOST_CRASHES times in a row.
        """
        crashed = self._save([])
        say(f"A worker process died ({CAUSES}); what was under way is trained again: {plural(len(crashed), 'block')}.")
        self._tasks.restart()
        return [lost for block in crashed for lost in self._train_alone(block)]

    def _save(self, silent: Sequence[Future[Results]]) -> list[Block]:
        """The blocks under way of which nothing came, those of silent tasks among them; what came is stored."""
        nothing = [block for task in silent for block in self._tasks.end(task)]
        for task in self._tasks:
            self._tasks.wait_for(task)
            try:
                self._finish(task)
            except (*CRASHES, LostError):
                nothing += self._tasks.end(task)
        return nothing

    def _train_alone(self, block: Block) -> list[Block]:
        for n_crashes in range(1, MOST_CRASHES + 1):
            task = self._tasks.submit([block])
            self._tasks.wait_for(task)
            try:
                self._finish(task)
            except LostError:
                return self.from_loss()
            except CRASHES as error:
                self._tasks.end(task)
                if n_crashes == MOST_CRASHES:
                    died = f"a worker process died {n_crashes} times in a row ({CAUSES})"
                    raise WorkerError(f"{died} {self._whereabouts([block])}") from error
                self._tasks.restart()
            else:
                break
        return []
