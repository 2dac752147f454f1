"""A store that is waited for while its database is away."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from sweep.errors import StoreUnavailableError
from sweep.progress import say
from sweep.store import Moments, Records, Store
from sweep.study import Point

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two tries: doubled from the one to the other."""

P = ParamSpec("P")
T = TypeVar("T")


class PatientStore(Store):
    """The store given, each call of which is tried again, for `seconds` at most, while it raises StoreUnavailableError.

    One line on standard error says that it waits and why, and one that it is over. Who has waited in vain once waits
    no more: later calls are tried once.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self.name, self.place = store.name, store.place
        self._store, self._seconds = store, seconds

    def insert(self, point: Point, records: Records) -> int:
        """See Store.insert."""
        return self._until_it_answers(self._store.insert, point, records)

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        return self._until_it_answers(self._store.counts, identities, below)

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Store.repeats."""
        return self._until_it_answers(self._store.repeats, identity)

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        return self._until_it_answers(self._store.columns, identity, below, names)

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        return self._until_it_answers(self._store.moments, identities, below)

    def start_run(self, run: Mapping[str, Any]) -> None:
        """See Store.start_run."""
        self._until_it_answers(self._store.start_run, run)

    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """See Store.end_run."""
        self._until_it_answers(self._store.end_run, identifier, ended, state)

    def runs(self) -> list[dict[str, Any]]:
        """See Store.runs."""
        return self._until_it_answers(self._store.runs)

    def close(self) -> None:
        """See Store.close."""
        self._store.close()

    def _until_it_answers(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
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
