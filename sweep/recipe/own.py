"""OwnRecipe: one training by a function of the user's own, by what decides its outcome apart from the random draws."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sweep.errors import UNREADABLE, UsageError, unreadable
from sweep.recipe.layer import Layer

KINDS = (bool, int, float, str)
"""The types that a field may have."""
LARGEST_LOSS = 1e150
"""Of either sign, of losses that are not computed here: the squares of a hundred million such have a sum."""
RESERVED = frozenset({
    "repeat", "seed", "draws", "point", "loss", "diverged", "reason", "outcomes", "mean", "std", "count",
    "standard_error", "curve", "curve_error", "method", "effective", "minimum", "minimum_low", "minimum_high", "low",
    "high",
})  # fmt: skip
"""What tables say beside fields and outcomes, which may not be called so."""


@dataclass(frozen=True, kw_only=True)
class OwnRecipe:
    """One training by a function of the user's own (`sweep.training`).

    Attributes:
        function: its module and name, "mine:mine".
        version: what the user says, or the digest of the module's source; trainings of another one are others.
        values: every field with its value, in the order of the function's arguments.
        normals: every spread with the number of standard normal draws that it scales; of a function that draws for
            itself, none.
        layers: every spread whose prediction is known, with fan_in and fan_out of its layer.
        batch: whether the function trains many repeats at a time.
        location: where the function is found, FILE.py:NAME or MODULE:NAME, as its user says. No store keeps it: what is
            read from one imports nothing.

    Raises:
        UsageError: a value is not allowed.

    Examples:
        >>> recipe = OwnRecipe(function="mine:mine", version="1", values=(("hidden_std_dev", 1.0), ("epochs", 20)))
        >>> recipe.with_values({"epochs": 30}).to_dict()["values"]
        {'hidden_std_dev': 1.0, 'epochs': 30}
        >>> recipe.with_values({"epochs": 0.5})
        Traceback (most recent call last):
        sweep.errors.UsageError: epochs was given as 0.5; allowed is a whole number
    """

    function: str
    version: str
    values: tuple[tuple[str, Any], ...]
    normals: tuple[tuple[str, int], ...] = ()
    layers: tuple[tuple[str, Layer], ...] = ()
    batch: bool = field(default=False, compare=False)
    location: str = field(default="", compare=False)

    operations = 0
    """How long a training takes is not known."""
    data_set = None
    """None of this project's."""
    spread_unit = "absolute"

    def __post_init__(self) -> None:
        for name, _ in self.values:
            if name in RESERVED:
                raise UsageError(
                    f"{self.function} has a field {name!r}, which tables use for something else; rename it"
                )
        object.__setattr__(self, "values", tuple((name, _checked(name, value)) for name, value in self.values))

    @property
    def fields(self) -> dict[str, type]:
        """Name of a field -> its type."""
        return {name: type(value) for name, value in self.values}

    @property
    def spreads(self) -> tuple[float, ...]:
        """The spreads of the declared draws, in their order."""
        return tuple(self.value(name) for name, _ in self.normals)

    def value(self, name: str) -> Any:
        """The value of a field."""
        return dict(self.values)[name]

    def with_values(self, values: Mapping[str, Any]) -> "OwnRecipe":
        """The same with other values of some fields.

        Raises:
            UsageError: a field is unknown, or a value is not of its field's type.
        """
        for name in values:
            self.type_of(name)
        changed = tuple((name, _as(name, old, values.get(name, old))) for name, old in self.values)
        return replace(self, values=changed)

    def type_of(self, name: str) -> type:
        """The type of a field.

        Raises:
            UsageError: there is no such field.
        """
        if name not in self.fields:
            raise UsageError(f"unknown field {name!r}: {self.function} has {', '.join(self.fields) or 'none'}")
        return self.fields[name]

    def describe(self) -> list[tuple[str, str]]:
        """Every field with itself and its value in words, the function first."""
        words = [
            (name, f"{name.replace('_', ' ')} {f'{value:g}' if isinstance(value, float) else value}")
            for name, value in self.values
        ]
        return [("", f"{self.function} (version {self.version})"), *words]

    def to_dict(self) -> dict[str, Any]:
        """What decides a training as plain values."""
        return {
            "function": self.function,
            "version": self.version,
            "values": dict(self.values),
            "normals": dict(self.normals),
            **({"layers": {name: list(layer) for name, layer in self.layers}} if self.layers else {}),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "OwnRecipe":
        """The recipe that `to_dict` gave `values`.

        Raises:
            UsageError: they are none of its.
        """
        try:
            return cls(
                function=str(values["function"]),
                version=str(values["version"]),
                values=tuple(values["values"].items()),
                normals=tuple((name, int(n)) for name, n in values.get("normals", {}).items()),
                layers=tuple((name, Layer(*map(int, pair))) for name, pair in values.get("layers", {}).items()),
            )
        except UNREADABLE as error:
            raise unreadable("a function of one's own", error) from error


def scales_draws(name: str) -> bool:
    """Whether a field of such a recipe is a spread, by its name."""
    return name.endswith("std_dev")


def _checked(name: str, value: Any) -> Any:
    if type(value) not in KINDS:
        raise UsageError(
            f"{name} was given as {value!r}; allowed is a number, a text, True or False: a default of one of these"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{name} was given as {value!r}; allowed is a finite number")
    if scales_draws(name) and (type(value) is not float or value < 0):
        raise UsageError(f"{name} was given as {value!r}; allowed is a finite number, 0 or above, such as 1.0")
    return value + 0.0 if isinstance(value, float) else value


def _as(name: str, old: Any, value: Any) -> Any:
    """A value as its field's type, which that of its default tells."""
    kind = type(old)
    if type(value) is kind:
        return value
    if kind is float and hasattr(value, "__float__") and not isinstance(value, bool):
        return float(value)
    if kind is int and hasattr(value, "__index__") and not isinstance(value, bool):
        return int(value)
    allowed = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[kind]
    raise UsageError(f"{name} was given as {value!r}; allowed is {allowed}")
