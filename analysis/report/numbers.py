"""The numbers behind the answer, with their intervals, as rows of text."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.report.headline import lowering, predictions
from analysis.report.markup import number, share, share_span, span
from analysis.tables.runs import incomplete
from sweep.statistics.answer import Answer, best_point, nearest_point
from sweep.statistics.compare import compare_on_curve
from sweep.statistics.inference import Interval, fraction_interval, interval_from_error, share_interval
from sweep.statistics.map_minimum import MapMinimum
from sweep.statistics.means import Means, Numbers
from sweep.statistics.observed import ACCURACY, FINITE, LOSS, ONE, SOLVED, has_accuracy
from sweep.study import Study
from sweep.study.words import describe_place, digits_of, format_value


def key_numbers(measured: Answer) -> list[tuple[str, str, str]]:
    """Rows of what was measured, its value and its 95 % interval, empty where none applies."""
    rows = [*minimum_rows(measured), *change_rows(measured)]
    n_diverged = int(measured.summary["diverged"].sum())
    n_stored = int(measured.summary["count"].sum()) + n_diverged
    state = incomplete(measured.summary, measured.study) or "complete"
    rows.append(("Trainings", f"{n_stored:,} ({state})", ""))
    rows.append(("Diverged, in no mean", f"{n_diverged:,}", ""))
    return rows


def minimum_rows(measured: Answer) -> list[tuple[str, str, str]]:
    """The minimum and the gain there."""
    found = measured.minimum
    if measured.map_minimum is not None:
        return map_rows(measured.map_minimum)
    if found is None:
        return comparison_rows(measured)
    field = measured.study.axes[0].field
    digits = digits_of(found.mean.estimate)
    rows = [
        (f"{field} where the mean is lowest ({found.method})", f"{found.spread.estimate:.4f}", span(found.spread, 4)),
        ("Mean total loss there", number(found.mean.estimate, digits), span(found.mean, digits)),
    ]
    if np.isfinite(found.gain.estimate):
        fall = lowering(found.gain)
        rows.append(("Gain there over Xavier's spread", share(fall.estimate, 2), share_span(fall, 2)))
    if found.method == "pooled" and not found.paired:
        rows.append(("Trainings that this mean is effectively of", f"{found.effective:,.0f}", ""))
    return rows


def map_rows(found: MapMinimum) -> list[tuple[str, str, str]]:
    """The minimum over two spreads, the gain there, and how many pairs may be the best."""
    digits = digits_of(found.mean.estimate)
    rows = [
        (f"{field} where the mean is lowest (pooled)", f"{place.estimate:.4f}", span(place, 4))
        for field, place in zip(found.fields, found.place, strict=True)
    ]
    rows.append(("Mean total loss there", number(found.mean.estimate, digits), span(found.mean, digits)))
    if np.isfinite(found.gain.estimate):
        fall = lowering(found.gain)
        rows.append(("Gain there over Xavier's pair", share(fall.estimate, 2), share_span(fall, 2)))
    if found.region.any():
        n = f"{int(found.region.sum()):,} of {found.region.size:,}"
        rows.append(("Swept pairs that may be the best (95 %)", n, ""))
    if not found.paired:
        rows.append(("Trainings that this mean is effectively of", f"{found.effective:,.0f}", ""))
    return rows


def comparison_rows(measured: Answer) -> list[tuple[str, str, str]]:
    """The improvement from the point nearest to Xavier's prediction to the one with the lowest mean."""
    comparison = measured.comparison
    if comparison is None or comparison.best == comparison.xavier or not np.isfinite(comparison.change.change):
        return []
    fall = lowering(comparison.change)
    how = "paired by repeat" if comparison.change.paired else "not paired"
    label = f"Improvement from the point nearest to Xavier's prediction to the lowest single mean ({how})"
    return [(label, share(fall.estimate, 2), share_span(fall, 2))]


