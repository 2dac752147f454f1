"""python -m analysis summary | figures: read a store, print or draw what it says."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from analysis.groups import find_study, summarize
from sweep.command import Parser, add_store_option, run_command
from sweep.store import open_store


def build_parser() -> Parser:
    """The commands and their options."""
    parser = Parser(prog="python -m analysis", description="Analyse what a store holds; reads the latest run.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, function, words in (
        ("summary", print_summary, "print mean, deviation, count, standard error, solved and diverged, a row a point"),
        ("figures", draw_figures, "draw the mean loss against what was swept, with the table it is drawn from"),
    ):
        command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        command.set_defaults(function=function)
        add_store_option(command)
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
    from analysis.figures import mean_loss
    from analysis.figures.style import save

    with open_store(options.store) as store:
        study = find_study(store, options.run)
        summary = summarize(store, study)
    for path in save(mean_loss.draw(summary, study), summary, Path(options.out), "mean_loss"):
        print(path)


if __name__ == "__main__":
    run_command(main)
