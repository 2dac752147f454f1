"""The fraction of networks that are solved at the end, with its interval."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.parts import maps
from analysis.figures.parts.axis import in_order, percent_scale, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above, percent, require_drawable
from analysis.figures.parts.lines import band, line, mark_best, mark_predictions
from sweep.study import Study
from sweep.study.words import describe_place
from sweep.style import BLUE, ORANGE, STYLE, new_figure

WORDS = "solved at the end"


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of `analysis.tables.Tables.solved`.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training has a finite loss.
    """
    require_drawable(table, study)
    best = int(np.nanargmax(table["solved"]))
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 4.4 if len(study.axes) == 1 else 5.2)
        axes = figure.subplots()
        if len(study.axes) == 1:
            fraction(axes, table, study)
            legend_above(axes)
        else:
            maps.value_map(axes, table, "solved", study, WORDS, is_fraction=True)
            maps.mark_best(axes, best, study, "most solved")
            maps.mark_xavier(axes, study)
            legend_above(axes)
        frame(figure, headline(table, study), table, study, gaps(table, "solved", "no training is stored there"))
    return figure


def headline(table: pd.DataFrame, study: Study) -> str:
    """Where most networks are solved, and where the most rows are right, in words."""
    row = table.iloc[int(np.nanargmax(table["solved"]))]
    said = (
        f"Most networks are solved at {describe_place(study, row)}: {percent(row['solved'], 1)}, "
        f"95 % interval {percent(row['solved_low'], 1)} to {percent(row['solved_high'], 1)}"
    )
    if not row["solved"]:
        said = "No network is solved at the end"
    if not has_accuracy(table):
        return said
    row = table.iloc[int(np.nanargmax(table["accuracy"]))]
    accuracy = f"{percent(row['accuracy'], 1)}"
    return f"{said}; the mean accuracy is highest at {describe_place(study, row)}: {accuracy}"


def has_accuracy(table: pd.DataFrame) -> bool:
    """Whether a table tells accuracies."""
    return "accuracy" in table and bool(table["accuracy"].notna().any())


def fraction(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the fraction solved at the end of all trainings with its 95 % interval (Wilson 1927) along one axis, and the
    mean accuracy with its standard error where the table has one.

    Args:
        axes: where to draw.
        table: as `analysis.tables.Tables.solved`.
        study: with one axis.

    Returns:
        The same axes.
    """
    shown = in_order(table, study)
    band(axes, shown, "solved_low", "solved_high", study, width=2, color=BLUE, alpha=0.35, label="95 % interval")
    line(axes, shown, "solved", study, color=BLUE, linewidth=1.2, label=WORDS)
    if has_accuracy(table):
        ends = {
            sign: shown["accuracy"] + number * shown["accuracy_error"] for sign, number in (("low", -1), ("high", 1))
        }
        shown = shown.assign(**ends)
        band(axes, shown, "low", "high", study, width=2, color=ORANGE, alpha=0.35)
        line(
            axes,
            shown,
            "accuracy",
            study,
            color=ORANGE,
            linewidth=1.2,
            linestyle="-.",
            label="mean accuracy ± 1 standard error",
        )
    scale_axis(axes, study)
    mark_predictions(axes, study)
    if table["solved"].any():
        mark_best(axes, table.iloc[int(np.nanargmax(table["solved"]))], study, "most solved")
    percent_scale(axes)
    axes.set_ylabel(f"networks {WORDS},\nrows right on average" if has_accuracy(table) else f"networks {WORDS}")
    return axes
