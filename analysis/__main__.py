"""python -m analysis: read a store, print or draw what it says."""

import argparse
import math
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pandas as pd

from analysis.groups import find_study, summarize
from sweep.command import Parser, add_store_option, run_command, store_option
from sweep.errors import FailedError
from sweep.programs import RECIPES
from sweep.store import is_missing, open_store


def build_parser() -> Parser:
    """The commands and their options."""
    parser = Parser(prog="python -m analysis", description="Analyse what a store holds; reads the latest run.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, function, words in (
        ("summary", print_summary, "print mean, deviation, count, standard error, solved and diverged, a row a point"),
        ("compare", print_comparison, "compare the mean loss between values of the swept axis, with 95 %% intervals"),
        (
            "minimum",
            print_minimum,
            "say where the mean loss is lowest and the gain over Xavier's, with intervals",
        ),
        ("claims", print_claims, "judge the published claims by what is measured here"),
        ("figures", draw_figures, "draw every figure that applies to what was swept, with the table it is drawn from"),
        ("recipes", draw_recipes, "draw the sweep of hidden_std_dev of every published recipe, from its latest run"),
    ):
        command = commands.add_parser(
            name, help=words, description=f"{words[0].upper()}{words[1:]}.".replace("%%", "%")
        )
        command.set_defaults(function=function)
        add_store_option(command)
        if name not in ("claims", "recipes"):
            command.add_argument(
                "--run", metavar="ID", help="another run than the latest (python -m sweep.status lists them)"
            )
        if name in ("summary", "claims"):
            command.add_argument("--csv", metavar="PATH", help="write the table there, with every digit")
        if name == "compare":
            command.add_argument(
                "values", metavar="VALUE", type=finite_number, nargs="+", help="two or more swept values"
            )
            command.add_argument("--nearest", action="store_true", help="take the nearest swept value to each")
        if name in ("figures", "recipes"):
            command.add_argument("--out", metavar="FOLDER", default="figures", help="where to write (figures)")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    options.function(options)
    return 0


def finite_number(text: str) -> float:
    """A number as argparse wants it read.

    Raises:
        argparse.ArgumentTypeError: the text is none, or not finite.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"was given as {text!r}; allowed is a finite number")
    return number


def print_summary(options: argparse.Namespace) -> None:
    """Print the summary, or write it to --csv."""
    with open_store(options.store) as store:
        table = summarize(store, find_study(store, options.run))
    if options.csv is None:
        print(table.to_string(index=False, float_format="{:,.4f}".format))
    else:
        write_table(table, options.csv)


def print_comparison(options: argparse.Namespace) -> None:
    """Print the relative changes between the values."""
    from analysis.compare import compare, describe
    from analysis.losses import read_losses

    with open_store(options.store) as store:
        study = find_study(store, options.run)
        given = read_losses(store, study)
    print(describe(study.axes[0].field, compare(given, options.values, nearest=options.nearest)))


def print_minimum(options: argparse.Namespace) -> None:
    """Print the minimum with its intervals."""
    from analysis.answer import SPREAD, xavier_spread
    from analysis.losses import read_losses
    from analysis.minimum import describe, find_minimum

    with open_store(options.store) as store:
        study = find_study(store, options.run)
        given = read_losses(store, study)
    field = study.axes[0].field
    print(describe(field, find_minimum(given, xavier_spread(study.recipe) if field == SPREAD else None)))


def print_claims(options: argparse.Namespace) -> None:
    """Print the claims, or write them to --csv."""
    from analysis.claims import all_findings, describe

    # The claims about seeded runs need no store.
    with nullcontext() if is_missing(options.store) else open_store(options.store) as store:
        findings = all_findings(store)
    if options.csv is None:
        print(describe(findings))
    else:
        write_table(pd.DataFrame(findings), options.csv)


def write_table(table: pd.DataFrame, path: str) -> None:
    """Write a table and say so."""
    from analysis.figures.style import write_csv

    write_csv(table, Path(path))
    print(f"{len(table):,} rows written to {path}")


def draw_figures(options: argparse.Namespace) -> None:
    """Draw every figure of a study and say what was written."""
    # Only drawing needs matplotlib, which takes longer to import than a summary to compute.
    from analysis.figures.catalogue import draw_all

    with open_store(options.store) as store:
        for path in draw_all(store, find_study(store, options.run), Path(options.out)):
            print(path)


def draw_recipes(options: argparse.Namespace) -> None:
    """Draw the sweeps of all published recipes side by side, and say which recipes lack one."""
    from analysis.figures import recipes
    from analysis.figures.style import save
    from analysis.recipes import compare_recipes, find_sweeps

    with open_store(options.store) as store:
        sweeps = find_sweeps(store)
        table = compare_recipes(store, sweeps)
    missing = [name for name in RECIPES if name not in set(table["recipe"])]
    commands = {name: f"python -m sweep.run --recipe {name}{store_option(options.store)}" for name in missing}
    if table.empty:
        raise FailedError(
            f"{store.name} holds no sweep of hidden_std_dev of a published recipe with a finite loss; "
            f"`{next(iter(commands.values()))}` makes one"
        )
    for name, command in commands.items():
        print(f"{name} is left out: the store holds no sweep of its hidden_std_dev. {command} makes it.")
    for path in save(recipes.draw(table, sweeps), table, Path(options.out), "recipes"):
        print(path)


if __name__ == "__main__":
    run_command(main)
