"""Statistics as small functions on arrays that return named results."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class RelativeChange(NamedTuple):
    """How the mean changes from one sample to another, as a fraction of the first mean, with its standard error."""

    change: float
    standard_error: float
    n: int
    paired: bool


def relative_change(before: NDArray[np.float64], after: NDArray[np.float64], *, paired: bool) -> RelativeChange:
    """mean(after) / mean(before) - 1 with its standard error by the delta method (Casella & Berger 2002, sec. 5.5.4).

    Args:
        before: losses (n,).
        after: losses (m,); where paired, m = n and element i of both comes from the same draws. A pair in which
            either is NaN (diverged) is left out, as is a single NaN where not paired.
        paired: whether the pairing is used.

    Returns:
        n is the number of pairs, or the smaller of the two numbers; the standard error is NaN below two.
    """
    if paired:
        both = np.isfinite(before) & np.isfinite(after)
        before, after = before[both], after[both]
    else:
        before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    n = min(len(before), len(after))
    if n == 0:
        return RelativeChange(np.nan, np.nan, 0, paired)
    ratio = after.mean() / before.mean()
    if n == 1:
        return RelativeChange(float(ratio - 1), np.nan, 1, paired)
    if paired:
        variance = np.var(after - ratio * before, ddof=1) / n
    else:
        variance = np.var(after, ddof=1) / len(after) + ratio**2 * np.var(before, ddof=1) / len(before)
    return RelativeChange(float(ratio - 1), float(np.sqrt(variance) / before.mean()), n, paired)
