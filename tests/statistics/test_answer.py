from dataclasses import replace

import numpy as np
import pytest

from sweep import Axis, Recipe, Study
from sweep.statistics.answer import answer, compare_with_xavier, predicted_value
from sweep.statistics.inference import relative_change
from sweep.statistics.summary import summarize
from sweep.store import open_store
from tests.analysis.tables.test_summary import records

SPREADS = (0.25, 0.5, 0.75, 1.0)


@pytest.fixture
def store(tmp_path):
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        yield store


def fill(store, study, means):
    noise = np.random.default_rng(0).normal(size=100)
    for point, mean in zip(study.points, means, strict=True):
        store.insert(point, records(mean + noise))


def test_the_best_point_is_compared_with_the_swept_point_nearest_to_xavier(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=100)
    fill(store, study, (30.0, 20.0, 25.0, 40.0))
    comparison = compare_with_xavier(store, study, summarize(store, study))
    assert (comparison.best, comparison.xavier) == (1, 2)
    assert comparison.predicted == pytest.approx(2**-0.5)
    assert comparison.change.change == pytest.approx(-0.2, abs=0.01)
    assert comparison.change.paired


def test_repeats_that_only_one_of_them_has_are_in_no_pair(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=100)
    losses = np.random.default_rng(1).normal(20, 1, 8)
    store.insert(study.points[1], replace(records(losses[:4]), repeat=np.array([0, 2, 3, 7])))
    store.insert(study.points[2], replace(records(losses[4:] + 5), repeat=np.array([2, 3, 5, 7])))
    change = compare_with_xavier(store, study, summarize(store, study)).change
    assert change == relative_change(losses[[4, 5, 7]] + 5, losses[[1, 2, 3]], paired=True)


def test_xaviers_point_is_looked_for_beside_the_best_on_the_other_axes(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS), Axis("loss", ("bce", "mse"))), repeats=100)
    fill(store, study, (30.0, 10.0, 20.0, 15.0, 25.0, 12.0, 40.0, 14.0))
    comparison = compare_with_xavier(store, study, summarize(store, study))
    assert (comparison.best, comparison.xavier) == (1, 5)


def test_the_prediction_follows_the_best_points_architecture(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS), Axis("hidden", ((2,), (30,)))), repeats=100)
    fill(store, study, (30.0, 29.0, 20.0, 15.0, 25.0, 12.0, 40.0, 14.0))
    comparison = compare_with_xavier(store, study, summarize(store, study))
    assert comparison.predicted == pytest.approx(0.25)
    assert (comparison.best, comparison.xavier) == (5, 1)


def test_the_prediction_is_of_the_swept_layer_in_its_unit(store):
    recipe = Recipe(hidden=(4, 8), spread_unit="he")
    for field, predicted in (("hidden_std_dev.2", (2 / 12) ** 0.5 / (2 / 4) ** 0.5), ("output_std_dev", 8**0.5 / 3)):
        assert predicted_value(Study(recipe, (Axis(field, SPREADS),))) == pytest.approx(predicted)
    study = Study(recipe, (Axis("output_std_dev", SPREADS),), repeats=100)
    fill(store, study, (30.0, 20.0, 25.0, 40.0))
    assert compare_with_xavier(store, study, summarize(store, study)).predicted == pytest.approx(8**0.5 / 3)


@pytest.mark.parametrize(
    ("distribution", "reason"),
    [
        ("orthogonal", "orthogonal draws of one spread are not possible at another."),
        ("sphere", "draws on the sphere of one spread are not possible at another."),
        ("normal", None),
    ],
)
def test_an_answer_says_why_means_are_not_pooled(store, distribution, reason):
    study = Study(Recipe(hidden_distribution=distribution), (Axis("hidden_std_dev", SPREADS),), repeats=100)
    fill(store, study, (30.0, 20.0, 25.0, 40.0))
    said = [line for line in answer(store, study).splitlines() if "not pooled" in line]
    assert said == ([f"Means are not pooled, for {reason}"] if reason else [])


def test_independent_draws_are_not_paired(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=100, draws="independent")
    fill(store, study, (30.0, 20.0, 25.0, 40.0))
    assert not compare_with_xavier(store, study, summarize(store, study)).change.paired


def test_one_training_a_point_has_no_standard_error(store):
    study = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=1)
    fill(store, study, (30.0, 20.0, 25.0, 40.0))
    text = answer(store, study)
    assert "standard error unknown" in text
    assert "nan" not in text


def test_nothing_stored_is_a_sentence(store):
    assert answer(store, Study(Recipe(), repeats=1)).startswith("No training kept a finite loss")
