import numpy as np
import pytest
from scipy import stats

from sweep.statistics.inference import (
    degrees_of_freedom,
    fraction_interval,
    interval_from_error,
    mean_interval,
    relative_change,
    share_interval,
)


def simulated(rng, n, paired):
    """Two samples with means 10 and 8 whose noise is shared where paired."""
    shared = rng.normal(0, 3, n)
    other = shared if paired else rng.normal(0, 3, n)
    return 10 + shared + rng.normal(0, 1, n), 8 + other + rng.normal(0, 1, n)


@pytest.mark.parametrize("paired", [True, False])
def test_the_standard_error_is_the_deviation_of_repeated_studies(paired):
    rng = np.random.default_rng(1)
    results = [relative_change(*simulated(rng, 200, paired), paired=paired) for _ in range(2000)]
    changes = np.array([result.change for result in results])
    assert changes.mean() == pytest.approx(-0.2, abs=0.002)
    assert np.mean([result.standard_error for result in results]) == pytest.approx(changes.std(), rel=0.06)


def test_pairing_sharpens_what_is_shared():
    before, after = simulated(np.random.default_rng(2), 500, paired=True)
    paired, unpaired = (relative_change(before, after, paired=flag) for flag in (True, False))
    assert paired.change == unpaired.change
    assert paired.standard_error < unpaired.standard_error / 2


def test_a_pair_with_a_diverged_half_is_left_out():
    before, after = np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 5.0, np.nan, 8.0])
    assert relative_change(before, after, paired=True)[:2] == (1.0, 0.0)
    assert relative_change(before, after, paired=False).n == 3


def test_one_pair_has_no_standard_error_and_none_no_change():
    one = relative_change(np.array([2.0]), np.array([1.0]), paired=True)
    assert one.change == -0.5
    assert np.isnan(one.standard_error)
    assert np.isnan(relative_change(np.array([]), np.array([]), paired=True).change)


def test_the_interval_of_the_mean_is_students():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert mean_interval(values) == pytest.approx((2.0, 2 - 4.302653 / np.sqrt(3), 2 + 4.302653 / np.sqrt(3)))
    assert np.isnan(mean_interval(np.array([1.0]))[1:]).all()
    assert np.isnan(mean_interval(np.array([]))).all()


def test_an_interval_has_the_normal_quantile_where_the_standard_error_is_known_and_students_where_not():
    assert interval_from_error(2.0, 3.0)[1:] == pytest.approx((2 - 3 * 1.959964, 2 + 3 * 1.959964))
    assert interval_from_error(2.0, 3.0, 4.5)[1:] == pytest.approx(stats.t(4.5, 2, 3).interval(0.95))
    assert np.isnan(interval_from_error(2.0, 3.0, 0)[1:]).all()


@pytest.mark.parametrize("draws", [stats.norm, stats.laplace, stats.uniform, stats.logistic])
def test_the_degrees_of_freedom_are_those_of_a_variance_that_varies_as_much(draws):
    """A variance of n normal numbers varies by 2 / (n - 1) of its square; never are there more than these."""
    values = draws().rvs((5000, 2000), random_state=np.random.default_rng(6))
    values -= values.mean(axis=1, keepdims=True)
    variances = values.var(axis=1, ddof=1)
    degrees = np.median([degrees_of_freedom(one) for one in values[:200]])
    expected = min(2 / variances.var() * variances.mean() ** 2, 1999)
    assert degrees == pytest.approx(expected, rel=0.08)


def test_degrees_of_freedom_end_at_one_less_than_the_influences():
    assert degrees_of_freedom(np.array([1.0, -1.0])) == 1
    assert degrees_of_freedom(np.zeros(5)) == 4
    assert degrees_of_freedom(np.array([2.0])) == 0
    assert degrees_of_freedom(np.array([2.0, -1.0, -1.0]) * 1e140) == 2
    assert degrees_of_freedom(np.append(99.0, np.full(99, -1.0))) == pytest.approx(200 / 97.0101, rel=1e-4)


def test_the_interval_of_a_fraction_is_wilsons():
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    assert fraction_interval(81, 263) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)
    assert fraction_interval(0, 20) == pytest.approx((0, 0, 0.1611), abs=5e-5)
    assert fraction_interval(20, 20) == pytest.approx((1, 0.8389, 1), abs=5e-5)
    for successes, n in ((0, 7), (7, 7), (3, 7), (123_456, 1_000_000)):
        reference = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
        assert fraction_interval(successes, n) == pytest.approx(
            (successes / n, reference.low, reference.high), abs=1e-15
        )
    assert np.isnan(fraction_interval(0, 0)).all()


def test_the_interval_of_a_pooled_share_is_wilsons_where_all_weigh_the_same():
    for successes, n in ((3, 7), (81, 263), (19_990, 20_000)):
        share = successes / n
        found = share_interval(share, np.sqrt(share * (1 - share) / n), n)
        expected = fraction_interval(successes, n)
        assert found == pytest.approx(expected, abs=0.03 * (expected.high - expected.low))
    assert share_interval(1.0, 0.0, 20) == pytest.approx((1, 0.8389, 1), abs=0.003)
    assert share_interval(0.0, 0.0, 20)[:2] == (0, 0)
    assert share_interval(1 + 1e-15, 1e-12, 20).high == 1, "rounding takes no share beyond the end"
    assert np.isnan(share_interval(np.nan, np.nan, np.nan)).all()


@pytest.mark.parametrize("share", [0.75, 0.9, 0.99, 0.997])
def test_the_interval_of_a_pooled_share_contains_the_truth_as_often_as_it_says(share):
    """Trainings of uneven weight, the rare ones of less than others, as where they start far from a spread."""
    rng, hits, n_studies = np.random.default_rng(4), 0, 3000
    for _ in range(n_studies):
        weight = rng.chisquare(4, 600)
        counts = rng.random(600) > (1 - share) * 27 / 8 * np.exp(-weight / 4)
        estimate = (weight * counts).sum() / weight.sum()
        error = np.sqrt((weight**2 * (counts - estimate) ** 2).sum()) / weight.sum()
        effective = weight.sum() ** 2 / (weight**2).sum()
        low, high = share_interval(estimate, error, effective)[1:]
        hits += low <= share <= high
    assert hits / n_studies == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("paired", [True, False])
def test_the_interval_of_a_change_contains_the_truth_as_often_as_it_says(paired):
    rng = np.random.default_rng(3)
    results = [relative_change(*simulated(rng, 100, paired), paired=paired) for _ in range(2000)]
    assert np.mean([result.low <= -0.2 <= result.high for result in results]) == pytest.approx(0.95, abs=0.015)
