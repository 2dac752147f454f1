import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analysis.figures import loss_distribution, mean_parts, solved, solved_epoch
from analysis.figures.parts.maps import value_map
from analysis.tables.density import bins_of
from sweep.style import new_figure
from tests.analysis.figures.test_mean_loss import lines, words_below
from tests.analysis.samples import NAMED, ONE_AXIS, TWO_AXES, none_solved, tables_of


@pytest.fixture
def tables(tmp_path):
    return tables_of(tmp_path, ONE_AXIS)


@pytest.fixture
def axes():
    return Figure().subplots()


def test_the_density_is_the_share_of_the_trainings(tables, axes):
    table = tables.loss_distribution
    assert loss_distribution.density(axes, table, ONE_AXIS) is axes
    edges, expected = bins_of(table)
    share = np.ma.filled(axes.collections[0].get_array(), 0).T
    np.testing.assert_array_equal(share, expected)
    np.testing.assert_allclose(share.sum(axis=1), 1)
    assert (axes.collections[0].get_coordinates()[:, 0, 1] == edges).all()


@pytest.mark.parametrize("location", ["right", "bottom"])
def test_the_colours_of_a_wide_range_have_plain_numbers(location, tmp_path):
    table = tables_of(tmp_path, TWO_AXES).solved_epoch
    table["median"] = np.geomspace(117, 9557, len(table))
    figure = new_figure(5, 4)
    value_map(figure.subplots(), table, "median", TWO_AXES, "median epochs", location=location)
    figure.draw_without_rendering()
    bar = figure.axes[1]
    ticks = (bar.xaxis if location == "bottom" else bar.yaxis).get_ticklabels(which="both")
    within = {tick.get_text() for tick in ticks if 117 < tick.get_position()[location == "right"] < 9557}
    assert within == {"", "200", "500", "1,000", "2,000", "5,000"}


def test_shares_too_small_to_be_seen_are_white(tables, axes):
    table = tables.loss_distribution
    expected = bins_of(table)[1]
    names = [name for name in table if name.startswith("loss ")]
    table[names] = np.where(expected == 0, 1e-9, expected)
    loss_distribution.density(axes, table, ONE_AXIS)
    assert ((expected == 0) == np.ma.getmaskarray(axes.collections[0].get_array()).T).all()


def test_quantiles_are_the_table(tables, axes):
    table = tables.loss_distribution
    assert loss_distribution.quantiles(axes, table, ONE_AXIS) is axes
    shown = lines(axes)
    for name in ("mean", "median"):
        assert shown[name].get_ydata().tolist() == table[name].tolist()
    drawn = [list(line.get_ydata()) for line in axes.get_lines()]
    assert all(table[name].tolist() in drawn for name in ("q05", "q25", "q75", "q95"))
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "total loss (nats × epochs)"


def test_named_values_have_bars_from_quantile_to_quantile(tmp_path, axes):
    table = tables_of(tmp_path, NAMED).loss_distribution
    loss_distribution.quantiles(axes, table, NAMED)
    for bars, low, high in zip(axes.collections, ("q05", "q25"), ("q95", "q75"), strict=True):
        ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
        assert ends == table[[low, high]].to_numpy().tolist()
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["sigmoid", "tanh", "relu"]
    assert lines(axes)["mean"].get_linestyle() == "None"


def test_the_distribution_over_two_axes_is_left_out(tmp_path):
    table = tables_of(tmp_path, TWO_AXES).loss_distribution
    assert "drawn along one axis, and this study has two" in loss_distribution.why_not(table, TWO_AXES)


def test_the_fraction_has_its_interval(tables, axes):
    assert solved.fraction(axes, tables.solved, ONE_AXIS) is axes
    shown = lines(axes)["solved at the end"].get_ydata()
    assert shown.tolist() == tables.solved["solved"].tolist()
    found = {tuple(vertex) for vertex in axes.collections[0].get_paths()[0].vertices}
    for column in ("solved_low", "solved_high"):
        assert set(zip(tables.solved["hidden_std_dev"], tables.solved[column], strict=True)) <= found


def test_the_headline_of_the_fraction_is_the_best_row(tables):
    row = tables.solved.loc[tables.solved["solved"].idxmax()]
    title = solved.draw(tables.solved, ONE_AXIS).get_suptitle().replace("\n", " ")
    assert f"hidden_std_dev = {row['hidden_std_dev']:.4g}: {100 * row['solved']:.1f} %, 95 % interval" in title


def test_time_to_solve_is_of_those_that_ever_did(tables):
    table = tables.solved_epoch
    upper, lower = solved_epoch.draw(table, ONE_AXIS).axes
    assert lines(upper)["median of those that solve it"].get_ydata().tolist() == table["median"].tolist()
    np.testing.assert_allclose(lower.get_lines()[0].get_ydata(), table["ever_solved"] / 50)


def test_a_lucky_few_are_not_the_fastest(tables):
    table = tables.solved_epoch
    table.loc[4, ["share_ever_solved", "median"]] = [0.02, 1.0]
    often = table[table["share_ever_solved"] >= 0.5]
    assert solved_epoch.fastest(table) == often["median"].idxmin() != 4
    table["share_ever_solved"] = 0.02
    assert solved_epoch.fastest(table) == 4


def test_what_nobody_solves_has_no_time_to_solve(tmp_path):
    tables = tables_of(tmp_path, ONE_AXIS, none_solved)
    assert solved_epoch.why_not(tables.solved_epoch, ONE_AXIS) == "no network of this study ever solves the problem"
    figure = mean_parts.draw(tables.mean_parts, ONE_AXIS)
    assert "no value at 15 of 15 points: none is solved" in words_below(figure)
    assert "100 % of the networks are stuck and make 100 % of it" in figure.get_suptitle().replace("\n", " ")


def test_the_parts_are_stacked_up_to_the_mean(tables, axes):
    table = tables.mean_parts
    assert mean_parts.parts(axes, table, ONE_AXIS) is axes
    of_stuck, of_solved = axes.collections
    x = table["hidden_std_dev"].tolist()
    for area, low, high in (
        (of_solved, [0.0] * 15, table["part_solved"].tolist()),
        (of_stuck, table["part_solved"].tolist(), (table["part_solved"] + table["part_stuck"]).tolist()),
    ):
        vertices = np.array(sorted(map(tuple, area.get_paths()[0].vertices)))
        for end in (low, high):
            gaps = np.abs(vertices[:, None] - np.column_stack([x, end])[None]).max(axis=2).min(axis=0)
            assert gaps.max() < 1e-9
    assert to_hex(of_stuck.get_facecolor()[0]).upper() == "#D55E00"
    assert lines(axes)["mean"].get_ydata().tolist() == table["mean"].tolist()


def test_the_parts_of_two_axes_are_three_maps(tmp_path):
    table = tables_of(tmp_path, TWO_AXES).mean_parts
    maps = mean_parts.draw(table, TWO_AXES).axes[:3]
    for axes, column in zip(maps, ("stuck", "mean_stuck", "mean_solved"), strict=True):
        expected = table.pivot_table(index="output_std_dev", columns="hidden_std_dev", values=column).to_numpy()
        assert (np.asarray(axes.collections[0].get_array()) == expected).all()
        best = table.loc[table["mean"].idxmin()]
        cross = lines(axes)["lowest mean of all"]
        assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (best["hidden_std_dev"], best["output_std_dev"])
