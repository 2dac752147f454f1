import json

import numpy as np
import pytest

from analysis.__main__ import main
from analysis.figures import mean_loss, mean_parts, solved, solved_epoch
from analysis.report.headline import answer_sentences
from analysis.report.numbers import key_numbers
from analysis.tables import make_tables
from analysis.tables.pooled import with_pooled_parts, with_pooled_solved
from analysis.tables.pooled_map import with_map
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.statistics.answer import describe, find_answer
from sweep.statistics.map_minimum import find_map_minimum
from sweep.statistics.pooled_map import is_pooled_map, require_map
from sweep.store import open_store
from sweep.store.provenance import describe_run
from sweep.study.draws import drawn_lengths
from tests.analysis.tables.test_summary import records

HIDDEN = Axis("hidden_std_dev", tuple(np.geomspace(0.2, 2, 8).tolist()))
OUTPUT = Axis("output_std_dev", tuple(np.geomspace(0.3, 4, 7).tolist()))
STUDY = Study(Recipe(), (HIDDEN, OUTPUT), repeats=40)


def fill(url, study, leave_out=()):
    rng = np.random.default_rng(0)
    with open_store(url, create=True) as store:
        store.start_run(describe_run(study, "", 1))
        for place, point in enumerate(study.points):
            hidden, output = drawn_lengths(point, ["hidden_std_dev", "output_std_dev"], study.repeats).T
            mean = 1000 + 400 * np.log(hidden / 1.4) ** 2 + 200 * np.log(output / 2) ** 2
            if place not in leave_out:
                loss = mean + rng.normal(0, 60, study.repeats)
                store.insert(point, records(loss, solved=rng.random(study.repeats) < 900 / loss))
    return url


@pytest.fixture(scope="module", params=[(HIDDEN, OUTPUT), (OUTPUT, HIDDEN)], ids=["hidden first", "output first"])
def answer(request, tmp_path_factory):
    study = Study(Recipe(), request.param, repeats=40)
    with open_store(fill(str(tmp_path_factory.mktemp("map") / "store.db"), study, leave_out=[5])) as store:
        return find_answer(store, study)


def test_both_spreads_are_found_whichever_is_the_first_axis(answer):
    places = dict(zip(answer.map_minimum.fields, answer.map_minimum.place, strict=True))
    assert places["hidden_std_dev"].estimate == pytest.approx(0.61, rel=0.1)
    assert places["output_std_dev"].estimate == pytest.approx(1.37, rel=0.15)
    xavier = dict(zip(answer.map_minimum.fields, answer.map_minimum.predicted, strict=True))
    assert xavier == pytest.approx({"hidden_std_dev": 2**-0.5, "output_std_dev": (2 / 3) ** 0.5})
    assert "Lowest mean at" in describe(answer)


def test_every_pooled_mean_is_near_that_of_the_pairs_own_trainings_and_sharper(answer):
    table = with_map(answer.summary, answer)
    away = (table["pooled"] - table["mean"]) / table["standard_error"]
    assert away.abs().max() < 4
    assert np.sqrt((away**2).mean()) < 1.3
    assert table["pooled_error"].median() < table["standard_error"].median() / 2


def test_the_figure_shows_what_was_found(answer):
    found, study = answer.map_minimum, answer.study
    table = with_map(answer.summary, answer)
    figure = mean_loss.draw(table, study)
    axes = figure.axes[0]
    np.testing.assert_array_equal(np.ma.filled(axes.collections[0].get_array(), np.nan).T.ravel(), table["pooled"])
    assert table["pooled"].isna().tolist() == [place == 5 for place in range(56)]
    assert table["may_be_best"].sum() == found.region.sum() > 0
    shown = {line.get_label(): line for line in axes.get_lines()}
    cross = shown["minimum"].get_xydata()[0].tolist()
    assert cross == [place.estimate for place in found.place]
    assert shown["Xavier's prediction"].get_xydata()[0] == pytest.approx(found.predicted)
    title, words = (text.replace("\n", " ") for text in (figure.get_suptitle(), figure.get_supxlabel()))
    for field, place in zip(found.fields, found.place, strict=True):
        assert f"{field} = {place.estimate:.4g} ({place.low:.4g} to {place.high:.4g})" in title
    assert f"{-100 * found.gain.estimate:.1f} % (" in title
    assert f"the outline is around the {found.region.sum()} pairs that hold the best with 95 % confidence" in words


def test_the_outline_encloses_the_pairs_that_may_be_the_best(answer):
    axes = mean_loss.draw(with_map(answer.summary, answer), answer.study).axes[0]
    outline = np.concatenate(axes.collections[-1].get_segments())
    low, high = outline.min(axis=0), outline.max(axis=0)
    assert (low < answer.map_minimum.pairs.min(axis=0)).all()
    assert (answer.map_minimum.pairs.max(axis=0) < high).all()
    outside = np.array([[a, b] for a in answer.map.values[0] for b in answer.map.values[1]])
    inside = ((low < outside) & (outside < high)).all(axis=1)
    assert (answer.map_minimum.region.ravel() <= inside).all()
    assert inside.sum() < 56


