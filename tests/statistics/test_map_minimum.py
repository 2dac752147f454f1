"""The minimum over two spreads, against a mean that is known."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom, chi

from sweep.statistics.map_minimum import describe, find_map_minimum
from sweep.statistics.pooled_map import pooled_map
from sweep.statistics.pooling_pairs import PairPool
from sweep.study.overlap import Draw

FIELDS = ("hidden_std_dev", "output_std_dev")
DRAWS = (Draw("normal", 6), Draw("normal", 3))
VALUES = np.geomspace(0.2, 1.8, 6), np.geomspace(0.3, 3.0, 6)
XAVIER = 2**-0.5, (2 / 3) ** 0.5


def loss_of(hidden, output):
    """The loss that networks of these lengths have in the mean."""
    u, v = np.log(hidden / 1.3), np.log(output / 1.8)
    return 1000 + 400 * u**2 + 200 * v**2 + 150 * u * v - 60 * v**3


def true_mean(pair):
    """The integral of the loss over the chi distributions of both lengths, by their quantiles."""
    steps = (np.arange(500) + 0.5) / 500
    one, other = (spread * chi.ppf(steps, draw.dimension) for spread, draw in zip(pair, DRAWS, strict=True))
    return loss_of(one[:, np.newaxis], other).mean()


BEST = tuple(np.exp(minimize(lambda place: true_mean(np.exp(place)), (-0.5, 0.2), method="Nelder-Mead").x))
LOWEST = true_mean(BEST)
MEANS = np.array([[true_mean((a, b)) for b in VALUES[1]] for a in VALUES[0]])


def a_map(rng, n, values=VALUES, *, paired=False, noise=500.0, diverged=0.0, loss=loss_of):
    """The map of a study of `n` trainings a pair, or of a number for each pair."""
    numbers = np.broadcast_to(n, (len(values[0]), len(values[1])))
    pairs = np.array([(a, b) for a in values[0] for b in values[1]])
    pool = PairPool(DRAWS, pairs, int(numbers.max()) if paired else 0)
    shared = rng.standard_normal((int(numbers.max()), 10))
    counts = np.zeros(len(pairs))
    for place, (pair, of_pair) in enumerate(zip(pairs, numbers.ravel(), strict=True)):
        drawn = shared[:of_pair] if paired else rng.standard_normal((of_pair, 10))
        lengths = pair * np.column_stack([np.linalg.norm(drawn[:, :6], axis=1), np.linalg.norm(drawn[:, 6:9], axis=1)])
        losses = loss(*lengths.T) + noise * (drawn[:, 9] + 0.3 * rng.standard_normal(of_pair))
        is_finite = rng.random(of_pair) >= diverged
        counts[place] = is_finite.sum()
        pool.add(place, np.arange(of_pair), lengths, np.column_stack([is_finite, np.where(is_finite, losses, 0.0)]))
    finite, of_loss = np.eye(2)
    return pooled_map(FIELDS, values, counts.reshape(numbers.shape), paired, pool, of_loss, finite)


@pytest.mark.parametrize("paired", [False, True])
def test_the_intervals_and_the_region_hold_the_truth_as_often_as_they_say(paired, monkeypatch):
    monkeypatch.setattr("sweep.statistics.simulation.SIMULATIONS", 200)
    rng, studies = np.random.default_rng(3), 60 if paired else 120
    gain = LOWEST / true_mean(XAVIER) - 1
    best_swept = np.unravel_index(MEANS.argmin(), MEANS.shape)
    held = np.zeros(5)
    for _ in range(studies):
        found = find_map_minimum(a_map(rng, 20, paired=paired), XAVIER)
        truths = zip((*found.place, found.mean, found.gain), (*BEST, LOWEST, gain), strict=True)
        held += [*(one.low <= truth <= one.high for one, truth in truths), found.region[best_swept]]
    # So many hold the truth in 99 % of cases where the chance is 95 %; of the region it may be more.
    assert (held >= binom.ppf(0.01, studies, 0.95)).all(), held
    assert held[:4].sum() < 4 * (studies - 1), held


def test_it_finds_the_minimum_and_the_gain():
    found = find_map_minimum(a_map(np.random.default_rng(1), 3000), XAVIER)
    assert [one.estimate for one in found.place] == pytest.approx(BEST, rel=0.04)
    assert found.mean.estimate == pytest.approx(LOWEST, rel=0.01)
    assert found.gain.estimate == pytest.approx(LOWEST / true_mean(XAVIER) - 1, abs=0.01)
    assert found.bracketed
    assert found.trainings == 36 * 3000
    assert found.effective > 3000


def test_the_map_is_the_true_mean_within_its_standard_errors():
    found = a_map(np.random.default_rng(2), 400)
    away = (found.mean - MEANS) / found.standard_error
    assert np.abs(away).max() < 4
    assert 0.5 < np.sqrt((away**2).mean()) < 1.5


def test_uneven_numbers_and_diverged_trainings_move_nothing():
    rng = np.random.default_rng(4)
    found = find_map_minimum(a_map(rng, rng.integers(0, 400, (6, 6)), diverged=0.2), XAVIER)
    truths = zip((*found.place, found.mean), (*BEST, LOWEST), strict=True)
    assert all(one.low <= truth <= one.high for one, truth in truths)


def test_it_does_not_depend_on_the_order_in_which_the_axes_were_typed():
    given = a_map(np.random.default_rng(5), 100)
    turned = given._replace(
        values=(given.values[0][::-1], given.values[1]),
        **{name: getattr(given, name)[::-1] for name in ("counts", "mean", "standard_error", "effective")},
    )
    one, other = find_map_minimum(given, XAVIER), find_map_minimum(turned, XAVIER)
    assert one.place == other.place
    assert (one.region == other.region[::-1]).all()


def test_a_flat_map_has_no_best_pair():
    found = find_map_minimum(a_map(np.random.default_rng(6), 30, loss=lambda one, other: 1000 + 0 * one), XAVIER)
    assert found.region.mean() > 0.8
    assert not found.bracketed
    assert "An interval reaches the end of what was swept: the minimum may lie outside; sweep wider axes." in describe(
        found
    )


def test_of_many_values_those_between_count_as_the_nearest_compared():
    values = np.geomspace(0.2, 1.8, 40), np.geomspace(0.3, 3.0, 40)
    found = find_map_minimum(a_map(np.random.default_rng(7), 2, values), XAVIER)
    chosen = found.pairs.mean(axis=0)
    assert found.region.sum() > 20
    assert chosen == pytest.approx([one.estimate for one in found.place], rel=0.5)


def test_a_prediction_outside_what_was_swept_has_no_gain():
    found = find_map_minimum(a_map(np.random.default_rng(8), 100), (2.0, 0.8))
    assert np.isnan(found.gain.estimate)
    assert "nan" not in describe(found)
    assert found.to_dict()["predicted"] is None


def test_one_training_a_pair_has_no_interval():
    found = find_map_minimum(a_map(np.random.default_rng(9), 1), XAVIER)
    assert np.isnan([found.place[0].low, found.mean.high, found.gain.low]).all()
    assert not found.region.any()
    assert "how sure that is, one training a point does not say: raise --repeats." in describe(found)


def test_few_trainings_are_said_to_be_few():
    text = describe(find_map_minimum(a_map(np.random.default_rng(10), 2), XAVIER))
    assert "With fewer than 30 trainings a point these intervals are too narrow; raise --repeats." in text


def test_the_answer_in_json_names_both_fields_and_the_pairs():
    found = find_map_minimum(a_map(np.random.default_rng(11), 100), XAVIER)
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["place"]["output_std_dev"]["estimate"] == found.place[1].estimate
    assert len(told["region"]) == found.region.sum()
    assert told["region"][0] == dict(zip(FIELDS, found.pairs[0], strict=True))
    assert told["predicted"]["hidden_std_dev"] == XAVIER[0]
