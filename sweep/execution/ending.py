"""How a run that did not finish is recorded, and what is said of it."""

import sys

from sweep.console.words import plural
from sweep.errors import StoreError
from sweep.store import Store, open_store
from sweep.store.provenance import now
from sweep.study import Part, Study

SECONDS_TO_ASK = 0.7
"""How long a run that ends looks for its store once more: an interrupted one is to end within two seconds."""


def interrupted(study: Study, url: str, run: str, command: str, part: Part, on_cluster: bool) -> str:
    """Record the interrupt; return what is stored of a part, what is missing and how to continue, in words.

    A store that is away is not waited for, nor are a cluster's workers, which store more afterwards.
    """
    go_on = f"Continue with: {command}"
    if on_cluster:
        go_on = f"The cluster's workers still finish and store the tasks that they have begun. {go_on}"
    try:
        with open_store(url, seconds=SECONDS_TO_ASK) as store:
            _record(store, run, "interrupted")
            points = part.points(study)
            n_stored = sum(store.counts([point.identity for point in points], study.repeats).values())
    except StoreError as error:
        return f"Interrupted: {error}. {go_on}"
    if study.until is not None:
        return f"Interrupted: {plural(n_stored, 'training')} stored in {store.name} so far. {go_on}"
    n_asked = len(points) * study.repeats
    return (
        f"Interrupted: {n_stored:,} of {n_asked:,} trainings are stored in {store.name}, "
        f"{n_asked - n_stored:,} are missing. {go_on}"
    )


def record_failure(url: str, run: str) -> None:
    """Record that a run failed; where the store fails at that, too, say so and leave the word to the first failure."""
    try:
        with open_store(url, seconds=SECONDS_TO_ASK) as store:
            _record(store, run, "failed")
    except StoreError:
        _warn(run, "failed")


def _record(store: Store, run: str, state: str) -> None:
    try:
        store.end_run(run, now(), state)
    except StoreError:
        _warn(run, state)


def _warn(run: str, state: str) -> None:
    print(f"warning: the store could not be told that run {run} {state}", file=sys.stderr)
