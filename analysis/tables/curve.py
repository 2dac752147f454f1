"""What the curve of a study adds to the table of its means: the curve, and where it is lowest."""

import numpy as np
import pandas as pd

from sweep.statistics.answer import Answer
from sweep.statistics.curve import Curve
from sweep.statistics.means import Numbers

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
