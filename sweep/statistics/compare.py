"""Compares values of the swept axis: relative changes of the mean loss, pooled where it can be, else of plain means."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sweep.errors import UsageError
from sweep.statistics.curve import Curve, is_pooled, pooled_curve
from sweep.statistics.inference import RelativeChange, interval_from_error, relative_change
from sweep.statistics.losses import Losses, read_losses, require_one_numeric_axis
from sweep.statistics.means import Means
from sweep.store import Results
from sweep.study import Study

SAME = 5e-5
"""A typed value means the swept one that it agrees with to this relative difference, four digits or so."""


class Comparison(NamedTuple):
    """The change of the mean loss from one value to another.

    Attributes:
        before, after: the values.
        change: of the mean.
        method: "pooled", or "paired" or "independent" means.
    """

    before: float
    after: float
    change: RelativeChange
    method: str

    def to_dict(self) -> dict[str, object]:
        """The comparison as plain values for JSON."""
        change = {"estimate": self.change.change, "low": self.change.low, "high": self.change.high}
        finite = {name: value if np.isfinite(value) else None for name, value in change.items()}
        return {"before": self.before, "after": self.after, "change": finite, "method": self.method, "n": self.change.n}


def compare(store: Results, study: Study, values: Sequence[float], *, nearest: bool = False) -> list[Comparison]:
    """Every pair of the values, in their order.

    Args:
        store: that holds the study.
        study: with one axis of numbers.
        values: two or more; any within what was swept where the curve is pooled, else swept ones.
        nearest: takes the nearest swept value to each where the curve is not pooled.

    Raises:
        UsageError: the study has no such axis, there are fewer than two values, two of them are the same, or one is
            out of reach; the message names what is in reach.
    """
    require_one_numeric_axis(study)
    if is_pooled(study):
        return compare_on_curve(pooled_curve(store, study), values)
    return compare_means(read_losses(store, study), values, nearest=nearest)


def compare_on_curve(curve: Curve, values: Sequence[float]) -> list[Comparison]:
    """Every pair of values, by the means of a curve there.

    Raises:
        UsageError: as `compare`.
    """
    low, high = (float(end) for end in curve.values[[0, -1]]) if len(curve.values) else (np.nan, np.nan)
    for value in values:
        if not low * (1 - SAME) <= value <= high * (1 + SAME):
            raise UsageError(f"{value:g} lies outside what was swept; allowed is a number from {low:g} to {high:g}")
    _require_different(values)
    found = curve.at(np.array(values, float))
    return [
        Comparison(values[i], values[j], change_between(found, i, j), curve.method)
        for i, j in combinations(range(len(values)), 2)
    ]


def change_between(found: Means, before: int, after: int) -> RelativeChange:
    """The relative change between two of the means of a curve, by the delta method."""
    mean, covariance = found.mean, found.covariance
    ratio = float(mean[after] / mean[before])
    variance = covariance[after, after] - 2 * ratio * covariance[before, after] + ratio**2 * covariance[before, before]
    error = float(np.sqrt(max(variance, 0.0)) / abs(mean[before]))
    n = int(min(found.effective[before], found.effective[after]))
    factors = np.zeros(len(mean))
    factors[before], factors[after] = -ratio, 1
    _, low, high = interval_from_error(ratio - 1, error, found.degrees(factors))
    return RelativeChange(ratio - 1, error, low, high, n, False)


def compare_means(given: Losses, values: Sequence[float], *, nearest: bool = False) -> list[Comparison]:
    """Every pair of swept values, by their plain means."""
    columns = [find_column(given, value, nearest=nearest) for value in values]
    _require_different([float(given.values[column]) for column in columns])
    return [
        Comparison(
            float(given.values[before]),
            float(given.values[after]),
            relative_change(given.losses[:, before], given.losses[:, after], paired=given.paired),
            "paired" if given.paired else "independent",
        )
        for before, after in combinations(columns, 2)
    ]


def find_column(given: Losses, value: float, *, nearest: bool = False) -> int:
    """The column of a value.

    Raises:
        UsageError: it was not swept (and `nearest` is not allowed); the message names the nearest that was.
    """
    column = int(np.argmin(np.abs(given.values - value)))
    found = float(given.values[column])
    if not nearest and abs(found - value) > SAME * abs(value):
        raise UsageError(f"{value:g} was not swept; the nearest is {found!r} (--nearest takes it)")
    return column


def _require_different(values: Sequence[float]) -> None:
    if len(set(values)) < max(len(values), 2):
        found = ", ".join(f"{value:g}" for value in values)
        raise UsageError(f"values that mean {found} were given; give two or more that differ")


HOW = {
    "pooled": "Pooled from all trainings of the sweep",
    "smoothed": "Smoothed through the means of all swept values",
    "paired": "Paired by repeat, since the draws are common",
    "independent": "Not paired, since the draws are independent",
}


def describe(field: str, comparisons: Sequence[Comparison]) -> str:
    """The comparisons as a table, and how they were made."""
    lines = [f"{field:<26}change of the mean loss   95 % interval"]
    for before, after, change, _ in comparisons:
        interval = f"{change.low:+.2%} to {change.high:+.2%}" if change.n > 1 else "unknown, one training a point"
        lines.append(f"{f'{before:.6g} -> {after:.6g}':<26}{change.change:>+23.2%}   {interval}")
    method = comparisons[0].method
    low, high = (pick(comparison.change.n for comparison in comparisons) for pick in (min, max))
    n = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    said = f"effectively {n} trainings a value" if method == "pooled" else f"n = {n}"
    return "\n".join([*lines, f"{HOW[method]}; {said}."])
