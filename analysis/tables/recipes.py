"""Every published recipe's own sweep of the initial spread, side by side."""

from dataclasses import replace

import numpy as np
import pandas as pd

from sweep.errors import UsageError
from sweep.recipe import RECIPES
from sweep.statistics.answer import best_point
from sweep.statistics.summary import summarize
from sweep.store import Store
from sweep.study import Study
from sweep.study.words import SPREAD

COLUMNS = ("recipe", SPREAD, "mean", "standard_error", "count", "solved", "diverged", "relative", "relative_error")


def find_sweeps(store: Store) -> dict[str, Study]:
    """Recipe name -> the study that sweeps hidden_std_dev alone, over the most spreads, and changes nothing else of it;
    of several, that of the latest run."""
    sweeps: dict[str, Study] = {}
    for run in store.runs():
        try:
            study = Study.from_dict(run["study"])
        except UsageError:
            continue  # of another version of this project, whose recipes had other fields
        if [axis.field for axis in study.axes] != [SPREAD]:
            continue
        for name, recipe in RECIPES.items():
            is_widest = name not in sweeps or len(study.points) >= len(sweeps[name].points)
            if is_widest and replace(study.recipe, hidden_std_dev=recipe.hidden_std_dev) == recipe:
                sweeps[name] = study
    return {name: sweeps[name] for name in RECIPES if name in sweeps}


def compare_recipes(store: Store, sweeps: dict[str, Study]) -> pd.DataFrame:
    """One row a recipe and spread, the spreads ascending.

    Columns: `recipe`, `hidden_std_dev`; `mean`, `standard_error`, `count`, `solved`, `diverged` as of
    `sweep.statistics.summary.summarize`; and `relative`, the mean as a multiple of the recipe's lowest one, with
    `relative_error`, its standard error as a multiple of the same. A recipe without a single finite loss is left out.
    """
    tables = []
    for name, study in sweeps.items():
        table = summarize(store, study).sort_values(SPREAD)
        if best_point(table) is None:
            continue
        lowest = np.nanmin(table["mean"])
        relative = {"relative": table["mean"] / lowest, "relative_error": table["standard_error"] / lowest}
        tables.append(table.assign(recipe=name, **relative)[list(COLUMNS)])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
