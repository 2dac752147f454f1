"""Where the mean loss is lowest over hidden and output spread, how sure that is, and what is gained over Xavier's."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.statistics.inference import Interval, interval_from_error
from sweep.statistics.map_region import best_pairs, box, near_lowest
from sweep.statistics.means import Numbers
from sweep.statistics.minimum import FEW_TRAININGS
from sweep.statistics.pooled_map import PooledMap, with_beside
from sweep.statistics.simulation import interval_of, raised, simulate
from sweep.study.words import digits_of

WINDOW = 13
"""Values of each spread in the window in which the minimum is placed."""
MOST_WINDOWS = 8
END = 1.01
"""An interval that comes this near to the end of what was swept may go on beyond it."""


class MapMinimum(NamedTuple):
    """The lowest point of the mean over two spreads.

    Attributes:
        fields: both axes, in the study's order.
        place: of the lowest mean along each, with an interval for each by itself.
        mean: the mean there, with its interval.
        gain: relative change of the mean from the predicted pair to the minimum (negative: lower).
        predicted: the pair that the gain is over; NaN where it lies outside what was swept.
        bracketed: whether both intervals end inside what was swept; else the minimum may lie outside.
        paired: whether the trainings of a repeat belong together.
        trainings: that count.
        effective: trainings that the mean at the minimum is of, effectively.
        region: the swept pairs (p, q), one of which is the best of all swept pairs, with 95 % confidence.
        pairs: both spreads of these (r, 2).
    """

    fields: tuple[str, str]
    place: tuple[Interval, Interval]
    mean: Interval
    gain: Interval
    predicted: tuple[float, float]
    bracketed: bool
    paired: bool
    trainings: int
    effective: float
    region: NDArray[np.bool_]
    pairs: Numbers

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values for JSON; what is unknown is None."""
        is_known = np.isfinite(self.predicted).all()
        return {
            "place": {field: place.to_dict() for field, place in zip(self.fields, self.place, strict=True)},
            "mean": self.mean.to_dict(),
            "gain": self.gain.to_dict(),
            "predicted": dict(zip(self.fields, self.predicted, strict=True)) if is_known else None,
            "method": "pooled",
            "trainings": self.trainings,
            "effective_trainings": round(self.effective, 1),
            "bracketed": self.bracketed,
            "region": [dict(zip(self.fields, pair, strict=True)) for pair in self.pairs.tolist()],
        }


def find_map_minimum(given: PooledMap, predicted: tuple[float, float]) -> MapMinimum:
    """Estimate where the mean is lowest over both spreads, and what is gained there over a predicted pair.

    The means around the lowest and their covariance, which are normal in the limit of many trainings, are simulated
    in a window that closes in on the simulated minima; the intervals are made of these as those of `find_minimum` are.
    What the region is, `best_pairs` says. Where no pair has two trainings, nothing is known of how sure all that is:
    the ends are NaN, and the region is empty.

    Args:
        given: the map.
        predicted: a pair, in the order of its axes.
    """
    is_sure, near = bool(given.counts.max() > 1), near_lowest(given)
    swept = [np.sort(values) for values in given.values]
    in_reach = all(values[0] <= one <= values[-1] for values, one in zip(swept, predicted, strict=True))
    beside = predicted if in_reach else (swept[0][0], swept[1][0])
    window = [_around(*one) for one in zip(swept, box(given, near), strict=True)]
    for _ in range(MOST_WINDOWS):
        grids = [np.geomspace(*ends, WINDOW) for ends in window]
        found = with_beside(given, grids, beside)
        best = int(np.argmin(found.mean[:-1]))
        curves = np.vstack([found.mean, simulate(found, best)]) if is_sure else found.mean[np.newaxis]
        places, lowest = _lowest(grids, curves[:, :-1])
        before, window = window, [_closer(*one) for one in zip(grids, places, swept, strict=True)]
        if all(_is_settled(*ends) for ends in zip(before, window, strict=True)):
            break
    place, gains = (interval_of(places[0]), interval_of(places[1])), lowest / curves[:, -1] - 1
    region = best_pairs(given, near) if is_sure else np.zeros_like(near)
    unknown = Interval(np.nan, np.nan, np.nan)
    error, degrees = float(found.standard_error[best]) if is_sure else np.nan, found.degrees_at(best)
    mean = interval_from_error(float(lowest[0]), error, degrees)
    return MapMinimum(
        fields=given.fields,
        place=place,
        mean=raised(mean, lowest),
        gain=raised(interval_of(gains), gains) if in_reach else unknown,
        predicted=predicted if in_reach else (np.nan, np.nan),
        bracketed=all(
            one.low > ends[0] * END and one.high * END < ends[-1] for one, ends in zip(place, swept, strict=True)
        ),
        paired=given.paired,
        trainings=int(given.counts.sum()),
        effective=float(found.effective[best]),
        region=region,
        pairs=np.column_stack([values[some] for values, some in zip(given.values, region.nonzero(), strict=True)]),
    )


