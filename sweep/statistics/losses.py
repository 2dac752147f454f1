"""The losses of a study as one matrix, with the pairing by repeat kept."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.console.progress import watch
from sweep.errors import UsageError
from sweep.store import Results
from sweep.study import Study

Array = NDArray[np.float64]

READ = ("repeat", "loss", "solved")


class Losses(NamedTuple):
    """Total losses along one axis.

    Attributes:
        field: the axis.
        values: of the axis (p,), ascending.
        losses: total losses (n, p), NaN where diverged or not trained; row r is repeat r.
        solved: whether the problem was solved at the end (n, p), None where that is not known.
        paired: whether the draws are common, so that the losses of a row belong together.
    """

    field: str
    values: Array
    losses: Array
    solved: NDArray[np.bool_] | None
    paired: bool


def has_one_numeric_axis(study: Study) -> bool:
    """Whether the study has one axis, of numbers."""
    return len(study.axes) == 1 and study.axes[0].is_numeric


def require_one_numeric_axis(study: Study) -> None:
    """Raise UsageError where the study has several axes, or one of named values."""
    if not has_one_numeric_axis(study):
        fields = " × ".join(axis.field for axis in study.axes)
        raise UsageError(f"the study sweeps {fields}; this needs one axis of numbers (--run ID names another run)")


def limits_of(study: Study, below: Sequence[int] | NDArray[np.int64] | None) -> list[int]:
    """The number below which the repeats of every point count: the one given, else the study's."""
    return [study.repeats] * len(study.points) if below is None else [int(limit) for limit in below]


def read_losses(store: Results, study: Study, below: Sequence[int] | NDArray[np.int64] | None = None) -> Losses:
    """Total losses of a study with one numeric axis, by ascending value; rows are repeats.

    Args:
        store: that holds the study.
        study: whose losses.
        below: repeats of every point that count, one number a point; all of the study's unless given.

    Raises:
        UsageError: the study has several axes, or one of named values.
    """
    require_one_numeric_axis(study)
    (axis,) = study.axes
    values = np.array(study.axes[0].values, dtype=float)
    names = [name for name in READ if name in store.fields]
    asked = zip(watch(study.points, "points read"), limits_of(study, below), strict=True)
    columns = [store.columns(point.identity, limit, names) for point, limit in asked]
    n = max((int(of_point["repeat"][-1]) + 1 for of_point in columns if len(of_point["repeat"])), default=0)
    losses, solved = np.full((n, len(values)), np.nan), np.zeros((n, len(values)), dtype=bool)
    for column, of_point in enumerate(columns):
        losses[of_point["repeat"], column] = of_point["loss"]
        if "solved" in of_point:
            solved[of_point["repeat"], column] = of_point["solved"]
    order = np.argsort(values)
    known = solved[:, order] if "solved" in names else None
    return Losses(axis.field, values[order], losses[:, order], known, study.shares_draws(axis.field))
