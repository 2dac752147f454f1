"""Study: a recipe, the axes it is swept over, the repeats and the seed.

Everything here is pure: no file, no database, no clock, no randomness.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from sweep.errors import UNREADABLE, UsageError, unreadable
from sweep.recipe import AnyRecipe, OwnRecipe, Recipe, TrainingFunction, describe_recipe, recipe_from_dict
from sweep.recipe.choices import NUMBERS_OF
from sweep.recipe.field import in_conflict, is_spread, type_of, with_values
from sweep.recipe.rules import is_whole
from sweep.study.axis import Axis, exponentials
from sweep.study.overlap import default_draws
from sweep.study.target import Target

DRAWS = ("common", "by_spread", "independent")
"""Which points of a study start from the same standard normal draws: all, those of the same spreads, or none."""
DRAW_BLOCK = 1024
"""Repeats that share one stream of random draws. Part of what identifies a result: changing it changes every draw."""

DEFAULT_SPREADS = tuple(exponentials(np.linspace(-3, 4, 400).tolist()))
"""The published axis of hidden_std_dev: 400 log-spaced spreads from 0.0498 to 54.6."""


@dataclass(frozen=True)
class Point:
    """One recipe with the seed and kind of its draws: all that decides the outcome of its repeat number r."""

    recipe: AnyRecipe
    seed: int
    draws: str

    @cached_property
    def identity(self) -> str:
        """32 hexadecimal digits of SHA-256 over the sorted JSON of the fields."""
        text = json.dumps({**self.recipe.to_dict(), "seed": self.seed, "draws": self.draws}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Study:
    """A recipe, or a function declared by `sweep.training`, swept over the product of its axes, `repeats` trainings a
    point.

    With a target in `until`, points get trainings until it is met, `repeats` at the most. Where `draws` is left out,
    `sweep.study.overlap.default_draws` chooses their kind, which the study has from then on.

    Raises:
        UsageError: an axis, the repeats, the seed, the kind of draws or the target is not allowed.

    Examples:
        >>> axes = (Axis("hidden_std_dev", (0.5, 1.0)), Axis("activation", ("sigmoid", "tanh", "relu")))
        >>> study = Study(Recipe(), axes, repeats=100)
        >>> len(study.points), study.n_trainings
        (6, 600)
        >>> study.points[1].recipe.hidden_std_dev, study.points[1].recipe.activation
        (0.5, 'tanh')
        >>> Study(Recipe(), (Axis("colour", (1,)),))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        sweep.errors.UsageError: unknown recipe field 'colour': a recipe has problem, inputs, hidden, ...
    """

    recipe: AnyRecipe
    axes: tuple[Axis, ...] = (Axis("hidden_std_dev", DEFAULT_SPREADS),)
    repeats: int = 1000
    seed: int = 0
    draws: str = ""
    until: Target | None = None

    def __post_init__(self) -> None:
        if isinstance(self.recipe, TrainingFunction):
            object.__setattr__(self, "recipe", self.recipe.recipe)
        _check_axes(self.axes, self.recipe)
        if not self.draws:
            object.__setattr__(self, "draws", default_draws(self.recipe, self.axes))
        if self.until is not None:
            self.until.check(self.axes, self.repeats)
        if not is_whole(self.repeats) or not 1 <= self.repeats <= 10**9:
            raise UsageError(f"repeats was given as {self.repeats}; allowed is a whole number from 1 to 1,000,000,000")
        if not is_whole(self.seed) or not 0 <= self.seed < 2**63:
            raise UsageError(f"seed was given as {self.seed}; allowed is a whole number from 0 to 2^63 - 1")
        if self.draws not in DRAWS:
            raise UsageError(f"draws was given as {self.draws!r}; allowed is one of {', '.join(DRAWS)}")
        for point in self.points:
            _check_effect(point.recipe, self.axes)
        _check_distinct([point.recipe for point in self.points])

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every combination of the axes' values, the last axis fastest."""
        names = [axis.field for axis in self.axes]
        return tuple(
            Point(with_values(self.recipe, dict(zip(names, values, strict=True))), self.seed, self.draws)
            for values in product(*(axis.values for axis in self.axes))
        )

    @property
    def n_trainings(self) -> int:
        """Number of trainings in the whole study; with a target, the most that it may come to."""
        return math.prod(len(axis.values) for axis in self.axes) * self.repeats

    @property
    def knows_solved(self) -> bool:
        """Whether it is known which trainings are solved: of networks of this project."""
        return isinstance(self.recipe, Recipe)

    def shares_draws(self, *fields: str) -> bool:
        """Whether points that differ in these fields alone start from the same draws, so that they can be paired."""
        return self.draws == "common" or (self.draws == "by_spread" and not any(map(is_spread, fields)))

    @property
    def sentence(self) -> str:
        """What is swept and what is trained, in words."""
        fields = [axis.field for axis in self.axes]
        swept = f"Swept: {' × '.join(fields)}. " if fields else ""
        return f"{swept}Trained: {describe_recipe(self.recipe, fields)}"

    @cached_property
    def identity(self) -> str:
        """12 hexadecimal digits that two runs of one study share, whatever their repeats."""
        return hashlib.sha256("".join(sorted(point.identity for point in self.points)).encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        """The study as plain values for JSON or a document database."""
        axes = [[axis.field, [list(v) if isinstance(v, tuple) else v for v in axis.values]] for axis in self.axes]
        return {
            "recipe": self.recipe.to_dict(),
            "axes": axes,
            "repeats": self.repeats,
            "seed": self.seed,
            "draws": self.draws,
            "until": None if self.until is None else list(self.until),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Study":
        """The study that `to_dict` gave `values`, by this version or by one that knew no targets.

        Raises:
            UsageError: they are none of its.
        """
        try:
            axes = tuple(Axis(f, tuple(tuple(v) if isinstance(v, list) else v for v in vs)) for f, vs in values["axes"])
            recipe = recipe_from_dict(values["recipe"])
            until = Target(*values["until"]) if values.get("until") else None
            return cls(recipe, axes, values["repeats"], values["seed"], values["draws"], until)
        except UNREADABLE as error:
            raise unreadable("a study", error) from error


def _check_axes(axes: Sequence[Axis], recipe: AnyRecipe) -> None:
    names = [axis.field for axis in axes]
    for field, values in axes:
        type_of(field, recipe)
        if names.count(field) > 1:
            raise UsageError(f"axis {field} was given twice; give each field one axis")
        if beside := [other for other in names if other != field and in_conflict(field, other)]:
            raise UsageError(
                f"axes {field} and {beside[0]} were given together, and both scale the same layer; sweep the layers "
                "one by one, or all of them together"
            )
        if not values:
            raise UsageError(f"axis {field} has no values; give it at least one")
        with suppress(TypeError):  # what has no hash is no value, which is told where points are made
            for value, count in Counter(values).items():
                if count > 1:
                    raise UsageError(f"axis {field} has the value {value!r} more than once; give each value once")


OF_HIDDEN_LAYERS = {"hidden_std_dev", "hidden_distribution", "activation", "update_order"}
"""Fields that say nothing of a recipe with no hidden layer."""
OF_OPTIMIZERS = {number for numbers in NUMBERS_OF.values() for number in numbers}


def _check_effect(recipe: AnyRecipe, axes: Sequence[Axis]) -> None:
    if isinstance(recipe, OwnRecipe):
        return
    for field, values in axes:
        if len(values) == 1:
            continue
        if not recipe.hidden and field in OF_HIDDEN_LAYERS:
            raise UsageError(
                f"axis {field} changes nothing in a recipe with no hidden layer; "
                "sweep output_std_dev, or give hidden at least one layer"
            )
        if field in OF_OPTIMIZERS and field not in NUMBERS_OF[recipe.optimizer]:
            readers = [optimizer for optimizer, numbers in NUMBERS_OF.items() if field in numbers]
            raise UsageError(
                f"axis {field} changes nothing with optimizer={recipe.optimizer}; "
                f"set optimizer={' or '.join(readers)}, or sweep another field"
            )


def _check_distinct(recipes: Sequence[AnyRecipe]) -> None:
    seen: set[AnyRecipe] = set()
    for recipe in recipes:
        if recipe in seen:
            raise UsageError(
                f"two points of the study are the same recipe, {describe_recipe(recipe)}; give values that differ "
                "(a batch_size of all rows is full)"
            )
        seen.add(recipe)
