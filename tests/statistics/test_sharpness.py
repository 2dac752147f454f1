"""How sharp a minimum is, held against what is known of a parabola, and what a round asks for then."""

import numpy as np
import pytest
from scipy import stats

from sweep.statistics.curve import Curve
from sweep.statistics.inference import Interval
from sweep.statistics.means import Means
from sweep.statistics.sharpness import Sharpness, find_sharpness, inform, repeats_for_sharpness
from sweep.study import Target

VALUES = np.geomspace(0.1, 10, 21)
BEND, LOWEST, AT = 200.0, 1000.0, 0.6


def parabola(slope_error=0.0, level_error=0.0, effective=1000.0):
    """LOWEST + BEND u^2 in u = log(value / AT), whose slope and level are known with these standard errors."""

    def at(asked):
        u = np.log(asked / AT)
        covariance = slope_error**2 * np.outer(u, u) + level_error**2
        return Means(LOWEST + BEND * u**2, covariance, np.full(len(u), effective))

    return Curve("hidden_std_dev", VALUES, np.full(21, 100.0), "pooled", False, at, None)


@pytest.mark.parametrize("level_error", [0.0, 20.0])
def test_a_parabola_of_unknown_slope_by_hand(level_error):
    """A slope b moves the lowest point by -b / (2 BEND) and lowers it by b^2 / (4 BEND); the level moves neither."""
    slope_error = 20.0
    found = find_sharpness(parabola(slope_error, level_error))
    u = 1.96 * slope_error / (2 * BEND)
    np.testing.assert_allclose(np.log(np.array(found.place) / AT), [0, -u, u], atol=0.04 * u)
    assert found.reach == pytest.approx(np.expm1(u), rel=0.06)
    lowered = stats.chi2.ppf(0.95, 1) * slope_error**2 / (4 * BEND)
    assert found.above == pytest.approx(lowered / LOWEST, rel=0.08)
    assert found.effective == 1000


def test_a_curve_without_error_is_as_sharp_as_can_be():
    found = find_sharpness(parabola())
    assert found.reach == pytest.approx(0, abs=1e-9)
    assert found.above == pytest.approx(0, abs=1e-9)


def test_one_training_a_value_says_nothing_of_how_sharp_it_is():
    found = find_sharpness(parabola(20.0)._replace(counts=np.ones(21)))
    assert np.isnan([found.above, found.reach]).all()
    assert found.times_more(Target("spread", 0.5)) == 4


def known(reach=0.05, above=0.01, effective=1000.0):
    return Sharpness(Interval(1.0, 1 - reach / 2, 1 + reach), above, effective)


def test_an_interval_takes_the_square_of_what_it_is_to_shrink_by_and_the_mean_above_the_lowest_its_proportion():
    assert known(reach=0.15).times_more(Target("spread", 0.05)) == pytest.approx(9)
    assert known(above=0.03).times_more(Target("minimum", 0.01)) == pytest.approx(3)
    assert known(reach=0.05).times_more(Target("spread", 0.1)) <= 1


def test_the_farther_end_counts():
    assert Sharpness(Interval(1.0, 0.8, 1.1), 0.0, 100.0).reach == pytest.approx(0.2)
    assert Sharpness(Interval(1.0, 0.9, 1.3), 0.0, 100.0).reach == pytest.approx(0.3)


def test_too_few_trainings_are_no_reason_to_stop():
    sharp = known(reach=0.001, above=0.0001)
    for target in (Target("spread", 0.05), Target("minimum", 0.01)):
        assert sharp.times_more(target) <= 1
        assert sharp._replace(effective=29.0).times_more(target) == 4


def test_those_inform_that_lie_in_reach_of_the_interval_or_next_to_it():
    values = np.array([0.1, 0.5, 1.0, 2.0, 4.0, 8.0])
    place = Interval(1.5, 1.2, 1.8)
    assert inform(values, place, 0.0).tolist() == [False, False, True, True, False, False]
    assert inform(values, place, 0.9).tolist() == [False, True, True, True, True, False]
    assert inform(values[::-1], place, 0.9).tolist() == [False, True, True, True, True, False]
    assert inform(values, Interval(0.1, 0.1, 0.12), 0.0).tolist() == [True, True, False, False, False, False]
    assert inform(values, Interval(1.0, np.nan, np.nan), 0.0).all()


def test_those_that_inform_are_trained_on_together_within_the_bounds_of_a_round():
    informing, trainings = np.array([False, True, True, True]), np.array([100, 100, 200, 40])
    one = repeats_for_sharpness(known(above=0.03), Target("minimum", 0.01), informing, trainings, 10**6)
    assert one.needed.tolist() == [100, 600, 600, 600]
    assert one.repeats.tolist() == [100, 416, 608, 160]
    assert one.open.tolist() == informing.tolist()
    capped = repeats_for_sharpness(known(above=0.03), Target("minimum", 0.01), informing, trainings, 500)
    assert capped.repeats.tolist() == [100, 416, 500, 160]


def test_a_target_that_is_reached_asks_for_nothing():
    informing, trainings = np.array([True, True]), np.array([100, 100])
    for target in (Target("minimum", 0.01), Target("spread", 0.05)):
        one = repeats_for_sharpness(known(0.0499, 0.0099), target, informing, trainings, 10**6)
        assert one.repeats.tolist() == one.needed.tolist() == [100, 100]
        assert not one.open.any()
        almost = repeats_for_sharpness(known(0.0501, 0.01001), target, informing, trainings, 10**6)
        assert almost.repeats.tolist() == [128, 128]
        assert almost.open.all()
