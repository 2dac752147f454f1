"""Where the mean loss is lowest along one axis, how sure that is, and what is gained over a predicted spread."""

from typing import NamedTuple

import numpy as np

from sweep.errors import UsageError
from sweep.statistics.inference import CONFIDENCE, Interval
from sweep.statistics.losses import Array, Losses

BANDWIDTH = 0.7
"""Reach of the smoother in log-spread: points up to a factor of e^0.7 = 2 away count, the nearer the more."""
DEGREE = 4
"""Degree of the smoother's polynomials. With 2, the curve's own asymmetry moves the minimum by more than its standard
error where there are thousands of trainings a point (`make coverage`)."""
GRID_STEP = 0.01
"""Step in log-spread of the grid on which the smooth curve is computed: 1 %."""
RESAMPLINGS = 1000
GROUPS = 2000
FEW_TRAININGS = 30
LEAST_POINTS = 5


class Minimum(NamedTuple):
    """The lowest point of the smoothed mean along an axis.

    Attributes:
        spread: where the smoothed mean is lowest, with its interval.
        mean: the smoothed mean there.
        gain: relative change of the smoothed mean from the predicted spread to the minimum (negative: lower).
        predicted: the predicted spread that the gain is over; NaN without one.
        naive_spread: the swept spread whose own mean is lowest.
        naive_gain: the relative change from the predicted spread's smoothed mean to that lowest mean.
        naive_bias: by how much (relative) the lowest of the noisy means lies below the mean that its spread has, on
            average over the resamplings: what picking the lowest flatters itself by.
        bracketed: whether the interval ends inside the swept range; else the minimum may lie outside.
        n: trainings a point, the smallest.
        paired: whether the draws are common, so that whole repeats are resampled.
        grid: spreads (g,) at which the smooth curve is given.
        curve: the smoothed mean there (g,).
    """

    spread: Interval
    mean: float
    gain: Interval
    predicted: float
    naive_spread: float
    naive_gain: float
    naive_bias: float
    bracketed: bool
    n: int
    paired: bool
    grid: Array
    curve: Array


def smoother(x: Array, at: Array, bandwidth: float = BANDWIDTH) -> Array:
    """Matrix (len(at), len(x)) that turns values at x into local fits of polynomials at `at`.

    Tricube weights over `bandwidth`, or over the six nearest points where those reach farther (Cleveland 1979).
    """
    rows = []
    for centre in at:
        distance = np.abs(x - centre)
        reach = max(bandwidth, np.sort(distance)[min(6, len(x)) - 1] * 1.0001)
        weights = np.sqrt(np.clip(1 - (distance / reach) ** 3, 0, None) ** 3)
        powers = np.vander(x - centre, DEGREE + 1, increasing=True)
        rows.append(np.linalg.pinv(powers * weights[:, np.newaxis])[0] * weights)
    return np.array(rows)


def find_minimum(
    given: Losses, predicted: float | None = None, *, resamplings: int = RESAMPLINGS, bandwidth: float = BANDWIDTH
) -> Minimum:
    """Estimate where the smoothed mean is lowest, and what is gained there over a predicted spread.

    1. The means of the points are smoothed in log-spread (`smoother`); the minimum of the curve is the estimate.
    2. Whole repeats are resampled (Efron & Tibshirani 1993, ch. 13), which keeps the pairing across points; each time
       the curve and its minimum are computed anew. With independent draws the means are resampled from their normal
       distributions instead.
    3. The interval is between the 2.5 % and 97.5 % quantiles of these minima and gains.

    Args:
        given: the losses; at least five points need a mean.
        predicted: a spread inside the swept range, or None.
        resamplings: how many.
        bandwidth: the smoother's.

    Raises:
        UsageError: there are fewer than five points with a mean, or one of them is not above 0.
    """
    given = _with_means(given)
    means, n = np.nanmean(given.losses, axis=0), np.isfinite(given.losses).sum(axis=0)
    resampled = _resampled_means(given, means, resamplings, np.random.default_rng(0))
    x = np.log(given.spreads)
    grid = np.append(np.arange(x[0], x[-1], GRID_STEP), x[-1])
    to_grid, to_predicted = smoother(x, grid, bandwidth), _to_predicted(x, predicted, bandwidth)
    places, lowest = _lowest(grid, np.vstack([means, resampled]) @ to_grid.T)
    gains = lowest / (np.vstack([means, resampled]) @ to_predicted) - 1
    is_sure = n.max() > 1
    spread = _interval(np.exp(places), is_sure)
    return Minimum(
        spread=spread,
        mean=float(lowest[0]),
        gain=_interval(gains, is_sure),
        predicted=float(predicted) if predicted is not None and np.isfinite(gains[0]) else np.nan,
        naive_spread=float(given.spreads[np.argmin(means)]),
        naive_gain=float(means.min() / (means @ to_predicted) - 1),
        naive_bias=_flattery(means, resampled),
        bracketed=bool(spread.low > np.exp(grid[1]) and spread.high < np.exp(grid[-2])),
        n=int(n.min()),
        paired=given.paired,
        grid=np.exp(grid),
        curve=to_grid @ means,
    )


