"""Trains what a store lacks of a study."""

from sweep.console.progress import Progress
from sweep.execution.backend import Backend
from sweep.execution.dispatch import Workers, execute
from sweep.execution.rounds import describe_outcome, run_rounds
from sweep.store import Store
from sweep.store.stored import stored_repeats
from sweep.study import Study


def train(study: Study, store: Store, backend: Backend, quiet: bool) -> tuple[int, str]:
    """Train and store what is missing; return the number of trainings and what is to be said of them beyond that."""
    if study.until is not None:
        with Progress(0, 0, quiet=quiet) as progress, Workers(study, store, backend, progress) as running:
            outcome = run_rounds(study, store, running, progress)
        return outcome.n_trained, describe_outcome(study, store.name, outcome)
    stored = stored_repeats(store, study)
    n_missing = study.n_trainings - sum(map(len, stored.values()))
    if not n_missing:
        return 0, f"All {study.n_trainings:,} trainings are already stored in {store.name}; nothing to compute."
    with Progress(study.n_trainings, study.n_trainings - n_missing, quiet=quiet) as progress:
        execute(study, store, stored, backend, progress)
    return n_missing, ""
