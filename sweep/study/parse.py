"""Reads what is typed: FIELD=VALUE of a recipe and FIELD=SPEC of an axis."""

import math
from typing import Any

import numpy as np

from sweep.errors import UsageError
from sweep.recipe import AnyRecipe, OwnRecipe
from sweep.recipe.choices import FULL
from sweep.recipe.field import type_of
from sweep.study.axis import Axis, log_spaced

MAX_COUNT = 1_000_000
SPEC = "log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,…"


def parse_setting(text: str, recipe: AnyRecipe | None = None) -> tuple[str, Any]:
    """FIELD=VALUE as the field and its value, of a recipe of this project unless another is given; a CSV file stays the
    text that it is until `read_recipe`.

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
    field, value = _split(text, "FIELD=VALUE", recipe)
    kind = type_of(field, recipe)
    if field == "hidden_std_dev" and "," in value and kind is not float:
        return field, tuple(_parse_number(field, part) for part in value.split(","))
    return field, _parse_value(field, value, _one(kind))


def parse_axis(text: str, recipe: AnyRecipe | None = None) -> Axis:
    """FIELD=SPEC as an axis; SPEC is log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,….

    The field is one of a recipe of this project unless another is given.

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
    field, spec = _split(text, "FIELD=SPEC", recipe)
    of_field = _one(type_of(field, recipe))
    kind, colon, rest = spec.partition(":")
    takes_colons = field == "problem" or (of_field is str and isinstance(recipe, OwnRecipe))
    if not colon or takes_colons:  # table:0110, and a path may have one
        return Axis(field, tuple(_parse_value(field, part, of_field) for part in spec.split(",")))
    bounds = rest.split(":")
    if kind not in ("log", "lin") or len(bounds) != 3:
        raise UsageError(f"axis {field} was given as {spec!r}; allowed is {SPEC}")
    if of_field not in (int, float):
        raise UsageError(f"axis {field} was given as {spec!r}; {field} is no number, allowed is a list V1,V2,…")
    low, high, count = _parse_number(field, bounds[0]), _parse_number(field, bounds[1]), _parse_count(field, bounds[2])
    if kind == "log" and (low <= 0 or high <= 0):
        raise UsageError(f"axis {field} was given as {spec!r}; on a log axis LOW and HIGH must be above 0")
    if low > high or (low == high and count > 1):
        raise UsageError(f"axis {field} was given as {spec!r}; LOW must be below HIGH")
    values = log_spaced(low, high, count) if kind == "log" else np.linspace(low, high, count).tolist()
    if of_field is int:
        values = [round(value) for value in values]
    return Axis(field, tuple(values))


def _split(text: str, form: str, recipe: AnyRecipe | None) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} was given; allowed is {form}")
    type_of(field, recipe)
    return field, value


def _one(kind: Any) -> Any:
    """The type of one value on an axis of a field of this type: of hidden_std_dev, one number for all layers."""
    return float if kind == float | tuple[float, ...] else kind


def _parse_value(field: str, text: str, kind: Any) -> Any:
    if field == "batch_size" and text == "full":
        return FULL
    if kind is str:
        return text
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{field} was given as {text!r}; allowed is true or false")
        return text.lower() == "true"
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
