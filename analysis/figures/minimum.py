"""Where the smoothed mean is lowest, with its 95 % interval as a band."""

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.mean_loss import NO_MEAN
from analysis.figures.parts.axis import in_order, loss_label, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above
from analysis.figures.parts.lines import band, line, mark_predictions
from analysis.tables.curve import GAIN, MINIMUM
from sweep.recipe import predicted_spread
from sweep.statistics.losses import has_one_numeric_axis
from sweep.statistics.minimum import LEAST_POINTS
from sweep.study import Study
from sweep.study.words import format_value
from sweep.style import BLUE, GREEN, ORANGE, STYLE, new_figure

SHOWN = 2.5
"""The interval is shown with this factor of spreads on either side."""


COLUMNS = (
    "mean", "standard_error", "count", "diverged", "curve", "curve_error", "effective", "method", *MINIMUM, *GAIN
)  # fmt: skip


def tabulate(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """The columns that this figure needs of `analysis.tables.curve.with_curve`'s, by ascending value; empty without a
    minimum."""
    if why_not(table, study) is not None:
        return table.iloc[:0]
    return in_order(table, study)[[study.axes[0].field, *COLUMNS]]


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why a study has no such figure, or None."""
    if not has_one_numeric_axis(study):
        return "a minimum with an interval needs one axis of numbers"
    with_mean = table.loc[table["mean"].notna(), study.axes[0].field]
    if len(with_mean) < LEAST_POINTS or with_mean.min() <= 0:
        return f"a minimum with an interval needs {LEAST_POINTS} values or more that have a mean, all above 0"
    if table["count"].max() < 2:
        return "one training a point says nothing of how sure a minimum is"
    return None


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of a table as `tabulate` gives it."""
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 4.6)
        axes = minimum(figure.subplots(), table, study)
        legend_above(axes)
        first = table.iloc[0]
        words = " to ".join(format_value(float(first[name])) for name in ("minimum_low", "minimum_high"))
        headline = (
            f"Mean total loss is lowest at {study.axes[0].field} = {format_value(float(first['minimum']))}, "
            f"95 % interval {words}"
        )
        frame(figure, headline, table, study, gaps(table, "mean", NO_MEAN))
    return figure


def minimum(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the means with their standard errors around the minimum, the smoothed curve, the minimum with its interval
    as a band, and the predictions.

    Args:
        axes: where to draw.
        table: as `tabulate` gives it.
        study: with one numeric axis.

    Returns:
        The same axes.
    """
    field, first = study.axes[0].field, table.iloc[0]
    marked = [first["minimum_low"], first["minimum_high"]]
    marked += [spread for spread in [predicted_spread(study.recipe, field)] if spread is not None]
    near = table[field].between(min(marked) / SHOWN, max(marked) * SHOWN)
    shown = table[near]
    bars = shown.assign(low=shown["mean"] - shown["standard_error"], high=shown["mean"] + shown["standard_error"])
    band(
        axes,
        bars,
        "low",
        "high",
        study,
        width=0.8,
        bars=True,
        color=BLUE,
        alpha=0.5,
        label="own mean ± 1 standard error",
    )
    line(axes, shown, "mean", study, marks=True, color=BLUE, linestyle="none", markersize=2.5)
    curve = shown.assign(low=shown["curve"] - shown["curve_error"], high=shown["curve"] + shown["curve_error"])
    words = f"{first['method']} mean"
    line(axes, shown, "curve", study, color=ORANGE, markersize=0, label=f"{words} ± 1 standard error")
    band(axes, curve, "low", "high", study, width=1.2, color=ORANGE, alpha=0.35)
    interval = "95 % interval of the minimum"
    axes.axvspan(first["minimum_low"], first["minimum_high"], color=GREEN, alpha=0.2, linewidth=0, label=interval)
    axes.axvline(
        first["minimum"], color=GREEN, linestyle="--", label=f"minimum {format_value(float(first['minimum']))}"
    )
    scale_axis(axes, study, shown=shown[field])
    mark_predictions(axes, study)
    axes.set_ylabel(loss_label(study))
    return axes
