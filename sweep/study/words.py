"""Fields, values and axes in words, as they are typed and shown."""

import math
from typing import Any

from sweep.console.words import plain
from sweep.recipe import OwnRecipe
from sweep.recipe.choices import FULL
from sweep.recipe.data import data_name
from sweep.recipe.field import is_spread, layers_of
from sweep.study.axis import Axis
from sweep.study.overlap import draw_of
from sweep.study.study import Study

SPREAD = "hidden_std_dev"
"""The spread that is swept where nothing else is asked for."""
WITHOUT_LENGTH = {
    "orthogonal": "orthogonal draws of one spread are not possible at another",
    "sphere": "draws on the sphere of one spread are not possible at another",
}
"""Distributions whose draws cannot be pooled by a length, and why."""
SHOWN_VALUES = 8
"""Values of an axis that are listed; of more, their number and range are told."""


def format_value(value: object, field: str = "") -> str:
    """A value of a field as it is shown: a data set by its name, else as it is typed: the widths of hidden layers, a
    spread for each, a batch of all rows."""
    if isinstance(value, tuple):
        return _between(field).join(map(format_value, value)) or "none"
    if field == "batch_size" and value == FULL:
        return "full"
    if field == "problem":
        return data_name(str(value))
    return f"{value:.4g}" if isinstance(value, float) else plain(str(value), "")


def in_words_of(study: Study, text: str) -> str:
    """A text on networks as it is said of a study: their loss is a total over the epochs, what a function of the user's
    own returns is what it is.

    Examples:
        >>> from sweep.recipe import OwnRecipe
        >>> own = Study(OwnRecipe(function="mine", version="1", values=(("x", 1.0),)), ())
        >>> in_words_of(own, "Mean total loss. Total losses of all.")
        'Mean loss. Losses of all.'
    """
    return text if study.knows_solved else text.replace("total loss", "loss").replace("Total loss", "Loss")


def typed_value(value: object, field: str = "") -> str:
    """A value of a field as it is typed, with every digit.

    Examples:
        >>> typed_value((3, 3), "hidden"), typed_value((), "hidden"), typed_value((0.1 + 0.2, 1.0), "hidden_std_dev")
        ('3x3', 'none', '0.30000000000000004,1.0')
    """
    return (_between(field).join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)


def _between(field: str) -> str:
    return "," if field == SPREAD else "x"


def digits_of(mean: float) -> int:
    """Digits after the point with which a mean loss and its interval are shown: two, or so many that a small one has
    four that count.

    Examples:
        >>> digits_of(19372.5), digits_of(0.6213)
        (2, 4)
    """
    if not math.isfinite(mean) or mean == 0 or abs(mean) >= 10:
        return 2
    return min(3 - math.floor(math.log10(abs(mean))), 12)


def describe_values(axis: Axis) -> str:
    """The values of an axis, or their number and range where they are many."""
    if len(axis.values) <= SHOWN_VALUES:
        between = "; " if any(isinstance(value, tuple) and axis.field == SPREAD for value in axis.values) else ", "
        return between.join(format_value(value, axis.field) for value in axis.values)
    first, last = (format_value(axis.values[place], axis.field) for place in (0, -1))
    return f"{len(axis.values):,} values from {first} to {last}"


def swept_spread(study: Study) -> str | None:
    """The swept spread whose predictions are told: the one of the earliest layers, None where none is swept."""
    swept = [axis.field for axis in study.axes if is_spread(axis.field)]
    recipe = study.points[-1].recipe
    if isinstance(recipe, OwnRecipe):
        return swept[0] if swept else None
    return min(swept, key=lambda field: layers_of(recipe, field).start, default=None)


def why_not_pooled(study: Study) -> str:
    """Why the trainings of a sweep of a spread can never answer for other spreads, as a sentence; else empty."""
    for axis in study.axes:
        if is_spread(axis.field):
            name = draw_of(study.recipe, axis.field).distribution
            if name in WITHOUT_LENGTH:
                return f"Means are not pooled, for {WITHOUT_LENGTH[name]}."
    return ""


def describe_place(study: Study, row: Any) -> str:
    """Where a row of a table, which gives a value for each field, lies on the study's axes."""
    return ", ".join(f"{axis.field} = {format_value(row[axis.field], axis.field)}" for axis in study.axes)
