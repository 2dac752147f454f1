"""The numbers behind the answer, with their intervals, as rows of text."""

import numpy as np
import pandas as pd

from analysis.report.headline import Measured, lowering, predictions
from analysis.report.markup import number, share, share_span, span
from analysis.tables.runs import incomplete
from sweep.statistics.answer import best_point, nearest_point
from sweep.statistics.compare import find_column
from sweep.statistics.inference import fraction_interval, interval_from_error, relative_change
from sweep.study import Study
from sweep.study.words import describe_place


def key_numbers(measured: Measured) -> list[tuple[str, str, str]]:
    """Rows of what was measured, its value and its 95 % interval, empty where none applies."""
    rows = [*minimum_rows(measured), *change_rows(measured)]
    n_diverged = int(measured.summary["diverged"].sum())
    n_stored = int(measured.summary["count"].sum()) + n_diverged
    state = incomplete(measured.summary, measured.study) or "complete"
    rows.append(("Trainings", f"{n_stored:,} ({state})", ""))
    rows.append(("Diverged, in no mean", f"{n_diverged:,}", ""))
    return rows


def minimum_rows(measured: Measured) -> list[tuple[str, str, str]]:
    """The minimum and the gain there."""
    found = measured.minimum
    if found is None:
        return comparison_rows(measured)
    field = measured.study.axes[0].field
    rows = [
        (f"{field} where the smoothed mean is lowest", f"{found.spread.estimate:.4f}", span(found.spread, 4)),
        ("Smoothed mean total loss there", number(found.mean), ""),
    ]
    if np.isfinite(found.gain.estimate):
        fall = lowering(found.gain)
        rows.append(("Gain there over Xavier's spread", share(fall.estimate, 2), share_span(fall, 2)))
    rows.append(("The lowest single mean flatters itself, on average, by", share(-found.naive_bias, 2), ""))
    return rows


def comparison_rows(measured: Measured) -> list[tuple[str, str, str]]:
    """The improvement from the point nearest to Xavier's prediction to the one with the lowest mean."""
    comparison = measured.comparison
    if comparison is None or comparison.best == comparison.xavier or not np.isfinite(comparison.change.change):
        return []
    fall = lowering(comparison.change)
    how = "paired by repeat" if comparison.change.paired else "not paired"
    label = f"Improvement from the point nearest to Xavier's prediction to the lowest single mean ({how})"
    return [(label, share(fall.estimate, 2), share_span(fall, 2))]


def change_rows(measured: Measured) -> list[tuple[str, str, str]]:
    """The improvement from the swept spread nearest to 1 to that nearest to Xavier's."""
    given, xavier = measured.losses, predictions(measured.study).get("Xavier")
    if given is None or xavier is None:
        return []
    before, after = (find_column(given, spread, nearest=True) for spread in (1.0, xavier))
    if before == after or not given.spreads[0] <= 1 <= given.spreads[-1]:
        return []
    change = relative_change(given.losses[:, before], given.losses[:, after], paired=given.paired)
    if not np.isfinite(change.change):
        return []
    how = "paired by repeat" if change.paired else "not paired"
    label = f"Improvement from {given.spreads[before]:.4f} to {given.spreads[after]:.4f} ({how}, n = {change.n:,})"
    fall = lowering(change)
    return [(label, share(fall.estimate, 2), share_span(fall, 2))]


POINT_HEAD = ("Point", "Value", "Mean total loss", "95 % interval", "Solved", "95 % interval of solved", "Trainings")


def point_rows(measured: Measured) -> list[tuple[str, ...]]:
    """A row for the point with the lowest mean, and for those nearest to the predictions."""
    study, summary = measured.study, measured.summary
    best = best_point(summary)
    if best is None:
        return []
    chosen: list[tuple[str, int | None]] = [("Lowest single mean", best)]
    for rule, spread in predictions(study, study.points[best].recipe).items():
        chosen.append((f"Nearest to {rule}'s prediction, {spread:.4g}", nearest_point(summary, study, best, spread)))
    return [point_row(label, study, summary, position) for label, position in chosen if position is not None]


def point_row(label: str, study: Study, summary: pd.DataFrame, position: int) -> tuple[str, ...]:
    """One point of the summary in words, as POINT_HEAD names them."""
    row = summary.iloc[position]
    count, n = int(row["count"]), int(row["count"] + row["diverged"])
    mean = interval_from_error(float(row["mean"]), float(row["standard_error"]), count)
    solved = fraction_interval(round(float(row["solved"]) * n) if n else 0, n)
    where = describe_place(study, row)
    return label, where, number(mean.estimate), span(mean), share(solved.estimate), share_span(solved), f"{n:,}"
