"""Trains batches of networks of one recipe; no I/O, no randomness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.lanes import PRODUCT, SOLVED_EPOCH, TOTAL, train_lanes
from sweep.objective import gradient_scale, is_solved, row_losses
from sweep.problem import truth_table
from sweep.recipe import ACTIVATIONS, Recipe
from sweep.schedule import learning_rates
from sweep.simd import LANES

NEVER = -1


@dataclass(frozen=True)
class Trained:
    """What became of n networks; every array's first axis is the network.

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


def train(recipe: Recipe, parameters: NDArray[np.float64], start: int = 0, stop: int | None = None) -> Trained:
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
    """
    initial = np.asarray(parameters, dtype=np.float64)
    if initial.ndim != 2 or initial.shape[1] != recipe.n_parameters:
        allowed = f"(n, {recipe.n_parameters}) for this recipe"
        raise UsageError(f"parameters were given with shape {initial.shape}; allowed is {allowed}")
    inputs, targets = truth_table(recipe.problem)
    rows = len(targets)
    steps = learning_rates(recipe)[start:stop] * gradient_scale(recipe, rows)
    setting = (ACTIVATIONS.index(recipe.activation), recipe.loss == "bce", recipe.update_order == "output_first")
    units, deltas = _aligned(sum(recipe.widths) * rows), _aligned(sum(recipe.widths) * rows)
    units[: inputs.size] = inputs.T.reshape(-1, 1)
    lanes, scores = _aligned(recipe.n_parameters), _aligned(3)
    scored, outputs, trained = np.empty((len(initial), 3)), np.empty((len(initial), rows)), np.empty(initial.shape)
    for start in range(0, len(initial), LANES):
        here = slice(start, start + LANES)
        n = len(initial[here])
        lanes[:, :n] = initial[here].T
        scores[TOTAL], scores[PRODUCT], scores[SOLVED_EPOCH] = 0, 1, np.inf
        train_lanes(_layout(recipe), *setting, steps, targets, lanes, units, deltas, scores)
        scored[here], outputs[here], trained[here] = scores[:, :n].T, units[-rows:, :n].T, lanes[:, :n].T
    return _judge(recipe, len(steps), scored, outputs, trained)


def _layout(recipe: Recipe) -> NDArray[np.int64]:
    """A row a layer: fan_in, fan_out, and where its weights, its biases (-1: none), its inputs and outputs begin."""
    layout, parameter, unit = [], 0, 0
    for fan_in, fan_out in recipe.layers:
        n_weights, n_biases = fan_in * fan_out, fan_out if recipe.biases != "none" else 0
        layout.append((fan_in, fan_out, parameter, parameter + n_weights if n_biases else -1, unit, unit + fan_in))
        parameter += n_weights + n_biases
        unit += fan_in
    return np.array(layout, dtype=np.int64)


def _aligned(n: int) -> NDArray[np.float64]:
    """Zeros (n, LANES) that begin on a cache line: a register's load that crosses two lines costs twice the time."""
    memory = np.zeros(n * LANES + 7)
    first = -memory.ctypes.data % 64 // 8
    return memory[first : first + n * LANES].reshape(n, LANES)


def _judge(
    recipe: Recipe,
    epochs: int,
    scored: NDArray[np.float64],
    outputs: NDArray[np.float64],
    trained: NDArray[np.float64],
) -> Trained:
    targets = truth_table(recipe.problem)[1]
    loss = scored[:, TOTAL] / len(targets)
    final_loss = row_losses(recipe, outputs, targets).mean(axis=1)
    diverged = ~(np.isfinite(loss) & np.isfinite(final_loss) & np.isfinite(trained).all(axis=1))
    loss[diverged] = final_loss[diverged] = np.nan
    solved = is_solved(outputs, targets)
    first = scored[:, SOLVED_EPOCH]
    solved_epoch = np.where(np.isfinite(first), first, np.where(solved, epochs, NEVER)).astype(np.int64)
    return Trained(loss, final_loss, solved & ~diverged, solved_epoch, diverged, trained)
