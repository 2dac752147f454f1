"""Faults of every kind, injected into whatever fills a store or a file."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.memory import workers_of
from benchmarks.target import finish
from tests import commands
from tests.execution.faults.studies import wait_until_stored

BEGUN = 0.5
"""Seconds after which a command is past its start, in which an interrupt is Python's to answer; less of short ones."""


def kill(faults, n, seconds, random):
    """Kill all processes after up to `seconds`; the next takes over from the last until everything is there."""
    for _ in faults.until(n):
        process = faults.start()
        wait(process, random.uniform(0, seconds))
        try:
            has_ended = process.poll() is not None or commands.signal_group(process, signal.SIGKILL)
        except ProcessLookupError:  # meanwhile
            has_ended = True
        if has_ended:
            faults.end(process)
            faults.clear()
            continue
        finish(process)
        faults.n_faults += 1
        faults.n_failed += 1
        faults.look()
    faults.end(faults.start())


def interrupt(faults, n, seconds, random):
    """The same with Ctrl-C, which ends in one sentence and exit code 130."""
    for _ in faults.until(n):
        process = faults.start()
        wait(process, random.uniform(min(BEGUN, seconds / 4), seconds))
        if process.poll() is None:
            commands.signal_group(process, signal.SIGINT)
        _, error = finish(process)
        if process.returncode == 0:  # which was too late
            faults.ledger.check_complete(faults.target.rows())
            faults.clear()
            continue
        if process.returncode != 130 or "Traceback" in error or "nterrupted" not in error:
            faults.fail(f"exit code {process.returncode} after SIGINT\n{error}")
        faults.n_faults += 1
        faults.n_failed += 1
        faults.look()
    faults.end(faults.start())


def kill_workers(faults, n, random, workers=workers_of):
    """Kill one worker after the other of a run that is under way."""
    for _ in faults.until(n):
        faults.clear()
        process = faults.start(real=True)  # the workers of a forked command are not told from its other children
        for n_stored in faults.quarters:
            wait_until_stored(process, faults.url, n_stored)
            wait(process, random.uniform(0, 0.1))
            with suppress(ProcessLookupError, IndexError):  # the run was faster
                os.kill(random.permutation(workers(process.pid))[0], signal.SIGKILL)
                faults.n_faults += process.poll() is None
        faults.end(process)


def fill_twice(faults, n):
    """Start two at once."""
    for _ in faults.until(n):
        faults.clear()
        faults.n_faults += 1
        faults.end(faults.start(), faults.start())


def interrupt_service(faults, outage, lengths, url=None):
    """Let outages of so many seconds begin at the start and when quarters are stored, as many as a run lives to see.

    Args:
        outage: makes a context in which the service is away.
        lengths: of all outages.
        url: of the target by way of what fails, where that is another one.
    """
    for _ in faults.until(len(lengths)):
        faults.clear()
        process = faults.start(url=url)
        be_away_at_quarters(faults, process, outage, lengths)
        faults.end(process, url=url)


def be_away_at_quarters(faults, process, outage, lengths):
    """Outages at the start and when quarters are stored, unless the process has ended or all have been."""
    for n_stored in faults.quarters:
        wait_until_stored(process, faults.url, n_stored)
        if faults.n_faults < len(lengths) and process.poll() is None:
            _be_away(faults, outage, lengths[faults.n_faults])


def interrupt_reading(faults, outage, lengths, seconds, random):
    """Let outages begin within the seconds that a command takes whose progress no store shows."""
    for _ in faults.until(len(lengths)):
        faults.clear()
        process = faults.start()
        wait(process, random.uniform(0, seconds))
        if process.poll() is None:
            _be_away(faults, outage, lengths[faults.n_faults])
        faults.end(process)


def _be_away(faults, outage, seconds):
    with outage():
        faults.n_faults += 1
        time.sleep(seconds)


def end_service(faults, outage, n, url=None):
    """Let an outage last until what fills the target has waited in vain for a second, and ended."""
    for _ in faults.until(n):
        faults.clear()
        process = faults.start("--wait", "1", url=url)
        wait_until_stored(process, faults.url, len(faults.target.expected) // 8)
        with outage():
            faults.n_faults += process.poll() is None
            wait(process, commands.SECONDS)
        faults.end(process, url=url)


def check_no_part_is_left(faults):
    """An interrupted or failed command takes what it has written of a file away."""
    if left := list(Path(faults.url).parent.glob("*.part")):
        faults.fail(f"a part of the file was left behind: {left}")


def wait(process, seconds):
    """Wait, or until the process has ended."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and (left := deadline - time.monotonic()) > 0:
        time.sleep(min(0.01, left))
