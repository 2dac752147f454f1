"""Why the mean has its minimum: the mean taken apart into stuck and solved networks."""

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.parts import maps
from analysis.figures.parts.axis import in_order, is_log, log_scale, loss_label, percent_scale, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above, lowest, percent, require_drawable
from analysis.figures.parts.lines import band, line, mark_minimum, mark_predictions
from analysis.tables.pooled_map import has_place, place_columns
from sweep.statistics.answer import best_point
from sweep.study import Study
from sweep.study.words import describe_place
from sweep.style import BLACK, SOLVED, STUCK, STYLE, new_figure


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why the figure does not apply to a study; None where it does."""
    return None if table["mean_solved"].notna().any() else "no network of this study is solved at its end"


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of `analysis.tables.Tables.mean_parts`.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training has a finite loss.
    """
    require_drawable(table, study)
    with mpl.rc_context(STYLE):
        figure = _draw_maps(table, study) if len(study.axes) == 2 else _draw_curves(table, study)
        frame(figure, headline(lowest(table, study), study), table, study, _notes(table))
    return figure


def headline(row: pd.Series, study: Study) -> str:
    """What makes up the mean of a row, in words."""
    place = f"At the lowest mean, {row['mean']:,.0f} ({describe_place(study, row)}),"
    if not row["stuck"]:
        return f"{place} no network is stuck"
    share = percent(row["part_stuck"] / row["mean"])
    return f"{place} {percent(row['stuck'])} of the networks are stuck and make {share} of it"


def _notes(table: pd.DataFrame) -> list[str]:
    counted = table[table["count"] > 0]
    return [
        *gaps(table, "mean", "no training there counts"),
        *gaps(counted, "mean_solved", "none is solved"),
        *gaps(counted, "mean_stuck", "none is stuck"),
    ]


def _draw_curves(table: pd.DataFrame, study: Study) -> Figure:
    figure = new_figure(7, 7.4)
    upper, middle, lower = figure.subplots(3, 1, sharex=True, height_ratios=(2.2, 1, 1.5))
    parts(upper, table, study)
    legend_above(upper)
    stuck(middle, table, study)
    means(lower, table, study)
    for axes in (upper, middle):
        axes.set_xlabel("")
    figure.align_ylabels()
    return figure


def _draw_maps(table: pd.DataFrame, study: Study) -> Figure:
    figure = new_figure(10, 4.8)
    for axes, column, words in zip(
        figure.subplots(1, 3, sharey=True),
        ("stuck", "mean_stuck", "mean_solved"),
        ("stuck at the end", loss_label(study, "mean of the stuck"), loss_label(study, "mean of the solved")),
        strict=True,
    ):
        maps.value_map(axes, table, column, study, words, width=28, is_fraction=column == "stuck", location="bottom")
        mark_lowest(axes, table, study)
        maps.mark_xavier(axes, study)
    for axes in figure.axes[1:3]:
        axes.set_ylabel("")
    legend_above(figure.axes[0], 1)
    return figure


def mark_lowest(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw a green cross at the minimum of the mean where the table says its place, else at its lowest mean."""
    if has_place(table, study):
        x, y = (float(table[place_columns(axis.field)[0]].iloc[0]) for axis in study.axes)
        return maps.mark_place(axes, x, y, "minimum of the mean")
    return maps.mark_best(axes, best_point(table) or 0, study, "lowest mean of all")


def parts(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw what the solved and the stuck networks add to the mean total loss, one upon the other.

    Args:
        axes: where to draw.
        table: as `analysis.tables.Tables.mean_parts`.
        study: with one axis.

    Returns:
        The same axes.
    """
    shown = in_order(table, study).assign(zero=0.0)
    band(axes, shown, "part_solved", "mean", study, width=14, color=STUCK, alpha=0.75, label="from stuck networks")
    band(axes, shown, "zero", "part_solved", study, width=14, color=SOLVED, alpha=0.75, label="from solved networks")
    line(axes, shown, "mean", study, color=BLACK, linewidth=1.2, label="mean")
    scale_axis(axes, study)
    _mark(axes, table, study)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(loss_label(study))
    return axes


def stuck(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the fraction of the networks with a finite loss that are not solved at the end; arguments as of `parts`."""
    line(axes, in_order(table, study), "stuck", study, color=STUCK, linewidth=1.4)
    scale_axis(axes, study)
    percent_scale(axes)
    _mark(axes, table, study)
    axes.set_ylabel("stuck\nat the end")
    return axes


def means(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the mean total loss of the stuck and of the solved networks, a gap where there are none; as `parts`."""
    shown = in_order(table, study)
    line(axes, shown, "mean_stuck", study, color=STUCK, linewidth=1.4, linestyle="--", label="stuck")
    line(axes, shown, "mean_solved", study, color=SOLVED, linewidth=1.4, label="solved")
    scale_axis(axes, study)
    if is_log(shown[["mean_stuck", "mean_solved"]].to_numpy().ravel()):
        log_scale(axes, "y")
    axes.set_ylabel("mean total loss\nof each kind")
    axes.legend(fontsize=9)
    return _mark(axes, table, study)


def _mark(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    return mark_minimum(mark_predictions(axes, study), table, study)
