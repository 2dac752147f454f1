"""Which pairs of two spreads may have the lowest mean: a region that holds the best one."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sweep.statistics.inference import CONFIDENCE, quantile
from sweep.statistics.means import Means
from sweep.statistics.pooled_map import PooledMap
from sweep.statistics.simulation import simulate

NEAR = 4.0
"""Pairs within so many standard errors of the lowest are looked at."""
MOST_VALUES = 16
"""Values of each spread, the most, at which pairs are told from each other."""


def best_pairs(given: PooledMap, near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The swept pairs (p, q) that cannot be said to be worse than another, among those near the lowest mean.

    A pair is left out where its mean lies, in standard errors of the difference, farther above that of some other pair
    than the greatest of all these differences would in 95 % of studies in which they were noise alone. The best of the
    pairs is left out in 5 % of studies at the most, as none of its differences is above 0 but by noise: so the region
    covers it with 95 % confidence or more (multiple comparisons with the best: Hsu 1981, Annals of Statistics 9,
    1026-1034; here with the covariance of the means). Of very many values only some are compared, and the others count
    as the nearest of these.
    """
    inside = [
        (values >= low) & (values <= high) for values, (low, high) in zip(given.values, box(given, near), strict=True)
    ]
    compared = []
    for values, some in zip(given.values, inside, strict=True):
        kept = np.sort(values[some])
        compared.append(kept[:: -(-len(kept) // MOST_VALUES)])
    is_best = _not_worse(given.at(*compared)).reshape([len(values) for values in compared])
    nearest = [
        np.abs(np.log(values[:, np.newaxis] / some)).argmin(axis=1)
        for values, some in zip(given.values, compared, strict=True)
    ]
    return np.asarray(is_best[np.ix_(*nearest)] & np.outer(*inside))


def _not_worse(found: Means) -> NDArray[np.bool_]:
    """Whether each of some means (g,) may be the lowest of them."""
    mean, covariance, g = found.mean, found.covariance, len(found.mean)
    lowest = int(mean.argmin())
    noise = (simulate(found, lowest) - mean).T
    most = quantile(found.degrees_at(lowest), 1 - (1 - CONFIDENCE) / max(g - 1, 1))
    kept = np.zeros(g, bool)
    for place in range(g):
        others = np.arange(g) != place
        variance = covariance[place, place] + np.diag(covariance) - 2 * covariance[place]
        error = np.sqrt(np.maximum(variance[others], np.finfo(float).tiny))
        above = ((mean[place] - mean[others]) / error).max(initial=0.0)
        # One difference alone, and as many independent ones, bound the quantile: only between them is it computed.
        if ndtri(CONFIDENCE) < above < most:
            greatest = ((noise[place] - noise[others]) / error[:, np.newaxis]).max(axis=0)
            kept[place] = above <= np.quantile(greatest, CONFIDENCE)
        else:
            kept[place] = above <= ndtri(CONFIDENCE)
    return kept


def near_lowest(given: PooledMap) -> NDArray[np.bool_]:
    """The pairs whose mean lies within NEAR standard errors of the lowest (p, q)."""
    mean = np.where(given.counts > 0, given.mean, np.inf)
    error = given.standard_error
    return np.asarray(mean - mean.min() <= NEAR * np.hypot(error, error.ravel()[mean.argmin()]))


def box(given: PooledMap, near: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """The lowest and the highest value of each spread that some pairs have."""
    sides = [values[near.any(axis=1 - axis)] for axis, values in enumerate(given.values)]
    return [(float(side.min()), float(side.max())) for side in sides]