def test_no_other_figure_shows_another_minimum(answer, tmp_path):
    with open_store(fill(str(tmp_path / "store.db"), answer.study, leave_out=[5])) as store:
        tables = make_tables(store, answer.study)
    parts = with_pooled_parts(tables.mean_parts, answer)
    figure = mean_parts.draw(parts, answer.study)
    for axes in figure.axes[:3]:
        (cross,) = [line for line in axes.get_lines() if line.get_label() == "minimum of the mean"]
        assert cross.get_xydata()[0].tolist() == [place.estimate for place in answer.map_minimum.place]
    places = [place.estimate for place in answer.map_minimum.place]
    away = np.log(parts[list(answer.map_minimum.fields)] / places)
    row = parts.iloc[(away**2).sum(axis=1).argmin()]
    assert f"At the lowest mean, {row['mean']:,.0f} (" in figure.get_suptitle()
    assert "pooled from the trainings of all points" in figure.get_supxlabel().replace("\n", " ")
    times = solved_epoch.draw(tables.solved_epoch, answer.study)
    assert "fastest" not in [line.get_label() for line in times.axes[0].get_lines()]
    assert "each point by its own trainings" in times.get_supxlabel().replace("\n", " ")


def test_the_fraction_solved_is_pooled_over_both_spreads(answer, tmp_path):
    with open_store(fill(str(tmp_path / "store.db"), answer.study, leave_out=[5])) as store:
        own = make_tables(store, answer.study).solved
    table = with_pooled_solved(own, answer)
    assert table["solved"].isna().tolist() == [place == 5 for place in range(56)]
    width, own_width = (one["solved_high"] - one["solved_low"] for one in (table, own))
    assert width.median() < own_width.median() / 2
    away = (own["solved"] - table["solved"]) / np.sqrt(table["solved"] * (1 - table["solved"]) / 40)
    assert away.abs().max() < 4
    assert 0.7 < np.sqrt((away**2).mean()) < 1.3
    shown = {line.get_label(): line for line in solved.draw(table, answer.study).axes[0].get_lines()}
    best = table.loc[table["solved"].idxmax(), list(answer.map_minimum.fields)]
    assert shown["most solved"].get_xydata()[0].tolist() == best.tolist()


def test_the_page_says_it(answer):
    text, rows = " ".join(answer_sentences(answer)), dict(row[:2] for row in key_numbers(answer))
    found = answer.map_minimum
    assert f"a {found.fields[0]} of {found.place[0].estimate:.3g} (95 % interval" in text
    assert "Going from Xavier's pair of spreads to the lowest point lowers the mean total loss by" in text
    assert rows[f"{found.fields[1]} where the mean is lowest (pooled)"] == f"{found.place[1].estimate:.4f}"
    assert rows["Swept pairs that may be the best (95 %)"] == f"{found.region.sum()} of 56"


def test_the_command_prints_it(tmp_path, capsys):
    url = fill(str(tmp_path / "store.db"), STUDY)
    main(["minimum", "--store", url])
    assert "Lowest mean at hidden_std_dev = 0." in capsys.readouterr().out
    main(["minimum", "--json", "--store", url])
    told = json.loads(capsys.readouterr().out)
    with open_store(url) as store:
        found = find_map_minimum(require_map(store, STUDY), (2**-0.5, (2 / 3) ** 0.5))
    assert told == found.to_dict()


def test_nothing_stored_is_a_sentence(tmp_path):
    with (
        open_store(str(tmp_path / "store.db"), create=True) as store,
        pytest.raises(FailedError, match="the stored trainings with a finite loss do not reach all pairs of spreads"),
    ):
        require_map(store, STUDY)


@pytest.mark.parametrize(
    "axes",
    [(HIDDEN, Axis("epochs", (5, 6, 7, 8, 9))), (HIDDEN, Axis("output_std_dev", (0.1, 1.0, 10.0, 100.0, 1000.0)))],
    ids=["another field", "too far apart"],
)
def test_other_studies_of_two_axes_have_no_map(axes, tmp_path):
    study = Study(Recipe(), axes, repeats=2)
    assert not is_pooled_map(study)
    url = fill(str(tmp_path / "store.db"), study)
    with pytest.raises(UsageError, match="this needs one axis of numbers"):
        main(["minimum", "--store", url])


def test_a_minimum_at_the_end_is_said(tmp_path):
    study = Study(Recipe(), (HIDDEN, OUTPUT._replace(values=OUTPUT.values[:5])), repeats=40)
    with open_store(fill(str(tmp_path / "store.db"), study)) as store:
        found = find_answer(store, study)
    title = mean_loss.draw(with_map(found.summary, found), study).get_suptitle().replace("\n", " ")
    assert title.endswith("at the end of what was swept of output_std_dev")
    assert not found.map_minimum.bracketed
