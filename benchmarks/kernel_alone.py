"""The kernel's own time for a study, on several processes at once: no database, no progress, nothing handed out."""

import multiprocessing
import time

from sweep import RECIPES
from sweep.kernel import train
from sweep.study import Study, plan
from sweep.study.draws import initial_parameters


def kernel_alone(repeats, processes):
    """Seconds from the first training of `gustaw`'s default axis to the last, everything made ready before."""
    context = multiprocessing.get_context("spawn")
    barrier, taken, done = context.Barrier(processes + 1), context.Value("q", 0), context.Queue()
    workers = [context.Process(target=_work, args=(repeats, barrier, taken, done)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    for _ in workers:
        done.get()
    spent = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return spent


def _work(repeats, barrier, taken, done):
    blocks = list(plan(Study(RECIPES["gustaw"], repeats=repeats), {}))
    ready = [(block.point.recipe, initial_parameters(block.point, block.start, block.stop)) for block in blocks]
    train(ready[0][0], ready[0][1][:1])  # loads the machine code
    barrier.wait()
    while True:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        if number >= len(ready):
            break
        train(*ready[number])
    done.put(True)
