"""python -m benchmarks.gpu: what a graphics card makes of a study, beside JAX on it and this project on the processor.

Rounds are interleaved and medians are taken. The kernel's own seconds are between two events of the card, before and
behind it; what a person waits for is measured from typing the command to its answer.
"""

import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks import machine, peers
from benchmarks.commands import run_sweep
from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave
from benchmarks.peers.task import RECIPE, unpack
from benchmarks.table import HEADER, duration, lines
from sweep import RECIPES, Recipe
from sweep.console.command import Parser, run_command, whole_number
from sweep.execution.processes import usable_cores
from sweep.kernel import card, nvptx, train
from sweep.store import Records, open_store
from sweep.study import DRAW_BLOCK, Study, plan
from sweep.study.draws import initial_parameters

GUSTAW = RECIPES["gustaw"]
STUDY = Study(GUSTAW, repeats=10_000)
SIZES = (1024, 2**14, 2**16, 2**20, 2**22)
AT_ONCE = 2**16
"""Networks of a task (`sweep.execution.gpu.TRAININGS`), with which recipes are measured."""
JAX_EPOCHS = 1000
BLOCKS = 2000
RECORDS = BLOCKS * DRAW_BLOCK
OTHERS = {
    **{f"`{name}`": recipe for name, recipe in RECIPES.items()},
    "`gustaw`, 8 hidden units": replace(GUSTAW, hidden=(8,)),
    "`gustaw`, 16 hidden units, in loops": replace(GUSTAW, hidden=(16,)),
    "parity5, 5 hidden units, 1,000 epochs, in loops": Recipe(problem="parity5", hidden=(5,), epochs=1000),
    "2-4-1, adam, batches of 2, 1,000 epochs, in loops": Recipe(
        hidden=(4,), batch_size=2, optimizer="adam", epochs=1000
    ),
}


def start_of(recipe, n):
    return np.random.default_rng(0).normal(0, 0.7, (n, recipe.n_parameters))


@contextmanager
def own_seconds():
    """A list that gets the seconds of every kernel that runs meanwhile."""
    spent, launch = [], card.launch

    def timed(driver, function, n, values, stream):
        begin, end = (card._done(driver, driver.cuEventCreate(0)) for _ in range(2))
        card._done(driver, driver.cuEventRecord(begin, stream))
        launch(driver, function, n, values, stream)
        card._done(driver, driver.cuEventRecord(end, stream))
        card._done(driver, driver.cuEventSynchronize(end))
        spent.append(card._done(driver, driver.cuEventElapsedTime(begin, end)) / 1000)

    card.launch = timed
    try:
        yield spent
    finally:
        card.launch = launch


def on_card(recipe, n):
    """The kernel's own seconds for n trainings."""
    with own_seconds() as spent:
        train(recipe, start_of(recipe, n), device="gpu")
    return sum(spent)


def in_memory(recipe, n, most_bytes):
    """The same where a thread has so many bytes for itself, and the card's memory holds the rest."""
    kept = nvptx.MOST_BYTES
    nvptx.MOST_BYTES = most_bytes
    nvptx._ptx.cache_clear()
    try:
        on_card(replace(recipe, epochs=1), 128)
        return on_card(recipe, n)
    finally:
        nvptx.MOST_BYTES = kept
        nvptx._ptx.cache_clear()


def sizes(rounds):
    values = interleave("sizes", {n: partial(on_card, GUSTAW, n) for n in SIZES}, rounds)
    rows = [Row("`gustaw`", f"{n:,} at once", [one / n for one in values[n]]) for n in SIZES]
    yield Table("The kernel's own time on the card: time a training", rows, duration)
    rows = [Row("`gustaw`", f"{SIZES[-1]:,}", values[SIZES[-1]])]
    yield Table("The same in all", rows, duration)


