"""What a pooled map adds to the table of the mean: pooled means, their minimum, and the pairs that may be the best."""

import numpy as np
import pandas as pd

from analysis.tables.curve import GAIN
from sweep.statistics.answer import Answer
from sweep.study import Study


def place_columns(field: str) -> tuple[str, str, str]:
    """The columns that say where the minimum lies along a field, and the ends of its interval."""
    return f"minimum_{field}", f"minimum_{field}_low", f"minimum_{field}_high"


def with_map(summary: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A summary with the map at every pair of spreads, and what the map says of the minimum in every row.

    Added are `pooled` and `pooled_error`, the mean pooled from all trainings and its standard error, NaN where no
    training counts; `effective`, the trainings that it is effectively of; `method`, "pooled"; `may_be_best`, whether
    the pair is one of those that hold the best with 95 % confidence; what `with_place` adds; and `gain`, over Xavier's
    pair, with `gain_low` and `gain_high`. Nothing is added where there is no map.
    """
    if found.map is None or found.map_minimum is None:
        return summary
    at, lowest = found.map, found.map_minimum
    columns = {"pooled": at.mean, "pooled_error": at.standard_error, "effective": at.effective}
    counted = at.counts.ravel() > 0
    return with_place(summary, found).assign(
        **{name: np.where(counted, values.ravel(), np.nan) for name, values in columns.items()},
        may_be_best=lowest.region.ravel(),
        method="pooled",
        **dict(zip(GAIN, lowest.gain, strict=True)),
    )


def with_place(table: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A table with the place of the map's minimum in every row, for both fields `minimum_FIELD` with its interval,
    `minimum_FIELD_low` and `minimum_FIELD_high`; as it is where there is no map."""
    if found.map_minimum is None:
        return table
    lowest = found.map_minimum
    places = {
        name: value
        for field, interval in zip(lowest.fields, lowest.place, strict=True)
        for name, value in zip(place_columns(field), interval, strict=True)
    }
    return table.assign(**places)


def has_map(table: pd.DataFrame) -> bool:
    """Whether a table says what a pooled map says."""
    return "pooled" in table


def has_place(table: pd.DataFrame, study: Study) -> bool:
    """Whether a table says where the minimum over two spreads lies."""
    return len(study.axes) == 2 and all(place_columns(axis.field)[0] in table for axis in study.axes)
