"""Reads what is typed: FIELD=VALUE of a recipe and FIELD=SPEC of an axis."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sweep.errors import UsageError
from sweep.recipe import Recipe
from sweep.recipe.choices import FULL
from sweep.recipe.csv_file import is_csv, read_csv
from sweep.recipe.data import remember_data
from sweep.recipe.field import in_conflict, type_of, with_values
from sweep.recipe.problem import find_problem
from sweep.recipe.published import find_recipe
from sweep.study.axis import Axis, log_spaced
from sweep.study.overlap import pooled_overlap
from sweep.study.study import Study
from sweep.study.target import KINDS, MOST_REPEATS, Target, default_first_round, has_places

MAX_COUNT = 1_000_000
SPEC = "log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,…"


def parse_setting(text: str) -> tuple[str, Any]:
    """FIELD=VALUE as the field and its value; a CSV file stays the text that it is until `read_recipe`.

    Raises:
        UsageError: there is no `=`, no such field, or the value is not of the field's kind.

    Examples:
        >>> parse_setting("epochs=2_000"), parse_setting("hidden=3x3"), parse_setting("hidden=none")
        (('epochs', 2000), ('hidden', (3, 3)), ('hidden', ()))
        >>> parse_setting("hidden_std_dev=0.5,1"), parse_setting("hidden_std_dev.2=1"), parse_setting("batch_size=full")
        (('hidden_std_dev', (0.5, 1.0)), ('hidden_std_dev.2', 1.0), ('batch_size', 0))
        >>> parse_setting("epochs=many")
        Traceback (most recent call last):
        sweep.errors.UsageError: epochs was given as 'many'; allowed is a whole number
    """
    field, value = _split(text, "FIELD=VALUE")
    if field == "hidden_std_dev" and "," in value:
        return field, tuple(_parse_number(field, part) for part in value.split(","))
    return field, _parse_value(field, value)


def parse_axis(text: str) -> Axis:
    """FIELD=SPEC as an axis; SPEC is log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,….

    Both ends are among the COUNT values; those of a field of whole numbers are rounded.

    Raises:
        UsageError: the SPEC cannot be read or is not allowed; the message names it and what is allowed.

    Examples:
        >>> parse_axis("activation=sigmoid,tanh")
        Axis(field='activation', values=('sigmoid', 'tanh'))
        >>> [round(value, 3) for value in parse_axis("hidden_std_dev=log:0.1:10:5").values]
        [0.1, 0.316, 1.0, 3.162, 10.0]
        >>> parse_axis("epochs=lin:100:500:3")
        Axis(field='epochs', values=(100, 300, 500))
        >>> parse_axis("epochs=log:0:10:5")
        Traceback (most recent call last):
        sweep.errors.UsageError: axis epochs was given as 'log:0:10:5'; on a log axis LOW and HIGH must be above 0
    """
    field, spec = _split(text, "FIELD=SPEC")
    kind, colon, rest = spec.partition(":")
    if not colon or field == "problem":  # table:0110, and a path may have one
        return Axis(field, tuple(_parse_value(field, part) for part in spec.split(",")))
    bounds = rest.split(":")
    if kind not in ("log", "lin") or len(bounds) != 3:
        raise UsageError(f"axis {field} was given as {spec!r}; allowed is {SPEC}")
    if _kind(field) not in (int, float):
        raise UsageError(f"axis {field} was given as {spec!r}; {field} is no number, allowed is a list V1,V2,…")
    low, high, count = _parse_number(field, bounds[0]), _parse_number(field, bounds[1]), _parse_count(field, bounds[2])
    if kind == "log" and (low <= 0 or high <= 0):
        raise UsageError(f"axis {field} was given as {spec!r}; on a log axis LOW and HIGH must be above 0")
    if low > high or (low == high and count > 1):
        raise UsageError(f"axis {field} was given as {spec!r}; LOW must be below HIGH")
    values = log_spaced(low, high, count) if kind == "log" else np.linspace(low, high, count).tolist()
    if _kind(field) is int:
        values = [round(value) for value in values]
    return Axis(field, tuple(values))


def _split(text: str, form: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} was given; allowed is {form}")
    type_of(field)
    return field, value


def _kind(field: str) -> Any:
    """The type of one value of an axis of the field: of hidden_std_dev, one number for all layers."""
    return float if field == "hidden_std_dev" else type_of(field)


def _parse_value(field: str, text: str) -> Any:
    kind = _kind(field)
    if field == "batch_size" and text == "full":
        return FULL
    if kind is str:
        return text
    if kind is float:
        return _parse_number(field, text)
    try:
        if kind is int:
            return int(text.replace("_", ""))
        return () if text in ("none", "()") else tuple(int(width) for width in text.split("x"))
    except ValueError:
        allowed = "layer widths such as 4 or 3x3, or none"
        if kind is int:
            allowed = "a whole number, or full" if field == "batch_size" else "a whole number"
        raise UsageError(f"{field} was given as {text!r}; allowed is {allowed}") from None


def _parse_number(field: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{field} was given as {text!r}; allowed is a finite number")
    return number


def _parse_count(field: str, text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= MAX_COUNT:
        raise UsageError(f"axis {field} was given COUNT {text!r}; allowed is a whole number from 1 to {MAX_COUNT:,}")
    return count


def read_target(
    rse: float | None, minimum: float | None, spread: float | None, most: int | None
) -> tuple[str, float] | None:
    """Kind and share of the target that --until-rse, --until-minimum and --until-spread ask for.

    Raises:
        UsageError: more than one target is given, or --max-repeats without any.
    """
    shares = zip(KINDS, (rse, minimum, spread), strict=True)
    given = [(kind, share) for kind, share in shares if share is not None]
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(f'until-{kind}' for kind, _ in given)} were given together; allowed is one target a run: "
            "leave out all but one"
        )
    if not given and most is not None:
        raise UsageError(
            f"max-repeats was given as {most} without a target; add --until-rse, --until-minimum or --until-spread, "
            "or use --repeats alone"
        )
    return given[0] if given else None


def read_recipe(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with these values of its fields, the data set of a CSV file at hand.

    Raises:
        UsageError: one of them is not allowed, or the file cannot be read.
    """
    return with_values(recipe, _with_data(recipe, values, ())[0])


