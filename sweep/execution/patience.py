"""A store that is waited for while its database is away."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from sweep.console.progress import say
from sweep.errors import StoreUnavailableError
from sweep.store import Store

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two tries: doubled from the one to the other."""

P = ParamSpec("P")
T = TypeVar("T")


def be_patient(store: Store, seconds: float) -> Store:
    """The store given, each call of which is tried again, for `seconds` at most, while it raises StoreUnavailableError.

    One line on standard error says that it waits and why, and one that it is over. Who has waited in vain once waits
    no more: later calls are tried once.
    """
    return cast(Store, _PatientStore(store, seconds))


class _PatientStore:
    def __init__(self, store: Store, seconds: float) -> None:
        self._store, self._seconds = store, seconds

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return partial(self._until_it_answers, found) if callable(found) and name != "close" else found

    def __enter__(self) -> Store:
        return cast(Store, self)

    def __exit__(self, *error: object) -> None:
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
                say(f"{self._store.name} answers again after {time.monotonic() - start:.1f} s; going on.")
                return result
