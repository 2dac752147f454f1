"""How far the draws of neighbouring spreads overlap, and the kind of draws that a study has where none is named."""

import math
from collections.abc import Sequence
from itertools import pairwise, product
from typing import NamedTuple

from sweep.recipe import AnyRecipe, OwnRecipe
from sweep.recipe.field import is_spread, layers_of, with_values
from sweep.study.axis import Axis
from sweep.study.distributions import CUT, INSIDE

ENOUGH = 5.0
"""Overlap from which pooling beats pairing: paired by common draws, the change of `gustaw`'s mean from spread 1 to 1/√2
has the standard error of 4.4 times as many independent trainings."""
LEAST_OVERLAP = 1.5
"""Overlap from which a curve is pooled; with less it would sag between the spreads."""
EDGE = 2 * CUT * math.exp(-(CUT**2) / 2) / math.sqrt(2 * math.pi) / INSIDE
"""Density of the log of a truncated normal's magnitude where it is cut off: 0.226."""


class Draw(NamedTuple):
    """How the parameters that share one spread are drawn.

    Attributes:
        distribution: "normal", where the Euclidean length of the draws tells all that they tell of the spread;
            "uniform", where their largest component does and is meant by length; "truncated_normal", where both do;
            or another, whose draws of one spread are not possible at another: orthogonal draws, those on a sphere.
        dimension: number of these parameters.
    """

    distribution: str
    dimension: int

    @property
    def has_length(self) -> bool:
        """Whether lengths tell how likely the draws are at any spread, so that they can be pooled."""
        return self.dimension > 0 and self.distribution in ("normal", "uniform", "truncated_normal")

    @property
    def deviations(self) -> tuple[float, ...]:
        """About the standard deviation at one spread of the log of each length that tells something."""
        normal = 1 / math.sqrt(2 * self.dimension)
        if self.distribution == "truncated_normal":
            return normal, 1 / (EDGE * self.dimension)
        return (normal,) if self.distribution == "normal" else (1 / self.dimension,)

    @property
    def overlap(self) -> float:
        """How many times its own trainings a spread has, pooled with many others, times the gap of their log-spreads.

        That is Kish's effective number: sqrt(2 pi / d) for d normal draws, whose log-length is close to normal, and
        2 / d for uniform ones, the log of whose largest is exponential. What both lengths of truncated normal draws
        tell adds up in squares: right to a tenth for 3 of them and more, by simulation.
        """
        normal = math.sqrt(2 * math.pi / self.dimension)
        if self.distribution == "truncated_normal":
            return 1 / math.hypot(1 / normal, EDGE * self.dimension / 2)
        return normal if self.distribution == "normal" else 2 / self.dimension


def draw_of(recipe: AnyRecipe, field: str) -> Draw:
    """How the parameters are drawn that `field`, a spread, scales: weights, and biases where they are drawn."""
    if isinstance(recipe, OwnRecipe):
        return Draw("normal", dict(recipe.normals).get(field, 0))
    layers = [recipe.layers[number] for number in layers_of(recipe, field)]
    dimension = sum((layer.fan_in + (recipe.biases == "drawn")) * layer.fan_out for layer in layers)
    return Draw("normal" if field == "output_std_dev" else recipe.hidden_distribution, dimension)


def overlap(recipe: AnyRecipe, axis: Axis) -> float:
    """How many times its own trainings an inner value of a swept spread has, pooled with all others of the axis.

    That is `Draw.overlap` over the widest gap of the log-spreads; 0 where a spread is 0 or there is one alone, and
    where draws have no length to be pooled by.
    """
    draw = draw_of(recipe, axis.field)
    if not axis.is_numeric or not draw.has_length or len(axis.values) < 2 or min(axis.values) <= 0:
        return 0.0
    values = sorted(axis.values)
    return draw.overlap / max(math.log(high / low) for low, high in pairwise(values))


def pooled_overlap(recipe: AnyRecipe, axes: Sequence[Axis]) -> float:
    """The overlap of the one swept spread along which the curve of the mean is pooled; 0 where it is not."""
    if len(axes) != 1 or not is_spread(axes[0].field):
        return 0.0
    found = overlap(recipe, axes[0])
    return found if found >= LEAST_OVERLAP else 0.0


def default_draws(recipe: AnyRecipe, axes: Sequence[Axis]) -> str:
    """ "by_spread" where a spread is swept and each swept spread overlaps ENOUGH at every point, else "common".

    Examples:
        >>> from sweep import Recipe
        >>> from sweep.study import DEFAULT_SPREADS
        >>> default_draws(Recipe(), [Axis("hidden_std_dev", DEFAULT_SPREADS)])
        'by_spread'
        >>> default_draws(Recipe(), [Axis("hidden_std_dev", (0.5, 1.0))])
        'common'
        >>> default_draws(Recipe(), [Axis("learning_rate", (0.1, 0.2, 0.3))])
        'common'
    """
    spreads = [axis for axis in axes if is_spread(axis.field)]
    others = [axis for axis in axes if axis.field in ("problem", "hidden", "biases", "hidden_distribution")]
    recipes = [
        with_values(recipe, {axis.field: value for axis, value in zip(others, values, strict=True)})
        for values in product(*(axis.values for axis in others))
    ]
    overlaps = [overlap(one, axis) for one in recipes for axis in spreads if draw_of(one, axis.field).dimension]
    return "by_spread" if overlaps and min(overlaps) >= ENOUGH else "common"