def _to_predicted(x: Array, predicted: float | None, bandwidth: float) -> Array:
    """Weights (p,) of values at x (p,) in the smooth curve at the predicted spread; NaN where that was not swept."""
    if predicted is None or not x[0] <= np.log(predicted) <= x[-1]:
        return np.full(len(x), np.nan)
    return np.asarray(smoother(x, np.log([predicted]), bandwidth)[0])


def _interval(values: Array, is_sure: bool) -> Interval:
    """The first value with the interval that the others, of resampled studies, span."""
    low, high = np.quantile(values[1:], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]) if is_sure else (np.nan, np.nan)
    return Interval(float(values[0]), float(low), float(high))


def _flattery(means: Array, resampled: Array) -> float:
    """By how much, relative, the lowest of the resampled means lies below the mean of its own spread, on average."""
    picked = np.argmin(resampled, axis=1)
    flattery = resampled[np.arange(len(resampled)), picked] - means[picked]
    return float(flattery.mean() / means.min())


def _with_means(given: Losses) -> Losses:
    """The losses of the spreads that have a mean, which must be enough of them."""
    has_mean = np.isfinite(given.losses).any(axis=0)
    spreads = given.spreads[has_mean]
    if len(spreads) < LEAST_POINTS or spreads[0] <= 0:
        raise UsageError(
            f"the axis has {len(spreads)} values with a mean, the lowest {spreads[:1].sum():g}; "
            f"a minimum needs {LEAST_POINTS} or more, all above 0: sweep them with --axis FIELD=log:LOW:HIGH:COUNT"
        )
    solved = None if given.solved is None else given.solved[:, has_mean]
    return Losses(spreads, given.losses[:, has_mean], solved, given.paired)


def _resampled_means(given: Losses, means: Array, resamplings: int, rng: np.random.Generator) -> Array:
    """Means (resamplings, p) of resampled studies; `means` (p,) are those of the study itself."""
    finite = np.isfinite(given.losses)
    if not given.paired:
        n = finite.sum(axis=0)
        errors = np.nanstd(given.losses, axis=0) / np.sqrt(np.maximum(n - 1, 1))
        return rng.normal(means, errors, (resamplings, len(n)))
    # Above GROUPS repeats, groups of them are resampled: their sums vary as the repeats' do, at a bounded cost.
    starts = np.linspace(0, len(finite), min(len(finite), GROUPS), endpoint=False).astype(int)
    sums = np.add.reduceat(np.where(finite, given.losses, 0), starts, axis=0)
    counts = np.add.reduceat(finite.astype(float), starts, axis=0)
    weights = rng.multinomial(len(starts), np.full(len(starts), 1 / len(starts)), resamplings).astype(float)
    with np.errstate(invalid="ignore"):
        resampled = (weights @ sums) / (weights @ counts)
    # A point with few trainings may miss all of them in a resampling: it then keeps its own mean.
    return np.asarray(np.where(np.isfinite(resampled), resampled, means))


def _lowest(grid: Array, curves: Array) -> tuple[Array, Array]:
    """Where each curve (m, g) is lowest, to a fraction of a grid step by the parabola through three points, and how
    low."""
    position = np.clip(np.argmin(curves, axis=1), 1, len(grid) - 2)
    rows = np.arange(len(curves))
    left, middle, right = (curves[rows, position + shift] for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend > 0, np.clip((left - right) / (2 * bend), -1, 1), 0)
    at: Array = grid[position] + shift * np.where(shift > 0, grid[position + 1] - grid[position], GRID_STEP)
    lowest: Array = middle + shift * ((right - left) / 2 + shift * bend / 2)
    return at, lowest


def describe(field: str, found: Minimum) -> str:
    """The minimum in a few lines."""
    spread, gain = found.spread, found.gain
    how = "whole repeats resampled" if found.paired else "independent draws, means resampled"
    if not np.isfinite(spread.low):
        return (
            f"Lowest smoothed mean at {field} = {spread.estimate:.4g}: {found.mean:,.2f}; how sure that is, one "
            "training a point does not say: raise --repeats."
        )
    lines = [
        f"Lowest smoothed mean at {field} = {spread.estimate:.4g}, 95 % interval {spread.low:.4g} to {spread.high:.4g} "
        f"({how}; n = {found.n:,} a point): {found.mean:,.2f}."
    ]
    if np.isfinite(gain.estimate):
        lines.append(
            f"From Xavier's {found.predicted:.4g} to there: {gain.estimate:+.2%} mean total loss, "
            f"95 % interval {gain.low:+.2%} to {gain.high:+.2%}."
        )
    lines.append(
        f"The lowest single mean is at {field} = {found.naive_spread:.4g}; picking the lowest of many noisy means "
        f"makes it look {-found.naive_bias:.2%} lower than it is, on average."
    )
    if not found.bracketed:
        lines.append("The interval reaches the end of what was swept: the minimum may lie outside; sweep a wider axis.")
    if found.n < FEW_TRAININGS:
        lines.append(
            f"With fewer than {FEW_TRAININGS} trainings a point these intervals are too narrow; raise --repeats."
        )
    return "\n".join(lines)
