from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.figures import mean_loss
from analysis.figures.style import save
from analysis.groups import summarize
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.store import open_store
from sweep.target import Target
from tests import commands
from tests.analysis.test_groups import records

SPREADS = tuple(np.geomspace(0.1, 10, 15).tolist())
STUDY = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=50)


@pytest.fixture
def summary(tmp_path):
    return summary_of(STUDY, tmp_path)


def summary_of(study, tmp_path):
    rng = np.random.default_rng(0)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        for number, point in enumerate(study.points):
            store.insert(point, records(rng.normal(1000 + 10 * (number - 6) ** 2, 30, study.repeats)))
        return summarize(store, study)


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def test_the_curve_is_the_table(summary):
    first, second = mean_loss.draw(summary, STUDY).axes
    mean = lines(first)["mean"]
    assert (mean.get_xdata() == summary["hidden_std_dev"]).all()
    assert (mean.get_ydata() == summary["mean"]).all()
    assert first.get_xscale() == "log"
    assert set(second.containers[0].lines[0].get_ydata()) < set(summary["mean"])
    assert summary["mean"].min() in second.containers[0].lines[0].get_ydata()


def test_xavier_is_black_and_the_minimum_green(summary):
    shown = lines(mean_loss.draw(summary, STUDY).axes[0])
    black = shown["Xavier's prediction 0.7071"]
    assert (black.get_color(), black.get_xdata()[0]) == ("#000000", pytest.approx(2**-0.5))
    best = summary["hidden_std_dev"][summary["mean"].idxmin()]
    green = shown[f"lowest mean {best:.4g}"]
    assert (green.get_color(), green.get_xdata()[0]) == ("#009E73", best)


def test_axes_have_names_and_the_figure_says_n_and_recipe(summary):
    figure = mean_loss.draw(summary, STUDY)
    assert figure.axes[0].get_xlabel() == "standard deviation of the initial hidden weights"
    assert figure.axes[0].get_ylabel() == "mean total loss (nats × epochs)"
    words = figure._supxlabel.get_text().replace("\n", " ")
    assert "2-2-1 network on xor, sigmoid hidden units" in words
    assert "n = 50 trainings a point, common draws, seed 0" in words


def test_incomplete_and_diverged_are_said(summary):
    summary.loc[3, ["count", "diverged"]] = [40, 4]
    words = mean_loss.subtitle(summary, STUDY, 1000)
    assert "4 diverged, not in the mean" in words
    assert "INCOMPLETE: 6 of 750 trainings are missing" in words
    assert "n = 40 to 50 trainings" in words


def test_a_target_is_said_and_has_no_number_to_be_incomplete(summary):
    study = replace(STUDY, repeats=100_000, until=Target("rse", 0.02, 50))
    words = mean_loss.subtitle(summary, study, 1000)
    assert "until every relative standard error of the mean is at most 0.02." in words
    assert "INCOMPLETE" not in words
    summary.loc[3, "standard_error"] = 0.021 * summary.loc[3, "mean"]
    assert "at most 0.02 (1 of 15 are above)." in mean_loss.subtitle(summary, study, 1000)
    summary.loc[4, "count"] = 45
    assert "INCOMPLETE: 5 of the first round's 750 trainings are missing" in mean_loss.subtitle(summary, study, 1000)


def test_every_hidden_layer_has_its_prediction():
    recipe = Recipe(hidden=(3, 3))
    study = Study(recipe, STUDY.axes)
    assert mean_loss.predictions(study, "xavier") == pytest.approx([(2 / 6) ** 0.5, (2 / 5) ** 0.5])
    assert mean_loss.predictions(study, "he") == pytest.approx([(2 / 3) ** 0.5, 1.0])


def test_named_values_are_points_with_bars(tmp_path):
    study = Study(Recipe(), (Axis("activation", ("sigmoid", "tanh", "relu")),), repeats=20)
    (axes,) = mean_loss.draw(summary_of(study, tmp_path), study).axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["sigmoid", "tanh", "relu"]


