"""Mean total loss along an axis of numbers, a curve for each of a few names."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.parts.axis import loss_label, scale_axis
from analysis.figures.parts.frame import legend_above
from analysis.figures.parts.lines import band, line
from analysis.tables.by_name import LOWEST, OF_NAME, name_and_number, rows_of_name, studies_by_name
from sweep.study import Study
from sweep.study.words import format_value
from sweep.style import BLUE, GREEN, ORANGE, PURPLE, SKY, new_figure

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY)
MARKERS = "osD^v"
PLACE = tuple(OF_NAME.values())


def draw_by_name(summary: pd.DataFrame, study: Study) -> Figure:
    """The figure of a summary as `analysis.tables.by_name.with_curves` gives it, without headline and small print."""
    figure = new_figure(7, 5.2)
    legend_above(curves(figure.subplots(), summary, study), 1)
    return figure


def headline(summary: pd.DataFrame, study: Study) -> str | None:
    """The name with the lowest curve, and where that is; None where no name has a minimum."""
    axes = name_and_number(study)
    if axes is None or LOWEST[0] not in summary or summary[LOWEST[0]].isna().all():
        return None
    best = int(np.nanargmin(summary[LOWEST[0]]))
    found = [rows_of_name(summary, study, place) for place in range(len(axes[0].values))]
    (place,) = (place for place, rows in enumerate(found) if summary.index[best] in rows.index)
    name, number = (axis.field for axis in axes)
    value, where = format_value(axes[0].values[place], name), _interval(found[place], PLACE)
    return f"Mean total loss is lowest with {name} = {value} at {number} = {where}"


def curves(axes: Axes, summary: pd.DataFrame, study: Study) -> Axes:
    """Draw every name's own means as points, and its curve, where it has one, with its standard error and lowest point.

    Args:
        axes: where to draw.
        summary: as `analysis.tables.by_name.with_curves` gives it, in the study's order.
        study: with an axis of numbers and one of few names.

    Returns:
        The same axes.
    """
    both = name_and_number(study)
    assert both is not None
    name, number = both
    for place, one in enumerate(studies_by_name(study)):
        rows, colour = rows_of_name(summary, study, place).sort_values(number.field), COLOURS[place]
        label = format_value(name.values[place], name.field)
        own: Any = {"markersize": 3, "alpha": 0.45, "linestyle": "none", "marker": MARKERS[place], "markeredgewidth": 0}
        if rows[LOWEST[0]].isna().all():
            line(axes, rows, "mean", one, color=colour, label=label, **own)
            continue
        line(axes, rows, "mean", one, color=colour, **own)
        first = rows.iloc[0]
        label += f", {first['method']}: lowest {_interval(rows, LOWEST)} at {_interval(rows, PLACE)}"
        line(axes, rows, "curve", one, color=colour, label=label, markersize=0, linewidth=1.4)
        ends = rows.assign(low=rows["curve"] - rows["curve_error"], high=rows["curve"] + rows["curve_error"])
        band(axes, ends, "low", "high", one, width=1.2, color=colour, alpha=0.25)
        axes.plot(float(first[PLACE[0]]), float(first[LOWEST[0]]), MARKERS[place], color=colour, markersize=9,
                  markeredgecolor="white")  # fmt: skip
    scale_axis(axes, study, number)
    axes.set_ylabel(loss_label(study))
    return axes


def _interval(rows: pd.DataFrame, names: tuple[str, ...]) -> str:
    """An estimate with its 95 % interval, as it stands in the first row."""
    estimate, low, high = (float(rows.iloc[0][name]) for name in names)
    write = "{:,.0f}" if estimate >= 1000 else "{:.3g}"
    held = f" ({write.format(low)} to {write.format(high)})" if np.isfinite(low) else ""
    return write.format(estimate) + held
