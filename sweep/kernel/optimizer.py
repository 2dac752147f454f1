"""Emits what an optimiser makes of a gradient (`sweep.reference.optimizer` says it in NumPy)."""

import numpy as np
from numpy.typing import NDArray

from sweep.kernel.emitter import Memory, Numbers, Whole
from sweep.kernel.vector import Vector, square_root
from sweep.recipe import Recipe
from sweep.recipe.objective import gradient_scale

Array = NDArray[np.float64]

NUMBERS = ("momentum", "alpha", "beta1", "beta2", "epsilon", "weight_decay", "solved_below")
"""The recipe's fields that the machine code reads when it runs."""
SCALE, LAST_SCALE = len(NUMBERS), len(NUMBERS) + 1
"""Their places are those of NUMBERS; behind them what the derivatives of a batch's rows are multiplied with, and those
of the last batch's."""
_MEANS = ("momentum", "nesterov", "adam")
_SQUARES = ("rmsprop", "adam")


def state_size(recipe: Recipe) -> int:
    """Vectors that the optimiser keeps from one update to the next: means, squares, and the two powers of adam's
    betas."""
    kept = (recipe.optimizer in _MEANS) + (recipe.optimizer in _SQUARES)
    return kept * recipe.n_parameters + 2 * (recipe.optimizer == "adam")


def first_state(recipe: Recipe) -> Array:
    """What is kept before the first update (`state_size`): nothing, and powers of adam's betas that are 1."""
    state = np.zeros(state_size(recipe))
    if recipe.optimizer == "adam":
        state[-2:] = 1
    return state


def numbers_of(recipe: Recipe) -> Array:
    """The numbers that the machine code reads: NUMBERS of the recipe, and the two scales."""
    size = recipe.batch_size or recipe.rows
    outputs = 1 if recipe.loss == "cross_entropy" else recipe.widths[-1]
    scales = [gradient_scale(recipe, rows) / outputs for rows in (size, recipe.rows % size or size)]
    return np.array([*(getattr(recipe, name) for name in NUMBERS), *scales])


def is_plain(recipe: Recipe) -> bool:
    """Whether a step is the gradient times the learning rate, with which the deltas are multiplied before."""
    return recipe.optimizer == "gradient_descent" and not recipe.weight_decay


class Optimizer:
    """Makes steps.

    Args:
        recipe: that names the optimiser.
        parameters: that it changes.
        state: `state_size` vectors; zeros before the first update, but for the last two of adam, which are 1.
        numbers: of the recipe.
        step: the learning rate.
    """

    def __init__(self, recipe: Recipe, parameters: Memory, state: Memory, numbers: Numbers, step: Vector) -> None:
        self._recipe, self._parameters, self._step = recipe, parameters, step
        self._number = {name: numbers[place] for place, name in enumerate(NUMBERS)}
        n = recipe.n_parameters
        self._means = state
        self._squares = state.behind(n) if recipe.optimizer == "adam" else state
        self._powers = state.behind(2 * n) if recipe.optimizer == "adam" else state
        self._mean_step = self._root_factor = step

    def begin_update(self) -> None:
        """Make ready for one more update of all parameters."""
        if self._recipe.optimizer == "adam":
            powers = [self._powers[place] * self._number[f"beta{place + 1}"] for place in range(2)]
            self._powers[0], self._powers[1] = powers
            self._mean_step = self._step / (1.0 - powers[0])
            self._root_factor = 1.0 / square_root(1.0 - powers[1])

    def take(self, place: Whole, gradient: Vector) -> None:
        """Change the parameter at a place."""
        parameter = self._parameters[place]
        if is_plain(self._recipe):
            self._parameters[place] = parameter - gradient
            return
        if self._recipe.weight_decay:
            gradient = gradient + self._number["weight_decay"] * parameter
        self._parameters[place] = parameter - self._change(place, gradient)

    def _change(self, place: Whole, gradient: Vector) -> Vector:
        optimizer, number = self._recipe.optimizer, self._number
        if optimizer in ("momentum", "nesterov"):
            mean = number["momentum"] * self._means[place] + gradient
            self._means[place] = mean
            return self._step * (gradient + number["momentum"] * mean if optimizer == "nesterov" else mean)
        if optimizer == "rmsprop":
            root = square_root(self._average(self._squares, place, "alpha", gradient * gradient))
            return self._step * gradient / (root + number["epsilon"])
        if optimizer == "adam":
            mean = self._average(self._means, place, "beta1", gradient)
            root = square_root(self._average(self._squares, place, "beta2", gradient * gradient))
            return self._mean_step * mean / (root * self._root_factor + number["epsilon"])
        return self._step * gradient

    def _average(self, kept: Memory, place: Whole, share: str, new: Vector) -> Vector:
        kept[place] = self._number[share] * kept[place] + (1.0 - self._number[share]) * new
        return kept[place]
