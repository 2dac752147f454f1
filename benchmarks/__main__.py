"""python -m benchmarks: the kernel against the reference, and the default study as a whole.

Rounds are interleaved and medians are taken, so that a machine whose speed drifts slows both sides alike.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from sweep import RECIPES, kernel, reference
from sweep.provenance import cpu_model

WIDE = replace(RECIPES["gustaw"], hidden=(8,))
DEEP = replace(RECIPES["gustaw"], hidden=(3, 3))
CASES = {
    "gustaw": RECIPES["gustaw"],
    "gustaw, 8 hidden units": WIDE,
    "gustaw, 3-3 hidden units": DEEP,
    "gustaw, tanh": replace(RECIPES["gustaw"], activation="tanh"),
    "gustaw, relu": replace(RECIPES["gustaw"], activation="relu"),
    "gustaw, squared error": replace(RECIPES["gustaw"], loss="mse"),
}
BATCH = 1024


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def kernel_table(rounds):
    print(f"\n| one core, {rounds} rounds | reference, ms a training | kernel, µs a training | kernel is faster by |")
    print("|---|---:|---:|---:|")
    for name, recipe in CASES.items():
        parameters = np.random.default_rng(0).normal(0, 0.7, (BATCH, recipe.n_parameters))
        kernel.train(replace(recipe, epochs=1), parameters[:1])
        slow, fast = [], []
        for _ in range(rounds):
            slow.append(seconds(reference.train, recipe, parameters[0]))
            fast.append(seconds(kernel.train, recipe, parameters) / BATCH)
        ratio = statistics.median(s / f for s, f in zip(slow, fast, strict=True))
        milliseconds, microseconds = 1e3 * statistics.median(slow), 1e6 * statistics.median(fast)
        print(f"| {name} | {milliseconds:.0f} | {microseconds:.1f} | {ratio:,.0f} times |", flush=True)


def study_table(rounds):
    print("\n| default study, 400 × 1,000 trainings into SQLite | seconds | trainings a second | MB, largest process |")
    print("|---|---:|---:|---:|")
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            store = os.path.join(folder, "study.sqlite3")
            command = [sys.executable, "-m", "sweep.run", "--quiet", "--store", store]
            whole, (output, megabytes) = timed(command)
        rate = re.search(r"([\d,]+) a second with (.*)\.", output)
        print(f"| round {number + 1}, {rate[2]} | {whole:.1f} | {rate[1]} | {megabytes:.0f} |", flush=True)


def timed(command):
    """Seconds of a command from start to end, its output, and the peak memory of its largest process in MB."""
    watcher = (
        "import resource, subprocess, sys;"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024); print(done.stdout)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", watcher, *command], capture_output=True, text=True, check=True)
    memory, _, output = done.stdout.partition("\n")
    return time.perf_counter() - start, (output, float(memory))


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of every measurement (5)")
    rounds = parser.parse_args().rounds
    if hasattr(os, "sched_setaffinity"):
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba"))
    print(f"{cpu_model()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {versions}")
    kernel_table(rounds)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    study_table(min(rounds, 3))


if __name__ == "__main__":
    main()
