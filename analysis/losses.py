"""The losses of a study as one matrix, with the pairing by repeat kept."""

import numpy as np

from analysis.minimum import Losses
from sweep.errors import UsageError
from sweep.store import Store
from sweep.study import Study


def is_numeric(study: Study) -> bool:
    """Whether the study has one axis, of numbers."""
    return len(study.axes) == 1 and isinstance(study.axes[0].values[0], float | int)


def read_losses(store: Store, study: Study) -> Losses:
    """Total losses of a study with one numeric axis, by ascending value; rows are repeats.

    Raises:
        UsageError: the study has several axes, or one of named values.
    """
    if not is_numeric(study):
        fields = " × ".join(axis.field for axis in study.axes)
        raise UsageError(f"the study sweeps {fields}; this needs one axis of numbers (--run ID names another run)")
    values = np.array(study.axes[0].values, dtype=float)
    columns = [store.records(point.identity, study.repeats) for point in study.points]
    n = max((int(records.repeat[-1]) + 1 for records in columns if len(records.repeat)), default=0)
    losses, solved = np.full((n, len(values)), np.nan), np.zeros((n, len(values)), dtype=bool)
    for column, records in enumerate(columns):
        losses[records.repeat, column] = records.loss
        solved[records.repeat, column] = records.solved
    order = np.argsort(values)
    return Losses(values[order], losses[:, order], solved[:, order], study.draws == "common")
