"""Runs the blocks of a study that are not yet stored: blocks -> workers -> store."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from sweep.console.progress import Progress, say
from sweep.console.words import plural
from sweep.errors import StoreUnavailableError, WorkerError
from sweep.execution.backend import Backend, LostError
from sweep.execution.recovery import CRASHES, Recovery
from sweep.execution.spill import keep
from sweep.execution.tasks import Results, TasksUnderWay
from sweep.execution.worker import Part, Unstored
from sweep.recipe import OwnRecipe
from sweep.recipe.field import value_of
from sweep.store import Store
from sweep.study import Block, Repeats, Study, plan
from sweep.study.words import format_value

TASKS_PER_WORKER = 4
"""Handed out ahead, so that no worker waits for the next while the list of what is under way stays short."""
MOST_TASKS = 4000
"""Under way at a time, however many workers there are."""
SECONDS_TO_FINISH = 1.2
"""How long an interrupt waits for blocks that are being trained; a block takes some 0.1 s."""
SECONDS_TO_GIVE_UP = 20.0
"""How long a run that has failed waits for them: pymongo notices within 17 s that a connection has fallen silent."""
MOST_REFUSALS = 5
"""Times that one block may come back unstored while this process reaches the store."""

LINES_SHOWN = 5
"""Of what a function of the user's own prints."""


def execute(
    study: Study,
    store: Store,
    stored: dict[str, Repeats],
    backend: Backend,
    progress: Progress,
    repeats: Mapping[str, int] | None = None,
) -> None:
    """Train every block that `stored` lacks and put its records into the store.

    Args:
        study: what is asked for.
        store: takes what a worker could not store; it may wait.
        stored: what `stored_repeats` gave.
        backend: its workers open connections of their own to the same store.
        progress: is told of the trainings of every block that was stored.
        repeats: point identity -> trainings asked of it, as `sweep.study.plan` has it.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a block took its worker process with it several times in a row (`sweep.execution.recovery`).
        FailedError: the workers are gone and do not come back.
        KeyboardInterrupt: after the blocks that were being trained have been stored, or been given up.
    """
    n_asked = study.n_trainings if repeats is None else sum(repeats.values())
    with Workers(study, store, backend, progress) as workers:
        workers.run(plan(study, stored, repeats), n_asked - sum(map(len, stored.values())))


