"""The answer in words and the numbers behind it; everything is worded from the numbers, by rule."""

import numpy as np

from analysis.report.markup import number, share, share_span
from sweep.recipe import AnyRecipe, predicted_spread
from sweep.recipe.data import data_name
from sweep.recipe.field import is_spread, weights_in_words
from sweep.statistics import map_minimum
from sweep.statistics.answer import Answer, best_point
from sweep.statistics.inference import Interval, RelativeChange
from sweep.statistics.map_minimum import MapMinimum
from sweep.statistics.minimum import Minimum, warnings
from sweep.study import Study
from sweep.study.words import describe_place, digits_of, in_words_of, swept_spread, why_not_pooled

SMALL_GAIN = 0.005
"""A gain whose interval reaches below half a per cent may be nothing that matters."""


def predictions(study: Study, recipe: AnyRecipe | None = None) -> dict[str, float]:
    """Rule -> the spread it predicts for the layer whose spread is swept; empty where none is.

    The recipe is that of one point; left out, it is the study's, and nothing is predicted where the layers are swept.
    """
    fields, field = {axis.field for axis in study.axes}, swept_spread(study)
    if field is None or (recipe is None and fields & {"hidden", "problem", "spread_unit"}):
        return {}
    found = {rule: predicted_spread(recipe or study.recipe, field, rule.lower()) for rule in ("Xavier", "He")}
    return {rule: spread for rule, spread in found.items() if spread is not None}


def question(study: Study) -> str:
    """What the study asks."""
    predicted = predictions(study)
    field = swept_spread(study)
    if predicted and field is not None:
        return (
            f"Which spread of the initial {weights_in_words(field)} lets this network learn{_what(study)} best, and "
            f"does Xavier's prediction, {predicted['Xavier']:.4g}, find it?"
        )
    if not study.axes:
        return f"How often, and how fast, does this network learn{_what(study)}?"
    fields = " and ".join(axis.field.replace("_", " ") for axis in study.axes)
    return f"How does the {fields} decide whether, and how fast, this network learns{_what(study)}?"


def _what(study: Study) -> str:
    """The data set that all points learn, by its name."""
    problems = {point.recipe.data_set for point in study.points}
    known = [data_name(problem) for problem in problems if problem is not None]
    return f" {known[0]}" if len(problems) == len(known) == 1 else ""


def answer_sentences(measured: Answer) -> list[str]:
    """The answer in a few sentences."""
    return [in_words_of(measured.study, sentence) for sentence in _sentences(measured)]


def _sentences(measured: Answer) -> list[str]:
    best = best_point(measured.summary)
    if best is None:
        return ["No training kept a finite loss, so there is no lowest mean."]
    if measured.map_minimum is not None and np.isfinite(measured.map_minimum.mean.low):
        return map_sentences(measured.map_minimum)
    if measured.minimum is None or not np.isfinite(measured.minimum.spread.low):
        where = describe_place(measured.study, measured.summary.iloc[best])
        lowest = float(measured.summary["mean"].iloc[best])
        return [
            f"Of {len(measured.summary):,} points the mean total loss is lowest at {where}: "
            f"{number(lowest, digits_of(lowest))}.",
            "The lowest of several noisy means flatters itself; a minimum with an interval needs five or more values "
            "above 0 of one axis of numbers.",
        ]
    return [*minimum_sentences(measured.study, measured.minimum), *gain_sentences(measured.study, measured.minimum)]


def minimum_sentences(study: Study, found: Minimum) -> list[str]:
    """Where the smoothed mean is lowest, and what that says about the predictions."""
    field, spread = study.axes[0].field, found.spread
    what = "a spread" if is_spread(field) else f"a {field.replace('_', ' ')}"
    said = [
        f"The mean total loss is lowest at {what} of {spread.estimate:.3g} "
        f"(95 % interval {spread.low:.3g} to {spread.high:.3g})."
    ]
    for rule, predicted in predictions(study).items():
        side = "inside" if spread.low <= predicted <= spread.high else "below" if predicted < spread.low else "above"
        if rule == "Xavier":
            verdict = {
                "inside": "lies inside this interval: theory predicts the best spread as well as these trainings can "
                "tell",
                "below": "lies below this interval: theory predicts too small a spread here",
                "above": "lies above this interval: theory predicts too large a spread here",
            }[side]
            said.append(f"Xavier's prediction, {predicted:.4g}, {verdict}.")
        else:
            said.append(f"{rule}'s prediction, {predicted:.4g}, lies {side} it.")
    return said + warnings(found) + list(filter(None, [why_not_pooled(study)]))


def map_sentences(found: MapMinimum) -> list[str]:
    """Where the mean is lowest over two spreads, which pairs may be the best, and the gain there."""
    places = " and ".join(
        f"{field} of {place.estimate:.3g} (95 % interval {place.low:.3g} to {place.high:.3g})"
        for field, place in zip(found.fields, found.place, strict=True)
    )
    return [
        f"The mean total loss is lowest at a {places}.",
        *gain_in_words(found.gain, "Xavier's pair of spreads"),
        map_minimum.how_found(found),
        *map_minimum.warnings(found),
    ]


def gain_sentences(study: Study, found: Minimum) -> list[str]:
    """What is gained at the minimum over Xavier's prediction."""
    return gain_in_words(found.gain, "Xavier's spread") if predictions(study) else []


def gain_in_words(gain: Interval, predicted: str) -> list[str]:
    """The gain at the minimum over what was predicted."""
    if not np.isfinite(gain.estimate):
        return ["Xavier's prediction is outside what was swept."]
    fall = lowering(gain)
    small = ": it may be nothing that matters" if fall.low < SMALL_GAIN else ""
    return [
        f"Going from {predicted} to the lowest point lowers the mean total loss by {share(fall.estimate, 2)} "
        f"(95 % interval {share_span(fall, 2)}){small}."
    ]


def lowering(change: Interval | RelativeChange) -> Interval:
    """By how much a mean falls, given how it changes; never a negative zero."""
    estimate = change.estimate if isinstance(change, Interval) else change.change
    return Interval(0.0 - estimate, 0.0 - change.high, 0.0 - change.low)
