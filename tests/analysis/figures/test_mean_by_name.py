import numpy as np
import pandas as pd
import pytest

from analysis.figures.catalogue import drawn
from analysis.figures.mean_loss import draw
from analysis.tables.by_name import name_and_number, rows_of_name, studies_by_name
from analysis.tables.digits import with_certain_digits
from sweep import Axis, Recipe, Study
from sweep.statistics.answer import find_answer
from sweep.store import open_store
from tests.analysis.samples import SPREADS, fill

SPREAD = Axis("hidden_std_dev", SPREADS)
NAMES = Axis("hidden_distribution", ("normal", "sphere"))


def figure_of(folder, study):
    fill(folder / "store.db", study)
    with open_store(str(folder / "store.db")) as store:
        found = next(iter(drawn(store, study)))
        return found, [find_answer(store, one) for one in studies_by_name(study)]


@pytest.mark.parametrize("axes", [(SPREAD, NAMES), (NAMES, SPREAD)], ids=["numbers first", "names first"])
def test_every_name_has_the_curve_and_the_minimum_of_its_own_study(tmp_path, axes):
    study = Study(Recipe(), axes, repeats=40)
    shown, answers = figure_of(tmp_path, study)
    table = shown.table
    for place, (name, answer) in enumerate(zip(NAMES.values, answers, strict=True)):
        rows = rows_of_name(table, study, place)
        assert (rows["hidden_distribution"] == name).all()
        assert rows["hidden_std_dev"].tolist() == list(SPREADS)
        minimum = answer.minimum
        expected = {"curve": answer.curve.at(np.array(SPREADS)).mean, "minimum_of_name": minimum.spread.estimate}
        expected |= dict(zip(("lowest", "lowest_low", "lowest_high"), minimum.mean, strict=True))
        written = with_certain_digits(pd.DataFrame(expected), [])
        np.testing.assert_array_equal(rows[list(written)], written)
    methods = table.groupby("hidden_distribution")["method"].unique()
    assert (methods["normal"].tolist(), methods["sphere"].tolist()) == (["pooled"], ["smoothed"])
    best = NAMES.values[int(np.argmin([answer.minimum.mean.estimate for answer in answers]))]
    assert f"lowest with hidden_distribution = {best} at hidden_std_dev = " in shown.figure.get_suptitle().replace(
        "\n", " "
    )
    labels = [text.get_text() for text in shown.figure.axes[0].get_legend().get_texts()]
    assert [label.partition(": lowest ")[0] for label in labels] == ["normal, pooled", "sphere, smoothed"]


def test_it_can_be_drawn_from_its_csv(tmp_path):
    study = Study(Recipe(), (NAMES, SPREAD), repeats=40)
    shown, _ = figure_of(tmp_path, study)
    shown.table.to_csv(tmp_path / "table.csv", index=False)
    again = draw(pd.read_csv(tmp_path / "table.csv"), study)
    assert again.get_suptitle() == shown.figure.get_suptitle()


def test_too_few_numbers_for_a_minimum_have_means_alone(tmp_path):
    study = Study(Recipe(), (NAMES, Axis("hidden_std_dev", (0.5, 1.0))), repeats=40)
    shown, _ = figure_of(tmp_path, study)
    assert "is lowest at hidden_distribution = " in shown.figure.get_suptitle()
    assert [text.get_text() for text in shown.figure.axes[0].get_legend().get_texts()] == ["normal", "sphere"]


@pytest.mark.parametrize(
    "axes",
    [
        (SPREAD,),
        (NAMES,),
        (SPREAD, Axis("epochs", (5, 6))),
        (NAMES, Axis("biases", ("drawn", "zero"))),
        (SPREAD, Axis("hidden", ((1,), (2,), (3,), (4,), (5,), (6,)))),
    ],
    ids=["numbers", "names", "two of numbers", "two of names", "many names"],
)
def test_other_axes_have_none(axes):
    study = Study(Recipe(), axes)
    assert name_and_number(study) is None
    assert studies_by_name(study) == []


def test_the_parts_are_points_of_the_study():
    study = Study(Recipe(), (SPREAD, Axis("hidden", ((2,), (3, 3)))))
    own = {point.identity for one in studies_by_name(study) for point in one.points}
    assert own == {point.identity for point in study.points}
