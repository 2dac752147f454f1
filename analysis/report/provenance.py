"""Where a study's results come from, and the commands that repeat them."""

import shlex
from collections.abc import Mapping
from typing import Any

from analysis.tables.foreign_study import ForeignStudy
from sweep.console.command import store_option
from sweep.recipe import OwnRecipe
from sweep.store import Urls
from sweep.study import Study
from sweep.study.words import describe_values, format_value

VERSIONS = ("sweep", "python", "numpy", "llvmlite", "numba")
"""What a run's record has the versions of; none has the last two both."""


def run_rows(run: Mapping[str, Any], store_name: str, n_runs: int) -> list[tuple[str, str]]:
    """The run's record in words; `n_runs` of the store asked for the same study."""
    rows = [
        ("Run", str(run["id"])),
        ("Command", str(run.get("command"))),
        ("Started", str(run.get("started"))),
        ("Ended", str(run.get("ended") or "not recorded")),
        ("State", str(run.get("state"))),
        ("Host", f"{run.get('host')} ({run.get('platform')})"),
        ("Processor", f"{run.get('cpu')}, {run.get('cores')} cores, {run.get('workers')} workers"),
        ("Versions", ", ".join(f"{name} {run[name]}" for name in VERSIONS if name in run)),
        ("Commit", str(run.get("git_commit") or "not a checkout")),
        ("Store", store_name),
    ]
    if n_runs > 1:
        rows.append(("Runs", f"{n_runs} runs of this study are in the store; this is the record of one of them"))
    return rows


def recipe_rows(study: Study) -> list[tuple[str, str]]:
    """Every field of the recipe with its value, or with what was swept."""
    swept = {axis.field: f"swept: {describe_values(axis)}" for axis in study.axes}
    if isinstance(study, ForeignStudy):
        return list(swept.items())
    recipe = study.recipe
    if isinstance(recipe, OwnRecipe):
        known = {"function": recipe.function, "version": recipe.version}
        fields = known | {name: format_value(value, name) for name, value in recipe.values}
    else:
        fields = {field: format_value(getattr(recipe, field), field) for field in recipe.to_dict()}
    rows = list((fields | swept).items())
    return [
        *rows,
        ("repeats", f"{study.repeats:,} a point" if study.until is None else study.until.sentence),
        ("seed", str(study.seed)),
        ("draws", study.draws),
    ]


def repeat_commands(run: Mapping[str, Any], url: Urls, out: str) -> list[str]:
    """The commands that train the study again and make this page of it."""
    store, commit = store_option(url), str(run.get("git_commit") or "").removesuffix("+changes")
    lines = [f"git checkout {shlex.quote(commit)}"] if commit else []
    identifier = shlex.quote(str(run["id"]))
    of_networks = "function" not in run["study"]["recipe"]
    return [
        *lines,
        str(run.get("command")),
        f"python -m analysis report --run {identifier} --out {out}{store}",
        f"python -m analysis summary --run {identifier} --csv summary.csv{store}",
        f"python -m analysis figures --run {identifier}{store}",
        *[f"python -m analysis claims{store}"] * of_networks,
    ]
