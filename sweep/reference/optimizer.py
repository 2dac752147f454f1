"""What an optimiser makes of a gradient, by PyTorch's definitions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Recipe

Array = NDArray[np.float64]


@dataclass
class Memory:
    """What an optimiser keeps of earlier gradients: a mean of them, and one of their squares; zeros at first."""

    mean: Array
    squares: Array


def take_step(
    recipe: Recipe, parameters: Array, gradient: Array, memory: Memory, learning_rate: float, update: int
) -> None:
    """Change parameters in place by one step.

    momentum and nesterov: Polyak 1964, Sutskever et al. 2013; rmsprop: Tieleman & Hinton 2012; adam: Kingma & Ba 2015.
    They are `torch.optim.SGD`, `RMSprop` and `Adam`; weight decay is added to the gradient.

    Args:
        recipe: that names the optimiser and its numbers.
        parameters: any shape.
        gradient: of the objective by these parameters.
        memory: of these parameters; is brought up to date.
        learning_rate: of this epoch.
        update: number of this update, from 1.
    """
    gradient = gradient + recipe.weight_decay * parameters
    if recipe.optimizer in ("momentum", "nesterov"):
        memory.mean[...] = recipe.momentum * memory.mean + gradient
        step = gradient + recipe.momentum * memory.mean if recipe.optimizer == "nesterov" else memory.mean
    elif recipe.optimizer == "rmsprop":
        memory.squares[...] = recipe.alpha * memory.squares + (1 - recipe.alpha) * gradient**2
        step = gradient / (np.sqrt(memory.squares) + recipe.epsilon)
    elif recipe.optimizer == "adam":
        memory.mean[...] = recipe.beta1 * memory.mean + (1 - recipe.beta1) * gradient
        memory.squares[...] = recipe.beta2 * memory.squares + (1 - recipe.beta2) * gradient**2
        mean = memory.mean / (1 - recipe.beta1**update)
        root = np.sqrt(memory.squares / (1 - recipe.beta2**update))
        step = mean / (root + recipe.epsilon)
    else:
        step = gradient
    parameters -= learning_rate * step
