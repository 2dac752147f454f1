"""How many trainings every point should have after the next round; pure arithmetic on what the rounds before measured.

All arrays are of shape (n,), one element a point. A point whose mean is NaN, because all diverged, gets no more. A
variance is NaN where one training counts.
"""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.statistics.estimate import Counts, Estimates, Numbers
from sweep.statistics.ocba import ocba
from sweep.study.target import SIDE_BY_SIDE

Flags = NDArray[np.bool_]

GROWTH = 4
"""A round gives no point more than this many times what it has: a variance misjudged early must not waste trainings."""
LEAST_GROWTH = 1.1
"""A point that needs more gets at least this many times what it has, so that it is not asked again and again."""
ERROR = 0.05
"""Chance that the best point found is worse than the target allows."""


class Allocation(NamedTuple):
    """What the next round should bring.

    Attributes:
        repeats: trainings that each point should have after it (n,), never fewer than it has.
        needed: trainings that each point needs in all (n,), as far as the present estimates tell.
        open: whether each point has not yet reached the target (n,).
    """

    repeats: Counts
    needed: Counts
    open: Flags


def repeats_for_rse(estimates: Estimates, target: float, most: int) -> Allocation:
    """Trainings that bring every relative standard error of the mean to the target: (deviation / mean / target)^2.

    As in Chow & Robbins (1965), Ann. Math. Stat. 36, 457-462, the number of trainings depends on their outcome: means
    and intervals are right in the limit of small targets, and slightly off before (docs/adaptive.md says how much).

    Args:
        estimates: of every point.
        target: relative standard error to be reached.
        most: trainings that a point may have.
    """
    means, variances = estimates.mean, estimates.variance
    counts, trainings = estimates.count, estimates.trainings
    with np.errstate(all="ignore"):
        needed = variances / (means * target) ** 2
        needed = np.where(variances == 0, 0, np.where(np.isnan(needed), np.inf, needed))
        is_open = np.isfinite(means) & (needed > counts)
        needed = needed * trainings / counts
    return Allocation(grown(trainings, needed, is_open, most), whole(trainings, needed, is_open, most), is_open)


def repeats_for_minimum(estimates: Estimates, tolerance: float, most: int) -> Allocation:
    """Trainings that make sure of the minimum where points have draws of their own.

    The budget is the smallest with which `chances_lower` would sum to 5 % if means and variances stayed as they are.
    `ocba` shares it out, each mean set apart from the best by what is tolerated.

    Args:
        estimates: of every point.
        tolerance: share by which the best point's mean may exceed the lowest mean.
        most: trainings that a point may have.
    """
    means, variances = estimates.mean, estimates.variance
    counts, trainings = estimates.count, estimates.trainings
    if not np.isfinite(means).any():
        return Allocation(trainings, trainings, np.zeros(len(means), bool))
    best = int(np.nanargmin(means))
    gaps, slack = means - means[best], tolerance * abs(means[best])
    is_open = still_open(chances_lower(best, gaps, _errors(best, variances, counts), slack))
    if not is_open.any():
        return Allocation(trainings, trainings, is_open)
    unknown = np.isfinite(means) & np.isnan(variances)
    variances = np.where(unknown, np.nanmax(variances, initial=0), variances)
    least = math.ceil((LEAST_GROWTH - 1) * counts[is_open | (np.arange(len(means)) == best)].sum())

    def additional(budget: int) -> Counts:
        return ocba(means, variances, counts, budget, slack)

    def suffices(budget: int) -> bool:
        errors = _errors(best, variances, counts + additional(budget))
        return not still_open(chances_lower(best, gaps, errors, slack)).any()

    more = additional(_smallest(suffices, least, most * len(means)))
    with np.errstate(all="ignore"):
        needed = np.where(unknown, np.inf, (counts + more) * (trainings / counts))
    grows = (more > 0) | unknown
    return Allocation(grown(trainings, needed, grows, most), whole(trainings, needed, grows, most), is_open)


