"""Where the mean loss is lowest along one axis, how sure that is, and what is gained over a predicted value."""

from typing import Any, NamedTuple

import numpy as np

from sweep.errors import UsageError
from sweep.statistics.curve import Curve
from sweep.statistics.inference import Interval, interval_from_error
from sweep.statistics.means import Numbers
from sweep.statistics.simulation import find_lowest, interval_of, raised, simulate
from sweep.study.target import LEAST_POINTS as LEAST_POINTS
from sweep.study.words import digits_of

GRID_STEP = 0.01
"""Step of the grid on which the curve is computed, in the logarithm: 1 %."""
MOST_STEPS = 1000
"""Steps of that grid, the most: on an axis of 5 decades or more they are longer than 1 %."""
FEW_TRAININGS = 30
FLAT = 4.0
"""From an interval whose ends are this many times apart, the trainings are said to show no one minimum."""


class Minimum(NamedTuple):
    """The lowest point of the mean along an axis.

    Attributes:
        spread: where the mean is lowest, with its interval.
        mean: the mean there, with its interval.
        gain: relative change of the mean from the predicted value to the minimum (negative: lower).
        predicted: the predicted value that the gain is over; NaN without one in reach.
        at_predicted: the mean there, with its interval.
        bracketed: whether the interval ends inside the swept range; else the minimum may lie outside.
        whole: whether trainings reach all of that range; of an incomplete study some of it may have no mean.
        method: of the curve, "pooled" or "smoothed".
        paired: whether the trainings of a repeat belong together.
        trainings: that count.
        effective: trainings that the mean at the minimum is of, effectively.
        degrees: of freedom of its standard error, infinite where every training has draws of its own.
        n: trainings that count at a swept value, the smallest number.
        grid: values (g,) at which the curve is given.
        curve: the mean there (g,).
        standard_error: of the mean there (g,).
    """

    spread: Interval
    mean: Interval
    gain: Interval
    predicted: float
    at_predicted: Interval
    bracketed: bool
    whole: bool
    method: str
    paired: bool
    trainings: int
    effective: float
    degrees: float
    n: int
    grid: Numbers
    curve: Numbers
    standard_error: Numbers

    @property
    def is_flat(self) -> bool:
        """Whether the interval is so wide that the curve is as good as flat around its minimum."""
        return bool(self.spread.high > FLAT * self.spread.low)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values for JSON; what is unknown is None."""
        return {
            "spread": self.spread.to_dict(),
            "mean": self.mean.to_dict(),
            "gain": self.gain.to_dict(),
            "predicted": self.predicted if np.isfinite(self.predicted) else None,
            "method": self.method,
            "trainings": self.trainings,
            "effective_trainings": round(self.effective, 1),
            "bracketed": self.bracketed,
            "flat": self.is_flat,
        }


def find_minimum(curve: Curve, predicted: float | None = None) -> Minimum:
    """Estimate where the mean is lowest, and what is gained there over a predicted value.

    The curve's means and their covariance, which are normal in the limit of many trainings, are simulated on a grid
    (by Student's distribution where repeats share their draws); the intervals of spread and gain are between the 2.5 %
    and 97.5 % quantiles of the simulated minima and gains (the parametric bootstrap: Efron & Tibshirani 1993, ch. 6 and
    13), that of the mean is of its standard error. The lowest of noisy means lies below the true one, by about as much
    as simulated minima lie below that of their own curve: mean and gain have their upper ends raised by this.

    Args:
        curve: of the axis; at least five values need a mean.
        predicted: a value inside the swept range, or None.

    Raises:
        UsageError: there are fewer than five values with a mean, or one of them is not above 0.
    """
    if not has_minimum(curve):
        raise UsageError(
            f"the axis has {len(curve.values)} values with a mean, the lowest {curve.values[:1].sum():g}; "
            f"a minimum needs {LEAST_POINTS} or more, all above 0: sweep them with --axis FIELD=log:LOW:HIGH:COUNT"
        )
    ends = np.log(curve.values[[0, -1]])
    step = max(GRID_STEP, float(ends[1] - ends[0]) / MOST_STEPS)
    grid = np.append(np.arange(ends[0], ends[1], step), ends[1])
    in_reach = predicted is not None and curve.values[0] <= predicted <= curve.values[-1]
    found = curve.at(np.exp(np.append(grid, np.log(predicted) if in_reach and predicted is not None else grid[0])))
    reached = np.isfinite(found.mean) & np.isfinite(found.standard_error)
    is_whole, in_reach = bool(reached.all()), in_reach and bool(reached[-1])
    if not is_whole:
        kept = np.append(np.flatnonzero(reached[:-1]), len(grid) if in_reach else np.argmax(reached))
        grid, found = grid[reached[:-1]], found.at(kept)
    best = int(np.argmin(found.mean[:-1]))
    simulated = simulate(found, best) if curve.counts.max() > 1 else np.empty((0, len(found.mean)))
    curves = np.vstack([found.mean, simulated])
    places, lowest = find_lowest(grid, curves[:, :-1])
    spread, gains, unknown = interval_of(np.exp(places)), lowest / curves[:, -1] - 1, Interval(np.nan, np.nan, np.nan)
    error = float(np.interp(places[0], grid, found.standard_error[:-1])) if len(simulated) else np.nan
    return Minimum(
        spread=spread,
        mean=raised(interval_from_error(float(lowest[0]), error, found.degrees_at(best)), lowest),
        gain=raised(interval_of(gains), gains) if in_reach else unknown,
        predicted=float(predicted) if in_reach and predicted is not None else np.nan,
        at_predicted=interval_of(curves[:, -1]) if in_reach else unknown,
        bracketed=bool(spread.low > np.exp(grid[1]) and spread.high < np.exp(grid[-2])),
        whole=is_whole,
        method=curve.method,
        paired=curve.paired,
        trainings=curve.trainings,
        effective=float(np.interp(places[0], grid, found.effective[:-1])),
        degrees=found.degrees_at(best),
        n=int(curve.counts.min()),
        grid=np.exp(grid),
        curve=found.mean[:-1],
        standard_error=found.standard_error[:-1],
    )


def has_minimum(curve: Curve) -> bool:
    """Whether there are enough values with a mean, all above 0, to look for a minimum."""
    return len(curve.values) >= LEAST_POINTS and bool(curve.values[0] > 0)


def describe(field: str, found: Minimum) -> str:
    """The minimum in a few lines."""
    spread, mean, gain = found.spread, found.mean, found.gain
    digits = digits_of(mean.estimate)
    if not np.isfinite(spread.low):
        return (
            f"Lowest {found.method} mean at {field} = {spread.estimate:.4g}: {mean.estimate:,.{digits}f}; how sure "
            "that is, one training a point does not say: raise --repeats."
        )
    lines = [
        f"Lowest mean at {field} = {spread.estimate:.4g}, 95 % interval {spread.low:.4g} to {spread.high:.4g}: "
        f"{mean.estimate:,.{digits}f} ({mean.low:,.{digits}f} to {mean.high:,.{digits}f})."
    ]
    if np.isfinite(gain.estimate):
        lines.append(
            f"From Xavier's {found.predicted:.4g} to there: {gain.estimate:+.2%} mean total loss, "
            f"95 % interval {gain.low:+.2%} to {gain.high:+.2%}."
        )
    lines.append(how_found(found))
    lines += warnings(found)
    return "\n".join(lines)


def how_found(found: Minimum) -> str:
    """By which method, from how many trainings, in words."""
    if found.method == "pooled" and found.paired:
        return f"Pooled from {found.trainings:,} trainings of all spreads, whose repeats share their draws."
    if found.method == "pooled":
        return (
            f"Pooled from {found.trainings:,} trainings of all spreads; the mean there is as sharp as that of "
            f"{found.effective:,.0f} of its own."
        )
    how = "paired by repeat" if found.paired else "independent draws"
    return f"Smoothed through the means of {found.trainings:,} trainings, {found.n:,} or more a point ({how})."


def warnings(found: Minimum) -> list[str]:
    """What limits the answer, a sentence each."""
    said = []
    if not found.bracketed:
        said.append("The interval reaches the end of what was swept: the minimum may lie outside; sweep a wider axis.")
    if not found.whole:
        said.append(
            "No training reaches a part of the swept range, and the minimum may lie there; "
            "`python -m sweep.status` shows the command that continues the study."
        )
    if found.is_flat:
        said.append("The curve is as good as flat around there: these trainings show no one best value.")
    if (found.effective if found.method == "pooled" else found.n) < FEW_TRAININGS:
        said.append(
            f"With fewer than {FEW_TRAININGS} trainings a point these intervals are too narrow; raise --repeats."
        )
    elif found.degrees < FEW_TRAININGS:
        said.append("Few of the repeats decide the mean there, and these intervals may be too narrow; raise --repeats.")
    return said
