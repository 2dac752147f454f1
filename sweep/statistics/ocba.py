"""Optimal computing budget allocation: which of many noisy means to sharpen so as to find the lowest."""

import math

import numpy as np
from numpy.typing import NDArray


def ocba(
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
    counts: NDArray[np.int64],
    budget: int,
    slack: float = 0.0,
) -> NDArray[np.int64]:
    """Additional trainings for every point that asymptotically maximise the probability of finding the lowest mean.

    With gap i = mean i - lowest mean, points other than the best get totals in proportion to variance i / gap i^2, the
    best sqrt(variance * sum of (total i)^2 / variance i). Points that have more than that keep what they have, the rest
    is shared out anew, and what rounding leaves over goes to the best. From Chen, Lin, Yücesan & Chick (2000),
    "Simulation budget allocation for further enhancing the efficiency of ordinal optimization", Discrete Event Dynamic
    Systems 10, 251-270.

    Args:
        means: (n,); a point whose mean is NaN gets nothing.
        variances: (n,) of single trainings.
        counts: (n,) trainings so far.
        budget: additional trainings in all.
        slack: is added to every gap; 0 gives the published rule, which spends without end on points that are as good
            as the best. Points whose gap is 0 then share everything with the best.

    Returns:
        Whole numbers (n,) of 0 or more that sum to the budget; all 0 where every mean is NaN.

    Examples:
        The budget goes to the best and to what may be better, and hardly to what lies far off:

        >>> ocba(np.array([1.0, 1.2, 2.0]), np.ones(3), np.array([10, 10, 10]), budget=970).tolist()
        [481, 480, 9]
    """
    known = np.isfinite(means)
    if not known.any():
        return np.zeros(len(means), np.int64)
    # Of equal means the most variable is the best, so that the order of the points does not matter.
    best = int(min(np.flatnonzero(known), key=lambda i: (means[i], -variances[i], -counts[i])))
    gaps = np.where(known, means - means[best] + slack, np.inf)
    gaps[best] = np.inf
    weights = _weights(gaps, np.where(known, variances, 0), best)
    totals = counts.copy()
    active = known.copy()
    while active.any():
        left = int(counts.sum()) + budget - int(totals[~active].sum())
        weight = math.fsum(weights[active])
        shares = np.floor(left * weights / weight) if weight else np.zeros(len(weights))
        exceeded = active & (shares < counts)
        if not exceeded.any():
            totals[active] = shares[active].astype(np.int64)
            break
        active &= ~exceeded
    totals[best] += int(counts.sum()) + budget - int(totals.sum())
    return totals - counts


def _weights(gaps: NDArray[np.float64], variances: NDArray[np.float64], best: int) -> NDArray[np.float64]:
    """Proportions of the totals, from variances and gaps as shares of the largest and multiples of the smallest.

    The best has no gap (infinity). Where the smallest is 0 this is the limit of small gaps.
    """
    smallest, variances = gaps.min(), np.minimum(variances, np.finfo(float).max)
    if not np.isfinite(smallest) or not variances.any():
        return np.zeros(len(gaps))
    variances = variances / variances.max()
    nearness = np.square(smallest / gaps) if smallest > 0 else np.where(gaps == 0, 1.0, 0.0)
    weights = np.multiply(variances, nearness)
    weights[best] = math.sqrt(variances[best] * math.fsum(weights * nearness))
    return weights
