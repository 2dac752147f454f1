"""Mean total loss with its standard error along one axis, for each of a few names, or as a map over two."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import mean_by_name
from analysis.figures.parts import maps
from analysis.figures.parts.axis import in_order, loss_label, scale_axis
from analysis.figures.parts.frame import at_end, frame, gaps, has_minimum, legend_above, lowest, require_drawable
from analysis.figures.parts.lines import FEW_VALUES, band, line, mark_minimum, mark_predictions, predictions
from analysis.tables.by_name import LOWEST
from analysis.tables.curve import GAIN, MINIMUM
from analysis.tables.pooled_map import has_map, place_columns
from sweep.statistics.answer import best_point
from sweep.study import Study
from sweep.study.words import describe_place, format_value
from sweep.style import BLUE, SKY, STYLE, new_figure

NO_MEAN = "no training there counts"


def draw(summary: pd.DataFrame, study: Study) -> Figure:
    """The figure of a summary as `sweep.statistics.summary.summarize` gives it.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no point has a mean.
    """
    require_drawable(summary, study)
    with mpl.rc_context(STYLE):
        if LOWEST[0] in summary:
            figure = mean_by_name.draw_by_name(summary, study)
        else:
            figure = _draw_map(summary, study) if len(study.axes) == 2 else _draw_curve(summary, study)
        by_name = mean_by_name.headline(summary, study)
        headline = by_name or f"Mean total loss is lowest at {_best(summary, study)}{at_end(summary, study)}"
        frame(figure, headline, summary, study, [*_how(summary), *gaps(summary, "mean", NO_MEAN)])
    return figure


def _best(summary: pd.DataFrame, study: Study) -> str:
    """The minimum with its interval, or the point with the lowest mean, in words."""
    if has_map(summary):
        return _best_pair(summary, study)
    if not has_minimum(summary):
        return describe_place(study, lowest(summary, study))
    place, low, high = (format_value(float(summary[name].iloc[0])) for name in MINIMUM)
    interval = f" (95 % interval {low} to {high})" if summary["minimum_low"].notna().any() else ""
    return f"{study.axes[0].field} = {place}{interval}"


def _best_pair(summary: pd.DataFrame, study: Study) -> str:
    """The minimum of a pooled map with its intervals, and the gain over Xavier's pair, in words."""
    first, said = summary.iloc[0], []
    for field in (axis.field for axis in study.axes):
        place, low, high = (float(first[name]) for name in place_columns(field))
        interval = f" ({format_value(low)} to {format_value(high)})" if np.isfinite(low) else ""
        said.append(f"{field} = {format_value(place)}{interval}")
    gain, low, high = (-100 * float(first[name]) for name in GAIN)
    below = f", {gain:.1f} % ({high:.1f} % to {low:.1f} %) below Xavier's pair" if np.isfinite(low) else ""
    return f"{', '.join(said)}{below}"


def _how(summary: pd.DataFrame) -> list[str]:
    """What the small print says of the outline of a pooled map, and of curves by name."""
    if LOWEST[0] in summary and summary[LOWEST[0]].notna().any():
        return ["points are each value's own mean, bands ± 1 standard error of the curve, intervals 95 %"]
    if not has_map(summary):
        return []
    n = int(summary["may_be_best"].sum())
    held = "one pair that holds" if n == 1 else f"{n:,} pairs that hold"
    return [f"the outline is around the {held} the best with 95 % confidence"] if n else []


def _draw_curve(summary: pd.DataFrame, study: Study) -> Figure:
    zoomed = (
        _around_minimum(in_order(summary, study), study)
        if study.axes[0].is_numeric and len(summary) > FEW_VALUES
        else None
    )
    figure = new_figure(10 if zoomed is not None else 7, 4.4)
    panels = figure.subplots(1, 1 if zoomed is None else 2, squeeze=False)[0]
    curve(panels[0], summary, study)
    if zoomed is not None:
        curve(panels[1], zoomed, study, markers=True)
        _show_near(panels[1], zoomed[study.axes[0].field].to_numpy(float), study)
        has_bars = zoomed["standard_error"].notna().any() and not _is_pooled(zoomed)
        panels[1].set_title(f"Around the minimum{' (bars: ± 1 standard error)' if has_bars else ''}", fontsize=10)
        panels[1].set_ylabel("")
    legend_above(panels[0])
    return figure


