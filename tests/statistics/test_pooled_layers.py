"""Layers with spreads of their own, and spreads in units: pooled means against plain means of many other trainings.

A loss may be any function of the initial parameters, so the truth needs no trainer, and no estimator made it.
"""

import numpy as np
import pytest

from sweep import Axis, Recipe, Study
from sweep.recipe.field import with_values
from sweep.statistics.curve import read_curve
from sweep.statistics.pooled_map import read_map
from sweep.study import DRAW_BLOCK, Point
from sweep.study.draws import initial_parameters

DEEP = Recipe(hidden=(4, 1), hidden_std_dev=(0.6, 0.9), output_std_dev=0.8)
N_TRUE = 40


def losses(parameters):
    """A loss that every layer has a part in, and each weight another."""
    first, second, output = (np.tanh(part) for part in np.split(parameters, [12, 17], axis=1))
    signs = np.where(np.arange(12) % 2, 1, -1)
    mixed = (first * signs).sum(axis=1) + (second * signs[:5]).sum(axis=1) * (1 + output[:, 0] ** 2)
    return 10 + mixed**2 + 3 * np.abs(second).max(axis=1)


class Untrained:
    """What a store of a study would say if these were its losses."""

    def __init__(self, study):
        self._points = {point.identity: point for point in study.points}

    def counts(self, identities, below):
        return dict.fromkeys(identities, below)

    def columns(self, identity, below, names):
        loss = losses(initial_parameters(self._points[identity], 0, below))
        return {"repeat": np.arange(below), "loss": loss, "solved": loss < 12}


def true_mean(recipe, values):
    """Mean and standard error of many trainings at these spreads alone, whose draws no study has."""
    point = Point(with_values(recipe, values), 99, "independent")
    drawn = [initial_parameters(point, block * DRAW_BLOCK, (block + 1) * DRAW_BLOCK) for block in range(N_TRUE)]
    loss = losses(np.concatenate(drawn))
    return loss.mean(), loss.std() / np.sqrt(len(loss))


@pytest.mark.parametrize("draws", ["by_spread", "common"])
@pytest.mark.parametrize(
    ("field", "unit", "distribution"),
    [
        ("hidden_std_dev.1", "absolute", "normal"),
        ("hidden_std_dev.2", "absolute", "normal"),
        ("hidden_std_dev.2", "he", "normal"),
        ("hidden_std_dev", "xavier", "normal"),
        ("hidden_std_dev.2", "lecun", "uniform"),
        ("output_std_dev", "he", "sphere"),
    ],
)
def test_a_curve_gives_the_means_of_other_trainings(field, unit, distribution, draws):
    spreads = tuple(np.geomspace(0.3, 3, 60).tolist())
    recipe = with_values(DEEP, {"spread_unit": unit, "hidden_distribution": distribution})
    study = Study(recipe, (Axis(field, spreads),), repeats=60, draws=draws)
    curve = read_curve(Untrained(study), study)
    assert curve.method == "pooled"
    at = np.array([0.45, 1.0, 2.1])
    found = curve.at(at)
    for place, mean, error in zip(at, found.mean, found.standard_error, strict=True):
        truth, own = true_mean(recipe, {field: place})
        assert abs(mean - truth) < 4 * np.hypot(error, own)
    if draws == "by_spread":
        assert (found.effective > 5 * 60).all()


@pytest.mark.parametrize(
    "fields", [("hidden_std_dev.2", "hidden_std_dev.1"), ("hidden_std_dev.1", "output_std_dev")], ids=" and ".join
)
def test_a_map_of_two_layers_gives_the_means_of_other_trainings(fields):
    spreads = tuple(np.geomspace(0.4, 2, 12).tolist())
    recipe = with_values(DEEP, {"spread_unit": "xavier"})
    study = Study(recipe, tuple(Axis(field, spreads) for field in fields), repeats=20)
    found = read_map(Untrained(study), study)
    for i, j in ((2, 9), (6, 6), (9, 1)):
        truth, own = true_mean(recipe, {fields[0]: spreads[i], fields[1]: spreads[j]})
        assert abs(found.mean[i, j] - truth) < 4 * np.hypot(found.standard_error[i, j], own)
        assert 10 < found.effective[i, j] <= 20, "repeats share their draws"
