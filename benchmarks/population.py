"""A population of trainings whose means are known at every spread, and studies drawn from it.

Normal draws of d parameters at spread s are a direction, uniform on the sphere, times a length of s times a chi with d
degrees of freedom, and the two are independent. So a population is a number of directions, each with its own
parameters of the other layers, trained from every one of a ladder of lengths. A training drawn from it at spread s has
a direction by chance and a length by chance, and the loss of the nearest rung.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import optimize, special

from sweep import kernel
from sweep.recipe import xavier_spread
from sweep.statistics.curve import Curve
from sweep.statistics.pooling import Pool
from sweep.study import Point
from sweep.study.draws import drawn_lengths, initial_parameters
from sweep.study.overlap import Draw, draw_of

FIELD = "hidden_std_dev"
RUNGS_PER_DEVIATION = 8
"""Rungs in a standard deviation of the log-length at one spread."""
FINITE, LOSS, SOLVED = np.eye(3)
"""What the pool of a simulated study observes of a training; none of them diverges."""
AT_ONCE = 1024


@dataclass(frozen=True)
class Population:
    """Trainings of one recipe from every direction (k) at every rung (b) of a ladder of lengths.

    Attributes:
        recipe: what is trained; its hidden spread plays no part.
        ends: the lowest spread and the highest that studies sweep.
        first, width: log-length of the lower end of the lowest rung, and what each rung spans.
        loss, solved: of the trainings (b, k).
    """

    recipe: object
    ends: tuple
    first: float
    width: float
    loss: np.ndarray
    solved: np.ndarray

    @property
    def draw(self):
        return draw_of(self.recipe, FIELD)

    @property
    def xavier(self):
        return xavier_spread(self.recipe)

    def only(self, directions):
        """The population of some of the directions."""
        return replace(self, loss=self.loss[:, directions], solved=self.solved[:, directions])

    def spreads(self, n):
        """The n swept spreads, evenly spaced in the logarithm."""
        return np.geomspace(*self.ends, n)

    def shares(self, spreads):
        """How large a part of the draws at spreads (g,) lies on each rung (g, b); the end ones hold what is beyond."""
        inner = np.exp(self.first + self.width * np.arange(1, len(self.loss)))
        below = special.gammainc(self.draw.dimension / 2, (inner / np.asarray(spreads)[:, np.newaxis]) ** 2 / 2)
        return np.diff(below, axis=1, prepend=0.0, append=1.0)

    @cached_property
    def _means(self):
        return {"loss": self.loss.mean(axis=1), "solved": self.solved.mean(axis=1)}

    def mean(self, spreads, what="loss"):
        """The true mean of the loss, or of "solved", at spreads (g,)."""
        return self.shares(spreads) @ self._means[what]

    def standard_error(self, spread, what="loss"):
        """How far the true mean may be from that of all networks, for the directions are some of very many."""
        rows = self.shares([spread])[0] @ getattr(self, what)
        return rows.std(ddof=1) / np.sqrt(len(rows))

    @cached_property
    def minimum(self):
        """The spread in the swept range where the true mean is lowest."""
        grid = self.spreads(2000)
        place = int(np.argmin(self.mean(grid)))
        bounds = np.log(grid[[max(place - 1, 0), min(place + 1, len(grid) - 1)]])
        found = optimize.minimize_scalar(
            lambda x: self.mean([np.exp(x)])[0], bounds=bounds, method="bounded", options={"xatol": 1e-9}
        )
        return float(np.exp(found.x))

    def trainings(self, spreads, numbers, rng):
        """Independent trainings, numbers[j] of them at spreads[j], one after the other: lengths, losses, solved."""
        at = np.repeat(np.log(spreads), numbers)
        log_lengths = at + np.log(rng.chisquare(self.draw.dimension, len(at))) / 2
        return self._look_up(log_lengths, rng.integers(0, self.loss.shape[1], len(at)))

    def repeats(self, spreads, n, rng):
        """n repeats that start from the same draws at all p spreads: lengths, losses, solved, each (p, n)."""
        drawn = np.log(rng.chisquare(self.draw.dimension, n)) / 2
        return self._look_up(np.log(spreads)[:, np.newaxis] + drawn, rng.integers(0, self.loss.shape[1], n))

    def _look_up(self, log_lengths, directions):
        rungs = np.clip((log_lengths - self.first) / self.width, 0, len(self.loss) - 1).astype(np.int64)
        places = rungs * self.loss.shape[1] + directions
        return np.exp(log_lengths), self.loss.ravel()[places], self.solved.ravel()[places]


def make(recipe, ends, directions, seed=0, rungs=RUNGS_PER_DEVIATION):
    """A population of a recipe for studies that sweep from the one end to the other, `directions` trainings a rung and
    so many rungs in a standard deviation of the log-length.

    Raises:
        ValueError: a training diverged, or the draws are not normal: what the population stands for would not hold.
    """
    draw = draw_of(recipe, FIELD)
    if draw.distribution != "normal":
        raise ValueError(f"draws are {draw.distribution}; only the direction of normal ones is independent of length")
    width = draw.deviation / rungs
    # All but a thousandth of the draws at either end of the range lies on a rung of its own.
    chi = np.sqrt(special.chdtri(draw.dimension, [0.999, 0.001]))
    first, last = np.log(ends * chi)
    starts, lengths = _starts(recipe, directions, seed)
    losses, solved = [], []
    for rung in range(int(np.ceil((last - first) / width))):
        scale = np.exp(first + (rung + 0.5) * width) / lengths
        parameters = starts[0] + (starts[1] - starts[0]) * scale
        parts = [kernel.train(recipe, part) for part in np.array_split(parameters, -(-directions // AT_ONCE))]
        losses.append(np.concatenate([part.loss for part in parts]))
        solved.append(np.concatenate([part.solved for part in parts]))
    if not np.isfinite(losses).all():
        raise ValueError(f"{np.isnan(losses).sum():,} trainings diverged; a population is of recipes that do not")
    return Population(recipe, ends, float(first), width, np.array(losses), np.array(solved, float))


def _starts(recipe, directions, seed):
    """Initial parameters at hidden spreads 0 and 1, and the lengths (n, 1) of what is drawn at 1: parameters are
    linear in the spread."""
    found = [[], [], []]
    for start in range(0, directions, AT_ONCE):
        stop = min(start + AT_ONCE, directions)
        points = [Point(replace(recipe, hidden_std_dev=spread), seed, "common") for spread in (0.0, 1.0)]
        for held, point in zip(found, points, strict=False):
            held.append(initial_parameters(point, start, stop))
        found[2].append(drawn_lengths(points[1], [FIELD], stop)[start:])
    none, one, lengths = map(np.concatenate, found)
    return (none, one), lengths


def plain_means(recipe, spreads, n, seed=1):
    """Plain means of the loss over n trainings that were really drawn at each spread, and their standard errors."""
    found = []
    for spread in spreads:
        point = Point(replace(recipe, hidden_std_dev=float(spread)), seed, "independent")
        starts = [initial_parameters(point, start, min(start + AT_ONCE, n)) for start in range(0, n, AT_ONCE)]
        loss = np.concatenate([kernel.train(recipe, start).loss for start in starts])
        found.append((loss.mean(), loss.std(ddof=1) / np.sqrt(n)))
    return np.array(found).T


def curve_of(draw: Draw, spreads, numbers, lengths, losses, solved, *, paired=False):
    """The pooled curve of a study: its trainings (n,), spread by spread, numbers[j] of them at spreads[j]."""
    pool = Pool([draw], spreads[:, np.newaxis], int(numbers[0]) if paired else 0)
    places = np.repeat(np.arange(len(spreads)), numbers)
    repeats = np.arange(len(places)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    observed = np.column_stack([np.ones(len(losses)), losses, solved])
    pool.add(places, repeats, lengths[:, np.newaxis], observed)

    def pooled(asked, of, over):
        return pool.mean(np.asarray(asked, float)[:, np.newaxis], of, over)

    return Curve(
        FIELD, spreads, np.asarray(numbers, float), "pooled", paired, lambda asked: pooled(asked, LOSS, FINITE), pooled
    )
