"""Axis: a field of the recipe and the values that a study gives it."""

from typing import Any, NamedTuple


class Axis(NamedTuple):
    """One recipe field and the values it takes in a study.

    Examples:
        >>> Axis("hidden", ((), (2,), (3, 3))).values[-1]
        (3, 3)
    """

    field: str
    values: tuple[Any, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers, which can be ordered and drawn to scale."""
        return isinstance(self.values[0], float | int)
