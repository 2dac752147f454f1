"""Points and records that the tests store."""

import numpy as np

from sweep.recipe import Recipe
from sweep.store import Records
from sweep.study import Point


def a_point(seed: int = 0, hidden_std_dev: float = 0.5) -> Point:
    return Point(Recipe(hidden_std_dev=hidden_std_dev), seed, "common")


def some_records(start: int, stop: int) -> Records:
    """Repeats start, ..., stop - 1, whose values follow from the repeat: every third diverged, every second solved,
    every fourth has no accuracy."""
    repeat = np.arange(start, stop, dtype=np.int64)
    diverged = repeat % 3 == 2
    solved = ~diverged & (repeat % 2 == 0)
    loss = np.where(diverged, np.nan, 1 / (1 + repeat))
    accuracy = np.where(repeat % 4 == 3, np.nan, repeat % 5 / 4)
    return Records(repeat, loss, loss / 3, solved, np.where(solved, repeat * 10, -1), diverged, accuracy)


def same(left: Records, right: Records) -> bool:
    """Whether two are equal bit for bit, types and shapes included."""
    pairs = [(getattr(left, name), getattr(right, name)) for name in left.__dataclass_fields__]
    return all((a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()) for a, b in pairs)
