"""The mean by length, against one that is known."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import chi

from sweep.statistics.by_length import find_by_length, mean_near, most_lengths
from sweep.statistics.curve import Curve
from sweep.statistics.minimum import find_minimum
from sweep.statistics.observed import FINITE, LOSS
from sweep.statistics.pooling import Pool
from sweep.study.overlap import Draw

SPREADS = np.geomspace(0.1, 4, 40)
NORMAL, UNIFORM = Draw("normal", 6), Draw("uniform", 6)
BEST_LENGTH = 0.5


def loss_of(length):
    """The mean loss of networks of this length, in units of spread."""
    return 1000 + 300 * np.log(length / BEST_LENGTH) ** 2


def lengths_at(draw, spread, steps):
    """Lengths, in units of spread, that a spread gives; `steps` are their quantiles."""
    if draw.distribution == "normal":
        return spread * chi.ppf(steps, draw.dimension) / np.sqrt(draw.dimension)
    return spread * steps ** (1 / draw.dimension)


def true_below(draw):
    """By how much the lowest mean by length lies below the lowest of any spread."""
    steps = (np.arange(20_000) + 0.5) / 20_000
    lowest = minimize_scalar(lambda log: loss_of(lengths_at(draw, np.exp(log), steps)).mean(), bounds=(-2, 1)).fun
    return 1000 / lowest - 1


def a_curve(rng, n, draw=NORMAL, *, paired=False, noise=400.0):
    """The pooled curve of a study of n trainings a spread, a twentieth of them diverged."""
    pool = Pool([draw], SPREADS[:, np.newaxis], n if paired else 0)
    counts = np.zeros(len(SPREADS))
    shared, chance = rng.normal(0, noise, n), rng.random(n)
    for place, spread in enumerate(SPREADS):
        if not paired:
            shared, chance = rng.normal(0, noise, n), rng.random(n)
        length = lengths_at(draw, spread, chance)
        is_finite = rng.random(n) > 0.05
        losses = np.where(is_finite, loss_of(length) + shared, 0.0)
        observed = np.column_stack([np.ones(n), is_finite, losses, *np.zeros((len(LOSS) - 3, n))])
        unit = np.sqrt(draw.dimension) if draw.distribution == "normal" else 1.0
        pool.add(place, np.arange(n), length[:, np.newaxis] * unit, observed)
        counts[place] = is_finite.sum()
    return Curve(
        "hidden_std_dev",
        SPREADS,
        counts,
        "pooled",
        paired,
        lambda asked: pool.mean(np.asarray(asked)[:, np.newaxis], LOSS, FINITE),
        pool.mean,
        pool,
    )


@pytest.mark.parametrize("draw", [NORMAL, UNIFORM], ids=["normal", "uniform"])
def test_it_finds_the_best_length_and_how_far_below_any_spread_it_lies(draw):
    curve = a_curve(np.random.default_rng(1), 5000, draw, noise=100.0)
    found = find_by_length(curve, draw, find_minimum(curve))
    assert found.minimum.spread.low < BEST_LENGTH < found.minimum.spread.high
    assert found.minimum.spread.estimate == pytest.approx(BEST_LENGTH, rel=0.03)
    assert found.below.change == pytest.approx(true_below(draw), abs=0.002)
    asked = np.geomspace(0.2, 2, 7)
    at = found.curve.at(asked)
    assert (np.abs(at.mean - loss_of(asked)) < 4 * at.standard_error).all()


@pytest.mark.parametrize("paired", [False, True])
def test_the_intervals_hold_the_truth_as_often_as_they_say(paired, monkeypatch):
    monkeypatch.setattr("sweep.statistics.simulation.SIMULATIONS", 200)
    monkeypatch.setattr("sweep.statistics.minimum.GRID_STEP", 0.05)
    rng, truth, held = np.random.default_rng(2), true_below(NORMAL), np.zeros(2)
    for _ in range(50):
        curve = a_curve(rng, 200, paired=paired)
        found = find_by_length(curve, NORMAL, find_minimum(curve))
        length, below = found.minimum.spread, found.below
        held += [length.low <= BEST_LENGTH <= length.high, below.low <= truth <= below.high]
    # Of 50 with a chance of 95 % each, 43 or more in 99 % of cases.
    assert (held >= 43).all(), held
    assert held.sum() < 100, held


def test_the_mean_near_a_length_is_that_of_the_trainings_of_about_that_length():
    curve = a_curve(np.random.default_rng(3), 3000)
    mean, error, counts = mean_near(curve, NORMAL, np.array([0.5, 1.0, 90.0]))
    assert (np.abs(mean - loss_of(np.array([0.5, 1.0, 90.0])))[:2] < 4 * error[:2]).all()
    assert counts[0] > 1000
    assert counts[2] == 0
    assert np.isnan([mean[2], error[2]]).all()
    np.testing.assert_allclose(error[:2], 400 / np.sqrt(counts[:2]), rtol=0.1)


@pytest.mark.parametrize("draw", [NORMAL, UNIFORM], ids=["normal", "uniform"])
def test_most_lengths_of_a_spread_lie_between_the_two(draw):
    drawn = lengths_at(draw, 0.6, np.random.default_rng(4).random(100_000))
    low, high = most_lengths(draw, 0.6)
    assert (drawn < low).mean() == pytest.approx(0.05, abs=0.004)
    assert (drawn > high).mean() == pytest.approx(0.05, abs=0.004)


def test_a_curve_that_is_not_pooled_has_none():
    curve = a_curve(np.random.default_rng(5), 100)
    assert find_by_length(curve._replace(pool=None), NORMAL, find_minimum(curve)) is None
