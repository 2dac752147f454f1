"""Whenever a run is killed, its continuation comes to the same records."""

import signal
import time
from itertools import cycle

from tests import commands
from tests.execution.faults.studies import Ledger, complete, rows, start, wait_until_stored

FROM_START = (0.02, 0.11, 0.19, 0.26, 0.33, 0.4, 0.47, 0.55, 0.63, 0.72)
FROM_FIRST_RECORD = (0.0, 0.011, 0.023, 0.034, 0.042, 0.055, 0.061, 0.078, 0.083, 0.097)


def kill_after(process, seconds):
    time.sleep(seconds)
    if process.poll() is None:
        commands.signal_group(process, signal.SIGKILL)
    process.communicate()


def test_a_run_killed_at_twenty_instants_loses_doubles_and_changes_nothing(url, expected):
    ledger, workers = Ledger(expected), cycle((1, 2))
    for seconds in FROM_START:
        kill_after(start(url, workers=next(workers), real=True), seconds)
        ledger.check(rows(url))
    for seconds in FROM_FIRST_RECORD:
        process = start(url, workers=next(workers), real=True)
        wait_until_stored(process, url, len(ledger.seen))
        kill_after(process, seconds)
        ledger.check(rows(url))
    assert ledger.seen
    complete(url)
    ledger.check_complete(rows(url))
    assert ledger.faults == (0, 0, 0)


def test_the_ledger_counts_what_it_should():
    ledger = Ledger([("p", 0, 0.5), ("p", 1, 0.25)])
    ledger.check([("p", 0, 0.5), ("p", 0, 0.5)])
    assert ledger.faults == (0, 1, 0)
    ledger.check([("p", 1, 0.75)])
    assert ledger.faults == (1, 1, 1)
    ledger.check_complete([])
    assert ledger.faults == (3, 1, 1)


def test_workers_end_with_the_main_process_and_the_run_is_recorded_as_killed(url):
    process = start(url, "--repeats", "3000", real=True)
    wait_until_stored(process, url, 0)
    process.kill()
    process.communicate(timeout=60)  # ends when all who inherited standard error have ended
    assert process.returncode == -signal.SIGKILL
    assert "killed" in commands.run("sweep.status", "--store", url).stdout
