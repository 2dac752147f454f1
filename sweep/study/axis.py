"""Axis: a field of the recipe and the values that a study gives it; and values evenly spaced in their logarithm."""

import math
from decimal import Context, Decimal
from typing import Any, NamedTuple

import numpy as np

from sweep.recipe.choices import FULL

_EXACT = Context(prec=25)
"""A value's bits decide its draws and its identity, and the powers of NumPy differ in the last one from processor to
processor: these are rounded correctly, so that a study is the same on all of them."""


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


def exponentials(powers: list[float]) -> list[float]:
    """e^x of numbers, correctly rounded."""
    return [float(_EXACT.exp(Decimal(x))) for x in powers]


def log_spaced(low: float, high: float, count: int) -> tuple[float, ...]:
    """Numbers evenly spaced in their logarithm, both ends among them, correctly rounded.

    Examples:
        >>> log_spaced(0.1, 10, 3)
        (0.1, 1.0, 10.0)
    """
    powers = np.linspace(math.log10(low), math.log10(high), count).tolist()
    inner = [float(_EXACT.power(Decimal(10), Decimal(x))) for x in powers[1:-1]]
    return (float(low), *inner, float(high))[:count]
