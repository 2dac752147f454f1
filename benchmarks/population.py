"""A population of trainings whose means are known at every spread, and studies drawn from it.

Normal draws of d parameters at spread s are a direction, uniform on the sphere, times a length of s times a chi with d
degrees of freedom, and the two are independent. So a population is a number of directions, each with its own
parameters of the other layers, trained from every one of a ladder of lengths. A training drawn from it at spread s has
a direction by chance and a length by chance, and the loss of the nearest rung. Where the spreads of hidden and output
layer are both swept, there is a ladder for each, and every direction is trained from all pairs of rungs.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from scipy import optimize, special

from sweep import kernel
from sweep.recipe.field import SPREADS
from sweep.study import Point
from sweep.study.draws import drawn_lengths, initial_parameters
from sweep.study.overlap import Draw, draw_of

RUNGS_PER_DEVIATION = 8
"""Rungs in a standard deviation of the log-length at one spread."""
AT_ONCE = 1024
STEP = 0.01
"""In the logarithm of a spread, by which slope and curvature of the true mean are told."""


@dataclass(frozen=True)
class Ladder:
    """The lengths of the parameters that one swept spread scales.

    Attributes:
        draw: how they are drawn.
        ends: the lowest spread and the highest that studies sweep.
        first, width: log-length of the lower end of the lowest rung, and what each rung spans.
        n: number of rungs.
    """

    draw: Draw
    ends: tuple
    first: float
    width: float
    n: int

    def spreads(self, n):
        """The n swept spreads, evenly spaced in the logarithm."""
        return np.geomspace(*self.ends, n)

    def shares(self, spreads):
        """How large a part of the draws at spreads (g,) lies on each rung (g, n); the end ones hold what is beyond."""
        inner = np.exp(self.first + self.width * np.arange(1, self.n))
        below = special.gammainc(self.draw.dimension / 2, (inner / np.asarray(spreads)[:, np.newaxis]) ** 2 / 2)
        return np.diff(below, axis=1, prepend=0.0, append=1.0)

    def rungs(self, log_lengths):
        return np.clip((log_lengths - self.first) / self.width, 0, self.n - 1).astype(np.int64)


def _ladder(draw, ends, rungs):
    if draw.distribution != "normal":
        raise ValueError(f"draws are {draw.distribution}; only the direction of normal ones is independent of length")
    width = draw.deviations[0] / rungs
    # All but a thousandth of the draws at either end of the range lies on a rung of its own.
    first, last = np.log(ends * np.sqrt(special.chdtri(draw.dimension, [0.999, 0.001])))
    return Ladder(draw, tuple(ends), float(first), width, int(np.ceil((last - first) / width)))


@dataclass(frozen=True)
class Population:
    """Trainings of one recipe from every direction (d) at every rung of one ladder (b, d) or two (b, c, d).

    Attributes:
        recipe: what is trained; the spreads that are swept play no part.
        ladders: of the hidden spread, or of the hidden and the output spread.
        loss, solved: of the trainings.
    """

    recipe: object
    ladders: tuple
    loss: np.ndarray
    solved: np.ndarray

    @property
    def xavier(self):
        """Xavier's value of every swept spread (k,)."""
        return np.array([layer.xavier for layer in (self.recipe.layers[0], self.recipe.layers[-1])])[
            : len(self.ladders)
        ]

    def only(self, directions):
        """The population of some of the directions."""
        return replace(self, loss=self.loss[..., directions], solved=self.solved[..., directions])

    def places(self, n):
        """What is swept where each spread has n values (n^k, k)."""
        grids = np.meshgrid(*(ladder.spreads(n) for ladder in self.ladders), indexing="ij")
        return np.stack(grids, axis=-1).reshape(-1, len(grids))

    @cached_property
    def _means(self):
        return {what: getattr(self, what).mean(axis=-1).reshape(self.ladders[0].n, -1) for what in ("loss", "solved")}

    def mean(self, places, what="loss"):
        """The true mean of the loss, or of "solved", at places: spreads (g,) or pairs of them (g, 2)."""
        first, *others = (ladder.shares(one) for ladder, one in zip(self.ladders, self._columns(places), strict=True))
        found = first @ self._means[what]
        return (found * others[0]).sum(axis=1) if others else found[:, 0]

    def standard_error(self, place):
        """How far the true mean may be from that of all networks, for the directions are some of very many."""
        rows = self.loss
        for ladder, spread in zip(self.ladders, self._columns(place), strict=True):
            rows = np.tensordot(ladder.shares(spread)[0], rows, 1)
        return rows.std(ddof=1) / np.sqrt(len(rows))

    def _columns(self, places):
        return np.reshape(places, (-1, len(self.ladders))).T

    @cached_property
    def minimum(self):
        """The spreads (k,) in the swept range where the true mean is lowest."""
        places = self.places(round(2000 ** (1 / len(self.ladders))))
        found = optimize.minimize(
            lambda x: self.mean(np.exp(x))[0], np.log(places[np.argmin(self.mean(places))]), method="Nelder-Mead",
            bounds=[np.log(ladder.ends) for ladder in self.ladders], options={"xatol": 1e-9, "fatol": 0},
        )  # fmt: skip
        return np.exp(found.x)

    @cached_property
    def least_squared_error(self):
        """The least variance of the log-spread at the minimum that a training, weighted by its length, can leave; n of
        them leave an n-th of it, where n is large.

        The minimum moves by the error of the mean's slope over its curvature. A slope is the sum over lengths r of
        p'(r) (f - m), p' being the derivative of their density by the log-spread. Drawn from a density q and weighted,
        its variance is the sum of p'(r)^2 E[(f - m)^2 | r] / q(r), the least where q is proportional to the roots of
        the numerators (Kahn and Marshall 1953, J. Oper. Res. Soc. Am. 1, 263-278).
        """
        (ladder,), at = self.ladders, self.minimum * np.exp([-STEP, 0.0, STEP])
        before, here, after = self.mean(at)
        slopes = np.diff(ladder.shares(at[[0, 2]]), axis=0)[0] / (2 * STEP)
        root_mean_square = np.sqrt(((self.loss - here) ** 2).mean(axis=1))
        return float((abs(slopes) @ root_mean_square / ((before - 2 * here + after) / STEP**2)) ** 2)

    def trainings(self, places, numbers, rng):
        """Independent trainings, numbers[j] of them at places[j], in this order: lengths (n, k), losses, solved."""
        at = np.repeat(np.log(self._columns(places).T), numbers, axis=0)
        return self._look_up(at + self._drawn(len(at), rng), rng.integers(0, self.loss.shape[-1], len(at)))

    def repeats(self, places, n, rng):
        """n repeats that start from the same draws at all p places, place by place: as `trainings`."""
        at = np.log(self._columns(places).T)[:, np.newaxis] + self._drawn(n, rng)
        directions = np.tile(rng.integers(0, self.loss.shape[-1], n), len(at))
        return self._look_up(at.reshape(-1, len(self.ladders)), directions)

    def _drawn(self, n, rng):
        return np.column_stack([np.log(rng.chisquare(ladder.draw.dimension, n)) / 2 for ladder in self.ladders])

    def _look_up(self, log_lengths, directions):
        rungs = (ladder.rungs(one) for ladder, one in zip(self.ladders, log_lengths.T, strict=True))
        places = np.ravel_multi_index((*rungs, directions), self.loss.shape)
        return np.exp(log_lengths), self.loss.ravel()[places], self.solved.ravel()[places]


