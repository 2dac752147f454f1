"""How sharply a curve shows its minimum, and the trainings that would show it as sharply as a target asks."""

from typing import NamedTuple

import numpy as np

from sweep.statistics.allocate import GROWTH, Allocation, Flags, grown, whole
from sweep.statistics.curve import Curve
from sweep.statistics.estimate import Counts, Numbers
from sweep.statistics.inference import CONFIDENCE, Interval
from sweep.statistics.minimum import FEW_TRAININGS, find_minimum
from sweep.statistics.simulation import find_lowest, simulate
from sweep.study import Target


class Sharpness(NamedTuple):
    """What is known of a curve's minimum.

    Attributes:
        place: of the minimum, with its 95 % interval.
        above: share that the mean at that place is, with 95 % confidence, at most above the lowest of the whole curve.
        effective: trainings that the mean there is of, effectively.
    """

    place: Interval
    above: float
    effective: float

    @property
    def reach(self) -> float:
        """The share of the place by which the farther end of its interval is away."""
        return max(self.place.high / self.place.estimate - 1, 1 - self.place.low / self.place.estimate)

    def times_more(self, target: Target) -> float:
        """How many times the trainings that inform the minimum would bring it to the target; at most 1 where it is.

        An interval shrinks with the square root of their number. How far the mean is above the lowest shrinks in
        proportion to the number, for a curve is a parabola near its minimum.
        """
        factor = self.above / target.value if target.kind == "minimum" else (self.reach / target.value) ** 2
        if self.effective >= FEW_TRAININGS and np.isfinite(factor):
            return factor
        return max(float(np.nan_to_num(factor, posinf=0)), GROWTH)  # such intervals are too narrow to stop at


def find_sharpness(curve: Curve, predicted: float | None = None) -> Sharpness:
    """How sharply a curve shows its minimum, whose interval is that which `find_minimum` gives.

    The share above the lowest is the 95 % quantile over curves simulated from the curve's mean and covariance.

    Raises:
        UsageError: as `find_minimum`.
    """
    found = find_minimum(curve, predicted)
    if not np.isfinite(found.spread.low):
        return Sharpness(found.spread, np.nan, found.effective)
    means = curve.at(np.append(found.grid, found.spread.estimate))
    curves = simulate(means, -1)
    _, lowest = find_lowest(np.log(found.grid), curves[:, :-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(curves[:, -1] > lowest, (curves[:, -1] - lowest) / np.abs(lowest), 0.0)
    return Sharpness(found.spread, float(np.quantile(above, CONFIDENCE)), found.effective)


def inform(values: Numbers, place: Interval, reach: float) -> Flags:
    """The values (n,) of an axis whose trainings inform the minimum: within `reach`, in the logarithm, of its interval,
    and those next to it on either side; all where it is unknown."""
    if not np.isfinite(place.low):
        return np.ones(len(values), bool)
    x = np.log(values)
    low, high = np.log(place.low), np.log(place.high)
    below, above = x[x <= low].max(initial=-np.inf), x[x >= high].min(initial=np.inf)
    return np.asarray((x >= min(below, low - reach)) & (x <= max(above, high + reach)))


def repeats_for_sharpness(
    found: Sharpness, target: Target, informing: Flags, trainings: Counts, most: int
) -> Allocation:
    """Trainings that bring a minimum to its target.

    Args:
        found: of the curve.
        target: for the minimum or the spread.
        informing: the points (n,) whose trainings inform the minimum; they are trained on together.
        trainings: of every point (n,).
        most: trainings that a point may have.
    """
    times = found.times_more(target)
    if times <= 1:
        return Allocation(trainings, trainings, np.zeros(len(trainings), bool))
    needed = np.full(len(trainings), times * trainings[informing].max(initial=0))
    return Allocation(grown(trainings, needed, informing, most), whole(trainings, needed, informing, most), informing)
