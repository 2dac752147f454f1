"""Which run of a store is read, and what its trainings lack."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.foreign_study import ForeignStudy
from sweep.errors import FailedError, UsageError
from sweep.store import Store
from sweep.store.data_sets import data_of, have_data
from sweep.store.provenance import recorded_runs, recorded_study
from sweep.study import Study


def find_run(store: Store, run: str | None = None) -> dict[str, Any]:
    """The record of the latest run, or of the run with that identifier.

    Raises:
        FailedError: the store holds no run.
        UsageError: it holds no run of that identifier.
    """
    runs = recorded_runs(store)
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
    """The study of the latest run of a store, or of the run with that identifier.

    Raises:
        FailedError: the store holds no run, or cannot be read.
        UsageError: it holds no run of that identifier.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> from sweep.store import open_store
        >>> with open_store("sweep.sqlite3") as store:
        ...     study = find_study(store)
        >>> study.axes, study.repeats
        ((Axis(field='hidden_std_dev', values=(0.5, 1.0, 2.0)),), 100)
    """
    return study_of(store, find_run(store, run))


def study_of(store: Store, run: Mapping[str, Any]) -> Study:
    """The study of a run's record, with the data sets that it trains on at hand.

    Raises:
        FailedError: the store lacks one, or cannot be read.
    """
    study = recorded_study(store, run)
    have_data(store, data_of(study))
    return study


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
