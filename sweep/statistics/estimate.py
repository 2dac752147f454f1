"""Mean and variance of the total loss of many points, from the sums that a store's database computes."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.store import Moments, Results
from sweep.study import Point

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

EXACT_BELOW = 1e-7
"""Sums of squares lose all digits of a variance below 1e-16 of the squared mean; below this share it is recomputed."""

NO_RECORDS = Moments(0, 0, 0, 0.0, 0.0)


class Estimates(NamedTuple):
    """What is known of each of n points; all arrays are of shape (n,).

    Attributes:
        mean: of the total loss over the trainings that count, NaN without any.
        variance: their sample variance, NaN below two.
        count: trainings that count (those that did not diverge); hides tuple.count, which nobody calls on estimates.
        trainings: all trainings, the diverged ones too.
    """

    mean: Numbers
    variance: Numbers
    count: Counts  # type: ignore[assignment]
    trainings: Counts

    @property
    def error(self) -> Numbers:
        """Standard error of each mean, NaN below two trainings that count."""
        return np.sqrt(self.variance / np.maximum(self.count, 1))

    @property
    def relative_error(self) -> Numbers:
        """Standard error as a share of the mean: 0 where nothing varies, even around 0; NaN where it is unknown."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.variance == 0, 0.0, self.error / np.abs(self.mean))


def estimate(store: Results, points: Sequence[Point], below: Sequence[int] | Counts) -> Estimates:
    """The estimates of every point from its stored trainings with repeat < `below`, one number a point."""
    found = moments_below(store, points, below)
    rows = [estimate_one(store, *row) for row in zip(points, found, below, strict=True)]
    mean, variance = np.array(rows, dtype=float).reshape(-1, 2).T
    diverged = np.array([moments.diverged for moments in found], np.int64)
    trainings = np.array([moments.count for moments in found], np.int64)
    return Estimates(mean, variance, trainings - diverged, trainings)


def moments_below(store: Results, points: Iterable[Point], below: Iterable[int]) -> list[Moments]:
    """The sums of every point over its trainings with repeat < `below`; the points that share one share a query."""
    asked = [(point.identity, int(limit)) for point, limit in zip(points, below, strict=True)]
    together: dict[int, list[str]] = {}
    for identity, limit in asked:
        together.setdefault(limit, []).append(identity)
    found = {limit: store.moments(identities, limit) for limit, identities in together.items()}
    return [found[limit].get(identity, NO_RECORDS) for identity, limit in asked]


def estimate_one(store: Results, point: Point, moments: Moments, below: int) -> tuple[float, float]:
    """Mean and variance of one point from its sums; its losses are read where the sums cancel."""
    count = moments.count - moments.diverged
    mean = moments.loss_sum / count if count else np.nan
    variance = max(moments.loss_sum_of_squares - count * mean**2, 0) / (count - 1) if count > 1 else np.nan
    if variance < EXACT_BELOW * mean**2:
        loss = store.columns(point.identity, int(below), ["loss"])["loss"]
        loss = loss[np.isfinite(loss)]
        variance = float(np.var(loss - loss.min(), ddof=1))
    return mean, variance