def make(recipe, ends, directions, seed=0, rungs=RUNGS_PER_DEVIATION):
    """A population of a recipe, `directions` trainings a rung and so many rungs in a standard deviation of the
    log-length, for studies that sweep the hidden spread from end to end, or both spreads: ends (2,) or (2, 2).

    Raises:
        ValueError: a training diverged, or the draws are not normal: what the population stands for would not hold.
    """
    ends = np.reshape(ends, (-1, 2))
    fields = SPREADS[: len(ends)]
    ladders = tuple(_ladder(draw_of(recipe, field), one, rungs) for field, one in zip(fields, ends, strict=True))
    none, drawn, lengths = _starts(recipe, fields, directions, seed)
    losses, solved = [], []
    for numbers in product(*(range(ladder.n) for ladder in ladders)):
        parameters = none.copy()
        for ladder, number, one, length in zip(ladders, numbers, drawn, lengths, strict=True):
            parameters += one * (np.exp(ladder.first + (number + 0.5) * ladder.width) / length)
        parts = [kernel.train(recipe, part) for part in np.array_split(parameters, -(-directions // AT_ONCE))]
        losses.append(np.concatenate([part.loss for part in parts]))
        solved.append(np.concatenate([part.solved for part in parts]))
    if not np.isfinite(losses).all():
        raise ValueError(f"{np.isnan(losses).sum():,} trainings diverged; a population is of recipes that do not")
    shape = (*(ladder.n for ladder in ladders), directions)
    return Population(recipe, ladders, np.reshape(losses, shape), np.reshape(solved, shape).astype(float))


def _starts(recipe, fields, directions, seed):
    """Initial parameters where the fields are 0, what a spread of 1 in each adds to them, and the lengths (n, 1) of
    that: parameters are linear in the spreads."""
    nothing = dict.fromkeys(fields, 0.0)
    points = [
        Point(replace(recipe, **{**nothing, **ones}), seed, "common") for ones in ({}, *({f: 1.0} for f in fields))
    ]
    cuts = [*range(0, directions, AT_ONCE), directions]
    none, *drawn = (np.concatenate([initial_parameters(point, *cut) for cut in pairwise(cuts)]) for point in points)
    lengths = [drawn_lengths(point, [f], directions) for point, f in zip(points[1:], fields, strict=True)]
    return none, [one - none for one in drawn], lengths


def plain_means(recipe, places, n, seed=1):
    """Plain means of the loss over n trainings that were really drawn at each place, and their standard errors."""
    found = []
    for place in np.reshape(places, (len(places), -1)):
        spreads = dict(zip(SPREADS, place.tolist(), strict=False))
        point = Point(replace(recipe, **spreads), seed, "independent")
        starts = [initial_parameters(point, start, min(start + AT_ONCE, n)) for start in range(0, n, AT_ONCE)]
        loss = np.concatenate([kernel.train(recipe, start).loss for start in starts])
        found.append((loss.mean(), loss.std(ddof=1) / np.sqrt(n)))
    return np.array(found).T
