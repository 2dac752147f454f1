"""Where the smoothed mean is lowest, with its 95 % interval as a band."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.mean_loss import NO_MEAN
from analysis.figures.parts.axis import in_order, loss_label, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above
from analysis.figures.parts.lines import band, line, mark_predictions
from sweep.recipe import xavier_spread
from sweep.statistics.losses import has_one_numeric_axis, read_losses
from sweep.statistics.minimum import LEAST_POINTS, find_minimum, smoother
from sweep.store import Store
from sweep.study import Study
from sweep.study.words import SPREAD, format_value
from sweep.style import BLUE, GREEN, ORANGE, STYLE, new_figure

SHOWN = 2.5
"""The interval is shown with this factor of spreads on either side."""


def tabulate(store: Store, study: Study, summary: pd.DataFrame) -> pd.DataFrame:
    """The summary's `mean`, `standard_error`, `count` and `diverged` by ascending value, with `smoothed`, the smoothed
    mean, and in every row `minimum`, `minimum_low`, `minimum_high` (its interval), `gain`, `gain_low`, `gain_high`
    (over Xavier's; NaN without it) and `naive`, the value with the lowest single mean; empty without a minimum."""
    if why_not(summary, study) is not None:
        return summary.iloc[:0]
    field = study.axes[0].field
    kept = in_order(summary, study)[[field, "mean", "standard_error", "count", "diverged"]]
    found = find_minimum(read_losses(store, study), xavier_spread(study.recipe) if field == SPREAD else None)
    has_mean = kept["mean"].notna()
    x = np.log(kept[field].to_numpy(dtype=float))
    smoothed = smoother(x[has_mean], x) @ kept["mean"][has_mean]
    minimum = dict(zip(("minimum", "minimum_low", "minimum_high"), found.spread, strict=True))
    gain = dict(zip(("gain", "gain_low", "gain_high"), found.gain, strict=True))
    return kept.assign(smoothed=smoothed, **minimum, **gain, naive=found.naive_spread)


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
            f"The smoothed mean is lowest at {study.axes[0].field} = {format_value(float(first['minimum']))}, "
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
    marked = [first["minimum_low"], first["minimum_high"], first["naive"]]
    marked += [layer.xavier for layer in study.recipe.layers[:1] if field == SPREAD and study.recipe.hidden]
    near = table[field].between(min(marked) / SHOWN, max(marked) * SHOWN)
    shown = table[near]
    bars = shown.assign(low=shown["mean"] - shown["standard_error"], high=shown["mean"] + shown["standard_error"])
    band(axes, bars, "low", "high", study, width=0.8, bars=True, color=BLUE, alpha=0.5, label="mean ± 1 standard error")
    line(axes, shown, "mean", study, marks=True, color=BLUE, linestyle="none", markersize=2.5)
    line(axes, shown, "smoothed", study, color=ORANGE, label="smoothed mean")
    interval = "95 % interval of the minimum"
    axes.axvspan(first["minimum_low"], first["minimum_high"], color=GREEN, alpha=0.2, linewidth=0, label=interval)
    axes.axvline(
        first["minimum"], color=GREEN, linestyle="--", label=f"minimum {format_value(float(first['minimum']))}"
    )
    scale_axis(axes, study.axes[0], shown=shown[field])
    mark_predictions(axes, study)
    axes.set_ylabel(loss_label(study))
    return axes