def _show_near(axes: Axes, values: Any, study: Study) -> None:
    """Limits that hold the values, and the predictions that are as near as these reach: one that is farther off would
    leave them no room."""
    is_log = axes.get_xscale() == "log"
    scale, unscale = (np.log, np.exp) if is_log else (np.asarray, np.asarray)
    low, high = scale(values.min()), scale(values.max())
    marks = scale(np.array([spread for rule in ("xavier", "he") for spread in predictions(study, rule)]))
    near = marks[(marks >= 2 * low - high) & (marks <= 2 * high - low)]
    low, high = min([low, *near]), max([high, *near])
    margin = (high - low) / 20
    axes.set_xlim(float(unscale(low - margin)), float(unscale(high + margin)))


def curve(axes: Axes, summary: pd.DataFrame, study: Study, *, markers: bool = False) -> Axes:
    """Draw the mean total loss with its standard error along one axis, Xavier's and He's predictions (black) and the
    lowest mean (green).

    Args:
        axes: where to draw.
        summary: as `sweep.statistics.summary.summarize` gives it, or rows of it; points without a mean are a gap.
        study: with one axis.
        markers: a bar for each point in place of a band.

    Returns:
        The same axes.
    """
    shown = in_order(summary, study)
    is_pooled = _is_pooled(shown)
    column, error = ("curve", "curve_error") if is_pooled else ("mean", "standard_error")
    shown = shown.assign(low=shown[column] - shown[error], high=shown[column] + shown[error])
    bars = not is_pooled and (markers or len(shown) <= FEW_VALUES)
    if is_pooled:
        dots: Any = {"linestyle": "none", "marker": "o", "markersize": 3 if markers else 2, "markeredgewidth": 0}
        line(axes, shown, "mean", study, color=SKY, alpha=0.6, label="each spread's own mean", **dots)
    look: Any = {"markersize": 3 if markers else 5, "linewidth": 0.8} if bars else {"linewidth": 1.2}
    words = "mean, pooled" if is_pooled else "mean"
    line(axes, shown, column, study, marks=bars, color=BLUE, label=words, **look)
    look = {"color": BLUE, "alpha": 1.0 if bars else 0.3, "label": "± 1 standard error"}
    band(axes, shown, "low", "high", study, width=1.2, bars=bars, **look)
    scale_axis(axes, study, shown=shown[study.axes[0].field] if study.axes[0].is_numeric else None)
    mark_predictions(axes, study)
    mark_minimum(axes, summary, study)
    axes.set_ylabel(loss_label(study))
    return axes


def _is_pooled(summary: pd.DataFrame) -> bool:
    return "method" in summary and bool((summary["method"] == "pooled").all())


def _draw_map(summary: pd.DataFrame, study: Study) -> Figure:
    figure = new_figure(7, 5.2)
    axes = figure.subplots()
    mean_map(axes, summary, study)
    legend_above(axes, 2 if has_map(summary) else 3)
    return figure


def mean_map(axes: Axes, summary: pd.DataFrame, study: Study) -> Axes:
    """Draw the mean total loss over two axes as a map, with contours of its standard error (white), the lowest mean
    (green cross) and Xavier's prediction (black dot); of a pooled map also the outline of the pairs that may be best.

    Args:
        axes: where to draw.
        summary: as `sweep.statistics.summary.summarize` or `analysis.tables.pooled_map.with_map` gives it, in the
            study's order; points without a mean are grey.
        study: with two axes.

    Returns:
        The same axes.
    """
    if has_map(summary):
        maps.value_map(axes, summary, "pooled", study, loss_label(study))
        maps.error_contours(axes, summary, "pooled_error", study)
        maps.outline(axes, summary, "may_be_best", study, "may be the best")
        x, y = (float(summary[place_columns(axis.field)[0]].iloc[0]) for axis in study.axes)
        return maps.mark_xavier(maps.mark_place(axes, x, y, "minimum"), study)
    maps.value_map(axes, summary, "mean", study, loss_label(study))
    maps.error_contours(axes, summary, "standard_error", study)
    maps.mark_best(axes, best_point(summary) or 0, study, "lowest mean")
    return maps.mark_xavier(axes, study)


def _around_minimum(summary: pd.DataFrame, study: Study) -> pd.DataFrame:
    position = int(np.flatnonzero(summary.index == lowest(summary, study).name)[0])
    reach = max(len(summary) // 10, 5)
    return summary.iloc[max(position - reach, 0) : position + reach + 1]
