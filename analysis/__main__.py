"""python -m analysis: read a store or several, print or draw what it says."""

import argparse
import math
from collections.abc import Sequence

from analysis import commands
from analysis.asked import add_results_options
from sweep.console.command import Parser, add_store_option, run_command
from sweep.files import check_spares
from sweep.store import file_of

COMMANDS = {
    "summary": (
        commands.print_summary,
        "print mean, deviation, count, standard error, solved and diverged, a row a point",
    ),
    "compare": (
        commands.print_comparison,
        "compare the mean loss between values of the swept axis, with 95 % intervals",
    ),
    "minimum": (
        commands.print_minimum,
        "say where the mean loss is lowest and the gain over Xavier's, with intervals",
    ),
    "export": (
        commands.export_trainings,
        "write every training to a Parquet or CSV file, a row each, with its study",
    ),
    "claims": (commands.print_claims, "judge the published claims by what is measured here"),
    "figures": (
        commands.draw_figures,
        "draw every figure that applies to what was swept, with the table it is drawn from",
    ),
    "recipes": (
        commands.draw_recipes,
        "draw the sweep of hidden_std_dev of every published recipe, the widest in the store",
    ),
    "report": (
        commands.write_report,
        "write one page that holds the answer, every figure, the claims and their origin",
    ),
}
"""Name -> what is called with the options, and what it does in words."""


def build_parser() -> Parser:
    """The commands and their options."""
    parser = Parser(
        prog="python -m analysis", description="Analyse what a store, or several together, hold; reads the latest run."
    )
    choices = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, (function, words) in COMMANDS.items():
        command = choices.add_parser(name, help=words.replace("%", "%%"), description=f"{words[0].upper()}{words[1:]}.")
        command.set_defaults(function=function)
        add_store_option(command, several=True)
        if name not in ("claims", "recipes", "export"):
            add_results_options(command)
        if name not in ("claims", "recipes"):
            command.add_argument(
                "--run", metavar="ID", help="another run than the latest (python -m sweep.status lists them)"
            )
        add_options(name, command)
    return parser


def add_options(name: str, command: Parser) -> None:
    """Add the options of a command that most others lack."""
    if name in ("summary", "claims"):
        command.add_argument("--csv", metavar="PATH", help="write the table there, with every digit")
    if name in ("summary", "compare", "minimum", "claims"):
        command.add_argument("--json", action="store_true", help="print one JSON object in place of text")
    if name == "export":
        command.add_argument(
            "file", metavar="FILE", help="a FILE.parquet, or a FILE.csv with its study beside it in FILE.csv.json"
        )
    if name == "compare":
        command.add_argument(
            "values", metavar="VALUE", type=finite_number, nargs="+", help="two or more values of the axis"
        )
        command.add_argument(
            "--nearest", action="store_true", help="take the nearest swept value to each, where the curve is not pooled"
        )
    if name in ("figures", "recipes"):
        command.add_argument("--out", metavar="FOLDER", default="figures", help="where to write (figures)")
    if name == "report":
        command.add_argument("--out", metavar="PATH", default="report.html", help="where to write (report.html)")
        command.add_argument(
            "--follow",
            action="store_true",
            help="write it again while the run is under way; an open page loads itself again until the run ends",
        )


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    for name in ("csv", "out"):
        if (path := getattr(options, name, None)) is not None:
            check_spares(path, *map(file_of, options.store), getattr(options, "results", None))
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


if __name__ == "__main__":
    run_command(main)
