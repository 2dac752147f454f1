"""Fields, values and axes in words, as they are typed and shown."""

from typing import Any

from sweep.study.axis import Axis
from sweep.study.study import Study

SPREAD = "hidden_std_dev"
"""The field whose best value Xavier's rule predicts."""
SHOWN_VALUES = 8
"""Values of an axis that are listed; of more, their number and range are told."""


def format_value(value: object) -> str:
    """A value of an axis as it is shown; the widths of hidden layers as they are typed."""
    if isinstance(value, tuple):
        return "x".join(map(str, value)) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def describe_values(axis: Axis) -> str:
    """The values of an axis, or their number and range where they are many."""
    if len(axis.values) <= SHOWN_VALUES:
        return ", ".join(map(format_value, axis.values))
    return f"{len(axis.values):,} values from {format_value(axis.values[0])} to {format_value(axis.values[-1])}"


def describe_place(study: Study, row: Any) -> str:
    """Where a row of a table, which gives a value for each field, lies on the study's axes."""
    return ", ".join(f"{axis.field} = {format_value(row[axis.field])}" for axis in study.axes)
