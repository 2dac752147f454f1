"""The functions of hidden units, and their derivatives."""

import math

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.choices import LEAK

Array = NDArray[np.float64]


def activate(activation: str, z: Array) -> Array:
    """The activation function, element by element.

    gelu is z times the normal distribution function (Hendrycks & Gimpel 2016), silu z times the sigmoid (Elfwing et al.
    2018), softplus log(1 + e^z) (Dugas et al. 2001), elu e^z - 1 below zero (Clevert et al. 2016).
    """
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "leaky_relu":
        return np.where(z > 0, z, LEAK * z)
    if activation == "gelu":
        return z * normal_distribution(z)
    if activation == "softplus":
        return np.logaddexp(0, z)
    if activation == "silu":
        return z * sigmoid(z)
    if activation == "elu":
        return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
    return z


def derivative(activation: str, z: Array) -> Array:
    """Derivative of the activation function; at the kink of relu and leaky_relu the slope below it."""
    if activation == "sigmoid":
        return sigmoid(z) * (1 - sigmoid(z))
    if activation == "tanh":
        return 1 - np.tanh(z) ** 2
    if activation == "relu":
        return np.where(z > 0, 1.0, 0.0)
    if activation == "leaky_relu":
        return np.where(z > 0, 1.0, LEAK)
    if activation == "gelu":
        return normal_distribution(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    if activation == "softplus":
        return sigmoid(z)
    if activation == "silu":
        return sigmoid(z) * (1 + z * (1 - sigmoid(z)))
    if activation == "elu":
        return np.exp(np.minimum(z, 0))
    return np.ones_like(z)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z); far from 0 the power overflows to the right limit."""
    return 1 / (1 + np.exp(-z))


def normal_distribution(z: Array) -> Array:
    """The chance that a standard normal number is at most z."""
    from scipy.special import ndtr  # takes longer to import than a network to train, and one activation needs it

    return np.asarray(ndtr(z))
