import numpy as np
import pandas as pd
import pytest

from analysis.figures import mean_loss
from sweep import Axis, Recipe, Study
from sweep.errors import FailedError
from sweep.statistics.summary import summarize
from sweep.store import open_store
from sweep.style import save
from tests.analysis.tables.test_summary import records
from tests.commands import ROOT

SPREADS = tuple(np.geomspace(0.1, 10, 15).tolist())
TWO_AXES = Study(Recipe(), (Axis("hidden_std_dev", (0.1, 1.0, 10.0)), Axis("output_std_dev", (0.5, 1.0))), repeats=20)
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


def words_below(figure):
    return figure.get_supxlabel().replace("\n", " ")


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def test_the_curve_is_the_table(summary):
    first, second = mean_loss.draw(summary, STUDY).axes
    mean = lines(first)["mean"]
    assert (mean.get_xdata() == summary["hidden_std_dev"]).all()
    assert (mean.get_ydata() == summary["mean"]).all()
    assert first.get_xscale() == "log"
    zoomed = lines(second)["mean"].get_ydata()
    assert set(zoomed) < set(summary["mean"])
    assert summary["mean"].min() in zoomed


def test_the_band_is_one_standard_error(summary):
    (band,) = mean_loss.draw(summary, STUDY).axes[0].collections
    found = {tuple(vertex) for vertex in band.get_paths()[0].vertices}
    for sign in (-1, 1):
        ends = zip(summary["hidden_std_dev"], summary["mean"] + sign * summary["standard_error"], strict=True)
        assert set(ends) <= found


def test_one_training_a_point_has_no_band_and_says_so(tmp_path):
    study = Study(Recipe(), STUDY.axes, repeats=1)
    figure = mean_loss.draw(summary_of(study, tmp_path), study)
    assert [len(axes.collections) for axes in figure.axes] == [0, 0]
    assert "n = 1 training a point" in words_below(figure)
    assert "too few for a standard error" in words_below(figure)


def test_a_minimum_at_the_end_of_the_axis_is_said(summary):
    assert "end of what was swept" not in mean_loss.draw(summary, STUDY).get_suptitle()
    summary.loc[14, "mean"] = 1.0
    title = mean_loss.draw(summary, STUDY).get_suptitle().replace("\n", " ")
    assert title == "Mean total loss is lowest at hidden_std_dev = 10, at the end of what was swept of hidden_std_dev"


@pytest.mark.parametrize("errors", [np.nan, 0.0], ids=["unknown", "all the same"])
def test_an_error_that_does_not_vary_has_no_contours(tmp_path, errors):
    summary = summary_of(TWO_AXES, tmp_path).assign(standard_error=errors)
    axes = mean_loss.draw(summary, TWO_AXES).axes[0]
    assert len(axes.collections) == 1
    assert "standard error" not in lines(axes)


def test_an_axis_typed_out_of_order_is_drawn_in_order(tmp_path):
    study = Study(Recipe(), (Axis("hidden_std_dev", (1.0, 0.25, 4.0)), Axis("output_std_dev", (2.0, 1.0))), repeats=20)
    summary = summary_of(study, tmp_path)
    mesh = mean_loss.draw(summary, study).axes[0].collections[0]
    means = summary.pivot_table(index="output_std_dev", columns="hidden_std_dev", values="mean")
    assert (np.asarray(mesh.get_array()) == means.to_numpy()).all()
    one = Study(Recipe(), study.axes[:1], repeats=20)
    shown = lines(mean_loss.draw(summary_of(one, tmp_path), one).axes[0])["mean"]
    assert shown.get_xdata().tolist() == [0.25, 1.0, 4.0]


def test_a_point_without_a_value_is_a_gap_and_grey_and_said(summary, tmp_path):
    summary.loc[3, ["mean", "std", "standard_error", "count"]] = [np.nan, np.nan, np.nan, 0]
    figure = mean_loss.draw(summary, STUDY)
    assert np.isnan(lines(figure.axes[0])["mean"].get_ydata()[3])
    assert "no value at 1 of 15 points: no training there counts" in words_below(figure)
    assert "INCOMPLETE: 50 of 750 trainings are missing" in words_below(figure)
    table = summary_of(TWO_AXES, tmp_path)
    table.loc[0, "mean"] = np.nan
    axes = mean_loss.draw(table, TWO_AXES).axes[0]
    assert np.ma.getmaskarray(axes.collections[0].get_array()).tolist() == [[True, False, False], [False] * 3]
    assert "no value" in lines(axes)


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
    words = words_below(figure)
    assert "2-2-1 network on xor, sigmoid hidden units" in words
    assert "n = 50 trainings a point, common draws, seed 0" in words


def test_named_values_are_points_with_bars(tmp_path):
    study = Study(Recipe(), (Axis("activation", ("sigmoid", "tanh", "relu")),), repeats=20)
    (axes,) = mean_loss.draw(summary_of(study, tmp_path), study).axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["sigmoid", "tanh", "relu"]


def test_two_axes_are_a_map_with_the_minimum_and_xavier(tmp_path):
    summary = summary_of(TWO_AXES, tmp_path)
    axes = mean_loss.draw(summary, TWO_AXES).axes[0]
    mesh, contours = axes.collections
    errors = summary["standard_error"]
    levels = [level for level, path in zip(contours.levels, contours.get_paths(), strict=True) if len(path)]
    assert levels
    assert errors.min() <= min(levels) <= max(levels) <= errors.max()
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


def test_no_label_of_a_contour_is_cut_off_by_the_frame():
    table = pd.read_csv(ROOT / "figures" / "article" / "two-axes" / "mean_loss.csv")
    fields = ("hidden_std_dev", "output_std_dev")
    study = Study(Recipe(), tuple(Axis(field, tuple(table[field].unique().tolist())) for field in fields), repeats=500)
    axes = mean_loss.draw(table, study).axes[0]
    places = (axes.transData + axes.transAxes.inverted()).transform([text.get_position() for text in axes.texts])
    assert len(places) > 0
    assert ((places > 0.04) & (places < 0.96)).all()


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


def made_up(study):
    """Means that are lowest at 0.02."""
    values = np.array(study.axes[0].values)
    mean = 10 + np.log(values / 0.02) ** 2
    columns = {"mean": mean, "standard_error": 0.1, "count": 9, "diverged": 0}
    return pd.DataFrame({study.axes[0].field: values} | columns)


def test_the_panel_around_the_minimum_leaves_far_predictions_out():
    study = Study(Recipe(), (Axis("hidden_std_dev", tuple(np.geomspace(0.01, 2, 40).tolist())),), repeats=9)
    near = mean_loss.draw(made_up(study), study).axes[1]
    low, high = near.get_xlim()
    assert low > 0.005
    assert 0.03 < high < 2**-0.5


def test_the_predictions_of_unlike_layers_are_one_entry_of_the_legend():
    study = Study(Recipe(hidden=(8, 8)), (Axis("hidden_std_dev", (0.01, 0.1, 1.0)),), repeats=9)
    labels = mean_loss.draw(made_up(study), study).axes[0].get_legend_handles_labels()[1]
    assert [label for label in labels if label.startswith("Xavier")] == ["Xavier's predictions 0.3536, 0.4472"]
