"""Recipes of every kind, with data sets for them, drawn by hypothesis or from a seed."""

import numpy as np
from hypothesis import strategies as st

from sweep import Recipe
from sweep.recipe import choices
from sweep.recipe.data import DataSet, remember_data
from sweep.recipe.problem import shape_of


def data(output, rows, n_inputs, n_outputs, seed=0):
    """A data set that suits an output, at hand; its `problem`."""
    rng = np.random.default_rng([seed, rows, n_inputs, n_outputs])
    inputs = rng.normal(size=(rows, n_inputs))
    if output == "softmax":
        targets = np.eye(n_outputs)[rng.permutation(rows) % n_outputs]
    else:
        targets = rng.normal(size=(rows, n_outputs))
    if output == "sigmoid":
        targets = (targets > 0).astype(float)
    names = [tuple(f"{kind}{number}" for number in range(n)) for kind, n in (("x", n_inputs), ("y", n_outputs))]
    return remember_data(DataSet("drawn", *names, inputs, targets))


@st.composite
def recipes(draw):
    """A recipe of few epochs, of any kind."""

    def one_of(values):
        return draw(st.sampled_from(list(values)))

    output = one_of(choices.OUTPUTS)
    tables = ["xor", "parity3", "table:0111", "table:10"] if output != "softmax" else []
    n_outputs = draw(st.integers(2 if output == "softmax" else 1, 4))
    problem = one_of([*tables, *2 * [data(output, draw(st.integers(2, 19)), draw(st.integers(1, 4)), n_outputs)]])
    rows, at_once = shape_of(problem).rows, not problem.startswith("data:")
    batch_size = draw(st.one_of(st.just(choices.FULL), st.integers(1, rows)))
    at_once = at_once and batch_size in (choices.FULL, rows)
    return Recipe(
        problem=problem,
        hidden=one_of([(), (1,), (2,), (5,), (3, 2)]),
        activation=one_of(choices.ACTIVATIONS),
        output=output,
        loss=one_of(choices.LOSSES_OF[output]),
        solved_below=0.4 if output == "identity" else one_of([0.0, 0.4]),
        optimizer=one_of(choices.OPTIMIZERS),
        learning_rate=one_of([0.003, 0.02]),
        schedule=one_of(choices.SCHEDULES),
        momentum=one_of([0.0, 0.8]),
        alpha=one_of([0.5, 0.95]),
        beta1=one_of([0.0, 0.85]),
        beta2=one_of([0.9, 0.99]),
        epsilon=1e-3,
        weight_decay=one_of([0.0, 0.1]),
        batch_size=batch_size,
        epochs=draw(st.integers(1, 12)),
        biases=one_of(choices.BIASES),
        update_order=one_of(choices.UPDATE_ORDERS) if at_once else "simultaneous",
        gradient_scale=one_of(choices.GRADIENT_SCALES),
    )
