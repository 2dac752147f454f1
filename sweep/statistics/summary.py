"""From a store to a table with one row a point."""

from itertools import product

import numpy as np
import pandas as pd

from sweep.console.progress import watch
from sweep.statistics.estimate import estimate
from sweep.store import Results
from sweep.study import Study

POINTS_AT_ONCE = 25
"""So few that a bar moves while a large study is summed."""


def summarize(store: Results, study: Study) -> pd.DataFrame:
    """One row a point of the study, in its order; a point without records stays, with count 0.

    Columns: the axis fields; `mean`, `std` (sample standard deviation) and `standard_error` of the total loss over the
    `count` trainings that did not diverge, NaN where there are too few; `solved`, the fraction of all trainings, where
    it is known which; `diverged`, their number; and where any training has one, `accuracy`, the mean fraction of
    the rows that are right at the end. Of a function of the user's own every further outcome has its mean, by its name,
    and the standard error of that, with `_error` after it. Losses are in nats × epochs (bce) or squared error × epochs
    (mse), or as they are returned.

    Raises:
        StoreError: the store cannot be read.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> from analysis import find_study
        >>> from sweep.store import open_store
        >>> with open_store("sweep.sqlite3") as store:
        ...     table = summarize(store, find_study(store))
        >>> print(table[["hidden_std_dev", "mean", "count", "solved"]].round(2).to_string(index=False))
         hidden_std_dev   mean  count  solved
                    0.5 246.31    100    0.02
                    1.0 231.60    100    0.18
                    2.0 200.08    100    0.46
    """
    parts = [study.points[start : start + POINTS_AT_ONCE] for start in range(0, len(study.points), POINTS_AT_ONCE)]
    found = [
        one for part in watch(parts, "points summed") for one in estimate(store, part, [study.repeats] * len(part))
    ]
    names = [axis.field for axis in study.axes]
    coordinates = product(*(axis.values for axis in study.axes))
    rows = [dict(zip(names, values, strict=True)) | one.row() for values, one in zip(coordinates, found, strict=True)]
    table = pd.DataFrame(rows)
    if not study.knows_solved:
        table = table.drop(columns="solved")
    accuracy = [one.accuracy for one in found]
    if not np.isnan(accuracy).all():
        table = table.assign(accuracy=accuracy)
    return table.assign(**outcome_means(store, study))


def outcome_means(store: Results, study: Study) -> dict[str, list[float]]:
    """Means and standard errors of what a function of the user's own returned beside the loss, a number a point: of the
    outcome NAME the columns `NAME` and `NAME_error`; NaN where too few trainings have one."""
    columns: dict[str, list[float]] = {}
    for point in study.points if store.outcomes else ():
        read = store.columns(point.identity, study.repeats, store.outcomes)
        for name, values in read.items():
            known = values[np.isfinite(values)]
            error = float(np.std(known, ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
            columns.setdefault(name, []).append(float(known.mean()) if len(known) else np.nan)
            columns.setdefault(f"{name}_error", []).append(error)
    return columns
