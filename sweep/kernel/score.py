"""Emits how outputs are scored: the sum of the losses, and whether all rows are right."""

import math
from functools import reduce
from typing import TypeAlias

from sweep.kernel.emitter import Array, Memory
from sweep.kernel.logarithm import log
from sweep.kernel.rows import DataRows, TableRows
from sweep.kernel.sigmoid import exp
from sweep.kernel.vector import Vector, at_least, at_most, greater, select_less, split
from sweep.recipe import Recipe
from sweep.recipe.choices import CLIP

PLACES = 4
SQUARES, SIGNIFICAND, EXPONENT, SOLVED_EPOCH = range(PLACES)
"""Places of a score: a sum, of squared errors, or of the best logits less the right ones; a product as significand *
2**exponent, of all outputs' probabilities of being right, or of the sums of e^logit over that of the best; and the
first epoch that solved the problem."""
SCORES = 2 * PLACES
"""The whole training's score, then the present epoch's, whose SOLVED_EPOCH is its own number until a row is wrong."""

Target: TypeAlias = Vector | float

FACTORS = 16
"""Factors that a product takes before it is split anew: they are CLIP = 1e-15 or above, so 16 make 1e-240 or above."""


def needs_own_score(recipe: Recipe) -> bool:
    """Whether an epoch's score must be known by itself, to be compared with `solved_below`."""
    return recipe.solved_below > 0


def begin(scores: Memory, epoch: Vector) -> Memory:
    """Begin the score of an epoch."""
    own = scores.behind(PLACES)
    own[SQUARES], own[SIGNIFICAND], own[EXPONENT], own[SOLVED_EPOCH] = (
        epoch.like(0.0),
        epoch.like(1.0),
        epoch.like(0.0),
        epoch,
    )
    return own


def load(scores: Memory) -> Array:
    """A score in registers."""
    return {place: scores[place] for place in range(PLACES)}


def store(score: Array, scores: Memory) -> None:
    """A score from registers back to memory."""
    for place in range(PLACES):
        scores[place] = score[place]


def end(recipe: Recipe, scores: Memory, epoch: Vector, solved_below: Vector) -> None:
    """Add an epoch's score to the whole training's."""
    own, first = load(scores.behind(PLACES)), scores[SOLVED_EPOCH]
    solved = own[SOLVED_EPOCH]
    if needs_own_score(recipe):
        mean = mean_loss(recipe, own)
        is_known = select_less(mean, math.inf, epoch, math.inf)  # a loss that is no number solves nothing
        solved = select_less(solved_below, mean, math.inf, is_known)
    scores[SQUARES] = scores[SQUARES] + own[SQUARES]
    significand, exponent = split(scores[SIGNIFICAND] * own[SIGNIFICAND])
    scores[SIGNIFICAND] = significand
    scores[EXPONENT] = scores[EXPONENT] + own[EXPONENT] + exponent
    scores[SOLVED_EPOCH] = select_less(solved, first, solved, first)


def mean_loss(recipe: Recipe, score: Array) -> Vector:
    """The mean loss that a score amounts to."""
    n = recipe.rows * (1 if recipe.loss == "cross_entropy" else recipe.widths[-1])
    if recipe.loss == "mse":
        return score[SQUARES] * (1 / n)
    logarithm = log(score[SIGNIFICAND]) + score[EXPONENT] * math.log(2)
    return (score[SQUARES] + logarithm if recipe.loss == "cross_entropy" else 0.0 - logarithm) * (1 / n)


def score_rows(
    recipe: Recipe, outputs: Array, rows: TableRows | DataRows, scores: Memory, epoch: Vector | None = None
) -> list[list[Vector]]:
    """Add rows to a score in memory; return the derivative of every row's loss by the output units' weighted sums,
    less the factor that all share: (n_outputs, rows).

    Args:
        recipe: what is trained.
        outputs: of the output units, as `forward` has them.
        rows: whose they are.
        scores: the score.
        epoch: number of the epoch, where the rows are all and the score is the whole training's; else the score is the
            epoch's own.
    """
    score, first = load(scores), scores[SOLVED_EPOCH]
    if epoch is not None:
        score[SOLVED_EPOCH] = epoch
    slopes, factors = [], 0
    for row in range(rows.n):
        y, targets = _of_row(recipe, outputs, rows, row)
        if recipe.output == "softmax":
            slopes.append(_score_softmax(recipe, y, targets, score))
            factors = _count(recipe, score, factors)
            continue
        for one, target in zip(y, targets, strict=True):
            _score_one(recipe, one, target, score)
            factors = _count(recipe, score, factors)
    _count(recipe, score, factors - 1, at=1)
    if epoch is not None:
        score[SOLVED_EPOCH] = select_less(score[SOLVED_EPOCH], first, score[SOLVED_EPOCH], first)
    store(score, scores)
    if recipe.output != "softmax":
        of_rows = (zip(*_of_row(recipe, outputs, rows, row), strict=True) for row in range(rows.n))
        slopes = [[_slope(recipe, y, target) for y, target in of_row] for of_row in of_rows]
    return [list(of_output) for of_output in zip(*slopes, strict=True)]


