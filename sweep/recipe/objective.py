"""What a network is trained to lower, which rows it has right, and when its problem counts as solved.

What an output layer gives is called its outputs: probabilities of sigmoid units, plain numbers of identity ones. Of a
softmax they are the logits, whose cross-entropy is exact where probabilities would vanish.
"""

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.choices import CLIP
from sweep.recipe.recipe import Recipe

Array = NDArray[np.float64]


def gradient_scale(recipe: Recipe, rows: int) -> float:
    """Factor that turns the gradient of the losses' sum over the rows into that of the recipe's objective."""
    return {"sum": 1.0, "half_sum": 0.5, "mean": 1.0 / rows}[recipe.gradient_scale]


def probabilities(recipe: Recipe, outputs: Array) -> Array:
    """What the outputs (..., n_outputs) say in the end: a softmax's as probabilities of the classes, others as they
    are."""
    if recipe.output != "softmax":
        return outputs
    powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def row_losses(recipe: Recipe, outputs: Array, targets: Array) -> Array:
    """Loss of every row (..., rows) of outputs (..., rows, n_outputs) for targets (rows, n_outputs).

    Binary cross-entropy of the clipped probabilities and squared error are means over the outputs; the cross-entropy of
    a row's class is the log of the sum of all e^logit less its own logit.
    """
    if recipe.loss == "cross_entropy":
        top = outputs.max(axis=-1, keepdims=True)
        own = ((outputs - top) * targets).sum(axis=-1)
        return np.asarray(np.log(np.exp(outputs - top).sum(axis=-1)) - own)
    if recipe.loss == "mse":
        return np.asarray(np.square(probabilities(recipe, outputs) - targets).mean(axis=-1))
    p = np.clip(outputs, CLIP, 1 - CLIP)
    return np.asarray(-np.log(np.where(targets > 0.5, p, 1 - p)).mean(axis=-1))


def are_right(recipe: Recipe, outputs: Array, targets: Array) -> NDArray[np.bool_]:
    """Which rows (..., rows) are right: every sigmoid on its target's side of 0.5; a softmax's class above all others.

    Numbers are never right or wrong: False.
    """
    if recipe.output == "sigmoid":
        return np.asarray(((outputs - 0.5) * (2 * targets - 1) > 0).all(axis=-1))
    if recipe.output == "softmax":
        own = np.max(outputs, axis=-1, where=targets > 0.5, initial=-np.inf)
        return np.asarray(own > np.max(outputs, axis=-1, where=targets <= 0.5, initial=-np.inf))
    return np.zeros(outputs.shape[:-1], bool)


def is_solved(recipe: Recipe, right: NDArray[np.bool_], mean_loss: Array | float) -> NDArray[np.bool_]:
    """Whether the problem is solved (...): every row right (..., rows), or the mean loss (...) low enough where the
    recipe says so."""
    return np.asarray(mean_loss <= recipe.solved_below if recipe.solved_below else right.all(axis=-1))


def accuracy(recipe: Recipe, right: NDArray[np.bool_]) -> Array:
    """Fraction of the rows that are right (...), NaN where there are no classes."""
    return np.asarray(np.full(right.shape[:-1], np.nan) if recipe.output == "identity" else right.mean(axis=-1))