def places(rounds):
    """Where a network's numbers are while it is trained."""
    loops = OTHERS["parity5, 5 hidden units, 1,000 epochs, in loops"]
    cases = {
        ("`gustaw`", "registers"): partial(in_memory, GUSTAW, AT_ONCE, nvptx.MOST_BYTES),
        ("`gustaw`", "the card's memory"): partial(in_memory, GUSTAW, AT_ONCE, 0),
        ("parity5, in loops", "the thread's own memory"): partial(in_memory, loops, AT_ONCE, nvptx.MOST_BYTES),
        ("parity5, in loops", "the card's memory"): partial(in_memory, loops, AT_ONCE, 0),
    }
    values = interleave("places", cases, rounds)
    rows = []
    for name in dict.fromkeys(name for name, _ in cases):
        own, other = (place for of, place in cases if of == name)
        each = {place: [one / AT_ONCE for one in values[name, place]] for place in (own, other)}
        rows.append(Row(f"{name}, numbers in {other}", f"{AT_ONCE:,} at once", each[other], f"in {own}", each[own]))
    yield Table("Where a network's numbers are: time a training on the card", rows, duration)


def recipes(rounds):
    cases = {}
    for name, recipe in OTHERS.items():
        on_card(replace(recipe, epochs=1), 128)  # loads the machine code
        cases[name, "card"] = partial(on_card, recipe, AT_ONCE)
        cases[name, "core"] = partial(on_core, recipe)
    values = interleave("recipes", cases, rounds)
    rows = [
        Row(f"{name}, one core", "1,024 at once", values[name, "core"], f"card, {AT_ONCE:,} at once",
            [one / AT_ONCE for one in values[name, "card"]])
        for name in OTHERS
    ]  # fmt: skip
    yield Table("The processor beside the card: time a training", rows, duration)


def on_core(recipe, n=1024):
    train(replace(recipe, epochs=1), start_of(recipe, 16))
    start = time.perf_counter()
    train(recipe, start_of(recipe, n))
    return (time.perf_counter() - start) / n


def beside_jax(rounds):
    """Time a network and epoch; a peer's from calls of two lengths, so that transfers and starts are in neither."""
    cases, notes, n = {}, [], 2**18
    parameters = start_of(RECIPE, n)
    for name in ("JAX, vmap and grad", "JAX, laid out by hand"):
        try:
            peer = peers.load(peers.TRAINERS[name])
        except peers.NotInstalledError as error:
            notes.append(Row(name, note=str(error)))
            continue
        few = parameters[:1024]
        if error := check(RECIPE, few, 50, peer.train(unpack(few), 50)):
            notes.append(Row(name, note=error, is_wrong=True))
            continue
        for epochs in (JAX_EPOCHS, 2 * JAX_EPOCHS):
            peer.train(unpack(parameters), epochs)
        cases[name] = partial(per_epoch, peer, parameters)
    cases["kernel"] = lambda: on_card(RECIPE, n) / n / RECIPE.epochs
    values = interleave("JAX", cases, rounds)
    kernel = values.pop("kernel")
    rows = [Row(name, f"{n:,} at once", values[name], "kernel", kernel) for name in values]
    yield Table(
        "JAX on the same card, `gustaw` with the textbook gradient: time a network and epoch", rows + notes, duration
    )


def per_epoch(peer, parameters):
    networks, spent = unpack(parameters), []
    for epochs in (JAX_EPOCHS, 2 * JAX_EPOCHS):
        start = time.perf_counter()
        peer.train(networks, epochs)
        spent.append(time.perf_counter() - start)
    return (spent[1] - spent[0]) / JAX_EPOCHS / len(parameters)


