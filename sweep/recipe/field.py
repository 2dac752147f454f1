"""A recipe's fields by their names, as axes and settings name them; "hidden_std_dev.2" is the second layer's alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sweep.errors import UsageError
from sweep.recipe.recipe import FIELDS, Recipe, unknown_field

SPREADS = ("hidden_std_dev", "output_std_dev")
"""The fields that scale the draws."""
_EACH = "hidden_std_dev."


def is_spread(field: str) -> bool:
    """Whether a field scales draws."""
    return field in SPREADS or field.startswith(_EACH)


def type_of(field: str) -> Any:
    """The type of a field's values.

    Raises:
        UsageError: there is no such field.
    """
    if field.startswith(_EACH) and field.removeprefix(_EACH).isdecimal():
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
        raise UsageError(f"{field} was given for a recipe with {n} hidden layers; allowed is {_EACH}1 to {_EACH}{n}")
    return range(number - 1, number)


def value_of(recipe: Recipe, field: str) -> Any:
    """The value of a field."""
    if not field.startswith(_EACH):
        return getattr(recipe, field)
    spreads = recipe.hidden_std_dev
    return spreads[layers_of(recipe, field).start] if isinstance(spreads, tuple) else spreads


def with_values(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with other values of some fields.

    Raises:
        UsageError: one of them is not allowed.

    Examples:
        >>> with_values(Recipe(hidden=(3, 3)), {"hidden_std_dev.2": 0.5, "epochs": 10}).hidden_std_dev
        (1.0, 0.5)
    """
    recipe = replace(recipe, **{field: value for field, value in values.items() if not field.startswith(_EACH)})
    for field in sorted(field for field in values if field.startswith(_EACH)):
        number = layers_of(recipe, field).start
        spreads = [value_of(recipe, f"{_EACH}{place + 1}") for place in range(len(recipe.hidden))]
        spreads[number] = values[field]
        recipe = replace(recipe, hidden_std_dev=tuple(spreads))
    return recipe
