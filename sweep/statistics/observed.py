"""Reads the trainings of a sweep of spreads into a pool: what is observed of each, and how long its draws are."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sweep.console.progress import watch
from sweep.recipe import Recipe
from sweep.recipe.field import value_of
from sweep.statistics.losses import READ, limits_of
from sweep.statistics.means import Counts, Numbers
from sweep.statistics.pooling import Pool
from sweep.store import Results
from sweep.study import Point, Study
from sweep.study.draws import drawn_lengths
from sweep.study.overlap import draw_of

ONE, FINITE, LOSS, SOLVED, LOSS_OF_SOLVED, ACCURACY = np.eye(6)
"""What is observed of a training: that it is there, whether its loss is finite, the loss, whether it is solved, the
loss if it is, and the accuracy on a data set; 0 in place of what does not count. Means of these and of their sums can
be pooled."""

AnyPool = TypeVar("AnyPool", bound=Pool)


def read_pool(
    store: Results, study: Study, make: type[AnyPool], below: Sequence[int] | Counts | None = None
) -> tuple[AnyPool, Numbers]:
    """The trainings of a study all of whose axes are spreads, and how many of every point have a finite loss (p,).

    While one point is read, the draws of the one before are repeated and counted on another core.

    Args:
        store: that holds the study.
        study: whose trainings.
        make: the pool of one spread or that of two.
        below: repeats of every point that count, one number a point; all of the study's unless given.
    """
    fields, limits = [axis.field for axis in study.axes], limits_of(study, below)
    spreads = np.array([[value_of(point.recipe, field) for field in fields] for point in study.points], float)
    most = 0
    if study.draws == "common":
        most = max(store.counts([point.identity for point in study.points], max(limits)).values(), default=0)
    names = (*READ, *["accuracy"] * has_accuracy(study)) if study.knows_solved else READ[:2]
    pool, counts = make([draw_of(study.recipe, field) for field in fields], spreads, most), np.zeros(len(spreads))

    def add(place: int, point: Point, read: dict[str, NDArray[Any]]) -> None:
        is_finite = np.isfinite(read["loss"])
        counts[place] = is_finite.sum()
        loss = np.where(is_finite, read["loss"], 0.0)
        accuracy = np.nan_to_num(read.get("accuracy", np.zeros(len(loss))))
        solved = read.get("solved", np.zeros(len(loss)))
        observed = [np.ones(len(loss)), is_finite, loss, solved, loss * solved, accuracy]
        pool.add(place, read["repeat"], lengths_of(point, fields, read["repeat"]), np.column_stack(observed))

    with ThreadPoolExecutor(1) as aside:
        before: Future[None] | None = None
        for place, (point, limit) in enumerate(zip(watch(study.points, "points read"), limits, strict=True)):
            read = store.columns(point.identity, limit, names)
            if before is not None:
                before.result()
            before = aside.submit(add, place, point, read)
        if before is not None:
            before.result()
    return pool, counts


def has_accuracy(study: Study) -> bool:
    """Whether the accuracy of a study's trainings is told: of data sets with classes, not of truth tables."""
    recipes = [point.recipe for point in study.points]
    return all(
        isinstance(recipe, Recipe) and recipe.data_set is not None and recipe.output != "identity" for recipe in recipes
    )


def lengths_of(point: Point, fields: Sequence[str], repeats: Counts) -> Numbers:
    """Lengths of the drawn parameters that each of k fields scales, of some repeats (n,) of a point: (n, k)."""
    n = int(repeats[-1]) + 1 if len(repeats) else 0
    lengths = drawn_lengths(point, fields, n)
    return lengths if n == len(repeats) else lengths[repeats]
