"""Axis: a field of the recipe and the values that a study gives it."""

from typing import Any, NamedTuple

from sweep.recipe.choices import FULL


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
        """Whether the values are numbers, which can be ordered and drawn to scale; a batch of all rows is no number."""
        is_full = self.field == "batch_size" and FULL in self.values
        return not is_full and all(isinstance(value, float | int) for value in self.values)
