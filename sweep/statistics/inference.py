"""Statistics as small functions on arrays that return named results; intervals are of 95 % unless told otherwise."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95
UNSEEN = 0.1
"""Part of a training of typical weight by which rare events that were not seen raise the variance of a pooled share."""


class Interval(NamedTuple):
    """An estimate with the ends of its confidence interval; NaN ends where there are too few numbers."""

    estimate: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """The three as plain values for JSON; what is not a number is None."""
        return {name: value if math.isfinite(value) else None for name, value in self._asdict().items()}


class RelativeChange(NamedTuple):
    """How the mean changes from one sample to another, as a fraction of the first mean.

    `n` is the number of pairs, or the smaller number of trainings where not paired.
    """

    change: float
    standard_error: float
    low: float
    high: float
    n: int
    paired: bool


def mean_interval(values: NDArray[np.float64], confidence: float = CONFIDENCE) -> Interval:
    """Student's (1908) interval of the mean of values (n,); NaN (diverged) values are left out.

    Returns:
        In the unit of the values. The estimate is NaN without values, the ends are NaN below two.

    Examples:
        >>> mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan]))
        >>> round(mean, 3), round(low, 3), round(high, 3)
        (3.0, 1.037, 4.963)
    """
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return Interval(float(finite.mean()) if len(finite) else np.nan, np.nan, np.nan)
    error = finite.std(ddof=1) / np.sqrt(len(finite))
    return interval_from_error(float(finite.mean()), float(error), len(finite) - 1, confidence)


def interval_from_error(
    estimate: float, standard_error: float, degrees: float = math.inf, confidence: float = CONFIDENCE
) -> Interval:
    """The interval of an estimate that is normal about the truth, by its standard error.

    Args:
        estimate: of anything.
        standard_error: of it.
        degrees: of freedom of that standard error, as Student's distribution has them; infinite where it is as good as
            known. Below one the ends are NaN.
        confidence: of the interval.
    """
    reach = quantile(degrees, (1 + confidence) / 2) * standard_error if degrees > 0 else np.nan
    return Interval(estimate, estimate - reach, estimate + reach)


def quantile(degrees: float, share: float) -> float:
    """Of Student's distribution, which is the normal one with infinite degrees of freedom."""
    return float(stdtrit(degrees, share) if math.isfinite(degrees) else ndtri(share))


def degrees_of_freedom(influences: NDArray[np.float64]) -> float:
    """Degrees of freedom of the variance that the squares of independent influences (n,) sum up to.

    Their number less one where the influences are normal, fewer where few large ones decide: with kurtosis k, the
    variance varies as that of 2 n / (k - 1) normal ones (Satterthwaite 1946, Biometrics Bulletin 2, 110-114; for the
    variance of weighted and grouped data Pan & Wall 2002, Statistics in Medicine 21, 1429-1441).

    Examples:
        >>> degrees_of_freedom(np.array([3.0, -1.0, -1.0, -1.0]))
        3.0
        >>> round(degrees_of_freedom(np.append(99.0, np.full(99, -1.0))), 1)
        2.1
    """
    n, largest = len(influences), abs(influences).max(initial=0)
    if n < 2 or not largest:
        return float(n - 1)
    squares = (influences / largest) ** 2  # whose squares are no more than 1, however large the losses
    excess = float((squares**2).mean() / squares.mean() ** 2) - 1
    return min(2 * n / excess, n - 1.0) if excess > 0 else n - 1.0


