"""The answer in a few lines: which point is best, and how Xavier's prediction compares."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sweep.recipe import xavier_spread
from sweep.statistics.inference import RelativeChange, relative_change
from sweep.statistics.summary import summarize
from sweep.store import Store
from sweep.study import Study
from sweep.study.words import SPREAD, describe_place


class XavierComparison(NamedTuple):
    """The best point against the swept point nearest to Xavier's prediction; rows of the summary, by position."""

    best: int
    xavier: int
    predicted: float
    change: RelativeChange


def best_point(summary: pd.DataFrame) -> int | None:
    """Position of the row with the lowest mean, None where no training counts."""
    return int(np.nanargmin(summary["mean"])) if summary["mean"].notna().any() else None


def nearest_point(summary: pd.DataFrame, study: Study, position: int, spread: float) -> int | None:
    """Position of the row that shares every axis but hidden_std_dev with that at `position` and whose spread is nearest
    on a log scale; None where the spread is not swept."""
    names = [axis.field for axis in study.axes]
    if SPREAD not in names:
        return None
    others = [[getattr(point.recipe, name) for name in names if name != SPREAD] for point in study.points]
    alike = np.array([values == others[position] for values in others])
    swept = summary[SPREAD].to_numpy(dtype=float)
    with np.errstate(divide="ignore"):
        distance = np.where(alike & (summary["count"] > 0), np.abs(np.log(swept / spread)), np.inf)
    return int(np.argmin(distance))


def compare_with_xavier(store: Store, study: Study, summary: pd.DataFrame) -> XavierComparison | None:
    """The best point against Xavier's; None where hidden_std_dev is not swept or nothing counts."""
    best = best_point(summary)
    predicted = xavier_spread(study.points[best].recipe) if best is not None else None
    if best is None or predicted is None:
        return None
    nearest = nearest_point(summary, study, best, predicted)
    if nearest is None:
        return None
    one, other = (
        store.columns(study.points[row].identity, study.repeats, ["repeat", "loss"]) for row in (nearest, best)
    )
    before, after, is_paired = one["loss"], other["loss"], study.draws == "common"
    if is_paired:  # what both have, by ascending repeat
        before = before[np.isin(one["repeat"], other["repeat"])]
        after = after[np.isin(other["repeat"], one["repeat"])]
    return XavierComparison(best, nearest, predicted, relative_change(before, after, paired=is_paired))


def answer(store: Store, study: Study) -> str:
    """The best point found, Xavier's, and the improvement between them with its standard error."""
    summary = summarize(store, study)
    best = best_point(summary)
    if best is None:
        return "No training kept a finite loss: all diverged. Lower the learning rate with --set learning_rate=…."
    lines = [f"Best:   {describe_point(summary, study, best)}"]
    comparison = compare_with_xavier(store, study, summary)
    if comparison is not None:
        _, xavier, predicted, change = comparison
        lines.append(f"Xavier: {describe_point(summary, study, xavier)} (predicted {predicted:.4f})")
        how = "paired by repeat" if change.paired else "independent draws"
        error = f"{100 * change.standard_error:.2f} %" if np.isfinite(change.standard_error) else "unknown"
        lines.append(
            f"From Xavier's to the best: {100 * change.change:+.2f} % mean total loss, standard error {error} ({how}). "
            "The lowest of many noisy means flatters itself."
        )
    if summary["diverged"].sum():
        lines.append(f"{int(summary['diverged'].sum()):,} trainings diverged and count in no mean.")
    return "\n".join(lines)


def describe_point(summary: pd.DataFrame, study: Study, position: int) -> str:
    """One row of the summary in words."""
    row = summary.iloc[position]
    error = f" ± {row['standard_error']:,.2f}" if np.isfinite(row["standard_error"]) else ""
    found = f"mean total loss {row['mean']:,.2f}{error}, solved {row['solved']:.1%}, n = {int(row['count']):,}"
    return f"{describe_place(study, row)}: {found}"
