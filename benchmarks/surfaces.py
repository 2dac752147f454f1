"""What faults are injected into: runs of several studies, on this machine and on a cluster, merges and exports."""

import os
import time
import uuid
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.commands import ROOT
from benchmarks.injection import (
    check_no_part_is_left,
    end_service,
    fill_twice,
    interrupt,
    interrupt_reading,
    interrupt_service,
    kill,
    kill_workers,
)
from benchmarks.outages import Server, locked, outage_of
from benchmarks.target import Faults, Target, finish
from tests import commands
from tests.proxy import Proxy

XOR = ["--set", "epochs=60000", "--axis", "hidden_std_dev=log:0.1:10:40", "--repeats", "25"]
IRIS = [
    "--recipe", "mlp", "--set", f"problem={ROOT / 'docs/examples/iris.csv'}", "--set", "inputs=standardized",
    "--set", "output=softmax", "--set", "loss=cross_entropy", "--set", "hidden=8", "--set", "batch_size=16",
    "--set", "epochs=40", "--axis", "hidden_std_dev=log:0.1:3:40", "--repeats", "25",
]  # fmt: skip
WALK = str(ROOT / "benchmarks/walk.py:walk")
OWN = ["--recipe", WALK, "--axis", "hidden_std_dev=log:0.1:10:40", "--repeats", "20"]
MANY = ["--set", "epochs=1", "--axis", "hidden_std_dev=log:0.1:10:40", "--repeats"]


class Place:
    """Where faults are injected: a folder, servers where they are named, how many of each, and who shows a row."""

    def __init__(self, options, folder, show):
        self.folder, self.show, self.server_command = folder, show, options.server
        self.n, self.n_long, self.random = options.injections, len(options.seconds), np.random.default_rng(options.seed)
        self.path = os.path.join(folder, "study.sqlite3")
        self.mongodb = options.mongodb and database(options.mongodb)
        self.lengths = options.seconds

    def faults(self, name, target):
        return Faults(name, target, self.show)

    @property
    def listed(self):
        return f"{', '.join(f'{length:g}' for length in sorted(set(self.lengths)))} s"


def database(uri):
    address, _, rest = uri.partition("?")
    return f"{address.rstrip('/')}/sweep_faults_{uuid.uuid4().hex}?{rest}"


def run_of(study, *how):
    """What starts a run of a study, with two workers unless on a cluster."""

    def start(url, *more, real=False):
        return commands.start("sweep.run", *study, *(how or ("--workers", 2)), "--store", url, *more, real=real)

    return start


def timed(url, start, check=()):
    """A target with the records that an uninterrupted command gives, and the seconds that it takes, compiled before."""
    target, begun = Target(url, start, check=check), time.monotonic()
    finish(start(url))
    seconds = time.monotonic() - begun
    target.clear()
    return target, seconds


def into_runs(study, check, place):
    """Every fault, into runs of one study."""
    start = run_of(study)
    target, seconds = timed(place.path, start, check)
    with place.faults("SQLite: a worker killed", target) as faults:
        kill_workers(faults, place.n, place.random)
    into_sqlite(place, target, seconds)
    with place.faults("SQLite: locked for good", target) as faults:
        end_service(faults, partial(locked, place.path), place.n_long)
    if place.mongodb:
        target = Target(place.mongodb, start, target.expected, check)
        into_mongodb(place, target, seconds)
        with Proxy(target.url) as proxy, place.faults("MongoDB: gone for good", target) as faults:
            end_service(faults, outage_of(proxy, "refuse"), place.n_long, proxy.url)


def into_sqlite(place, target, seconds):
    """Faults of a file and of what fills it."""
    with place.faults("SQLite: killed at a random instant", target) as faults:
        kill(faults, place.n, seconds, place.random)
    with place.faults("SQLite: interrupted at a random instant", target) as faults:
        interrupt(faults, place.n, seconds, place.random)
    with place.faults("SQLite: two at once", target) as faults:
        fill_twice(faults, place.n_long)
    with place.faults(f"SQLite: locked for {place.listed}", target) as faults:
        interrupt_service(faults, partial(locked, place.path), place.lengths)


