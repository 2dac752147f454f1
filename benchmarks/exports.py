"""A row a training from a store of the largest size into a file: time and memory, beside those of `load` and pandas."""

import os
import tempfile
from functools import partial

from benchmarks.commands import run_command, run_sweep
from benchmarks.jobs import N_POINTS
from benchmarks.measurement import Row, Table, interleave
from benchmarks.table import duration, megabytes

BY_PANDAS = "import analysis, sys; analysis.load(sys.argv[1]).{}(sys.argv[2], index=False)"
FILES = {"Parquet": ("trainings.parquet", "to_parquet"), "CSV": ("trainings.csv", "to_csv")}


def measure(options):
    size = max(options.sizes) // N_POINTS * N_POINTS
    runs = {}
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "study.sqlite3")
        run_sweep(["--set", "epochs=1", "--repeats", str(size // N_POINTS)], folder, store)

        def seconds(case, command):
            runs.setdefault(case, []).append(run_command(command, folder, store))
            return runs[case][-1].seconds

        cases = {}
        for kind, (name, method) in FILES.items():
            path = os.path.join(folder, name)
            cases[kind, "export"] = ["-m", "analysis", "export", path]
            cases[kind, "pandas"] = ["-c", BY_PANDAS.format(method), store, path]
        measured = {case: partial(seconds, case, command) for case, command in cases.items()}
        interleave("exports", measured, options.job_rounds)

    def rows(value):
        of = {case: [value(run) for run in found] for case, found in runs.items()}
        return [
            Row(f"`export`, {kind}", f"{size:,}", of[kind, "export"], f"`load`, `{method}`", of[kind, "pandas"])
            for kind, (_, method) in FILES.items()
        ]

    return [
        Table("A row a training from SQLite into a file: processor time", rows(lambda run: run.processor), duration),
        Table("A row a training from SQLite into a file: time in all", rows(lambda run: run.seconds), duration),
        Table("A row a training from SQLite into a file: peak memory", rows(lambda run: run.megabytes), megabytes),
    ]
