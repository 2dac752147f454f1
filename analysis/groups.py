"""From a store to a DataFrame with one row a point."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.foreign_study import ForeignStudy
from sweep.console.progress import watch
from sweep.errors import FailedError, UsageError
from sweep.estimate import estimate_one, moments_below
from sweep.store import Moments, Results, Store
from sweep.study import Point, Study

POINTS_AT_ONCE = 25
"""So few that a bar moves while a large study is summed."""


def find_run(store: Store, run: str | None = None) -> dict[str, Any]:
    """The record of the latest run, or of the run with that identifier.

    Raises:
        FailedError: the store holds no run.
        UsageError: it holds no run of that identifier.
    """
    runs = store.runs()
    if not runs:
        beside = f", only {store.foreign():,} results of other programs" if store.foreign() else ""
        raise FailedError(f"{store.name} holds no run yet{beside}; start one with `python -m sweep.run`")
    chosen = [known for known in runs if run in (None, known["id"])]
    if not chosen:
        raise UsageError(
            f"run was given as {run!r}, which {store.name} does not hold; `python -m sweep.status` lists runs"
        )
    return chosen[-1]


def find_study(store: Store, run: str | None = None) -> Study:
    """The study of the run that `find_run` finds, with its errors."""
    return Study.from_dict(find_run(store, run)["study"])


def incomplete(table: pd.DataFrame, study: Study) -> str:
    """How many trainings are missing, in words; empty where none are.

    A study with a target has no number of trainings to be complete: it lacks what its first round does.

    Args:
        table: with the columns `count` and `diverged`, one row a point.
        study: whose table it is.
    """
    if isinstance(study, ForeignStudy):
        return ""  # nobody knows how many were asked for
    asked = study.repeats if study.until is None else study.until.first_round
    missing = int(np.maximum(asked - table["count"] - table["diverged"], 0).sum())
    whole = "" if study.until is None else "the first round's "
    return f"INCOMPLETE: {missing:,} of {whole}{asked * len(table):,} trainings are missing" if missing else ""


def summarize(store: Results, study: Study) -> pd.DataFrame:
    """One row a point of the study, in its order; a point without records stays, with count 0.

    Columns: the axis fields; `mean`, `std` (sample standard deviation) and `standard_error` of the total loss over the
    `count` trainings that did not diverge, NaN where there are too few; `solved`, the fraction of all trainings (NaN
    where it is not known); `diverged`, their number.
    """
    parts = [study.points[start : start + POINTS_AT_ONCE] for start in range(0, len(study.points), POINTS_AT_ONCE)]
    found = [
        moments
        for part in watch(parts, "points summed")
        for moments in moments_below(store, part, [study.repeats] * len(part))
    ]
    names = [axis.field for axis in study.axes]
    coordinates = product(*(axis.values for axis in study.axes))
    rows = [
        dict(zip(names, values, strict=True)) | _statistics(store, point, moments, study.repeats)
        for values, point, moments in zip(coordinates, study.points, found, strict=True)
    ]
    return pd.DataFrame(rows)


def _statistics(store: Results, point: Point, moments: Moments, below: int) -> dict[str, float]:
    mean, variance = estimate_one(store, point, moments, below)
    count, std = moments.count - moments.diverged, np.sqrt(variance)
    return {
        "mean": mean,
        "std": std,
        "count": count,
        "standard_error": std / np.sqrt(count) if count else np.nan,
        "solved": moments.solved / moments.count if moments.count else np.nan,
        "diverged": moments.diverged,
    }
