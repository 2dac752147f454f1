"""Rounds of trainings until a study's target is reached: train, measure, allocate, and again.

A round is decided on the repeats that the rounds before asked for, and on no others that a store may hold. So the same
rounds follow whatever was stored or interrupted before, and what is already stored is only not trained again.
"""

import math
from typing import NamedTuple

import numpy as np

from sweep.console.progress import Progress
from sweep.console.words import plural
from sweep.execution.dispatch import Workers
from sweep.statistics.allocate import (
    ERROR,
    Allocation,
    Flags,
    chances_lower,
    repeats_for_minimum,
    repeats_for_paired_minimum,
    repeats_for_rse,
)
from sweep.statistics.estimate import Counts, Estimates, estimate, gather
from sweep.store import Store
from sweep.store.stored import stored_repeats
from sweep.study import Study, Target, plan


class Outcome(NamedTuple):
    """How the rounds of a study ended.

    Attributes:
        n_rounds: rounds that were asked for.
        n_trained: trainings that were not stored before.
        repeats: trainings asked of every point (n,).
        is_open: the points (n,) that the cap kept from the target.
        estimates: of every point from these trainings.
    """

    n_rounds: int
    n_trained: int
    repeats: Counts
    is_open: Flags
    estimates: Estimates


def run_rounds(study: Study, store: Store, workers: Workers, progress: Progress) -> Outcome:
    """Train the rounds of a study with a target until it is reached or the cap allows no more.

    Raises:
        StoreError: the store could not be read or written.
        WorkerError: a worker process died.
    """
    target, n_points = _target(study), len(study.points)
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
        allocation = allocate(study, store, estimates)
        grown = np.flatnonzero(allocation.repeats > repeats)
        if not len(grown):
            return Outcome(n_rounds, n_trained, repeats, allocation.open, estimates)
        repeats, n_open = allocation.repeats, int(allocation.open.sum())
        later = int(np.maximum(allocation.needed - repeats, 0).sum())


def allocate(study: Study, store: Store, estimates: Estimates) -> Allocation:
    """What the next round should bring, by the study's target and the kind of its draws."""
    target = _target(study)
    if target.kind == "rse":
        return repeats_for_rse(estimates, target.value, study.repeats)
    if study.draws == "independent" or not np.isfinite(estimates.mean).any():
        return repeats_for_minimum(estimates, target.value, study.repeats)
    return _allocate_paired(study, store, estimates, target.value)


def _allocate_paired(study: Study, store: Store, estimates: Estimates, tolerance: float) -> Allocation:
    best = int(np.nanargmin(estimates.mean))
    slack = tolerance * abs(estimates.mean[best])
    gaps, shared = estimates.mean - estimates.mean[best], np.minimum(estimates.trainings, estimates.trainings[best])
    # Whatever their correlation, the error of a difference is at most the sum of both. Losses are read only of points
    # that even this does not rule out.
    errors = estimates.error + estimates.error[best]
    close = chances_lower(best, gaps, errors, slack) > ERROR / (100 * len(gaps))
    reference = store.records(study.points[best].identity, int(estimates.trainings[best])).loss
    for i in np.flatnonzero(close):
        difference = store.records(study.points[i].identity, int(shared[i])).loss - reference[: shared[i]]
        difference = difference[np.isfinite(difference)]
        if len(difference) > 1:
            gaps[i], errors[i] = difference.mean(), difference.std(ddof=1) / np.sqrt(len(difference))
    return repeats_for_paired_minimum(best, estimates.trainings, shared, gaps, errors, slack, study.repeats)


def describe_outcome(study: Study, store_name: str, outcome: Outcome) -> str:
    """How the rounds ended, in words, with what to do about points that the cap stopped."""
    target, repeats = _target(study), outcome.repeats
    n_points, n_open, n_void = len(repeats), int(outcome.is_open.sum()), int(np.isnan(outcome.estimates.mean).sum())
    spent = f"{repeats.sum():,} trainings, {repeats.min():,} to {repeats.max():,} a point"
    spent += f", {plural(outcome.n_rounds, 'round')}"
    lines = []
    if not outcome.n_trained:
        lines.append(f"All that the target asks for is already stored in {store_name}; nothing to compute.")
    if not n_open and n_void < n_points:
        lines.append(f"Target reached: {spent}.")
    elif n_open and target.kind == "rse":
        worst = np.nan_to_num(outcome.estimates.relative_error[outcome.is_open], nan=np.inf).max()
        lines.append(
            f"Target missed at {study.repeats:,} repeats: {n_open:,} of {n_points:,} points are above "
            f"{target.value:g}, the worst at {worst:.4g} ({spent}). Raise --max-repeats to {_enough(study, outcome):,}."
        )
    elif n_open:
        lines.append(
            f"Target missed at {study.repeats:,} repeats: {n_open:,} of {n_points:,} points may be lower than the best "
            f"({spent}). Raise --max-repeats, or allow more with --until-minimum."
        )
    if n_void:
        lines.append(f"{n_void:,} of {n_points:,} points got the first round alone: all their trainings diverged.")
    return "\n".join(lines)


def _enough(study: Study, outcome: Outcome) -> int:
    """Repeats that all points need by the estimates, rounded up to two digits."""
    needed = int(repeats_for_rse(outcome.estimates, _target(study).value, 10**9).needed.max())
    unit: int = 10 ** max(len(str(needed)) - 2, 0)
    return math.ceil(needed / unit) * unit


def _target(study: Study) -> Target:
    assert study.until is not None
    return study.until
