"""What the peers of data sets train: small tanh networks on two moons, 200 rows, from a seeded script of their own.

A peer is a function of (networks, epochs, optimizer) that gives the total loss (n,) of every network: the sum over the
epochs of the mean binary cross-entropy over the rows, before that epoch's update. All is float64.
"""

import numpy as np

from sweep import Recipe
from sweep.recipe.data import DataSet, remember_data

ROWS = 200
RATES = {"gradient_descent": 0.1, "adam": 0.01}


def two_moons():
    """Two half circles that reach into each other, with noise of 0.1: inputs (ROWS, 2) and targets (ROWS, 1)."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, np.pi, ROWS // 2)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    inputs = np.concatenate([upper, lower]) + rng.normal(0, 0.1, (ROWS, 2))
    return inputs, np.repeat([0.0, 1.0], ROWS // 2)[:, np.newaxis]


INPUTS, TARGETS = two_moons()


def recipe_of(width, optimizer, epochs):
    problem = remember_data(DataSet("two moons", ("x", "y"), ("moon",), INPUTS, TARGETS))
    return Recipe(
        problem=problem,
        hidden=(width,),
        activation="tanh",
        optimizer=optimizer,
        learning_rate=RATES[optimizer],
        gradient_scale="mean",
        biases="zero",
        epochs=epochs,
    )


def unpack(parameters, width):
    """Hidden weights (n, 2, width) and biases (n, width), output weights (n, width, 1) and biases (n, 1)."""
    w1, b1, w2, b2 = np.split(parameters, [2 * width, 3 * width, 4 * width], axis=1)
    return w1.reshape(-1, 2, width), b1, w2.reshape(-1, width, 1), b2
