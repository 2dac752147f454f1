"""What stands around every figure: headline, legend, the recipe and the trainings in words; and what can be drawn."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.tables.foreign_study import ForeignStudy
from analysis.tables.pooled_map import has_map, has_place, place_columns
from analysis.tables.runs import incomplete
from sweep.errors import FailedError, UsageError
from sweep.study import Study
from sweep.study.words import in_words_of

DRAWS_IN_WORDS = {"common": "common draws", "by_spread": "draws by spread", "independent": "independent draws"}
NEAR_END = 1.01
"""An interval that comes this near to the end of an axis may go on beyond it."""
CHARACTERS_PER_INCH = 14.5
"""Width of the small print below a figure."""


def require_drawable(table: pd.DataFrame, study: Study) -> None:
    """Check that there is something to draw and a way to draw it.

    Args:
        table: any table with the columns `count` and `diverged`, one row a point.
        study: whose table it is.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training of it is stored, or all diverged.
    """
    require_axes(study)
    if table["count"].sum() > 0:
        return
    n_diverged = int(table["diverged"].sum())
    if n_diverged:
        raise FailedError(
            f"there is no loss to draw: all {n_diverged:,} stored trainings diverged; "
            "lower the learning rate with --set learning_rate=…"
        )
    raise FailedError(
        "there is no loss to draw: no training of this study is stored yet; "
        "`python -m sweep.status` shows the command that continues it"
    )


def require_axes(study: Study) -> None:
    """Raise UsageError where a study has no axis or more than two."""
    if not 1 <= len(study.axes) <= 2:
        n = f"{len(study.axes)} axes" if study.axes else "no axis"
        raise UsageError(f"the study has {n}; a figure shows one or two, `python -m analysis summary --csv PATH` all")


def frame(figure: Figure, headline: str, table: pd.DataFrame, study: Study, notes: Sequence[str] = ()) -> None:
    """Put the headline above and the small print below; the panels are drawn already."""
    width = figure.get_figwidth()
    figure.suptitle(fill(in_words_of(study, headline), int(width * 10.5)), x=0.01, ha="left", fontsize=12)
    words = subtitle(table, study, int(width * CHARACTERS_PER_INCH), notes)
    figure.supxlabel(words, x=0.01, ha="left", fontsize=8, color="#444444")


def legend_above(axes: Axes, columns: int = 2) -> None:
    """The legend above the panel, where it covers nothing."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, fontsize=9, borderaxespad=0.2)


def subtitle(table: pd.DataFrame, study: Study, width: int, notes: Sequence[str] = ()) -> str:
    """The recipe in words, the number of trainings and what they lack, in lines of `width` characters."""
    low, high = int(table["count"].min()), int(table["count"].max())
    n = f"n = {high:,}" if low == high else f"n = {low:,} to {high:,}"
    said = [f"{n} {'training' if n == 'n = 1' else 'trainings'} a point", draws_in_words(study), how(table)]
    if high < 2:
        said.append("too few for a standard error")
    n_diverged = int(table["diverged"].sum())
    if n_diverged:
        said.append(f"{n_diverged:,} diverged, not in the mean")
    if study.until is not None:
        said.append(study.until.sentence + above_target(table, study))
    said += [incomplete(table, study), *notes]
    return fill(f"{study.sentence}. {', '.join(filter(None, said))}.", width)


def how(table: pd.DataFrame) -> str:
    """Whose trainings the values at a point are of."""
    method = table["method"].iloc[0] if "method" in table and len(table) else ""
    if method == "pooled":
        return "pooled from the trainings of all points"
    smoothed = "; the minimum is that of a smooth curve through the means" if method == "smoothed" else ""
    return f"each point by its own trainings{smoothed}"


def draws_in_words(study: Study) -> str:
    """Kind and seed of the draws, empty where nobody knows them."""
    return "" if isinstance(study, ForeignStudy) else f"{DRAWS_IN_WORDS[study.draws]}, seed {study.seed}"


def above_target(table: pd.DataFrame, study: Study) -> str:
    """How many points have not reached a target for their standard error; empty where it is another or all have."""
    if study.until is None or study.until.kind != "rse" or "standard_error" not in table:
        return ""
    n_above = int((table["standard_error"] > study.until.value * table["mean"].abs()).sum())
    return f" ({n_above:,} of {len(table):,} are above)" if n_above else ""


def fill(text: str, width: int) -> str:
    """The text in lines of so many characters, none of which ends at an equals sign or before a per cent sign."""
    joined = text.replace(" = ", "\0=\0").replace(" %", "\0%")
    return textwrap.fill(joined, width).replace("\0", " ")


def lowest(table: pd.DataFrame, study: Study) -> pd.Series:
    """The row nearest to the minimum where the table says its place, else that with the lowest mean, which must be."""
    columns = {}
    if has_minimum(table):
        columns = {study.axes[0].field: "minimum"}
    elif has_place(table, study):
        columns = {axis.field: place_columns(axis.field)[0] for axis in study.axes}
    if not columns:
        return table.iloc[int(np.nanargmin(table["mean"]))]
    ratios = table[list(columns)].to_numpy(dtype=float) / table[list(columns.values())].to_numpy(dtype=float)
    away = np.linalg.norm(np.log(ratios), axis=1)
    return table.iloc[int(np.nanargmin(np.where(table["mean"].notna(), away, np.nan)))]


def has_minimum(table: pd.DataFrame) -> bool:
    """Whether a table says where the minimum of the mean lies."""
    return "minimum" in table and bool(table["minimum"].notna().any())


def at_end(table: pd.DataFrame, study: Study) -> str:
    """What to add where the lowest mean is at an end of a numeric axis: the minimum may lie beyond."""
    if "minimum_low" in table and table["minimum_low"].notna().any():
        first, values = table.iloc[0], sorted(study.axes[0].values)
        is_inside = values[0] * NEAR_END < first["minimum_low"] and first["minimum_high"] * NEAR_END < values[-1]
        return "" if is_inside else f", at the end of what was swept of {study.axes[0].field}"
    wide = [axis for axis in study.axes if axis.is_numeric and len(axis.values) > 1]
    if has_map(table):
        first = table.iloc[0]
        places = {axis: [first[name] for name in place_columns(axis.field)] for axis in wide}
        ends = [
            axis.field
            for axis, place in places.items()
            if min(place) <= min(axis.values) * NEAR_END or max(axis.values) <= max(place) * NEAR_END
        ]
    else:
        best = lowest(table, study)
        ends = [axis.field for axis in wide if best[axis.field] in (min(axis.values), max(axis.values))]
    return f", at the end of what was swept of {' and '.join(ends)}" if ends else ""


def percent(fraction: float, digits: int = 0) -> str:
    """A fraction in words."""
    return f"{100 * fraction:.{digits}f} %"


def gaps(table: pd.DataFrame, column: str, reason: str) -> list[str]:
    """The note that says at how many points a column has no value, and why; empty where it has one at every point."""
    n = int(table[column].isna().sum())
    return [f"no value at {n:,} of {len(table):,} points: {reason}"] if n else []
