"""Pooled means against the sum that defines them, against truths by integration, and as often right as they say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, special, stats

from sweep import Axis, Recipe, Study
from sweep.statistics import pooling
from sweep.statistics.bins import merged as merge
from sweep.statistics.compare import change_between
from sweep.statistics.curve import is_pooled
from sweep.statistics.inference import degrees_of_freedom
from sweep.statistics.pooling import Pool
from sweep.study import Point
from sweep.study.draws import drawn_lengths, initial_parameters
from sweep.study.overlap import Draw, default_draws, draw_of, overlap

NORMAL, UNIFORM, TRUNCATED = (Draw(name, 6) for name in ("normal", "uniform", "truncated_normal"))
FINITE, LOSS = np.eye(2)
CUT = stats.truncnorm(-2, 2).std()


def lengths_of(rng, draw, n):
    if draw.distribution == "normal":
        return np.linalg.norm(rng.standard_normal((n, draw.dimension)), axis=1)[:, np.newaxis]
    if draw.distribution == "uniform":
        return rng.random((n, draw.dimension)).max(axis=1)[:, np.newaxis]
    weights = special.ndtri(rng.uniform(*special.ndtr([-2, 2]), (n, draw.dimension))) / CUT
    return np.column_stack([np.linalg.norm(weights, axis=1), abs(weights).max(axis=1) / (2 / CUT)])


def mean_at_length(log_length):
    """A mean loss that depends on the length alone, lowest at a length of 1.2."""
    return 1000 + 300 * (log_length - np.log(1.2)) ** 2


def true_mean(draw, spread):
    """The mean of `mean_at_length` over the lengths that a spread gives, by integration."""
    if draw.distribution == "normal":
        length = stats.chi(draw.dimension)
        return integrate.quad(lambda r: mean_at_length(np.log(spread * r)) * length.pdf(r), 0, 12)[0]
    if draw.distribution == "truncated_normal":  # plain means, of the norm's column and of the largest's
        log_lengths = np.log(spread * lengths_of(np.random.default_rng(10), draw, 300_000))
        return mean_at_length(log_lengths).sum(axis=1).mean()
    return integrate.quad(
        lambda r: mean_at_length(np.log(spread * r)) * draw.dimension * r ** (draw.dimension - 1), 0, 1
    )[0]


def trainings(rng, draws, spreads, n, noise=100.0, diverged=0.0, common=False):
    """Lengths and losses of n trainings at every spread."""
    shared = [np.hstack([lengths_of(rng, draw, n) for draw in draws])] * len(spreads)
    for spread, kept in zip(spreads, shared, strict=True):
        standard = kept if common else np.hstack([lengths_of(rng, draw, n) for draw in draws])
        lengths = standard * np.repeat(spread, [len(draw.deviations) for draw in draws])
        loss = mean_at_length(np.log(lengths)).sum(axis=1) + rng.normal(0, noise, n)
        loss[rng.random(n) < diverged] = np.nan
        yield lengths, loss


def pooled(draws, spreads, given, n_repeats=0):
    pool = Pool(draws, spreads, n_repeats)
    for place, (lengths, loss) in enumerate(given):
        is_finite = np.isfinite(loss)
        pool.add(place, np.arange(len(loss)), lengths, np.column_stack([is_finite, np.where(is_finite, loss, 0)]))
    return pool


def by_definition(draws, spreads, given, at):
    """Mean and standard error at one spread from the formulas, training by training."""
    lengths, loss = (np.concatenate(parts) for parts in zip(*given, strict=True))
    n = [len(one) for _, one in given]

    def density(spread):
        total, columns = 0.0, iter(lengths.T)
        for draw, s in zip(draws, spread, strict=True):
            total = total - draw.dimension * np.log(s)
            if draw.distribution != "uniform":
                total = total - (next(columns) * (CUT if draw is TRUNCATED else 1) / s) ** 2 / 2
            if draw.distribution != "normal":
                total = total + np.where(next(columns) <= s, 0.0, -np.inf)
        return np.exp(total)

    w = density(at) / sum(count * density(spread) for count, spread in zip(n, spreads, strict=True))
    w = np.where(np.isfinite(loss), w, 0)
    mean = (w * np.nan_to_num(loss)).sum() / w.sum()
    share = w * (np.nan_to_num(loss) - mean) / w.sum()
    of_spreads = np.split(share, np.cumsum(n)[:-1])
    return mean, np.sqrt(sum(len(one) * np.var(one, ddof=1) for one in of_spreads))


@pytest.mark.parametrize("draw", [NORMAL, UNIFORM, TRUNCATED, Draw("normal", 30), Draw("normal", 1)])
def test_one_spread_agrees_with_the_definition(draw):
    rng, spreads = np.random.default_rng(0), np.geomspace(0.3, 3, 12)[:, np.newaxis]
    given = list(trainings(rng, [draw], spreads, 300, diverged=0.1))
    given[4] = tuple(part[:7] for part in given[4])  # unequal numbers
    pool = pooled([draw], spreads, given)
    for at in (spreads[3], np.array([1.1])):
        found = pool.mean(at[np.newaxis], LOSS, FINITE)
        mean, error = by_definition([draw], spreads, given, at)
        # A bin across the end of a density counts by its part: other trainings of it, as many.
        assert found.mean[0] == pytest.approx(mean, abs=(0.05 if draw.distribution == "normal" else 0.5) * error)
        assert found.standard_error[0] == pytest.approx(error, rel=0.02 if draw.distribution == "normal" else 0.04)


@pytest.mark.parametrize("hidden", [NORMAL, TRUNCATED])
def test_two_spreads_agree_with_the_definition(hidden):
    rng, draws = np.random.default_rng(1), [hidden, Draw("normal", 3)]
    spreads = np.array([(one, other) for one in np.geomspace(0.4, 2, 6) for other in np.geomspace(0.5, 2, 5)])
    given = list(trainings(rng, draws, spreads, 60))
    found = pooled(draws, spreads, given).mean(spreads[[12, 17]], LOSS, FINITE)
    for i, place in enumerate((12, 17)):
        mean, error = by_definition(draws, spreads, given, spreads[place])
        assert found.mean[i] == pytest.approx(mean, abs=(0.1 if hidden is NORMAL else 0.5) * error)
        assert found.standard_error[i] == pytest.approx(error, rel=0.02)


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("draw", [NORMAL, UNIFORM, TRUNCATED])
def test_its_intervals_hold_the_true_mean_and_the_true_change(draw, common):
    rng, spreads = np.random.default_rng(2), np.geomspace(0.3, 3, 20)[:, np.newaxis]
    at = np.array([[0.6], [1.0]])
    truth = np.array([true_mean(draw, spread) for spread in at[:, 0]])
    hits, n_studies = np.zeros(3), 300
    for _ in range(n_studies):
        pool = pooled([draw], spreads, trainings(rng, [draw], spreads, 50, common=common), 50 if common else 0)
        found = pool.mean(at, LOSS, FINITE)
        change = change_between(found, 0, 1)
        intervals = (found.interval(0)[1:], found.interval(1)[1:], (change.low, change.high))
        true = (*truth, truth[1] / truth[0] - 1)
        hits += [low < one < high for (low, high), one in zip(intervals, true, strict=True)]
    low, high = stats.binom.interval(0.999, n_studies, 0.95)
    assert (hits >= low).all(), hits
    assert (hits <= high).all(), hits


def test_the_influences_of_repeats_make_the_covariance_and_its_degrees_of_freedom():
    rng, spreads, at = (
        np.random.default_rng(12),
        np.geomspace(0.3, 3, 20)[:, np.newaxis],
        np.array([[0.5], [1.0], [2.0]]),
    )
    given = list(trainings(rng, [NORMAL], spreads, 40, common=True))
    found = pooled([NORMAL], spreads, given, 40).mean(at, LOSS, FINITE)
    assert found.influences.shape == (40, 3)
    np.testing.assert_allclose(found.influences.sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(found.influences.T @ found.influences * 40 / 39, found.covariance, rtol=1e-9)
    factors = np.array([1.0, -2.0, 0.5])
    assert found.degrees(factors) == degrees_of_freedom(found.influences @ factors)
    assert found.combined(np.array([factors]), np.ones(1)).degrees_at(0) == pytest.approx(found.degrees(factors))
    assert found.at(np.array([2])).degrees_at(0) == found.degrees_at(2) <= 39
    assert pooled([NORMAL], spreads, given).mean(at, LOSS, FINITE).degrees_at(0) == np.inf


def test_pooling_sharpens_a_mean_as_the_effective_number_says():
    rng, spreads = np.random.default_rng(3), np.geomspace(0.1, 10, 200)[:, np.newaxis]
    found = pooled([NORMAL], spreads, trainings(rng, [NORMAL], spreads, 100)).mean(np.array([[1.0]]), LOSS, FINITE)
    study = Study(Recipe(), (Axis("hidden_std_dev", tuple(spreads[:, 0].tolist())),))
    assert found.effective[0] == pytest.approx(100 * overlap(Recipe(), study.axes[0]), rel=0.07)
    # A training varies by noise of 100 and by its length; of the latter, the spreads next to each other know a part.
    own = np.sqrt(100**2 + np.var(mean_at_length(np.log(lengths_of(rng, NORMAL, 20_000)))))
    assert 100 < found.standard_error[0] * np.sqrt(found.effective[0]) < own


@pytest.mark.parametrize("dimension", [3, 6, 24, 96])
@pytest.mark.parametrize("distribution", ["normal", "uniform", "truncated_normal"])
def test_the_overlap_is_the_effective_number(distribution, dimension):
    draw, rng = Draw(distribution, dimension), np.random.default_rng(6)
    gap = draw.deviations[0] / 5
    spreads = np.exp(np.arange(-40, 41) * gap)[:, np.newaxis]
    found = pooled([draw], spreads, trainings(rng, [draw], spreads, 100)).mean(np.ones((1, 1)), LOSS, FINITE)
    assert found.effective[0] == pytest.approx(100 * draw.overlap / gap, rel=0.12)


def test_a_mean_over_what_is_next_to_nowhere_is_told_without_a_warning():
    rng, spreads = np.random.default_rng(5), np.geomspace(0.05, 50, 40)[:, np.newaxis]
    pool = Pool([NORMAL], spreads)
    for place, (lengths, loss) in enumerate(trainings(rng, [NORMAL], spreads, 50)):
        pool.add(place, np.arange(50), lengths, np.column_stack([np.full(50, place == 39), loss * (place == 39)]))
    found = pool.mean(np.geomspace(0.05, 50, 400)[:, np.newaxis], LOSS, FINITE)
    assert np.isfinite(found.standard_error[-1])
    assert np.isnan(found.standard_error[0])


def test_common_draws_have_as_many_independent_trainings_as_repeats_of_even_weight(monkeypatch):
    """Kish's number of the repeats' weights, summed over the trainings of each, by the definition."""
    rng, spreads, at = np.random.default_rng(9), np.geomspace(0.3, 3, 20)[:, np.newaxis], np.array([[0.5], [2.0]])
    given = list(trainings(rng, [NORMAL], spreads, 400, common=True))
    lengths = np.array([one[0][:, 0] for one in given])
    density = np.exp(-6 * np.log(spreads.T)[..., np.newaxis] - (lengths[:, np.newaxis] / spreads) ** 2 / 2)
    for i, spread in enumerate(at[:, 0]):
        w = np.exp(-6 * np.log(spread) - (lengths / spread) ** 2 / 2) / density.sum(axis=1)
        of_repeats = w.sum(axis=0)
        expected = of_repeats.sum() ** 2 / (of_repeats**2).sum()
        assert expected < 400
        found = pooled([NORMAL], spreads, given, 400).mean(at, LOSS, FINITE)
        assert found.effective[i] == pytest.approx(expected, rel=1e-3)
    monkeypatch.setattr(pooling, "GROUPS", 100)
    grouped = pooled([NORMAL], spreads, given, 400).mean(at, LOSS, FINITE)
    np.testing.assert_allclose(grouped.effective, found.effective, rtol=0.1)


def test_the_first_of_very_many_repeats_are_told_from_each_other():
    """Of a million that are asked for, the first 16 are in groups of their own: their scatter is known."""
    spreads, at = np.geomspace(0.3, 3, 20)[:, np.newaxis], np.array([[1.0]])
    given = list(trainings(np.random.default_rng(13), [NORMAL], spreads, 16, common=True))
    few, many = (pooled([NORMAL], spreads, given, n).mean(at, LOSS, FINITE) for n in (16, 10**6))
    assert many.degrees_at(0) == few.degrees_at(0) > 1
    assert many.standard_error[0] > 0
    assert many.standard_error[0] == pytest.approx(few.standard_error[0])


@pytest.mark.parametrize("draw", [NORMAL, TRUNCATED])
def test_trainings_are_found_in_the_bins_that_they_were_counted_in(draw):
    spreads = np.geomspace(0.3, 3, 5)[:, np.newaxis]
    given = list(trainings(np.random.default_rng(8), [draw], spreads, 400))
    pool = pooled([draw], spreads, given)
    losses = sum(np.bincount(pool.bins_of(lengths), loss, len(pool.log_lengths)) for lengths, loss in given)
    np.testing.assert_allclose(losses, pool.total(LOSS), rtol=1e-12)


def test_many_bins_are_merged_a_few_times(monkeypatch):
    spreads, merged = np.geomspace(0.1, 10, 200)[:, np.newaxis], []
    given = list(trainings(np.random.default_rng(7), [NORMAL], spreads, 40))
    expected = pooled([NORMAL], spreads, given).mean(spreads, LOSS, FINITE)
    monkeypatch.setattr(pooling, "AT_ONCE", 100)
    monkeypatch.setattr(pooling, "merged", lambda parts: merged.append(len(parts)) or merge(parts))
    found = pooled([NORMAL], spreads, given).mean(spreads, LOSS, FINITE)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-9)
    assert 2 < len(merged) < 60  # of 200


def test_a_spread_far_from_all_others_has_its_own_mean():
    rng, spreads = np.random.default_rng(4), np.array([[0.01], [1.0]])
    given = list(trainings(rng, [NORMAL], spreads, 500))
    found = pooled([NORMAL], spreads, given).mean(spreads, LOSS, FINITE)
    np.testing.assert_allclose(found.mean, [loss.mean() for _, loss in given], rtol=1e-6)
    np.testing.assert_allclose(found.effective, 500, rtol=1e-6)
    errors = [loss.std(ddof=1) / np.sqrt(500) for _, loss in given]
    np.testing.assert_allclose(found.standard_error, errors, rtol=1e-6)


@pytest.mark.parametrize("distribution", ["normal", "uniform", "truncated_normal"])
@pytest.mark.parametrize("biases", ["drawn", "zero", "none"])
@pytest.mark.parametrize("hidden", [(2,), (3, 2)])
def test_lengths_are_those_of_the_initial_parameters(distribution, biases, hidden):
    recipe = Recipe(
        hidden=hidden, biases=biases, hidden_distribution=distribution, hidden_std_dev=0.4, output_std_dev=2.5
    )
    point = Point(recipe, 5, "by_spread")
    found = drawn_lengths(point, ["output_std_dev", "hidden_std_dev"], 1030)
    parameters = np.concatenate([initial_parameters(point, 0, 1024), initial_parameters(point, 1024, 1030)])
    n_output = recipe.hidden[-1] + (biases != "none")
    output, rest = parameters[:, -n_output:], parameters[:, :-n_output]
    np.testing.assert_allclose(found[:, 0], np.linalg.norm(output, axis=1), rtol=1e-12)
    norm, largest = np.linalg.norm(rest, axis=1), abs(rest).max(axis=1)
    expected = {
        "normal": [norm],
        "uniform": [largest / np.sqrt(3)],
        "truncated_normal": [norm, largest / (2 / CUT)],
    }[distribution]
    np.testing.assert_allclose(found[:, 1:], np.column_stack(expected), rtol=1e-12)


@pytest.mark.parametrize("unit", ["absolute", "he"])
def test_a_layer_of_its_own_has_its_own_length_in_its_unit(unit):
    recipe = Recipe(hidden=(3, 2), hidden_std_dev=(0.4, 0.7), output_std_dev=2.5, spread_unit=unit)
    point = Point(recipe, 5, "by_spread")
    parameters, layers = initial_parameters(point, 0, 50), recipe.layers
    own = [parameters[:, :9] / layers[0].unit(unit), parameters[:, 9:17] / layers[1].unit(unit)]
    found = drawn_lengths(point, ["hidden_std_dev.2", "hidden_std_dev.1"], 50)
    np.testing.assert_allclose(found[:, 0], np.linalg.norm(own[1], axis=1), rtol=1e-12)
    np.testing.assert_allclose(found[:, 1], np.linalg.norm(own[0], axis=1), rtol=1e-12)
    together = drawn_lengths(replace(point, recipe=replace(recipe, hidden_std_dev=0.4)), ["hidden_std_dev"], 50)[:, 0]
    same = initial_parameters(replace(point, recipe=replace(recipe, hidden_std_dev=0.4)), 0, 50)[:, :17]
    same[:, :9] /= layers[0].unit(unit)
    same[:, 9:] /= layers[1].unit(unit)
    np.testing.assert_allclose(together, np.linalg.norm(same, axis=1), rtol=1e-12)


def test_what_is_drawn_is_counted():
    assert draw_of(Recipe(), "hidden_std_dev") == Draw("normal", 6)
    assert draw_of(Recipe(biases="zero", hidden=(3, 2)), "hidden_std_dev") == Draw("normal", 12)
    assert draw_of(Recipe(hidden_distribution="uniform"), "hidden_std_dev") == Draw("uniform", 6)
    assert draw_of(Recipe(hidden_distribution="uniform"), "output_std_dev") == Draw("normal", 3)
    assert draw_of(Recipe(hidden_distribution="truncated_normal"), "hidden_std_dev") == TRUNCATED
    assert draw_of(Recipe(hidden=()), "hidden_std_dev").dimension == 0
    assert draw_of(Recipe(hidden=(3, 2)), "hidden_std_dev.2") == Draw("normal", 8)
    assert not draw_of(Recipe(hidden_distribution="sphere"), "hidden_std_dev").has_length
    assert draw_of(Recipe(hidden_distribution="sphere"), "output_std_dev").has_length


@pytest.mark.parametrize(
    ("axes", "draws"),
    [
        ([Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40)))], "by_spread"),
        ([Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 10)))], "common"),
        ([Axis("hidden_std_dev", (0.0, *np.geomspace(0.1, 10, 40)))], "common"),
        ([Axis("hidden_std_dev", (*np.geomspace(0.1, 1, 40), 10.0))], "common"),
        ([Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40))), Axis("activation", ("tanh", "relu"))], "by_spread"),
        ([Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40))), Axis("hidden", ((2,), (64,)))], "common"),
        (
            [Axis(name, tuple(np.geomspace(0.1, 10, 60))) for name in ("hidden_std_dev", "output_std_dev")],
            "by_spread",
        ),
        ([Axis("hidden_std_dev.1", tuple(np.geomspace(0.1, 10, 40)))], "by_spread"),
        ([Axis("hidden_std_dev", ((0.5,),))], "common"),
        (
            [Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40))), Axis("spread_unit", ("xavier", "he"))],
            "by_spread",
        ),
        (
            [
                Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40))),
                Axis("hidden_distribution", ("normal", "sphere")),
            ],
            "common",
        ),
        ([Axis("learning_rate", tuple(np.geomspace(0.1, 10, 40)))], "common"),
        ([], "common"),
    ],
)
def test_draws_follow_from_the_axes(axes, draws):
    assert default_draws(Recipe(), axes) == draws
    assert Study(Recipe(), tuple(axes)).draws == draws


@pytest.mark.parametrize("distribution", ["orthogonal", "sphere"])
def test_draws_without_a_length_in_common_are_common_and_not_pooled(distribution):
    axes = (Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 40))),)
    study = Study(Recipe(hidden_distribution=distribution), axes)
    assert study.draws == "common"
    assert not is_pooled(study)
    output = Study(study.recipe, (Axis("output_std_dev", axes[0].values),))
    assert output.draws == "by_spread"
    assert is_pooled(output)
