"""The published claims against what is measured here."""

import numpy as np

from analysis.claims.verdict import FAILS, MISSING, Finding, below_verdict, needed, number_verdict
from sweep.statistics.compare import find_column
from sweep.statistics.inference import Interval, mean_interval, relative_change
from sweep.statistics.losses import Array, Losses
from sweep.statistics.minimum import LEAST_POINTS, Minimum, find_minimum

SOURCE = "gustaw"
CLAIMS = {
    "G1": "hidden_std_dev 1/√2 instead of 1 lowers the mean total loss by 8.5 %",
    "G2": "going on from 1/√2 to 0.6 lowers it by a further 1.1 %",
    "G3": "the minimum of the mean-loss curve lies at 0.6",
    "G4": "the total loss of a network that fails to learn is about 27,000 (4 · 10⁴ · ln 2)",
    "G5": "the spread changes how well training converges; Xavier's 1/√2 is near the optimum",
}
TOO_FEW = f"fewer than {LEAST_POINTS} spreads around it were swept, or one training each"
NEAR = 0.02
"""A swept spread within 2 % stands for the claimed one."""


def gustaw_findings(given: Losses) -> list[Finding]:
    """G1 to G5; it must be known what was solved."""
    assert given.solved is not None
    lowest = find_minimum(given, 2**-0.5) if has_minimum(given) else None
    return [
        change_finding("G1", given, 1.0, 2**-0.5, 0.085),
        change_finding("G2", given, 2**-0.5, 0.6, 0.011),
        minimum_finding(given, lowest),
        stuck_finding(given.losses[np.isfinite(given.losses) & ~given.solved]),
        optimum_finding(given, lowest),
    ]


def change_finding(key: str, given: Losses, before: float, after: float, lowers_by: float) -> Finding:
    """G1 and G2: by how much the mean falls from one spread to another, at the swept spreads nearest to them."""
    columns = [find_column(given, spread, nearest=True) for spread in (before, after)]
    found = [float(given.spreads[column]) for column in columns]
    if any(abs(swept / asked - 1) > NEAR for swept, asked in zip(found, (before, after), strict=True)):
        missing = f"no spreads within 2 % of {before:.4g} and {after:.4g} were swept"
        return Finding(key, SOURCE, CLAIMS[key], missing, 0, MISSING)
    change = relative_change(*(given.losses[:, column] for column in columns), paired=given.paired)
    if change.n < 2:
        return Finding(key, SOURCE, CLAIMS[key], "one training a point does not tell", 0, MISSING)
    fall = Interval(-change.change, -change.high, -change.low)
    verdict = number_verdict(fall, lowers_by, digit=0.001)
    measured = f"from {found[0]:.4f} to {found[1]:.4f} it falls by {percent(fall)}"
    return Finding(key, SOURCE, CLAIMS[key], measured + more(verdict, fall, lowers_by, change.n), 2 * change.n, verdict)


def minimum_finding(given: Losses, lowest: Minimum | None) -> Finding:
    """G3."""
    if lowest is None:
        return Finding("G3", SOURCE, CLAIMS["G3"], TOO_FEW, 0, MISSING)
    where = lowest.spread
    verdict = number_verdict(where, 0.6, digit=0.1)
    measured = (
        f"the smoothed curve is lowest at {where.estimate:.3f} ({where.low:.3f} to {where.high:.3f}); "
        f"the lowest single mean is at {lowest.naive_spread:.3f}"
    )
    measured += more(verdict, where, 0.6, lowest.n)
    return Finding("G3", SOURCE, CLAIMS["G3"], measured, n_trained(given), verdict)


def has_minimum(given: Losses) -> bool:
    """Whether there are enough spreads with a mean, and trainings, to tell a minimum."""
    n = np.isfinite(given.losses).sum(axis=0)
    return bool((n > 0).sum() >= LEAST_POINTS and given.spreads[n > 0].min() > 0 and n.max() > 1)


def stuck_finding(losses: Array) -> Finding:
    """G4, from the total losses of the networks that do not solve XOR."""
    if len(losses) < 2:
        return Finding("G4", SOURCE, CLAIMS["G4"], "fewer than two networks failed to learn", len(losses), MISSING)
    stuck = mean_interval(losses)
    measured = (
        f"{stuck.estimate:,.0f} ({stuck.low:,.0f} to {stuck.high:,.0f}) on average; the loss that is summed is a mean "
        f"over the 4 rows, so ln 2 throughout makes 10⁴ · ln 2 = {1e4 * np.log(2):,.0f}"
    )
    return Finding("G4", SOURCE, CLAIMS["G4"], measured, len(losses), number_verdict(stuck, 27_000, digit=5_400))


def optimum_finding(given: Losses, lowest: Minimum | None) -> Finding:
    """G5."""
    if lowest is None or not given.spreads[0] <= 2**-0.5 <= given.spreads[-1]:
        return Finding("G5", SOURCE, CLAIMS["G5"], TOO_FEW, 0, MISSING)
    above = Interval(*(1 / (1 + gain) - 1 for gain in (lowest.gain.estimate, lowest.gain.high, lowest.gain.low)))
    means = np.nanmean(given.losses, axis=0)
    measured = (
        f"at Xavier's the smoothed mean is {percent(above)} above the lowest; "
        f"the worst swept spread's is {means.max() / lowest.mean:.1f} times the lowest"
    )
    verdict = FAILS if means.max() / lowest.mean < 1.05 else below_verdict(above, 0.05)
    return Finding("G5", SOURCE, CLAIMS["G5"], measured, n_trained(given), verdict)


def n_trained(given: Losses) -> int:
    """Number of trainings that count in a mean."""
    return int(np.isfinite(given.losses).sum())


def percent(value: Interval) -> str:
    """An interval in percent."""
    return f"{value.estimate:.2%} ({value.low:.2%} to {value.high:.2%})"


def more(verdict: str, measured: Interval, claimed: float, n: int) -> str:
    """How many trainings would resolve what is not resolved."""
    if "resolved" not in verdict or not np.isfinite(measured.low):
        return ""
    return f"; about {needed(measured, claimed, n):,} trainings a point would resolve it"
