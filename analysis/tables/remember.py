"""A store whose columns and sums are read once, for an analysis that looks at the same trainings several times."""

from collections.abc import Sequence
from typing import Any, cast

from numpy.typing import NDArray

from sweep.store import Moments, Store

READ = ("repeat", "loss", "solved", "solved_epoch")


class _Remembering:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, int], dict[str, NDArray[Any]]] = {}
        self._sums: dict[tuple[frozenset[str], int], dict[str, Moments]] = {}

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        known = self._known.setdefault((identity, below), {})
        if not known.keys() >= set(names):
            known.update(self._store.columns(identity, below, list({*READ, *names})))
            for array in known.values():
                array.flags.writeable = False
        return {name: known[name] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        asked = (frozenset(identities), below)
        if asked not in self._sums:
            self._sums[asked] = self._store.moments(identities, below)
        return self._sums[asked]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def remember(store: Store) -> Store:
    """The same store, which keeps what it has once read in memory: sums, and columns, some 25 bytes a training, which
    cannot be written to.

    What other processes store meanwhile is not seen in what is known.
    """
    return cast(Store, _Remembering(store))
