"""The mean total loss over two spreads as a map, pooled from all trainings of the sweep of both."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sweep.console.progress import watch
from sweep.errors import FailedError
from sweep.recipe.field import is_spread
from sweep.statistics.pooling import Numbers, Pooled
from sweep.statistics.pooling_pairs import PairPool
from sweep.store import Results
from sweep.study import Study
from sweep.study.draws import drawn_lengths
from sweep.study.overlap import LEAST_OVERLAP, draw_of, overlap

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
    """

    fields: tuple[str, str]
    values: tuple[Numbers, Numbers]
    counts: Numbers
    paired: bool
    mean: Numbers
    standard_error: Numbers
    effective: Numbers
    at: Callable[[Numbers, Numbers], Pooled]


def is_pooled_map(study: Study) -> bool:
    """Whether a study sweeps two spreads, and both so densely that their map is pooled."""
    return len(study.axes) == 2 and all(
        is_spread(axis.field) and len(axis.values) >= LEAST_VALUES and overlap(study.recipe, axis) >= LEAST_OVERLAP
        for axis in study.axes
    )


def read_map(store: Results, study: Study) -> PooledMap | None:
    """The map of such a study, None where its trainings with a finite loss, if any, do not reach all pairs."""
    one, other = (axis.field for axis in study.axes)
    values = np.array(study.axes[0].values, float), np.array(study.axes[1].values, float)
    pairs = np.array([(a, b) for a in values[0] for b in values[1]])
    most = max(store.counts([point.identity for point in study.points], study.repeats).values(), default=0)
    draws = [draw_of(study.recipe, field) for field in (one, other)]
    pool = PairPool(draws, pairs, most if study.draws == "common" else 0)
    counts = np.zeros(len(pairs))
    for place, point in enumerate(watch(study.points, "points read")):
        read = store.columns(point.identity, study.repeats, ["repeat", "loss"])
        is_finite = np.isfinite(read["loss"])
        counts[place] = is_finite.sum()
        if len(is_finite):
            lengths = drawn_lengths(point, [one, other], int(read["repeat"][-1]) + 1)[read["repeat"]]
            observed = np.column_stack([is_finite, np.where(is_finite, read["loss"], 0.0)])
            pool.add(place, read["repeat"], lengths, observed)
    if not counts.any():
        return None
    shape = len(values[0]), len(values[1])
    mean, error, effective = pool.map(*values)
    if not np.isfinite(mean).all():
        return None
    is_paired = study.draws == "common"
    return PooledMap((one, other), values, counts.reshape(shape), is_paired, mean, error, effective, pool.pairs)


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


def with_beside(given: PooledMap, grids: Sequence[Numbers], beside: tuple[float, float]) -> Pooled:
    """The means at every pair of two grids, row by row, and last that at a pair beside them."""
    found = given.at(*(np.append(grid, one) for grid, one in zip(grids, beside, strict=True)))
    places = np.arange(len(found.mean)).reshape(len(grids[0]) + 1, -1)
    kept = np.append(places[:-1, :-1].ravel(), places[-1, -1])
    return Pooled(found.mean[kept], found.covariance[np.ix_(kept, kept)], found.effective[kept])
