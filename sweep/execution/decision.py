"""Decides from what the rounds before measured what the next round of a study should bring."""

from typing import TYPE_CHECKING

import numpy as np

from sweep.statistics.allocate import (
    ERROR,
    Allocation,
    chances_lower,
    repeats_for_minimum,
    repeats_for_paired_minimum,
    repeats_for_rse,
)
from sweep.statistics.estimate import Estimates
from sweep.store import Store
from sweep.study import Study, Target
from sweep.study.overlap import draw_of, pooled_overlap
from sweep.study.target import LEAST_POINTS, has_places

if TYPE_CHECKING:
    from sweep.statistics.sharpness import Sharpness


def decide(study: Study, store: Store, estimates: Estimates) -> "tuple[Allocation, Sharpness | None]":
    """What the next round should bring, and how sharp the curve is, where one decides and shows a minimum."""
    target = target_of(study)
    if target.kind == "rse":
        return repeats_for_rse(estimates, target.value, study.repeats), None
    if target.kind == "spread" or (has_places(study.axes) and pooled_overlap(study.recipe, study.axes)):
        has_mean = np.isfinite(estimates.mean)
        if has_mean.sum() >= LEAST_POINTS:
            return _decide_on_curve(study, store, estimates)
        if target.kind == "spread":
            return Allocation(estimates.trainings, estimates.trainings, has_mean), None
    shares_draws = any(study.shares_draws(axis.field) for axis in study.axes)
    if shares_draws and np.isfinite(estimates.mean).any():
        return _decide_paired(study, store, estimates, target.value), None
    return repeats_for_minimum(estimates, target.value, study.repeats), None


def target_of(study: Study) -> Target:
    """The target of a study that has one."""
    assert study.until is not None
    return study.until


def _decide_on_curve(study: Study, store: Store, estimates: Estimates) -> "tuple[Allocation, Sharpness]":
    # These bring SciPy and pandas, which take longer to import than a small study to train.
    from sweep.statistics.answer import predicted_value
    from sweep.statistics.curve import read_curve
    from sweep.statistics.sharpness import find_sharpness, inform, repeats_for_sharpness
    from sweep.statistics.smoothing import BANDWIDTH

    target, (axis,) = target_of(study), study.axes
    curve = read_curve(store, study, estimates.trainings)
    found = find_sharpness(curve, predicted_value(study))
    reach = draw_of(study.recipe, axis.field).deviations[0] if curve.method == "pooled" else BANDWIDTH
    informing = inform(np.array(axis.values, float), found.place, reach) & np.isfinite(estimates.mean)
    return repeats_for_sharpness(found, target, informing, estimates.trainings, study.repeats), found


def _decide_paired(study: Study, store: Store, estimates: Estimates, tolerance: float) -> Allocation:
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
