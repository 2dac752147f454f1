"""The mean total loss along one axis as a curve: pooled where a spread is swept, else smoothed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sweep.statistics.losses import Losses, read_losses, require_one_numeric_axis
from sweep.statistics.means import Counts, Means, Numbers
from sweep.statistics.observed import FINITE, LOSS, read_pool
from sweep.statistics.pooling import GROUPS, Pool
from sweep.statistics.smoothing import smooth
from sweep.store import Results
from sweep.study import Study
from sweep.study.overlap import pooled_overlap


class Curve(NamedTuple):
    """The mean total loss along one axis.

    Attributes:
        field: the axis.
        values: that have a mean (p,), ascending.
        counts: trainings that count at each (p,).
        method: "pooled" or "smoothed".
        paired: whether the trainings of a repeat belong together.
        at: gives the mean at any values (g,) from the lowest to the highest.
        pooled: where pooled, gives the mean of any sum of what is observed over any other at such values.
        pool: where pooled, the trainings.
    """

    field: str
    values: Numbers
    counts: Numbers
    method: str
    paired: bool
    at: Callable[[Numbers], Means]
    pooled: Callable[[Numbers, Numbers, Numbers], Means] | None
    pool: Pool | None = None

    @property
    def trainings(self) -> int:
        """Number of trainings that count."""
        return int(self.counts.sum())


def read_curve(store: Results, study: Study, below: Sequence[int] | Counts | None = None) -> Curve:
    """The curve of a study with one axis of numbers.

    Args:
        store: that holds the study.
        study: whose curve.
        below: repeats of every point that count, one number a point; all of the study's unless given.

    Raises:
        UsageError: the study has several axes, or one of named values.
    """
    require_one_numeric_axis(study)
    return pooled_curve(store, study, below) if is_pooled(study) else smoothed_curve(read_losses(store, study, below))


def is_pooled(study: Study) -> bool:
    """Whether a study has one axis whose curve is pooled: a spread whose draws are known and overlap enough."""
    return pooled_overlap(study.recipe, study.axes) > 0


def pooled_curve(store: Results, study: Study, below: Sequence[int] | Counts | None = None) -> Curve:
    """The curve pooled from the trainings of a study that sweeps one spread; `below` is as `read_curve` has it."""
    (axis,) = study.axes
    values = np.array(axis.values, float)
    pool, counts = read_pool(store, study, Pool, below)
    order = np.argsort(values)
    order = order[counts[order] > 0]

    def pooled(asked: Numbers, of: Numbers, over: Numbers) -> Means:
        return pool.mean(np.asarray(asked, float)[:, np.newaxis], of, over)

    def at(asked: Numbers) -> Means:
        return pooled(asked, LOSS, FINITE)

    return Curve(axis.field, values[order], counts[order], "pooled", study.draws == "common", at, pooled, pool)


def smoothed_curve(given: Losses) -> Curve:
    """The curve smoothed through the means at the values of an axis."""
    has_mean = np.isfinite(given.losses).any(axis=0)
    values, losses = given.values[has_mean], given.losses[:, has_mean]
    is_finite = np.isfinite(losses)
    counts = is_finite.sum(axis=0).astype(float)
    means = np.nanmean(losses, axis=0) if len(values) else np.empty(0)
    unbiased = np.sqrt(counts / np.maximum(counts - 1, 1)) / counts
    moved = np.where(is_finite, losses - means, 0.0) * unbiased
    covariance = moved.T @ moved if given.paired else np.diag((moved**2).sum(axis=0))
    groups = [moved[first::GROUPS].sum(axis=0) for first in range(min(len(moved), GROUPS))] if given.paired else None
    if (counts > 1).any():  # one training tells no variance: it has that of the others
        of_one = (np.diag(covariance) * counts)[counts > 1].mean()
        covariance[counts == 1, counts == 1] = of_one

    def at(asked: Numbers) -> Means:
        matrix = smooth(np.log(values), np.log(asked))
        effective = 1 / (matrix**2 / counts).sum(axis=1)
        influences = None if groups is None else np.array(groups) @ matrix.T
        return Means(matrix @ means, matrix @ covariance @ matrix.T, effective, influences)

    return Curve(given.field, values, counts, "smoothed", given.paired, at, None)
