"""The sigmoid on vectors, from arithmetic alone: the C library's exp takes one number at a time."""

import math
from typing import TypeAlias

from sweep.simd import inline, power_of_two, select_less

Vector: TypeAlias = float
"""A vector of `sweep.simd`, which Python's type checkers may take for one number."""

# The reach of 2**k; sigmoid(-700) = 1e-304 leaves no trace in a loss or a weight.
EXP_LIMIT = 700.0
ROUND = 1.5 * 2.0**52
LOG2_E = 1 / math.log(2)
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12 = (1 / math.factorial(n) for n in range(2, 13))


@inline
def exp(x: Vector) -> Vector:
    """e**x to about 1 ulp: Cody-Waite reduction by ln 2, then the Taylor polynomial of degree 12 on |r| <= ln(2)/2."""
    x = select_less(EXP_LIMIT, x, EXP_LIMIT, x)
    x = select_less(x, -EXP_LIMIT, -EXP_LIMIT, x)
    shifted = x * LOG2_E + ROUND
    k = shifted - ROUND
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = C12 * r + C11
    p = p * r + C10
    p = p * r + C9
    p = p * r + C8
    p = p * r + C7
    p = p * r + C6
    p = p * r + C5
    p = p * r + C4
    p = p * r + C3
    p = p * r + C2
    p = p * r + 1.0
    p = p * r + 1.0
    e: Vector = p * power_of_two(shifted)
    return e


@inline
def sigmoid(x: Vector) -> Vector:
    """1 / (1 + e**-x), exactly 0.5 at 0."""
    return 1.0 / (1.0 + exp(-x))
