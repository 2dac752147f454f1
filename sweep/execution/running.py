"""One run of a study: what a store lacks of it is trained, and the run is recorded from its start to its end."""

import time
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import NamedTuple

from sweep.console.progress import said_if_long, say
from sweep.errors import FailedError, FunctionError, UsageError
from sweep.execution.backend import Backend
from sweep.execution.ending import interrupted, record_failure
from sweep.execution.gpu import CHOICES_OF_DEVICE, MOST_WORKERS, Gpu
from sweep.execution.missing import train
from sweep.execution.processes import Processes, usable_cores
from sweep.execution.spill import take_up
from sweep.recipe import AnyRecipe, OwnRecipe
from sweep.store import Store
from sweep.store.data_sets import share_data
from sweep.store.patience import check_wait
from sweep.store.provenance import describe_run, now
from sweep.study import Part, Study
from sweep.study.part import WHOLE


class Ran(NamedTuple):
    """A run that is finished.

    Attributes:
        n_trained: trainings that were not stored before.
        report: what is to be said of them beyond their number.
        seconds: that it took.
    """

    n_trained: int
    report: str
    seconds: float


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the message says what is stored and how to go on."""


def choose_backend(
    recipe: AnyRecipe, device: str, cluster: str | None, workers: int | None, url: str, seconds: float
) -> Backend:
    """The cluster, where one is named, else so many processes on this machine, which share its card if that trains; as
    many as it has cores, or as keep a card's store busy, unless given.

    Raises:
        UsageError: a number is not allowed, or the device not for this recipe or beside a cluster.
        FailedError: there is no such cluster or card.
    """
    is_on_card = _is_on_card(recipe, device, cluster)
    if workers is None:
        workers = min(usable_cores(), MOST_WORKERS) if is_on_card else usable_cores()
    if not 1 <= workers <= 1024:
        raise UsageError(f"workers was given as {workers}; allowed is a whole number from 1 to 1,024")
    check_wait(seconds)
    if is_on_card:
        return Gpu(workers, url, recipe)
    if cluster is None:
        return Processes(workers, url)
    from sweep.execution.cluster import Cluster

    return Cluster(cluster, url, seconds)


def _is_on_card(recipe: AnyRecipe, device: str, cluster: str | None) -> bool:
    """Whether a graphics card trains."""
    if device not in CHOICES_OF_DEVICE:
        raise UsageError(f"device was given as {device!r}; allowed is one of {', '.join(CHOICES_OF_DEVICE)}")
    if device == "cpu":
        return False
    if cluster is not None:
        raise UsageError(
            f"device was given as {device} and cluster as {cluster!r}; allowed is one of them: a cluster's workers "
            "train on their processors"
        )
    if isinstance(recipe, OwnRecipe):
        raise UsageError(
            f"device was given as {device} for {recipe.function}; allowed are recipes of this project: a function of "
            "your own chooses itself what it trains on, so leave device out"
        )
    from sweep.kernel.card import why_no_card

    if device == "auto" and (reason := why_no_card()):
        say(f"Training on the processor: {reason}.")
        return False
    return True


def run_study(
    study: Study,
    store: Store,
    url: str,
    backend: Backend,
    command: str,
    quiet: bool,
    file: str | None = None,
    part: Part = WHOLE,
) -> Ran:
    """Train what the store lacks of the study, or of a part of it, and record the run, with the text of the file that
    the study was in.

    Raises:
        UsageError: the study has no such part.
        Interrupted: by Ctrl-C; what was trained until then is stored.
        FunctionError: a function of the user's own failed in its first block, or is not where it is trained.
        FailedError: the store or the workers failed; the message ends with how to go on.
    """
    part.points(study)  # refuses what no study has
    with said_if_long("Making the identities of the points …", quiet=quiet):
        run = describe_run(study, command, backend.n_workers, backend.cluster, file, backend.device)
    run |= {} if part == WHOLE else {"part": str(part)}
    start = time.monotonic()
    try:
        share_data(store, study)
        store.start_run(run)
        take_up(store)
        # What the last words are made of takes as long to import as a small study to train: it is done meanwhile.
        Thread(target=_import_early, args=["sweep.statistics.answer"]).start()
        n_trained, report = train(study, store, backend, quiet, part)
        store.end_run(run["id"], now(), "finished")
    except KeyboardInterrupt:
        raise Interrupted(interrupted(study, url, run["id"], command, part, backend.cluster is not None)) from None
    except Exception as error:
        record_failure(url, run["id"])
        if not isinstance(error, FailedError) or isinstance(error, FunctionError):
            raise
        raise type(error)(f"{str(error).rstrip('.')}; continue with: {command}") from error
    return Ran(n_trained, report, time.monotonic() - start)


def _import_early(module: str) -> None:
    with suppress(OSError, MemoryError, ImportError):  # it is raised again, and told, where the module is needed
        import_module(module)


def other_versions(study: Study, store: Store) -> str:
    """What is to be said where a store holds trainings of another version of a study's own function; else empty."""
    recipe = study.recipe
    if not isinstance(recipe, OwnRecipe):
        return ""
    stored = [point.get("recipe") for point in store.points().values()]
    of_function = [one for one in stored if isinstance(one, dict) and one.get("function") == recipe.function]
    others = sorted({str(one.get("version")) for one in of_function} - {recipe.version})
    if not others:
        return ""
    return (
        f"{store.name} holds trainings of {recipe.function} in version {', '.join(others)}; its source was changed, "
        f"and this run trains version {recipe.version}. They stay, and nothing of them is mixed with it; "
        "@training(version=…) keeps a version where a change changes no result."
    )
