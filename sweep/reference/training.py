"""One training, from its initial parameters to what became of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Recipe
from sweep.recipe.objective import accuracy, are_right, is_solved, row_losses
from sweep.recipe.problem import find_problem
from sweep.recipe.schedule import learning_rates
from sweep.recipe.shuffle import batches
from sweep.reference.network import Memories, descend, forward, pack, unpack

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Training:
    """What became of one network.

    A mean loss is over the rows, in nats (bce, cross_entropy) or squared error (mse).

    Attributes:
        loss: total loss: the sum of `losses`.
        final_loss: mean loss at the trained parameters.
        solved: whether the problem is solved at the trained parameters: every row right, or the mean loss low enough.
        solved_epoch: number of epochs after which that first held, -1 if never.
        accuracy: fraction of the rows that are right at the trained parameters; NaN without classes.
        diverged: whether a loss or a trained parameter is not finite; loss, final_loss and accuracy are then NaN.
        parameters: the trained parameters (n_parameters,).
        losses: mean loss of each epoch (epochs,), every row's before the update that it is used for.
    """

    loss: float
    final_loss: float
    solved: bool
    solved_epoch: int
    accuracy: float
    diverged: bool
    parameters: Array
    losses: Array


def train(recipe: Recipe, parameters: Array, shuffle_key: int = 0) -> Training:
    """Train one network by gradient descent.

    Args:
        recipe: what to train; its spreads play no part here.
        parameters: initial parameters, float64 (n_parameters,), layer by layer the weights (fan_in, fan_out) row by
            row, then the biases (fan_out,) if the recipe has them; not changed.
        shuffle_key: decides the batches where the recipe has any (`sweep.recipe.shuffle.shuffled`).

    Raises:
        UsageError: the parameters have another shape, or the recipe's data set is not at hand.

    Examples:
        >>> from sweep import RECIPES
        >>> recipe = RECIPES["gustaw"]
        >>> training = train(recipe, np.random.default_rng(0).normal(0, 0.7, recipe.n_parameters))
        >>> training.losses.shape, training.losses[[0, 5000, -1]].round(3).tolist()
        ((10000,), [0.706, 0.008, 0.003])
        >>> training.solved, training.solved_epoch
        (True, 1925)
    """
    layers = unpack(recipe, parameters)
    memories = [Memories(layer) for layer in layers]
    inputs, targets = find_problem(recipe.problem, recipe.inputs)
    losses, of_rows, right = np.empty(recipe.epochs), np.empty(recipe.rows), np.empty(recipe.rows, bool)
    solved_epoch, update = -1, 0
    # A sigmoid far from 0 overflows to the right limit; a diverging network is reported as such.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch, learning_rate in enumerate(learning_rates(recipe)):
            for rows in batches(recipe, shuffle_key, epoch):
                outputs = forward(recipe, layers, inputs[rows])
                of_rows[rows] = row_losses(recipe, outputs[-1], targets[rows])
                right[rows] = are_right(recipe, outputs[-1], targets[rows])
                update += 1
                descend(recipe, layers, memories, outputs, targets[rows], learning_rate, update)
            losses[epoch] = of_rows.mean()
            if solved_epoch < 0 and is_solved(recipe, right, losses[epoch]):
                solved_epoch = epoch
        y = forward(recipe, layers, inputs)[-1]
        final_loss = float(row_losses(recipe, y, targets).mean())
        right = are_right(recipe, y, targets)
    solved = bool(is_solved(recipe, right, final_loss))
    trained = pack(recipe, layers)
    diverged = not (np.isfinite(losses).all() and np.isfinite(final_loss) and np.isfinite(trained).all())
    return Training(
        loss=np.nan if diverged else float(losses.sum()),
        final_loss=np.nan if diverged else final_loss,
        solved=solved and not diverged,
        solved_epoch=recipe.epochs if solved and solved_epoch < 0 else solved_epoch,
        accuracy=np.nan if diverged else float(accuracy(recipe, right)),
        diverged=diverged,
        parameters=trained,
        losses=losses,
    )
