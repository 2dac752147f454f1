"""The mean loss of every published recipe against its initial spread, each beside its own predictions."""

from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.parts.axis import label, scale_axis
from analysis.figures.parts.frame import NEAR_END, fill
from analysis.figures.parts.lines import FEW_VALUES, MARK, RULES, band, line, predictions
from analysis.tables.runs import incomplete
from sweep.study import Study
from sweep.study.words import SPREAD, format_value
from sweep.style import BLACK, BLUE, GREEN, STYLE, new_figure

CAPTION = (
    "Mean total loss of every published recipe as a multiple of its lowest, against the spread of the initial hidden "
    "weights. Does the minimum follow Xavier's or He's prediction for the recipe's own network?"
)
COLUMNS = 2
LEGEND_INCHES_DOWN = 0.25


def draw(table: pd.DataFrame, sweeps: Mapping[str, Study]) -> Figure:
    """The figure of `analysis.tables.recipes.compare_recipes` of sweeps, one panel a recipe that is in the table."""
    names = list(dict.fromkeys(table["recipe"]))
    rows = -(-len(names) // COLUMNS)
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 1.7 + 2.5 * rows)
        panels = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True).ravel()
        for axes, name in zip(panels, names, strict=False):
            panel(axes, table[table["recipe"] == name], sweeps[name])
        for axes in panels[len(names) :]:
            axes.set_visible(False)
        for axes in panels[max(len(names) - COLUMNS, 0) : len(names)]:
            axes.set_xlabel("spread of the initial hidden weights")
            axes.xaxis.set_tick_params(labelbottom=True)
        for axes in panels[::COLUMNS]:
            axes.set_ylabel("mean total loss\n/ its lowest")
        headline = "Mean total loss against the initial spread, recipe by recipe\n\n"  # the lines are the legend's
        figure.suptitle(headline, x=0.01, ha="left", fontsize=12)
        corner = (0, 1 - LEGEND_INCHES_DOWN / figure.get_figheight())
        handles, _ = panels[0].get_legend_handles_labels()
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=3, fontsize=9)
        figure.supxlabel(fill(words(table, sweeps), 101), x=0.01, ha="left", fontsize=8, color="#444444")
    return figure


def panel(axes: Axes, table: pd.DataFrame, study: Study) -> Axes:
    """Draw one recipe's relative mean with ± 1 standard error, Xavier's (black) and He's (dotted) predictions for its
    network and its lowest mean (green), whose values the title tells.

    Args:
        axes: where to draw.
        table: the recipe's rows of `analysis.tables.recipes.compare_recipes`.
        study: the recipe's sweep of hidden_std_dev.

    Returns:
        The same axes.
    """
    shown = table.assign(
        low=table["relative"] - table["relative_error"], high=table["relative"] + table["relative_error"]
    )
    line(axes, shown, "relative", study, color=BLUE, linewidth=1.2, label="mean")
    bars = len(shown) <= FEW_VALUES
    band(axes, shown, "low", "high", study, width=1.2, bars=bars, color=BLUE, alpha=0.3, label="± 1 standard error")
    for rule, name, style in RULES:
        for spread in predictions(study, rule):
            axes.axvline(spread, color=BLACK, linestyle=style, label=f"{name}'s prediction", **MARK)
    axes.axvline(table["minimum"].iloc[0], color=GREEN, linestyle="--", label="lowest mean", **MARK)
    scale_axis(axes, study)
    axes.set_xlabel("")
    axes.set_title(title(table, study), fontsize=9)
    return axes


def title(table: pd.DataFrame, study: Study) -> str:
    """The recipe's name, what the rules predict for it, and where its mean is lowest."""
    said = [f"{name} {format_value(spread)}" for rule, name, _ in RULES for spread in predictions(study, rule)]
    best = float(table["minimum"].iloc[0])
    is_inside = table[SPREAD].min() * NEAR_END < best < table[SPREAD].max() / NEAR_END
    end = "" if is_inside else " (end)"
    return f"{table['recipe'].iloc[0]}\n{', '.join(said)}, lowest {format_value(best)}{end}"


def words(table: pd.DataFrame, sweeps: Mapping[str, Study]) -> str:
    """What the bands are, and what each recipe trained."""
    said = [
        f"The spread is the {label(SPREAD)}; (end): the lowest mean is at an end of what was swept. "
        "The means of a recipe are pooled from all its trainings where its spreads are close enough."
    ]
    for name, rows in table.groupby("recipe", sort=False):
        study = sweeps[str(name)]
        n_diverged = int(rows["diverged"].sum())
        notes = [f"{n_diverged:,} diverged"] if n_diverged else []
        n = f"{int((rows['count'] + rows['diverged']).max()):,}"
        notes = [f"{name}: {len(rows):,} spreads × {n} trainings", *notes, incomplete(rows, study)]
        said.append(f"{', '.join(filter(None, notes))}.")
    return " ".join(said)
