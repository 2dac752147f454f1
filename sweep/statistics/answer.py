"""The answer of a study: where the mean is lowest, how sure that is, and how Xavier's prediction compares."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sweep.recipe import OwnRecipe, predicted_spread
from sweep.recipe.field import value_of
from sweep.statistics import map_minimum, minimum
from sweep.statistics.curve import Curve, read_curve
from sweep.statistics.inference import RelativeChange, relative_change
from sweep.statistics.losses import has_one_numeric_axis
from sweep.statistics.map_minimum import MapMinimum, find_map_minimum
from sweep.statistics.minimum import Minimum, find_minimum, has_minimum
from sweep.statistics.pooled_map import PooledMap, is_pooled_map, read_map
from sweep.statistics.summary import summarize
from sweep.store import Results, Store
from sweep.store.own import first_reason, with_outcomes
from sweep.study import Study
from sweep.study.words import describe_place, digits_of, in_words_of, swept_spread, why_not_pooled


class XavierComparison(NamedTuple):
    """The best point against the swept point nearest to Xavier's prediction; rows of the summary, by position."""

    best: int
    xavier: int
    predicted: float
    change: RelativeChange


class Answer(NamedTuple):
    """What a study answers.

    Attributes:
        study: what was asked for.
        summary: as `sweep.statistics.summary.summarize` gives it.
        curve: of a study with one axis of numbers, else None.
        minimum: of the curve; None where fewer than five values have a mean, or one is 0 or below.
        comparison: without a minimum, the point with the lowest mean against that nearest to Xavier's prediction;
            None where no spread is swept or nothing counts.
        map: of a study that sweeps two spreads densely enough to be pooled, else None.
        map_minimum: of the map.
    """

    study: Study
    summary: pd.DataFrame
    curve: Curve | None
    minimum: Minimum | None
    comparison: XavierComparison | None
    map: PooledMap | None = None
    map_minimum: MapMinimum | None = None


def find_answer(store: Results, study: Study, summary: pd.DataFrame | None = None) -> Answer:
    """The answer of a study, with the summary that is there already or a new one."""
    summary = summarize(store, study) if summary is None else summary
    curve = read_curve(store, study) if has_one_numeric_axis(study) else None
    if curve is not None and has_minimum(curve):
        found = find_minimum(curve, predicted_value(study))
        return Answer(study, summary, curve, found, None)
    pooled_map = read_map(store, study) if is_pooled_map(study) else None
    if pooled_map is not None:
        found_on_map = find_map_minimum(pooled_map, predicted_pair(study))
        return Answer(study, summary, None, None, None, pooled_map, found_on_map)
    return Answer(study, summary, curve, None, compare_with_xavier(store, study, summary))


def predicted_value(study: Study) -> float | None:
    """Xavier's prediction along the axis of a study with one axis, None where it predicts nothing of it."""
    return predicted_spread(study.recipe, study.axes[0].field) if len(study.axes) == 1 else None


def predicted_pair(study: Study) -> tuple[float, float]:
    """Xavier's prediction for a study that sweeps two spreads, in the order of its axes; NaN where there is none."""
    one, other = (predicted_spread(study.recipe, axis.field) for axis in study.axes)
    return (np.nan, np.nan) if one is None or other is None else (one, other)


def best_point(summary: pd.DataFrame) -> int | None:
    """Position of the row with the lowest mean, None where no training counts."""
    return int(np.nanargmin(summary["mean"])) if summary["mean"].notna().any() else None


def nearest_point(summary: pd.DataFrame, study: Study, position: int, spread: float) -> int | None:
    """Position of the row that shares every axis but the swept spread with that at `position` and whose spread is
    nearest on a log scale; None where no spread is swept."""
    field = swept_spread(study)
    if field is None:
        return None
    names = [axis.field for axis in study.axes if axis.field != field]
    others = [[value_of(point.recipe, name) for name in names] for point in study.points]
    alike = np.array([values == others[position] for values in others])
    swept = summary[field].to_numpy(dtype=float)
    with np.errstate(divide="ignore", over="ignore"):
        distance = np.where(alike & (summary["count"] > 0), np.abs(np.log(swept / spread)), np.inf)
    return int(np.argmin(distance))


def compare_with_xavier(store: Results, study: Study, summary: pd.DataFrame) -> XavierComparison | None:
    """The best point against Xavier's; None where no spread is swept or nothing counts."""
    best, field = best_point(summary), swept_spread(study)
    if best is None or field is None:
        return None
    predicted = predicted_spread(study.points[best].recipe, field)
    if predicted is None:
        return None
    nearest = nearest_point(summary, study, best, predicted)
    if nearest is None:
        return None
    one, other = (
        store.columns(study.points[row].identity, study.repeats, ["repeat", "loss"]) for row in (nearest, best)
    )
    before, after, is_paired = one["loss"], other["loss"], study.shares_draws(field)
    if is_paired:  # what both have, by ascending repeat
        before = before[np.isin(one["repeat"], other["repeat"])]
        after = after[np.isin(other["repeat"], one["repeat"])]
    return XavierComparison(best, nearest, predicted, relative_change(before, after, paired=is_paired))


def answer(store: Store, study: Study) -> str:
    """The answer in a few lines: the minimum with its intervals, else the best point beside Xavier's."""
    found = find_answer(with_outcomes(store, study), study)
    reason = (
        first_reason(store, study) if isinstance(study.recipe, OwnRecipe) and found.summary["diverged"].any() else ""
    )
    return describe(found) + (f"\nThe first that diverged did so for this reason: {reason}" if reason else "")


def describe(found: Answer) -> str:
    """The answer in a few lines."""
    study, summary = found.study, found.summary
    best = best_point(summary)
    if best is None:
        remedy = " Lower the learning rate with --set learning_rate=…." if study.knows_solved else ""
        return f"No training kept a finite loss: all diverged.{remedy}"
    if found.minimum is not None:
        lines = [minimum.describe(study.axes[0].field, found.minimum)]
    elif found.map_minimum is not None:
        lines = [map_minimum.describe(found.map_minimum)]
    else:
        lines = [f"Best:   {describe_point(summary, study, best)}"]
    if found.comparison is not None:
        _, xavier, predicted, change = found.comparison
        lines.append(f"Xavier: {describe_point(summary, study, xavier)} (predicted {predicted:.4f})")
        how = "paired by repeat" if change.paired else "independent draws"
        error = f"{100 * change.standard_error:.2f} %" if np.isfinite(change.standard_error) else "unknown"
        lines.append(
            f"From Xavier's to the best: {100 * change.change:+.2f} % mean total loss, standard error {error} ({how}). "
            "The lowest of many noisy means flatters itself."
        )
    lines += filter(None, [why_not_pooled(study)])
    if summary["diverged"].sum():
        lines.append(f"{int(summary['diverged'].sum()):,} trainings diverged and count in no mean.")
    return in_words_of(study, "\n".join(lines))


def describe_point(summary: pd.DataFrame, study: Study, position: int) -> str:
    """One row of the summary in words."""
    row = summary.iloc[position]
    digits = digits_of(float(row["mean"]))
    error = f" ± {row['standard_error']:,.{digits}f}" if np.isfinite(row["standard_error"]) else ""
    solved = f", solved {row['solved']:.1%}" if study.knows_solved else ""
    found = f"mean total loss {row['mean']:,.{digits}f}{error}{solved}, n = {int(row['count']):,}"
    return f"{describe_place(study, row)}: {found}"
