"""Stores with known trainings in them."""

import numpy as np

from analysis.tables import make_tables
from sweep import Axis, Recipe, Study
from sweep.store import Records, open_store
from sweep.store.provenance import describe_run

SPREADS = tuple(np.geomspace(0.1, 10, 15).tolist())
ONE_AXIS = Study(Recipe(), (Axis("hidden_std_dev", SPREADS),), repeats=50)
NAMED = Study(Recipe(), (Axis("activation", ("sigmoid", "tanh", "relu")),), repeats=40)
TWO_AXES = Study(
    Recipe(), (Axis("hidden_std_dev", (0.1, 1.0, 10.0)), Axis("output_std_dev", (0.5, 1.0, 2.0, 4.0))), repeats=40
)


def no_accuracy(n):
    return np.full(n, np.nan)


def some_trainings(study, position):
    """Random trainings of one point: a tenth diverged, about half solved, some of them lost again."""
    rng = np.random.default_rng(position)
    n = study.repeats
    diverged = rng.random(n) < 0.1
    ever = ~diverged & (rng.random(n) < 0.6)
    solved = ever & (rng.random(n) < 0.9)
    loss = np.where(solved, rng.lognormal(5, 1, n), rng.normal(1000 + 10 * (position - 6) ** 2, 30, n))
    loss[diverged] = np.nan
    return Records(
        np.arange(n), loss, loss / 2, solved, np.where(ever, rng.integers(1, 5000, n), -1), diverged, no_accuracy(n)
    )


def all_diverged(study, position):
    n = study.repeats
    nothing = np.full(n, np.nan)
    return Records(np.arange(n), nothing, nothing, np.zeros(n, bool), np.full(n, -1), np.ones(n, bool), nothing)


def none_solved(study, position):
    n = study.repeats
    loss = 100.0 + position + np.arange(n)
    flags = np.zeros(n, bool)
    return Records(np.arange(n), loss, loss, flags, np.full(n, -1), flags, no_accuracy(n))


def fill(url, study, trainings=some_trainings, leave_out=()):
    """Store a run of the study and the trainings of its points, apart from those to leave out."""
    with open_store(str(url), create=True) as store:
        store.start_run(describe_run(study, "", 1))
        for position, point in enumerate(study.points):
            if position not in leave_out:
                store.insert(point, trainings(study, position))


def tables_of(folder, study, trainings=some_trainings, leave_out=()):
    fill(folder / "store.db", study, trainings, leave_out)
    with open_store(str(folder / "store.db")) as store:
        return make_tables(store, study)
