"""Reads what is typed: FIELD=VALUE of a recipe and FIELD=SPEC of an axis."""

import math
from typing import Any

import numpy as np

from sweep.errors import UsageError
from sweep.recipe import FIELDS, unknown_field
from sweep.study import Axis

MAX_COUNT = 1_000_000
SPEC = "log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,…"


def parse_setting(text: str) -> tuple[str, Any]:
    """FIELD=VALUE as the field and its value.

    Raises:
        UsageError: there is no `=`, no such field, or the value is not of the field's kind.
    """
    field, value = _split(text, "FIELD=VALUE")
    return field, _parse_value(field, value)


def parse_axis(text: str) -> Axis:
    """FIELD=SPEC as an axis; SPEC is log:LOW:HIGH:COUNT, lin:LOW:HIGH:COUNT or V1,V2,….

    Raises:
        UsageError: the SPEC cannot be read or is not allowed; the message names it and what is allowed.
    """
    field, spec = _split(text, "FIELD=SPEC")
    kind, colon, rest = spec.partition(":")
    if not colon:
        return Axis(field, tuple(_parse_value(field, part) for part in spec.split(",")))
    bounds = rest.split(":")
    if kind not in ("log", "lin") or len(bounds) != 3:
        raise UsageError(f"axis {field} was given as {spec!r}; allowed is {SPEC}")
    if FIELDS[field] not in (int, float):
        raise UsageError(f"axis {field} was given as {spec!r}; {field} is no number, allowed is a list V1,V2,…")
    low, high, count = _parse_number(field, bounds[0]), _parse_number(field, bounds[1]), _parse_count(field, bounds[2])
    if kind == "log" and (low <= 0 or high <= 0):
        raise UsageError(f"axis {field} was given as {spec!r}; on a log axis LOW and HIGH must be above 0")
    if low > high or (low == high and count > 1):
        raise UsageError(f"axis {field} was given as {spec!r}; LOW must be below HIGH")
    values = (np.geomspace if kind == "log" else np.linspace)(low, high, count).tolist()
    if FIELDS[field] is int:
        values = [round(value) for value in values]
    return Axis(field, tuple(values))


def _split(text: str, form: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} was given; allowed is {form}")
    if field not in FIELDS:
        raise unknown_field(field)
    return field, value


def _parse_value(field: str, text: str) -> Any:
    kind = FIELDS[field]
    if kind is str:
        return text
    if kind is float:
        return _parse_number(field, text)
    try:
        if kind is int:
            return int(text.replace("_", ""))
        return () if text in ("none", "()") else tuple(int(width) for width in text.split("x"))
    except ValueError:
        allowed = "a whole number" if kind is int else "layer widths such as 4 or 3x3, or none"
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
