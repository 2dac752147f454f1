"""Runs the project's commands as a person does, and measures them from start to end."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymongo

from sweep.errors import FailedError

ROOT = Path(__file__).parent.parent
WATCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
sys.exit(code)
"""
"""Runs a command and prints the peak memory of the largest of its processes, and the processor time of all."""


@dataclass(frozen=True)
class Run:
    """What a command came to: seconds from start to end, peak memory of its largest process in MB, and seconds of
    processor time."""

    seconds: float
    megabytes: float
    processor: float


def run_sweep(arguments, folder, store=None):
    """Run `python -m sweep.run` into `store`, or into a new SQLite file in `folder`."""
    return run_command(["-m", "sweep.run", "--quiet", *arguments], folder, store)


def run_command(arguments, folder, store=None):
    """Run `python` with these arguments on `store`, or on a new SQLite file in `folder`."""
    with tempfile.TemporaryDirectory(dir=folder) as state:
        store = store or os.path.join(state, "study.sqlite3")
        settings = environment(state, SWEEP_STORE=store)  # the process list shows arguments, and a URI's password
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", WATCHER, sys.executable, *arguments],
            cwd=ROOT, env=settings, capture_output=True, text=True,
        )  # fmt: skip
        spent = time.perf_counter() - start
    if done.returncode:
        raise FailedError(f"python {shlex.join(arguments)} failed: {done.stderr.strip().splitlines()[-1]}")
    memory, processor = map(float, done.stdout.split())
    # Linux counts kilobytes, macOS bytes.
    return Run(spent, memory / (2**20 if sys.platform == "darwin" else 2**10), processor)


def environment(state, **changes):
    """The environment for a command that keeps its state in the folder `state`."""
    kept = {name: value for name, value in os.environ.items() if name != "SWEEP_STORE"}
    return kept | {"XDG_STATE_HOME": state} | changes


@contextmanager
def database(uri):
    """The URL of a database of its own on the server, dropped afterwards."""
    name = f"sweep_benchmark_{uuid.uuid4().hex}"
    address, _, options = uri.partition("?")
    try:
        yield f"{address.rstrip('/')}/{name}?{options}"
    finally:
        with pymongo.MongoClient(uri) as client:
            client.drop_database(name)
