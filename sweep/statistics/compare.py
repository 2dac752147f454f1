"""Compare points of the swept axis: relative changes of the mean loss, paired where the draws are common."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sweep.errors import UsageError
from sweep.statistics.inference import RelativeChange, relative_change
from sweep.statistics.losses import Losses

SAME = 5e-5
"""A typed value means the swept one that it agrees with to this relative difference, four digits or so."""


class Comparison(NamedTuple):
    """The change of the mean loss from one swept value to another."""

    before: float
    after: float
    change: RelativeChange


def find_column(given: Losses, value: float, *, nearest: bool = False) -> int:
    """The column of a value.

    Raises:
        UsageError: it was not swept (and `nearest` is not allowed); the message names the nearest that was.
    """
    column = int(np.argmin(np.abs(given.spreads - value)))
    found = float(given.spreads[column])
    if not nearest and abs(found - value) > SAME * abs(value):
        raise UsageError(f"{value:g} was not swept; the nearest is {found!r} (--nearest takes it)")
    return column


def compare(given: Losses, values: Sequence[float], *, nearest: bool = False) -> list[Comparison]:
    """Every pair of the values, in their order.

    Raises:
        UsageError: there are fewer than two values, two of them mean one swept value, or one was not swept.
    """
    columns = [find_column(given, value, nearest=nearest) for value in values]
    if len(set(columns)) < max(len(columns), 2):
        found = ", ".join(f"{given.spreads[column]:g}" for column in columns)
        raise UsageError(f"values that mean {found} were given; give two or more that differ")
    return [
        Comparison(
            float(given.spreads[before]),
            float(given.spreads[after]),
            relative_change(given.losses[:, before], given.losses[:, after], paired=given.paired),
        )
        for before, after in combinations(columns, 2)
    ]


def describe(field: str, comparisons: Sequence[Comparison]) -> str:
    """The comparisons as a table, and how they were made."""
    lines = [f"{field:<26}change of the mean loss   95 % interval"]
    for before, after, change in comparisons:
        interval = f"{change.low:+.2%} to {change.high:+.2%}" if change.n > 1 else "unknown, one training a point"
        lines.append(f"{f'{before:.6g} -> {after:.6g}':<26}{change.change:>+23.2%}   {interval}")
    paired = comparisons[0].change.paired
    how = "paired by repeat, since the draws are common" if paired else "not paired, since the draws are independent"
    low, high = (pick(comparison.change.n for comparison in comparisons) for pick in (min, max))
    n = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return "\n".join([*lines, f"{how[0].upper()}{how[1:]}; n = {n}."])
