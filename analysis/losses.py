"""The losses of a study as one matrix, with the pairing by repeat kept."""

import numpy as np

from analysis.minimum import Losses
from sweep.errors import UsageError
from sweep.store import Results
from sweep.study import Study


def is_numeric(study: Study) -> bool:
    """Whether the study has one axis, of numbers."""
    return len(study.axes) == 1 and isinstance(study.axes[0].values[0], float | int)


def read_losses(store: Results, study: Study) -> Losses:
    """Total losses of a study with one numeric axis, by ascending value; rows are repeats.

    Raises:
        UsageError: the study has several axes, or one of named values.
    """
    if not is_numeric(study):
        fields = " × ".join(axis.field for axis in study.axes)
        raise UsageError(f"the study sweeps {fields}; this needs one axis of numbers (--run ID names another run)")
    values = np.array(study.axes[0].values, dtype=float)
    names = [name for name in ("repeat", "loss", "solved") if name in store.fields]
    columns = [store.columns(point.identity, study.repeats, names) for point in study.points]
    n = max((int(one["repeat"][-1]) + 1 for one in columns if len(one["repeat"])), default=0)
    losses, solved = np.full((n, len(values)), np.nan), np.zeros((n, len(values)), dtype=bool)
    for column, one in enumerate(columns):
        losses[one["repeat"], column] = one["loss"]
        if "solved" in one:
            solved[one["repeat"], column] = one["solved"]
    order = np.argsort(values)
    known = solved[:, order] if "solved" in names else None
    return Losses(values[order], losses[:, order], known, study.draws == "common")
