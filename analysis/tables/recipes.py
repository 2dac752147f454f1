"""Every published recipe's own sweep of the initial spread, side by side."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.tables.curve import with_curve
from analysis.tables.digits import with_certain_digits
from sweep.errors import UsageError
from sweep.recipe import RECIPES, Recipe
from sweep.statistics.answer import best_point, find_answer
from sweep.store import Store
from sweep.store.provenance import recorded_runs
from sweep.study import Study
from sweep.study.words import SPREAD

COLUMNS = ("recipe", SPREAD, "mean", "standard_error", "count", "solved", "diverged", "relative", "relative_error",
           "minimum")  # fmt: skip


def find_sweeps(store: Store) -> dict[str, Study]:
    """Recipe name -> the study that sweeps hidden_std_dev alone, over the most spreads, and changes nothing else of it;
    of several, that of the latest run."""
    sweeps: dict[str, Study] = {}
    for run in recorded_runs(store):
        try:
            study = Study.from_dict(run["study"])
        except UsageError:
            continue  # of another version of this project, whose recipes had other fields
        if [axis.field for axis in study.axes] != [SPREAD] or not isinstance(study.recipe, Recipe):
            continue
        for name, recipe in RECIPES.items():
            is_widest = name not in sweeps or len(study.points) >= len(sweeps[name].points)
            if is_widest and replace(study.recipe, hidden_std_dev=recipe.hidden_std_dev) == recipe:
                sweeps[name] = study
    return {name: sweeps[name] for name in RECIPES if name in sweeps}


def compare_recipes(store: Store, sweeps: dict[str, Study]) -> pd.DataFrame:
    """One row a recipe and spread, the spreads ascending.

    Columns: `recipe`, `hidden_std_dev`; `mean` and `standard_error`, pooled where the sweep is; `count`, `solved` and
    `diverged` as of `sweep.statistics.summary.summarize`; `relative`, the mean as a multiple of the lowest of its
    recipe, with `relative_error`, its standard error as a multiple of the same; and `minimum`, where it is lowest. A
    recipe without a single finite loss is left out.
    """
    tables = []
    for name, study in sweeps.items():
        found = find_answer(store, study)
        if best_point(found.summary) is None:
            continue
        table = with_curve(found.summary, found).sort_values(SPREAD)
        if found.curve is not None and found.curve.method == "pooled" and found.minimum is not None:
            table = table.assign(mean=table["curve"], standard_error=table["curve_error"])
        lowest = np.nanmin(table["mean"]) if found.minimum is None else found.minimum.mean.estimate
        minimum = table[SPREAD].iloc[np.nanargmin(table["mean"])] if found.minimum is None else table["minimum"]
        relative = {"relative": table["mean"] / lowest, "relative_error": table["standard_error"] / lowest}
        tables.append(table.assign(recipe=name, minimum=minimum, **relative)[list(COLUMNS)])
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    return with_certain_digits(table, [SPREAD])
