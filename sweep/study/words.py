"""Fields, values and axes in words, as they are typed and shown."""

from sweep.study.study import Axis


def describe_axis(axis: Axis) -> str:
    """The field with its values, or with their range where they are many."""
    if len(axis.values) <= 8:
        return f"{axis.field} = {', '.join(map(str, axis.values))}"
    return f"{axis.field}: {len(axis.values):,} values from {axis.values[0]} to {axis.values[-1]}"


SPREAD = "hidden_std_dev"


def format_value(value: object) -> str:
    """A value of an axis as it is shown; the widths of hidden layers as they are typed."""
    if isinstance(value, tuple):
        return "x".join(map(str, value)) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
