"""From a store to a DataFrame with one row a training."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.foreign import find_results
from sweep.console.progress import watch
from sweep.errors import FailedError
from sweep.store import Results, Store, open_store
from sweep.store.own import with_outcomes
from sweep.study import Study


def load(store: str | Store, run: str | None = None, *, study: Study | None = None) -> pd.DataFrame:
    """Every stored training of a study, one row each, by point in the study's order and then by repeat.

    Args:
        store: a store, or its URL or path as `sweep.store.open_store` takes it.
        run: identifier of the run whose study is read; the latest where left out.
        study: whose trainings are read, in place of a run's.

    Returns:
        Columns: the axis fields (the field `loss` as `loss_function`; named values as categories); `repeat`; `loss`,
        the total loss in nats × epochs (bce) or squared error × epochs (mse), NaN where diverged; `final_loss`, the
        mean loss at the trained parameters, likewise; `solved`, at the end; `solved_epoch`, the epochs to the first
        solution, missing where there was none; `diverged`; `accuracy`, the fraction of the rows that are right at the
        end, NaN where there is none. Trainings that are not stored yet have no row. Of another program's results there
        are `hidden_std_dev`, `repeat` (numbered here), `loss` and `diverged` alone.

    Raises:
        UsageError: the URL is none, or the store holds no such run.
        FailedError: the store cannot be read, or holds no run, or no training of it.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> trainings = load("sweep.sqlite3")
        >>> trainings.shape
        (300, 8)
        >>> trainings.groupby("hidden_std_dev")["loss"].median().round(1).to_dict()
        {0.5: 249.3, 1.0: 235.9, 2.0: 202.0}
    """
    if isinstance(store, str):
        with open_store(store) as opened:
            return load(opened, run, study=study)
    results: Results
    if study is None:
        results, study = find_results(store, run)
    else:
        results = with_outcomes(store, study)
    columns: dict[str, list[Any]] = {name: [] for name in results.fields}
    lengths = []
    for point in watch(study.points, "points read"):
        of_point = results.columns(point.identity, study.repeats, results.fields)
        lengths.append(len(of_point["repeat"]))
        for name, parts in columns.items():
            parts.append(of_point[name])
    if not sum(lengths):
        raise FailedError(
            f"{store.name} holds no training of this study yet; `python -m sweep.status` shows its command"
        )
    # A field's parts are let go as soon as they are joined: never are there two copies of more than one of them.
    joined: dict[str, Any] = {name: np.concatenate(columns.pop(name)) for name in results.fields}
    if "solved_epoch" in joined:
        joined["solved_epoch"] = pd.arrays.IntegerArray(joined["solved_epoch"], joined["solved_epoch"] < 0)
    return pd.DataFrame(_axis_columns(study, lengths) | joined, copy=False)


def _axis_columns(study: Study, lengths: list[int]) -> dict[str, Any]:
    """The axis fields of every training, where the points have so many trainings."""
    shape = [len(axis.values) for axis in study.axes]
    places = np.unravel_index(np.arange(len(study.points)), shape) if shape else ()
    columns: dict[str, Any] = {}
    for axis, place in zip(study.axes, places, strict=True):
        name = "loss_function" if axis.field == "loss" else axis.field
        codes = np.repeat(place, lengths)
        if isinstance(axis.values[0], float | int):
            columns[name] = np.array(axis.values)[codes]
        else:
            columns[name] = pd.Categorical.from_codes(codes, pd.Index(list(axis.values), tupleize_cols=False))
    return columns
