"""Trains what a store lacks of a study."""

from sweep.console.progress import Progress
from sweep.execution.backend import Backend
from sweep.execution.dispatch import Workers, execute
from sweep.execution.rounds import describe_outcome, run_rounds
from sweep.store import Store
from sweep.store.stored import stored_repeats
from sweep.study import Part, Study


def train(study: Study, store: Store, backend: Backend, quiet: bool, part: Part) -> tuple[int, str]:
    """Train and store what is missing of a part of a study; return the number of trainings and what is to be said of
    them beyond that."""
    if study.until is not None:
        with Progress(0, 0, quiet=quiet) as progress, Workers(study, store, backend, progress) as running:
            outcome = run_rounds(study, store, running, progress)
        return outcome.n_trained, describe_outcome(study, store.name, outcome)
    asked = {point.identity: study.repeats for point in part.points(study)}
    stored = stored_repeats(store, study, asked)
    n_asked = sum(asked.values())
    n_missing = n_asked - sum(map(len, stored.values()))
    if not n_missing:
        return 0, f"All {n_asked:,} trainings are already stored in {store.name}; nothing to compute."
    with Progress(n_asked, n_asked - n_missing, quiet=quiet) as progress:
        execute(study, store, stored, backend, progress, asked)
    return n_missing, ""
