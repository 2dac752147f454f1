"""Polynomials on vectors."""

from collections.abc import Sequence

from sweep.kernel.vector import Vector


def polynomial(coefficients: Sequence[float], x: Vector) -> Vector:
    """The polynomial of these coefficients, the highest power first, at x.

    By Horner's scheme each operation waits for the one before. Where the builder wants pairs, terms are joined by twos,
    then fours (Estrin 1960, Proc. Western Joint Computer Conf., 33-40): a few products more, and a third of the wait.
    """
    if not x.builder.pairs:
        p = x.like(coefficients[0])
        for coefficient in coefficients[1:]:
            p = p * x + coefficient
        return p
    terms: list[Vector | float] = list(reversed(coefficients))
    while len(terms) > 1:
        pairs: list[Vector | float] = [x * high + low for low, high in zip(terms[::2], terms[1::2], strict=False)]
        terms, x = pairs + terms[2 * len(pairs) :], x * x
    return x.like(terms[0])
