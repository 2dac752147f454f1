"""The streams of random numbers that belong to a point and a block of its repeats."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import OwnRecipe
from sweep.study.study import DRAW_BLOCK, Point

Array = NDArray[np.float64]

SHUFFLES, GENERATORS = 1, 2
"""Set the streams of the keys for shuffling, and of the seeds of generators, apart from that of the weights."""


def within_block(start: int, stop: int) -> tuple[int, int, int]:
    """The block that the repeats lie in, and their numbers in it."""
    block = start // DRAW_BLOCK
    if not block * DRAW_BLOCK <= start < stop <= (block + 1) * DRAW_BLOCK:
        raise ValueError(f"repeats {start} to {stop - 1} are not within one block of {DRAW_BLOCK} draws")
    return block, start - block * DRAW_BLOCK, stop - block * DRAW_BLOCK


def entropy_of(point: Point, block: int) -> list[int]:
    """What decides the draws of a block of repeats."""
    if point.draws == "common":
        return [block, point.seed]
    if point.draws == "independent":
        return [block, point.seed, int(point.identity, 16)]
    recipe = point.recipe
    typed = (
        recipe.spreads
        if isinstance(recipe, OwnRecipe)
        else [*np.atleast_1d(recipe.hidden_std_dev), recipe.output_std_dev]
    )
    spreads = np.array(typed, np.float64)
    return [block, point.seed, *spreads.view(np.uint64).tolist()]


def standard_normals(entropy: Sequence[int], n: int, columns: int) -> Array:
    """Standard normal draws (n, columns), row by row, so that the first rows do not depend on how many follow."""
    return np.random.default_rng(entropy).standard_normal((n, columns))
