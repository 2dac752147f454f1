"""Trains batches of networks of one recipe; no I/O, no randomness."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.kernel.optimizer import first_state, numbers_of
from sweep.kernel.score import EXPONENT, SCORES, SIGNIFICAND, SOLVED_EPOCH, SQUARES
from sweep.kernel.target import DEVICES, Array, Batches, aligned, find_target
from sweep.recipe import Recipe
from sweep.recipe.objective import accuracy, are_right, is_solved, row_losses
from sweep.recipe.problem import find_problem
from sweep.recipe.schedule import learning_rates

Keys: TypeAlias = NDArray[np.uint64]

NEVER = -1
MOST_OUTPUTS = 2**21
"""Outputs of trained networks that are judged together, which bounds the memory that they take."""


@dataclass(frozen=True)
class Trained:
    """What became of n networks; every array's first axis is the network.

    A mean loss is over the rows, in nats (bce, cross_entropy) or squared error (mse).

    Attributes:
        loss: total loss (n,): the sum over the epochs of the mean loss, every row's before the update that it is used
            for.
        final_loss: mean loss (n,) at the trained parameters.
        solved: whether the problem is solved at the trained parameters (n,): every row right, or the loss low enough.
        solved_epoch: number of epochs after which that first held (n,), -1 if never.
        accuracy: fraction of the rows that are right at the trained parameters (n,); NaN without classes.
        diverged: whether a loss or a trained parameter is not finite (n,); losses and accuracy are then NaN.
        parameters: the trained parameters (n, n_parameters).
        state: what the optimiser keeps (n, numbers), for a next part of the training.
    """

    loss: NDArray[np.float64]
    final_loss: NDArray[np.float64]
    solved: NDArray[np.bool_]
    solved_epoch: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    diverged: NDArray[np.bool_]
    parameters: NDArray[np.float64]
    state: NDArray[np.float64]


def train(
    recipe: Recipe,
    parameters: Array,
    start: int = 0,
    stop: int | None = None,
    shuffle_keys: Keys | None = None,
    state: Array | None = None,
    device: str = "cpu",
) -> Trained:
    """Train a batch of networks of one recipe.

    A network's result is the same bit for bit whatever batch it is trained in. Trained part by part, each part from the
    parameters and the state of the one before, it ends with the same parameters bit for bit.

    Args:
        recipe: what to train; its spreads play no part here.
        parameters: initial parameters, float64 (n, n_parameters), layer by layer the weights (fan_in, fan_out) row by
            row, then the biases (fan_out,) if the recipe has them; not changed.
        start: the first epoch that is trained, whose learning rate comes first.
        stop: the epoch to stop before, the recipe's number of epochs if left out. The losses and epochs returned are of
            the epochs start, ..., stop - 1 alone, counted from start.
        shuffle_keys: decide the networks' batches where the recipe has any (n,); all 0 if left out.
        state: of the optimiser before the epoch `start` (n, numbers); left out at the beginning.
        device: "cpu" or "gpu", this machine's first NVIDIA card; the last bits of a result are the device's.

    Raises:
        UsageError: the parameters have another shape, there is no such device, or the recipe's data set is not at hand.
        FailedError: there is no card, or it fails.

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
    if device not in DEVICES:
        raise UsageError(f"device was given as {device!r}; allowed is one of {', '.join(DEVICES)}")
    n = len(initial)
    keys = np.zeros(n, np.uint64) if shuffle_keys is None else np.asarray(shuffle_keys, np.uint64)
    state = np.tile(first_state(recipe), (n, 1)) if state is None else state
    size = find_target(device).most_networks(recipe)
    parts = [slice(first, first + size) for first in range(0, max(n, 1), size)]
    done = [
        one for part in parts for one in _train(recipe, initial[part], (start, stop), keys[part], state[part], device)
    ]
    if len(done) == 1:
        return done[0]
    return Trained(*(np.concatenate([getattr(one, name) for one in done]) for name in Trained.__dataclass_fields__))


def _train(
    recipe: Recipe, initial: Array, epochs: tuple[int, int | None], keys: Keys, state: Array, device: str
) -> Iterator[Trained]:
    n, (inputs, targets), target = len(initial), find_problem(recipe.problem, recipe.inputs), find_target(device)
    rates, lanes = learning_rates(recipe)[slice(*epochs)], target.lanes(n)
    parameters, states = _side_by_side(initial, lanes), _side_by_side(state, lanes)
    scores, outputs = (aligned(len(parameters), numbers, lanes) for numbers in (SCORES, targets.size))
    scores[:, SIGNIFICAND], scores[:, SOLVED_EPOCH] = 1, np.inf
    padded = np.zeros(len(parameters) * lanes, np.uint64)
    padded[:n] = keys
    given = Batches(
        epochs[0], rates, numbers_of(recipe), inputs, targets, padded.reshape(-1, lanes), parameters, states, scores,
        outputs,
    )  # fmt: skip
    target.train_batches(recipe, given)
    columns = [_one_by_one(array, n) for array in (scores, outputs, parameters, states)]
    size = max(1, MOST_OUTPUTS // targets.size)
    for first in range(0, max(n, 1), size):
        scored, answered, trained, kept = (column[first : first + size] for column in columns)
        yield _judge(recipe, len(rates), scored, answered.reshape(-1, *targets.shape), trained, kept)


def _side_by_side(networks: Array, lanes: int) -> Array:
    """Networks (n, numbers) as (batches, numbers, lanes), filled up with zeros."""
    n, numbers = networks.shape
    batches = aligned(-(-n // lanes), numbers, lanes)
    filled = np.zeros((len(batches) * lanes, numbers))
    filled[:n] = networks
    batches[:] = filled.reshape(len(batches), lanes, numbers).transpose(0, 2, 1)
    return batches


def _one_by_one(batches: Array, n: int) -> Array:
    """The first n networks of (batches, numbers, lanes) as (n, numbers)."""
    of, numbers, lanes = batches.shape
    return np.ascontiguousarray(batches.transpose(0, 2, 1).reshape(of * lanes, numbers)[:n])


@np.errstate(over="ignore", invalid="ignore")  # what overflows has diverged, and is known to have
def _judge(recipe: Recipe, epochs: int, scored: Array, outputs: Array, trained: Array, state: Array) -> Trained:
    targets = find_problem(recipe.problem, recipe.inputs).targets
    logs = np.log(scored[:, SIGNIFICAND]) + math.log(2) * scored[:, EXPONENT]
    if recipe.loss == "cross_entropy":
        loss = (scored[:, SQUARES] + logs) / len(targets)
    else:
        loss = (scored[:, SQUARES] - logs) / targets.size
    final_loss, right = row_losses(recipe, outputs, targets).mean(axis=1), are_right(recipe, outputs, targets)
    diverged = ~(np.isfinite(loss) & np.isfinite(final_loss) & np.isfinite(trained).all(axis=1))
    solved = is_solved(recipe, right, final_loss)
    first = scored[:, SOLVED_EPOCH]
    solved_epoch = np.where(np.isfinite(first), first, np.where(solved, epochs, NEVER)).astype(np.int64)
    losses = (np.where(diverged, np.nan, one) for one in (loss, final_loss, accuracy(recipe, right)))
    total, final, share = losses
    return Trained(total, final, solved & ~diverged, solved_epoch, share, diverged, trained, state)
