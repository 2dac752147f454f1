"""Faults under runs that a page and a status follow: the run loses nothing, and both end with it."""

import os
import signal
import time
from functools import partial
from pathlib import Path

from benchmarks.injection import be_away_at_quarters, wait
from benchmarks.outages import locked, outage_of
from benchmarks.surfaces import XOR, run_of
from benchmarks.target import Target, finish
from tests import commands
from tests.execution.faults.studies import wait_until_stored
from tests.proxy import Proxy

SECONDS_TO_BEGIN = 30
LONG = [one.replace("epochs=60000", "epochs=2000000") for one in XOR]
"""A run that is still under way when the first page is written."""


def follow(place):
    """Kill runs that are followed, lock their files, and take their server away."""
    target, out = Target(place.path, run_of(LONG)), os.path.join(place.folder, "page.html")
    with place.faults("SQLite: killed at a random instant", target) as faults:
        for _ in faults.until(place.n_long):
            kill_followed(faults, out, place.random.uniform(0, 1))
    with place.faults(f"SQLite: locked for {place.listed}", target) as faults:
        interrupt_followed(faults, out, partial(locked, place.path), place.lengths)
    if place.mongodb:
        target = Target(place.mongodb, target.start, target.expected)
        with Proxy(target.url) as proxy:
            with place.faults(f"MongoDB: gone for {place.listed}", target) as faults:
                interrupt_followed(faults, out, outage_of(proxy, "refuse"), place.lengths, proxy.url)
            with place.faults("MongoDB: connections reset", target) as faults:
                interrupt_followed(faults, out, outage_of(proxy, "reset"), [0] * place.n_long, proxy.url)


class Followers:
    """A status and a page that follow a run in a store; a context that they must end with, the page whole."""

    def __init__(self, faults, url, out):
        self._faults, self._url, self._out = faults, url, out

    def __enter__(self):
        Path(self._out).unlink(missing_ok=True)
        page = ("report", "--follow", "--out", self._out)
        self._processes = [
            commands.start("sweep.status", "--follow", "--store", self._url),
            commands.start("analysis", *page, "--store", self._url),
        ]
        # Before it has begun a command waits for no server.
        begun = time.monotonic()
        while not Path(self._out).exists() and time.monotonic() < begun + SECONDS_TO_BEGIN:
            time.sleep(0.05)
        return self

    def __exit__(self, kind, *_):
        for process in self._processes:
            output, error = finish(process)
            if kind is None and (process.returncode or "Traceback" in error):
                self._faults.fail(f"what followed ended with {process.returncode}\n{output}{error}")
        if kind is None:
            text = Path(self._out).read_text(encoding="utf-8")
            if not text.rstrip().endswith("</html>") or 'http-equiv="refresh"' in text:
                self._faults.fail("the page is not whole, or would load itself again for ever")


def kill_followed(faults, out, seconds):
    """Kill a run some seconds after its first record; what follows it ends, and then the run is continued."""
    faults.clear()
    process = faults.start()
    wait_until_stored(process, faults.url, 0)
    with Followers(faults, faults.url, out):
        wait(process, seconds)
        if process.poll() is None:
            commands.signal_group(process, signal.SIGKILL)
            faults.n_faults += 1
            faults.n_failed += 1
        finish(process)
        faults.look()
    faults.end(faults.start())


def interrupt_followed(faults, out, outage, lengths, url=None):
    """Let outages begin while a run is followed, as many as it lives to see."""
    for _ in faults.until(len(lengths)):
        faults.clear()
        process = faults.start(url=url)
        wait_until_stored(process, faults.url, 0)
        with Followers(faults, url or faults.url, out):
            be_away_at_quarters(faults, process, outage, lengths)
            faults.end(process, url=url)
