"""Stores with real trainings, made in this process."""

from itertools import islice

from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.store import open_store
from sweep.store.data_sets import share_data
from sweep.store.provenance import describe_run
from sweep.study import plan


def fill(url, study, blocks=None):
    """A store that holds what a study asks for, or some blocks of it, trained and stored as a worker does."""
    with open_store(url, create=True) as store:
        share_data(store, study)
        store.start_run({**describe_run(study, "python -m sweep.run", 1), "id": study.identity})
        start_worker(url)
        for block in islice(plan(study, {}), blocks):
            run_block(block)
        stop_worker()
        store.end_run(study.identity, "2026-01-01T00:00:00.000+00:00", "finished")
    return url