def repeats_for_paired_minimum(
    best: int, trainings: Counts, shared: Counts, gaps: Numbers, errors: Numbers, slack: float, most: int
) -> Allocation:
    """Trainings that make sure of the minimum where all points share their draws.

    Compared repeat by repeat, two points differ by far less than either varies, but only over the repeats that both
    have. So the best and every point that may still be lower than it get more together, and points that cannot be are
    left behind, as Kim & Nelson (2001), ACM TOMACS 11(3), 251-273, eliminate under common random numbers.

    Args:
        best: position of the lowest mean.
        trainings: of every point, the diverged ones too.
        shared: repeats that each point has in common with the best.
        gaps: mean over them of the point's loss less the best's; NaN where every pair has a diverged training.
        errors: standard errors of the gaps; NaN where they are unknown.
        slack: what is tolerated, as a difference of losses.
        most: trainings that a point may have.
    """
    is_open = still_open(chances_lower(best, gaps, errors, slack))
    if not is_open.any():
        return Allocation(trainings, trainings, is_open)
    z = NormalDist().inv_cdf(1 - ERROR / is_open.sum())
    # A point that is lower over the repeats shared so far, though not over all, is to share all first.
    all_shared = np.maximum(trainings, trainings[best])
    with np.errstate(all="ignore"):
        needed = np.where(gaps + slack > 0, shared * (z * errors / (gaps + slack)) ** 2, all_shared)
    needed = np.where(np.isnan(needed), np.inf, needed)
    together = is_open | (np.arange(len(trainings)) == best)

    def with_best(share: Counts) -> Counts:
        share[best] = share[is_open].max()
        return np.where(together, np.maximum(trainings, share), trainings)

    next_round, in_all = grown(shared, needed, is_open, most), whole(shared, needed, is_open, most)
    return Allocation(with_best(next_round), with_best(in_all), is_open)


def chances_lower(best: int, gaps: Numbers, errors: Numbers, slack: float) -> Numbers:
    """Chance (n,) that each point's mean is below the best's by more than the slack, by the normal approximation.

    Their sum bounds the chance that any is (Bonferroni), and, other than with an equal share of 5 % for each point,
    those far above the best cost nothing. One less the sum is the approximate probability of correct selection that
    `ocba` maximises; as a stop rule with a slack: Branke, Chick & Schmidt (2007), Management Science 53(12), 1916-1932.

    Args:
        best: position of the best.
        gaps: estimated mean of each point less the best's; NaN where all diverged, which counts as no chance.
        errors: standard errors of the gaps; NaN where unknown, which counts as one half.
        slack: what is tolerated, as a difference of losses.
    """
    with np.errstate(all="ignore"):
        z = (gaps + slack) / errors
    z = np.where(errors == 0, np.where(gaps + slack >= 0, np.inf, -np.inf), np.where(np.isnan(z), 0, z))
    chances = np.array([math.erfc(value / math.sqrt(2)) / 2 for value in z.tolist()])
    chances[np.isnan(gaps)] = 0
    chances[best] = 0
    return chances


def still_open(chances: Numbers) -> Flags:
    """The points (n,) with more than an even share of 5 %, as long as all chances together exceed it; else none."""
    if math.fsum(chances) <= ERROR:
        return np.zeros(len(chances), bool)
    return chances > ERROR / len(chances)


def _errors(best: int, variances: Numbers, counts: Counts) -> Numbers:
    squares = variances / np.maximum(counts, 1)
    errors: Numbers = np.sqrt(squares + squares[best])
    return errors


def _smallest(suffices: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest budget from low to high that suffices, to 5 %; high where none does."""
    step = max(low, 1)
    while step < high and not suffices(step):
        low, step = step, 2 * step
    high = min(step, high)
    while high - low > max(1, 0.05 * high):
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def whole(trainings: Counts, needed: Numbers, chosen: Flags, most: int) -> Counts:
    """What the chosen points need as whole numbers, at most `most`; the others keep what they have."""
    whole = np.ceil(np.minimum(np.where(chosen, needed, 0), most)).astype(np.int64)
    return np.maximum(whole, trainings)


def grown(trainings: Counts, needed: Numbers, chosen: Flags, most: int) -> Counts:
    """What the chosen points get within one round: bounded in growth from below and above, then rounded up."""
    within = np.clip(np.where(chosen, needed, 0), LEAST_GROWTH * trainings, GROWTH * trainings)
    rounded = SIDE_BY_SIDE * np.ceil(within / SIDE_BY_SIDE)
    return whole(trainings, rounded, chosen, most)
