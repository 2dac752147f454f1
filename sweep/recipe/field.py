"""A recipe's fields by their names, as axes and settings name them; "hidden_std_dev.2" is the second layer's alone."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sweep.errors import UsageError
from sweep.recipe.own import OwnRecipe, scales_draws
from sweep.recipe.recipe import FIELDS, AnyRecipe, Recipe, unknown_field

SPREADS = ("hidden_std_dev", "output_std_dev")
"""The fields that scale the draws."""
_EACH = "hidden_std_dev."


def is_spread(field: str) -> bool:
    """Whether a field scales draws."""
    return scales_draws(field) or field.startswith(_EACH)


def weights_in_words(field: str) -> str:
    """The weights that a spread scales.

    Examples:
        >>> [weights_in_words(field) for field in ("hidden_std_dev", "hidden_std_dev.2", "output_std_dev")]
        ['hidden weights', 'weights of hidden layer 2', 'output weights']
    """
    if field.startswith(_EACH):
        return f"weights of hidden layer {field.removeprefix(_EACH)}"
    return f"{field.removesuffix('_std_dev').removesuffix('std_dev').replace('_', ' ')} weights".lstrip()


def type_of(field: str, recipe: AnyRecipe | None = None) -> Any:
    """The type of a field's values, of a recipe of this project unless another is given.

    Raises:
        UsageError: there is no such field.
    """
    if isinstance(recipe, OwnRecipe):
        return recipe.type_of(field)
    if field.startswith(_EACH) and re.fullmatch("[1-9][0-9]*", field.removeprefix(_EACH)):
        return float
    if field not in FIELDS:
        raise unknown_field(field)
    return FIELDS[field]


def layers_of(recipe: Recipe, field: str) -> range:
    """The numbers of the layers of weights, from 0, whose draws a spread scales.

    Raises:
        UsageError: there is no such layer.

    Examples:
        >>> deep = Recipe(hidden=(4, 4, 4))
        >>> [layers_of(deep, field) for field in ("hidden_std_dev", "hidden_std_dev.2", "output_std_dev")]
        [range(0, 3), range(1, 2), range(3, 4)]
    """
    n = len(recipe.hidden)
    if field == "output_std_dev":
        return range(n, n + 1)
    if field == "hidden_std_dev":
        return range(n)
    number = int(field.removeprefix(_EACH))
    if not 1 <= number <= n:
        raise UsageError(
            f"{field} was given, and the recipe's hidden layers number {n}; name one of these, from {_EACH}1 on"
        )
    return range(number - 1, number)


def in_conflict(field: str, other: str) -> bool:
    """Whether one value would overwrite the other: both are the same field, or one is a layer's of the other."""
    both = (field, other)
    return field == other or ("hidden_std_dev" in both and any(one.startswith(_EACH) for one in both))


def value_of(recipe: AnyRecipe, field: str) -> Any:
    """The value of a field."""
    if isinstance(recipe, OwnRecipe):
        return recipe.value(field)
    if not field.startswith(_EACH):
        return getattr(recipe, field)
    spreads = recipe.hidden_std_dev
    return spreads[layers_of(recipe, field).start] if isinstance(spreads, tuple) else spreads


def with_values(recipe: AnyRecipe, values: Mapping[str, Any]) -> AnyRecipe:
    """The recipe with other values of some fields.

    Raises:
        UsageError: one of them is not allowed.

    Examples:
        >>> with_values(Recipe(hidden=(3, 3)), {"hidden_std_dev.2": 0.5, "epochs": 10}).hidden_std_dev
        (1.0, 0.5)
    """
    if isinstance(recipe, OwnRecipe):
        return recipe.with_values(values)
    recipe = replace(recipe, **{field: value for field, value in values.items() if not field.startswith(_EACH)})
    for field in sorted(field for field in values if field.startswith(_EACH)):
        number = layers_of(recipe, field).start
        spreads = [value_of(recipe, f"{_EACH}{place + 1}") for place in range(len(recipe.hidden))]
        spreads[number] = values[field]
        recipe = replace(recipe, hidden_std_dev=tuple(spreads))
    return recipe


def predicted_spread(recipe: AnyRecipe, field: str, rule: str = "xavier") -> float | None:
    """What a rule ("xavier", "he" or "lecun") predicts for a spread, in the recipe's spread_unit.

    Of all hidden layers together it is the first one's. None where the field is no spread, or scales no layer.

    Examples:
        >>> deep = Recipe(hidden=(6, 2))
        >>> [predicted_spread(deep, field) for field in ("hidden_std_dev", "hidden_std_dev.2", "learning_rate")]
        [0.5, 0.5, None]
        >>> predicted_spread(Recipe(hidden=(8, 2), spread_unit="he"), "hidden_std_dev.2", "he")
        1.0
    """
    predicted = predicted_spreads(recipe, field, rule)
    return predicted[0] if predicted else None


def predicted_spreads(recipe: AnyRecipe, field: str, rule: str) -> list[float]:
    """What a rule predicts for each layer that a spread scales, in the recipe's spread_unit."""
    if not is_spread(field):
        return []
    if isinstance(recipe, OwnRecipe):
        return [layer.unit(rule) for name, layer in recipe.layers if name == field]
    layers = [recipe.layers[number] for number in layers_of(recipe, field)]
    return [layer.unit(rule) / layer.unit(recipe.spread_unit) for layer in layers]
