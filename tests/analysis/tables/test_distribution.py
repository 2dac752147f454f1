import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from analysis.tables.distribution import epoch_quantiles, fraction_solved, loss_quantiles, parts_of_mean
from sweep.statistics.estimate import Estimate

losses = arrays(np.float64, st.integers(0, 40), elements=st.one_of(st.floats(1e-3, 1e6), st.just(np.nan)))


def a_point(n=1000, seed=0):
    """Losses of which some are NaN, and which are solved: none of those that diverged."""
    rng = np.random.default_rng(seed)
    loss = np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(6, 1, n))
    return loss, (rng.random(n) < 0.6) & np.isfinite(loss)


def test_quantiles_are_those_of_pandas():
    loss, _ = a_point()
    found, series = loss_quantiles(loss), pd.Series(loss)
    assert found["mean"] == pytest.approx(series.mean(), rel=1e-13)
    for column, share in (("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)):
        assert found[column] == pytest.approx(series.quantile(share), rel=1e-13)


def test_moments_are_those_of_pandas():
    loss, solved = a_point()
    series = pd.Series(loss)
    expected = {
        "mean": series.mean(),
        "std": series.std(),
        "count": series.count(),
        "standard_error": series.sem(),
        "solved": solved.mean(),
        "diverged": series.isna().sum(),
    }
    assert Estimate.from_losses(loss, solved).row() == pytest.approx(expected, rel=1e-12)


@given(loss=losses, data=st.data())
def test_the_parts_add_up_to_the_mean(loss, data):
    solved = data.draw(arrays(np.bool_, len(loss))) & np.isfinite(loss)
    found = parts_of_mean(loss, solved)
    if not np.isfinite(loss).any():
        assert np.isnan(list(found.values())).all()
        return
    assert found["part_stuck"] + found["part_solved"] == pytest.approx(np.nanmean(loss), rel=1e-12)
    for share, mean, part in (
        (found["stuck"], found["mean_stuck"], found["part_stuck"]),
        (1 - found["stuck"], found["mean_solved"], found["part_solved"]),
    ):
        assert np.isnan(mean) == (part == 0)
        assert np.nan_to_num(mean) * share == pytest.approx(part, rel=1e-12)


def test_a_training_that_is_not_solved_at_the_end_is_stuck():
    found = parts_of_mean(np.array([1.0, 3.0, 8.0, np.nan]), np.array([True, True, False, False]))
    expected = {"mean": 4, "stuck": 1 / 3, "mean_stuck": 8, "mean_solved": 2, "part_stuck": 8 / 3, "part_solved": 4 / 3}
    assert found == pytest.approx(expected)


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_the_interval_holds_the_fraction(n, share):
    solved = np.arange(n) < round(share * n)
    found = fraction_solved(solved)
    assert 0 <= found["solved_low"] <= found["solved"] == solved.mean() <= found["solved_high"] <= 1
    assert found["solved_low"] < found["solved_high"]


def test_the_interval_is_wilsons():
    found = fraction_solved(np.arange(50) < 45)
    interval = stats.binomtest(45, 50).proportion_ci(0.95, method="wilson")
    assert (found["solved_low"], found["solved_high"]) == pytest.approx((interval.low, interval.high), abs=1e-15)


def test_time_to_solve_is_of_those_that_ever_solved():
    found = epoch_quantiles(np.array([-1, 100, -1, 200, 300, -1]))
    assert (found["ever_solved"], found["share_ever_solved"], found["median"], found["q25"]) == (3, 0.5, 200, 150)
    none = epoch_quantiles(np.array([-1, -1]))
    assert none["ever_solved"] == 0
    assert np.isnan(none["median"])


def test_nothing_at_all_is_no_value():
    nothing = np.array([])
    for found in (loss_quantiles(nothing), parts_of_mean(nothing, nothing.astype(bool)), fraction_solved(nothing)):
        assert np.isnan(list(found.values())).all()
    assert Estimate.from_losses(nothing, nothing.astype(bool)).count == 0
