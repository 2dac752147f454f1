"""How many epochs the networks that solve the problem need, and how many ever do."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.parts import maps
from analysis.figures.parts.axis import in_order, is_log, log_scale, percent_scale, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above, percent, require_drawable
from analysis.figures.parts.lines import band, line, mark_best, mark_predictions
from sweep.statistics.pooled_map import is_pooled_map
from sweep.study import Study
from sweep.study.words import describe_place
from sweep.style import BLACK, BLUE, STYLE, new_figure

NEVER = "no network there ever solves the problem"


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why the figure does not apply to a study; None where it does."""
    return None if table["ever_solved"].sum() else "no network of this study ever solves the problem"


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of `analysis.tables.Tables.solved_epoch`, where some training ever solved the problem.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training has a finite loss.
    """
    require_drawable(table, study)
    best = fastest(table)
    with mpl.rc_context(STYLE):
        if len(study.axes) == 1:
            figure = new_figure(7, 5.6)
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
            time_to_solve(upper, table, study)
            legend_above(upper)
            upper.set_xlabel("")
            ever_solved(lower, table, study)
        else:
            figure = new_figure(7, 5.2)
            axes = figure.subplots()
            maps.value_map(axes, table, "median", study, "median epochs to the first solution")
            if not is_pooled_map(study):
                maps.mark_best(axes, best, study, "fastest")
            maps.mark_xavier(axes, study)
            legend_above(axes)
        headline = spans(table) if is_pooled_map(study) else fastest_in_words(table, study)
        frame(figure, headline, table, study, gaps(table, "median", NEVER))
    return figure


def fastest_in_words(table: pd.DataFrame, study: Study) -> str:
    """Where the networks are fastest, and how fast half of them are there."""
    row = table.iloc[fastest(table)]
    share = row["share_ever_solved"]
    often = "Where most networks solve it, they" if share >= 0.5 else "The few networks that solve it"
    return (
        f"{often} are fastest at {describe_place(study, row)}: half of the {percent(share, 1)} that do there within "
        f"{row['median']:,.0f} epochs"
    )


def spans(table: pd.DataFrame) -> str:
    """Between how many epochs half of the networks need. The fastest of many pairs of spreads, each by its own
    trainings, would be one by chance."""
    low, high = table["median"].min(), table["median"].max()
    return f"Half of the networks that solve it need {low:,.0f} to {high:,.0f} epochs, pair by pair of spreads"


def fastest(table: pd.DataFrame) -> int:
    """Position of the row with the lowest median among those where at least half of the trainings ever solved the
    problem, or among all where there are none: a few lucky networks are no fast recipe."""
    often = table["share_ever_solved"] >= 0.5
    return int(np.nanargmin(table["median"].where(often) if often.any() else table["median"]))


def time_to_solve(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw median, quartiles and the quantiles 5 and 95 % of the epochs to the first solution along one axis, over the
    trainings that had one.

    Args:
        axes: where to draw.
        table: as `analysis.tables.Tables.solved_epoch`; values at which none had one are a gap.
        study: with one axis.

    Returns:
        The same axes.
    """
    shown = in_order(table, study)
    band(axes, shown, "q05", "q95", study, width=2, color=BLUE, alpha=0.2, label="5 to 95 %")
    band(axes, shown, "q25", "q75", study, width=9, color=BLUE, alpha=0.35, label="quartiles")
    line(axes, shown, "median", study, color=BLACK, linewidth=1.4, label="median of those that solve it")
    scale_axis(axes, study)
    mark_predictions(axes, study)
    mark_best(axes, table.iloc[fastest(table)], study, "fastest")
    if is_log(shown[["q05", "q95"]].to_numpy().ravel()):
        log_scale(axes, "y")
    axes.set_ylabel("epochs to the first solution")
    return axes


def ever_solved(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the fraction of all trainings that solved the problem at some epoch, whether or not they kept it.

    Args:
        axes: where to draw.
        table: as `analysis.tables.Tables.solved_epoch`.
        study: with one axis.

    Returns:
        The same axes.
    """
    shown = in_order(table, study)
    line(axes, shown, "share_ever_solved", study, color=BLUE, linewidth=1.2)
    scale_axis(axes, study)
    percent_scale(axes)
    axes.set_ylabel("ever solve it")
    return axes
