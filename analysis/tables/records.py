"""From a store to a DataFrame with one row a training."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tables.foreign import find_results
from sweep.console.progress import watch
from sweep.errors import FailedError
from sweep.recipe.field import type_of
from sweep.store import Results, Store, Urls, open_store
from sweep.store.own import with_outcomes
from sweep.study import Axis, Study


def load(store: Urls | Store, run: str | None = None, *, study: Study | None = None) -> pd.DataFrame:
    """Every stored training of a study, one row each, by point in the study's order and then by repeat.

    Args:
        store: a store, or its URL or path as `sweep.store.open_store` takes it, or a sequence of these, read as one.
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
    if not isinstance(store, Store):
        with open_store(store) as opened:
            return load(opened, run, study=study)
    found = find_results(store, run) if study is None else (with_outcomes(store, study), study)
    return next(tables_of(*found))[1]


def tables_of(
    results: Results, study: Study, rows: float = math.inf
) -> Iterator[tuple[NDArray[np.int64], pd.DataFrame]]:
    """Every stored training of a study as `load` gives them, in tables of `rows` rows or a point's more; else in one.

    Yields:
        The number of each row's point (n,), and the table of n rows, 1 or more.

    Raises:
        FailedError: the store cannot be read, or holds no training of the study.
    """
    lengths: list[tuple[int, int]] = []
    columns: dict[str, list[Any]] = {}
    n_read = n_given = 0
    for number, point in enumerate(watch(study.points, "points read")):
        of_point = results.columns(point.identity, study.repeats, results.fields)
        for name, part in of_point.items():
            columns.setdefault(name, []).append(part)
        lengths.append((number, len(of_point["repeat"])))
        n_read += lengths[-1][1]
        if n_read - n_given >= rows:
            yield _joined(study, lengths, columns)
            lengths, n_given = [], n_read
    if not n_read:
        raise FailedError(
            f"{results.name} holds no training of this study yet; `python -m sweep.status` shows its command"
        )
    if n_read > n_given:
        yield _joined(study, lengths, columns)


def _joined(
    study: Study, lengths: Sequence[tuple[int, int]], columns: dict[str, list[Any]]
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """What was read of points, each with its number of trainings; the parts of `columns` are taken out of it."""
    places = np.repeat(*np.array(lengths, np.int64).T)
    # A field's parts are let go as soon as they are joined: never are there two copies of more than one of them.
    joined: dict[str, Any] = {name: np.concatenate(columns.pop(name)) for name in list(columns)}
    if "solved_epoch" in joined:
        joined["solved_epoch"] = pd.arrays.IntegerArray(joined["solved_epoch"], joined["solved_epoch"] < 0)
    shape = [len(axis.values) for axis in study.axes]
    of_axes = np.unravel_index(places, shape) if shape else ()
    swept = {column_of(axis): _values(study, axis, codes) for axis, codes in zip(study.axes, of_axes, strict=True)}
    return places, pd.DataFrame(swept | joined, copy=False)


def column_of(axis: Axis) -> str:
    """The name of an axis's column: the field `loss` is not the loss."""
    return "loss_function" if axis.field == "loss" else axis.field


def _values(study: Study, axis: Axis, codes: Any) -> Any:
    """A value of an axis for every training: numbers of their field's type, what has a name as categories."""
    if all(isinstance(value, float | int) for value in axis.values):
        whole = type_of(axis.field, study.recipe) in (bool, int)
        numbers = np.array(axis.values, None if whole else np.float64)
        if numbers.dtype != object:
            return numbers[codes]
    return pd.Categorical.from_codes(codes, pd.Index(list(axis.values), tupleize_cols=False))