def test_two_axes_are_a_map_with_the_minimum_and_xavier(tmp_path):
    study = Study(Recipe(), (Axis("hidden_std_dev", (0.1, 1.0, 10.0)), Axis("output_std_dev", (0.5, 1.0))), repeats=20)
    summary = summary_of(study, tmp_path)
    axes = mean_loss.draw(summary, study).axes[0]
    (mesh,) = axes.collections
    means = summary.pivot_table(index="output_std_dev", columns="hidden_std_dev", values="mean")
    assert (np.asarray(mesh.get_array()) == means.to_numpy()).all()
    best = summary.loc[summary["mean"].idxmin()]
    shown = lines(axes)
    assert (shown["lowest mean"].get_xdata()[0], shown["lowest mean"].get_ydata()[0]) == (
        best["hidden_std_dev"],
        best["output_std_dev"],
    )
    assert shown["Xavier's prediction"].get_xdata()[0] == pytest.approx(2**-0.5)
    assert shown["Xavier's prediction"].get_ydata()[0] == pytest.approx((2 / 3) ** 0.5)


def test_three_axes_are_refused_with_another_way(tmp_path):
    axes = (Axis("hidden_std_dev", (1.0, 2.0)), Axis("loss", ("bce", "mse")), Axis("epochs", (5, 6)))
    study = Study(Recipe(), axes, repeats=2)
    with pytest.raises(
        UsageError, match=r"the study has 3 axes; a figure shows one or two, `python -m analysis summary"
    ):
        mean_loss.draw(summary_of(study, tmp_path), study)


def test_nothing_to_draw_is_a_sentence(tmp_path):
    study = Study(Recipe(), repeats=2)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        empty = summarize(store, study)
    with pytest.raises(FailedError, match="there is no mean loss to draw: no training kept a finite loss"):
        mean_loss.draw(empty, study)


def test_the_same_table_gives_the_same_files(summary, tmp_path):
    written = [save(mean_loss.draw(summary, STUDY), summary, tmp_path / name, "mean_loss") for name in ("a", "b")]
    assert [path.suffix for path in written[0]] == [".png", ".svg", ".csv"]
    for one, other in zip(*written, strict=True):
        assert one.read_bytes() == other.read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(written[0][2]), summary, check_exact=True, check_dtype=False)


def test_a_folder_that_cannot_be_written_is_named(summary, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FailedError, match=r"file cannot be written \(.*\); name another place that exists"):
        save(mean_loss.draw(summary, STUDY), summary, tmp_path / "file", "mean_loss")


def test_the_commands(tmp_path):
    small = ["--set", "epochs=20", "--axis", "hidden_std_dev=0.5,1", "--repeats", "5"]
    assert commands.run("sweep.run", *small, folder=tmp_path).returncode == 0
    figures = commands.run("analysis", "figures", "--out", "drawn", folder=tmp_path)
    assert figures.returncode == 0, figures.stderr
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == [
        f"mean_loss.{s}" for s in ("csv", "png", "svg")
    ]
    summary = commands.run("analysis", "summary", "--csv", "table.csv", folder=tmp_path)
    assert summary.stdout == "2 rows written to table.csv\n"
    assert (tmp_path / "table.csv").read_text() == (tmp_path / "drawn" / "mean_loss.csv").read_text()
    printed = commands.run("analysis", "summary", folder=tmp_path).stdout.splitlines()
    assert printed[0].split() == pd.read_csv(tmp_path / "table.csv").columns.tolist()
    assert len(printed) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["summary", "--run", "x"], 2, "run was given as 'x', which sweep.sqlite3 does not hold"),
        (
            ["summary", "--csv", "missing/table.csv"],
            1,
            "missing/table.csv cannot be written (No such file or directory)",
        ),
        (["figures", "--store", "none.db"], 1, "none.db"),
        ([], 2, "the following arguments are required: COMMAND"),
        (["draw"], 2, "invalid choice: 'draw'"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, arguments, code, message):
    small = ["--set", "epochs=2", "--axis", "hidden_std_dev=0.5,1", "--repeats", "2"]
    assert commands.run("sweep.run", *small, folder=tmp_path).returncode == 0
    before = sorted(tmp_path.iterdir())
    done = commands.run("analysis", *arguments, folder=tmp_path)
    assert done.returncode == code
    assert message in commands.one_sentence(done.stderr)
    assert sorted(tmp_path.iterdir()) == before