def fraction_interval(successes: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's (1927) score interval of the fraction successes / n, within 0 to 1; all NaN for n = 0.

    Examples:
        >>> [round(number, 3) for number in fraction_interval(8, 10)]
        [0.8, 0.49, 0.943]
        >>> [round(number, 3) for number in fraction_interval(0, 10)]
        [0.0, 0.0, 0.278]
    """
    return _wilson(successes / n, n, confidence) if n else Interval(np.nan, np.nan, np.nan)


def share_interval(share: float, standard_error: float, effective: float, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's interval of a share of weighted trainings, within 0 to 1, with their effective number for n.

    That number is share (1 - share) / variance, as in surveys (Korn & Graubard 1998, Survey Methodology 24, 193-201;
    Franco, Little, Louis & Slud 2019, J. Survey Statist. Methodol. 7, 334-364). Where next to all or none are counted
    in the share, the variance is of the few others that were seen, or 0: UNSEEN of a training of typical weight,
    1 / `effective`, is added to them.

    Args:
        share: estimated.
        standard_error: of it.
        effective: Kish's effective number of trainings, as `sweep.statistics.means.Means` has it.
        confidence: of the interval.

    Returns:
        NaN ends where a number is NaN.

    Examples:
        >>> [round(number, 3) for number in share_interval(0.8, 0.126, 10)]
        [0.8, 0.485, 0.944]
        >>> [round(number, 3) for number in share_interval(1.0, 0.0, 10)]
        [1.0, 0.716, 1.0]
    """
    if not np.isfinite([share, standard_error, effective]).all():
        return Interval(share, np.nan, np.nan)
    inside, unseen = min(max(share, 0.0), 1.0), UNSEEN / effective
    padded = (inside + unseen) / (1 + 2 * unseen)
    n = padded * (1 - padded) / (standard_error**2 + unseen / effective)
    return _wilson(inside, n, confidence)


def _wilson(share: float, n: float, confidence: float) -> Interval:
    z = float(ndtri(0.5 + 0.5 * confidence))
    rarer = min(share, 1 - share)  # of which neither end is rounded to 1
    both = 2 * (n + z**2)
    centre, reach = 2 * n * rarer + z**2, z * math.sqrt(4 * n * rarer * (1 - rarer) + z**2)
    low, high = max(centre - reach, 0.0) / both, (centre + reach) / both
    return Interval(share, low, high) if rarer == share else Interval(share, 1 - high, 1 - low)


def relative_change(
    before: NDArray[np.float64], after: NDArray[np.float64], *, paired: bool, confidence: float = CONFIDENCE
) -> RelativeChange:
    """mean(after) / mean(before) - 1 with its interval by the delta method (Casella & Berger 2002, sec. 5.5.4).

    Args:
        before: losses (n,).
        after: losses (m,); where paired, m = n and element i of both comes from the same draws. A pair in which
            either is NaN (diverged) is left out, as is a single NaN where not paired.
        paired: whether the pairing is used.
        confidence: of the interval.

    Returns:
        Standard error and ends are NaN below two trainings.

    Examples:
        >>> before, after = np.array([10.0, 12.0, 14.0]), np.array([9.0, 11.0, 13.0])
        >>> for paired in (True, False):
        ...     found = relative_change(before, after, paired=paired)
        ...     print(f"{found.change:.1%} ({found.low:.1%} to {found.high:.1%})")
        -8.3% (-11.8% to -4.9%)
        -8.3% (-64.5% to 47.8%)
    """
    if paired:
        both = np.isfinite(before) & np.isfinite(after)
        before, after = before[both], after[both]
    else:
        before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    n = min(len(before), len(after))
    if n == 0:
        return RelativeChange(np.nan, np.nan, np.nan, np.nan, 0, paired)
    ratio = float(after.mean() / before.mean())
    if n == 1:
        return RelativeChange(ratio - 1, np.nan, np.nan, np.nan, 1, paired)
    if paired:
        variance = np.var(after - ratio * before, ddof=1) / n
    else:
        variance = np.var(after, ddof=1) / len(after) + ratio**2 * np.var(before, ddof=1) / len(before)
    error = float(np.sqrt(variance) / abs(before.mean()))
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    return RelativeChange(ratio - 1, error, ratio - 1 - reach, ratio - 1 + reach, n, paired)
