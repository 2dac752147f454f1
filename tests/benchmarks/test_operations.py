from dataclasses import replace

import pytest

from benchmarks.operations import ACTIVATION, DERIVATIVE, operations, relative
from sweep import RECIPES, Recipe
from sweep.recipe.choices import ACTIVATIONS

GUSTAW = RECIPES["gustaw"]


def test_gustaws_operations_counted_by_hand():
    hidden_unit = 3 * 20 + 3 + 4 * (1 + 5.5) + 4 + 3  # exps, products, reciprocals; sums of deltas, weights and bias
    output_unit = 4 * (2 + 20 + 1 + 5.5)
    backwards = 2 * 4 * (1 + 2) + 3 * 4  # deltas of the hidden units; two weights and a bias
    assert operations(GUSTAW, logs=False) == 2 * hidden_unit + output_unit + backwards + 4 * 2
    assert operations(GUSTAW) == operations(GUSTAW, logs=False) + 4 * 3.5


def test_every_activation_is_counted():
    assert ACTIVATION.keys() == DERIVATIVE.keys() == set(ACTIVATIONS)


def test_what_takes_more_is_counted_as_more():
    assert relative(GUSTAW, GUSTAW) == 1
    larger = [{"hidden": (3,)}, {"hidden": (2, 2)}, {"problem": "parity3"}, {"activation": "tanh"}]
    smaller = [{"hidden": (1,)}, {"hidden": ()}, {"biases": "none"}, {"activation": "relu"}]
    assert all(relative(replace(GUSTAW, **fields), GUSTAW) > 1 for fields in larger)
    assert all(relative(replace(GUSTAW, **fields), GUSTAW) < 1 for fields in smaller)


@pytest.mark.parametrize("field", ["update_order", "gradient_scale", "schedule"])
def test_what_costs_nothing_is_not_counted(field):
    values = {"update_order": "simultaneous", "gradient_scale": "mean", "schedule": "cosine"}
    assert operations(replace(GUSTAW, **{field: values[field]})) == operations(GUSTAW)


def test_without_a_hidden_layer_the_output_is_the_first_layer():
    assert operations(Recipe(hidden=()), logs=False) == 3 * 20 + 3 + 4 * (1 + 5.5) + 4 + 3 + 4 * 2
