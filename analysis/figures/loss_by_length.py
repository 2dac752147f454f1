"""The mean by the length of the drawn parameters: why the mean by spread looks as it does."""

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.mean_loss import NO_MEAN
from analysis.figures.parts.axis import in_order, label, loss_label, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above
from analysis.figures.parts.lines import band, line
from analysis.tables.curve import MINIMUM
from analysis.tables.lengths import BELOW, LENGTH_MINIMUM, LENGTHS
from sweep.recipe.field import is_spread
from sweep.statistics.curve import is_pooled
from sweep.statistics.losses import has_one_numeric_axis
from sweep.study import Study
from sweep.study.overlap import draw_of
from sweep.study.words import format_value, why_not_pooled
from sweep.style import BLUE, GREEN, ORANGE, SKY, STYLE, new_figure

SHOWN = 1.8
"""What is marked is shown with this factor of lengths on either side."""


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why a study has no such figure, or None."""
    if not has_one_numeric_axis(study) or not is_spread(study.axes[0].field):
        return "the loss by length needs one axis, a spread"
    if why_not_pooled(study):
        return why_not_pooled(study)[:1].lower() + why_not_pooled(study)[1:-1]
    if not draw_of(study.recipe, study.axes[0].field).dimension:
        return "which draws the spread scales is not known"
    if draw_of(study.recipe, study.axes[0].field).distribution == "truncated_normal":
        return "how likely truncated normal draws are does not follow from their length alone"
    if not is_pooled(study):
        return "neighbouring spreads lie too far apart for the loss by length to be read off"
    return "too few trainings of it count for a mean by length" if table.empty else None


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of a table as `analysis.tables.lengths.tabulate_lengths` gives it."""
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 4.8)
        legend_above(loss_by_length(figure.subplots(), table, study))
        notes = [
            "read off the trainings of all spreads by the length that they started from, not trained from one length",
            *gaps(table, "curve", NO_MEAN),
        ]
        frame(figure, headline(table, study), table, study, notes)
    return figure


def headline(table: pd.DataFrame, study: Study) -> str:
    """Both minima, and how the one lies to the other, in words."""
    first = table.iloc[0]
    place, low, high = (format_value(float(first[name])) for name in LENGTH_MINIMUM)
    change, at_least, at_most = (-100 * float(first[name]) for name in BELOW)
    return (
        f"By length, mean total loss is lowest at {place} ({low} to {high}), and there {change:.1f} % ({at_most:.1f} % "
        f"to {at_least:.1f} %) below that of the best {study.axes[0].field}, {format_value(float(first['minimum']))}"
    )


def loss_by_length(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the mean by length (orange) with its standard error over the mean by spread (pale), both minima, and where
    most lengths at the best spread lie.

    Args:
        axes: where to draw.
        table: as `analysis.tables.lengths.tabulate_lengths` gives it.
        study: that sweeps one spread.

    Returns:
        The same axes.
    """
    ordered = in_order(table, study)
    field, first = study.axes[0].field, ordered.iloc[0]
    marked = [float(first[name]) for name in (*LENGTH_MINIMUM, *LENGTHS, *MINIMUM)]
    shown = ordered[ordered[field].between(min(marked) / SHOWN, max(marked) * SHOWN)]
    low, high = (float(first[name]) for name in LENGTHS)
    axes.axvspan(low, high, color=SKY, alpha=0.18, linewidth=0, label="90 % of the lengths at the best spread")
    line(axes, shown, "curve", study, color=BLUE, alpha=0.5, markersize=0, label="mean by spread, pooled")
    errors = shown.assign(low=shown["near"] - shown["near_error"], high=shown["near"] + shown["near_error"])
    band(axes, errors, "low", "high", study, width=0.8, bars=True, color=ORANGE, alpha=0.25)
    line(axes, shown, "near", study, marks=True, color=ORANGE, alpha=0.4, linestyle="none", markersize=2)
    curve = shown.assign(
        low=shown["by_length"] - shown["by_length_error"], high=shown["by_length"] + shown["by_length_error"]
    )
    line(axes, shown, "by_length", study, color=ORANGE, markersize=0, label="mean by length ± 1 standard error")
    band(axes, curve, "low", "high", study, width=1.2, color=ORANGE, alpha=0.35)
    best, length = float(first["minimum"]), float(first["length_minimum"])
    axes.axvline(best, color=GREEN, linestyle="--", label=f"best spread {format_value(best)}")
    axes.axvline(length, color=ORANGE, linestyle=":", label=f"best length {format_value(length)}")
    scale_axis(axes, study, shown=shown[field])
    axes.set_xlabel(f"{unit(study)},\nor {label(field, study.recipe.spread_unit)}")
    top = np.nanmax(shown[["by_length", "curve"]].to_numpy())
    bottom = np.nanmin(shown[["by_length", "curve"]].to_numpy())
    axes.set_ylim(bottom - (top - bottom) / 10, top + (top - bottom) / 10)
    axes.set_ylabel(loss_label(study))
    return axes


def unit(study: Study) -> str:
    """What is meant by a length, in words."""
    distribution, dimension = draw_of(study.recipe, study.axes[0].field)
    if distribution == "uniform":
        return f"largest of the {dimension} drawn parameters / √3"
    root = f" / {math.sqrt(dimension):g}" if math.sqrt(dimension).is_integer() else f" / √{dimension}"
    return f"length of the {dimension} drawn parameters{root}"
