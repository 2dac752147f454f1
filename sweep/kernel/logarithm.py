"""Logarithms on vectors, from arithmetic alone."""

import math

from sweep.kernel.polynomial import polynomial
from sweep.kernel.vector import Vector, select_less, split

TERMS = 18
"""Of the series of the inverse hyperbolic tangent, whose argument is at most 1/3: the next is below 1e-17 of the
first."""


def log(x: Vector) -> Vector:
    """The natural logarithm of positive normal numbers."""
    significand, exponent = split(x)
    # From 0.75 to 1.5 the exponent is 0 around 1, where nothing is lost of a small logarithm.
    is_low = (significand, 1.5)
    significand = select_less(*is_low, significand, 0.5 * significand)
    exponent = select_less(*is_low, exponent, exponent + 1.0)
    return exponent * math.log(2) + log_of_ratio(significand - 1.0, significand + 1.0)


def log_of_one_more(x: Vector) -> Vector:
    """log(1 + x) for x from 0 to 1."""
    return log_of_ratio(x, x + 2.0)


def log_of_ratio(difference: Vector, total: Vector) -> Vector:
    """log(a / b) from a - b and a + b: twice the inverse hyperbolic tangent of their ratio, from -1/3 to 1/3."""
    ratio = difference / total
    series = [1 / (2 * term + 1) for term in reversed(range(TERMS + 1))]
    return 2.0 * ratio * polynomial(series, ratio * ratio)
