import numpy as np
import pandas as pd
import pytest

from analysis.figures import minimum
from analysis.tables.curve import with_curve
from sweep import Axis, Recipe, Study
from sweep.statistics.answer import find_answer
from sweep.statistics.curve import read_curve
from sweep.statistics.minimum import find_minimum
from sweep.statistics.summary import summarize
from sweep.store import open_store
from tests.analysis.tables.test_summary import records

SPREADS = tuple(np.geomspace(0.1, 10, 21).tolist())
STUDY = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=200)


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        shared = rng.exponential(200, STUDY.repeats)
        for point in STUDY.points:
            curve = 1000 + 300 * (np.log(point.recipe.hidden_std_dev) - np.log(0.5)) ** 2
            store.insert(point, records(curve + shared + rng.normal(0, 40, STUDY.repeats)))
        yield store


def tabulate(store, study):
    found = find_answer(store, study)
    return minimum.tabulate(study, with_curve(found.summary, found))


def test_the_table_and_the_figure_are_what_the_inference_found(store):
    table = tabulate(store, STUDY)
    found = find_minimum(read_curve(store, STUDY), 2**-0.5)
    assert (table["minimum"] == found.spread.estimate).all()
    assert table[["gain", "gain_low", "gain_high"]].iloc[0].tolist() == list(found.gain)
    at_points = np.interp(np.log(SPREADS), np.log(found.grid), found.curve)
    np.testing.assert_allclose(table["curve"], at_points, rtol=1e-3)
    figure = minimum.draw(table, STUDY)
    (axes,) = figure.axes
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx((found.spread.low, found.spread.high))
    assert f"lowest at hidden_std_dev = {found.spread.estimate:.4g}" in figure.get_suptitle().replace("\n", " ")


def test_it_does_not_depend_on_the_order_in_which_the_axis_was_typed(store):
    turned = Study(Recipe(), (Axis("hidden_std_dev", SPREADS[::-1]),), repeats=200)
    first, second = (tabulate(store, one) for one in (STUDY, turned))
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True), rtol=1e-9)


def test_one_training_a_point_has_no_such_figure(store):
    one = Study(Recipe(), STUDY.axes, repeats=1)
    summary = summarize(store, one)
    assert minimum.why_not(summary, one) == "one training a point says nothing of how sure a minimum is"
    assert tabulate(store, one).empty


@pytest.mark.parametrize(
    ("axes", "reason"),
    [
        ([Axis("activation", ("tanh", "relu"))], "a minimum with an interval needs one axis of numbers"),
        ([Axis("hidden_std_dev", (1.0, 2.0)), Axis("epochs", (5, 6))], "needs one axis of numbers"),
        ([Axis("hidden_std_dev", SPREADS[:4])], "needs 5 values or more that have a mean, all above 0"),
        ([Axis("hidden_std_dev", (0.0, *SPREADS))], "needs 5 values or more that have a mean, all above 0"),
    ],
)
def test_where_it_does_not_apply_it_says_why(tmp_path, axes, reason):
    study = Study(Recipe(), tuple(axes), repeats=3)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        for point in study.points:
            store.insert(point, records(np.array([1.0, 2.0, 3.0])))
        summary = summarize(store, study)
        assert reason in minimum.why_not(summary, study)
        assert tabulate(store, study).empty
