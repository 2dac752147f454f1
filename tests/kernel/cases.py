"""Recipes of every kind that a target must train as the others do."""

from dataclasses import replace
from functools import cache

import numpy as np

from sweep import RECIPES, Recipe
from sweep.kernel import compiler, kept_code
from sweep.recipe.choices import ACTIVATIONS, OPTIMIZERS
from sweep.recipe.data import DataSet


def rows_of_numbers():
    numbers = np.random.default_rng(5)
    classes = numbers.integers(0, 3, 37)
    return DataSet("flowers", ("a", "b"), ("x", "y", "z"), numbers.normal(size=(37, 2)), np.eye(3)[classes])


DATA = rows_of_numbers()
CLASSES = Recipe(problem=DATA.problem, hidden=(4,), output="softmax", loss="cross_entropy", epochs=40)
CASES = {name: replace(recipe, epochs=min(recipe.epochs, 100)) for name, recipe in RECIPES.items()}
CASES |= {name: Recipe(hidden=(3, 2), activation=name, loss="mse", epochs=60) for name in ACTIVATIONS}
CASES |= {
    name: Recipe(hidden=(3,), optimizer=name, weight_decay=1e-3, learning_rate=0.05, epochs=60) for name in OPTIMIZERS
}
CASES |= {
    "in batches": Recipe(hidden=(3,), batch_size=3, optimizer="adam", learning_rate=0.05, epochs=60),
    "in loops": Recipe(problem="parity4", hidden=(9,), activation="tanh", epochs=40),
    "in the card's memory": Recipe(problem="parity5", hidden=(12, 6), epochs=10),
    "solved below": Recipe(hidden=(3,), solved_below=0.3, epochs=60),
    "classes": CLASSES,
    "classes in batches": replace(CLASSES, batch_size=7, activation="gelu"),
    "squared error of classes": replace(CLASSES, loss="mse", batch_size=1),
}


def start(recipe, n=40):
    keys = np.random.default_rng(1).integers(0, 2**64, n, np.uint64)
    return np.random.default_rng(0).normal(0, 0.8, (n, recipe.n_parameters)), keys


def compile_anew(monkeypatch):
    """Until the test is over, take nothing that was compiled before, and keep nothing on disk."""
    monkeypatch.setattr(compiler, "_compile", cache(compiler._compile.__wrapped__))
    monkeypatch.setattr(kept_code, "folder", lambda: None)
