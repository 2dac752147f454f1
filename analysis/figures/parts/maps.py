"""A column of a table as a map over two axes."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from analysis.figures.parts.axis import PERCENT, edges, is_log, positions, scale_axis, write_plainly
from sweep.recipe import predicted_spread
from sweep.study import Study
from sweep.style import BLACK, GREEN, MAP_COLOURS, NO_VALUE

FREE = 0.04
"""Part of the frame's width and height, along its sides, where no label fits."""
MAX_CONTOURS = 5


def grid(table: pd.DataFrame, column: str, study: Study) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """The ascending positions on both axes (n,), (m,) and the column's values there (m, n)."""
    first, second = (positions(axis) for axis in study.axes)
    values = table[column].to_numpy(dtype=np.float64).reshape(len(first), len(second))
    across, up = np.argsort(first), np.argsort(second)
    return first[across], second[up], values[across][:, up].T


def value_map(
    axes: Axes,
    table: pd.DataFrame,
    column: str,
    study: Study,
    words: str,
    *,
    width: int = 60,
    is_fraction: bool = False,
    **colorbar: Any,
) -> Axes:
    """Draw a column of a table in the study's order over its two axes, grey where it has no value; return axes.

    `words` name the column, `width` is that of the axes' names, `colorbar` goes to the colour bar.
    A positive column that spans a wide range has colours on a log scale, but fractions have per cents on a plain one.
    """
    x, y, values = grid(table, column, study)
    norm = LogNorm() if is_log(values.ravel()) and not is_fraction else None
    colorbar |= {"format": PERCENT} if is_fraction else {}
    shown = np.ma.masked_invalid(values)
    mesh = axes.pcolormesh(edges(x), edges(y), shown, cmap=MAP_COLOURS, norm=norm, rasterized=True)
    if shown.count():
        bar = axes.figure.colorbar(mesh, ax=axes, label=words, **colorbar)
        if norm:
            write_plainly(bar.ax.xaxis if bar.orientation == "horizontal" else bar.ax.yaxis)
    scale_axis(axes, study, study.axes[0], "x", width=width)
    scale_axis(axes, study, study.axes[1], "y", width=width)
    axes.grid(visible=False)
    if np.ma.is_masked(shown):
        axes.set_facecolor(NO_VALUE)
        axes.plot([], [], "s", color=NO_VALUE, markersize=9, label="no value")
    return axes


def mark_best(axes: Axes, position: int, study: Study, words: str) -> Axes:
    """Draw a green cross at the point of that position in the study's order; return axes."""
    first, second = (positions(axis) for axis in study.axes)
    column, row = divmod(position, len(second))
    return mark_place(axes, first[column], second[row], words)


def mark_place(axes: Axes, x: float, y: float, words: str) -> Axes:
    """Draw a green cross; return axes."""
    axes.plot(x, y, "x", color="white", markersize=10, markeredgewidth=4)
    axes.plot(x, y, "x", color=GREEN, markersize=9, markeredgewidth=2, label=words)
    return axes


def outline(axes: Axes, table: pd.DataFrame, column: str, study: Study, words: str) -> Axes:
    """Draw the border of the points where a column is true, along the borders of their cells; return axes."""
    x, y, values = grid(table, column, study)
    inside = np.pad(values > 0, 1)
    across, up = edges(x), edges(y)
    rows, columns = np.nonzero(inside[1:-1, 1:] != inside[1:-1, :-1])
    sides = [[(across[j], up[i]), (across[j], up[i + 1])] for i, j in zip(rows, columns, strict=True)]
    rows, columns = np.nonzero(inside[1:, 1:-1] != inside[:-1, 1:-1])
    sides += [[(across[j], up[i]), (across[j + 1], up[i])] for i, j in zip(rows, columns, strict=True)]
    if sides:
        for colour, width in (("white", 3.2), (GREEN, 1.6)):
            axes.add_collection(LineCollection(sides, colors=colour, linewidths=width, capstyle="round"))
        axes.plot([], [], color=GREEN, linewidth=1.6, label=words)
    return axes


def mark_xavier(axes: Axes, study: Study) -> Axes:
    """Draw Xavier's prediction: a dot where both spreads are swept, a line where one is; return axes."""
    if any(axis.field in ("hidden", "problem", "spread_unit") for axis in study.axes):
        return axes  # every architecture and unit has its own
    x, y = (predicted_spread(study.recipe, axis.field) for axis in study.axes)
    look: Any = {"label": "Xavier's prediction", "color": BLACK}
    if x is not None and y is not None:
        axes.plot(x, y, "o", markeredgecolor="white", markersize=8, **look)
    elif x is not None:
        axes.axvline(x, **look)
    elif y is not None:
        axes.axhline(y, **look)
    return axes


def error_contours(axes: Axes, table: pd.DataFrame, column: str, study: Study) -> Axes:
    """Draw labelled white contours of a column that varies, where both axes are to scale; return axes."""
    x, y, values = grid(table, column, study)
    if (
        min(values.shape) < 2
        or not all(axis.is_numeric for axis in study.axes)
        or len(np.unique(values[np.isfinite(values)])) < 2
    ):
        return axes
    drawn = axes.contour(x, y, np.ma.masked_invalid(values), MAX_CONTOURS, colors="white", linewidths=0.9)
    drawn.set_path_effects([patheffects.Stroke(linewidth=2, foreground=BLACK, alpha=0.5), patheffects.Normal()])
    for label in axes.clabel(drawn, fontsize=8, fmt="%g"):
        place = (axes.transData + axes.transAxes.inverted()).transform(label.get_position())
        if not ((place > FREE) & (place < 1 - FREE)).all():
            label.remove()  # the frame would cut it off
    axes.plot([], [], color="0.6", linewidth=0.9, label="standard error")
    return axes
