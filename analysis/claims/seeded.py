"""Claims about published seeded runs: each is replayed, and 1,000 other starts are trained beside it."""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from analysis.claims.verdict import Claim, Judged, majority_verdict, replay_verdict
from sweep.inspection.replay import draw_starts, layer_outputs, loss_curves, train_from, train_starts
from sweep.recipe import Recipe
from sweep.recipe.problem import find_problem
from sweep.recipe.published import PROGRAMS
from sweep.statistics.inference import Interval, fraction_interval

Array = NDArray[np.float64]

STARTS = 1000

RUMELHART_LOSSES = "0.2641 0.1823 0.0312 0.0089 0.0041 0.0024"
RUMELHART_OUTPUTS = "0.045 0.961 0.962 0.048"


train_others = cache(train_starts)
"""Several claims are about the other starts of one recipe."""


def published(name: str) -> tuple[Recipe, Array]:
    """A program's recipe, and the initial parameters (1, n_parameters) of its own seeded run."""
    return PROGRAMS[name].recipe, PROGRAMS[name].published_parameters()[np.newaxis]


def outputs(recipe: Recipe, parameters: Array) -> Array:
    """What a network (1, n_parameters) answers to the rows of the truth table."""
    return layer_outputs(recipe, parameters[0])[-1][:, 0]


def fraction(successes: NDArray[np.bool_]) -> Interval:
    """The fraction with its interval."""
    return fraction_interval(int(successes.sum()), len(successes))


def in_words(share: Interval) -> str:
    """A fraction with its interval."""
    return f"{share.estimate:.1%} ({share.low:.1%} to {share.high:.1%})"


def three_neurons(claim: Claim) -> Judged:
    """Judge whether the published run learns XOR with nine parameters."""
    recipe, initial = published("peczenyj")
    seen, others = train_from(recipe, initial), train_others(recipe, STARTS)
    return Judged(
        f"{recipe.n_parameters} parameters, solved after {seen.solved_epoch[0]:,} epochs; "
        f"of other starts {in_words(fraction(others.solved))} solve it",
        1 + STARTS,
        replay_verdict(bool(seen.solved[0]) and recipe.n_parameters == claim.number),
    )


def twenty_lines(claim: Claim) -> Judged:
    """Judge what the published run predicts at its end."""
    recipe, initial = published("twenty-lines")
    others = train_others(recipe, STARTS)
    predictions = " ".join(f"{y > 0.5:d}" for y in outputs(recipe, train_from(recipe, initial).parameters))
    return Judged(
        f"predicts {predictions}; of other starts {in_words(fraction(others.solved))} predict 0 1 1 0",
        1 + STARTS,
        replay_verdict(predictions == "0 1 1 0"),
    )


def loss_table(claim: Claim) -> Judged:
    """Judge the losses and outputs that the published run prints."""
    recipe, initial = published("rumelhart")
    others = train_others(recipe, STARTS)
    losses = " ".join(f"{loss:.4f}" for loss in loss_curves(recipe, initial, range(0, recipe.epochs, 2000))[0])
    answers = " ".join(f"{y:.3f}" for y in outputs(recipe, train_from(recipe, initial).parameters))
    below = fraction(others.final_loss <= float(RUMELHART_LOSSES.split()[-1]))
    return Judged(
        f"losses {losses}, outputs {answers}; "
        f"of other starts {in_words(below)} end at or below the published last loss",
        1 + STARTS,
        replay_verdict((losses, answers) == (RUMELHART_LOSSES, RUMELHART_OUTPUTS)),
    )


def no_hidden_layer(claim: Claim) -> Judged:
    """Judge whether any network without a hidden layer learns XOR."""
    trained = train_others(replace(PROGRAMS["rumelhart"].recipe, hidden=()), STARTS)
    return Judged(
        f"{int(trained.solved.sum()):,} of {STARTS:,} starts solve it; with 95 % confidence at most "
        f"{fraction(trained.solved).high:.1%} do",
        STARTS,
        replay_verdict(not trained.solved.any()),
    )


def two_hidden_units(claim: Claim) -> Judged:
    """Judge whether two hidden units can learn XOR; whether one can is asked and told."""
    two, one = (train_others(replace(PROGRAMS["rumelhart"].recipe, hidden=(width,)), STARTS) for width in (2, 1))
    return Judged(
        f"with two {in_words(fraction(two.solved))} of the starts solve it; with one {in_words(fraction(one.solved))}",
        2 * STARTS,
        replay_verdict(bool(two.solved.any())),
    )


def separation(patterns: Array) -> float:
    """How far a plane can keep the patterns (4, units) of XOR's two classes apart: half the distance between the
    segments that join the patterns of each class."""
    zero, one = (patterns[find_problem("xor").targets[:, 0] == target] for target in (0, 1))
    sides = np.column_stack([zero[1] - zero[0], one[0] - one[1]])
    nearest = lsq_linear(sides, one[0] - zero[0], bounds=(0, 1))
    return float(np.sqrt(2 * nearest.cost) / 2)


def hidden_separation(recipe: Recipe, parameters: Array) -> float:
    """The separation of the first hidden layer's patterns at these parameters."""
    return separation(layer_outputs(recipe, parameters)[1])


def hidden_patterns(claim: Claim) -> Judged:
    """Judge whether training moves the hidden layer's patterns of both classes apart."""
    recipe, initial = published("rumelhart")
    seen = train_from(recipe, initial)
    before, after = (hidden_separation(recipe, parameters[0]) for parameters in (initial, seen.parameters))
    pairs = zip(draw_starts(recipe, STARTS), train_others(recipe, STARTS).parameters, strict=True)
    wider = np.array([hidden_separation(recipe, end) > hidden_separation(recipe, start) for start, end in pairs])
    return Judged(
        f"seed 42: a plane keeps the classes {before:.3f} apart before training and {after:.3f} after; "
        f"of other starts {in_words(fraction(wider))} end wider apart than they began",
        1 + STARTS,
        replay_verdict(after > before and bool(seen.solved[0])),
    )


def two_losses(claim: Claim) -> Judged:
    """Judge the losses of the published run after 20 and after 5,000 steps."""
    recipe, initial = published("relu-capstone")
    early, late = loss_curves(recipe, initial, [20, recipe.epochs])[0]
    others_early, others = train_others(replace(recipe, epochs=20), STARTS), train_others(recipe, STARTS)
    both = fraction((abs(others_early.final_loss - claim.number) <= claim.digit / 2) & (others.final_loss < 0.1))
    return Judged(
        f"{early:.3f} after 20 steps, {late:.4f} after 5,000 (He's spread assumed, none is published); "
        f"of other starts {in_words(both)} do both",
        1 + 2 * STARTS,
        replay_verdict(abs(early - claim.number) <= claim.digit / 2 and late < 0.1),
    )


def most_seeds(claim: Claim) -> Judged:
    """Judge whether most seeds reach a loss below 0.1, also with more hidden units."""
    widths = (4, 8, 16)
    recipe = PROGRAMS["relu-capstone"].recipe
    shares = []
    for width in widths:
        wide = replace(recipe, hidden=(width,))
        wide = replace(wide, output_std_dev=wide.layers[1].he)
        shares.append(fraction(train_others(wide, STARTS).final_loss < claim.number))
    words = ", ".join(f"{width} hidden units {in_words(share)}" for width, share in zip(widths, shares, strict=True))
    return Judged(
        f"below {claim.number:g}: {words}",
        len(widths) * STARTS,
        majority_verdict(*shares),
    )
