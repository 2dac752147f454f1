"""python -m analysis summary | figures | recipes: read a store, print or draw what it says."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from analysis.groups import find_study, summarize
from sweep.command import Parser, add_store_option, run_command, store_option
from sweep.errors import FailedError
from sweep.programs import RECIPES
from sweep.store import open_store


def build_parser() -> Parser:
    """The commands and their options."""
    parser = Parser(prog="python -m analysis", description="Analyse what a store holds; reads the latest run.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, function, words in (
        ("summary", print_summary, "print mean, deviation, count, standard error, solved and diverged, a row a point"),
        ("figures", draw_figures, "draw every figure that applies to what was swept, with the table it is drawn from"),
        ("recipes", draw_recipes, "draw the sweep of hidden_std_dev of every published recipe, from its latest run"),
    ):
        command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        command.set_defaults(function=function)
        add_store_option(command)
        if name != "recipes":
            command.add_argument(
                "--run", metavar="ID", help="another run than the latest (python -m sweep.status lists them)"
            )
        if name == "summary":
            command.add_argument("--csv", metavar="PATH", help="write the table there, with every digit")
        else:
            command.add_argument("--out", metavar="FOLDER", default="figures", help="where to write (figures)")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    options.function(options)
    return 0


def print_summary(options: argparse.Namespace) -> None:
    """Print the summary, or write it to --csv."""
    with open_store(options.store) as store:
        table = summarize(store, find_study(store, options.run))
    if options.csv is None:
        print(table.to_string(index=False, float_format="{:,.4f}".format))
        return
    from analysis.figures.style import write_csv

    write_csv(table, Path(options.csv))
    print(f"{len(table):,} rows written to {options.csv}")


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