def change_rows(measured: Answer) -> list[tuple[str, str, str]]:
    """The improvement from spread 1 to Xavier's."""
    curve, xavier = measured.curve, predictions(measured.study).get("Xavier")
    if curve is None or measured.minimum is None or xavier is None or xavier == 1.0:
        return []
    if not (curve.values[0] <= min(1.0, xavier) and max(1.0, xavier) <= curve.values[-1]):
        return []
    ((_, _, change, _),) = compare_on_curve(curve, [1.0, xavier])
    fall = lowering(change)
    return [(f"Improvement from spread 1 to {xavier:.4f}", share(fall.estimate, 2), share_span(fall, 2))]


POINT_HEAD = ("Point", "Value", "Mean total loss", "95 % interval", "Solved", "95 % interval of solved", "Trainings")
ACCURACY_HEAD = "Accuracy"
"""Of the column beside these, on data sets with classes."""
OF_SOLVED = slice(4, 6)
"""The columns among these that say nothing where it is not known which trainings are solved."""


def point_rows(measured: Answer) -> list[tuple[str, ...]]:
    """Rows for the minimum, or the point with the lowest mean, and for the predictions or the points nearest them."""
    study, summary = measured.study, measured.summary
    best = best_point(summary)
    if best is None:
        return []
    predicted = predictions(study, study.points[best].recipe)
    if measured.minimum is not None and measured.curve is not None and measured.curve.pooled is not None:
        low, high = measured.curve.values[[0, -1]]
        places = {"Minimum": measured.minimum.spread.estimate}
        places |= {f"{rule}'s prediction": spread for rule, spread in predicted.items() if low <= spread <= high}
        mean = measured.minimum.mean
        return pooled_rows(measured.curve.field, measured.curve.pooled, places, mean, has_accuracy(study))
    if measured.minimum is None:
        chosen: list[tuple[str, int | None]] = [("Lowest mean", best)]
    else:
        spread = measured.minimum.spread.estimate
        chosen = [("Nearest to the minimum", int(np.argmin(np.abs(summary[study.axes[0].field] - spread))))]
    for rule, spread in predicted.items():
        chosen.append((f"Nearest to {rule}'s prediction, {spread:.4g}", nearest_point(summary, study, best, spread)))
    return [point_row(label, study, summary, position) for label, position in chosen if position is not None]


def pooled_rows(
    field: str,
    pooled: Callable[[Numbers, Numbers, Numbers], Means],
    places: dict[str, float],
    lowest: Interval,
    with_accuracy: bool,
) -> list[tuple[str, ...]]:
    """Values of the axis in words, as POINT_HEAD names them, by a pooled curve whose lowest mean comes first."""
    at = np.array(list(places.values()))
    mean, solved, accuracy = pooled(at, LOSS, FINITE), pooled(at, SOLVED, ONE), pooled(at, ACCURACY, FINITE)
    rows: list[tuple[str, ...]] = []
    for i, (label, place) in enumerate(places.items()):
        loss = lowest if i == 0 else mean.interval(i)
        share_solved, right = (
            share_interval(*(float(values[i]) for values in (one.mean, one.standard_error, one.effective)))
            for one in (solved, accuracy)
        )
        where, n = f"{field} = {format_value(place)}", f"effectively {mean.effective[i]:,.0f}"
        digits = digits_of(loss.estimate)
        numbers = (
            number(loss.estimate, digits),
            span(loss, digits),
            share(share_solved.estimate),
            share_span(share_solved),
        )
        told = (f"{share(right.estimate)} ({share_span(right)})",) if with_accuracy else ()
        rows.append((label, where, *numbers, n, *told))
    return rows


def point_row(label: str, study: Study, summary: pd.DataFrame, position: int) -> tuple[str, ...]:
    """One point of the summary in words, as POINT_HEAD names them."""
    row = summary.iloc[position]
    count, n = int(row["count"]), int(row["count"] + row["diverged"])
    mean = interval_from_error(float(row["mean"]), float(row["standard_error"]), count - 1)
    solved = fraction_interval(round(float(row["solved"]) * n) if n and study.knows_solved else 0, n)
    where = describe_place(study, row)
    digits = digits_of(mean.estimate)
    numbers = (number(mean.estimate, digits), span(mean, digits), share(solved.estimate), share_span(solved))
    told = (share(float(row["accuracy"])),) if has_accuracy(study) and "accuracy" in row else ()
    return label, where, *numbers, f"{n:,}", *told
