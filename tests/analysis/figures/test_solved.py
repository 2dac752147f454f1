"""The accuracy of data sets with classes: in the table of the solved, its figure and the page."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.figures import solved
from analysis.report.headline import question
from analysis.report.numbers import point_rows
from analysis.report.page import make_page
from analysis.report.sections import solved_in_words
from analysis.tables import make_tables
from analysis.tables.pooled import with_pooled_solved
from sweep import Axis, Recipe, Study
from sweep.statistics.answer import find_answer
from sweep.store import Records, open_store
from sweep.study.draws import initial_parameters
from tests.analysis.samples import ONE_AXIS, fill
from tests.networks import data

FLOWERS = Recipe(problem=data("softmax", 9, 4, 3), output="softmax", loss="cross_entropy", hidden=(3,), biases="zero")
DENSE = Study(FLOWERS, (Axis("hidden_std_dev", tuple(np.geomspace(0.3, 3, 40).tolist())),), repeats=50)
SPARSE = Study(FLOWERS, (Axis("hidden_std_dev", (0.1, 1.0, 10.0)),), repeats=50)


def trainings(study, position):
    """Accuracy falls with the mean square of the drawn weights, and nothing is ever solved."""
    n = study.repeats
    size = np.square(initial_parameters(study.points[position], 0, n)[:, :12]).mean(axis=1)
    flags = np.zeros(n, bool)
    diverged = np.arange(n) == 3
    loss = np.where(diverged, np.nan, 5 + size)
    accuracy = np.where(diverged, np.nan, 1 / (1 + size))
    return Records(np.arange(n), loss, loss, flags, np.full(n, -1), diverged, accuracy)


def read(folder, study):
    fill(folder / "store.db", study, trainings)
    with open_store(str(folder / "store.db")) as store:
        return make_tables(store, study).solved, find_answer(store, study)


def test_a_point_has_the_accuracy_of_its_own_trainings(tmp_path):
    table, found = read(tmp_path, SPARSE)
    own = np.delete(trainings(SPARSE, 1).accuracy, 3)
    shown = with_pooled_solved(table, found)
    assert shown["accuracy"][1] == pytest.approx(own.mean(), rel=1e-12)
    assert shown["accuracy_error"][1] == pytest.approx(own.std(ddof=1) / 7, rel=1e-12)
    assert point_rows(found)[0][-1] == f"{100 * trainings_mean(SPARSE, 0):.1f} %"


def trainings_mean(study, position):
    return float(np.nanmean(trainings(study, position).accuracy))


def test_a_pooled_accuracy_is_that_of_many_other_trainings(tmp_path):
    own, found = read(tmp_path, DENSE)
    table = with_pooled_solved(own, found)
    rng = np.random.default_rng(5)
    for place in (8, 20, 31):
        spread = DENSE.axes[0].values[place]
        truth = (1 / (1 + spread**2 * np.square(rng.standard_normal((100_000, 12))).mean(axis=1))).mean()
        assert abs(table["accuracy"][place] - truth) < 4 * table["accuracy_error"][place]
        assert table["accuracy_error"][place] < own["accuracy_error"][place] / 1.5
    assert point_rows(found)[0][-1].count("%") == 3


def test_the_figure_draws_it_and_says_where_it_is_highest(tmp_path):
    table, found = read(tmp_path, DENSE)
    figure = solved.draw(with_pooled_solved(table, found), DENSE)
    title = figure.get_suptitle().replace("\n", " ")
    assert title.startswith("No network is solved at the end; the mean accuracy is highest at hidden_std_dev = 0.3: ")
    assert "mean accuracy ± 1 standard error" in figure.axes[0].get_legend_handles_labels()[1]


def test_a_truth_table_is_drawn_without(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    with open_store(str(tmp_path / "store.db")) as store:
        table = make_tables(store, ONE_AXIS).solved
    assert "accuracy" not in table
    assert "accuracy" not in solved.draw(table, ONE_AXIS).get_suptitle()


def test_the_page_of_a_data_set_has_its_accuracy_and_no_claims_about_xor(tmp_path):
    url = str(tmp_path / "store.db")
    fill(url, SPARSE, trainings)
    with open_store(url) as store:
        text = make_page(store, url, None, tmp_path / "report.html")
    assert '<th scope="col">Accuracy</th>' in text
    assert 'href="#recipe"' in text
    assert 'href="#claims"' not in text


def test_the_page_asks_of_the_data_set_and_says_what_solved_means():
    assert "lets this network learn drawn best, and does Xavier's" in question(DENSE)
    assert "lets this network learn best" in question(ONE_AXIS)
    assert "right class is the most probable one in every row" in solved_in_words(DENSE)
    assert "mean loss at the end is at most 0.1" in solved_in_words(
        replace(DENSE, recipe=replace(FLOWERS, solved_below=0.1))
    )
    assert "side of 0.5" in solved_in_words(ONE_AXIS)
    swept = Study(FLOWERS, (Axis("solved_below", (0.1, 0.2)),))
    assert solved_in_words(swept) == ""
