"""python -m benchmarks.waiting: the share of their time that two workers spend waiting for one SQLite file.

Two processes train the default study's points in turn and store them as workers do. Waiting is the time until a
worker may write (BEGIN IMMEDIATE); storing is all of insert, the waiting and the writing.
"""

import argparse
import multiprocessing
import os
import tempfile
import time

import numpy as np

from sweep import RECIPES, Study
from sweep.kernel import train
from sweep.store import Records, open_store
from sweep.store.records import RECORD_FIELDS
from sweep.study import plan
from sweep.study.draws import initial_parameters


class Timed:
    """A connection that adds up how long it waits for the right to write."""

    def __init__(self, connection):
        self.connection, self.waited = connection, 0.0

    def execute(self, statement, *values):
        start = time.perf_counter()
        done = self.connection.execute(statement, *values)
        if statement == "BEGIN IMMEDIATE":
            self.waited += time.perf_counter() - start
        return done

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def __enter__(self):
        return self.connection.__enter__()

    def __exit__(self, *error):
        return self.connection.__exit__(*error)


def work(path, worker, workers, repeats, barrier, answers):
    """Train and store every workers-th block; put (seconds, storing, waiting) into answers."""
    blocks = list(plan(Study(RECIPES["gustaw"], repeats=repeats), {}))[worker::workers]
    initial = initial_parameters(blocks[0].point, 0, 1)
    train(blocks[0].point.recipe, initial)  # compiles
    with open_store(path) as store:
        timed = store._database = Timed(store._database)
        storing = 0.0
        barrier.wait()
        begun = time.perf_counter()
        for block in blocks:
            trained = train(block.point.recipe, initial_parameters(block.point, block.start, block.stop))
            values = [getattr(trained, name) for name in RECORD_FIELDS[1:]]
            start = time.perf_counter()
            store.insert(block.point, Records(np.arange(block.start, block.stop), *values))
            storing += time.perf_counter() - start
        answers.put((time.perf_counter() - begun, storing, timed.waited))


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=__doc__)
    parser.add_argument("--repeats", type=int, default=1000, help="trainings a point (1000)")
    parser.add_argument("--rounds", type=int, default=3, help="of the measurement (3)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    print(f"400 × {options.repeats:,} trainings, {options.workers} workers, {os.cpu_count()} cores")
    print("| round | seconds | storing, share of a worker's time | waiting, share of a worker's time |")
    print("|---|---:|---:|---:|")
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "study.sqlite3")
            open_store(path, create=True).close()
            barrier, answers = context.Barrier(options.workers), context.Queue()
            shared = (options.workers, options.repeats, barrier, answers)
            workers = [context.Process(target=work, args=(path, worker, *shared)) for worker in range(options.workers)]
            for worker in workers:
                worker.start()
            seconds, storing, waiting = np.array([answers.get() for _ in workers]).T
            for worker in workers:
                worker.join()
        share = [f"{part.sum() / seconds.sum():.2%}" for part in (storing, waiting)]
        print(f"| {number + 1} | {seconds.max():.1f} | {share[0]} | {share[1]} |", flush=True)


if __name__ == "__main__":
    main()
