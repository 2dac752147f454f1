"""What a round asks for, held against direct computation and simulation-free properties."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sweep.statistics.allocate import (
    GROWTH,
    _smallest,
    chances_lower,
    repeats_for_minimum,
    repeats_for_paired_minimum,
    repeats_for_rse,
    still_open,
)
from sweep.statistics.estimate import Estimates
from sweep.study.target import SIDE_BY_SIDE

POINT = st.tuples(
    st.floats(0.5, 1e4) | st.sampled_from([0.0, 1.0, math.nan]),
    st.floats(0, 1e6) | st.sampled_from([0.0, math.nan]),
    st.integers(2, 5000),
    st.integers(0, 100),
)


@st.composite
def points(draw):
    """means, variances, counts, trainings as a round finds them, most of them consistent, some diverged."""
    drawn = draw(st.lists(POINT, min_size=1, max_size=10))
    means, variances, counts, diverged = (np.array(values) for values in zip(*drawn, strict=True))
    counts = np.where(np.isnan(means), 0, np.where(np.isnan(variances), 1, counts))
    variances = np.where(np.isnan(means), math.nan, variances)
    return Estimates(means, variances, counts, counts + diverged)


def test_repeats_for_a_relative_standard_error_by_hand():
    means, variances, counts = (
        np.array([100.0, 50.0, 10.0]),
        np.array([400.0, 400.0, 0.0]),
        np.array([1000, 1000, 1000]),
    )
    one = repeats_for_rse(Estimates(means, variances, counts, counts), target=0.005, most=10**6)
    assert one.needed.tolist() == [1600, 6400, 1000]
    assert one.repeats.tolist() == [1600, 4000, 1000]
    assert one.open.tolist() == [True, True, False]


def test_a_point_at_its_target_is_closed():
    means, counts = np.array([10.0, 10.0]), np.array([100, 100])
    one = repeats_for_rse(Estimates(means, np.array([1.0, 1.0001]), counts, counts), target=0.01, most=10**6)
    assert one.open.tolist() == [False, True]


def test_diverged_trainings_are_asked_for_on_top():
    half = Estimates(np.array([100.0]), np.array([400.0]), np.array([500]), np.array([1000]))
    one = repeats_for_rse(half, 0.005, 10**6)
    assert one.needed.tolist() == [3200]


@pytest.mark.parametrize("most", [5_100, 1_000_000])
@given(points(), st.floats(1e-4, 0.5))
def test_no_round_takes_back_or_overshoots(most, measured, share):
    means, trainings = measured.mean, measured.trainings
    for allocate in (repeats_for_rse, repeats_for_minimum):
        one = allocate(measured, share, most)
        for asked in (one.repeats, one.needed):
            assert asked.dtype == np.int64
            assert (asked >= trainings).all()
            assert (asked <= np.maximum(most, trainings)).all()
        assert (one.repeats < GROWTH * trainings + SIDE_BY_SIDE).all()
        assert (one.repeats[np.isnan(means)] == trainings[np.isnan(means)]).all()
        assert not one.open[np.isnan(means)].any()


@given(points(), st.floats(1e-3, 0.5), st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(measured, share, random):
    order = random.sample(range(len(measured.mean)), len(measured.mean))
    one = repeats_for_rse(measured, share, 10**5)
    other = repeats_for_rse(Estimates(*(values[order] for values in measured)), share, 10**5)
    assert other.repeats.tolist() == one.repeats[order].tolist()


@given(points(), st.floats(1e-3, 0.5), st.integers(-5, 5))
def test_the_unit_of_the_loss_does_not_matter(measured, share, power):
    means, variances, *others = measured
    given_values = np.abs(np.concatenate([means, variances]))
    assume(not ((given_values > 0) & (given_values < 1e-300)).any())  # scaled, such numbers lose digits or become 0
    for allocate in (repeats_for_rse, repeats_for_minimum):
        one = allocate(measured, share, 10**5)
        other = allocate(Estimates(means * 2.0**power, variances * 4.0**power, *others), share, 10**5)
        assert other.repeats.tolist() == one.repeats.tolist()


@given(points(), st.floats(1e-3, 0.5))
def test_whoever_is_not_there_yet_gets_more_until_the_cap(measured, share):
    trainings = measured.trainings
    one = repeats_for_rse(measured, share, 10**6)
    assert ((one.repeats > trainings) == one.open).all()
    one = repeats_for_minimum(measured, share, 10**6)
    assert (one.repeats > trainings).any() == one.open.any()


def test_chances_are_those_of_the_normal_distribution():
    chances = chances_lower(0, np.array([0.0, 1.0, 3.0, np.nan, 2.0]), np.array([1.0, 2.0, 1.0, np.nan, np.nan]), 0.92)
    np.testing.assert_allclose(chances, [0, 0.1685, 4.4e-5, 0, 0.5], rtol=0.02)


def test_chances_without_error_are_none_or_all():
    assert chances_lower(0, np.array([0.0, 1.0, -3.0]), np.zeros(3), 1.0).tolist() == [0, 0, 1]


def test_open_are_those_that_keep_the_sum_above_five_percent():
    assert still_open(np.array([0, 0.02, 0.02])).tolist() == [False, False, False]
    assert still_open(np.array([0, 0.05, 0.001])).tolist() == [False, True, False]


def test_the_minimum_gets_what_makes_it_sure():
    """With what it asks for in all, and unchanged estimates, the target is reached; with a tenth less it is not."""
    means, variances = np.array([100.0, 101.0, 104.0, 150.0]), np.array([900.0, 1600.0, 900.0, 400.0])
    counts = np.full(4, 300)
    needed = repeats_for_minimum(Estimates(means, variances, counts, counts), 0.02, 10**6).needed
    assert needed[3] == 300
    assert not repeats_for_minimum(Estimates(means, variances, needed, needed), 0.02, 10**6).open.any()
    fewer = np.maximum(needed * 9 // 10, 300)
    assert repeats_for_minimum(Estimates(means, variances, fewer, fewer), 0.02, 10**6).open.any()


def test_the_minimum_is_left_alone_once_it_is_sure():
    means, counts = np.array([100.0, 110.0]), np.array([1000, 1000])
    one = repeats_for_minimum(Estimates(means, np.array([100.0, 100.0]), counts, counts), 0.01, 10**6)
    assert one.repeats.tolist() == [1000, 1000]


def test_pairs_bring_the_best_and_its_rivals_to_the_same_repeats():
    trainings, gaps = np.array([1000, 1000, 1000, 1000]), np.array([3.0, 0.0, 1.0, 50.0])
    one = repeats_for_paired_minimum(1, trainings, trainings, gaps, np.full(4, 2.0), 1.0, 10**6)
    assert one.open.tolist() == [True, False, True, False]
    z = 1.959964
    assert one.needed.tolist() == [1000, math.ceil(1000 * z**2), math.ceil(1000 * z**2), 1000]
    assert one.repeats.tolist() == [1120, 3872, 3872, 1000]


def test_a_rival_left_behind_catches_up_before_the_best_gets_more():
    trainings = np.array([16_000, 1000])
    for best, gaps in ((0, [0.0, -2.0]), (1, [-2.0, 0.0])):
        shared = np.minimum(trainings, trainings[best])
        one = repeats_for_paired_minimum(best, trainings, shared, np.array(gaps), np.ones(2), 1.0, 10**6)
        assert one.repeats.tolist() == [16_000, 4000]
        assert one.needed.tolist() == [16_000, 16_000]


@given(st.integers(1, 2000), st.integers(0, 50), st.integers(1, 1000))
def test_the_smallest_budget_is_found_to_five_percent_and_in_the_end(enough, low, beyond):
    high = max(enough, low) + beyond
    found = _smallest(lambda budget: budget >= enough, low, high)
    assert enough <= found <= max(math.ceil(enough / 0.95), enough + 1, low, 1)
