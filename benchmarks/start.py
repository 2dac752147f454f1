"""How long it takes until the first results are on the screen, with and without compiled code from an earlier run."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress

from benchmarks.commands import ROOT, environment
from benchmarks.measurement import Row, Table, interleave
from benchmarks.table import duration
from sweep.errors import FailedError

FIRST_RESULT = re.compile(rb"\| *[1-9][\d.]*[kM]?/")
"""A progress bar that counts more than no trainings."""
SECONDS_TO_WAIT = 120
TITLE = "First results of the default study on the screen, from typing the command"
FIRST_LINE, COUNTED = "first line", "first trainings counted"


def measure(options):
    if os.name != "posix":
        return [Table(TITLE, [Row(COUNTED, note="not measured: needs a terminal as POSIX systems have it")], duration)]
    lines = {"warm": [], "cold": []}

    def run(kind):
        with tempfile.TemporaryDirectory() as folder:
            cache = {"XDG_CACHE_HOME": os.path.join(folder, "cache")} if kind == "cold" else {}
            line, counted = first_results(folder, cache)
        lines[kind].append(line)
        return counted

    values = interleave("start", {"warm": lambda: run("warm"), "cold": lambda: run("cold")}, options.rounds)
    rows = [
        Row(f"{FIRST_LINE}, warm", "", lines["warm"]),
        Row(f"{COUNTED}, warm", "", values["warm"]),
        Row(f"{COUNTED}, cold: nothing compiled before", "", values["cold"], "warm", values["warm"]),
    ]
    return [Table(TITLE, rows, duration)]


def first_results(folder, changes):
    """Seconds until the first line of `sweep.run`, and until it counts trainings, on a terminal of its own."""
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [sys.executable, "-m", "sweep.run", "--store", os.path.join(folder, "study.sqlite3")]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(folder, **changes), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        return _watch(ours, start)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)


def _watch(terminal, start):
    seen, first_line = b"", None
    while time.perf_counter() - start < SECONDS_TO_WAIT:
        try:
            seen += os.read(terminal, 65_536)
        except OSError:  # Linux says so where the program has ended.
            break
        if first_line is None and b"\n" in seen:
            first_line = time.perf_counter() - start
        if FIRST_RESULT.search(seen):
            return first_line, time.perf_counter() - start
    raise FailedError(f"sweep.run showed no progress; it printed {seen[-200:].decode(errors='replace')!r}")
