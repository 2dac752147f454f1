"""What faults are injected into: a store or a file that a command fills, and what the faults came to."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pymongo

from tests import commands
from tests.execution.faults import studies
from tests.execution.faults.studies import Ledger

FILES = (".csv", ".parquet")
EXPORTED = ["point", "repeat", "loss", "final_loss", "solved", "diverged"]
ATTEMPTS = 10
"""How many times as often as a fault is to be injected it is tried, and how often in a row a command may fail."""


class Target:
    """What is filled: a store, or a file that is there whole or not at all.

    Args:
        url: of the store, or path of the file.
        start: starts what fills it, a process.
        expected: the records that it must come to, as of `rows`; None to find them without a fault.
        check: options of `sweep.check` for the store.
    """

    def __init__(self, url, start, expected=None, check=()):
        self.url, self.start, self.check, self.is_file = url, start, check, url.endswith(FILES)
        if expected is None:
            _, error = finish(start(url))
            expected = self.rows()
            self.clear()
            if not expected:
                sys.exit(f"nothing came of what fills {url}: {error}")
        self.expected = expected

    def rows(self):
        """Every record, read without this project's code."""
        if not self.is_file:
            return studies.rows(self.url)
        if not os.path.exists(self.url):
            return []
        read = pd.read_csv if self.url.endswith(".csv") else pd.read_parquet
        table = read(self.url)[EXPORTED]
        return list(table.astype(object).where(table.notna(), None).itertuples(index=False, name=None))

    def clear(self):
        """Empty it."""
        if self.url.startswith("mongodb://"):
            with pymongo.MongoClient(self.url) as client:
                client.drop_database(client.get_default_database().name)
        else:
            for suffix in ("", "-wal", "-shm", ".json"):
                Path(f"{self.url}{suffix}").unlink(missing_ok=True)


def finish(process):
    """What a process wrote until it ended.

    Raises:
        SystemExit: it does not end, and was killed.
    """
    try:
        return process.communicate(timeout=commands.SECONDS)
    except subprocess.TimeoutExpired:
        if process.poll() is None:
            commands.signal_group(process)
        return sys.exit(f"a command had not ended after {commands.SECONDS} s")


class Faults:
    """Faults of one kind, injected into one target; a context that shows the row of the table in the end."""

    def __init__(self, name, target, show):
        self.name, self.target, self.ledger, self._show = name, target, Ledger(target.expected), show
        self.n_faults = self.n_failed = 0

    @property
    def url(self):
        return self.target.url

    @property
    def quarters(self):
        """Nothing, a quarter, half and three quarters of the records: there are more when a fault begins."""
        n = len(self.target.expected)
        return [-1, n // 4, n // 2, 3 * n // 4]

    def until(self, n):
        """Try again and again, until n faults are injected."""
        for _ in range(ATTEMPTS * n):
            if self.n_faults >= n:
                return
            yield
        self.fail(f"{self.n_faults} of {n} were injected in {ATTEMPTS * n} attempts")

    def start(self, *more, url=None, real=False):
        return self.target.start(url or self.url, *more, real=real)

    def clear(self):
        """Empty the target for what fills it anew."""
        self.ledger.seen.clear()
        self.target.clear()

    def look(self):
        """Compare what is there by now; of a file, if it is there, everything."""
        rows = self.target.rows()
        if rows and self.target.is_file:
            self.ledger.check_complete(rows)
        else:
            self.ledger.check(rows)

    def end(self, *processes, url=None):
        """Let the processes come to their ends, start again where all failed, and check that nothing is missing."""
        codes, attempts = [self._end(process) for process in processes], 1
        while 0 not in codes:
            self.n_failed += len(codes)
            self.look()
            if attempts == ATTEMPTS:
                self.fail(f"it failed {ATTEMPTS} times in a row")
            codes, attempts = [self._end(self.start(url=url))], attempts + 1
        self.ledger.check_complete(self.target.rows())

    def _end(self, process):
        _, error = finish(process)
        if process.returncode not in (0, 1) or "Traceback" in error:
            self.fail(f"exit code {process.returncode}\n{error}")
        return process.returncode

    def fail(self, text):
        sys.exit(f"{self.name}: {text}")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None and not self.target.is_file:
            checked = commands.run("sweep.check", *self.target.check, "--store", self.url)
            if checked.returncode:
                self.fail(f"{checked.stdout}{checked.stderr}")
        self.clear()
        if kind is None:
            lost, doubled, different = self.ledger.faults
            self._show(f"| {self.name} | {self.n_faults} | {self.n_failed} | {lost} | {doubled} | {different} |")
