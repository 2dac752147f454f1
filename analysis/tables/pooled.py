"""Values pooled from all trainings in place of each point's own, where a study can be pooled.

Every table that is pooled says so in its column `method`.
"""

import numpy as np
import pandas as pd

from analysis.tables.by_cell import Distribution, Distributions
from analysis.tables.curve import rows_of, spread_out
from analysis.tables.density import bin_names, share_bins
from analysis.tables.pooled_map import with_place
from sweep.statistics.answer import Answer
from sweep.statistics.curve import Curve
from sweep.statistics.inference import share_interval
from sweep.statistics.means import Numbers
from sweep.statistics.observed import ACCURACY, FINITE, LOSS, LOSS_OF_SOLVED, ONE, SOLVED
from sweep.statistics.pooled_map import PooledMap

METHOD = "pooled"
STUCK, LOSS_OF_STUCK = FINITE - SOLVED, LOSS - LOSS_OF_SOLVED
PARTS = {
    "mean": (LOSS, FINITE),
    "stuck": (STUCK, FINITE),
    "mean_stuck": (LOSS_OF_STUCK, STUCK),
    "mean_solved": (LOSS_OF_SOLVED, SOLVED),
    "part_stuck": (LOSS_OF_STUCK, FINITE),
    "part_solved": (LOSS_OF_SOLVED, FINITE),
}
"""Column -> what is summed up, over what."""


def with_minimum(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A table with the place of the minimum in every row; as it is where there is none."""
    if found.minimum is not None:
        return table.assign(minimum=found.minimum.spread.estimate)
    return with_place(table, found)


def with_pooled_solved(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """The table of the fraction solved, and of the accuracy where it has one, pooled where the study is."""
    if not is_pooled(found):
        return table
    rows = zip(*pooled_with_error(table, found, SOLVED, ONE), strict=True)
    solved, low, high = np.array([share_interval(*row) for row in rows]).reshape(-1, 3).T
    table = table.assign(solved=solved, solved_low=low, solved_high=high, method=METHOD)
    if "accuracy" not in table:
        return table
    accuracy, error, _ = pooled_with_error(table, found, ACCURACY, FINITE)
    return table.assign(accuracy=accuracy, accuracy_error=error)


def with_pooled_parts(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """The table of the parts of the mean with the place of the minimum, pooled where the study is."""
    table = with_minimum(table, found)
    if not is_pooled(found):
        return table
    columns = {name: pooled(table, found, *ratio) for name, ratio in PARTS.items()}
    return table.assign(**columns, method=METHOD)


def with_pooled_losses(table: pd.DataFrame, found: Answer, given: Distributions | None) -> pd.DataFrame:
    """The table of the distribution of the losses with the place of the minimum, pooled where distributions are."""
    table = with_minimum(table, found)
    if given is None or found.curve is None:
        return table
    rows = dict(zip(rows_of(table, found.curve).tolist(), given.loss.rows(), strict=True))
    nothing = np.empty(0, np.int64), np.empty(0)
    bins = share_bins([rows.get(row, nothing) for row in range(len(table))])
    mean = pooled(table, found, LOSS, FINITE)
    table = table.drop(columns=bin_names(table)).assign(mean=mean, **_quantiles(table, found, given.loss))
    return pd.concat([table.assign(method=METHOD), bins.set_index(table.index)], axis=1)


def with_pooled_epochs(table: pd.DataFrame, found: Answer, given: Distributions | None) -> pd.DataFrame:
    """The table of the epochs to the first solution, pooled where distributions are; `ever_solved` stays the number of
    a spread's own trainings."""
    if given is None or found.curve is None:
        return table
    share = spread_out(given.solved_epoch.total, rows_of(table, found.curve), len(table))
    return table.assign(share_ever_solved=share, **_quantiles(table, found, given.solved_epoch), method=METHOD)


def is_pooled(found: Answer) -> bool:
    """Whether the trainings of a study answer for all its points."""
    curve = found.curve
    return found.map is not None or (curve is not None and curve.pooled is not None and len(curve.values) > 0)


def pooled(table: pd.DataFrame, found: Answer, of: Numbers, over: Numbers) -> Numbers:
    """A pooled mean for every row of a table, NaN where no training counts."""
    if found.map is not None:
        return _of_pairs(found.map, found.map.pool.means(*found.map.values, of, over))
    return _along(table, found.curve, of, over)[0]


def pooled_with_error(table: pd.DataFrame, found: Answer, of: Numbers, over: Numbers) -> tuple[Numbers, ...]:
    """The same, its standard error and the effective number of trainings."""
    if found.map is not None:
        return tuple(_of_pairs(found.map, values) for values in found.map.pool.map(*found.map.values, of, over))
    return _along(table, found.curve, of, over)


def _of_pairs(given: PooledMap, values: Numbers) -> Numbers:
    return np.where(given.counts > 0, values, np.nan).ravel()


def _along(table: pd.DataFrame, curve: Curve | None, of: Numbers, over: Numbers) -> tuple[Numbers, ...]:
    if curve is None or curve.pooled is None:
        raise ValueError("the study is not pooled")
    places, at = rows_of(table, curve), curve.pooled(curve.values, of, over)
    return tuple(spread_out(values, places, len(table)) for values in (at.mean, at.standard_error, at.effective))


def _quantiles(table: pd.DataFrame, found: Answer, given: Distribution) -> dict[str, Numbers]:
    if found.curve is None:
        return {}
    places = rows_of(table, found.curve)
    return {name: spread_out(values, places, len(table)) for name, values in given.quantiles().items()}
