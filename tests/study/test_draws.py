from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sweep import RECIPES, Recipe
from sweep.recipe.choices import DISTRIBUTIONS
from sweep.study import DRAW_BLOCK, Point
from sweep.study.draws import initial_parameters, shuffle_keys

GUSTAW = RECIPES["gustaw"]
DEEP = Recipe(problem="parity3", hidden=(8, 3, 3), hidden_std_dev=(0.3, 0.5, 2.0), output_std_dev=2.0)
SHAPES = [(3, 8), (8, 3), (3, 3)]


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


def test_independent_draws_differ_from_point_to_point():
    narrow, wide = (draw(replace(GUSTAW, hidden_std_dev=spread), draws="independent") for spread in (0.5, 2.0))
    assert abs(np.corrcoef(wide[:, 0], narrow[:, 0])[0, 1]) < 0.15
    assert not (wide[:, 6:] == narrow[:, 6:]).any()


CUT = stats.truncnorm(-2, 2).std()
DENSITIES = {
    "normal": stats.norm(),
    "uniform": stats.uniform(-np.sqrt(3), 2 * np.sqrt(3)),
    "truncated_normal": stats.truncnorm(-2, 2, scale=1 / CUT),
}


def hidden_layers(parameters):
    """Weights (n, fan_in, fan_out) and biases (n, fan_out) of the hidden layers of DEEP."""
    for fan_in, fan_out in SHAPES:
        weights, biases, parameters = np.split(parameters, [fan_in * fan_out, (fan_in + 1) * fan_out], axis=1)
        yield weights.reshape(-1, fan_in, fan_out), biases
    assert parameters.shape[1] == 4


@pytest.mark.parametrize("distribution", DENSITIES)
def test_layers_have_their_spread_and_distribution(distribution):
    parameters = draw(replace(DEEP, hidden_distribution=distribution))
    for (weights, biases), spread in zip(hidden_layers(parameters), DEEP.hidden_std_dev, strict=True):
        drawn = np.concatenate([weights.ravel(), biases.ravel()]) / spread
        assert stats.kstest(drawn, DENSITIES[distribution].cdf).pvalue > 1e-3
        assert drawn.std() == pytest.approx(1, rel=0.04)
    assert stats.kstest(parameters[:, -4:].ravel() / 2.0, stats.norm().cdf).pvalue > 1e-3


def test_a_truncated_normal_ends_at_two_of_its_own_deviations():
    weights, _ = next(hidden_layers(draw(replace(DEEP, hidden_distribution="truncated_normal"))))
    assert 1.98 < abs(weights).max() / 0.3 * CUT < 2


def test_orthogonal_weights_are_orthogonal_and_as_large_as_the_spread():
    parameters, as_normal = (draw(replace(DEEP, hidden_distribution=name)) for name in ("orthogonal", "normal"))
    both = zip(hidden_layers(parameters), hidden_layers(as_normal), DEEP.hidden_std_dev, strict=True)
    for (weights, biases), (_, normal_biases), spread in both:
        short = weights if weights.shape[1] <= weights.shape[2] else weights.swapaxes(1, 2)
        expected = spread**2 * short.shape[2] * np.eye(short.shape[1])
        for product in short @ short.swapaxes(1, 2):
            np.testing.assert_allclose(product, expected, atol=1e-12)
        np.testing.assert_allclose(np.square(weights).mean(axis=(1, 2)), spread**2, rtol=1e-12)
        assert (biases == normal_biases).all()
    # Without the signs of R, most orthogonal 3 x 3 matrices have a negative first element.
    last = list(hidden_layers(parameters))[-1][0] / 2 / np.sqrt(3)
    assert stats.kstest(last[:, 0, 0], stats.uniform(-1, 2).cdf).pvalue > 1e-3
    assert 0.4 < (np.linalg.det(last) > 0).mean() < 0.6


