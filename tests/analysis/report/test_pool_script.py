"""The page's own statistics, beside those of the project: the same trainings in, the same numbers out."""

import numpy as np
import pytest
from scipy import stats

from analysis.report.train import pooled
from sweep.statistics.curve import Curve
from sweep.statistics.minimum import find_minimum
from sweep.statistics.pooling import Pool
from sweep.statistics.simulation import find_lowest
from sweep.study.distributions import CUT, CUT_DEVIATION
from sweep.study.overlap import Draw
from tests.analysis.report.node import NODE, evaluate

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")

SCRIPTS = ["draws.js", "pool.js", "minimum.js"]
SPREADS = np.geomspace(0.1, 10, 25)
ASKED = np.geomspace(0.1, 10, 151)
LOSS, FINITE = np.array([0.0, 1.0]), np.array([1.0, 0.0])
MAKE = """(() => {
  const pool = new Pooling.Pool(given.draw, given.spreads);
  given.lengths.forEach((lengths, place) => pool.add(place, lengths, given.losses[place].map((one) => one ?? NaN)));
  return pool;
})()"""


def trainings(distribution, repeats, seed=0):
    """Lengths (n, columns) and losses of made-up trainings of every spread, one in 20 diverged; lowest near 0.6."""
    rng = np.random.default_rng(seed)
    lengths, losses = [], []
    for place, spread in enumerate(SPREADS):
        n = repeats if place != 3 else 1
        if distribution == "truncated_normal":
            draws = abs(stats.truncnorm(-CUT, CUT).rvs((n, 6), random_state=rng))
            length = spread * np.column_stack([np.linalg.norm(draws, axis=1) / CUT_DEVIATION, draws.max(axis=1) / CUT])
        elif distribution == "normal":
            length = spread * np.sqrt(rng.chisquare(6, (n, 1)))
        else:
            length = spread * rng.random((n, 1)) ** (1 / 6)
        loss = 1500 + 200 * np.log(length[:, 0] / 1.4) ** 2 + rng.normal(0, 300, n)
        lengths.append(length)
        losses.append(np.where(rng.random(n) < 0.05, np.nan, loss))
    return lengths, losses


def pool_of(distribution, lengths, losses):
    pool = Pool([Draw(distribution, 6)], SPREADS[:, np.newaxis])
    for place, (length, loss) in enumerate(zip(lengths, losses, strict=True)):
        finite = np.isfinite(loss)
        observed = np.column_stack([finite, np.where(finite, loss, 0.0)])
        pool.add(place, np.arange(len(loss)), length, observed)
    return pool


def given_to(distribution, lengths, losses):
    return {
        "draw": pooled(Draw(distribution, 6)),
        "spreads": SPREADS.tolist(),
        "asked": ASKED.tolist(),
        "lengths": [one.tolist() for one in lengths],
        "losses": [[None if np.isnan(loss) else loss for loss in one.tolist()] for one in losses],
    }


@pytest.mark.parametrize("distribution", ["normal", "uniform", "truncated_normal"])
def test_means_and_their_covariance_are_those_of_the_project(distribution):
    lengths, losses = trainings(distribution, 40)
    expected = pool_of(distribution, lengths, losses).mean(ASKED[:, np.newaxis], LOSS, FINITE)
    found = evaluate(
        SCRIPTS,
        f"(({{mean, covariance, effective}}) => ({{mean, effective, covariance: covariance.map((row) => [...row])}}))"
        f"({MAKE}.mean(given.asked, true))",
        given_to(distribution, lengths, losses),
    )
    np.testing.assert_allclose(found["mean"], expected.mean, rtol=1e-9)
    np.testing.assert_allclose(found["effective"], expected.effective, rtol=1e-9)
    scale = np.sqrt(np.outer(np.diag(expected.covariance), np.diag(expected.covariance)))
    np.testing.assert_allclose(found["covariance"] / scale, expected.covariance / scale, rtol=0, atol=1e-9)


def test_the_minimum_is_that_of_the_project():
    lengths, losses = trainings("normal", 200)
    pool = pool_of("normal", lengths, losses)
    counts = np.array([np.isfinite(one).sum() for one in losses])

    def at(asked):
        return pool.mean(asked[:, np.newaxis], LOSS, FINITE)

    expected = find_minimum(Curve("hidden_std_dev", SPREADS, counts, "pooled", False, at, None))
    found = evaluate(
        SCRIPTS,
        f"(({{spread, lowest}}) => ({{spread, lowest}}))(Minimum.find({MAKE}, 0.1, 10))",
        given_to("normal", lengths, losses),
    )
    places, lowest = find_lowest(np.log(ASKED), at(ASKED).mean[np.newaxis])
    assert found["spread"]["estimate"] == pytest.approx(np.exp(places[0]), rel=1e-9)
    assert found["lowest"]["estimate"] == pytest.approx(lowest[0], rel=1e-9)
    # The ends are quantiles of 2,000 simulated minima each: they differ by their own scatter.
    width = expected.spread.high - expected.spread.low
    for name in ("low", "high"):
        assert abs(found["spread"][name] - getattr(expected.spread, name)) < 0.15 * width
        assert found["lowest"][name] == pytest.approx(getattr(expected.mean, name), rel=2e-3)


def test_quantiles_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=101).tolist()
    shares = [0, 0.025, 0.5, 0.975, 1]
    found = evaluate(SCRIPTS, "given.shares.map((one) => Minimum.quantile(given.values, one))", locals())
    np.testing.assert_allclose(found, np.quantile(values, shares), rtol=1e-12)
