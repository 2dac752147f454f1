"""The exponential and the sigmoid on vectors, from arithmetic alone: the C library's take one number at a time."""

import math
from typing import NamedTuple

from sweep.kernel.polynomial import polynomial
from sweep.kernel.vector import Vector, at_least, at_most, times_power_of_two

EXP_LIMIT = 700.0
"""The reach of 2**k; sigmoid(-700) = 1e-304 leaves no trace in a loss or a weight."""
EXPONENT_LIMIT = 1000.0
"""The reach of a power's exponent, with room for a significand from 1/8 to 8."""
LARGEST = 2.0**49
"""Beyond it a number's distance to the next is too large to tell 2**k from 2**(k + 1)."""

ROUND = 1.5 * 2.0**52
LOG2_E = 1 / math.log(2)
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# fmt: off
COEFFICIENTS = (
    2.7476798052021275e-07, 2.763499046615553e-06, 2.4801931712564233e-05, 0.00019841185236961516,
    0.001388888851623495, 0.008333333370869566, 0.04166666666813644, 0.16666666666611557, 0.49999999999998324, 1.0, 1.0,
)
# fmt: on
"""Coefficients of e**r, the highest power first: of all 1 + r + ... of degree 10 those of the least relative error
where |r| <= ln(2)/2, which is 3e-16 (Remez's algorithm)."""


class Power(NamedTuple):
    """significand * 2**(shifted - ROUND): products of such neither overflow nor vanish on the way to what does not."""

    significand: Vector
    shifted: Vector

    def times(self, other: "Power") -> "Power":
        """The product."""
        return Power(self.significand * other.significand, self.shifted + (other.shifted - ROUND))

    def number(self) -> Vector:
        """The power as a number, from 2**-1003 to 2**1003."""
        return times_power_of_two(
            self.significand, _between(ROUND - EXPONENT_LIMIT, self.shifted, ROUND + EXPONENT_LIMIT)
        )


def power(x: Vector, factor: float) -> Power:
    """e**(factor * x); an x further than 2**49 from 0 counts as this far."""
    return _exp(_between(-LARGEST, x, LARGEST), factor)


def exp(x: Vector, factor: float = 1.0) -> Vector:
    """e**(factor * x) to 2 ulp, from e**-700 to e**700."""
    limit = EXP_LIMIT / abs(factor)
    return times_power_of_two(*_exp(_between(-limit, x, limit), factor))


def sigmoid(x: Vector, factor: float = 1.0) -> Vector:
    """1 / (1 + e**-(factor * x)), exactly 0.5 at 0."""
    return 1.0 / (1.0 + exp(x, -factor))


def _exp(x: Vector, factor: float) -> Power:
    """Cody-Waite reduction by ln 2, then the polynomial.

    The factor is a power of two, which scales whatever it multiplies exactly: constants take it, not x.
    """
    shifted = x * (factor * LOG2_E) + ROUND
    k = shifted - ROUND
    r = (x - k * (LN2_HIGH / factor)) - k * (LN2_LOW / factor)
    powers = range(len(COEFFICIENTS) - 1, -1, -1)
    return Power(polynomial([c * factor**n for c, n in zip(COEFFICIENTS, powers, strict=True)], r), shifted)


def _between(low: float, x: Vector, high: float) -> Vector:
    return at_most(high, at_least(low, x))
