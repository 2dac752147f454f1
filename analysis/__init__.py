"""Group, compare and draw what a store holds; `load` gives its trainings as a DataFrame."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sweep.store import Store

__all__ = ["load"]


def load(store: "str | Store", run: str | None = None) -> "pd.DataFrame":
    """Every stored training of a study, one row each; see `analysis.records.load`, which this calls."""
    # pandas takes longer to import than most commands to run.
    from analysis.records import load

    return load(store, run)