def parts(rounds):
    """What else a training takes, on one core, beside the kernel's own time."""
    blocks = list(islice(plan(STUDY, {}), AT_ONCE // DRAW_BLOCK))
    n = sum(block.n_trainings for block in blocks)

    def draw():
        start = time.perf_counter()
        for block in blocks:
            initial_parameters(block.point, block.start, block.stop)
        return (time.perf_counter() - start) / n

    def around():
        parameters = start_of(GUSTAW, AT_ONCE)
        with own_seconds() as spent:
            start = time.perf_counter()
            train(GUSTAW, parameters, device="gpu")
            return (time.perf_counter() - start - sum(spent)) / AT_ONCE

    cases = {
        "the initial parameters are drawn": draw,
        "the networks go to the card and back, and are judged": around,
        "one writer stores records in SQLite": partial(write, 1),
        "two writers do, in turns": partial(write, 2),
    }
    values = interleave("parts", cases, rounds)
    kernel = interleave("kernel", {"kernel": lambda: on_card(GUSTAW, AT_ONCE) / AT_ONCE}, rounds)["kernel"]
    rows = [Row(name, "`gustaw`", values[name], "kernel", kernel) for name in cases]
    yield Table("What a training takes beside the kernel: time a training", rows, duration)


def write(writers):
    """Seconds a record, RECORDS in all, that so many processes store, taking turns as those of a run do."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.path.join(folder, "study.sqlite3")
        open_store(url, create=True).close()
        context = multiprocessing.get_context("spawn")
        turn, barrier = context.Lock(), context.Barrier(writers + 1)
        arguments = [(url, number, writers, turn, barrier) for number in range(writers)]
        processes = [context.Process(target=_write, args=each) for each in arguments]
        for process in processes:
            process.start()
        barrier.wait(60)
        start = time.perf_counter()
        for process in processes:
            process.join()
        return (time.perf_counter() - start) / RECORDS


def _write(url, number, writers, turn, barrier):
    numbers = np.random.default_rng(number)
    blocks = list(islice(plan(STUDY, {}), number, BLOCKS, writers))
    columns = [numbers.normal(size=1024) ** 2 for _ in range(2)]
    columns += [numbers.random(1024) < 0.5, numbers.integers(0, 10_000, 1024), np.zeros(1024, bool), np.ones(1024)]
    with open_store(url) as store:
        barrier.wait(60)
        for first in range(0, len(blocks), 64):
            with turn:
                for block in blocks[first : first + 64]:
                    some = [column[: block.n_trainings] for column in columns]
                    store.insert(block.point, Records(np.arange(block.start, block.stop), *some))


def whole(rounds):
    """From typing the command to its answer."""
    n, repeats = f"{STUDY.n_trainings:,}", ["--repeats", str(STUDY.repeats)]
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            f"`--device gpu`, {count} worker{'s' * (count > 1)}": partial(
                whole_seconds, [*repeats, "--device", "gpu", "--workers", str(count)], folder
            )
            for count in (1, 2, 4)
        }
        values = interleave("whole", cases, rounds)
        best = list(cases)[-1]
        processor = [whole_seconds(repeats, folder)]
        values["answer"] = [answer_alone(folder)]
    rows = [Row(name, n, values[name]) for name in cases]
    rows.append(Row("the answer alone, where all is stored", n, values["answer"]))
    rows.append(Row(f"{usable_cores()} cores of the processor", n, processor, best, values[best]))
    yield Table("Whole job, 400 spreads × 10,000 trainings, into SQLite: time in all", rows, duration)


def whole_seconds(arguments, folder):
    return run_sweep(arguments, folder).seconds


def answer_alone(folder):
    repeats = ["--repeats", str(STUDY.repeats)]
    store = os.path.join(folder, "complete.sqlite3")
    run_sweep([*repeats, "--device", "gpu"], folder, store)
    return run_sweep(repeats, folder, store).seconds


SECTIONS = {
    "sizes": sizes, "places": places, "recipes": recipes, "jax": beside_jax, "parts": parts, "whole": whole,
}  # fmt: skip


def main(arguments):
    parser = Parser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--rounds", type=whole_number, default=3, help="of every measurement (3)")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="measure it alone; repeatable")
    parser.add_argument("--out", metavar="PATH", help="where the table is written, too")
    options = parser.parse_args(arguments)
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # JAX would take three quarters of the card's memory
    printed = []

    def show(line):
        printed.append(line)
        print(line, flush=True)

    for line in (f"- {card.find_card().name}", *machine.describe(None), "", HEADER):
        show(line)
    begun, is_wrong = time.monotonic(), False
    on_card(replace(GUSTAW, epochs=1), 128)  # loads the machine code
    for name in options.only or SECTIONS:
        for measured in SECTIONS[name](options.rounds):
            is_wrong |= any(row.is_wrong for row in measured.rows)
            for line in lines(measured):
                show(line)
    show(f"\nTook {(time.monotonic() - begun) / 60:.1f} minutes; {machine.load()} at the end.")
    if options.out:
        Path(options.out).write_text("# Measured by `python -m benchmarks.gpu`\n\n" + "\n".join(printed) + "\n")
        print(f"Written to {options.out}.", file=sys.stderr)
    return int(is_wrong)


if __name__ == "__main__":
    run_command(main)
