"""Training functions of the user's own: declared by a decorator, known by their source."""

import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from inspect import Parameter
from pathlib import Path
from typing import Any, overload

from sweep.errors import UsageError
from sweep.recipe.layer import Layer
from sweep.recipe.own import OwnRecipe, scales_draws

MOST_NORMALS = 10_000
DIGITS = 12
"""Of the digest of a source that are its version."""


class TrainingFunction:
    """A function that `training` has declared; calling it calls the function.

    Attributes:
        function: the user's.
        batch: whether it trains many repeats at a time.
        normals: every spread with the number of standard normal draws that it scales.
        location: where it is found, FILE.py:NAME or MODULE:NAME.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        batch: bool,
        normals: Mapping[str, int],
        layers: Mapping[str, tuple[int, int]],
        version: str | None,
    ) -> None:
        self.function, self.batch, self.normals = function, batch, dict(normals)
        self._version = version
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self.location = _location(function)
        _check_declared(self.__name__, normals, layers)
        self._layers = {name: Layer(*pair) for name, pair in layers.items()}
        self._values = _read_values(function, normals)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the user's function returns."""
        return self.function(*arguments, **named)

    @property
    def takes(self) -> frozenset[str]:
        """The fields that are its arguments; a declared spread need not be one."""
        return frozenset(inspect.signature(self.function).parameters)

    @cached_property
    def recipe(self) -> OwnRecipe:
        """One training with every field at its default.

        Raises:
            UsageError: the function has no source whose digest would tell its version, and no version is given.
        """
        module = self.function.__module__
        if self.location.rpartition(":")[0].endswith(".py"):
            module = Path(self.location.rpartition(":")[0]).stem
        return OwnRecipe(
            function=f"{module}:{self.function.__qualname__}",
            version=self._version or _digest(self.function),
            values=tuple(self._values.items()),
            normals=tuple(self.normals.items()),
            layers=tuple(self._layers.items()),
            batch=self.batch,
            location=self.location,
        )


@overload
def training(function: Callable[..., Any]) -> TrainingFunction: ...
@overload
def training(
    *,
    batch: bool = False,
    normals: Mapping[str, int] | None = None,
    layers: Mapping[str, tuple[int, int]] | None = None,
    version: str | None = None,
) -> Callable[[Callable[..., Any]], TrainingFunction]: ...
def training(
    function: Callable[..., Any] | None = None,
    *,
    batch: bool = False,
    normals: Mapping[str, int] | None = None,
    layers: Mapping[str, tuple[int, int]] | None = None,
    version: str | None = None,
) -> TrainingFunction | Callable[[Callable[..., Any]], TrainingFunction]:
    """Declare a training function of one's own, for `python -m sweep.run --recipe FILE.py:NAME`.

    The function takes `rng`, a NumPy Generator that belongs to seed and repeat, and its fields: keyword arguments whose
    defaults are numbers, texts or bools. It returns the loss, or a dict of numbers with `loss` among them; the others
    are outcomes, stored and summarised beside it. A loss that is no finite number, or an exception, is a training that
    diverged.

    Args:
        function: what is decorated.
        batch: it takes `rngs`, a list of n Generators, in place of `rng`, and returns arrays (n,).
        normals: spread, a field whose name ends in std_dev, -> number of standard normal draws that it scales. The
            function takes them as `parameters`, a dict of arrays (number,), or (n, number) in batches, and must depend
            on the spreads through them alone: then the trainings of all spreads are pooled.
        layers: spread -> (fan_in, fan_out) of the layer that it scales, for Xavier's and He's predictions.
        version: tells trainings of one version from those of another, in place of the digest of the module's source.

    Raises:
        UsageError: the function cannot be used as it is declared.

    Examples:
        >>> @training(version="1")
        ... def walk(rng, *, hidden_std_dev=1.0, steps=10):
        ...     '''The length of a random walk.'''
        ...     return float(abs(rng.normal(0, hidden_std_dev, steps).sum()))
        >>> walk.recipe.fields
        {'hidden_std_dev': <class 'float'>, 'steps': <class 'int'>}
        >>> import numpy as np
        >>> round(walk(np.random.default_rng(0)), 3)
        0.847
    """

    def declare(one: Callable[..., Any]) -> TrainingFunction:
        return TrainingFunction(one, batch, normals or {}, layers or {}, version)

    return declare if function is None else declare(function)


def _location(function: Callable[..., Any]) -> str:
    """Where a function can be found by another process; empty where it cannot, as in a notebook."""
    if function.__qualname__ != function.__name__:
        return ""  # within another function
    if function.__module__ != "__main__":
        return f"{function.__module__}:{function.__name__}"
    file = getattr(sys.modules["__main__"], "__file__", None)
    return f"{os.path.abspath(file)}:{function.__name__}" if file else ""


def _digest(function: Callable[..., Any]) -> str:
    try:
        source = Path(inspect.getsourcefile(function) or "").read_bytes()
    except (OSError, TypeError):
        raise UsageError(
            f"the source of {function.__name__} is in no file, so nothing tells its version; write it to a file, or "
            'give it one: @training(version="1")'
        ) from None
    return hashlib.sha256(source).hexdigest()[:DIGITS]


def _check_declared(name: str, normals: Mapping[str, int], layers: Mapping[str, tuple[int, int]]) -> None:
    for what, fields in (("normals", normals), ("layers", layers)):
        for field in fields:
            if not scales_draws(field):
                raise UsageError(
                    f"{name} declares {what} of {field!r}; allowed are spreads, fields whose names end in std_dev"
                )
    for field, number in normals.items():
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_NORMALS:
            raise UsageError(
                f"{name} declares normals of {field} as {number!r}; allowed is a whole number from 1 to "
                f"{MOST_NORMALS:,}"
            )
    for field, pair in layers.items():
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(n, int) and n > 0 for n in pair)):
            raise UsageError(f"{name} declares the layer of {field} as {pair!r}; allowed is (fan_in, fan_out)")


def _read_values(function: Callable[..., Any], normals: Mapping[str, int]) -> dict[str, Any]:
    """The fields with their defaults: keyword arguments, and the declared spreads that are none."""
    values: dict[str, Any] = {}
    arguments = list(inspect.signature(function).parameters.values())
    if not arguments or arguments[0].kind not in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
        raise UsageError(f"{function.__name__} takes no generator; its first argument is rng, or rngs in batches")
    for parameter in arguments[1:]:
        if parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            raise UsageError(f"{function.__name__} takes *{parameter.name}; allowed are arguments of their own names")
        if parameter.name == "parameters" and normals:
            continue
        if parameter.default is Parameter.empty:
            raise UsageError(
                f"{function.__name__} has the argument {parameter.name} without a default; give it one: it is a field"
            )
        value = parameter.default
        # A spread of 1 is one of 1.0.
        values[parameter.name] = float(value) if scales_draws(parameter.name) and type(value) is int else value
    return {**dict.fromkeys((name for name in normals if name not in values), 1.0), **values}
