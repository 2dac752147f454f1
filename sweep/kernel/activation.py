"""Emits what hidden units make of their weighted sums, and the derivatives that deltas go through."""

from typing import NamedTuple

from sweep.kernel.logarithm import log_of_one_more
from sweep.kernel.normal import normal
from sweep.kernel.sigmoid import exp, sigmoid
from sweep.kernel.vector import Vector, at_least, at_most, select_less
from sweep.recipe.choices import LEAK

SLOPED = ("gelu", "softplus", "silu")
"""Activations whose derivative comes with the output; that of the others the output itself tells."""


class Unit(NamedTuple):
    """A unit's output for a row, and for the activations in SLOPED the derivative there."""

    output: Vector
    slope: Vector | None = None


def activate(activation: str, z: Vector) -> Unit:
    """The activation function of a weighted sum."""
    if activation == "sigmoid":
        return Unit(sigmoid(z))
    if activation == "tanh":
        return Unit(2.0 * sigmoid(z, 2.0) - 1.0)
    if activation == "relu":
        return Unit(at_least(0.0, z))
    if activation == "leaky_relu":
        return Unit(select_less(z, 0.0, LEAK * z, z))
    if activation == "gelu":
        distribution, density = normal(z)
        return Unit(z * distribution, distribution + z * density)
    if activation == "softplus":
        power = exp(select_less(z, 0.0, z, 0.0 - z))
        below = power / (1.0 + power)
        return Unit(at_least(0.0, z) + log_of_one_more(power), select_less(z, 0.0, below, 1.0 - below))
    if activation == "silu":
        share = sigmoid(z)
        return Unit(z * share, share * (1.0 + z * (1.0 - share)))
    if activation == "elu":
        return Unit(select_less(0.0, z, z, exp(at_most(0.0, z)) - 1.0))
    return Unit(z)


def through(activation: str, delta: Vector, output: Vector, slope: Vector | None) -> Vector:
    """delta times the derivative of the activation function."""
    if slope is not None:
        return delta * slope
    if activation == "sigmoid":
        return delta * (output - output * output)
    if activation == "tanh":
        return delta * (1.0 - output * output)
    if activation == "relu":
        return select_less(0.0, output, delta, 0.0 * output)
    if activation == "leaky_relu":
        return select_less(0.0, output, delta, LEAK * delta)
    if activation == "elu":
        return delta * (1.0 + at_most(0.0, output))
    return delta