class Workers:
    """Workers that train blocks and store them, one plan after another; a context that ends them.

    A block goes through these states:

    - waiting: it is still in the plan, or was put back.
    - under way: it belongs to a task, one block or several, that was handed to the workers.
    - stored: its worker stored it, or this process did. The block is over. Of a function of the user's own a part of it
      may be; the rest waits again.
    - unstored: its worker trained it and could not store it. This process stores the records that came back with it,
      waiting for the store where need be; a block that came back without, from a cluster, waits again.
    - lost: it was under way when the connection to the workers broke. It waits again.
    - crashed: it was under way when a worker process died. It is trained again at once, alone, so that a block which
      kills its worker is known from the others; after several deaths in a row the run ends.

    While this process stores, waits or recovers it hands out no more. After an error or an interrupt within the
    context, what came back unstored is kept in a file. Arguments and errors are those of `execute`.
    """

    def __init__(self, study: Study, store: Store, backend: Backend, progress: Progress) -> None:
        self._study, self._store, self._backend, self._progress = study, store, backend, progress
        self._tasks = TasksUnderWay(backend)
        self._recovery = Recovery(self._tasks, self._finish, self._whereabouts)
        self._plan: Iterator[Block] = iter(())
        self._put_back: deque[Block] = deque()
        self._n_waiting = 0
        self._refusals: Counter[Block] = Counter()
        # Nothing else is begun before a function of the user's own has trained once without an error.
        self._is_untried = isinstance(study.recipe, OwnRecipe) and not store.counts(
            [point.identity for point in study.points], study.repeats
        )
        self._has_printed = False

    def run(self, blocks: Iterator[Block], n_trainings: int) -> None:
        """Train the blocks, of so many trainings, and store their records; returns when the last is stored."""
        self._plan, self._n_waiting = blocks, n_trainings
        while True:
            most = 1 if self._is_untried else min(TASKS_PER_WORKER * max(self._backend.n_workers, 1), MOST_TASKS)
            while len(self._tasks) < most and (blocks_of_task := self._next_blocks()):
                self._tasks.submit(blocks_of_task)
            if not len(self._tasks):
                return
            task = self._tasks.next_done()
            try:
                self._finish(task)
            except LostError:
                self._wait_again(self._recovery.from_loss())
            except CRASHES:
                self._wait_again(self._recovery.from_crash())

    def _next_blocks(self) -> list[Block]:
        """As many blocks as the backend allows, fewer towards the end, so that all workers end together."""
        share = self._n_waiting / (2 * max(self._backend.n_workers, 1))
        blocks: list[Block] = []
        n_trainings = 0
        while block := self._put_back.popleft() if self._put_back else next(self._plan, None):
            blocks.append(block._replace(is_first=self._is_untried))
            n_trainings += block.n_trainings
            if self._is_untried or len(blocks) == self._backend.most_blocks or n_trainings >= share:
                break
        self._n_waiting -= n_trainings
        return blocks

    def _wait_again(self, blocks: Sequence[Block]) -> None:
        self._put_back.extend(blocks)
        self._n_waiting += sum(block.n_trainings for block in blocks)

    def _finish(self, task: Future[Results]) -> None:
        """Store what the task's workers could not, or let it wait again; the task is over then."""
        try:
            results = task.result()
        except WorkerError as error:
            raise WorkerError(f"{error} {self._whereabouts(self._tasks.blocks(task))}") from error
        n_new, rest = 0, []
        for block, result in zip(self._tasks.blocks(task), results, strict=True):
            stop = block.stop
            if isinstance(result, int):
                n_new += result
            elif isinstance(result, Part):
                n_new += result.n_new
                stop = result.stop
                self._tell_printed(block, result.printed)
            elif result.records is not None:
                n_new += self._store.insert(block.point, result.records)
                stop = block.start + len(result.records.repeat)
            if stop < block.stop:
                rest.append(block._replace(start=stop, is_first=False))
        again = [result for result in results if isinstance(result, Unstored) and result.records is None]
        if again:
            self._wait_for_store(again[0])
        self._tasks.end(task)
        self._is_untried = self._is_untried and bool(again)
        self._wait_again([*rest, *(result.block for result in again)])
        self._progress.update(n_new)

    def _tell_printed(self, block: Block, printed: str) -> None:
        if printed and not self._has_printed:
            recipe = block.point.recipe
            assert isinstance(recipe, OwnRecipe)
            first, *more = printed.rstrip().splitlines() or [""]
            shown = "\n".join([first, *more[: LINES_SHOWN - 1], *["…"] * (len(more) >= LINES_SHOWN)])
            say(f"{recipe.function} prints; only the beginning of it is shown:\n{shown}")
            self._has_printed = True

    def _wait_for_store(self, refused: Unstored) -> None:
        self._store.counts([refused.block.point.identity], 1)  # returns as soon as the store answers here
        self._refusals[refused.block] += 1
        if self._refusals[refused.block] == MOST_REFUSALS:
            raise StoreUnavailableError(
                f"a worker {refused.reason}; it answers here, so give --store an address that all workers reach"
            )

    def _whereabouts(self, blocks: Sequence[Block]) -> str:
        """What was being trained, in words that end a sentence on what went wrong."""
        point = blocks[0].point.recipe
        values = [
            f"{axis.field} = {format_value(value_of(point, axis.field), axis.field)}" for axis in self._study.axes
        ]
        block = ", ".join([*values, f"repeats {blocks[0].start:,} to {blocks[0].stop - 1:,}"])
        more = f" and {plural(len(blocks) - 1, 'block')} after it" if len(blocks) > 1 else ""
        return f"while it trained {block}{more}; what is stored is kept"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            self._tasks.finish()
            return
        try:
            self._tasks.stop(SECONDS_TO_FINISH if isinstance(error, KeyboardInterrupt) else SECONDS_TO_GIVE_UP)
        finally:
            unstored = [
                (result.block.point, result.records)
                for result in self._tasks.results()
                if isinstance(result, Unstored) and result.records is not None
            ]
            if unstored:
                keep(self._store, unstored)
