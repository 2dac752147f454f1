"""What a training function of the user's own returned beside the loss, each outcome in a panel of its own."""

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.parts.axis import in_order, scale_axis
from analysis.figures.parts.frame import frame, gaps, legend_above, require_drawable
from analysis.figures.parts.lines import FEW_VALUES, band, line, mark_minimum, mark_predictions
from sweep.study import Study
from sweep.style import BLUE, STYLE, new_figure

MOST = 8
"""Outcomes that are drawn; tables have the others, too."""
ERROR = "_error"


def outcomes_of(table: pd.DataFrame) -> list[str]:
    """The outcomes whose means and standard errors a table has."""
    return [str(name) for name in table.columns if f"{name}{ERROR}" in table and name != "curve"]


def why_not(table: pd.DataFrame, study: Study) -> str | None:
    """Why there is nothing to draw, None where there is."""
    if not outcomes_of(table):
        return "the function returns nothing beside its loss"
    return (
        None if len(study.axes) == 1 else "outcomes are drawn along one axis; `python -m analysis summary` shows them"
    )


def draw(table: pd.DataFrame, study: Study) -> Figure:
    """The figure of a summary as `sweep.statistics.summary.summarize` gives it.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training has a finite loss.
    """
    require_drawable(table, study)
    names = outcomes_of(table)
    shown = names[:MOST]
    with mpl.rc_context(STYLE):
        figure = new_figure(7, 1.6 + 2.2 * len(shown))
        panels = figure.subplots(len(shown), 1, squeeze=False, sharex=True)[:, 0]
        for panel, name in zip(panels, shown, strict=True):
            rows = in_order(table, study)
            rows = rows.assign(low=rows[name] - rows[name + ERROR], high=rows[name] + rows[name + ERROR])
            bars = len(rows) <= FEW_VALUES
            line(panel, rows, name, study, marks=bars, color=BLUE, linewidth=1.2, label="mean")
            look = {"color": BLUE, "alpha": 1.0 if bars else 0.3, "label": "± 1 standard error"}
            band(panel, rows, "low", "high", study, width=1.2, bars=bars, **look)
            mark_predictions(panel, study)
            mark_minimum(panel, table, study)
            panel.set_ylabel(f"mean {name}")
        scale_axis(panels[-1], study)
        legend_above(panels[0])
        rest = f"{', '.join(names[MOST:])} in the table alone" if len(names) > MOST else ""
        notes = [rest, *gaps(table, names[0], "no training there has it")]
        which = ", ".join(shown)
        frame(figure, f"Mean {which} beside the loss, whose minimum is green", table, study, notes)
    return figure
