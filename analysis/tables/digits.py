"""As many digits of what is estimated as are certain."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

CERTAIN = 8
"""Digits that count. On processors with other instructions, and with another library of linear algebra, the same
trainings of the default study gave ends of intervals that differ by 1e-10 of themselves, and the rest by 1e-12."""


def with_certain_digits(table: pd.DataFrame, exact: Collection[str]) -> pd.DataFrame:
    """A table whose numbers have CERTAIN digits, apart from whole ones and from the columns `exact`.

    Examples:
        >>> table = pd.DataFrame({"spread": [1 / 3], "mean": [1577.4912345678], "low": [np.nan], "count": [123456789]})
        >>> with_certain_digits(table, ["spread"]).to_dict("records")
        [{'spread': 0.3333333333333333, 'mean': 1577.4912, 'low': nan, 'count': 123456789}]
    """
    return table.assign(**{str(name): table[name] if name in exact else _rounded(table[name]) for name in table})


def _rounded(column: "pd.Series[Any]") -> "pd.Series[Any]":
    if column.dtype != np.float64:
        return column
    return pd.Series([float(f"{value:.{CERTAIN - 1}e}") for value in column.tolist()], column.index, np.float64)
