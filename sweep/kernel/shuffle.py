"""Shuffles the rows of LANES trainings, each by its own key (`sweep.recipe.shuffle` says it in plain Python)."""

from typing import Any

import numpy as np
from numba import njit

from sweep.recipe.shuffle import FIRST_MIX, GOLDEN, SECOND_MIX

_GOLDEN, _FIRST, _SECOND, _ONE = np.uint64(GOLDEN), np.uint64(FIRST_MIX), np.uint64(SECOND_MIX), np.uint64(1)
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)


@njit(nogil=True)
def shuffle(keys: Any, epoch: int, order: Any) -> None:
    """Fill order (rows, LANES), int64, with the rows in the order of an epoch, for keys (LANES,), uint64."""
    rows, lanes = order.shape
    for lane in range(lanes):
        for row in range(rows):
            order[row, lane] = row
        for i in range(rows - 1, 0, -1):
            z = keys[lane] + (np.uint64(epoch * rows + i) + _ONE) * _GOLDEN
            z = (z ^ (z >> _30)) * _FIRST
            z = (z ^ (z >> _27)) * _SECOND
            z = (z ^ (z >> _31)) >> _32
            j = np.int64((z * (np.uint64(i) + _ONE)) >> _32)
            order[i, lane], order[j, lane] = order[j, lane], order[i, lane]
