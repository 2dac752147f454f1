"""Learning-rate schedules: how the step of gradient descent changes over a training."""

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.recipe import Recipe


def learning_rates(recipe: Recipe) -> NDArray[np.float64]:
    """The learning rate of every epoch, shape (epochs,), as a function of the part of the training that is done.

    constant; linear: falls to zero along a line; cosine: falls to zero along half a cosine (Loshchilov & Hutter 2017,
    eq. 5, without restarts); inverse_time: 1 / (1 + 9 done), a tenth of the learning rate at the end (Robbins & Monro
    1951's decay).

    Examples:
        >>> for schedule in ("constant", "linear", "cosine", "inverse_time"):
        ...     print(learning_rates(Recipe(learning_rate=1, schedule=schedule, epochs=4)).round(3))
        [1. 1. 1. 1.]
        [1.   0.75 0.5  0.25]
        [1.    0.854 0.5   0.146]
        [1.    0.308 0.182 0.129]
    """
    done = np.arange(recipe.epochs) / recipe.epochs
    factor = np.ones(recipe.epochs)
    if recipe.schedule == "linear":
        factor = 1 - done
    elif recipe.schedule == "cosine":
        factor = (1 + np.cos(np.pi * done)) / 2
    elif recipe.schedule == "inverse_time":
        factor = 1 / (1 + 9 * done)
    return recipe.learning_rate * factor
