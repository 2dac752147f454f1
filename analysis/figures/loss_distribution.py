"""Where the total losses lie along one axis: their density, and the mean, median and quantiles that it hides."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from analysis.figures.parts.axis import PERCENT, edges, in_order, log_scale, loss_label, positions, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above, lowest, require_drawable
from analysis.figures.parts.lines import band, line, mark_minimum, mark_predictions
from analysis.tables.density import bins_of
from sweep.study import Study
from sweep.study.words import describe_place
from sweep.style import BLACK, DENSITY_COLOURS, ORANGE, SKY, STYLE, new_figure

OUTLINE: Any = [patheffects.Stroke(linewidth=3.2, foreground=BLACK), patheffects.Normal()]
"""Keeps a bright line readable on every colour of the map and on white."""

LEAST_SHARE = 1e-4
"""Bins that hold less than this share of the trainings stay white; pooled, shares may be as small as can be."""
QUANTILE_LINES = (("q25", "q75", "--", "quartiles"), ("q05", "q95", ":", "5 and 95 %"))


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why the figure does not apply to a study; None where it does."""
    if len(study.axes) == 2:
        return "the distribution of the total loss is drawn along one axis, and this study has two"
    if table["q05"].min() < 0 or not table["q95"].max() > 0:
        return "the distribution of the losses has a logarithmic scale, and not all of them are above 0"
    return None


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of `analysis.tables.Tables.loss_distribution`, for a study with one axis.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training has a finite loss.
    """
    require_drawable(table, study)
    row = lowest(table, study)
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 5)
        axes = figure.subplots()
        if study.axes[0].is_numeric:
            density(axes, table, study)
        quantiles(axes, table, study)
        legend_above(axes)
        headline = (
            f"At the lowest mean, {row['mean']:,.0f} ({describe_place(study, row)}), half of the total losses are "
            f"below {row['median']:,.0f} and one in twenty is above {row['q95']:,.0f}"
        )
        frame(figure, headline, table, study, gaps(table, "median", "no training there counts"))
    return figure


def density(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the share of the trainings at each value whose total loss lies in each bin, as a map.

    Args:
        axes: where to draw; its second side becomes the total loss on a log scale.
        table: as `analysis.tables.Tables.loss_distribution`; bins with less than LEAST_SHARE stay white.
        study: with one numeric axis.

    Returns:
        The same axes.
    """
    shown = in_order(table, study)
    limits, share = bins_of(shown)
    share = np.ma.masked_where(~(share >= LEAST_SHARE), share)
    across = edges(np.sort(positions(study.axes[0])))
    norm = LogNorm(min(share.min(), share.max() / 10), share.max())
    mesh = axes.pcolormesh(across, limits, share.T, cmap=DENSITY_COLOURS, norm=norm, rasterized=True)
    bar = axes.figure.colorbar(mesh, ax=axes, label="share of the trainings in a bin", format=PERCENT, pad=0.02)
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(visible=False)
    axes.use_sticky_edges = False
    return axes


def quantiles(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw mean, median and the quantiles 5, 25, 75 and 95 % of the total loss along one axis.

    Args:
        axes: where to draw; its second side becomes the total loss on a log scale.
        table: as `analysis.tables.Tables.loss_distribution`.
        study: with one axis; named values are drawn as bars.

    Returns:
        The same axes.
    """
    shown = in_order(table, study)
    to_scale = study.axes[0].is_numeric
    if to_scale:
        look: Any = {"color": "white", "linewidth": 1.3, "markersize": 0, "path_effects": OUTLINE}
        for low, high, style, words in QUANTILE_LINES:
            line(axes, shown, low, study, linestyle=style, label=words, **look)
            line(axes, shown, high, study, linestyle=style, **look)
        mark_predictions(axes, study)
        mark_minimum(axes, table, study)
    else:
        band(axes, shown, "q05", "q95", study, width=2, color=SKY, label="5 to 95 %")
        band(axes, shown, "q25", "q75", study, width=9, color=SKY, label="quartiles")
    for column, colour in (("median", "white" if to_scale else BLACK), ("mean", ORANGE)):
        line(axes, shown, column, study, color=colour, linewidth=1.6, path_effects=OUTLINE, label=column)
    scale_axis(axes, study)
    log_scale(axes, "y")
    axes.set_ylabel(loss_label(study, "total loss"))
    return axes
