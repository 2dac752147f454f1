"""Mean total loss with its standard error along one axis, or as a map over two."""

import textwrap
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from analysis.answer import SPREAD, best_point, format_value, xavier_spread
from analysis.figures.style import BLACK, BLUE, GREEN, STYLE, new_figure
from analysis.foreign import ForeignStudy
from sweep.errors import FailedError, UsageError
from sweep.study import Axis, Study

LABELS = {
    "hidden_std_dev": "standard deviation of the initial hidden weights",
    "output_std_dev": "standard deviation of the initial output weights",
    "learning_rate": "learning rate",
    "epochs": "epochs",
}
LOG_FROM_RATIO = 20
"""An axis whose values are positive and span this ratio or more is drawn on a log scale."""


def draw(summary: pd.DataFrame, study: Study) -> Figure:
    """The figure of a summary as `analysis.groups.summarize` gives it.

    Raises:
        UsageError: the study has more than two axes.
        FailedError: no point has a mean.
    """
    if best_point(summary) is None:
        raise FailedError("there is no mean loss to draw: no training kept a finite loss, or none is stored yet")
    if len(study.axes) > 2:
        raise UsageError(
            f"the study has {len(study.axes)} axes; a figure shows one or two, "
            "`python -m analysis summary --csv PATH` all"
        )
    with mpl.rc_context(STYLE):
        return _draw_map(summary, study) if len(study.axes) == 2 else _draw_curve(summary, study)


def _draw_curve(summary: pd.DataFrame, study: Study) -> Figure:
    zoomed = _around_minimum(summary) if is_numeric(study.axes[0]) and len(summary) >= 12 else None
    figure = new_figure(10 if zoomed is not None else 6.5, 4.4)
    panels = figure.subplots(1, 1 if zoomed is None else 2, squeeze=False)[0]
    curve(panels[0], summary, study)
    if zoomed is not None:
        curve(panels[1], zoomed, study, markers=True)
        panels[1].set_title("Around the minimum (bars: ± 1 standard error)", fontsize=10)
        panels[1].set_ylabel("")
    _frame(figure, panels[0], summary, study, width=150 if zoomed is not None else 95)
    return figure


def _frame(figure: Figure, axes: Axes, summary: pd.DataFrame, study: Study, width: int) -> None:
    """The headline above, the legend and the recipe in words below."""
    figure.suptitle(_headline(summary, study), x=0.01, ha="left", fontsize=12)
    figure.supxlabel(subtitle(summary, study, width), x=0.01, ha="left", fontsize=8, color="#444444")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            ncols=2,
            fontsize=9,
            borderaxespad=0.2,
        )


def curve(axes: Axes, summary: pd.DataFrame, study: Study, *, markers: bool = False) -> Axes:
    """Draw the mean with its standard error, Xavier's prediction (black) and the lowest mean (green); return axes."""
    field = study.axes[0].field
    shown = summary[summary["count"] > 0]
    x: Any = shown[field].to_numpy()
    if not is_numeric(study.axes[0]):
        x = [format_value(value) for value in x]
        axes.errorbar(x, shown["mean"], shown["standard_error"], fmt="o", color=BLUE, capsize=4)
        markers = True
    elif markers:
        axes.errorbar(x, shown["mean"], shown["standard_error"], fmt="o-", color=BLUE, markersize=3, linewidth=0.8)
    else:
        axes.plot(x, shown["mean"], color=BLUE, linewidth=1.2, label="mean")
        low, high = (shown["mean"] + sign * shown["standard_error"] for sign in (-1, 1))
        axes.fill_between(x, low, high, color=BLUE, alpha=0.3, linewidth=0, label="± 1 standard error")
    if _is_log(x):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    best = shown.iloc[int(np.argmin(shown["mean"]))]
    mark = {"linewidth": 1.4, "zorder": 1.5}
    for rule, name, style in (("xavier", "Xavier", "-"), ("he", "He", ":")):
        for spread in predictions(study, rule):
            axes.axvline(spread, color=BLACK, linestyle=style, label=f"{name}'s prediction {spread:.4g}", **mark)
    if is_numeric(study.axes[0]):
        axes.axvline(best[field], color=GREEN, linestyle="--", label=f"lowest mean {format_value(best[field])}", **mark)
    axes.set_xlabel(label(field))
    axes.set_ylabel(loss_label(study))
    return axes


def _draw_map(summary: pd.DataFrame, study: Study) -> Figure:
    figure = new_figure(7, 5.2)
    axes = figure.subplots()
    mean_map(axes, summary, study)
    _frame(figure, axes, summary, study, width=105)
    return figure


