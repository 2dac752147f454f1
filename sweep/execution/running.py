"""One run of a study: what a store lacks of it is trained, and the run is recorded from its start to its end."""

import time
from importlib import import_module
from threading import Thread
from typing import NamedTuple

from sweep.errors import FailedError, UsageError
from sweep.execution.backend import Backend
from sweep.execution.ending import interrupted, record_failure
from sweep.execution.missing import train
from sweep.execution.processes import Processes, usable_cores
from sweep.execution.spill import take_up
from sweep.recipe import OwnRecipe
from sweep.recipe.function import FunctionError
from sweep.store import Store
from sweep.store.data_sets import share_data
from sweep.store.provenance import describe_run, now
from sweep.study import Study

SECONDS_TO_WAIT = 120.0
"""How long a run waits for a store or a scheduler that is away, unless it is told otherwise."""


class Ran(NamedTuple):
    """A run that is finished.

    Attributes:
        id: of its record.
        n_trained: trainings that were not stored before.
        report: what is to be said of them beyond their number.
        seconds: that it took.
    """

    id: str
    n_trained: int
    report: str
    seconds: float


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the message says what is stored and how to go on."""


def choose_backend(cluster: str | None, workers: int | None, url: str, seconds: float) -> Backend:
    """The cluster, where one is named, else so many processes on this machine, as many as it has cores unless given.

    Raises:
        UsageError: a number is not allowed.
        FailedError: there is no such cluster.
    """
    workers = usable_cores() if workers is None else workers
    if not 1 <= workers <= 1024:
        raise UsageError(f"workers was given as {workers}; allowed is a whole number from 1 to 1,024")
    if not seconds >= 0:
        raise UsageError(f"wait was given as {seconds:g}; allowed is a number of seconds, 0 or above")
    if cluster is None:
        return Processes(workers, url)
    from sweep.execution.cluster import Cluster

    return Cluster(cluster, url, seconds)


def run_study(
    study: Study, store: Store, url: str, backend: Backend, command: str, quiet: bool, file: str | None = None
) -> Ran:
    """Train what the store lacks of the study and record the run, with the text of the file that the study was in.

    Raises:
        Interrupted: by Ctrl-C; what was trained until then is stored.
        FunctionError: a function of the user's own failed in its first block, or is not where it is trained.
        FailedError: the store or the workers failed; the message ends with how to go on.
    """
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
        raise Interrupted(interrupted(study, url, run["id"], command)) from None
    except Exception as error:
        record_failure(url, run["id"])
        if not isinstance(error, FailedError) or isinstance(error, FunctionError):
            raise
        raise type(error)(f"{str(error).rstrip('.')}; continue with: {command}") from error
    return Ran(run["id"], n_trained, report, time.monotonic() - start)


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


def in_words(ran: Ran, store: Store, backend: Backend) -> list[str]:
    """What a run did, a paragraph each."""
    said = []
    if ran.n_trained:
        said.append(
            f"Stored {ran.n_trained:,} trainings in {store.name} in {ran.seconds:.1f} s, "
            f"{ran.n_trained / ran.seconds:,.0f} a second with {backend.description}."
        )
    return said + [ran.report] * bool(ran.report)
