"""What each command of `python -m analysis` does with its options."""

import argparse
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.asked import asked_results
from analysis.tables.export import export
from analysis.tables.foreign_study import ForeignStudy
from sweep.console.command import store_option
from sweep.console.progress import say
from sweep.errors import FailedError, UsageError
from sweep.files import write_csv
from sweep.recipe import RECIPES
from sweep.statistics.summary import summarize
from sweep.store import Store, is_missing, open_store
from sweep.study import Study
from sweep.study.words import format_value, in_words_of


def print_summary(options: argparse.Namespace) -> None:
    """Print the summary, or write it to --csv."""
    with asked_results(options) as (results, study):
        table = summarize(results, study)
    # As the command line takes them: 3x3, none.
    for axis in study.axes:
        if not axis.is_numeric:
            table[axis.field] = [format_value(value, axis.field) for value in table[axis.field]]
    if options.csv is not None:
        write_table(table, options.csv)
    elif options.json:
        print_json({"points": json.loads(table.to_json(orient="records", double_precision=15))})
    else:
        print(table.to_string(index=False, float_format="{:,.4f}".format))
    tell_if_foreign(study)


def tell_if_foreign(study: Study) -> None:
    """Say so where results are another program's, and what is not known of them."""
    if isinstance(study, ForeignStudy):
        print(f"{study.sentence}.")


def print_comparison(options: argparse.Namespace) -> None:
    """Print the relative changes between the values."""
    from sweep.statistics.compare import compare, describe

    with asked_results(options) as (results, study):
        found = compare(results, study, options.values, nearest=options.nearest)
    if options.json:
        print_json({"field": study.axes[0].field, "comparisons": [one.to_dict() for one in found]})
        return
    print(describe(study.axes[0].field, found))
    tell_if_foreign(study)


def print_minimum(options: argparse.Namespace) -> None:
    """Print the minimum with its intervals."""
    from sweep.statistics import map_minimum
    from sweep.statistics.answer import predicted_pair, predicted_value
    from sweep.statistics.curve import read_curve
    from sweep.statistics.minimum import describe, find_minimum
    from sweep.statistics.pooled_map import is_pooled_map, require_map

    with asked_results(options) as (results, study):
        if is_pooled_map(study):
            on_map = map_minimum.find_map_minimum(require_map(results, study), predicted_pair(study))
            print_json(on_map.to_dict()) if options.json else print(in_words_of(study, map_minimum.describe(on_map)))
            return
        curve = read_curve(results, study)
    found = find_minimum(curve, predicted_value(study))
    if options.json:
        print_json({"field": curve.field, **found.to_dict()})
        return
    print(in_words_of(study, describe(curve.field, found)))
    tell_if_foreign(study)


def export_trainings(options: argparse.Namespace) -> None:
    """Write the trainings to a file and say so."""
    exported = export(options.store, options.file, options.run)
    print(f"{exported.trainings:,} rows written to {options.file}")
    if exported.note:
        print(f"{exported.note}.")


def print_claims(options: argparse.Namespace) -> None:
    """Print the claims, or write them to --csv."""
    from analysis.claims import all_findings, describe

    # The claims about seeded runs need no store.
    has_none = len(options.store) == 1 and is_missing(options.store[0])
    with nullcontext() if has_none else open_store(options.store) as store:
        findings = all_findings(store)
    if options.csv is not None:
        write_table(pd.DataFrame(findings), options.csv)
    elif options.json:
        print_json({"claims": [finding._asdict() for finding in findings]})
    else:
        print(describe(findings))


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object; numbers that are not finite are null."""
    print(json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2))


def write_table(table: pd.DataFrame, path: str) -> None:
    """Write a table and say so."""
    write_csv(table, Path(path))
    print(f"{len(table):,} rows written to {path}")


def draw_figures(options: argparse.Namespace) -> None:
    """Draw every figure of a study and say what was written."""
    # Only drawing needs matplotlib, which takes longer to import than a summary to compute.
    from analysis.figures.catalogue import draw_all

    with asked_results(options) as (results, study):
        paths = draw_all(results, study, Path(options.out))
    for path in paths:
        print(path)
    tell_if_foreign(study)


def draw_recipes(options: argparse.Namespace) -> None:
    """Draw the sweeps of all published recipes side by side, and say which recipes lack one."""
    from analysis.figures import recipes
    from analysis.tables.recipes import compare_recipes, find_sweeps
    from sweep.style import save

    with open_store(options.store) as store:
        sweeps = find_sweeps(store)
        table = compare_recipes(store, sweeps)
    missing = [name for name in RECIPES if name not in set(table["recipe"])]
    commands = {name: f"python -m sweep.run --recipe {name}{store_option(options.store[:1])}" for name in missing}
    if table.empty:
        raise FailedError(
            f"{store.name} holds no sweep of hidden_std_dev of a published recipe with a finite loss; "
            f"`{next(iter(commands.values()))}` makes one"
        )
    for name, command in commands.items():
        print(f"{name} is left out: the store holds no sweep of its hidden_std_dev. {command} makes it.")
    for path in save(recipes.draw(table, sweeps), table, Path(options.out), "recipes"):
        print(path)


def write_report(options: argparse.Namespace) -> None:
    """Write the page and say so."""
    from analysis.report.follow import follow_report
    from analysis.report.page import write_page_of, write_report

    path = Path(options.out)
    with asked_results(options) as (results, study):
        if isinstance(study, ForeignStudy):
            if options.follow:
                raise UsageError("--follow was given for results that no run makes; leave it out")
            write_page_of(results, study, path)
        elif isinstance(results, Store) and options.follow:
            follow_report(results, options.store, options.run, path, say)
        elif isinstance(results, Store):
            write_report(results, options.store, options.run, path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, one file that opens in any browser")
