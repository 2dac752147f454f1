"""python -m benchmarks.scale: one run of ten million trainings into each store, whose workers are killed meanwhile.

Every so many seconds one worker is killed. Then `sweep.check` reads every record and trains some again, the records of
all stores are compared bit for bit, and the memory of every process is told over the time of the run.
"""

import argparse
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np

from benchmarks import machine, memory
from benchmarks.commands import ROOT, environment, run_command
from benchmarks.outages import SERVER_HELP, Server
from benchmarks.table import duration, megabytes
from sweep.store import open_store
from sweep.study import DEFAULT_SPREADS

RESULTS = ROOT / "benchmarks" / "results" / "scale.md"
HEADER = (
    "| store | trainings | took | workers killed | records | twice | `sweep.check` | it took | its memory "
    "| SHA-256 of all records | on disk |\n|---|---:|---:|---:|---:|---:|---|---:|---:|---|---:|"
)


class Killer:
    """Kills one of a run's workers every so many seconds, from within a context."""

    def __init__(self, pid, seconds, random):
        self.n_killed, self._pid, self._seconds, self._random = 0, pid, seconds, random
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._kill)

    def _kill(self):
        while not self._over.wait(self._seconds):
            with suppress(ProcessLookupError, IndexError):  # the run was faster
                os.kill(self._random.permutation(memory.workers_of(self._pid))[0], signal.SIGKILL)
                self.n_killed += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def digest(url):
    """SHA-256 of all records, by point and repeat, and how many there are, and how many of them twice."""
    found, n_records, n_twice = hashlib.sha256(), 0, 0
    with open_store(url) as store:
        for identity in sorted(store.points()):
            records = store.records(identity, 10**9)
            n_records += len(records.repeat)
            n_twice += len(records.repeat) - len(np.unique(records.repeat))
            found.update(identity.encode())
            for name in ("repeat", "loss", "final_loss", "solved", "solved_epoch", "diverged", "accuracy"):
                found.update(np.ascontiguousarray(getattr(records, name)).tobytes())
    return found.hexdigest()[:16], n_records, n_twice


def run(url, options, folder, random, server=None):
    """The run's seconds, its kills and what its processes took of memory.

    Raises:
        SystemExit: it failed, or told another number of deaths than there were.
    """
    command = [sys.executable, "-m", "sweep.run", "--repeats", str(options.trainings // len(DEFAULT_SPREADS))]
    told = Path(folder, "told")
    with told.open("w") as file:
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(folder, SWEEP_STORE=url), stdout=file, stderr=subprocess.STDOUT
        )

        def roles():
            yield "main process", process.pid
            yield from (("a worker", pid) for pid in memory.workers_of(process.pid))
            yield from (("resource tracker", pid) for pid in memory.workers_of(process.pid, b"resource_tracker"))
            if server:
                yield from (("server", pid) for pid in memory.family_of(server.pid)[-1:])

        with memory.watched(roles) as samples, Killer(process.pid, options.every, random) as killer:
            process.wait()
        seconds = time.monotonic() - begun
    text = told.read_text()
    n_told = len(re.findall(r"^A worker process died", text, re.M))
    if process.returncode or n_told > killer.n_killed or (killer.n_killed and not n_told):
        sys.exit(f"exit code {process.returncode}, {killer.n_killed} killed, {n_told} told\n{text}")
    return seconds, killer.n_killed, samples


def measure(name, url, options, folder, random, server=None):
    """The row of the table, and the lines on memory."""
    seconds, n_killed, samples = run(url, options, folder, random, server)
    disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    checked = run_command(["-m", "sweep.check", "--sample", str(options.sample)], folder, url)
    found, n_records, n_twice = digest(url)
    cells = (
        name, f"{options.trainings:,}", duration(seconds), str(n_killed), f"{n_records:,}", str(n_twice),
        f"in order, {options.sample:,} trained again", duration(checked.seconds), megabytes(checked.megabytes),
        f"`{found}`", megabytes(disk / 2**20),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |", list(memory.table(samples)), found


def main(arguments: Sequence[str] | None = None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--trainings", type=int, default=10_000_000, help="of each run, a multiple of 400 (10,000,000)")
    parser.add_argument("--every", type=float, default=45, help="seconds between two kills of a worker (45)")
    parser.add_argument("--sample", type=int, default=2000, help="trainings that the check trains again (2000)")
    parser.add_argument("--server", metavar="COMMAND", help=SERVER_HELP)
    parser.add_argument("--seed", type=int, default=0, help="of the choice of workers (0)")
    parser.add_argument("--out", metavar="PATH", default=RESULTS, help="where the tables are written (%(default)s)")
    options = parser.parse_args(arguments)
    random, rows, tables, digests = np.random.default_rng(options.seed), [], [], set()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        cases = {"SQLite": (os.path.join(folder, "sqlite", "study.sqlite3"), None)}
        if options.server:
            server = opened.enter_context(Server(options.server, os.path.join(folder, "mongodb")))
            cases["MongoDB"] = (server.url, server)
        lines = [*machine.describe(cases["MongoDB"][0] if options.server else None), ""]
        for name, (url, server) in cases.items():
            place = os.path.join(folder, name.lower())
            os.makedirs(place, exist_ok=True)
            row, table, found = measure(name, url, options, place, random, server)
            print(row, *table, sep="\n", flush=True)
            digests.add(found)
            rows.append(row)
            tables += ["", f"## {name}: memory in MB: least, median, most of a look a second", "", *table]
    text = "\n".join(["# Measured by `python -m benchmarks.scale`", "", *lines, HEADER, *rows, *tables])
    Path(options.out).write_text(f"{text}\n", encoding="utf-8")
    if len(digests) > 1:
        sys.exit(f"the stores differ in their records: {digests}")


if __name__ == "__main__":
    main()
