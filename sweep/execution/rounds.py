"""Rounds of trainings until a study's target is reached: train, measure, allocate, and again.

A round is decided on the repeats that the rounds before asked for, and on no others that a store may hold. So the same
rounds follow whatever was stored or interrupted before, and what is already stored is only not trained again.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sweep.console.progress import Progress
from sweep.console.words import plural
from sweep.execution.decision import decide, target_of
from sweep.execution.dispatch import Workers
from sweep.statistics.allocate import Flags, repeats_for_rse
from sweep.statistics.estimate import Counts, Estimates, estimate, gather
from sweep.store import Store
from sweep.store.stored import stored_repeats
from sweep.study import Study, plan
from sweep.study.target import LEAST_POINTS

if TYPE_CHECKING:
    from sweep.statistics.sharpness import Sharpness


class Outcome(NamedTuple):
    """How the rounds of a study ended.

    Attributes:
        n_rounds: rounds that were asked for.
        n_trained: trainings that were not stored before.
        repeats: trainings asked of every point (n,).
        is_open: the points (n,) that the cap kept from the target.
        estimates: of every point from these trainings.
        sharpness: of the curve, where the target is about one.
    """

    n_rounds: int
    n_trained: int
    repeats: Counts
    is_open: Flags
    estimates: Estimates
    sharpness: "Sharpness | None"


def run_rounds(study: Study, store: Store, workers: Workers, progress: Progress) -> Outcome:
    """Train the rounds of a study with a target until it is reached or the cap allows no more.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a worker process died.
    """
    target, n_points = target_of(study), len(study.points)
    repeats = np.full(n_points, target.first_round, np.int64)
    grown = np.arange(n_points)
    estimates = Estimates(np.zeros(n_points), np.zeros(n_points), np.zeros_like(repeats), np.zeros_like(repeats))
    n_rounds, n_trained, n_open, later = 0, 0, n_points, 0
    while True:
        n_rounds += 1
        asked = {study.points[i].identity: int(repeats[i]) for i in grown}
        stored = stored_repeats(store, study, asked)
        n_missing = sum(asked.values()) - sum(map(len, stored.values()))
        if n_missing:
            progress.start_round(n_rounds, n_open, n_points, n_missing + later)
            workers.run(plan(study, stored, asked), n_missing)
        n_trained += n_missing
        measured = gather(estimate(store, [study.points[i] for i in grown], repeats[grown]))
        for known, new in zip(estimates, measured, strict=True):
            known[grown] = new
        allocation, sharpness = decide(study, store, estimates)
        grown = np.flatnonzero(allocation.repeats > repeats)
        if not len(grown):
            return Outcome(n_rounds, n_trained, repeats, allocation.open, estimates, sharpness)
        repeats, n_open = allocation.repeats, int(allocation.open.sum())
        later = int(np.maximum(allocation.needed - repeats, 0).sum())


def describe_outcome(study: Study, store_name: str, outcome: Outcome) -> str:
    """How the rounds ended, in words, with what to do about points that the cap stopped."""
    target, repeats = target_of(study), outcome.repeats
    n_points, n_open, n_void = len(repeats), int(outcome.is_open.sum()), int(np.isnan(outcome.estimates.mean).sum())
    spent = f"{repeats.sum():,} trainings, {repeats.min():,} to {repeats.max():,} a point"
    spent += f", {plural(outcome.n_rounds, 'round')}"
    missed = f"Target missed at {study.repeats:,} repeats: "
    lines = []
    if not outcome.n_trained:
        lines.append(f"All that the target asks for is already stored in {store_name}; nothing to compute.")
    if not n_open and n_void < n_points:
        lines.append(f"Target reached: {spent}.")
    elif n_open and outcome.sharpness is not None:
        found = outcome.sharpness
        known = (
            f"the mean at the minimum found may be {found.above:.2%} above the lowest"
            if target.kind == "minimum"
            else f"the interval of the minimum reaches {found.reach:.2%} from it"
        )
        lines.append(f"{missed}{known} ({spent}). Raise --max-repeats to {_enough(study, outcome):,}.")
    elif n_open and target.kind == "spread":
        lines.append(
            f"Target missed: {n_points - n_void:,} of {n_points:,} values have a mean, and a minimum needs "
            f"{LEAST_POINTS} or more ({spent}). Sweep values at which trainings do not diverge."
        )
    elif n_open and target.kind == "rse":
        worst = np.nan_to_num(outcome.estimates.relative_error[outcome.is_open], nan=np.inf).max()
        lines.append(
            f"{missed}{n_open:,} of {n_points:,} points are above "
            f"{target.value:g}, the worst at {worst:.4g} ({spent}). Raise --max-repeats to {_enough(study, outcome):,}."
        )
    elif n_open:
        lines.append(
            f"{missed}{n_open:,} of {n_points:,} points may be lower than the best "
            f"({spent}). Raise --max-repeats, or allow more with --until-minimum."
        )
    if n_void:
        lines.append(f"{n_void:,} of {n_points:,} points got the first round alone: all their trainings diverged.")
    return "\n".join(lines)


def _enough(study: Study, outcome: Outcome) -> int:
    """Repeats that all open points need by the estimates, rounded up to two digits."""
    target = target_of(study)
    if outcome.sharpness is None:
        needed = int(repeats_for_rse(outcome.estimates, target.value, 10**9).needed.max())
    else:
        needed = math.ceil(outcome.sharpness.times_more(target) * outcome.repeats[outcome.is_open].max())
    unit: int = 10 ** max(len(str(needed)) - 2, 0)
    return math.ceil(needed / unit) * unit
