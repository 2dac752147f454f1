"""Measurements in interleaved rounds: a machine whose speed drifts slows alike all that is compared."""

import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

from tqdm import tqdm

from sweep.console.progress import SECONDS_BETWEEN_LINES


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, and what it is set against, with a value a round each.

    `note` stands in place of values that there are none of, and says why.
    """

    what: str
    n: str = ""
    values: list[float] = field(default_factory=list)
    against: str = ""
    others: list[float] = field(default_factory=list)
    note: str = ""
    is_wrong: bool = False

    @property
    def ratio(self):
        """Median of the rounds' ratios; only values of one round are set against each other."""
        return statistics.median(value / other for value, other in zip(self.values, self.others, strict=False))


@dataclass(frozen=True)
class Table:
    """Rows of one kind; `title` says what their values are, `show` writes one. With a `header` of its own it stands
    apart, and its rows bring their `cells`."""

    title: str
    rows: list[Row]
    show: Callable[[float], str] | None
    header: str = ""


def interleave(label, cases, rounds):
    """Name -> a value a round, where `cases` has name -> what measures it once; every other round runs backwards."""
    values, last_line = {name: [] for name in cases}, -math.inf
    with tqdm(total=rounds * len(cases), desc=label, leave=False, disable=None) as bar:
        for number in range(rounds):
            for name in list(cases)[:: -1 if number % 2 else 1]:
                case = " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
                bar.set_postfix_str(case)
                if bar.disable and time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
                    last_line = time.monotonic()
                    print(f"{label}, round {number + 1} of {rounds}: {case}", file=sys.stderr, flush=True)
                values[name].append(cases[name]())
                bar.update()
    return values


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


@contextmanager
def one_core():
    """Keep this thread, and those that libraries start meanwhile, on one core where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
