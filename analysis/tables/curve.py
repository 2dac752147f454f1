"""What the curve of a study adds to its tables: pooled means in place of plain ones, and the minimum."""

import numpy as np
import pandas as pd

from sweep.statistics.answer import Answer
from sweep.statistics.curve import Curve
from sweep.statistics.inference import normal_interval
from sweep.statistics.observed import FINITE, LOSS, LOSS_OF_SOLVED, ONE, SOLVED
from sweep.statistics.pooling import Numbers, Pooled

MINIMUM = ("minimum", "minimum_low", "minimum_high")
GAIN = ("gain", "gain_low", "gain_high")


def with_curve(summary: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A summary with the curve at every value, and what the curve says of the minimum in every row.

    Added are `curve` and `curve_error`, the curve's mean and its standard error; `effective`, the trainings that it is
    effectively of; `method`, "pooled" or "smoothed"; `minimum` with its interval, `minimum_low` and `minimum_high`; and
    `gain`, over Xavier's prediction, with `gain_low` and `gain_high`. Nothing is added where there is no minimum.
    """
    if found.minimum is None or found.curve is None:
        return summary
    curve = found.curve
    at = curve.at(curve.values)
    columns = {"curve": at.mean, "curve_error": at.standard_error, "effective": at.effective}
    places = rows_of(summary, curve)
    return summary.assign(
        **{name: spread_out(values, places, len(summary)) for name, values in columns.items()},
        method=curve.method,
        **dict(zip(MINIMUM, found.minimum.spread, strict=True)),
        **dict(zip(GAIN, found.minimum.gain, strict=True)),
    )


def with_minimum(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A table with the place of the minimum in every row, and with pooled values in its column `mean` where the curve
    is pooled; as it is where there is no minimum."""
    if found.minimum is None or found.curve is None:
        return table
    table = table.assign(minimum=found.minimum.spread.estimate)
    if found.curve.pooled is None:
        return table
    mean = found.curve.at(found.curve.values).mean
    return table.assign(mean=spread_out(mean, rows_of(table, found.curve), len(table)))


def with_pooled_solved(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """The table of the fraction solved, pooled with its interval where the curve is pooled."""
    if found.curve is None or found.curve.pooled is None:
        return table
    curve, places = found.curve, rows_of(table, found.curve)
    at = found.curve.pooled(curve.values, SOLVED, ONE)
    intervals = [normal_interval(*one) for one in zip(at.mean, at.standard_error, strict=True)]
    columns = np.clip(np.array(intervals).reshape(-1, 3).T, 0, 1)
    names = ("solved", "solved_low", "solved_high")
    return table.assign(
        **{name: spread_out(values, places, len(table)) for name, values in zip(names, columns, strict=True)}
    )


def with_pooled_parts(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """The table of the parts of the mean with the place of the minimum, pooled where the curve is pooled."""
    table = with_minimum(table, found)
    if found.curve is None or found.curve.pooled is None:
        return table
    curve, places = found.curve, rows_of(table, found.curve)
    stuck, loss_of_stuck = FINITE - SOLVED, LOSS - LOSS_OF_SOLVED
    ratios = {
        "mean": (LOSS, FINITE),
        "stuck": (stuck, FINITE),
        "mean_stuck": (loss_of_stuck, stuck),
        "mean_solved": (LOSS_OF_SOLVED, SOLVED),
        "part_stuck": (loss_of_stuck, FINITE),
        "part_solved": (LOSS_OF_SOLVED, FINITE),
    }
    pooled: dict[str, Pooled] = {name: curve.pooled(curve.values, *ratio) for name, ratio in ratios.items()}  # type: ignore[misc]
    columns = {name: spread_out(one.mean, places, len(table)) for name, one in pooled.items()}
    return table.assign(**columns)


def rows_of(table: pd.DataFrame, curve: Curve) -> Numbers:
    """The row of the table that each of the curve's values stands in."""
    values = table[curve.field].to_numpy(dtype=float)
    order = np.argsort(values)
    return np.asarray(order[np.searchsorted(values[order], curve.values)])


def spread_out(values: Numbers, places: Numbers, n: int) -> Numbers:
    """A column of n rows with values in some of them, NaN elsewhere."""
    column = np.full(n, np.nan)
    column[places] = values
    return column
