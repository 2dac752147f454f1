"""Studies simulated from a population, what they state, and the truth of it."""

from functools import partial
from typing import NamedTuple

import numpy as np

from sweep.recipe.field import SPREADS
from sweep.statistics.compare import change_between
from sweep.statistics.curve import Curve
from sweep.statistics.inference import share_interval
from sweep.statistics.map_minimum import find_map_minimum
from sweep.statistics.minimum import find_minimum
from sweep.statistics.pooled_map import pooled_map
from sweep.statistics.pooling import Pool
from sweep.statistics.pooling_pairs import PairPool
from sweep.statistics.sharpness import find_sharpness, inform, repeats_for_sharpness
from sweep.study import Target

DESIGNS = ("by_spread", "common", "unequal")
"""Independent draws at every spread; draws that all spreads share; independent draws, and at every fourth spread five
times as many trainings as at the others."""
FINITE, LOSS, SOLVED = np.eye(3)
"""What the pool of a simulated curve observes of a training; none of them diverges."""
ENDLESS = Target("spread", 1e-9)
"""A target that no study reaches."""
WIDER, NARROWER = 2**0.5, 0.6 * 2**0.5
"""Times Xavier's spread: 1 and 0.6 for `gustaw`."""
MINIMUM = ("mean at the minimum", "gain at the minimum over Xavier's")
PLACES = ("minimising spread",), ("minimising hidden spread", "minimising output spread")
REGION = "the best swept pair, by the region of pairs"


class Stated(NamedTuple):
    """What is stated of one study: low and high end of every interval (n, 2), and whether no minimum is said to lie
    inside what was swept."""

    ends: np.ndarray
    says_so: bool


