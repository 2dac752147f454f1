"""From a store to a DataFrame with one row a point."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.progress import with_progress
from sweep.errors import FailedError, UsageError
from sweep.store import Moments, Store
from sweep.study import Point, Study

NO_RECORDS = Moments(0, 0, 0, 0.0, 0.0)

POINTS_AT_ONCE = 25
"""So few that a bar moves while a large study is summed."""
EXACT_BELOW = 1e-7
"""Sums of squares lose all digits of a variance below 1e-16 of the squared mean; below this share it is recomputed."""


def find_run(store: Store, run: str | None = None) -> dict[str, Any]:
    """The record of the latest run, or of the run with that identifier.

    Raises:
        FailedError: the store holds no run.
        UsageError: it holds no run of that identifier.
    """
    runs = store.runs()
    if not runs:
        raise FailedError(f"{store.name} holds no run yet; start one with `python -m sweep.run`")
    chosen = [known for known in runs if run in (None, known["id"])]
    if not chosen:
        raise UsageError(
            f"run was given as {run!r}, which {store.name} does not hold; `python -m sweep.status` lists runs"
        )
    return chosen[-1]


def find_study(store: Store, run: str | None = None) -> Study:
    """The study of the run that `find_run` finds, with its errors."""
    return Study.from_dict(find_run(store, run)["study"])


def summarize(store: Store, study: Study) -> pd.DataFrame:
    """One row a point of the study, in its order; a point without records stays, with count 0.

    Columns: the axis fields; `mean`, `std` (sample standard deviation) and `standard_error` of the total loss over the
    `count` trainings that did not diverge, NaN where there are too few; `solved`, the fraction of all trainings;
    `diverged`, their number.
    """
    identities = [point.identity for point in study.points]
    parts = [identities[start : start + POINTS_AT_ONCE] for start in range(0, len(identities), POINTS_AT_ONCE)]
    moments: dict[str, Moments] = {}
    for part in with_progress(parts, "points summed"):
        moments |= store.moments(part, study.repeats)
    names = [axis.field for axis in study.axes]
    coordinates = product(*(axis.values for axis in study.axes))
    rows = [
        dict(zip(names, values, strict=True))
        | _statistics(store, study, point, moments.get(point.identity, NO_RECORDS))
        for point, values in zip(study.points, coordinates, strict=True)
    ]
    return pd.DataFrame(rows)


def _statistics(store: Store, study: Study, point: Point, moments: Moments) -> dict[str, float]:
    count = moments.count - moments.diverged
    mean = moments.loss_sum / count if count else np.nan
    variance = max(moments.loss_sum_of_squares - count * mean**2, 0) / (count - 1) if count > 1 else np.nan
    if variance < EXACT_BELOW * mean**2:
        loss = store.columns(point.identity, study.repeats, ["loss"])["loss"]
        variance = float(np.nanvar(loss - np.nanmin(loss), ddof=1))
    std = np.sqrt(variance)
    return {
        "mean": mean,
        "std": std,
        "count": count,
        "standard_error": std / np.sqrt(count) if count else np.nan,
        "solved": moments.solved / moments.count if moments.count else np.nan,
        "diverged": moments.diverged,
    }
