"""The whole job, from typing the command to its answer: beside the kernel's own time, in workers and in size."""

import tempfile
from functools import partial
from itertools import pairwise

from benchmarks.commands import database, run_sweep
from benchmarks.kernel_alone import kernel_alone
from benchmarks.measurement import Row, Table, interleave
from benchmarks.table import duration, megabytes
from sweep.execution.processes import usable_cores
from sweep.study import DEFAULT_SPREADS

N_POINTS = len(DEFAULT_SPREADS)
MOST_REPEATED = 100_000
"""Trainings of the largest size that is measured in every round; larger ones in the first alone."""


def measure_stores(options):
    """The largest size into every store; in every round where that takes seconds."""
    size, cores = max(options.sizes), usable_cores()
    repeats, rounds = size // N_POINTS, options.job_rounds if size <= MOST_REPEATED else 1
    arguments, alone = ["--repeats", str(repeats)], f"kernel alone, {_processes(cores)}"
    n, notes = f"{N_POINTS * repeats:,}", []
    with tempfile.TemporaryDirectory() as folder:

        def into_mongodb():
            with database(options.mongodb) as url:
                return run_sweep(arguments, folder, url).seconds

        cases = {
            alone: partial(kernel_alone, repeats, cores),
            "`sweep.run` into SQLite": lambda: run_sweep(arguments, folder).seconds,
        }
        if options.mongodb:
            cases["`sweep.run` into MongoDB"] = into_mongodb
        else:
            notes.append(Row("`sweep.run` into MongoDB", n, note="no server given (--mongodb)"))
        values = interleave("stores", cases, rounds)
    rows = [Row(name, n, values[name], alone, values[alone]) for name in cases if name != alone]
    return [Table(f"Whole job, {N_POINTS} spreads × {repeats:,} trainings: time in all", rows + notes, duration)]


def measure_workers(options):
    """The same study with more and more workers, beside what the machine gives the kernel alone."""
    repeats, cores = 25 if options.quick else 2500, usable_cores()
    counts = [count for count in (2**power for power in range(10)) if count < cores] + [cores]
    with tempfile.TemporaryDirectory() as folder:

        def job(count):
            return run_sweep(["--repeats", str(repeats), "--workers", str(count)], folder).seconds

        cases = {}
        for count in counts:
            cases["job", count] = partial(job, count)
            cases["kernel", count] = partial(kernel_alone, repeats, count)
        values = interleave("workers", cases, min(options.job_rounds, 2))
    n, rows = f"{N_POINTS * repeats:,}", []
    for kind, name in (("job", _workers), ("kernel", lambda count: f"kernel alone, {_processes(count)}")):
        first = values[kind, 1]
        rows += [Row(name(1), n, first, name(count), values[kind, count]) for count in counts[1:]]
    for count in counts:
        alone = f"kernel alone, {_processes(count)}"
        rows.append(Row(_workers(count), n, values["job", count], alone, values["kernel", count]))
    return [Table(f"Scaling in workers, {cores} cores: time in all", rows, duration)]


def measure_sizes(options):
    """Time a training and memory of larger and larger studies."""
    memory = {size: [] for size in options.sizes}
    with tempfile.TemporaryDirectory() as folder:

        def job(size):
            run = run_sweep(["--repeats", str(size // N_POINTS)], folder)
            memory[size].append(run.megabytes)
            return run.seconds / size

        large = {size: partial(job, size) for size in options.sizes if size > MOST_REPEATED}
        small = {size: partial(job, size) for size in options.sizes if size <= MOST_REPEATED}
        values = interleave("sizes", small | large, 1)
        for size, more in interleave("sizes again", small, options.job_rounds - 1).items():
            values[size] += more
    base = max(small or large)
    times = [_against(size, base, values) for size in options.sizes]
    times += [
        Row(f"each training beyond {smaller:,}", f"{larger:,}", _beyond(smaller, larger, values))
        for smaller, larger in pairwise(options.sizes)
    ]
    sizes = [_against(size, base, memory) for size in options.sizes]
    cores = usable_cores()
    return [
        Table(f"Scaling in size, SQLite, {_workers(cores)}: time a training", times, duration),
        Table("Scaling in size: peak memory of the largest process", sizes, megabytes),
    ]


def _beyond(smaller, larger, values):
    """What a training more takes, without the start that every run has."""
    pairs = zip(values[smaller], values[larger], strict=False)
    return [(larger * after - smaller * before) / (larger - smaller) for before, after in pairs]


def _against(size, base, values):
    others = ("", []) if size == base else (f"{base:,} trainings", values[base])
    return Row(f"`sweep.run`, {size:,} trainings", f"{size:,}", values[size], *others)


def _workers(count):
    return f"{count} worker{'' if count == 1 else 's'}"


def _processes(count):
    return f"{count} process{'' if count == 1 else 'es'}"
