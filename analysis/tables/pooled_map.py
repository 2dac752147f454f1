"""What a pooled map adds to the table of the mean: pooled means, their minimum, and the pairs that may be the best."""

import numpy as np
import pandas as pd

from analysis.tables.curve import GAIN
from sweep.statistics.answer import Answer


def place_columns(field: str) -> tuple[str, str, str]:
    """The columns that say where the minimum lies along a field, and the ends of its interval."""
    return f"minimum_{field}", f"minimum_{field}_low", f"minimum_{field}_high"


def with_map(summary: pd.DataFrame, found: Answer) -> pd.DataFrame:
    """A summary with the map at every pair of spreads, and what the map says of the minimum in every row.

    Added are `pooled` and `pooled_error`, the mean pooled from all trainings and its standard error, NaN where no
    training counts; `effective`, the trainings that it is effectively of; `may_be_best`, whether the pair is one of
    those that hold the best with 95 % confidence; for both fields `minimum_FIELD` with its interval,
    `minimum_FIELD_low` and `minimum_FIELD_high`; and `gain`, over Xavier's pair, with `gain_low` and `gain_high`.
    Nothing is added where there is no map.
    """
    if found.map is None or found.map_minimum is None:
        return summary
    at, lowest = found.map, found.map_minimum
    columns = {"pooled": at.mean, "pooled_error": at.standard_error, "effective": at.effective}
    counted = at.counts.ravel() > 0
    places = {
        name: value
        for field, interval in zip(lowest.fields, lowest.place, strict=True)
        for name, value in zip(place_columns(field), interval, strict=True)
    }
    return summary.assign(
        **{name: np.where(counted, values.ravel(), np.nan) for name, values in columns.items()},
        may_be_best=lowest.region.ravel(),
        **places,
        **dict(zip(GAIN, lowest.gain, strict=True)),
    )


def has_map(table: pd.DataFrame) -> bool:
    """Whether a table says what a pooled map says."""
    return "pooled" in table
