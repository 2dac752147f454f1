"""Curves simulated from means, and what they say of where the lowest is: the parametric bootstrap."""

import numpy as np
from scipy.linalg.lapack import dpstrf

from sweep.statistics.inference import CONFIDENCE, Interval
from sweep.statistics.means import Means, Numbers

SIMULATIONS = 2000


def simulate(means: Means, best: int) -> Numbers:
    """Curves (SIMULATIONS, g) from the distribution of pooled means, normal but for the degrees of freedom that the
    variance at the place `best` has: with them, Student's.

    A smooth curve varies in far fewer directions than it has points: Cholesky's factor with pivoting ends where what is
    left is negligible (Higham 2002, "Accuracy and Stability of Numerical Algorithms", sec. 10.3).
    """
    scale = float(means.covariance.diagonal().max())
    factor, pivots, rank, _ = dpstrf(means.covariance, tol=1e-12 * scale, lower=1)
    rows = np.empty((len(means.mean), rank))
    rows[pivots - 1] = np.tril(factor)[:, :rank]
    random, degrees = np.random.default_rng(0), means.degrees_at(best)
    away = random.standard_normal((SIMULATIONS, rank)) @ rows.T
    if np.isfinite(degrees):
        away *= np.sqrt(degrees / random.chisquare(degrees, (SIMULATIONS, 1)))
    return np.asarray(means.mean + away)


def interval_of(values: Numbers) -> Interval:
    """The first value with the interval that the others span; NaN ends without others."""
    if len(values) < 2:
        return Interval(float(values[0]), np.nan, np.nan)
    low, high = np.quantile(values[1:], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(values[0]), float(low), float(high))


def raised(interval: Interval, values: Numbers) -> Interval:
    """The interval with its upper end as much higher as simulated values lie below the first, which is estimated."""
    below = values[0] - values[1:].mean() if len(values) > 1 else 0.0
    return interval._replace(high=interval.high + max(float(below), 0.0))


def find_lowest(grid: Numbers, curves: Numbers) -> tuple[Numbers, Numbers]:
    """Where each curve (m, g) is lowest, to a fraction of a grid step by the parabola through three points, and how
    low."""
    lowest = np.argmin(curves, axis=1)
    position = np.clip(lowest, 1, len(grid) - 2)
    rows = np.arange(len(curves))
    left, middle, right = (curves[rows, position + shift] for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend > 0, np.clip((left - right) / (2 * bend), -1, 1), lowest - position)
    at: Numbers = grid[position] + np.abs(shift) * (grid[position + np.sign(shift).astype(int)] - grid[position])
    return at, middle + shift * ((right - left) / 2 + shift * bend / 2)