def mean_map(axes: Axes, summary: pd.DataFrame, study: Study) -> Axes:
    """Draw the mean over two axes as a map with its lowest point (cross) and Xavier's prediction (dot); return axes."""
    first, second = study.axes
    means = summary["mean"].to_numpy(dtype=float).reshape(len(first.values), len(second.values)).T
    positions = [np.arange(len(axis.values)) if not is_numeric(axis) else np.array(axis.values) for axis in study.axes]
    is_wide = np.nanmin(means) > 0 and np.nanmax(means) / np.nanmin(means) > LOG_FROM_RATIO
    norm = LogNorm() if is_wide else None
    mesh = axes.pcolormesh(*positions, means, cmap="viridis", norm=norm, shading="nearest", rasterized=True)
    axes.figure.colorbar(mesh, ax=axes, label=loss_label(study))
    best = best_point(summary)
    column, row = divmod(best or 0, len(second.values))
    axes.plot(positions[0][column], positions[1][row], "x", color="white", markersize=9, markeredgewidth=2.5)
    axes.plot(positions[0][column], positions[1][row], "x", color=GREEN, markersize=8, label="lowest mean")
    spread = xavier_spread(study.recipe)
    predicted = {SPREAD: spread, "output_std_dev": study.recipe.layers[-1].xavier}
    point: list[Any] = [predicted.get(axis.field) for axis in study.axes]
    if None not in point:
        axes.plot(*point, "o", color=BLACK, markeredgecolor="white", label="Xavier's prediction")
    for axis, set_scale, set_ticks, set_label, where in (
        (first, axes.set_xscale, axes.set_xticks, axes.set_xlabel, positions[0]),
        (second, axes.set_yscale, axes.set_yticks, axes.set_ylabel, positions[1]),
    ):
        set_label(label(axis.field))
        if not is_numeric(axis):
            set_ticks(where, [format_value(value) for value in axis.values])
        elif _is_log(where):
            set_scale("log")
    for side, axis, where in ((axes.xaxis, first, positions[0]), (axes.yaxis, second, positions[1])):
        if is_numeric(axis) and _is_log(where):
            side.set_major_formatter("{x:g}")
    axes.grid(visible=False)
    return axes


def predictions(study: Study, rule: str) -> list[float]:
    """The spreads that a rule (xavier, he, lecun) predicts for the hidden layers, where hidden_std_dev is the axis."""
    if [axis.field for axis in study.axes] != [SPREAD]:
        return []
    return sorted({getattr(layer, rule) for layer in study.recipe.layers[:-1]})


def subtitle(summary: pd.DataFrame, study: Study, width: int) -> str:
    """The recipe in words, with the number of trainings and what they lack.

    A study with a target has no number of trainings to be complete: it lacks what its first round does, and of a
    target for the standard errors it is said how many points are above it.
    """
    low, high = int(summary["count"].min()), int(summary["count"].max())
    n = f"n = {high:,} trainings a point" if low == high else f"n = {low:,} to {high:,} trainings a point"
    if isinstance(study, ForeignStudy):
        diverged = f", {int(summary['diverged'].sum()):,} without a finite loss" if summary["diverged"].sum() else ""
        return textwrap.fill(f"{study.sentence}. {n}{diverged}.", width)
    notes = [n, f"{study.draws} draws, seed {study.seed}"]
    if summary["diverged"].sum():
        notes.append(f"{int(summary['diverged'].sum()):,} diverged, not in the mean")
    if study.until is not None:
        notes.append(study.until.sentence)
        n_above = int((summary["standard_error"] > study.until.value * summary["mean"].abs()).sum())
        if study.until.kind == "rse" and n_above:
            notes[-1] += f" ({n_above:,} of {len(summary):,} are above)"
    asked = study.repeats if study.until is None else study.until.first_round
    missing = int(np.maximum(asked - summary["count"] - summary["diverged"], 0).sum())
    if missing:
        whole = "" if study.until is None else "the first round's "
        notes.append(f"INCOMPLETE: {missing:,} of {whole}{asked * len(summary):,} trainings are missing")
    return textwrap.fill(f"{study.sentence}. {', '.join(notes)}.", width)


def _headline(summary: pd.DataFrame, study: Study) -> str:
    best = summary.iloc[int(np.nanargmin(summary["mean"]))]
    values = ", ".join(f"{axis.field} = {format_value(best[axis.field])}" for axis in study.axes)
    return f"Mean total loss is lowest at {values}"


def _around_minimum(summary: pd.DataFrame) -> pd.DataFrame:
    position = int(np.nanargmin(summary["mean"]))
    reach = max(len(summary) // 10, 5)
    return summary.iloc[max(position - reach, 0) : position + reach + 1]


def is_numeric(axis: Axis) -> bool:
    """Whether the values of an axis are numbers that can be drawn to scale."""
    return isinstance(axis.values[0], float | int)


def label(field: str) -> str:
    """The name of a field on an axis."""
    return LABELS.get(field, field.replace("_", " "))


def loss_label(study: Study) -> str:
    """The name and unit of the total loss: every epoch adds its mean over the rows, cross-entropy being in nats."""
    if isinstance(study, ForeignStudy):
        return "mean total loss (as stored)"
    return (
        "mean total loss (nats × epochs)" if study.recipe.loss == "bce" else "mean total loss (squared error × epochs)"
    )


def _is_log(x: Any) -> bool:
    numbers = np.asarray(x)
    if numbers.dtype.kind not in "fi" or len(numbers) < 2 or numbers.min() <= 0:
        return False
    return bool(numbers.max() / numbers.min() >= LOG_FROM_RATIO)
