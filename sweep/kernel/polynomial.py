"""Polynomials on vectors."""

from collections.abc import Sequence
from functools import reduce

from sweep.kernel.vector import Vector


def polynomial(coefficients: Sequence[float], x: Vector) -> Vector:
    """The polynomial of these coefficients, the highest power first, at x.

    By Horner's scheme each operation waits for the one before. Where the builder wants pairs, terms are joined by twos,
    then fours (Estrin 1960, Proc. Western Joint Computer Conf., 33-40), and those by Horner's scheme: two products
    more, and less than half of the wait.
    """
    if not x.builder.pairs:
        return _horner(coefficients, x)
    terms: list[Vector | float] = list(reversed(coefficients))
    for _ in range(2):
        pairs: list[Vector | float] = [x * high + low for low, high in zip(terms[::2], terms[1::2], strict=False)]
        terms, x = pairs + terms[2 * len(pairs) :], x * x
    return _horner(terms[::-1], x)


def _horner(coefficients: Sequence["Vector | float"], x: Vector) -> Vector:
    return reduce(lambda p, coefficient: p * x + coefficient, coefficients[1:], x.like(coefficients[0]))
