"""What hidden weights are drawn from: each distribution as a function of the same standard normal draws.

Each has a standard deviation, or a root mean square, of 1; `sphere` has the mean length instead. A row of draws
decides its own result alone, so rows may be computed in any company.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Layer

Array = NDArray[np.float64]

CUT = 2.0
"""Where a truncated normal is cut off, in standard deviations of the normal that is cut."""
INSIDE = math.erf(CUT / math.sqrt(2))
"""The part of a normal that the cut leaves."""
CUT_DEVIATION = math.sqrt(1 - 2 * CUT * math.exp(-(CUT**2) / 2) / math.sqrt(2 * math.pi) / INSIDE)
"""Standard deviation of a standard normal that is cut off."""


def normal(draws: Array, layer: Layer) -> Array:
    """The draws themselves."""
    return draws


def uniform(draws: Array, layer: Layer) -> Array:
    """Uniform from -sqrt(3) to sqrt(3): sqrt(3) (2 Phi(z) - 1), where Phi is the normal distribution function."""
    from scipy.special import ndtr  # takes longer to import than a worker to train its first block

    return np.asarray(math.sqrt(3) * (2 * ndtr(draws) - 1))


def truncated_normal(draws: Array, layer: Layer) -> Array:
    """A normal cut off at two of its own standard deviations, and widened so that what is left has deviation 1.

    By inversion: Phi^-1(1/2 + q (Phi(z) - 1/2)) / 0.8796, where q = 0.9545 is the part inside the cut; the largest is
    2.274. TensorFlow's and Keras's VarianceScaling(distribution="truncated_normal") is the same distribution; PyTorch's
    trunc_normal_ is not widened. The variance of what is left is 1 - 4 phi(2) / q (Johnson, Kotz & Balakrishnan 1994,
    "Continuous Univariate Distributions" 1, chapter 13).
    """
    from scipy.special import ndtr, ndtri

    # From the lower half alone, where no digits are lost to 1.
    lower = ndtri(0.5 + INSIDE * (ndtr(-np.abs(draws)) - 0.5))
    return np.asarray(np.copysign(lower, draws) / CUT_DEVIATION)


def orthogonal(draws: Array, layer: Layer) -> Array:
    """Weights (fan_in, fan_out) whose rows or columns, whichever are fewer, are orthogonal and of equal length.

    Q of the QR decomposition of the draws, or of their transpose where there are more columns than rows, each column
    times the sign of R's diagonal, which makes every such Q as likely (Saxe, McClelland & Ganguli 2014, ICLR; Mezzadri
    2007, Notices AMS 54, 592-604); times sqrt(max(fan_in, fan_out)), so that the weights' root mean square is 1. Biases
    stay normal.
    """
    n_weights = layer.fan_in * layer.fan_out
    matrices = draws[:, :n_weights].reshape(-1, layer.fan_in, layer.fan_out)
    is_wide = layer.fan_in < layer.fan_out
    q, r = np.linalg.qr(matrices.swapaxes(1, 2) if is_wide else matrices)
    q *= np.copysign(math.sqrt(max(layer)), np.diagonal(r, axis1=1, axis2=2))[:, np.newaxis, :]
    weights = (q.swapaxes(1, 2) if is_wide else q).reshape(-1, n_weights)
    return np.concatenate([weights, draws[:, n_weights:]], axis=1)


def sphere(draws: Array, layer: Layer) -> Array:
    """All draws of a layer, d of them, at the length that normal ones have on average: their direction times E[chi_d].

    E[chi_d] = sqrt(2) Gamma((d + 1) / 2) / Gamma(d / 2) (Johnson, Kotz & Balakrishnan 1994, "Continuous Univariate
    Distributions" 1, chapter 18). A direction of normal draws is uniform on the sphere (Muller 1959, Commun. ACM 2(4),
    19-20).
    """
    length = np.linalg.norm(draws, axis=1, keepdims=True)
    return np.asarray(draws * (mean_length(draws.shape[1]) / length))


def mean_length(dimension: int) -> float:
    """The mean length of so many standard normal draws.

    Examples:
        >>> round(mean_length(1), 4), round(mean_length(6), 4)
        (0.7979, 2.35)
    """
    return math.sqrt(2) * math.exp(math.lgamma((dimension + 1) / 2) - math.lgamma(dimension / 2))


STANDARD: dict[str, Callable[[Array, Layer], Array]] = {
    "normal": normal,
    "uniform": uniform,
    "truncated_normal": truncated_normal,
    "orthogonal": orthogonal,
    "sphere": sphere,
}
"""hidden_distribution -> what makes one hidden layer's draws at spread 1, (n, weights and drawn biases), of as many
standard normal ones."""
LARGEST = {"uniform": math.sqrt(3), "truncated_normal": CUT / CUT_DEVIATION}
"""The largest magnitude that a spread of 1 allows."""
