"""The order in which an epoch learns from the rows, which belongs to a training's key and to the epoch."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.choices import FULL
from sweep.recipe.recipe import Recipe

Rows = NDArray[np.int64]

GOLDEN, FIRST_MIX, SECOND_MIX = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_BITS = 2**64 - 1


def batches(recipe: Recipe, key: int, epoch: int) -> Iterator[Rows | slice]:
    """The rows of every batch of an epoch: all in their own order, or batch_size of them shuffled, the last ones
    fewer."""
    if recipe.batch_size == FULL:
        yield slice(None)
        return
    order = shuffled(recipe.rows, key, epoch)
    for start in range(0, recipe.rows, recipe.batch_size):
        yield order[start : start + recipe.batch_size]


def shuffled(rows: int, key: int, epoch: int) -> Rows:
    """The numbers 0, ..., rows - 1 in an order of their own for every key and epoch.

    Fisher and Yates's shuffle as Durstenfeld 1964 has it, with numbers of SplitMix64 (Steele, Lea & Flood 2014) that
    are counted through the epochs, so that no epoch needs the ones before it. A 32-bit number u becomes one of 0, ...,
    i as floor(u (i + 1) / 2^32), which favours none by more than rows / 2^32.

    Examples:
        >>> shuffled(6, key=1, epoch=0).tolist(), shuffled(6, key=1, epoch=1).tolist()
        ([0, 3, 5, 1, 2, 4], [4, 1, 0, 5, 2, 3])
    """
    order = np.arange(rows)
    for i in range(rows - 1, 0, -1):
        u = _split_mix(key, epoch * rows + i) >> 32
        j = u * (i + 1) >> 32
        order[[i, j]] = order[[j, i]]
    return order


def _split_mix(key: int, number: int) -> int:
    """The 64 bits of that number in the sequence that begins with the key."""
    z = (key + (number + 1) * GOLDEN) & _BITS
    z = (z ^ z >> 30) * FIRST_MIX & _BITS
    z = (z ^ z >> 27) * SECOND_MIX & _BITS
    return z ^ z >> 31