def _of_row(recipe: Recipe, outputs: Array, rows: TableRows | DataRows, row: int) -> tuple[list[Vector], list[Target]]:
    """The outputs and targets of a row."""
    each = range(recipe.widths[-1])
    return [outputs[k * rows.n + row] for k in each], [rows.target(k, row) for k in each]


def _count(recipe: Recipe, score: Array, factors: int, at: int = FACTORS) -> int:
    """One factor more in a score's product, which is split after so many; 0 after that."""
    if factors + 1 < at:
        return factors + 1
    if recipe.loss != "mse":
        score[SIGNIFICAND], exponent = split(score[SIGNIFICAND])
        score[EXPONENT] = score[EXPONENT] + exponent
    return 0


def _score_one(recipe: Recipe, y: Vector, target: Target, score: Array) -> None:
    """An output of its own."""
    if recipe.output == "sigmoid":
        score[SOLVED_EPOCH] = _if_right(y, target, score[SOLVED_EPOCH])
    if recipe.loss == "mse":
        score[SQUARES] = score[SQUARES] + (y - target) * (y - target)
        return
    p = at_most(1.0 - CLIP, at_least(CLIP, y))
    right = (p if target > 0.5 else 1.0 - p) if isinstance(target, float) else select_less(0.5, target, p, 1.0 - p)
    score[SIGNIFICAND] = score[SIGNIFICAND] * right


def _slope(recipe: Recipe, y: Vector, target: Target) -> Vector:
    """The derivative of an output's own loss by the unit's weighted sum."""
    if recipe.loss == "bce":
        return y - target
    return 2.0 * (y - target) * (y - y * y) if recipe.output == "sigmoid" else 2.0 * (y - target)


def _if_right(y: Vector, target: Target, solved: Vector) -> Vector:
    """`solved`, infinite where a row is wrong; the greater of two, since nested choices take WebAssembly longer."""
    if isinstance(target, float):
        wrong = select_less(0.5, y, 0.0, math.inf) if target > 0.5 else select_less(y, 0.5, 0.0, math.inf)
        return greater(solved, wrong)
    return select_less(0.0, (y - 0.5) * (target - 0.5), solved, math.inf)


def _score_softmax(recipe: Recipe, z: list[Vector], targets: list[Target], score: Array) -> list[Vector]:
    """The logits of all classes; the derivatives are those by the logits."""
    best = reduce(greater, z)
    others = reduce(greater, [select_less(0.5, t, -math.inf, one) for one, t in zip(z, targets, strict=True)])
    own = reduce(greater, [select_less(0.5, t, one, -math.inf) for one, t in zip(z, targets, strict=True)])
    score[SOLVED_EPOCH] = select_less(others, own, score[SOLVED_EPOCH], math.inf)
    powers = [exp(one - best) for one in z]
    total = reduce(Vector.__add__, powers)
    share = 1.0 / total
    p = [power * share for power in powers]
    if recipe.loss == "cross_entropy":
        score[SQUARES] = score[SQUARES] + (best - own)
        score[SIGNIFICAND] = score[SIGNIFICAND] * total
        return [one - target for one, target in zip(p, targets, strict=True)]
    errors = [one - target for one, target in zip(p, targets, strict=True)]
    score[SQUARES] = reduce(Vector.__add__, [error * error for error in errors], score[SQUARES])
    common = reduce(Vector.__add__, [error * one for error, one in zip(errors, p, strict=True)])
    return [2.0 * one * (error - common) for one, error in zip(p, errors, strict=True)]
