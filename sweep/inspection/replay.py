"""Single trainings seen from inside, and a few many at once, without a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sweep import kernel, reference
from sweep.recipe import Recipe
from sweep.recipe.objective import probabilities
from sweep.recipe.problem import find_problem
from sweep.study import DRAW_BLOCK, Point
from sweep.study.draws import initial_parameters

Array = NDArray[np.float64]
Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Trace:
    """One training from inside.

    Attributes:
        recipe: what was trained.
        initial: initial parameters (n_parameters,).
        training: what became of it, with the loss of every epoch.
        before: outputs of every layer for every row at the initial parameters, as `reference.forward` gives them.
        after: the same at the trained parameters.
        loss: the kernel's total loss of the same training, the one that a store holds bit for bit; NaN if diverged.
    """

    recipe: Recipe
    initial: Array
    training: reference.Training
    before: list[Array]
    after: list[Array]
    loss: float

    @property
    def outputs(self) -> Array:
        """The network's outputs for every row (rows, n_outputs) at the trained parameters; of a softmax,
        probabilities."""
        return probabilities(self.recipe, self.after[-1])


def trace(recipe: Recipe, initial: Array, key: int = 0) -> Trace:
    """Train one network from its initial parameters (n_parameters,), keeping what can be looked at.

    The key decides its batches, where the recipe has any.

    Raises:
        UsageError: the parameters have another shape.
    """
    training = reference.train(recipe, initial, key)
    with np.errstate(over="ignore", invalid="ignore"):
        before, after = (layer_outputs(recipe, parameters) for parameters in (initial, training.parameters))
    by_kernel = kernel.train(recipe, initial[np.newaxis], shuffle_keys=np.array([key], np.uint64))
    return Trace(recipe, initial, training, before, after, float(by_kernel.loss[0]))


def layer_outputs(recipe: Recipe, parameters: Array, inputs: Array | None = None) -> list[Array]:
    """The inputs (n, n_inputs), of the problem if none are given, then every layer's outputs (n, fan_out)."""
    inputs = find_problem(recipe.problem, recipe.inputs).inputs if inputs is None else inputs
    return reference.forward(recipe, reference.unpack(recipe, parameters), inputs)


def draw_starts(recipe: Recipe, n: int, seed: int = 0) -> Array:
    """The initial parameters (n, n_parameters) that repeats 0 to n - 1 of a study would have."""
    point = Point(recipe, seed, "common")
    blocks = range(0, n, DRAW_BLOCK)
    return np.concatenate([initial_parameters(point, first, min(first + DRAW_BLOCK, n)) for first in blocks])


def train_starts(recipe: Recipe, n: int, seed: int = 0) -> kernel.Trained:
    """Train n networks of a recipe from `draw_starts`."""
    return train_from(recipe, draw_starts(recipe, n, seed))


def train_from(recipe: Recipe, initial: Array) -> kernel.Trained:
    """Train networks of a recipe from their initial parameters (n, n_parameters), by the kernel."""
    return kernel.train(recipe, initial)


def loss_curves(recipe: Recipe, initial: Array, epochs: Sequence[int], keys: Keys | None = None) -> Array:
    """The mean loss of many networks after some numbers of epochs, by the kernel: a thousand times as fast as `trace`.

    Args:
        recipe: what to train; its spreads play no part here.
        initial: initial parameters (n, n_parameters).
        epochs: numbers of epochs (k,), ascending, from 0 to the recipe's.
        keys: of their batches (n,), as `sweep.kernel.train` has them.

    Returns:
        Losses (n, k), NaN from where a network diverged.

    Raises:
        UsageError: the parameters have another shape.
    """
    parameters, state, losses = initial, None, np.empty((len(initial), len(epochs)))
    for column, (start, stop) in enumerate(pairwise([0, *epochs])):
        part = kernel.train(recipe, parameters, start, stop, keys, state)
        parameters, state, losses[:, column] = part.parameters, part.state, part.final_loss
    return losses
