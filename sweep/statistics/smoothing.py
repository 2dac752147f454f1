"""Smooths values along an axis, where nothing says how its values depend on each other."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

BANDWIDTH = 0.7
"""Reach of the smoother in the logarithm of the values: points up to a factor of e^0.7 = 2 away count, the nearer the
more."""
DEGREE = 4
"""Degree of the smoother's polynomials. With 2, the curve's own asymmetry moves the minimum by more than its standard
error where there are thousands of trainings a point (`make coverage`)."""


LARGEST_GAP = float(np.log(10))
"""Points farther apart say nothing of what the curve does between them, which is then taken to be straight."""


def smooth(x: Numbers, at: Numbers, bandwidth: float = BANDWIDTH) -> Numbers:
    """Matrix (len(at), len(x)) that turns values at x, which ascend, into local fits of polynomials at `at`.

    Tricube weights over `bandwidth`, or over the six nearest points where those reach farther (Cleveland 1979). Points
    on other sides of a gap of LARGEST_GAP or more do not count; within the gap the fit is straight.

    Examples:
        >>> x = np.log([1.0, 2.0, 4.0, 8.0, 16.0, 1e9])
        >>> smooth(x, np.log([1e9]))
        array([[0., 0., 0., 0., 0., 1.]])
    """
    group = np.append(0, np.cumsum(np.diff(x) >= LARGEST_GAP))
    rows = np.zeros((len(at), len(x)))
    for row, centre in zip(rows, at, strict=True):
        above = int(np.clip(np.searchsorted(x, centre), 1, len(x) - 1))
        if x[above - 1] < centre < x[above] and group[above - 1] != group[above]:
            share = (centre - x[above - 1]) / (x[above] - x[above - 1])
            row[above - 1 : above + 1] = 1 - share, share
        else:
            near = group == group[above - 1 if centre <= x[above - 1] else above]
            row[near] = _local_fit(x[near], centre, bandwidth)
    return rows


def _local_fit(x: Numbers, centre: float, bandwidth: float) -> Numbers:
    distance = np.abs(x - centre)
    reach = max(bandwidth, np.sort(distance)[min(6, len(x)) - 1] * 1.0001)
    weights = np.sqrt(np.clip(1 - (distance / reach) ** 3, 0, None) ** 3)
    powers = np.vander(x - centre, min(DEGREE + 1, len(x)), increasing=True)
    return np.asarray(np.linalg.pinv(powers * weights[:, np.newaxis])[0] * weights)
