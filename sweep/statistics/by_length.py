"""The mean total loss by the length of the drawn parameters, whatever spread they came from.

The mean at a spread is the mean by length, averaged over the lengths that the spread gives. So where the mean by length
is lowest says what no sweep of a spread reaches: starts of that one length. It is read off trainings of all lengths.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from sweep.statistics.compare import change_between
from sweep.statistics.curve import Curve
from sweep.statistics.inference import RelativeChange
from sweep.statistics.means import Means, Numbers
from sweep.statistics.minimum import Minimum, find_minimum, has_minimum
from sweep.statistics.observed import FINITE, LOSS
from sweep.statistics.pooling import Pool
from sweep.statistics.smoothing import smooth
from sweep.study.overlap import Draw

BINS_PER_DEVIATION = 4
"""Bins of length in a standard deviation of the log-length at one spread."""
MOST_LENGTHS = 0.05, 0.95
"""Quantiles between which most lengths of a spread lie."""


class ByLength(NamedTuple):
    """The mean by length, in units of spread: the root mean square of normal draws, the largest of uniform ones divided
    by sqrt(3), the least spread that allows it.

    Attributes:
        curve: of the mean by length, smoothed through narrow bins of it.
        minimum: of that curve.
        below: relative change from the lowest mean of any spread to the lowest by length, by the delta method.
        lengths: between which 90 % of the lengths at the best spread lie.
    """

    curve: Curve
    minimum: Minimum
    below: RelativeChange
    lengths: tuple[float, float]


def find_by_length(curve: Curve, draw: Draw, lowest: Minimum) -> ByLength | None:
    """The mean by length of the trainings of a pooled curve, within the range of the swept spreads.

    Args:
        curve: of a sweep of one spread.
        draw: how the parameters of that spread are drawn.
        lowest: the minimum of the curve.

    Returns:
        None where the curve is not pooled, where a length alone does not tell what is drawn, as for truncated normal
        draws, whose mean by length differs from spread to spread, or where too few bins of length have a mean.
    """
    if curve.pool is None or len(draw.deviations) > 1:
        return None
    pool, width = curve.pool, draw.deviations[0] / BINS_PER_DEVIATION
    low, high = np.log(curve.values[[0, -1]])
    near, counts = _near(pool, draw, np.arange(low + width / 2, high, width))
    near, counts = near[:, counts > 0], counts[counts > 0]
    centres = near.T @ (_log_lengths(pool, draw) * pool.total(FINITE)) / counts
    means = pool.weighted(near, LOSS, FINITE)

    def at(asked: Numbers) -> Means:
        matrix = smooth(centres, np.log(asked))
        effective = 1 / (matrix**2 / counts).sum(axis=1)
        return means.combined(matrix, effective)

    by_length = Curve("length", np.exp(centres), counts, "smoothed", curve.paired, at, None)
    if not has_minimum(by_length):
        return None
    minimum = find_minimum(by_length)
    # At both minima the curves are level: to first order their own scatter moves neither mean.
    best = np.column_stack([pool.weights(np.array([[lowest.spread.estimate]])), near])
    both = pool.weighted(best, LOSS, FINITE)
    matrix = np.zeros((2, best.shape[1]))
    matrix[0, 0] = 1
    matrix[1, 1:] = smooth(centres, np.log([minimum.spread.estimate]))
    joint = both.combined(matrix, np.array([lowest.effective, minimum.n]))
    return ByLength(by_length, minimum, change_between(joint, 0, 1), most_lengths(draw, lowest.spread.estimate))


def mean_near(curve: Curve, draw: Draw, lengths: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Mean, standard error and number of the trainings within half a bin of each length (n,); NaN without any."""
    mean, error = np.full(len(lengths), np.nan), np.full(len(lengths), np.nan)
    if curve.pool is None:
        return mean, error, np.zeros(len(lengths))
    near, counts = _near(curve.pool, draw, np.log(lengths))
    found = curve.pool.weighted(near[:, counts > 0], LOSS, FINITE)
    mean[counts > 0], error[counts > 0] = found.mean, found.standard_error
    return mean, error, counts


def most_lengths(draw: Draw, spread: float) -> tuple[float, float]:
    """Between which lengths, in units of spread, 90 % lie at a spread."""
    if draw.distribution == "normal":
        low, high = np.sqrt(chdtri(draw.dimension, 1 - np.array(MOST_LENGTHS)) / draw.dimension)
    else:
        low, high = np.power(MOST_LENGTHS, 1 / draw.dimension)
    return float(spread * low), float(spread * high)


def _near(pool: Pool, draw: Draw, centres: Numbers) -> tuple[Numbers, Numbers]:
    """Whether a bin of the pool lies within half a bin of each log-length (u, n), and the finite losses there (n,)."""
    away = np.abs(_log_lengths(pool, draw)[:, np.newaxis] - centres)
    near = (away <= draw.deviations[0] / BINS_PER_DEVIATION / 2).astype(float)
    return near, near.T @ pool.total(FINITE)


def _log_lengths(pool: Pool, draw: Draw) -> Numbers:
    """Log-lengths of the bins of a pool, in units of spread (u,)."""
    unit = math.log(draw.dimension) / 2 if draw.distribution == "normal" else 0.0
    return np.asarray(pool.log_lengths[:, 0] - unit)