@pytest.mark.parametrize("biases", ["drawn", "zero", "none"])
def test_draws_on_a_sphere_have_the_length_that_the_spread_gives_on_average(biases):
    recipe = replace(DEEP, hidden_distribution="sphere", biases=biases)
    column = 0
    for (fan_in, fan_out), spread in zip(SHAPES, DEEP.hidden_std_dev, strict=True):
        n_drawn = fan_in * fan_out + (fan_out if biases == "drawn" else 0)
        drawn = draw(recipe)[:, column : column + n_drawn]
        column += fan_in * fan_out + (fan_out if biases != "none" else 0)
        np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), spread * stats.chi(n_drawn).mean(), rtol=1e-12)
        first = drawn[:, 0] / np.linalg.norm(drawn, axis=1)  # of a direction that is uniform on the sphere
        assert stats.kstest(first**2, stats.beta(1 / 2, (n_drawn - 1) / 2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("hidden", [(1,), (2,), (3, 17), (40, 33)])
def test_a_row_is_the_same_in_any_company(distribution, hidden):
    recipe = Recipe(hidden=hidden, hidden_distribution=distribution, hidden_std_dev=0.7)
    whole = draw(recipe, 0, 200)
    for start, stop in ((0, 1), (199, 200), (0, 7), (3, 90)):
        assert (draw(recipe, start, stop) == whole[start:stop]).all()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_wider_spread_scales_every_distribution(distribution):
    recipe = replace(GUSTAW, hidden_distribution=distribution)
    narrow, wide = (draw(replace(recipe, hidden_std_dev=spread)) for spread in (0.5, 2.0))
    assert (wide[:, :6] == 4 * narrow[:, :6]).all()
    assert (wide[:, 6:] == narrow[:, 6:]).all()


@pytest.mark.parametrize("unit", ["xavier", "he", "lecun"])
def test_spreads_in_a_unit_are_multiples_of_what_it_predicts_for_each_layer(unit):
    multiples, absolute = draw(replace(DEEP, spread_unit=unit)), draw(DEEP)
    drawn = zip(hidden_layers(multiples), hidden_layers(absolute), DEEP.layers, strict=False)
    for (weights, biases), (own_weights, own_biases), layer in drawn:
        np.testing.assert_allclose(weights, own_weights * layer.unit(unit), rtol=1e-12)
        np.testing.assert_allclose(biases, own_biases * layer.unit(unit), rtol=1e-12)
    np.testing.assert_allclose(multiples[:, -4:], absolute[:, -4:] * DEEP.layers[-1].unit(unit), rtol=1e-12)


def test_draws_by_spread_are_shared_where_the_typed_spreads_are_the_same():
    def first(**fields):
        return draw(replace(DEEP, hidden_std_dev=1.0, **fields), 0, 1, draws="by_spread")[0, 0]

    same = [first(), first(activation="tanh"), first(spread_unit="xavier") / DEEP.layers[0].xavier]
    assert same == pytest.approx(same[:1] * 3, rel=1e-12)
    each = [
        draw(replace(DEEP, hidden_std_dev=spreads), 0, 1, draws="by_spread")[0, 0]
        for spreads in (1.0, (1.0, 1.0, 2.0), (1.0, 2.0, 1.0), (1.0, 2.0, 2.0))
    ]
    assert len(set(each)) == 4


def test_keys_for_shuffling_follow_the_draws_and_are_independent_of_them():
    def keys(recipe=GUSTAW, start=0, stop=DRAW_BLOCK, seed=0, draws="common"):
        return shuffle_keys(Point(recipe, seed, draws), start, stop)

    wide = replace(GUSTAW, hidden_std_dev=2.0)
    assert keys().dtype == np.uint64
    assert (keys(start=17, stop=40) == keys()[17:40]).all()
    assert (keys(wide) == keys()).all()
    others = [keys(wide, draws="by_spread"), keys(draws="by_spread"), keys(draws="independent"), keys(seed=1),
              keys(start=DRAW_BLOCK, stop=2 * DRAW_BLOCK), keys()]  # fmt: skip
    assert len(np.unique(np.concatenate(others))) == 6 * DRAW_BLOCK
    of_weights = np.random.default_rng([0, 0]).integers(0, 2**64, 20 * DRAW_BLOCK, np.uint64)
    assert not set(keys().tolist()) & set(of_weights.tolist())
    assert stats.kstest(keys() / 2.0**64, stats.uniform().cdf).pvalue > 1e-3
    with pytest.raises(ValueError, match="not within one block of 1024 draws"):
        keys(start=1000, stop=1100)


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