def _with_data(
    recipe: Recipe, values: Mapping[str, Any], axes: Sequence[Axis]
) -> tuple[dict[str, Any], tuple[Axis, ...]]:
    """The settings and axes with every CSV file's data set at hand and named in place of the file.

    What a file's targets are depends on the output, so it is read when all settings are known.
    """
    swept = {axis.field: axis.values for axis in axes}
    outputs, inputs = (swept.get(field, [values.get(field, getattr(recipe, field))]) for field in ("output", "inputs"))

    def found(text: str) -> str:
        if not is_csv(text):
            return text
        problems = {remember_data(read_csv(text, output)) for output in outputs}
        if len(problems) > 1:
            raise UsageError(
                f"problem was given as {text} and output is swept, but its targets are other numbers with each output; "
                "sweep output over those whose targets are the same, or run them one by one"
            )
        for kind in inputs:
            find_problem(min(problems), kind)  # refuses what cannot be standardized before anything is stored
        return min(problems)

    fixed = {field: found(value) if field == "problem" else value for field, value in values.items()}
    moved = tuple(Axis(f, tuple(map(found, vs)) if f == "problem" else vs) for f, vs in axes)
    return fixed, moved


def read_study(
    recipe_name: str,
    settings: Sequence[str],
    axes: Sequence[str],
    repeats: int | None,
    seed: int,
    draws: str,
    until: tuple[str, float] | None = None,
    most: int | None = None,
) -> Study:
    """The study that the options ask for, whose repeats are the first round's where it has a target.

    Raises:
        UsageError: any of them is not allowed, or a field is both set and swept.
    """
    recipe = find_recipe(recipe_name)
    values, swept = _with_data(recipe, dict(map(parse_setting, settings)), tuple(map(parse_axis, axes)))
    # What is set may suit none but the problems that are swept.
    first = {field: given[0] for field, given in swept if field == "problem"}
    every = Study.repeats if repeats is None else repeats
    study = Study(with_values(recipe, {**values, **first}), swept or Study.axes, every, seed, draws)
    for field in values:
        if any(
            axis.field == field or (axis.field == "hidden_std_dev" and in_conflict(axis.field, field))
            for axis in study.axes
        ):
            raise UsageError(
                f"{field} is both set and swept; leave out --set {field}, or sweep another field with --axis"
            )
    if until is None:
        return study
    kind, share = until
    if repeats is None:
        informs = has_places(study.axes) and study.draws != "common"
        overlap = pooled_overlap(study.recipe, study.axes) if informs else 0.0
        every = default_first_round(kind, overlap)
    return replace(study, repeats=max(MOST_REPEATS, every) if most is None else most, until=Target(kind, share, every))
