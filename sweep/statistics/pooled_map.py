"""The mean total loss over two spreads as a map, pooled from all trainings of the sweep of both."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sweep.errors import FailedError
from sweep.recipe.field import is_spread
from sweep.statistics.means import Means, Numbers
from sweep.statistics.observed import FINITE, LOSS, read_pool
from sweep.statistics.pooling_pairs import PairPool
from sweep.store import Results
from sweep.study import Study
from sweep.study.overlap import LEAST_OVERLAP, overlap

LEAST_VALUES = 5
"""Values of each spread from which their map is pooled."""


class PooledMap(NamedTuple):
    """The mean total loss at every swept pair of spreads.

    Attributes:
        fields: both axes, in the study's order.
        values: of each, (p,) and (q,), in the order in which they were swept.
        counts: trainings that count at each pair (p, q).
        paired: whether the trainings of a repeat belong together.
        mean: at each pair (p, q), also where no training counts.
        standard_error: of each mean (p, q).
        effective: Kish's effective number of trainings that each mean is of (p, q).
        at: gives the mean at every pair of any values (g,) and (h,), row by row (g h,).
        pool: the trainings.
    """

    fields: tuple[str, str]
    values: tuple[Numbers, Numbers]
    counts: Numbers
    paired: bool
    mean: Numbers
    standard_error: Numbers
    effective: Numbers
    at: Callable[[Numbers, Numbers], Means]
    pool: PairPool


def is_pooled_map(study: Study) -> bool:
    """Whether a study sweeps two spreads, and both so densely that their map is pooled."""
    return len(study.axes) == 2 and all(
        is_spread(axis.field) and len(axis.values) >= LEAST_VALUES and overlap(study.recipe, axis) >= LEAST_OVERLAP
        for axis in study.axes
    )


def read_map(store: Results, study: Study) -> PooledMap | None:
    """The map of such a study, None where its trainings with a finite loss, if any, do not reach all pairs."""
    one, other = study.axes
    values = np.array(one.values, float), np.array(other.values, float)
    pool, counts = read_pool(store, study, PairPool)
    fields, is_paired = (one.field, other.field), study.draws == "common"
    found = pooled_map(fields, values, counts.reshape(len(values[0]), -1), is_paired, pool) if counts.any() else None
    return found if found is not None and np.isfinite(found.mean).all() else None


def pooled_map(
    fields: tuple[str, str],
    values: tuple[Numbers, Numbers],
    counts: Numbers,
    paired: bool,
    pool: PairPool,
    of: Numbers = LOSS,
    over: Numbers = FINITE,
) -> PooledMap:
    """The map of a pool: `of` and `over` are as `PairPool.map` has them, the rest as `PooledMap`."""

    def at(first: Numbers, second: Numbers) -> Means:
        return pool.pairs(first, second, of, over)

    return PooledMap(fields, values, counts, paired, *pool.map(*values, of, over), at, pool)


def require_map(store: Results, study: Study) -> PooledMap:
    """The map of such a study.

    Raises:
        FailedError: it has none.
    """
    found = read_map(store, study)
    if found is None:
        raise FailedError(
            "there is no minimum: the stored trainings with a finite loss do not reach all pairs of spreads; "
            "`python -m sweep.status` shows the command that continues the study"
        )
    return found


def with_beside(given: PooledMap, grids: Sequence[Numbers], beside: tuple[float, float]) -> Means:
    """The means at every pair of two grids, row by row, and last that at a pair beside them."""
    found = given.at(*(np.append(grid, one) for grid, one in zip(grids, beside, strict=True)))
    places = np.arange(len(found.mean)).reshape(len(grids[0]) + 1, -1)
    kept = np.append(places[:-1, :-1].ravel(), places[-1, -1])
    return found.at(kept)
