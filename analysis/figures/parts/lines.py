"""Lines, bands and marks along one axis: to scale where its values are numbers, else points and bars by name."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.parts.axis import positions
from analysis.figures.parts.frame import has_minimum, lowest
from sweep.recipe.field import predicted_spreads
from sweep.study import Study
from sweep.study.words import format_value
from sweep.style import BLACK, GREEN

FEW_VALUES = 14
"""Up to so many values of an axis each is marked."""
RULES = (("xavier", "Xavier", "-"), ("he", "He", ":"))
"""Each rule of initialisation that is drawn, its name and its line."""
MARK: Any = {"linewidth": 1.4, "zorder": 1.5}


def line(axes: Axes, table: pd.DataFrame, column: str, study: Study, *, marks: bool = False, **look: Any) -> Axes:
    """Draw a column of an ordered table: a line, with marks where asked for or where values are few, and marks alone
    where they are names."""
    (axis,) = study.axes
    if not axis.is_numeric:
        look["linestyle"] = "none"
    if marks or len(table) <= FEW_VALUES or not axis.is_numeric:
        look = {"marker": "o", "markersize": 5} | look
    axes.plot(_across(table, study), table[column], **look)
    return axes


def band(
    axes: Axes, table: pd.DataFrame, low: str, high: str, study: Study, *, width: float, bars: bool = False, **look: Any
) -> Axes:
    """Fill between two columns of an ordered table; where asked for, or where the axis is of names, draw bars of
    `width` points instead; nothing where no row has both."""
    (axis,) = study.axes
    x = _across(table, study)
    if table[[low, high]].isna().any(axis=1).all():
        return axes
    if axis.is_numeric and len(table) > 1 and not bars:
        axes.fill_between(x, table[low], table[high], **({"linewidth": 0} | look))
    else:
        axes.vlines(x, table[low], table[high], linewidth=width, **look)
    return axes


def mark_predictions(axes: Axes, study: Study) -> Axes:
    """Draw Xavier's (black) and He's (black, dotted) predictions, where a spread is the axis: one for each kind of
    layer that it scales."""
    for rule, name, style in RULES:
        spreads = predictions(study, rule)
        label = f"{name}'s prediction{'s' if spreads[1:] else ''} {', '.join(f'{spread:.4g}' for spread in spreads)}"
        for spread in spreads:
            axes.axvline(spread, color=BLACK, linestyle=style, label=label, **MARK)
            label = "_"  # one entry for all layers
    return axes


def mark_best(axes: Axes, row: pd.Series, study: Study, words: str = "lowest mean") -> Axes:
    """Draw the place of a row in green, where the axis is to scale."""
    (axis,) = study.axes
    if axis.is_numeric:
        value = row[axis.field]
        axes.axvline(value, color=GREEN, linestyle="--", label=f"{words} {format_value(value)}", **MARK)
    return axes


def mark_minimum(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw the minimum that the table says in green, else the place of its lowest mean."""
    if has_minimum(table):
        value = float(table["minimum"].iloc[0])
        axes.axvline(value, color=GREEN, linestyle="--", label=f"minimum {format_value(value)}", **MARK)
        return axes
    return mark_best(axes, lowest(table, study), study)


def predictions(study: Study, rule: str) -> list[float]:
    """What a rule (xavier, he, lecun) predicts for the layers whose spread is the axis, each once; else nothing."""
    if len(study.axes) != 1:
        return []
    return sorted(set(predicted_spreads(study.recipe, study.axes[0].field, rule)))


def _across(table: pd.DataFrame, study: Study) -> Any:
    (axis,) = study.axes
    if axis.is_numeric:
        return table[axis.field].to_numpy(dtype=np.float64)
    places = dict(zip(axis.values, positions(axis), strict=True))
    return np.array([places[value] for value in table[axis.field]])
