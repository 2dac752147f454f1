"""A study of a few seconds, its runs, and a ledger of what a store held while faults were injected."""

import json
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from operator import itemgetter

import pymongo
import pytest

from tests import commands

STUDY = ["--set", "epochs=15000", "--axis", "hidden_std_dev=log:0.1:10:40", "--repeats", "150"]
N_TRAININGS = 6_000
FEWER = 50
"""Repeats of a study that is a part of it, for runs in the middle of which nothing is to happen."""
PART = [*STUDY[:-1], str(FEWER)]


FIELDS = (
    "point", "repeat", "outcomes", "loss", "final_loss", "solved", "solved_epoch", "diverged", "accuracy", "reason",
    "seed", "hidden_std_dev",
)  # fmt: skip
"""Of a record, its key first."""


@dataclass
class Ledger:
    """Compares what a store holds with the records of an uninterrupted run, again and again.

    `expected` and what `check` is given are rows: point, repeat and the other fields of a record.
    """

    expected: list
    seen: set = field(default_factory=set)
    lost: int = 0
    doubled: int = 0
    different: int = 0

    def check(self, rows):
        """Count records that were there before and are not now, that are there twice, or that are not as expected."""
        keys = {row[:2] for row in rows}
        self.lost += len(self.seen - keys)
        self.doubled += len(rows) - len(keys)
        self.different += len(set(rows) - set(self.expected))
        self.seen |= keys

    def check_complete(self, rows):
        """The same, and every record that is missing counts as lost."""
        self.seen = {row[:2] for row in self.expected}
        self.check(rows)

    @property
    def faults(self):
        return self.lost, self.doubled, self.different


def rows(url):
    """Every record of a store, read without this project's code; outcomes as JSON text."""
    if url.startswith("mongodb://"):
        with pymongo.MongoClient(url) as client:
            found = client.get_default_database()["results"].find({}, dict.fromkeys(FIELDS, 1) | {"_id": 0})
            return sorted((_row([document.get(name) for name in FIELDS]) for document in found), key=itemgetter(0, 1))
    with closing(sqlite3.connect(url, timeout=30)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'results'").fetchone()[0]:
            return []
        return list(map(_row, connection.execute(f"SELECT {', '.join(FIELDS)} FROM results ORDER BY point, repeat")))


def _row(values):
    point, repeat, outcomes, *others = values
    if isinstance(outcomes, str):
        outcomes = json.loads(outcomes)
    return (point, repeat, json.dumps(outcomes, sort_keys=True), *others)


def n_stored(url):
    with counter(url) as count:
        return count()


@contextmanager
def counter(url):
    """A function that counts the records of a store; to make a client of MongoDB takes longer than to count."""
    if url.startswith("mongodb://"):
        with pymongo.MongoClient(url) as client:
            yield client.get_default_database()["results"].estimated_document_count
    else:
        yield lambda: _n_rows(url)


def _n_rows(path):
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'trainings'").fetchone()[0]:
            return 0
        return connection.execute("SELECT count(*) FROM trainings").fetchone()[0]


def start(url, *more, workers=2, real=False):
    """Start a run of the study in a process group of its own; a real start is for what happens to its processes."""
    return commands.start("sweep.run", *STUDY, "--workers", workers, "--store", url, *more, real=real)


def complete(url):
    """Continue a run to its end; return what it wrote to standard error."""
    done = commands.run("sweep.run", *STUDY, "--workers", "2", "--store", url)
    assert done.returncode == 0, done.stderr
    assert "Lowest mean at hidden_std_dev = " in done.stdout
    return commands.PROGRESS.sub("", done.stderr)


def wait_until_stored(process, url, n):
    """Wait until the store holds more than n records of the run, or the run has ended; neither is a failure."""
    deadline = time.monotonic() + commands.SECONDS
    with counter(url) as count:
        while process.poll() is None and count() <= n:
            if time.monotonic() > deadline:
                commands.signal_group(process)
                pytest.fail(f"the run had not stored {n + 1} records after {commands.SECONDS} s")
            time.sleep(0.02)


def wait_for_line(process, text):
    """Read standard error up to the line with the text."""
    before = []
    for line in process.stderr:
        before.append(line)
        if text in line:
            return line
    return pytest.fail(f"the run ended without {text!r}: {before}")


def assert_complete(url, expected, repeats=None):
    """Every record is there, once, and as an uninterrupted run gives it; or all below a number of repeats."""
    ledger = Ledger([row for row in expected if repeats is None or row[1] < repeats])
    ledger.check_complete(rows(url))
    assert ledger.faults == (0, 0, 0)


def finish(process):
    """Wait for a run that must succeed; return what it wrote to standard error since."""
    output, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert "Lowest mean at hidden_std_dev = " in output
    return commands.PROGRESS.sub("", error)
