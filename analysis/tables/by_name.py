"""What the curves of a study with one axis of numbers and one of few names add to the table of its means."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.curve import MINIMUM, with_curve
from sweep.recipe.field import with_values
from sweep.statistics.answer import Answer
from sweep.study import Axis, Study

MOST_NAMES = 5
"""Names whose curves are told apart in one panel."""
LOWEST = ("lowest", "lowest_low", "lowest_high")
OF_NAME = {name: f"{name}_of_name" for name in MINIMUM}
ADDED = ("curve", "curve_error", "effective", "method", *OF_NAME.values(), *LOWEST)


def name_and_number(study: Study) -> tuple[Axis, Axis] | None:
    """The axis of names and that of numbers, of a study that has one of each and few names; else None."""
    if len(study.axes) != 2:
        return None
    name, number = sorted(study.axes, key=lambda axis: axis.is_numeric)
    is_so = number.is_numeric and not name.is_numeric and len(name.values) <= MOST_NAMES
    return (name, number) if is_so else None


def studies_by_name(study: Study) -> list[Study]:
    """The study of the numbers alone at every name, in order; none where the axes are others."""
    axes = name_and_number(study)
    if axes is None:
        return []
    name, number = axes
    recipes = [with_values(study.recipe, {name.field: value}) for value in name.values]
    return [Study(recipe, (number,), study.repeats, study.seed, study.draws) for recipe in recipes]


def rows_of_name(table: pd.DataFrame, study: Study, place: int) -> pd.DataFrame:
    """The rows of a table in the study's order that belong to the name of that place."""
    axes = name_and_number(study)
    assert axes is not None
    name, number = axes
    if study.axes[0] == name:
        return table.iloc[place * len(number.values) : (place + 1) * len(number.values)]
    return table.iloc[place :: len(name.values)]


def with_curves(summary: pd.DataFrame, study: Study, answers: Sequence[Answer]) -> pd.DataFrame:
    """A summary with the curve of every name, given the answers of `studies_by_name`; as it is where there are none.

    Added are `curve`, `curve_error`, `effective` and `method` as `analysis.tables.curve.with_curve` has them, at every
    point; and in every row of a name the place of its minimum, `minimum_of_name`, and the mean there, `lowest`, with
    `_low` and `_high`. All are NaN where a name's curve has no minimum.
    """
    if not answers:
        return summary
    columns: dict[str, Any] = {name: np.full(len(summary), np.nan, object) for name in ADDED}
    for place, found in enumerate(answers):
        rows = summary.index.get_indexer(rows_of_name(summary, study, place).index)
        if found.minimum is None:
            continue
        told = with_curve(found.summary, found).rename(columns=OF_NAME)
        told = told.assign(**dict(zip(LOWEST, found.minimum.mean, strict=True)))
        for name in ADDED:
            columns[name][rows] = told[name].to_numpy()
    numbers = {name: values if name == "method" else values.astype(float) for name, values in columns.items()}
    return summary.assign(**numbers)
