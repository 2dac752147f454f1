"""The kernel beside the reference, for every published recipe and for variants of `gustaw`, on one core."""

from dataclasses import replace
from functools import partial

from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave, one_core, seconds
from benchmarks.operations import operations
from benchmarks.table import duration
from sweep import RECIPES, kernel, reference
from sweep.study import Point
from sweep.study.draws import initial_parameters

GUSTAW = RECIPES["gustaw"]
CASES = {f"`{name}`": recipe for name, recipe in RECIPES.items()} | {
    "`gustaw`, 8 hidden units": replace(GUSTAW, hidden=(8,)),
    "`gustaw`, 3-3 hidden units": replace(GUSTAW, hidden=(3, 3)),
    "`gustaw`, tanh": replace(GUSTAW, activation="tanh"),
    "`gustaw`, relu": replace(GUSTAW, activation="relu"),
    "`gustaw`, squared error": replace(GUSTAW, loss="mse"),
}
BATCH = 1024
EPOCHS_CHECKED = 1000
OPERATIONS = "Kernel on one core: time an operation that an ideal implementation needs (`benchmarks/operations.py`)"
TITLE = "Reference and kernel on one core: time a training"


def measure(options):
    cases, notes = {}, []
    with one_core():
        for name, recipe in CASES.items():
            parameters = initial_parameters(Point(recipe, 0, "common"), 0, BATCH)
            checked = kernel.train(replace(recipe, epochs=EPOCHS_CHECKED), parameters).loss
            error = check(recipe, parameters, EPOCHS_CHECKED, checked)
            if error:
                notes.append(Row(name, note=error, is_wrong=True))
                continue
            cases[name, "reference"] = partial(seconds, reference.train, recipe, parameters[0])
            cases[name, "kernel"] = partial(per_training, recipe, parameters)
        values = interleave("recipes", cases, options.rounds)
    fast = f"kernel, {BATCH:,} at once"
    rows = [
        Row(f"reference, {name}", "1 network", values[name, "reference"], fast, values[name, "kernel"])
        for name in CASES
        if (name, "kernel") in values
    ]
    each = {
        name: [value / CASES[name].epochs / operations(CASES[name]) for value in values[name, "kernel"]]
        for name in CASES
        if (name, "kernel") in values
    }
    first = next(iter(CASES))
    costs = [Row(name, f"{operations(CASES[name]):,.0f} an epoch", each[name], first, each[first]) for name in each]
    return [Table(TITLE, rows + notes, duration), Table(OPERATIONS, costs if first in each else [], duration)]


def per_training(recipe, parameters):
    return seconds(kernel.train, recipe, parameters) / len(parameters)
