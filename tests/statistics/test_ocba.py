import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.statistics.ocba import ocba

SMALLEST = 1e-300
"""A smaller number has fewer digits, which a change of unit takes away."""
VARIANCES = st.just(0.0) | st.floats(SMALLEST, 1e4)
MEANS = st.floats(-100, 100).filter(lambda mean: not 0 < abs(mean) < SMALLEST) | st.sampled_from([1.0, 2.0, np.nan])
POINT = st.tuples(MEANS, VARIANCES, st.integers(0, 500))
POINTS = st.lists(POINT, min_size=1, max_size=12)


def arrays(points):
    means, variances, counts = zip(*points, strict=True)
    return np.array(means, float), np.array(variances, float), np.array(counts, np.int64)


def test_the_example_that_the_authors_publish_with_their_program():
    means, variances = np.array([1.2, 2.1, 3.4, 4.87, 6.05]), np.array([3.3, 2.0, 4.5, 5.3, 6.9])
    counts = np.array([12, 6, 5, 5, 4])
    assert ocba(means, variances, counts, 100).tolist() == [48, 38, 11, 2, 1]


def test_a_large_budget_is_shared_in_the_published_proportions():
    means, variances = np.array([3.0, 1.0, 5.0, 2.0]), np.array([4.0, 2.0, 1.0, 3.0])
    total = ocba(means, variances, np.zeros(4, np.int64), 10**9)
    third, fourth = variances[2] / 4**2, variances[3] / 1**2
    np.testing.assert_allclose(total[[0, 2]] / total[3], [4 / 2**2 / fourth, third / fourth], rtol=1e-6)
    assert total[1] == pytest.approx(np.sqrt(2 * (total[[0, 2, 3]] ** 2.0 / variances[[0, 2, 3]]).sum()), rel=1e-6)


@given(POINTS, st.integers(0, 10_000), st.sampled_from([0.0, 0.5]))
def test_the_whole_budget_is_spent_and_nothing_taken_back(points, budget, slack):
    means, *others = arrays(points)
    more = ocba(means, *others, budget, slack)
    assert (more >= 0).all()
    assert more.sum() == (budget if np.isfinite(means).any() else 0)
    assert (more[np.isnan(means)] == 0).all()


@given(POINTS, st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(points, budget, random):
    shuffled = random.sample(points, len(points))
    one, other = (sorted(zip(map(repr, order), ocba(*arrays(order), budget).tolist(), strict=True))
                  for order in (points, shuffled))  # fmt: skip
    assert one == other


@given(POINTS, st.integers(0, 10_000), st.integers(-8, 8))
def test_the_unit_of_the_loss_does_not_matter(points, budget, power):
    means, variances, counts = arrays(points)
    scaled = ocba(means * 2.0**power, variances * 4.0**power, counts, budget)
    assert scaled.tolist() == ocba(means, variances, counts, budget).tolist()


def test_points_as_good_as_the_best_share_by_their_variance():
    more = ocba(np.array([1.0, 1.0, 1.0, 2.0]), np.array([9.0, 1.0, 4.0, 50.0]), np.zeros(4, np.int64), 10_000)
    best = np.sqrt(9 * (1 + 4))
    np.testing.assert_allclose(more / 10_000, np.array([best, 1, 4, 0]) / (best + 5), atol=1e-3)


def test_slack_keeps_equally_good_points_from_taking_all():
    means, variances, counts = np.array([1.0, 1.0, 1.1]), np.ones(3), np.zeros(3, np.int64)
    assert ocba(means, variances, counts, 1000)[2] == 0
    assert ocba(means, variances, counts, 1000, slack=0.2)[2] > 100


def test_without_any_variance_the_budget_goes_to_the_best():
    assert ocba(np.array([2.0, 1.0, 3.0]), np.zeros(3), np.array([5, 5, 5]), 10).tolist() == [0, 10, 0]


def test_variances_beyond_all_numbers_are_shared():
    more = ocba(np.array([2.0, 1.0, 3.0]), np.array([np.inf, 1e308, np.inf]), np.array([5, 5, 5]), 1000)
    assert more.sum() == 1000
    assert more[0] > more[2] > 0
