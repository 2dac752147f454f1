"""How a run that did not finish is recorded, and what is said of it."""

import sys

from sweep.command import plural
from sweep.errors import StoreError
from sweep.provenance import now
from sweep.store import Store, open_store
from sweep.study import Study

SECONDS_TO_ASK = 0.3
"""How long an interrupted run waits for its store, to say what is stored: it is to end within two seconds."""


def interrupted(study: Study, url: str, run: str, command: str) -> str:
    """Record the interrupt; return what is stored, what is missing and how to continue, in words.

    A store that is away is not waited for.
    """
    try:
        with open_store(url, seconds=SECONDS_TO_ASK) as store:
            store.end_run(run, now(), "interrupted")
            n_stored = sum(store.counts([point.identity for point in study.points], study.repeats).values())
    except StoreError as error:
        return f"Interrupted: {error}. Continue with: {command}"
    if study.until is not None:
        return f"Interrupted: {plural(n_stored, 'training')} stored in {store.name} so far. Continue with: {command}"
    return (
        f"Interrupted: {n_stored:,} of {study.n_trainings:,} trainings are stored in {store.name}, "
        f"{study.n_trainings - n_stored:,} are missing. Continue with: {command}"
    )


def record_failure(store: Store, run: str) -> None:
    """Record that a run failed; where the store fails even at that, say so and leave the word to the first failure."""
    try:
        store.end_run(run, now(), "failed")
    except StoreError as error:
        print(f"warning: the end of run {run} is not recorded: {error}", file=sys.stderr)
