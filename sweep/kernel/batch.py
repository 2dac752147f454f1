"""Trains batches of networks of one recipe; no I/O, no randomness."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.kernel.compiler import compile_trainer, workspace_size
from sweep.kernel.descent import EXPONENT, SCORES, SIGNIFICAND, SOLVED_EPOCH, SQUARES
from sweep.kernel.vector import LANES
from sweep.recipe import Recipe
from sweep.recipe.objective import gradient_scale, is_solved, row_losses
from sweep.recipe.problem import truth_table
from sweep.recipe.schedule import learning_rates

Array: TypeAlias = NDArray[np.float64]

NEVER = -1


@dataclass(frozen=True)
class Trained:
    """What became of n networks; every array's first axis is the network.

    A mean loss is over the rows of the truth table, in nats (bce) or squared error (mse).

    Attributes:
        loss: total loss (n,): the sum over the epochs of the mean loss before that epoch's update.
        final_loss: mean loss (n,) at the trained parameters.
        solved: whether all outputs are on their side of 0.5 at the trained parameters (n,).
        solved_epoch: number of updates after which that first held (n,), -1 if never.
        diverged: whether a loss or a trained parameter is not finite (n,); both losses are then NaN.
        parameters: the trained parameters (n, n_parameters).
    """

    loss: NDArray[np.float64]
    final_loss: NDArray[np.float64]
    solved: NDArray[np.bool_]
    solved_epoch: NDArray[np.int64]
    diverged: NDArray[np.bool_]
    parameters: NDArray[np.float64]


def train(recipe: Recipe, parameters: Array, start: int = 0, stop: int | None = None) -> Trained:
    """Train a batch of networks of one recipe.

    A network's result is the same bit for bit whatever batch it is trained in. Trained part by part, each part from the
    parameters of the one before, it ends with the same parameters bit for bit.

    Args:
        recipe: what to train; its spreads play no part here.
        parameters: initial parameters, float64 (n, n_parameters), layer by layer the weights (fan_in, fan_out) row by
            row, then the biases (fan_out,) if the recipe has them; not changed.
        start: the first epoch that is trained, whose learning rate comes first.
        stop: the epoch to stop before, the recipe's number of epochs if left out. The losses and epochs returned are of
            the epochs start, ..., stop - 1 alone, counted from start.

    Raises:
        UsageError: the parameters have another shape.

    Examples:
        >>> from sweep import RECIPES
        >>> recipe = RECIPES["gustaw"]
        >>> trained = train(recipe, np.random.default_rng(0).normal(0, 0.7, (1000, recipe.n_parameters)))
        >>> trained.loss.shape, trained.parameters.shape
        ((1000,), (1000, 9))
        >>> float(trained.loss.mean().round(1)), int(trained.solved.sum())
        (1622.9, 779)
    """
    initial = np.asarray(parameters, dtype=np.float64)
    if initial.ndim != 2 or initial.shape[1] != recipe.n_parameters:
        allowed = f"(n, {recipe.n_parameters}) for this recipe"
        raise UsageError(f"parameters were given with shape {initial.shape}; allowed is {allowed}")
    rows = len(truth_table(recipe.problem)[1])
    steps = learning_rates(recipe)[start:stop] * gradient_scale(recipe, rows)
    trainer = compile_trainer(recipe)
    lanes, workspace = _side_by_side(initial), _aligned(workspace_size(recipe), LANES)
    scores, outputs = _aligned(len(lanes), SCORES, LANES), _aligned(len(lanes), rows, LANES)
    scores[:, SIGNIFICAND], scores[:, SOLVED_EPOCH] = 1, np.inf
    for batch in zip(lanes, scores, outputs, strict=True):
        trainer(steps, *batch, workspace)
    scored, answered, trained = (_one_by_one(array, len(initial)) for array in (scores, outputs, lanes))
    return _judge(recipe, len(steps), scored, answered, trained)


def _side_by_side(networks: Array) -> Array:
    """Networks (n, numbers) as (batches, numbers, LANES), filled up with zeros."""
    n, numbers = networks.shape
    lanes = _aligned(-(-n // LANES), numbers, LANES)
    filled = np.zeros((len(lanes) * LANES, numbers))
    filled[:n] = networks
    lanes[:] = filled.reshape(len(lanes), LANES, numbers).transpose(0, 2, 1)
    return lanes


def _one_by_one(lanes: Array, n: int) -> Array:
    """The first n networks of (batches, numbers, LANES) as (n, numbers)."""
    return np.ascontiguousarray(lanes.transpose(0, 2, 1).reshape(-1, lanes.shape[1])[:n])


def _aligned(*shape: int) -> Array:
    """Zeros that begin on a cache line: a register's load that crosses two lines costs twice the time."""
    memory = np.zeros(math.prod(shape) + 7)
    first = -memory.ctypes.data % 64 // 8
    return memory[first : first + math.prod(shape)].reshape(shape)


def _judge(recipe: Recipe, epochs: int, scored: Array, outputs: Array, trained: Array) -> Trained:
    targets = truth_table(recipe.problem)[1]
    logs = np.log(scored[:, SIGNIFICAND]) + math.log(2) * scored[:, EXPONENT]
    loss = (scored[:, SQUARES] - logs) / len(targets)
    final_loss = row_losses(recipe, outputs, targets).mean(axis=1)
    diverged = ~(np.isfinite(loss) & np.isfinite(final_loss) & np.isfinite(trained).all(axis=1))
    loss[diverged] = final_loss[diverged] = np.nan
    solved = is_solved(outputs, targets)
    first = scored[:, SOLVED_EPOCH]
    solved_epoch = np.where(np.isfinite(first), first, np.where(solved, epochs, NEVER)).astype(np.int64)
    return Trained(loss, final_loss, solved & ~diverged, solved_epoch, diverged, trained)
