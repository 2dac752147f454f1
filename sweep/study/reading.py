"""Reads what is asked for: options, as they are typed or stand in a file, become a study."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sweep.errors import UsageError
from sweep.recipe import AnyRecipe, OwnRecipe, Recipe
from sweep.recipe.csv_file import is_csv, read_csv
from sweep.recipe.data import remember_data
from sweep.recipe.field import in_conflict, with_values
from sweep.recipe.location import find_function, is_location
from sweep.recipe.problem import find_problem
from sweep.recipe.published import find_recipe
from sweep.study.axis import Axis
from sweep.study.overlap import pooled_overlap
from sweep.study.parse import parse_axis, parse_setting
from sweep.study.study import Study
from sweep.study.target import KINDS, MOST_REPEATS, Target, default_first_round, has_places


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


def named_recipe(name: str) -> AnyRecipe:
    """The recipe of that name, or of the training function that it locates.

    Raises:
        UsageError: there is none.
        FunctionError: the function's module cannot be imported.
    """
    return find_function(name).recipe if is_location(name) else find_recipe(name)


def read_recipe(recipe: Recipe, values: Mapping[str, Any]) -> AnyRecipe:
    """The recipe with these values of its fields, the data set of a CSV file at hand.

    Raises:
        UsageError: one of them is not allowed, or the file cannot be read.
    """
    return with_values(recipe, _with_data(recipe, values, ())[0])


def _with_data(
    recipe: AnyRecipe, values: Mapping[str, Any], axes: Sequence[Axis]
) -> tuple[dict[str, Any], tuple[Axis, ...]]:
    """The settings and axes with every CSV file's data set at hand and named in place of the file.

    What a file's targets are depends on the output, so it is read when all settings are known.
    """
    if isinstance(recipe, OwnRecipe):
        return dict(values), tuple(axes)
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
    recipe = named_recipe(recipe_name)
    asked = dict(parse_setting(text, recipe) for text in settings)
    values, swept = _with_data(recipe, asked, tuple(parse_axis(text, recipe) for text in axes))
    if not swept and isinstance(recipe, OwnRecipe) and Study.axes[0].field not in recipe.fields:
        raise UsageError(
            f"{recipe_name} has no {Study.axes[0].field}, which is swept where nothing else is asked for; name one of "
            f"its fields with --axis: {', '.join(recipe.fields) or 'it has none'}"
        )
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