def _around(swept: Numbers, ends: tuple[float, float]) -> tuple[float, float]:
    """The swept values next outside two swept values."""
    low, high = np.searchsorted(swept, ends)
    return float(swept[max(low - 1, 0)]), float(swept[min(high + 1, len(swept) - 1)])


def _closer(grid: Numbers, places: Numbers, swept: Numbers) -> tuple[float, float]:
    """The ends of a window a step of the grid around all places, inside what was swept."""
    step = grid[1] / grid[0]
    return max(float(places.min() / step), float(swept[0])), min(float(places.max() * step), float(swept[-1]))


def _is_settled(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether a window lies in the one before and is not much narrower."""
    inside = before[0] <= after[0] and after[1] <= before[1]
    return inside and bool(2 * np.log(after[1] / after[0]) >= np.log(before[1] / before[0]))


def _lowest(grids: list[Numbers], curves: Numbers) -> tuple[list[Numbers], Numbers]:
    """Where each map (m, g h) is lowest along both axes (m,), to a fraction of a step by the parabola through three
    points along each, and how low (m,)."""
    maps = curves.reshape(len(curves), len(grids[0]), -1)
    rows = np.arange(len(maps))
    flat = curves.argmin(axis=1)
    corner = np.unravel_index(flat, maps.shape[1:])
    centre = [np.clip(place, 1, len(grid) - 2) for place, grid in zip(corner, grids, strict=True)]
    lowest = curves[rows, flat]
    places = []
    for axis, grid in enumerate(grids):
        own = list(corner)
        left, middle, right = (
            maps[rows, *[centre[axis] + move if other == axis else own[other] for other in (0, 1)]]
            for move in (-1, 0, 1)
        )
        bend = left - 2 * middle + right
        with np.errstate(divide="ignore", invalid="ignore"):
            shift = np.where(bend > 0, np.clip((left - right) / (2 * bend), -1, 1), corner[axis] - centre[axis])
        places.append(grid[centre[axis]] * (grid[1] / grid[0]) ** shift)
        lowest = lowest + np.minimum(middle + shift * ((right - left) / 2 + shift * bend / 2) - curves[rows, flat], 0)
    return places, lowest


def describe(found: MapMinimum) -> str:
    """The minimum in a few lines."""
    where = ", ".join(f"{field} = {one.estimate:.4g}" for field, one in zip(found.fields, found.place, strict=True))
    mean, gain, is_sure = found.mean, found.gain, np.isfinite(found.mean.low)
    digits = digits_of(mean.estimate)
    if not is_sure:
        return (
            f"Lowest pooled mean at {where}: {mean.estimate:,.{digits}f}; how sure that is, one training a point "
            "does not say: raise --repeats."
        )
    ends = " and ".join(f"{one.low:.4g} to {one.high:.4g}" for one in found.place)
    lines = [
        f"Lowest mean at {where}, 95 % intervals {ends}: {mean.estimate:,.{digits}f} ({mean.low:,.{digits}f} to "
        f"{mean.high:,.{digits}f})."
    ]
    if np.isfinite(gain.estimate):
        pair = " × ".join(f"{value:.4g}" for value in found.predicted)
        lines.append(
            f"From Xavier's {pair} to there: {gain.estimate:+.2%} mean total loss, "
            f"95 % interval {gain.low:+.2%} to {gain.high:+.2%}."
        )
    return "\n".join([*lines, how_found(found), *warnings(found)])


def how_found(found: MapMinimum) -> str:
    """From how many trainings, and which pairs may be the best, in words."""
    how = "whose repeats share their draws" if found.paired else f"effectively {found.effective:,.0f} of them there"
    n = int(found.region.sum())
    best = "one pair alone can be" if n == 1 else f"any of {n:,} pairs may be"
    return (
        f"Pooled from {found.trainings:,} trainings of all pairs, {how}; of the {found.region.size:,} swept pairs "
        f"{best} the best (95 %)."
    )


def warnings(found: MapMinimum) -> list[str]:
    """What limits the answer, a sentence each."""
    said = []
    if not found.bracketed:
        said.append("An interval reaches the end of what was swept: the minimum may lie outside; sweep wider axes.")
    if found.effective < FEW_TRAININGS:
        said.append(
            f"With fewer than {FEW_TRAININGS} trainings a point these intervals are too narrow; raise --repeats."
        )
    return said
