from dataclasses import replace

import pandas as pd
import pytest

from analysis.figures.catalogue import CATALOGUE, Drawn, LeftOut, draw_all, drawn
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.files import write_csv
from sweep.store import open_store
from sweep.style import write_figure
from tests.analysis.samples import NAMED, ONE_AXIS, TWO_AXES, all_diverged, fill, none_solved

NAMES = ["mean_loss", "minimum", "loss_by_length", "loss_distribution", "solved", "solved_epoch", "mean_parts"]


@pytest.mark.parametrize(
    ("study", "left_out"),
    [
        (ONE_AXIS, []),
        (NAMED, ["minimum", "loss_by_length"]),
        (TWO_AXES, ["minimum", "loss_by_length", "loss_distribution"]),
    ],
    ids=["one", "named", "two"],
)
def test_every_figure_is_drawn_or_left_out_with_a_reason(study, left_out, tmp_path):
    fill(tmp_path / "store.db", study, leave_out=[1])
    with open_store(str(tmp_path / "store.db")) as store:
        found = list(drawn(store, study))
    assert [one.name for one in found] == NAMES == [entry.name for entry in CATALOGUE]
    assert [one.name for one in found if isinstance(one, LeftOut)] == left_out
    for one in found:
        if isinstance(one, Drawn):
            assert one.caption.endswith((".", "?"))
            assert one.figure.get_suptitle()
            assert "INCOMPLETE" in one.figure.get_supxlabel()
            assert all(axes.get_xlabel() or axes.get_ylabel() for axes in one.figure.axes)
            assert len(one.table) == len(study.points)


def test_a_value_that_is_not_there_is_never_drawn_in_silence(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS, leave_out=[1])
    with open_store(str(tmp_path / "store.db")) as store:
        for one in drawn(store, ONE_AXIS):
            assert one.table.isna().any(axis=None)
            assert "no value at 1 of 15 points" in one.figure.get_supxlabel().replace("\n", " ")
            assert "nan" not in (one.figure.get_suptitle() + one.figure.get_supxlabel())


def test_all_files_are_written_and_what_is_missing_told(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS, none_solved)
    told = []
    with open_store(str(tmp_path / "store.db")) as store:
        paths = draw_all(store, ONE_AXIS, tmp_path / "drawn", told.append)
    assert told == [
        "solved_epoch is left out: no network of this study ever solves the problem.",
        "mean_parts is left out: no network of this study is solved at its end.",
    ]
    expected = [
        f"{name}.{end}" for name in NAMES if name not in ("solved_epoch", "mean_parts") for end in ("png", "svg", "csv")
    ]
    assert [path.name for path in paths] == expected
    assert all(path.stat().st_size > 100 for path in paths)


def test_a_figure_can_be_drawn_from_its_csv(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    with open_store(str(tmp_path / "store.db")) as store:
        found = list(drawn(store, ONE_AXIS))
    for entry, one in zip(CATALOGUE, found, strict=True):
        write_csv(one.table, tmp_path / "table.csv")
        again = entry.draw(pd.read_csv(tmp_path / "table.csv"), ONE_AXIS)
        for name, figure in (("first", one.figure), ("again", again)):
            figure.set_layout_engine(None)  # which follows from what is drawn, and takes as long
            write_figure(figure, tmp_path / f"{name}.svg")
        assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "first.svg").read_bytes(), entry.name


def test_one_training_a_point_is_drawn(tmp_path):
    study = Study(Recipe(), ONE_AXIS.axes, repeats=1)
    fill(tmp_path / "store.db", study)
    with open_store(str(tmp_path / "store.db")) as store:
        for one in drawn(store, study):
            if isinstance(one, Drawn):
                assert "too few for a standard error" in one.figure.get_supxlabel().replace("\n", " ")


def test_all_diverged_nothing_stored_and_three_axes_are_sentences(tmp_path):
    fill(tmp_path / "diverged.db", ONE_AXIS, all_diverged)
    with open_store(str(tmp_path / "diverged.db")) as store:
        with pytest.raises(FailedError, match="there is no loss to draw: all 750 stored trainings diverged"):
            next(drawn(store, ONE_AXIS))
        with pytest.raises(FailedError, match="there is no loss to draw: no training of this study is stored yet"):
            next(drawn(store, replace(ONE_AXIS, seed=1)))
        three = Study(Recipe(), (*TWO_AXES.axes, Axis("epochs", (5, 6))))
        with pytest.raises(UsageError, match="the study has 3 axes"):
            next(drawn(store, three))
