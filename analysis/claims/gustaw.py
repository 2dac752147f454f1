"""Judges the claims about the sweep of `gustaw` by the losses of its widest sweep in a store."""

from typing import NamedTuple

import numpy as np

from analysis.claims.verdict import FAILS, MISSING, Claim, Judged, below_verdict, needed, number_verdict
from sweep.statistics.compare import compare_on_curve
from sweep.statistics.curve import Curve
from sweep.statistics.inference import Interval, mean_interval
from sweep.statistics.losses import Losses
from sweep.statistics.minimum import LEAST_POINTS, Minimum, find_minimum, has_minimum

XAVIER = 2**-0.5
TOO_FEW = f"fewer than {LEAST_POINTS} spreads around it were swept, or one training each"


class Sweep(NamedTuple):
    """A sweep of `gustaw`: its losses, of which it is known what was solved, their curve, and its minimum."""

    losses: Losses
    curve: Curve
    lowest: Minimum | None


def measure(losses: Losses, curve: Curve) -> Sweep:
    """The sweep that the claims are judged by."""
    enough = has_minimum(curve) and curve.counts.max() > 1
    return Sweep(losses, curve, find_minimum(curve, XAVIER) if enough else None)


def change_from_one_to_xavier(claim: Claim, sweep: Sweep) -> Judged:
    """Judge by how much the mean falls from spread 1 to Xavier's."""
    return _change(claim, sweep, 1.0, XAVIER)


def change_from_xavier_to_minimum(claim: Claim, sweep: Sweep) -> Judged:
    """Judge by how much the mean falls from Xavier's spread to 0.6, the published minimum."""
    return _change(claim, sweep, XAVIER, 0.6)


def _change(claim: Claim, sweep: Sweep, before: float, after: float) -> Judged:
    """Judge a fall of the mean from one spread to another."""
    if sweep.lowest is None:
        return Judged(TOO_FEW, 0, MISSING)
    swept = sweep.curve.values
    if not swept[0] <= after < before <= swept[-1]:
        return Judged(f"{before:.4g} and {after:.4g} are not both within what was swept", 0, MISSING)
    ((_, _, change, _),) = compare_on_curve(sweep.curve, [before, after])
    fall = Interval(-change.change, -change.high, -change.low)
    verdict = number_verdict(fall, claim.number, claim.digit)
    measured = f"from {before:.4f} to {after:.4f} it falls by {percent(fall)}"
    return Judged(measured + more(verdict, fall, claim.number, sweep), sweep.curve.trainings, verdict)


def place_of_minimum(claim: Claim, sweep: Sweep) -> Judged:
    """Judge where the mean is lowest."""
    if sweep.lowest is None:
        return Judged(TOO_FEW, 0, MISSING)
    where = sweep.lowest.spread
    verdict = number_verdict(where, claim.number, claim.digit)
    measured = (
        f"the {sweep.lowest.method} curve is lowest at {where.estimate:.3f} ({where.low:.3f} to {where.high:.3f})"
    )
    measured += more(verdict, where, claim.number, sweep)
    return Judged(measured, sweep.curve.trainings, verdict)


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
    curve, lowest = sweep.curve, sweep.lowest
    if lowest is None or not curve.values[0] <= XAVIER <= curve.values[-1]:
        return Judged(TOO_FEW, 0, MISSING)
    above = Interval(*(1 / (1 + gain) - 1 for gain in (lowest.gain.estimate, lowest.gain.high, lowest.gain.low)))
    worst = lowest.curve.max() / lowest.mean.estimate
    measured = (
        f"at Xavier's the mean is {percent(above)} above the lowest; "
        f"the worst swept spread's is {worst:.1f} times the lowest"
    )
    verdict = FAILS if worst < 1 + claim.number else below_verdict(above, claim.number)
    return Judged(measured, curve.trainings, verdict)


def percent(value: Interval) -> str:
    """An interval in percent."""
    return f"{value.estimate:.2%} ({value.low:.2%} to {value.high:.2%})"


def more(verdict: str, measured: Interval, claimed: float, sweep: Sweep) -> str:
    """How many trainings would resolve what is not resolved."""
    if "resolved" not in verdict or not np.isfinite(measured.low):
        return ""
    n = needed(measured, claimed, int(sweep.curve.counts.max()))
    return f"; about {n:,} trainings a point would resolve it"
