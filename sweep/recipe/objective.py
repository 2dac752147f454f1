"""What a network is trained to lower, and when its problem counts as solved."""

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.recipe import CLIP, Recipe


def gradient_scale(recipe: Recipe, rows: int) -> float:
    """Factor that turns the gradient of the losses' sum over the rows into that of the recipe's objective."""
    return {"sum": 1.0, "half_sum": 0.5, "mean": 1.0 / rows}[recipe.gradient_scale]


def row_losses(recipe: Recipe, outputs: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loss of every row, shaped as `outputs` (..., rows): cross-entropy of the clipped output, or squared error."""
    if recipe.loss == "mse":
        return np.square(outputs - targets)
    p = np.clip(outputs, CLIP, 1 - CLIP)
    return -np.log(np.where(targets > 0.5, p, 1 - p))


def is_solved(outputs: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether every row's output (..., rows) is on its target's side of 0.5; shape (...)."""
    return np.asarray(((outputs - 0.5) * (2 * targets - 1) > 0).all(axis=-1))