def numbers_of(design, n_places, n):
    """Trainings at each place."""
    if design != "unequal":
        return np.full(n_places, n)
    return np.where(np.arange(n_places) % 4 == 0, 5 * n // 2, n // 2)


def simulate(of, design, n_values, n, rng):
    """The curve or the map of one study, with n_values of every spread and n trainings at each place in the mean."""
    places = of.places(n_values)
    numbers, read = numbers_of(design, len(places), n), map_of if len(of.ladders) > 1 else curve_of
    if design == "common":
        return read(of, places, numbers, *of.repeats(places, n, rng), paired=True)
    return read(of, places, numbers, *of.trainings(places, numbers, rng))


def in_rounds(draw, of, n_values, first, n):
    """The curve of a study that goes on where that sharpens its minimum, as `--until-spread` does, to n trainings.

    Args:
        draw: draws numbers (p,) of trainings at places (p, 1), as `Population.trainings` does.
        of: the population.
        n_values: spreads.
        first: trainings at each in the first round.
        n: trainings in all.
    """
    places, numbers, more = of.places(n_values), np.zeros(n_values, np.int64), np.full(n_values, first)
    reach, drawn = of.ladders[0].draw.deviations[0], []
    while True:
        numbers = numbers + more
        drawn.append((np.repeat(np.arange(n_values), more), *draw(places, more)))
        at, *columns = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        order = np.argsort(at, kind="stable")
        curve, left = curve_of(of, places, numbers, *(column[order] for column in columns)), n - numbers.sum()
        if not left:
            return curve
        found = find_sharpness(curve)
        informing = inform(places[:, 0], found.place, reach)
        more = repeats_for_sharpness(found, ENDLESS, informing, numbers, n).repeats - numbers
        if more.sum() > left:
            more = np.diff(np.cumsum(informing) * left // informing.sum(), prepend=0)


def landmarks(of):
    """Where means are stated: at Xavier's spread, the widest, and those that Xavier's is compared with; of two spreads
    at Xavier's pair and at the widest."""
    widest = np.array([ladder.ends[1] for ladder in of.ladders])
    return np.array([of.xavier, widest, *([of.xavier * WIDER, of.xavier * NARROWER] if len(widest) == 1 else [])])


def truths(of, n_values):
    """The true values, by what is stated."""
    lowest, at = of.mean([of.minimum])[0], of.mean(landmarks(of))
    places = PLACES[len(of.ladders) - 1]
    at_minimum = dict(zip((*places, *MINIMUM), (*of.minimum, lowest, lowest / at[0] - 1), strict=True))
    if len(of.ladders) > 1:
        return {**at_minimum, REGION: float(np.argmin(of.mean(of.places(n_values))))}
    return {
        "mean at Xavier's": at[0],
        "mean at the widest spread": at[1],
        "change from √2 times Xavier's to Xavier's": at[0] / at[2] - 1,
        "change from Xavier's to 0.85 times Xavier's": at[3] / at[0] - 1,
        "fraction solved at Xavier's": min(of.mean([of.xavier], "solved")[0], 1.0),
        **at_minimum,
    }


def stated(of, simulated):
    """What a study states, in the order of `truths`."""
    return state_map(of, simulated) if len(of.ladders) > 1 else state_curve(of, simulated)


def state_curve(of, curve):
    at = curve.at(landmarks(of)[:, 0])
    changes = [change_between(at, before, after) for before, after in ((2, 0), (0, 3))]
    solved = curve.pooled(of.xavier, SOLVED, FINITE)
    found = find_minimum(curve, float(of.xavier[0]))
    intervals = [
        *(at.interval(place) for place in (0, 1)),
        *(change[1:4] for change in changes),
        share_interval(solved.mean[0], solved.standard_error[0], solved.effective[0]),
        found.spread, found.mean, found.gain,
    ]  # fmt: skip
    return Stated(np.array([interval[-2:] for interval in intervals]), not found.bracketed or found.is_flat)


def state_map(of, given):
    found = find_map_minimum(given, tuple(of.xavier))
    best = np.argmin(of.mean(np.stack(np.meshgrid(*given.values, indexing="ij"), axis=-1).reshape(-1, 2)))
    intervals = [one[1:] for one in (*found.place, found.mean, found.gain)]
    # The region is a set, not an interval: it holds the best pair or nothing.
    region = (best, best) if found.region.ravel()[best] else (np.nan, np.nan)
    return Stated(np.array([*intervals, region]), not found.bracketed)


def curve_of(of, places, numbers, lengths, losses, solved, *, paired=False):
    """The pooled curve of a study of one spread: its trainings (n,), numbers[j] of them at places[j], in this order."""
    observed = np.column_stack([np.ones(len(losses)), losses, solved])
    pool = _fill(Pool, of, places, numbers, lengths, observed, paired=paired)

    def pooled(asked, of_what, over):
        return pool.mean(np.asarray(asked, float)[:, np.newaxis], of_what, over)

    counts = np.asarray(numbers, float)
    at = partial(pooled, of_what=LOSS, over=FINITE)
    return Curve(SPREADS[0], np.ravel(places), counts, "pooled", paired, at, pooled)


def map_of(of, places, numbers, lengths, losses, _, *, paired=False):
    """The pooled map of a study of two spreads, as `curve_of`."""
    observed = np.column_stack([np.ones(len(losses)), losses])
    pool = _fill(PairPool, of, places, numbers, lengths, observed, paired=paired)
    values = tuple(np.unique(column) for column in np.transpose(places))
    counts = np.reshape(numbers, [len(one) for one in values]).astype(float)
    return pooled_map(SPREADS, values, counts, paired, pool, LOSS[:2], FINITE[:2])


def _fill(kind, of, places, numbers, lengths, observed, *, paired):
    places = np.reshape(places, (-1, len(of.ladders)))
    pool = kind([ladder.draw for ladder in of.ladders], places, int(numbers[0]) if paired else 0)
    repeats = np.arange(len(observed)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    pool.add(np.repeat(np.arange(len(places)), numbers), repeats, lengths, observed)
    return pool
