import numpy as np
import pandas as pd
import pytest

from analysis.figures import loss_by_length
from analysis.tables.lengths import tabulate_lengths
from sweep import Axis, Recipe, Study
from sweep.statistics.answer import find_answer
from sweep.statistics.by_length import find_by_length
from sweep.statistics.minimum import find_minimum
from sweep.store import open_store
from sweep.study.draws import drawn_lengths
from sweep.study.overlap import draw_of
from tests.analysis.tables.test_summary import records

SPREADS = tuple(np.geomspace(0.1, 4, 30).tolist())
STUDY = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=200)
UNIFORM = Study(Recipe(hidden_distribution="uniform"), STUDY.axes, repeats=200)


def answer_of(study, folder):
    """The answer of a study whose losses are least at a length of 0.5."""
    rng = np.random.default_rng(0)
    with open_store(str(folder / "store.db"), create=True) as store:
        for point in study.points:
            length = drawn_lengths(point, ["hidden_std_dev"], study.repeats)[:, 0]
            length /= 1 if study.recipe.hidden_distribution == "uniform" else np.sqrt(6)
            store.insert(point, records(1000 + 400 * np.log(length / 0.5) ** 2 + rng.normal(0, 50, study.repeats)))
        return find_answer(store, study)


def test_the_table_and_the_figure_are_what_was_found(tmp_path):
    answer = answer_of(STUDY, tmp_path)
    table = tabulate_lengths(answer.summary, answer)
    found = find_by_length(answer.curve, draw_of(STUDY.recipe, "hidden_std_dev"), find_minimum(answer.curve))
    assert table["hidden_std_dev"].tolist() == list(SPREADS)
    assert (table["length_minimum"] == found.minimum.spread.estimate).all()
    assert (table["below"] == found.below.change).all()
    assert found.minimum.spread.estimate == pytest.approx(0.5, rel=0.05)
    np.testing.assert_array_equal(table["by_length"], found.curve.at(np.array(SPREADS)).mean)
    np.testing.assert_array_equal(table["curve"], answer.curve.at(np.array(SPREADS)).mean)
    figure = loss_by_length.draw(table, STUDY)
    title = figure.get_suptitle().replace("\n", " ")
    assert f"lowest at {found.minimum.spread.estimate:.4g} (" in title
    assert f"there {-100 * found.below.change:.1f} % (" in title
    assert f"best hidden_std_dev, {answer.minimum.spread.estimate:.4g}" in title
    assert "not trained from one length" in figure.get_supxlabel().replace("\n", " ")
    (axes,) = figure.axes
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx(found.lengths)


@pytest.mark.parametrize(
    ("study", "words"),
    [(STUDY, "length of the 6 drawn parameters / √6"), (UNIFORM, "largest of the 6 drawn parameters / √3")],
)
def test_the_axis_says_what_is_meant_by_length(study, words, tmp_path):
    answer = answer_of(study, tmp_path)
    (axes,) = loss_by_length.draw(tabulate_lengths(answer.summary, answer), study).axes
    assert axes.get_xlabel() == f"{words},\nor standard deviation of the initial hidden weights"


@pytest.mark.parametrize(
    ("axes", "reason"),
    [
        ((Axis("learning_rate", (0.1, 0.2)),), "the loss by length needs one axis, a spread"),
        ((*STUDY.axes, Axis("epochs", (5, 6))), "the loss by length needs one axis, a spread"),
        ((Axis("hidden_std_dev", (0.1, 1.0, 10.0)),), "neighbouring spreads lie too far apart for the loss by length"),
        (STUDY.axes, "too few trainings of it count for a mean by length"),
    ],
)
def test_where_it_does_not_apply_it_says_why(axes, reason):
    assert reason in loss_by_length.why_not(pd.DataFrame(), Study(Recipe(), axes))


def test_where_no_length_is_common_it_says_why():
    study = Study(Recipe(hidden_distribution="sphere"), STUDY.axes)
    assert loss_by_length.why_not(pd.DataFrame(), study) == (
        "means are not pooled, for draws on the sphere of one spread are not possible at another"
    )


def test_one_training_a_spread_has_no_such_table(tmp_path):
    answer = answer_of(Study(Recipe(), STUDY.axes, repeats=1), tmp_path)
    assert tabulate_lengths(answer.summary, answer).empty
