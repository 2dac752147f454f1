"""python -m benchmarks.faults: injects faults into runs and counts records lost, doubled and different.

A record counts as lost when a store once held it, or a finished run should have stored it, and it is not there. Each
store is compared with the records of an uninterrupted run after every kill and at the end of every run.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

import numpy as np
import pymongo

from benchmarks.outages import Server, locked, outage_of
from tests import commands
from tests.execution.faults import studies
from tests.execution.faults.studies import Ledger, n_stored, rows, wait_until_stored
from tests.proxy import Proxy

SERVER_HELP = "starts a MongoDB server that may be killed, such as 'mongod --dbpath {data} --port {port}'"
N_BEFORE_FAULT = 900
"""Records that a run has stored when an outage begins."""


def start(url, *more):
    """Start a run of 12,000 trainings."""
    return studies.start(url, "--repeats", "300", *more)


class Faults:
    """Runs of one study in one store under faults of one kind, and what they came to."""

    def __init__(self, name, url, expected):
        self.name, self.url, self.ledger = name, url, Ledger(expected)
        self.n_faults = self.n_failed = 0

    def clear(self):
        """Empty the store for a new study."""
        self.ledger.seen.clear()
        if self.url.startswith("mongodb://"):
            with pymongo.MongoClient(self.url) as client:
                client.drop_database(client.get_default_database().name)
        else:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.url}{suffix}").unlink(missing_ok=True)

    def end(self, *processes, url=None):
        """Let the runs come to their ends, continue the study where all failed, and check that it is complete."""
        codes = []
        for process in processes:
            _, error = process.communicate()
            codes.append(process.returncode)
            if process.returncode not in (0, 1) or "Traceback" in error:
                sys.exit(f"{self.name}: exit code {process.returncode}\n{error}")
        if 0 not in codes:
            self.n_failed += len(processes)
            return self.end(start(url or self.url))
        return self.ledger.check_complete(rows(self.url))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear()
        lost, doubled, different = self.ledger.faults
        print(f"| {self.name} | {self.n_faults} | {self.n_failed} | {lost} | {doubled} | {different} |", flush=True)


def kill_runs(faults, n_kills, seconds, random):
    """Kill whole runs after up to `seconds`; each takes over the store from the last until the study is complete."""
    while faults.n_faults < n_kills:
        process = start(faults.url)
        with suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0, seconds))
        if process.poll() is not None:
            faults.end(process)
            faults.clear()
            continue
        commands.signal_group(process, signal.SIGKILL)
        process.communicate()
        faults.n_faults += 1
        faults.n_failed += 1
        faults.ledger.check(rows(faults.url))
    faults.end(start(faults.url))


def kill_workers(faults, n_kills, random):
    """Kill one worker of a run that is under way."""
    while faults.n_faults < n_kills:
        faults.clear()
        process = start(faults.url)
        wait_until_stored(process, faults.url, 0)
        time.sleep(random.uniform(0, 0.5))
        with suppress(ProcessLookupError, FileNotFoundError, IndexError):  # the run was faster
            os.kill(random.permutation(workers_of(process.pid))[0], signal.SIGKILL)
            faults.n_faults += 1
        faults.end(process)


def workers_of(pid):
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def interrupt_service(faults, outage, url, seconds, *options, n_before=N_BEFORE_FAULT):
    """Start a run, let an outage begin when it has stored more than n_before records, and have the run come to its end.

    With options that make the run wait for less than the outage lasts, the outage lasts until the run has ended.
    """
    faults.clear()
    process = start(url, *options)
    wait_until_stored(process, faults.url, n_before)
    with outage():
        faults.n_faults += process.poll() is None
        time.sleep(seconds)
        if options:
            process.wait()
    faults.end(process, url=url)


def interrupt_at_start_and_in_the_middle(faults, outage, url, lengths):
    for seconds in lengths:
        for n_before in (-1, N_BEFORE_FAULT):
            interrupt_service(faults, outage, url, seconds, n_before=n_before)


def run_twice(faults, n):
    for _ in range(n):
        faults.clear()
        faults.n_faults += 1
        faults.end(start(faults.url), start(faults.url))


def inject(options, folder, expected, run_seconds):
    random = np.random.default_rng(options.seed)
    path, mongodb = os.path.join(folder, "study.sqlite3"), options.mongodb
    with Faults("SQLite: whole run killed", path, expected) as faults:
        kill_runs(faults, options.kills, run_seconds, random)
    with Faults("SQLite: a worker killed", path, expected) as faults:
        kill_workers(faults, options.kills // 10, random)
    with Faults("SQLite: two runs at once", path, expected) as faults:
        run_twice(faults, 5)
    with Faults(f"SQLite: locked for {_listed(options.seconds)}", path, expected) as faults:
        interrupt_at_start_and_in_the_middle(faults, lambda: locked(path), path, options.seconds)
    with Faults("SQLite: locked for good", path, expected) as faults:
        interrupt_service(faults, lambda: locked(path), path, 0, "--wait", "1")
    if mongodb:
        inject_into_mongodb(options, mongodb, expected, run_seconds, random)
    if options.server:
        server = Server(options.server, os.path.join(folder, "server"))
        with Faults("MongoDB: server killed and restarted", server.url, expected) as faults:
            for _ in range(options.kills // 20):
                interrupt_service(faults, server.killed, server.url, random.uniform(0, 3))
        server.kill()


def inject_into_mongodb(options, url, expected, run_seconds, random):
    with Faults("MongoDB: whole run killed", url, expected) as faults:
        kill_runs(faults, options.kills // 2, run_seconds, random)
    with Faults("MongoDB: two runs at once", url, expected) as faults:
        run_twice(faults, 5)
    with Proxy(url) as proxy:
        for kind, name in (("refuse", "gone"), ("stall", "silent")):
            with Faults(f"MongoDB: {name} for {_listed(options.seconds)}", url, expected) as faults:
                interrupt_at_start_and_in_the_middle(faults, outage_of(proxy, kind), proxy.url, options.seconds)
        with Faults("MongoDB: connections reset", url, expected) as faults:
            for _ in range(5):
                interrupt_service(faults, outage_of(proxy, "reset"), proxy.url, 0)
        with Faults("MongoDB: gone for good", url, expected) as faults:
            interrupt_service(faults, outage_of(proxy, "refuse"), proxy.url, 0, "--wait", "1")


def _listed(seconds):
    return f"{', '.join(f'{one:g}' for one in seconds)} s"


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of whole runs on SQLite; others are parts of it (200)")
    parser.add_argument("--seconds", type=float, nargs="+", default=[1, 10, 60], help="lengths of outages (1 10 60)")
    parser.add_argument("--mongodb", metavar="URI", help="a server to test with (default: $TEST_MONGODB_URI)")
    parser.add_argument("--server", metavar="COMMAND", help=SERVER_HELP)
    parser.add_argument("--seed", type=int, default=0, help="of the random instants (0)")
    options = parser.parse_args()
    uri = options.mongodb or os.environ.get("TEST_MONGODB_URI")
    if uri:
        address, _, rest = uri.partition("?")
        options.mongodb = f"{address.rstrip('/')}/sweep_faults_{uuid.uuid4().hex}?{rest}"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = os.path.join(folder, "state")
        path, begun = os.path.join(folder, "expected.sqlite3"), time.monotonic()
        start(path).communicate()
        run_seconds = time.monotonic() - begun
        print(f"An uninterrupted run: {n_stored(path):,} records, {run_seconds:.1f} s.\n")
        print("| fault | injected | of these, runs that ended and were continued | lost | doubled | different |")
        print("|---|---:|---:|---:|---:|---:|")
        inject(options, folder, rows(path), run_seconds)
        left = sum(len(files) for _, _, files in os.walk(os.environ["XDG_STATE_HOME"]))
        print(f"\nFiles of trainings that no run has taken up: {left}")


if __name__ == "__main__":
    main()
