"""python -m sweep.merge: put what several stores hold into one."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from sweep.console.command import Parser, add_store_option, run_command, store_option
from sweep.console.progress import Progress
from sweep.console.words import plural
from sweep.errors import FailedError, UsageError
from sweep.inspection.verify import MAX_REPEAT, Report, verify
from sweep.store import Records, Store, open_store
from sweep.store.differing import differing
from sweep.store.patience import PatientStore, add_wait_option, check_wait
from sweep.store.records import RECORD_FIELDS

AT_ONCE = 10_000
"""Trainings that are stored in one step; an interrupt loses none of those before it."""


@dataclass
class Merged:
    """What came of one store.

    Attributes:
        stored: trainings that were new.
        there: trainings that were there already.
        other: how many of these have another result than the store that they were to come from.
    """

    stored: int = 0
    there: int = 0
    other: int = 0


def build_parser() -> Parser:
    """The options of this command."""
    parser = Parser(
        prog="python -m sweep.merge",
        description="Put the runs, data sets and trainings of stores into one, of either kind. The stores FROM are "
        "only read. What is there already stays, so that the same command continues after an interrupt. If one has "
        "something that is off, as sweep.check says, nothing is merged.",
    )
    parser.add_argument("sources", metavar="FROM", nargs="+", help="a store to read: a path or URL, as for --store")
    add_store_option(parser)
    add_wait_option(parser, "a store that is away or locked once it was opened")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    check_wait(options.wait)
    with ExitStack() as opened:

        def opening(url: str, *, create: bool = False) -> Store:
            return opened.enter_context(PatientStore(open_store(url, create=create), options.wait))

        sources = [opening(url) for url in options.sources]
        reports = [sound(source, url) for source, url in zip(sources, options.sources, strict=True)]
        store = opening(options.store, create=True)
        for source in sources:
            if source.is_same(store):
                raise UsageError(f"{source.name} was to be merged into itself; allowed is another store as --store")
        for source, report in zip(sources, reports, strict=True):
            print(describe(merge(source, report, store, quiet=options.quiet), report, source, store), flush=True)
    print(f"Next: python -m sweep.status{store_option(options.store)}")
    return 0


def sound(source: Store, url: str) -> Report:
    """What a store holds.

    Raises:
        FailedError: something in it is off.
    """
    report = verify(source)
    if report.findings:
        n = len(report.findings)
        raise FailedError(
            f"{source.name} has {plural(n, 'thing')} that {'is' if n == 1 else 'are'} off, and nothing was merged: "
            f"{report.findings[0]}; `python -m sweep.check{store_option(url)}` lists what is off"
        )
    return report


def merge(source: Store, report: Report, store: Store, *, quiet: bool = False) -> Merged:
    """Put what a sound store holds into another.

    Args:
        source: is read.
        report: on the source, by `sweep.inspection.verify.verify`.
        store: that is written; records that it has stay as they are.
        quiet: whether to show no progress.

    Raises:
        StoreError: a store cannot be read or written; what was stored until then stays.
    """
    found = Merged()
    for problem in sorted({point.recipe.data_set or "" for point in report.points.values()}):
        if problem:
            store.add_data(source.data_set(problem))
    # Runs begin before their trainings are there and end after: what an interrupt leaves is in order.
    runs = [(run, run.pop("ended"), run.pop("state")) for run in source.runs()]
    for run, _, _ in runs:
        store.start_run(run)
    with Progress(report.n_records, 0, quiet=quiet) as progress:
        for identity, repeats in report.stored.items():
            known = np.isin(repeats, store.repeats(identity))
            records = source.records(identity, MAX_REPEAT + 1)
            new = _some(records, ~known)
            for start in range(0, len(new.repeat), AT_ONCE):
                rows = np.arange(start, min(start + AT_ONCE, len(new.repeat)))
                found.stored += store.insert(report.points[identity], _some(new, rows))
                progress.update(len(rows))
            if known.any():
                found.there += int(known.sum())
                stored = store.records(identity, MAX_REPEAT + 1)
                own = _some(stored, np.isin(stored.repeat, repeats[known]))
                found.other += int(differing(vars(_some(records, known)), vars(own)).sum())
                progress.update(int(known.sum()))
    for run, ended, state in runs:
        if ended is not None:
            store.end_run(run["id"], ended, state)
    return found


def _some(records: Records, rows: np.ndarray) -> Records:
    return Records(**{name: getattr(records, name)[rows] for name in RECORD_FIELDS})


def describe(found: Merged, report: Report, source: Store, store: Store) -> str:
    """What came of one store, in words."""
    n_runs = plural(len(report.studies), "run")
    lines = [f"Stored {plural(found.stored, 'training')} and {n_runs} of {source.name} in {store.name}."]
    if found.there:
        lines.append(f"{plural(found.there, 'training')} {'was' if found.there == 1 else 'were'} there already.")
    if found.other:
        lines.append(
            f"{plural(found.other, 'training')} of these have another result there, which stays: other processors and "
            "versions may round otherwise."
        )
    n_foreign = source.foreign()
    if n_foreign:
        lines.append(f"{plural(n_foreign, 'result')} of other programs in {source.name} stayed there.")
    return "\n".join(lines)


if __name__ == "__main__":
    run_command(main)
