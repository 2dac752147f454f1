"""python -m sweep.trace: one training, seen from inside."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sweep.console.command import Parser, add_store_option, run_command, whole_number
from sweep.errors import UsageError
from sweep.inspection.replay import Trace, trace
from sweep.inspection.trace_text import describe
from sweep.recipe import Recipe
from sweep.recipe.data import check_targets, known_data
from sweep.recipe.problem import is_at_hand, is_truth_table
from sweep.recipe.published import NAMES, start_of
from sweep.recipe.recipe import network_of
from sweep.store import is_missing, open_store
from sweep.store.data_sets import have_data
from sweep.study import DRAW_BLOCK, DRAWS, Point, Study
from sweep.study.draws import initial_parameters, shuffle_keys
from sweep.study.parse import parse_setting
from sweep.study.reading import named_recipe, read_recipe

LINES = 20
"""How many losses are shown where --every does not say."""


def build_parser() -> Parser:
    """The options of this command."""
    parser = Parser(
        prog="python -m sweep.trace",
        description="Train one network and show it from inside: the loss as it falls, the problem's rows, the trained "
        "parameters, and what the hidden layer makes of each input.",
    )
    parser.add_argument("--recipe", metavar="NAME", default="gustaw", help=f"one of {', '.join(NAMES)} (gustaw)")
    parser.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="change a field of the recipe; repeatable"
    )
    parser.add_argument("--published", action="store_true", help="start from the program's own seeded initial values")
    parser.add_argument("--seed", metavar="S", type=whole_number, help="replay a training of a study: its seed (0)")
    parser.add_argument("--repeat", metavar="R", type=whole_number, help="and its repeat number (0)")
    parser.add_argument(
        "--draws",
        metavar="KIND",
        default="",
        help=f"how that study draws: {', '.join(DRAWS)} (as the store holds the training, else common)",
    )
    parser.add_argument("--every", metavar="N", type=whole_number, help=f"show the loss every N epochs ({LINES} lines)")
    parser.add_argument("--figure", metavar="PATH", help="draw it there too; the ending says the format (.png, .svg)")
    add_store_option(parser)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    named = network_of(named_recipe(options.recipe), "a trace")
    recipe = network_of(read_recipe(named, dict(map(parse_setting, options.set))), "a trace")
    have_rows(recipe, options.store)
    every = max(recipe.epochs // LINES, 1) if options.every is None else options.every
    if every < 1:
        raise UsageError(f"every was given as {every}; allowed is a whole number from 1")
    figure = None if options.figure is None else figure_path(options.figure)
    if options.published:
        if options.seed is not None or options.repeat is not None:
            raise UsageError("--published was given with --seed or --repeat; leave out the one or the other")
        initial, starts = start_of(options.recipe)
        if initial.shape != (recipe.n_parameters,) or changes_start(named, recipe):
            raise UsageError(
                "--published was given with a --set that changes the initial values; leave out --published "
                "and use --seed S --repeat R"
            )
        compared = f"Started from the published values: {starts}."
        seen = trace(recipe, initial)
    else:
        repeat = options.repeat or 0
        Study(recipe, (), repeat + 1, options.seed or 0, options.draws)  # refuses what no study can have
        point = find_point(recipe, options.seed or 0, repeat, options.draws, options.store)
        block = repeat // DRAW_BLOCK * DRAW_BLOCK
        initial = initial_parameters(point, block, repeat + 1)[-1]
        seen = trace(recipe, initial, int(shuffle_keys(point, block, repeat + 1)[-1]))
        compared = compare_with_store(seen, point, repeat, options.store)
    print(describe(seen, every))
    print(compared)
    if figure is not None:
        # Only a figure needs matplotlib, which takes longer to import than a network to train.
        from sweep.inspection.trace_figure import draw
        from sweep.style import write_figure

        write_figure(draw(seen), figure)
        print(figure)
    return 0


def figure_path(text: str) -> Path:
    """The path of a figure whose folder exists and whose ending names a format.

    Raises:
        UsageError: it does not.
    """
    path = Path(text)
    if path.suffix not in (".png", ".svg", ".pdf") or not path.parent.is_dir():
        raise UsageError(f"figure was given as {text!r}; allowed is a .png, .svg or .pdf file in a folder that exists")
    return path


def changes_start(published: Recipe, recipe: Recipe) -> bool:
    """Whether two recipes differ in a field that decides where a training starts."""
    fields = ("problem", "hidden", "biases", "hidden_std_dev", "output_std_dev", "hidden_distribution", "spread_unit")
    return any(getattr(published, field) != getattr(recipe, field) for field in fields)


def have_rows(recipe: Recipe, url: str) -> None:
    """Have the problem's rows at hand: those of a data set that is named by its digest lie in the store.

    Raises:
        UsageError: they are not at hand and there is no store, or they are not what the recipe's output learns.
        StoreError: the store does not hold them, or cannot be read.
    """
    if not is_at_hand(recipe.problem) and not is_missing(url):
        with open_store(url) as store:
            have_data(store, [recipe.problem])
    if not is_truth_table(recipe.problem):
        check_targets(known_data(recipe.problem), recipe.output)


def find_point(recipe: Recipe, seed: int, repeat: int, draws: str, url: str) -> Point:
    """The point of a training, with the kind of its draws, if none is named, that the store holds it with; else the
    first kind."""
    points = [Point(recipe, seed, kind) for kind in ([draws] if draws else DRAWS)]
    if len(points) == 1 or is_missing(url):
        return points[0]
    with open_store(url) as store:
        return next((point for point in points if repeat in store.repeats(point.identity)), points[0])


def compare_with_store(seen: Trace, point: Point, repeat: int, url: str) -> str:
    """Whether the store holds this training, and whether its loss is this one's."""
    if is_missing(url):
        return f"Seed {point.seed}, repeat {repeat} ({point.draws} draws); there is no store at {url} to compare with."
    with open_store(url) as store:
        records = store.records(point.identity, repeat + 1)
        name = store.name
    where = f"Seed {point.seed}, repeat {repeat} ({point.draws} draws)"
    stored = records.loss[records.repeat == repeat]
    if not len(stored):
        return (
            f"{where}: {name} does not hold this training; `python -m analysis summary --csv PATH` lists the values "
            "that were swept with every digit."
        )
    if stored[0] == seen.loss or (np.isnan(stored[0]) and np.isnan(seen.loss)):
        return f"{where}: the total loss equals the record in {name}, bit for bit."
    difference = abs(seen.loss - stored[0]) / abs(stored[0])
    return (
        f"{where}: the total loss DIFFERS from the record in {name}, which is {float(stored[0])!r} "
        f"(relative difference {difference:.1e}); another kind of processor or another version may round differently."
    )


if __name__ == "__main__":
    run_command(main)
