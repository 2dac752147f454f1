"""What the page paints of a network is what the reference answers."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.report.train import model
from sweep.inspection.replay import layer_outputs
from sweep.recipe import RECIPES, Recipe
from sweep.recipe.choices import ACTIVATIONS
from tests.analysis.report.node import NODE, evaluate

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")

RECIPE = Recipe(hidden=(3, 2), epochs=1)
CASES = [
    *(replace(RECIPE, activation=activation) for activation in ACTIVATIONS),
    replace(RECIPE, biases="none"),
    replace(RECIPE, output="identity", loss="mse", solved_below=0.1),
    RECIPES["gustaw"],
]


def test_answers_are_those_of_the_reference():
    rng = np.random.default_rng(0)
    inputs = rng.normal(0, 2, (20, 2))
    starts = [rng.normal(0, 1.5, recipe.n_parameters) for recipe in CASES]
    given = {
        "inputs": inputs.tolist(),
        "networks": [
            {"model": model("", recipe, "hidden_std_dev", (0.1, 10), 1), "parameters": start.tolist()}
            for recipe, start in zip(CASES, starts, strict=True)
        ],
    }
    found = evaluate(
        ["network.js"],
        "given.networks.map((one) => given.inputs.map((row) => Network.answer(one.model, one.parameters, row)))",
        given,
    )
    for recipe, start, answers in zip(CASES, starts, found, strict=True):
        expected = layer_outputs(recipe, start, inputs)[-1]
        tolerance = 1e-5 if recipe.activation == "gelu" else 1e-12
        np.testing.assert_allclose(answers, expected, rtol=tolerance, atol=tolerance)
