"""The plan of a study: the blocks of trainings that are still to be computed; pure, as the study is."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import AnyRecipe
from sweep.study.study import DRAW_BLOCK, Point, Study


class Block(NamedTuple):
    """The trainings of one point with repeat numbers start, ..., stop - 1, all within one block of draws.

    An error of a function of the user's own ends the run where the block is the first of a study (`is_first`), else it
    is a training that diverged.
    """

    point: Point
    start: int
    stop: int
    is_first: bool = False

    @property
    def n_trainings(self) -> int:
        """Number of trainings in the block."""
        return self.stop - self.start


Repeats = range | NDArray[np.int64]
"""Repeat numbers, ascending."""


def compact(repeats: NDArray[np.int64]) -> Repeats:
    """The same repeats; as a range, which takes no memory, where none is missing before the last."""
    return range(len(repeats)) if len(repeats) and repeats[-1] == len(repeats) - 1 else repeats


def plan(study: Study, stored: Mapping[str, Repeats], repeats: Mapping[str, int] | None = None) -> Iterator[Block]:
    """The blocks that are still to be computed, every point's first block of draws before any point's second, and the
    points so that those of any time so far are spread over the whole study.

    Args:
        study: what is asked for.
        stored: point identity -> the repeat numbers already stored; a point left out has none.
        repeats: point identity -> trainings asked of it, none of a point left out; else the study's of every point.
    """
    repeats = {point.identity: study.repeats for point in study.points} if repeats is None else repeats
    for first in range(0, max(repeats.values(), default=0), DRAW_BLOCK):
        for place in spread_out(len(study.points)):
            point = study.points[place]
            have, asked = stored.get(point.identity, range(0)), repeats.get(point.identity, 0)
            size = block_size(point.recipe)
            for start in range(first, min(first + DRAW_BLOCK, asked), size):
                stop = min(start + size, asked)
                low, high = bisect_left(have, start), bisect_left(have, stop)
                if high == low:
                    yield Block(point, start, stop)
                elif high - low < stop - start:
                    missing = set(range(start, stop)).difference(have[low:high])
                    yield Block(point, min(missing), max(missing) + 1)


def spread_out(n: int) -> list[int]:
    """The numbers 0, ..., n - 1 in the order of their reversed bits, whose first ones lie evenly among all (van der
    Corput 1935, Proc. Akad. Wet. Amsterdam 38, 813-821): whoever looks before the end sees the whole curve.

    Examples:
        >>> spread_out(8), spread_out(5)
        ([0, 4, 2, 6, 1, 5, 3, 7], [0, 4, 2, 1, 3])
    """
    width = max(n - 1, 1).bit_length()
    return sorted(range(n), key=lambda number: f"{number:0{width}b}"[::-1])


def block_size(recipe: AnyRecipe) -> int:
    """Trainings in one task: DRAW_BLOCK, or less (by powers of two) where those would take much over 0.2 s."""
    size = DRAW_BLOCK
    while size > 32 and size * recipe.operations > 400_000_000:
        size //= 2
    return size
