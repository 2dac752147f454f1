"""What a result costs beside its training, here and where a sweep is run by Optuna or joblib."""

import os
import tempfile
from functools import partial

import numpy as np

from benchmarks import peers
from benchmarks.commands import database, run_sweep
from benchmarks.measurement import Row, Table, interleave, seconds
from benchmarks.table import duration
from sweep import RECIPES
from sweep.errors import FailedError
from sweep.execution.processes import usable_cores
from sweep.store import Records, open_store
from sweep.study import DEFAULT_SPREADS, Study

TITLE = "Overhead of a result: time a result where a training costs next to nothing"
WHOLE = "`sweep.run` from start to end, one epoch a training, into SQLite"
OWN = {
    "`sweep.run` of a function of one's own, a training at a time, into SQLite": "one",
    "`sweep.run` of a function of one's own, in batches, into SQLite": "many",
}
N_OURS, N_OWN, N_JOBLIB, N_RANDOM, N_TRIALS = 400_000, 2_000_000, 20_000, 2000, 100
"""Results of one measurement; Optuna's few trials are in its favour, since its grid is slower the more there are."""


def objective(hidden_std_dev, repeat):
    """What stands for a training: it costs nothing, and its results can be told apart."""
    return hidden_std_dev * (repeat + 1)


def measure(options):
    part = 10 if options.quick else 1
    with tempfile.TemporaryDirectory() as folder:
        cases, sizes = ours(options, folder, part)
        notes = []
        for module, ways in (("joblib_list", joblib_ways), ("optuna_study", optuna_ways)):
            try:
                peer = peers.load(module)
            except peers.NotInstalledError as error:
                notes.append(Row(module.partition("_")[0], note=str(error)))
                continue
            for name, n, run, is_right in ways(peer, folder, part):
                cases[name], sizes[name] = partial(per_result, name, n, run, is_right), n
        values = interleave("overhead", cases, options.rounds)
    whole = values.pop(WHOLE)
    rows = [Row(WHOLE, f"{sizes[WHOLE]:,}", whole)]
    rows += [Row(name, f"{sizes[name]:,}", values[name], "`sweep.run`", whole) for name in values]
    return [Table(TITLE, rows + notes, duration)]


def ours(options, folder, part):
    """Cases of this project, and how many results each has."""
    n, n_own = N_OURS // part, N_OWN // part
    arguments = ["--set", "epochs=1", "--repeats", str(n // len(DEFAULT_SPREADS))]
    insert = "its insert alone, 1,000 at a time, into "
    cases = {
        WHOLE: lambda: run_sweep(arguments, folder).seconds / n,
        **{way: partial(run_own, name, n_own, folder) for way, name in OWN.items()},
        f"{insert}SQLite": lambda: insert_all(os.path.join(folder, f"{os.urandom(8).hex()}.sqlite3"), n) / n,
    }
    if options.mongodb:

        def into_mongodb():
            with database(options.mongodb) as url:
                return insert_all(url, n) / n

        cases[f"{insert}MongoDB"] = into_mongodb
    return cases, dict.fromkeys(cases, n) | dict.fromkeys(OWN, n_own)


def run_own(name, n, folder):
    """Seconds a result of a whole run of a function that does nothing."""
    repeats = str(n // len(DEFAULT_SPREADS))
    return run_sweep(["--recipe", f"benchmarks.nothing:{name}", "--repeats", repeats], folder).seconds / n


def insert_all(url, n):
    """Seconds to insert n records, 1,000 a point as the default study has them."""
    points = Study(RECIPES["gustaw"]).points[: n // 1000]
    repeats = np.arange(1000)
    losses, flags = np.random.default_rng(0).random(1000), np.zeros(1000, dtype=bool)
    records = Records(repeats, losses, losses, ~flags, repeats, flags, losses)
    with open_store(url, create=True) as store:
        return seconds(lambda: [store.insert(point, records) for point in points])


def joblib_ways(joblib, folder, part):
    workers, n = usable_cores(), N_JOBLIB // part
    repeats = n // len(DEFAULT_SPREADS)
    run = partial(joblib.run, objective, DEFAULT_SPREADS, repeats, workers)
    expected = [objective(spread, repeat) for spread in DEFAULT_SPREADS for repeat in range(repeats)]
    yield f"joblib, a task a training, {workers} workers, results in a list", n, run, expected.__eq__


def optuna_ways(optuna, folder, part):
    n, spreads = N_RANDOM // part, DEFAULT_SPREADS[::8]
    yield "Optuna, RandomSampler, in memory", n, partial(run_trials, optuna, n, spreads, "random", None), all_right
    for sampler, storage in (("grid", None), ("random", folder), ("grid", folder)):
        name = f"Optuna, {sampler.capitalize()}Sampler, {'into SQLite' if storage else 'in memory'}"
        yield name, N_TRIALS, partial(run_trials, optuna, N_TRIALS, spreads, sampler, storage), all_right


def run_trials(optuna, n, spreads, sampler, folder):
    storage = f"sqlite:///{folder}/{os.urandom(8).hex()}.db" if folder else None
    return optuna.run(objective, spreads, n // len(spreads), storage, sampler)


def all_right(results):
    return all(value == objective(spread, repeat) for spread, repeat, value in results)


def per_result(name, n, run, is_right):
    """Seconds a result.

    Raises:
        FailedError: results are missing or wrong, and their time counts for nothing.
    """
    results = []
    spent = seconds(lambda: results.extend(run()))
    if len(results) != n or not is_right(results):
        raise FailedError(f"{name}: {len(results):,} results came back where {n:,} were asked for, or some are wrong")
    return spent / n
