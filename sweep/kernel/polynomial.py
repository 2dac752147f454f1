"""Polynomials on vectors."""

from collections.abc import Sequence
from functools import reduce

from sweep.kernel.vector import Vector


def polynomial(coefficients: Sequence[float], x: Vector) -> Vector:
    """The polynomial of these coefficients, the highest power first, at x, by Horner's scheme."""
    return reduce(lambda p, coefficient: p * x + coefficient, coefficients[1:], x.like(coefficients[0]))
