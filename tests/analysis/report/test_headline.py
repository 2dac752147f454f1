from dataclasses import replace

import numpy as np
import pytest

from analysis.report.headline import answer_sentences, gain_sentences, minimum_sentences, predictions, question
from analysis.report.numbers import key_numbers, point_rows
from sweep import Axis, Recipe, Study
from sweep.statistics.answer import find_answer
from sweep.statistics.curve import read_curve
from sweep.statistics.inference import Interval
from sweep.statistics.minimum import Minimum
from sweep.store import open_store
from tests.analysis.report.conftest import STUDY, fill


def found(spread, bracketed=True, n=1000):
    gain, mean, nothing = Interval(-0.02, -0.04, -0.01), Interval(1500.0, 1490.0, 1510.0), np.empty(0)
    return Minimum(
        spread, mean, gain, 2**-0.5, mean, bracketed, True, "smoothed", True, 15 * n, n, np.inf, n, nothing,
        nothing, nothing,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spread", "xavier", "he"),
    [
        (Interval(0.7, 0.6, 0.8), "Xavier's prediction, 0.7071, lies inside", "He's prediction, 1, lies above it."),
        (Interval(0.9, 0.8, 1.1), "lies below this interval: theory predicts too small", "1, lies inside it."),
        (Interval(0.5, 0.4, 0.6), "lies above this interval: theory predicts too large", "1, lies above it."),
        (Interval(3.0, 2.0, 4.0), "lies below this interval: theory predicts too small", "1, lies below it."),
    ],
)
def test_the_verdict_on_theory_follows_from_the_interval(spread, xavier, he):
    said = minimum_sentences(STUDY, found(spread))
    assert said[0] == (
        f"The mean total loss is lowest at a spread of {spread.estimate:.3g} "
        f"(95 % interval {spread.low:.3g} to {spread.high:.3g})."
    )
    assert xavier in said[1]
    assert he in said[2]
    assert len(said) == 3


def test_a_small_gain_may_be_nothing():
    sure = found(Interval(0.7, 0.6, 0.8))
    assert gain_sentences(STUDY, sure) == [
        "Going from Xavier's spread to the lowest point lowers the mean total loss by 2.00 % "
        "(95 % interval 1.00 % to 4.00 %)."
    ]
    unsure = sure._replace(gain=Interval(-0.02, -0.04, -0.0))
    (said,) = gain_sentences(STUDY, unsure)
    assert said.endswith("(95 % interval 0.00 % to 4.00 %): it may be nothing that matters.")
    outside = sure._replace(gain=Interval(np.nan, np.nan, np.nan))
    assert gain_sentences(STUDY, outside) == ["Xavier's prediction is outside what was swept."]


def test_what_limits_the_interval_is_said():
    said = minimum_sentences(STUDY, found(Interval(0.7, 0.6, 0.8), bracketed=False, n=29))
    assert said[3] == "The interval reaches the end of what was swept: the minimum may lie outside; sweep a wider axis."
    assert said[4] == "With fewer than 30 trainings a point these intervals are too narrow; raise --repeats."


def test_the_numbers_are_those_of_the_curve(stored):
    with open_store(stored) as store:
        measured = find_answer(store, STUDY)
        curve = read_curve(store, STUDY)
    rows = {label: (value, interval) for label, value, interval in key_numbers(measured)}
    at = curve.at(np.array([1.0, 2**-0.5, measured.minimum.spread.estimate]))
    fall = 1 - at.mean[1] / at.mean[0]
    assert rows["Improvement from spread 1 to 0.7071"][0] == f"{100 * fall:.2f} %"
    low, high = (float(end.rstrip(" %")) for end in rows["Improvement from spread 1 to 0.7071"][1].split(" to "))
    assert low < 100 * fall < high
    assert rows["Trainings"][0] == "750 (complete)"
    first, xavier, he = point_rows(measured)
    assert first[:2] == ("Minimum", f"hidden_std_dev = {measured.minimum.spread.estimate:.4g}")
    assert first[2] == f"{at.mean[2]:,.2f}"
    assert (xavier[2], he[2]) == (f"{at.mean[1]:,.2f}", f"{at.mean[0]:,.2f}")


def test_a_study_without_spreads_is_asked_something_else():
    study = Study(Recipe(), (Axis("learning_rate", (0.1, 1.0)), Axis("epochs", (10, 20))))
    assert question(study) == "How does the learning rate and epochs decide whether, and how fast, this network learns?"
    assert predictions(study) == {}


def test_a_layer_of_its_own_is_asked_for_in_its_own_unit():
    study = Study(Recipe(hidden=(4, 8), spread_unit="he"), (Axis("hidden_std_dev.2", (0.5, 1.0)),))
    assert question(study).startswith(
        "Which spread of the initial weights of hidden layer 2 lets this network learn best"
    )
    assert predictions(study) == {"Xavier": pytest.approx((1 / 3) ** 0.5), "He": 1.0}


def test_draws_that_are_not_pooled_are_said():
    study = replace(STUDY, recipe=replace(STUDY.recipe, hidden_distribution="orthogonal"))
    said = minimum_sentences(study, found(Interval(0.7, 0.6, 0.8)))
    assert said[-1] == "Means are not pooled, for orthogonal draws of one spread are not possible at another."


def test_swept_layers_have_no_prediction_in_common():
    study = Study(Recipe(), (Axis("hidden_std_dev", (0.5, 1.0)), Axis("hidden", ((2,), (4,)))))
    assert predictions(study) == {}
    assert predictions(study, study.points[1].recipe) == {"Xavier": (2 / 6) ** 0.5, "He": 1.0}


def test_too_few_values_for_a_minimum_are_said(tmp_path):
    study = replace(STUDY, axes=(Axis("hidden_std_dev", (0.5, 1.0)),))
    with open_store(fill(tmp_path / "store.db", study, at=0)) as store:
        said = answer_sentences(find_answer(store, study))
    assert said[0].startswith("Of 2 points the mean total loss is lowest at hidden_std_dev = 0.5: ")
    assert "needs five or more values" in said[1]