def into_mongodb(place, target, seconds):
    """Faults of a server and of what fills it."""
    with place.faults("MongoDB: killed at a random instant", target) as faults:
        kill(faults, place.n, seconds, place.random)
    with place.faults("MongoDB: interrupted at a random instant", target) as faults:
        interrupt(faults, place.n, seconds, place.random)
    with place.faults("MongoDB: two at once", target) as faults:
        fill_twice(faults, place.n_long)
    with Proxy(target.url) as proxy:
        for kind, name in (("refuse", "gone"), ("stall", "silent")):
            with place.faults(f"MongoDB: {name} for {place.listed}", target) as faults:
                interrupt_service(faults, outage_of(proxy, kind), place.lengths, proxy.url)
        with place.faults("MongoDB: connections reset", target) as faults:
            interrupt_service(faults, outage_of(proxy, "reset"), [0] * place.n, proxy.url)
    if place.server_command:
        with Server(place.server_command, os.path.join(place.folder, "server")) as server:
            killed = Target(server.url, target.start, target.expected, target.check)
            with place.faults("MongoDB: server killed and restarted", killed) as faults:
                interrupt_service(faults, server.killed, place.random.uniform(0, 3, place.n_long))


def filled(place, name, repeats):
    """A file with 40 points of so many trainings."""
    path = os.path.join(place.folder, name)
    done = commands.run("sweep.run", *MANY, repeats, "--store", path)
    assert done.returncode == 0, done.stderr
    return path


def into_merges(place):
    """Every fault, into merges of two files that overlap into one store."""
    sources = [filled(place, name, repeats) for name, repeats in (("one.sqlite3", 1000), ("two.sqlite3", 1500))]

    def start(url, *more, real=False):
        return commands.start("sweep.merge", *sources, "--store", url, *more, real=real)

    target, seconds = timed(place.path, start)
    into_sqlite(place, target, seconds)
    if place.mongodb:
        into_mongodb(place, Target(place.mongodb, start, target.expected), seconds)


def into_exports(place):
    """Every fault that an export can meet, into files of both kinds."""
    source, remote = filled(place, "source.sqlite3", 1500), place.mongodb
    if remote:
        done = commands.run("sweep.merge", source, "--store", remote)
        assert done.returncode == 0, done.stderr
    for kind, ending in (("CSV", "csv"), ("Parquet", "parquet")):
        path = os.path.join(place.folder, f"trainings.{ending}")

        def start(path, *more, real=False, source=source):
            return commands.start("analysis", "export", path, "--store", source, *more, real=real)

        target, seconds = timed(path, start)
        with place.faults(f"{kind}: killed at a random instant", target) as faults:
            kill(faults, place.n, seconds, place.random)
        for part in Path(place.folder).glob("*.part"):  # what a killed command cannot take away
            part.unlink()
        with place.faults(f"{kind}: interrupted at a random instant", target) as faults:
            interrupt(faults, place.n, seconds, place.random)
            check_no_part_is_left(faults)
        with place.faults(f"{kind}: two at once", target) as faults:
            fill_twice(faults, place.n_long)
        if remote:
            with Proxy(remote) as proxy:
                through = Target(path, partial(start, source=proxy.url), target.expected)
                with place.faults(f"{kind}: MongoDB gone for {place.listed}", through) as faults:
                    interrupt_reading(faults, outage_of(proxy, "refuse"), place.lengths, seconds, place.random)
                with place.faults(f"{kind}: MongoDB reset", through) as faults:
                    interrupt_reading(faults, outage_of(proxy, "reset"), [0] * place.n, seconds, place.random)
                    check_no_part_is_left(faults)
    if remote:
        Target(remote, start, target.expected).clear()
