"""Trains blocks by a function of the user's own: piece by piece, since nobody knows how long a training takes."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from traceback import format_exception_only
from typing import Any

import numpy as np

from sweep.console.words import plain
from sweep.errors import FunctionError
from sweep.execution.returned import RubbishError, Trained, read, read_batch
from sweep.recipe.function import TrainingFunction
from sweep.recipe.location import find_function
from sweep.recipe.own import RESERVED, OwnRecipe
from sweep.recipe.own_lines import own_lines
from sweep.store import Records
from sweep.study import Block, Point
from sweep.study.own_draws import generators, own_parameters

SECONDS = 0.25
"""About what a piece takes, where a training takes less."""
FIRST_BATCH = 16
MOST_PRINTED = 2000
"""Characters of what a function prints that are shown, and of a reason that are kept."""


_batches: dict[str, int] = {}
"""Location of a function -> repeats in its next batch, in this process."""


def train_piece(block: Block) -> tuple[Records, str]:
    """The first trainings of a block, as many as take about SECONDS, at least one, and the beginning of what the
    function printed.

    An error of the function is a training that diverged, unless the block is the first of a study.

    Raises:
        FunctionError: the function is not here, is another version, or raised an error in the first block.
    """
    recipe = block.point.recipe
    assert isinstance(recipe, OwnRecipe)
    function = function_of(recipe)
    arguments = {name: value for name, value in recipe.values if name in function.takes}
    train = _train_batches if function.batch else _train_each
    printed, folder = _Printed(), os.getcwd()
    try:
        with redirect_stdout(printed):
            trained = train(function, block, arguments)
    finally:
        os.chdir(folder)  # where the store and the function are found
    return _to_records(block.start, trained), plain_text(printed.getvalue())


def function_of(recipe: OwnRecipe) -> TrainingFunction:
    """The function of a recipe, of the same version, imported in this process.

    Raises:
        FunctionError: it is not here, or another.
    """
    try:
        function = find_function(recipe.location)
    except FunctionError:
        raise
    except ValueError as error:
        raise FunctionError(
            f"{recipe.function} cannot be imported here ({error}); put its module where every worker finds it"
        ) from None
    if function.recipe.version != recipe.version:
        raise FunctionError(
            f"{recipe.function} at {recipe.location} has version {function.recipe.version}, and version "
            f"{recipe.version} is asked for; its source was changed: start the run again"
        )
    return function


def train_repeat(point: Point, repeat: int) -> Records:
    """The training of one repeat, alone; an error is a training that diverged.

    Raises:
        FunctionError: the function is not here, or another.
    """
    records, _ = train_piece(Block(point, repeat, repeat + 1))
    return records


def taken_by(function: TrainingFunction) -> frozenset[str]:
    """The names that no outcome of a function may have: of its fields, and of what tables hold."""
    return RESERVED.union(function.recipe.fields)


def _train_each(function: TrainingFunction, block: Block, arguments: Mapping[str, Any]) -> list[Trained]:
    trained: list[Trained] = []
    rngs, parameters = generators(*block[:3]), own_parameters(*block[:3])
    taken, deadline = taken_by(function), time.perf_counter() + SECONDS
    for row, rng in enumerate(rngs):
        given = {"parameters": {name: of[row] for name, of in parameters.items()}} if parameters else {}
        try:
            trained.append(read(function.function(rng, **given, **arguments), taken))
        except (Exception, SystemExit) as error:
            _end_if_first(block, row, error)
            trained.append(_failed(error))
        if time.perf_counter() > deadline:
            break
    return trained


def _train_batches(function: TrainingFunction, block: Block, arguments: Mapping[str, Any]) -> list[Trained]:
    """Batches for about SECONDS, each larger if the one before took little and smaller if it took long; always of a
    power of two, so that what compiles for a shape does so a few times."""
    trained: list[Trained] = []
    deadline = time.perf_counter() + SECONDS
    while (left := block.n_trainings - len(trained)) and (not trained or time.perf_counter() < deadline):
        most, begin = _batches.get(function.location, FIRST_BATCH), time.perf_counter()
        n, start = min(most, 1 << (left.bit_length() - 1)), block.start + len(trained)
        trained += _train_batch(function, block, start, start + n, arguments)
        seconds = time.perf_counter() - begin
        if seconds < SECONDS / 2:
            _batches[function.location] = max(2 * n, most)
        elif seconds > 2 * SECONDS:
            _batches[function.location] = max(n // 2, 1)
    return trained


def _train_batch(
    function: TrainingFunction, block: Block, start: int, stop: int, arguments: Mapping[str, Any]
) -> list[Trained]:
    rngs, parameters = generators(block.point, start, stop), own_parameters(block.point, start, stop)
    try:
        given = {"parameters": parameters} if parameters else {}
        return read_batch(function.function(rngs, **given, **arguments), len(rngs), taken_by(function))
    except (Exception, SystemExit) as error:
        _end_if_first(block, start - block.start, error)
        if len(rngs) == 1:
            return [_failed(error)]
    # Which of them failed is found by halves.
    middle = (start + stop) // 2
    return [
        one for part in ((start, middle), (middle, stop)) for one in _train_batch(function, block, *part, arguments)
    ]


def _end_if_first(block: Block, row: int, error: BaseException) -> None:
    if not block.is_first:
        return
    recipe = block.point.recipe
    assert isinstance(recipe, OwnRecipe)
    what = "returned no result" if isinstance(error, RubbishError) else "raised an error"
    values = ", ".join(text for _, text in recipe.describe()[1:])
    raise FunctionError(
        f"{recipe.function} {what} in the first block of the study ({values}, repeat {block.start + row}), and nothing "
        f"was stored:\n{own_lines(error)}\nCorrect it, or return nan as the loss of a training that diverges."
    ) from None


def _failed(error: BaseException) -> Trained:
    said = str(error) if isinstance(error, RubbishError) else "".join(format_exception_only(error)).strip()
    return Trained(math.nan, None, plain_text(said))


class _Printed(StringIO):
    """What a function prints, whatever it does with its output."""

    def close(self) -> None:
        """Stay open."""


def plain_text(text: str) -> str:
    """The beginning of a text, in characters that every store and terminal takes."""
    return plain(text[:MOST_PRINTED], "\n")[:MOST_PRINTED]


def _to_records(start: int, trained: Sequence[Trained]) -> Records:
    n = len(trained)
    loss = np.array([one.loss for one in trained], np.float64)
    texts = np.empty((2, n), object)
    texts[0], texts[1] = [one.outcomes for one in trained], [one.reason for one in trained]
    return Records(
        repeat=np.arange(start, start + n),
        loss=loss,
        final_loss=np.full(n, np.nan),
        solved=np.zeros(n, bool),
        solved_epoch=np.full(n, -1),
        diverged=np.isnan(loss),
        accuracy=np.full(n, np.nan),
        outcomes=texts[0],
        reason=texts[1],
    )
