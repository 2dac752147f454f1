"""The tables that figures are drawn from, made in one pass over a study's trainings."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.tables.density import Cells, count_cells, share_bins
from analysis.tables.distribution import (
    epoch_quantiles,
    fraction_solved,
    loss_quantiles,
    mean_accuracy,
    parts_of_mean,
)
from sweep.console.progress import watch
from sweep.statistics.estimate import Estimate
from sweep.statistics.observed import has_accuracy
from sweep.statistics.summary import outcome_means
from sweep.store import Results
from sweep.study import Study

READ = ("loss", "solved", "solved_epoch")


class Tables(NamedTuple):
    """One row a point of the study each, in its order: the axis fields, what is named below, and (unless named) the
    number of trainings that count, `count`, and that `diverged`. Points without trainings stay, as NaN.

    Attributes:
        mean_loss: as `sweep.statistics.summary.summarize` gives it.
        loss_distribution: `mean`, `q05`, `q25`, `median`, `q75`, `q95` of the total loss and its shares by bin
            (`analysis.tables.density`).
        solved: `solved`, the fraction, with its 95 % interval `solved_low`, `solved_high`; of data sets with classes
            also the mean `accuracy` with its standard error `accuracy_error`.
        solved_epoch: the number `ever_solved`, the share `share_ever_solved` that these are, and the quantiles of the
            epochs that they took.
        mean_parts: the mean taken apart (`analysis.tables.distribution.parts_of_mean`).

    Where it is not known which trainings are solved, all but the first two mean nothing.
    """

    mean_loss: pd.DataFrame
    loss_distribution: pd.DataFrame
    solved: pd.DataFrame
    solved_epoch: pd.DataFrame
    mean_parts: pd.DataFrame


def make_tables(store: Results, study: Study) -> Tables:
    """Read every training of the study once, point by point, and make all tables.

    The memory used grows with the number of points and the trainings of one of them, not with their product.

    Raises:
        StoreError: the store cannot be read.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> from analysis import find_study
        >>> from sweep.store import open_store
        >>> with open_store("sweep.sqlite3") as store:
        ...     tables = make_tables(store, find_study(store))
        >>> print(tables.solved.round(3).to_string(index=False))
         hidden_std_dev  solved  solved_low  solved_high  count  diverged
                    0.5    0.02       0.006        0.070    100         0
                    1.0    0.18       0.117        0.267    100         0
                    2.0    0.46       0.366        0.557    100         0
    """
    rows: list[list[dict[str, float]]] = []
    cells: list[Cells] = []
    names = (*READ, *["accuracy"] * has_accuracy(study)) if study.knows_solved else ("loss",)
    for point in watch(study.points, "points read"):
        columns = store.columns(point.identity, study.repeats, names)
        loss = columns["loss"]
        solved = columns.get("solved", np.zeros(len(loss), bool))
        solved_epoch = columns.get("solved_epoch", np.full(len(loss), -1))
        accurate = mean_accuracy(columns["accuracy"]) if "accuracy" in columns else {}
        estimate = Estimate.from_losses(loss, solved)
        number = {"count": estimate.count, "diverged": estimate.diverged}
        cells.append(count_cells(loss))
        rows.append([
            estimate.row(),
            loss_quantiles(loss) | number,
            fraction_solved(solved) | accurate | number,
            epoch_quantiles(solved_epoch) | number,
            parts_of_mean(loss, solved) | number,
        ])  # fmt: skip
    where = coordinates(study)
    tables = [pd.concat([where, pd.DataFrame(list(of_one))], axis=1) for of_one in zip(*rows, strict=True)]
    tables[1] = pd.concat([tables[1], share_bins(cells)], axis=1)
    if not study.knows_solved:
        tables[0] = tables[0].drop(columns="solved").assign(**outcome_means(store, study))
    return Tables(*tables)


def coordinates(study: Study) -> pd.DataFrame:
    """The axis fields of every point of the study, a row a point, in its order.

    Examples:
        >>> from sweep import Axis, Recipe
        >>> print(coordinates(Study(Recipe(), (Axis("epochs", (10, 20)), Axis("loss", ("bce", "mse"))))).to_string())
           epochs loss
        0      10  bce
        1      10  mse
        2      20  bce
        3      20  mse
    """
    names = [axis.field for axis in study.axes]
    values: Any = list(product(*(axis.values for axis in study.axes)))
    return pd.DataFrame(
        {name: pd.Series([row[i] for row in values]) for i, name in enumerate(names)}, index=np.arange(len(values))
    )
