"""Judges the claims about the sweep of `gustaw` by the losses of its widest sweep in a store."""

from typing import NamedTuple

import numpy as np

from analysis.claims.verdict import FAILS, MISSING, Claim, Judged, below_verdict, needed, number_verdict
from sweep.statistics.compare import find_column
from sweep.statistics.inference import Interval, mean_interval, relative_change
from sweep.statistics.losses import Losses
from sweep.statistics.minimum import LEAST_POINTS, Minimum, find_minimum

XAVIER = 2**-0.5
TOO_FEW = f"fewer than {LEAST_POINTS} spreads around it were swept, or one training each"
NEAR = 0.02
"""A swept spread within 2 % stands for the claimed one."""


class Sweep(NamedTuple):
    """A sweep of `gustaw`: its losses, of which it is known what was solved, and their minimum where there is one."""

    losses: Losses
    lowest: Minimum | None


def measure(losses: Losses) -> Sweep:
    """The sweep that the claims are judged by."""
    n = np.isfinite(losses.losses).sum(axis=0)
    enough = (n > 0).sum() >= LEAST_POINTS and losses.spreads[n > 0].min() > 0 and n.max() > 1
    return Sweep(losses, find_minimum(losses, XAVIER) if enough else None)


def change_from_one_to_xavier(claim: Claim, sweep: Sweep) -> Judged:
    """Judge by how much the mean falls from spread 1 to Xavier's."""
    return _change(claim, sweep.losses, 1.0, XAVIER)


def change_from_xavier_to_minimum(claim: Claim, sweep: Sweep) -> Judged:
    """Judge by how much the mean falls from Xavier's spread to 0.6, the published minimum."""
    return _change(claim, sweep.losses, XAVIER, 0.6)


def _change(claim: Claim, given: Losses, before: float, after: float) -> Judged:
    """Judge a fall of the mean from one spread to another, at the swept spreads nearest to them."""
    columns = [find_column(given, spread, nearest=True) for spread in (before, after)]
    found = [float(given.spreads[column]) for column in columns]
    if any(abs(swept / asked - 1) > NEAR for swept, asked in zip(found, (before, after), strict=True)):
        return Judged(f"no spreads within 2 % of {before:.4g} and {after:.4g} were swept", 0, MISSING)
    change = relative_change(*(given.losses[:, column] for column in columns), paired=given.paired)
    if change.n < 2:
        return Judged("one training a point does not tell", 0, MISSING)
    fall = Interval(-change.change, -change.high, -change.low)
    verdict = number_verdict(fall, claim.number, claim.digit)
    measured = f"from {found[0]:.4f} to {found[1]:.4f} it falls by {percent(fall)}"
    return Judged(measured + more(verdict, fall, claim.number, change.n), 2 * change.n, verdict)


def place_of_minimum(claim: Claim, sweep: Sweep) -> Judged:
    """Judge where the mean is lowest."""
    if sweep.lowest is None:
        return Judged(TOO_FEW, 0, MISSING)
    where = sweep.lowest.spread
    verdict = number_verdict(where, claim.number, claim.digit)
    measured = (
        f"the smoothed curve is lowest at {where.estimate:.3f} ({where.low:.3f} to {where.high:.3f}); "
        f"the lowest single mean is at {sweep.lowest.naive_spread:.3f}"
    )
    measured += more(verdict, where, claim.number, sweep.lowest.n)
    return Judged(measured, n_trained(sweep.losses), verdict)


def loss_of_the_stuck(claim: Claim, sweep: Sweep) -> Judged:
    """Judge the mean total loss of the networks that do not solve XOR."""
    given = sweep.losses
    assert given.solved is not None
    losses = given.losses[np.isfinite(given.losses) & ~given.solved]
    if len(losses) < 2:
        return Judged("fewer than two networks failed to learn", len(losses), MISSING)
    stuck = mean_interval(losses)
    measured = (
        f"{stuck.estimate:,.0f} ({stuck.low:,.0f} to {stuck.high:,.0f}) on average; the loss that is summed is a mean "
        f"over the 4 rows, so ln 2 throughout makes 10⁴ · ln 2 = {1e4 * np.log(2):,.0f}"
    )
    return Judged(measured, len(losses), number_verdict(stuck, claim.number, claim.digit))


def xavier_near_the_optimum(claim: Claim, sweep: Sweep) -> Judged:
    """Judge whether the spread matters, and whether the mean at Xavier's is near the lowest."""
    given, lowest = sweep
    if lowest is None or not given.spreads[0] <= XAVIER <= given.spreads[-1]:
        return Judged(TOO_FEW, 0, MISSING)
    above = Interval(*(1 / (1 + gain) - 1 for gain in (lowest.gain.estimate, lowest.gain.high, lowest.gain.low)))
    means = np.nanmean(given.losses, axis=0)
    measured = (
        f"at Xavier's the smoothed mean is {percent(above)} above the lowest; "
        f"the worst swept spread's is {means.max() / lowest.mean:.1f} times the lowest"
    )
    verdict = FAILS if means.max() / lowest.mean < 1 + claim.number else below_verdict(above, claim.number)
    return Judged(measured, n_trained(given), verdict)


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
