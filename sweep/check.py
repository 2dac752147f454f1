"""python -m sweep.check: whether a store holds what it should."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sweep.console.command import FAILURE, Parser, add_store_option, run_command, whole_number
from sweep.console.progress import watch
from sweep.console.words import plural
from sweep.errors import UsageError
from sweep.execution.own_training import train_repeat
from sweep.inspection.recompute import TOLERANCE, compare, draw_sample
from sweep.inspection.verify import MAX_REPEAT, Report, verify
from sweep.recipe import OwnRecipe
from sweep.recipe.location import find_function
from sweep.store import Store, open_store
from sweep.store.provenance import cpu_model, project_version, run_state

SHOWN = 20


def build_parser() -> Parser:
    """The options of this command."""
    parser = Parser(
        prog="python -m sweep.check",
        description="Check a store, or several one by one and then whether they agree, without writing to them: "
        "counts, identities, provenance, the values of every record, and a random sample of the trainings, which are "
        "trained again and must come out bit for bit (to 1e-9 where a graphics card trained them). "
        "Ends with 1 and a list where something is off.",
    )
    add_store_option(parser, several=True)
    parser.add_argument("--sample", metavar="N", type=whole_number, default=200, help="trainings to train again (200)")
    parser.add_argument(
        "--recipe",
        metavar="FILE.py:NAME",
        action="append",
        default=[],
        help="a training function of your own whose trainings may be trained again, too; repeatable. Without it none "
        "is imported: a store may be anybody's",
    )
    parser.add_argument("--seed", metavar="S", type=whole_number, default=0, help="of the choice of the sample (0)")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    for name in ("sample", "seed"):
        if getattr(options, name) < 0:
            raise UsageError(f"{name} was given as {getattr(options, name)}; allowed is a whole number, 0 or above")
    functions = [find_function(location).recipe for location in options.recipe]
    codes = []
    for url in options.store:
        with open_store(url) as store:
            codes.append(check(store, options.sample, options.seed, functions))
    if len(codes) > 1 and not any(codes):
        compare_stores(options.store)
    return max(codes)


def check(store: Store, n: int, seed: int, functions: Sequence[OwnRecipe] = ()) -> int:
    """Check a store and train n of its trainings again, of the user's own functions those that are named; print what
    was found and return the exit code."""
    runs = store.runs()
    report = verify(store)
    readable = {
        identity: repeats
        for identity, repeats in report.stored.items()
        if identity in report.points and report.points[identity].recipe.data_set not in report.untrainable
    }
    known = {function_name(recipe): recipe for recipe in functions}
    own = {one: point.recipe for one, point in report.points.items() if isinstance(point.recipe, OwnRecipe)}
    for name in sorted({function_name(recipe) for recipe in own.values()} - known.keys()):
        report.notes.append(f"trainings of {name} are not trained again; --recipe FILE.py:NAME names the function")
    for identity, recipe in own.items():
        if function_name(recipe) in known:
            of = known[function_name(recipe)]
            here = replace(recipe, location=of.location, batch=of.batch)
            report.points[identity] = replace(report.points[identity], recipe=here)
        else:
            readable.pop(identity, None)
    sample = draw_sample(readable, n, seed)
    pairs = [(report.points[identity], repeats) for identity, repeats in sample.items()]
    report.findings += compare(
        store,
        watch(pairs, "points trained again"),
        origins(runs, report),
        origin(cpu_model(), project_version()),
        train_repeat,
        cards := on_cards(runs, report),
    )
    if of_cards := sum(len(repeats) for identity, repeats in sample.items() if identity in cards):
        report.notes.append(
            f"{of_cards:,} of the trainings trained again are of points that ran on "
            f"{' or '.join(sorted(set(cards.values())))}, which rounds otherwise than a processor: they were compared "
            f"to within {TOLERANCE:g} of themselves, not bit for bit"
        )
    report.notes += [
        f"run {run['id']} was killed: it is recorded as running, and its process is gone"
        for run in runs
        if run.get("id") in report.studies and run_state(run) == "killed"
    ]
    print(describe(store.name, report, len(runs), sum(map(len, sample.values()))))
    return FAILURE if report.findings else 0


def compare_stores(urls: Sequence[str]) -> None:
    """Read what stores hold as one, which says of how many trainings they have different results."""
    with open_store(urls) as united:
        for identity in watch(united.points(), "points compared"):
            united.records(identity, MAX_REPEAT + 1)


def function_name(recipe: OwnRecipe) -> str:
    """A function of the user's own with its version."""
    return f"{recipe.function} (version {recipe.version})"


def origins(runs: Iterable[dict[str, Any]], report: Report) -> dict[str, list[str]]:
    """Point identity -> the processors and versions of the runs that asked for it."""
    found: dict[str, list[str]] = {}
    for run in runs:
        study = report.studies.get(str(run.get("id")))
        for point in study.points if study else ():
            found.setdefault(point.identity, []).append(origin(run.get("device") or run.get("cpu"), run.get("sweep")))
    return found


def on_cards(runs: Iterable[dict[str, Any]], report: Report) -> dict[str, str]:
    """Point identity -> the graphics card of a run that asked for it, of those that any did."""
    return {
        point.identity: str(run["device"])
        for run in runs
        if "device" in run and str(run.get("id")) in report.studies
        for point in report.studies[str(run.get("id"))].points
    }


def origin(cpu: object, version: object) -> str:
    """What decides the last bits of a result."""
    return f"{cpu} with version {version}"


def describe(name: str, report: Report, n_runs: int, n_again: int) -> str:
    """What was looked at, what is off and what is worth knowing."""
    looked = (
        f"{plural(report.n_records, 'record')} of {plural(len(report.points), 'point')} and {plural(n_runs, 'run')}, "
        f"{n_again:,} of them trained again"
    )
    notes = [f"Note: {note}." for note in report.notes]
    if not report.findings:
        return "\n".join([f"{name} is in order: {looked}.", *notes])
    lines = [f"- {finding}" for finding in report.findings[:SHOWN]]
    if len(report.findings) > SHOWN:
        lines.append(f"and {len(report.findings) - SHOWN:,} more")
    n = len(report.findings)
    return "\n".join(
        [f"{name} has {plural(n, 'thing')} that {'is' if n == 1 else 'are'} off: {looked}.", *lines, *notes]
    )


if __name__ == "__main__":
    run_command(main)
