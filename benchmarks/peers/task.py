"""What every peer trains: the networks of `gustaw`, by the textbook gradient that automatic differentiation computes.

A peer is a function of (networks, epochs) that gives the total loss (n,) of every network: the sum over the epochs of
the mean loss over the truth table, before that epoch's update. All is float64.
"""

from dataclasses import dataclass, replace

import numpy as np

from sweep import RECIPES
from sweep.recipe.problem import find_problem

RECIPE = replace(RECIPES["gustaw"], update_order="simultaneous")
LEARNING_RATE = RECIPE.learning_rate
INPUTS, TARGETS = find_problem(RECIPE.problem)
TARGETS = TARGETS[:, 0]


@dataclass(frozen=True)
class Networks:
    """Initial parameters of n networks: hidden (n, 2, 2) and (n, 2), output (n, 2, 1) and (n, 1)."""

    hidden_weights: np.ndarray
    hidden_biases: np.ndarray
    output_weights: np.ndarray
    output_biases: np.ndarray

    def __iter__(self):
        return iter((self.hidden_weights, self.hidden_biases, self.output_weights, self.output_biases))


def unpack(parameters):
    """The networks of parameters (n, n_parameters), as the kernel takes them."""
    hidden_weights, hidden_biases, output_weights, output_biases = np.split(parameters, [4, 6, 8], axis=1)
    return Networks(hidden_weights.reshape(-1, 2, 2), hidden_biases, output_weights.reshape(-1, 2, 1), output_biases)
