"""A store that is waited for while its database is away."""

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sweep.console.command import Parser, number
from sweep.console.progress import say
from sweep.errors import StoreUnavailableError, UsageError
from sweep.store.around import StoreAround
from sweep.store.base import Store

SECONDS_TO_WAIT = 120.0
"""How long a run, and what follows it, waits for a store that is away, unless it is told otherwise."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two tries: doubled from the one to the other."""

P = ParamSpec("P")
T = TypeVar("T")


class PatientStore(StoreAround):
    """The store given, each call of which is tried again, for `seconds` at most, while it raises StoreUnavailableError.

    One line on standard error says that it waits and why, and one that it is over. Who has waited in vain once waits
    no more: later calls are tried once.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        super().__init__(store)
        self._seconds = seconds

    def _ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except StoreUnavailableError as error:
            if not self._seconds:
                raise
            say(f"{error}. Waiting for up to {self._seconds:g} s; nothing that was trained is lost.")
        start, pause = time.monotonic(), SHORTEST_PAUSE
        deadline = start + self._seconds
        while True:
            time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
            try:
                result = call(*args, **kwargs)
            except StoreUnavailableError:
                if time.monotonic() >= deadline:
                    self._seconds = 0.0
                    raise
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                say(f"{self.name} answers again after {time.monotonic() - start:.1f} s; going on.")
                return result


def add_wait_option(parser: Parser, what: str) -> None:
    """Add --wait, the seconds that such a thing is waited for."""
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=number,
        default=SECONDS_TO_WAIT,
        help=f"how long to wait for {what}; 0: not at all ({SECONDS_TO_WAIT:g})",
    )


def check_wait(seconds: float) -> None:
    """Raise UsageError where nothing can be waited for so long."""
    if not seconds >= 0:
        raise UsageError(f"wait was given as {seconds:g}; allowed is a number of seconds, 0 or above")
