"""Trains blocks on a graphics card of this machine, by processes that draw and store while others train."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from multiprocessing.synchronize import Lock

from sweep.console.words import plural
from sweep.execution.processes import Processes, start_worker, stored, without_data
from sweep.execution.worker import Piece, Result, train_together
from sweep.recipe import AnyRecipe, Recipe
from sweep.recipe.recipe import network_of
from sweep.store import Records, file_of
from sweep.study import Block
from sweep.study.blocks import block_size

CHOICES_OF_DEVICE = ("cpu", "gpu", "auto")
"""What a run can be asked to train on; auto is a card where there is one."""
TRAININGS = 2**16
"""In one task: what a large card trains side by side. Fewer would take it as long, more would delay an interrupt."""
MOST_WORKERS = 4
"""Processes that share the card where their number is not asked for: what keeps the store busy."""
MOST_AT_ONCE = 32
"""Recipes of one task that are trained side by side."""


class Gpu(Processes):
    """Processes that share this machine's graphics card.

    Raises:
        FailedError: there is none, or the driver or the package that speaks to it is missing.
    """

    device: str

    def __init__(self, workers: int, url: str, recipe: AnyRecipe) -> None:
        from sweep.kernel.card import find_card

        super().__init__(workers, url)
        self.task, self.device = run_on_card, find_card().name
        self.most_blocks = TRAININGS // block_size(recipe)

    @property
    def description(self) -> str:
        """See Backend."""
        return f"{self.device} and {plural(self.n_workers, 'worker')}"

    def open(self) -> Executor:
        """See Backend; the workers take turns at a store that only one at a time can write."""
        context = multiprocessing.get_context("spawn")
        turn = None if file_of(self._url) is None else context.Lock()
        return ProcessPoolExecutor(self._workers, context, initializer=start_on_card, initargs=(self._url, turn))


_turns: list[Lock] = []


def start_on_card(url: str, turn: Lock | None) -> None:
    """Prepare a worker process, as `sweep.execution.processes.start_worker`."""
    start_worker(url)
    _turns[:] = [] if turn is None else [turn]


def run_on_card(blocks: Sequence[Block]) -> list[Result]:
    """Train blocks on the card and store their records; for every block how many were new, or why they are not stored.

    Raises:
        FailedError: the card fails.
        StoreError: the store does not hold what a block is trained on.
    """
    results: dict[Block, Result] = {}
    groups: dict[Recipe, list[Block]] = {}
    for block in blocks:
        if lacking := without_data(block):
            results[block] = lacking
        else:
            groups.setdefault(_without_spreads(network_of(block.point.recipe, "the card")), []).append(block)
    if groups:
        with ThreadPoolExecutor(min(len(groups), MOST_AT_ONCE)) as threads:
            for group, records in zip(groups.values(), threads.map(_train, groups.values()), strict=True):
                with _turns[0] if _turns else nullcontext():
                    results |= {block: stored(block, Piece(own)) for block, own in zip(group, records, strict=True)}
    return [results[block] for block in blocks]


def _train(blocks: list[Block]) -> list[Records]:
    return train_together(blocks, "gpu")


def _without_spreads(recipe: Recipe) -> Recipe:
    """A recipe that is the same for all whose networks may be trained together."""
    return replace(recipe, hidden_std_dev=1.0, output_std_dev=1.0, hidden_distribution="normal", spread_unit="absolute")
