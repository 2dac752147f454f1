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


def smooth(x: Numbers, at: Numbers, bandwidth: float = BANDWIDTH) -> Numbers:
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
    return np.array(rows).reshape(len(at), len(x))
