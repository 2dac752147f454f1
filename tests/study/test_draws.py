from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sweep import RECIPES, Recipe
from sweep.study import DRAW_BLOCK, Point
from sweep.study.draws import initial_parameters

GUSTAW = RECIPES["gustaw"]


def draw(recipe, start=0, stop=DRAW_BLOCK, seed=0, draws="common"):
    return initial_parameters(Point(recipe, seed, draws), start, stop)


def test_the_same_point_and_repeats_give_the_same_draws():
    assert (draw(GUSTAW) == draw(GUSTAW)).all()


@pytest.mark.parametrize("draws", ["common", "independent"])
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (0, 1000), (17, 18), (1000, 1024)])
def test_a_row_does_not_depend_on_how_many_are_asked_for(draws, start, stop):
    assert (draw(GUSTAW, start, stop, draws=draws) == draw(GUSTAW, draws=draws)[start:stop]).all()


def test_blocks_and_seeds_differ():
    pieces = [draw(GUSTAW), draw(GUSTAW, DRAW_BLOCK, 2 * DRAW_BLOCK), draw(GUSTAW, seed=1)]
    assert len(np.unique(np.concatenate(pieces))) == 3 * DRAW_BLOCK * 9


def test_repeats_across_blocks_are_refused():
    with pytest.raises(ValueError, match="repeats 1000 to 1099 are not within one block of 1024 draws"):
        draw(GUSTAW, 1000, 1100)


def test_common_draws_differ_in_scale_alone():
    narrow, wide = (draw(replace(GUSTAW, hidden_std_dev=spread)) for spread in (0.5, 2.0))
    assert (wide[:, :6] == 4 * narrow[:, :6]).all()
    assert (wide[:, 6:] == narrow[:, 6:]).all()


def test_independent_draws_differ_from_point_to_point():
    narrow, wide = (draw(replace(GUSTAW, hidden_std_dev=spread), draws="independent") for spread in (0.5, 2.0))
    assert abs(np.corrcoef(wide[:, 0], narrow[:, 0])[0, 1]) < 0.15
    assert not (wide[:, 6:] == narrow[:, 6:]).any()


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_layers_have_their_spread_and_distribution(distribution):
    recipe = Recipe(hidden=(3, 2), hidden_std_dev=0.3, output_std_dev=2.0, hidden_distribution=distribution)
    parameters = draw(recipe)
    hidden, output = parameters[:, : 9 + 8].ravel() / 0.3, parameters[:, 17:].ravel() / 2.0
    expected = stats.norm() if distribution == "normal" else stats.uniform(-np.sqrt(3), 2 * np.sqrt(3))
    assert stats.kstest(hidden, expected.cdf).pvalue > 1e-3
    assert stats.kstest(output, stats.norm().cdf).pvalue > 1e-3


def test_bias_modes_share_their_weights():
    drawn, zero, none = (draw(replace(GUSTAW, biases=mode)) for mode in ("drawn", "zero", "none"))
    weights = [0, 1, 2, 3, 6, 7]
    assert (zero[:, weights] == drawn[:, weights]).all()
    assert (zero[:, [4, 5, 8]] == 0).all()
    assert (none == drawn[:, weights]).all()


def test_no_hidden_layer_has_the_output_spread():
    recipe = Recipe(hidden=(), hidden_std_dev=100.0, output_std_dev=0.5)
    assert draw(recipe).std() == pytest.approx(0.5, rel=0.05)


def test_a_spread_of_zero_gives_zeros():
    assert (draw(replace(GUSTAW, hidden_std_dev=0.0))[:, :6] == 0).all()
