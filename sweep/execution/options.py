"""What `python -m sweep.run` can be asked for: its options, and the study that they come to."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from sweep.console.command import Parser, add_store_option, number, whole_number
from sweep.execution.gpu import CHOICES_OF_DEVICE
from sweep.execution.processes import usable_cores
from sweep.recipe import FIELDS
from sweep.recipe.location import find_function, is_location
from sweep.recipe.published import NAMES
from sweep.store.patience import add_wait_option
from sweep.study import Study
from sweep.study.parse import SPEC
from sweep.study.part import WHOLE
from sweep.study.reading import read_study, read_target
from sweep.study.study_file import overridden, read_study_file
from sweep.study.target import MOST_REPEATS

DEFAULT_RECIPE = "gustaw"


def build_parser(arguments: Sequence[str] = ()) -> Parser:
    """The options of this command; its help lists the fields of the recipe that the arguments name."""
    parser = Parser(
        prog="python -m sweep.run",
        description="Train many small networks from many initial spreads in parallel and keep every result. "
        "Without options it runs the published study: 400 spreads of hidden_std_dev, 1,000 networks each. "
        "Running it again computes only what is missing.",
        epilog=f"{_fields(arguments)} Example: --axis learning_rate=log:0.01:10:31 --repeats 200",
    )
    parser.add_argument(
        "study",
        metavar="FILE.toml",
        nargs="?",
        help="a study as a file: these options by their names, such as repeats = 200; the command line's go before",
    )
    parser.add_argument("--save", metavar="FILE.toml", help="write what is asked for to such a file, and run it")
    parser.add_argument(
        "--recipe",
        metavar="NAME",
        help=f"one of {', '.join(NAMES)} (gustaw), or FILE.py:NAME, a training function of your own",
    )
    parser.add_argument("--list-recipes", action="store_true", help="show the recipes in a table and end")
    parser.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="change a field of the recipe; repeatable. problem takes a CSV file, whose last column is the target "
        "(FILE.csv:NAME,NAME names others): --recipe mlp --set problem=iris.csv --set output=softmax "
        "--set loss=cross_entropy",
    )
    parser.add_argument(
        "--axis",
        metavar="FIELD=SPEC",
        action="append",
        default=[],
        help=f"sweep a field; repeatable for several axes; SPEC is {SPEC} "
        "(default: hidden_std_dev over exp(linspace(-3, 4, 400)))",
    )
    parser.add_argument(
        "--repeats",
        metavar="N",
        type=whole_number,
        help="networks a point; with a target the first round's (1000; fewer where all points inform the target)",
    )
    parser.add_argument(
        "--until-rse",
        metavar="R",
        type=number,
        help="give each point the repeats that it needs until every relative standard error of the mean is at most R",
    )
    parser.add_argument(
        "--until-minimum",
        metavar="T",
        type=number,
        help="give repeats where they sharpen the minimum until the best point's mean is, with 95 %% confidence, at "
        "most the share T above the lowest",
    )
    parser.add_argument(
        "--until-spread",
        metavar="W",
        type=number,
        help="give repeats where they sharpen the minimum until the 95 %% interval of its place is within the share W "
        "of it",
    )
    parser.add_argument(
        "--max-repeats", metavar="N", type=whole_number, help=f"that --until-… may give a point ({MOST_REPEATS})"
    )
    parser.add_argument("--seed", metavar="S", type=whole_number, help="of the random draws (0)")
    parser.add_argument(
        "--draws",
        metavar="KIND",
        default="",
        help="which points start from the same draws. by_spread: those of the same spreads, so that points differ in "
        "what else is swept alone, and all trainings of a sweep of a spread can be pooled; common: all of them; "
        "independent: none (by_spread where neighbouring spreads overlap enough for pooling, else common)",
    )
    parser.add_argument(
        "--part",
        metavar="I/N",
        default=str(WHOLE),
        help="train the I-th of N parts of the study's points, the others elsewhere: analyses read all with a --store "
        "for each",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        metavar="N",
        type=whole_number,
        help=f"processes on this machine ({usable_cores()})",
    )
    where.add_argument(
        "--cluster",
        metavar="PLACE",
        help="train on a Dask cluster: the scheduler's address, such as tcp://HOST:8786, or its scheduler file; the "
        "store is then a MongoDB that all its workers reach (needs the extra [cluster])",
    )
    parser.add_argument(
        "--device",
        choices=CHOICES_OF_DEVICE,
        default="cpu",
        help="what trains: cpu (the default); gpu, this machine's first NVIDIA card (needs the extra [gpu]), where "
        "--workers processes draw and store; auto, the card where there is one",
    )
    add_store_option(parser)
    add_wait_option(parser, "a store or a scheduler that is away once the run has begun")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")
    return parser


def _fields(arguments: Sequence[str]) -> str:
    """The fields of the recipe that the arguments name, where these ask for help."""
    named = ArgumentParser(add_help=False)
    named.add_argument("--recipe")
    named.add_argument("-h", "--help", action="store_true")
    asked, _ = named.parse_known_args(arguments)
    if asked.help and asked.recipe and is_location(asked.recipe):
        return f"Fields of {asked.recipe}: {', '.join(find_function(asked.recipe).recipe.fields) or 'none'}."
    return f"Fields of a recipe: {', '.join(FIELDS)}."


def options_of_study(options: Namespace) -> dict[str, Any]:
    """The options that say what is asked for, by their names, of the study file and of the command line before it.

    Raises:
        UsageError: the file cannot be read, or holds what is no option of a study.
    """
    named = {name.replace("_", "-"): value for name, value in vars(options).items()}
    return overridden(read_study_file(options.study) if options.study else {}, named)


def read_asked(asked_for: Mapping[str, Any]) -> Study:
    """The study that options ask for, of the command line or of a file, by their names.

    Raises:
        UsageError: one of them is not allowed.
    """
    get, most = asked_for.get, asked_for.get("max-repeats")
    until = read_target(get("until-rse"), get("until-minimum"), get("until-spread"), most)
    return read_study(
        get("recipe", DEFAULT_RECIPE), get("set", []), get("axis", []), get("repeats"), get("seed", 0),
        get("draws", ""), until, most,
    )  # fmt: skip
