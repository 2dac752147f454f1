"""python -m sweep.run: train a study and keep every result in a store."""

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from threading import Thread

from sweep.console.command import (
    INTERRUPTED,
    run_command,
    store_option,
)
from sweep.console.words import plural
from sweep.errors import FailedError, UsageError
from sweep.execution.backend import Backend
from sweep.execution.ending import interrupted, record_failure
from sweep.execution.missing import train
from sweep.execution.options import build_parser, options_of_study, read_asked
from sweep.execution.patience import PatientStore
from sweep.execution.processes import Processes, usable_cores
from sweep.execution.spill import take_up
from sweep.recipe import OwnRecipe
from sweep.recipe.function import FunctionError
from sweep.recipe.table import recipe_table
from sweep.store import Store, open_store
from sweep.store.data_sets import share_data
from sweep.store.provenance import command_line, describe_run, now
from sweep.study import Study
from sweep.study.study_file import to_toml, write_study_file


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser().parse_args(arguments)
    if options.list_recipes:
        print(recipe_table())
        return 0
    asked_for = options_of_study(options)
    study = read_asked(asked_for)
    workers = usable_cores() if options.workers is None else options.workers
    if not 1 <= workers <= 1024:
        raise UsageError(f"workers was given as {workers}; allowed is a whole number from 1 to 1,024")
    if not options.wait >= 0:
        raise UsageError(f"wait was given as {options.wait:g}; allowed is a number of seconds, 0 or above")
    if options.save:
        write_study_file(options.save, asked_for)
    command = command_line("sweep.run", arguments)
    with (
        choose_backend(options.cluster, workers, options.store, options.wait) as backend,
        PatientStore(open_store(options.store, create=True), options.wait) as store,
    ):
        file = to_toml(asked_for) if options.study else None
        return run_study(study, store, options.store, backend, command, options.quiet, file)


def choose_backend(cluster: str | None, workers: int, url: str, seconds: float) -> Backend:
    """The cluster, where one is named, else processes on this machine."""
    if cluster is None:
        return Processes(workers, url)
    from sweep.execution.cluster import Cluster

    return Cluster(cluster, url, seconds)


def run_study(
    study: Study, store: Store, url: str, backend: Backend, command: str, quiet: bool, file: str | None = None
) -> int:
    """Compute what the store lacks of the study, record the run, with the file that it was in, and print the answer;
    return the exit code."""
    if not quiet:
        print(f"{asked(study)}. {study.sentence}.", flush=True)
    if told := other_versions(study, store):
        print(told, flush=True)
    run = describe_run(study, command, backend.n_workers, backend.cluster, file)
    start = time.monotonic()
    try:
        share_data(store, study)
        store.start_run(run)
        take_up(store)
        # What the last words are made of takes as long to import as a small study to train: it is done meanwhile.
        Thread(target=import_module, args=["sweep.statistics.answer"]).start()
        n_trained, report = train(study, store, backend, quiet)
        store.end_run(run["id"], now(), "finished")
    except KeyboardInterrupt:
        print(interrupted(study, url, run["id"], command), file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        record_failure(url, run["id"])
        if not isinstance(error, FailedError) or isinstance(error, FunctionError):
            raise
        raise type(error)(f"{str(error).rstrip('.')}; continue with: {command}") from error
    if n_trained:
        seconds = time.monotonic() - start
        print(
            f"Stored {n_trained:,} trainings in {store.name} in {seconds:.1f} s, {n_trained / seconds:,.0f} a second "
            f"with {backend.description}."
        )
    if report:
        print(report)
    # Analysis stands on top of this package; only this command's last words come from it.
    from sweep.statistics.answer import answer

    print(answer(store, study))
    print(f"Next: python -m analysis figures{store_option(url)}\n      python -m analysis summary{store_option(url)}")
    return 0


def other_versions(study: Study, store: Store) -> str:
    """What is to be said where a store holds trainings of another version of a study's own function; else empty."""
    recipe = study.recipe
    if not isinstance(recipe, OwnRecipe):
        return ""
    stored = [point["recipe"] for point in store.points().values()]
    versions = {one["version"] for one in stored if isinstance(one, dict) and one.get("function") == recipe.function}
    others = sorted(map(str, versions - {recipe.version}))
    if not others:
        return ""
    return (
        f"{store.name} holds trainings of {recipe.function} in version {', '.join(others)}; its source was changed, "
        f"and this run trains version {recipe.version}. They stay, and nothing of them is mixed with it; "
        "@training(version=…) keeps a version where a change changes no result."
    )


def asked(study: Study) -> str:
    """What was asked for, in words."""
    points, target = plural(len(study.points), "point"), study.until
    if target is None:
        return f"{points} × {plural(study.repeats, 'repeat')}"
    return f"{points} × {target.first_round:,} repeats, then more {target.sentence}, at most {study.repeats:,} a point"


if __name__ == "__main__":
    run_command(main)
