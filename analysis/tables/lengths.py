"""The table of the mean by length, beside the mean by spread."""

import numpy as np
import pandas as pd

from analysis.tables.curve import MINIMUM, rows_of, spread_out
from sweep.statistics.answer import Answer
from sweep.statistics.by_length import find_by_length, mean_near
from sweep.study.overlap import draw_of

LENGTH_MINIMUM = ("length_minimum", "length_minimum_low", "length_minimum_high")
BELOW = ("below", "below_low", "below_high")
LENGTHS = ("length_low", "length_high")


def tabulate_lengths(summary: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A row for every swept spread, each also a length in units of spread; empty where the curve is not pooled.

    Columns: the axis, `count` and `diverged` as in the summary; `curve` and `curve_error`, the pooled mean at that
    spread and its standard error; `by_length` and `by_length_error`, the smoothed mean of the trainings of that length;
    `near`, `near_error` and `near_count`, the plain mean of those about as long. In every row `minimum`, the best
    spread, and `length_minimum`, the best length, with `_low` and `_high`; `below`, the relative change from the lowest
    mean of any spread to the lowest by length, with its interval; and `length_low` and `length_high`, between which
    90 % of the lengths at the best spread lie.
    """
    curve, lowest = found.curve, found.minimum
    if curve is None or curve.pool is None or lowest is None or curve.counts.max() < 2:
        return summary.iloc[:0]
    draw = draw_of(found.study.recipe, curve.field)
    by_length = find_by_length(curve, draw, lowest)
    if by_length is None:
        return summary.iloc[:0]
    at, length = curve.at(curve.values), by_length.curve.at(curve.values)
    near, near_error, near_count = mean_near(curve, draw, curve.values)
    columns = {
        "curve": at.mean,
        "curve_error": at.standard_error,
        "by_length": length.mean,
        "by_length_error": length.standard_error,
        "near": near,
        "near_error": near_error,
        "near_count": near_count,
    }
    rows = rows_of(summary, curve)
    below = by_length.below
    return summary[[curve.field, "count", "diverged"]].assign(
        **{name: spread_out(np.asarray(values), rows, len(summary)) for name, values in columns.items()},
        method=curve.method,
        **dict(zip(MINIMUM, lowest.spread, strict=True)),
        **dict(zip(LENGTH_MINIMUM, by_length.minimum.spread, strict=True)),
        **dict(zip(BELOW, (below.change, below.low, below.high), strict=True)),
        **dict(zip(LENGTHS, by_length.lengths, strict=True)),
    )
