"""python -m benchmarks.cluster: what a cluster costs over a pool of processes, and how far one scheduler carries.

Rounds are interleaved and medians are taken, so that a machine whose speed drifts slows both sides alike.
"""

import argparse
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import time
import uuid
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from itertools import islice

import numpy as np
import pymongo
from distributed import LocalCluster

from sweep import RECIPES
from sweep.execution.cluster import MOST_BLOCKS, Cluster
from sweep.store import Records, open_store
from sweep.store.provenance import cpu_model
from sweep.study import Study, plan

N_TASKS = 2000
N_RECORDS = 200_000


def nothing(job, blocks):
    return [block.n_trainings for block in blocks]


def database(uri, name):
    address, _, options = uri.partition("?")
    return f"{address.rstrip('/')}/{name}?{options}"


@contextmanager
def temporary(uri):
    """The name of a database that is dropped on leaving."""
    name = f"sweep_benchmark_{uuid.uuid4().hex}"
    try:
        yield name
    finally:
        with pymongo.MongoClient(uri) as client:
            client.drop_database(name)


def trainings_a_second(uri, *options):
    """Of the default study."""
    with temporary(uri) as name:
        command = [sys.executable, "-m", "sweep.run", "--quiet", "--store", database(uri, name), *options]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"([\d,]+) a second", output)[1].replace(",", ""))


def compare(address, uri, rounds):
    print("\n| default study into MongoDB, two workers | trainings a second | share of the pool's |")
    print("|---|---:|---:|")
    pool, cluster = [], []
    for _ in range(rounds):
        pool.append(trainings_a_second(uri, "--workers", "2"))
        cluster.append(trainings_a_second(uri, "--cluster", address))
    ratio = statistics.median(c / p for c, p in zip(cluster, pool, strict=True))
    print(f"| pool of processes | {statistics.median(pool):,.0f} | |")
    print(f"| Dask cluster | {statistics.median(cluster):,.0f} | {100 * ratio:.1f} % |", flush=True)


def tasks_a_second(address, uri):
    """How fast empty tasks of MOST_BLOCKS blocks go through client, scheduler and workers."""
    blocks = list(islice(plan(Study(RECIPES["gustaw"], repeats=100_000), {}), MOST_BLOCKS))
    with Cluster(address, uri, 0) as backend, backend.open() as executor:
        start = time.perf_counter()
        wait([executor.submit(nothing, None, blocks) for _ in range(N_TASKS)])
        return N_TASKS / (time.perf_counter() - start)


def write(uri, name, writer, barrier, seconds):
    """Insert N_RECORDS made-up records in blocks of 1,000."""
    study = Study(replace(RECIPES["gustaw"], epochs=writer + 1), repeats=1000)
    columns = (
        np.linspace(1, 2, 1000),
        np.linspace(0, 1, 1000),
        np.ones(1000, bool),
        np.arange(1000),
        np.zeros(1000, bool),
        np.linspace(0, 1, 1000),
    )
    records = Records(np.arange(1000), *columns)
    with open_store(database(uri, name)) as store:
        barrier.wait()
        start = time.perf_counter()
        for block in islice(plan(study, {}), N_RECORDS // 1000):
            store.insert(block.point, records)
        seconds.put(time.perf_counter() - start)


def records_a_second(uri, writers):
    with temporary(uri) as name:
        open_store(database(uri, name), create=True).close()
        context = multiprocessing.get_context("spawn")
        barrier, seconds = context.Barrier(writers), context.Queue()
        processes = [context.Process(target=write, args=(uri, name, i, barrier, seconds)) for i in range(writers)]
        for process in processes:
            process.start()
        slowest = max(seconds.get() for _ in processes)
        for process in processes:
            process.join()
        return writers * N_RECORDS / slowest


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of every measurement (5)")
    parser.add_argument(
        "--mongodb",
        metavar="URI",
        default=os.environ.get("TEST_MONGODB_URI"),
        help="of a server; databases are made in it and dropped (default: $TEST_MONGODB_URI)",
    )
    options = parser.parse_args()
    if not options.mongodb:
        parser.error("no MongoDB server was named; give --mongodb URI or set TEST_MONGODB_URI")
    print(f"{cpu_model()}, {os.cpu_count()} cores, distributed {version('distributed')}, {options.rounds} rounds")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        compare(cluster.scheduler_address, options.mongodb, options.rounds)
        rates = [tasks_a_second(cluster.scheduler_address, options.mongodb) for _ in range(options.rounds)]
        print(f"\nEmpty tasks of {MOST_BLOCKS} blocks: {statistics.median(rates):,.0f} a second", flush=True)
    for writers in (1, 2):
        rates = [records_a_second(options.mongodb, writers) for _ in range(options.rounds)]
        print(f"Records stored in MongoDB by {writers} writing: {statistics.median(rates):,.0f} a second", flush=True)


if __name__ == "__main__":
    main()
