"""python -m sweep.status: the studies in a store, how complete each is, when and where it ran."""

import sys
import time
from collections.abc import Sequence
from typing import Any

from sweep.console.command import Parser, add_store_option, run_command
from sweep.console.progress import SECONDS_BETWEEN_LINES
from sweep.errors import StoreError, StoreUnavailableError
from sweep.store import Store, open_store
from sweep.store.data_sets import data_of, have_data
from sweep.store.patience import SECONDS_TO_WAIT, PatientStore
from sweep.store.provenance import RUN_FIELDS, recorded_runs, recorded_study, run_state, workers_of
from sweep.study import Study
from sweep.study.words import describe_values

NO_STUDY = "No study in {} yet; `python -m sweep.run` runs the published one."
CLEAR = b"\x1b[2J\x1b[H"
"""Clears a terminal and goes to its top."""
SECONDS_BETWEEN_LOOKS = 1.0


def build_parser() -> Parser:
    """The options of this command."""
    parser = Parser(
        prog="python -m sweep.status",
        description="List the studies in a store, or in several together, and how complete each is.",
    )
    add_store_option(parser, several=True)
    parser.add_argument(
        "--follow",
        action="store_true",
        help="show the latest study alone, and again when it has changed, until its run has ended",
    )
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    with open_store(options.store) as store:
        if options.follow:
            follow(PatientStore(store, SECONDS_TO_WAIT))
        else:
            print(status(store))
    return 0


def follow(store: Store) -> None:
    """Print the latest study whenever it has changed, until its latest run has ended; on a terminal in one place."""
    is_terminal, shown = sys.stdout.isatty(), ""
    while True:
        runs = list(by_study(store).values())[-1:]
        is_under_way = bool(runs) and run_state(runs[0][-1]) == "running"
        text = describe(store, runs[0]) if runs else NO_STUDY.format(store.name)
        if text != shown:
            if is_terminal:
                sys.stdout.buffer.write(CLEAR)
            print(text, flush=True)
            shown = text
        if not is_under_way:
            return
        time.sleep(SECONDS_BETWEEN_LOOKS if is_terminal else SECONDS_BETWEEN_LINES)


def by_study(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The runs of every study by its identity, the study that ran last at the end."""
    studies: dict[str, list[dict[str, Any]]] = {}
    for run in recorded_runs(store, RUN_FIELDS):
        studies[run["study_identity"]] = [*studies.pop(run["study_identity"], []), run]
    return studies


def status(store: Store) -> str:
    """A paragraph for each study, the one that ran last at the end."""
    studies = by_study(store)
    said = [describe(store, runs) for runs in studies.values()]
    if not studies:
        said.append(NO_STUDY.format(store.name))
    n_foreign = store.foreign()
    if n_foreign:
        said.append(
            f"{n_foreign:,} results of other programs lie in the same collection; "
            f"{'no command reads them' if studies else '`python -m analysis summary` reads them'}."
        )
    return "\n\n".join(said)


def describe(store: Store, runs: list[dict[str, Any]]) -> str:
    """What one study asks, how much of it is stored, and its runs."""
    study = asked_study(store, runs)
    name_data(store, study)
    n_stored = store.counts([point.identity for point in study.points], study.repeats)
    lines = [
        f"Study {study.identity}: {study.sentence}",
        f"  axes      {'; '.join(f'{axis.field}: {describe_values(axis)}' for axis in study.axes)}",
        f"  trainings {how_many(study, n_stored)}, seed {study.seed}, {study.draws} draws",
    ]
    for run in runs:
        part = f", part {run['part']}" if "part" in run else ""
        lines.append(f"  run {run['id']}  {run_state(run)}{part}, from {run['started']} to {run['ended'] or '?'}")
        lines.append(f"      on {run['host']} ({run['cpu']}), {workers_of(run)}: {run['command']}")
    return "\n".join(lines)


def name_data(store: Store, study: Study) -> None:
    """Have the data sets of a study told by their names; one that is missing or damaged is told by its digest, and
    `sweep.check` says what is wrong."""
    for problem in data_of(study):
        try:
            have_data(store, [problem])
        except StoreUnavailableError:
            raise
        except StoreError:
            continue


def asked_study(store: Store, runs: list[dict[str, Any]]) -> Study:
    """The study of the latest run where that has a target, else that of the most repeats among those without."""
    studies = [recorded_study(store, run) for run in runs]
    if studies[-1].until is not None:
        return studies[-1]
    return max((study for study in studies if study.until is None), key=lambda study: study.repeats)


def how_many(study: Study, n_stored: dict[str, int]) -> str:
    """How many trainings are stored, of how many where that is fixed; `n_stored` is by point."""
    total = sum(n_stored.values())
    if study.until is not None:
        each = [n_stored.get(point.identity, 0) for point in study.points]
        return f"{total:,} ({min(each):,} to {max(each):,} a point, {study.until.sentence}, at most {study.repeats:,})"
    percent = 100 * total / study.n_trainings
    complete = "complete" if total == study.n_trainings else f"{study.n_trainings - total:,} missing"
    return f"{total:,} of {study.n_trainings:,} ({percent:.1f} %, {complete}), {study.repeats:,} repeats"


if __name__ == "__main__":
    run_command(main)
